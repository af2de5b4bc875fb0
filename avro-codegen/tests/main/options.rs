//! Every option: what it changes in the code, and that the code compiles and does what it should.

mod each_option;
mod generated;
mod own;

use std::collections::BTreeMap;
use std::sync::Arc;

use avro_model::Schema;
use avro_model::resolution::Plan;
use avro_typed::chrono::DateTime;
use avro_typed::uuid::Uuid;
use avro_typed::{AvroType, DecodeOwned, Encode};

use generated::chosen::com::acme::{
    Address, AddressRequired, Level, Order, OrderRequired, OtherPayload, Payload, Span, Tree,
};
use generated::chosen::{BytesOrStringArray, IntOrLong, IntOrString, Totals};
use generated::usual;
use own::{ItemId, Labels, Money, OrderId, OwnLevel, OwnUnion, Points, Secret};

#[test]
fn chosen_types_have_the_same_bytes_as_the_usual_ones() {
    let order = order();
    let bytes = check(&order);
    let usual: usual::com::acme::Order = avro_typed::from_slice(&bytes).unwrap();
    assert_eq!(avro_typed::to_vec(&usual).unwrap(), bytes);
    assert_eq!(Order::schema().json, usual::com::acme::Order::schema().json);

    check(&Order {
        previous_id: Some(OrderId("o-0".to_owned())),
        item_ids: vec![ItemId(Uuid::from_u128(1))],
        arc_blob: Some(Arc::from(*b"arc")),
        shared_address: Some(Arc::new(address())),
        payload: Some(Payload::Money(Box::new(Money { cents: 1 }))),
        same_payload: Payload::Bytes(vec![1]),
        other_payload: Some(OtherPayload::Money(Money { cents: 2 })),
        own_union_with_null: Some(OwnUnion(IntOrString::String("own".to_owned()))),
        tree: Tree { left: Some(Arc::new(Tree::default())), right: Some(Box::new(Tree::default())) },
        shared_hash: Some(usual::com::acme::shared::Hash([1, 2])),
        ..order
    });
    let array = BytesOrStringArray::Array(vec![Box::from("text")]);
    check(&Totals(BTreeMap::from([("none".to_owned(), None), ("some".to_owned(), Some(array))])));
}

#[test]
fn defaults_are_of_the_chosen_types() {
    let order = order();
    assert_eq!((order.id.0.as_str(), order.sole_id.0.0.as_str()), ("o-1", "o-2"));
    assert_eq!((order.password, order.points), (Secret("secret".to_owned()), Points(vec![1, 2])));
    assert_eq!(order.labels, Labels(BTreeMap::from([("key".to_owned(), "value".to_owned())])));
    assert_eq!((&*order.box_text, &*order.arc_texts[0]), ("box", "arc"));
    assert_eq!((&*order.box_blob, &*order.shared_blob), (&b"box"[..], &b"shared"[..]));
    assert_eq!(order.raw_at, 1_000);
    assert_eq!(order.chrono_at, DateTime::from_timestamp_micros(-1).unwrap());
    assert_eq!((order.raw_fee, order.fee.mantissa()), ([0, 0, 0, 1], 1));
    assert_eq!((order.money.clone(), order.tips), (Money { cents: 5 }, vec![Money { cents: 6 }]));
    assert_eq!((order.address.city.as_str(), order.own_address.0.lines), ("Ulm", vec![]));
    assert_eq!(order.own_level, OwnLevel(Level::High));
    assert_eq!(order.own_union, Some(OwnUnion(IntOrString::Int(7))));
    assert_eq!(order.shared.level, usual::com::acme::Level::High);
    assert_eq!(order.shared_kind, usual::com::acme::shared::deep_down::KindOfThing::B);
}

#[test]
fn a_name_asked_for_is_that_of_all_uses_without_another() {
    let order = order();
    assert_eq!(order.same_payload, Payload::String("text".to_owned()));
    assert_eq!(order.other_payload, Some(OtherPayload::String("text".to_owned())));
}

fn order() -> Order {
    OrderRequired { span: Span([3; 12]), boxed_union: Some(Box::new(IntOrLong::Long(1))) }.with_defaults()
}

fn address() -> Address {
    AddressRequired { lines: vec![1, 2] }.with_defaults()
}

impl std::fmt::Debug for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an address")
    }
}

/// The bytes of a value, which is read back from them, with a plan too, and from its JSON.
#[track_caller]
fn check<T>(value: &T) -> Vec<u8>
where
    T: Encode + DecodeOwned + AvroType + std::fmt::Debug + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    let bytes = avro_typed::to_vec(value).unwrap();
    assert_eq!(&avro_typed::from_slice::<T>(&bytes).unwrap(), value);
    let schema = Schema::parse(T::schema().json).unwrap();
    let plan = Plan::new(&schema, &schema).unwrap();
    assert_eq!(&avro_typed::from_slice_resolved::<T>(&bytes, &plan).unwrap(), value);
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
    bytes
}
