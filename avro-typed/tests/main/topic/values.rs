//! Values of every form.

use std::fmt::Debug;
use std::sync::Arc;

use avro_derive::{Avro, TopicValue};
use avro_typed::model::Schema;
use avro_typed::topic::{DecodeValue, EncodeValue, OtherRecord, TopicType, TopicValue, ValueForm};
use avro_typed::{AvroType as _, Decoder, Encoder, to_vec};

use crate::generated::com::example::shop::{Address, Level};

/// Two types of a topic and the others.
#[derive(TopicValue, Clone, Debug)]
enum Change {
    Address(Address),
    Level(Level),
    #[avro(other)]
    Other(OtherRecord),
}

/// It borrows, so it is sent only.
#[derive(Avro)]
struct View<'a> {
    city: &'a str,
}

fn address() -> Address {
    Address { street: "Lindenallee 7".into(), city: "Graz".into(), country_code: "AT".into() }
}

fn other() -> OtherRecord {
    OtherRecord::new(Arc::new(Schema::parse(Level::schema().json).unwrap()), vec![2])
}

#[test]
fn types_tell_what_a_topic_has() {
    const LEVEL: TopicType = TopicType::of::<Level>();
    check::<Address>(&[Address::FULLNAME], false, false);
    check::<Option<Address>>(&[Address::FULLNAME], true, false);
    check::<Change>(&[Address::FULLNAME, LEVEL.fullname], false, true);
    check::<Option<Change>>(&[Address::FULLNAME, Level::FULLNAME], true, true);
    check::<View<'_>>(&["View"], false, false);
    check::<Vec<u8>>(&[], false, false);
    check::<Option<Vec<u8>>>(&[], true, false);
    assert!(std::ptr::eq((LEVEL.schema)(), Level::schema()));

    fn check<V: TopicValue>(fullnames: &[&str], tombstones: bool, takes_others: bool) {
        let found: Vec<&str> = V::TYPES.iter().map(|topic_type| topic_type.fullname).collect();
        assert_eq!((found.as_slice(), V::TOMBSTONES, V::TAKES_OTHERS), (fullnames, tombstones, takes_others));
    }
}

#[test]
fn a_value_is_sent_in_its_form() {
    let datum = to_vec(&address()).unwrap();
    let framed = [b"id".as_slice(), &datum].concat();
    check(&address(), ValueForm::Type(0), &framed);
    check(&Some(address()), ValueForm::Type(0), &framed);
    check(&None::<Address>, ValueForm::Tombstone, &[]);
    check(&Change::Level(Level::High), ValueForm::Type(1), &[b'i', b'd', 4]);
    check(&Some(Change::Address(address())), ValueForm::Type(0), &framed);
    check(&None::<Change>, ValueForm::Tombstone, &[]);
    check(&Change::Other(other()), ValueForm::Other, &[]);
    check(&Some(Change::Other(other())), ValueForm::Other, &[]);
    check(&View { city: "Graz" }, ValueForm::Type(0), b"id\x08Graz");
    check(&b"raw".to_vec(), ValueForm::Raw, b"raw");
    check(&Some(b"raw".to_vec()), ValueForm::Raw, b"raw");
    check(&None::<Vec<u8>>, ValueForm::Tombstone, &[]);

    fn check<V: EncodeValue>(value: &V, form: ValueForm, bytes: &[u8]) {
        assert_eq!(value.form(), form);
        assert_eq!(value.encode_with(&mut Encoder::new(), b"id").unwrap(), bytes);
    }
}

#[test]
fn a_value_is_received_from_what_its_topic_may_have() {
    let datum = to_vec(&address()).unwrap();
    check::<Address>(&datum, &address(), &[None, None, None]);
    let tombstone = Some("None".to_owned());
    check::<Option<Address>>(&datum, &Some(address()), &[tombstone.clone(), None, None]);
    let other = format!("{:?}", Change::Other(other()));
    check::<Change>(&datum, &Change::Address(address()), &[None, None, Some(other.clone())]);
    let others = [tombstone.clone(), None, Some(format!("Some({other})"))];
    check::<Option<Change>>(&datum, &Some(Change::Address(address())), &others);
    check::<Vec<u8>>(&datum, &datum, &[None, Some("[7]".to_owned()), None]);
    check::<Option<Vec<u8>>>(&datum, &Some(datum.clone()), &[tombstone, Some("Some([7])".to_owned()), None]);

    /// `others` is what becomes of no payload, of a payload without a schema, and of a record of another type.
    fn check<V: DecodeValue + Debug>(datum: &[u8], value: &V, others: &[Option<String>; 3]) {
        let decoded = V::decode_with(0, &Decoder::new(), datum, None).unwrap();
        assert_eq!(format!("{decoded:?}"), format!("{value:?}"));
        let received = [V::from_tombstone(), V::from_raw(&[7]), V::from_other(self::other())];
        assert_eq!(&received.map(|value| value.map(|value| format!("{value:?}"))), others);
    }
}

#[test]
fn another_record_tells_its_name() {
    let Change::Other(record) = Change::from(other()) else { panic!("it is the variant for others") };
    assert_eq!(record.fullname(), Some(Level::FULLNAME));
    let unnamed = OtherRecord::new(Arc::new(Schema::parse(r#""long""#).unwrap()), vec![2]);
    assert_eq!(unnamed.fullname(), None);
}
