//! What the pages of `docs/` show, with what it takes to run it.

use avro_typed::AvroType;
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::Uuid;

#[allow(dead_code, unreachable_pub, reason = "not all that is generated is used here")]
mod usual {
    include!("../../../../avro-codegen/tests/golden/pages.rs");
}

#[allow(dead_code, unreachable_pub, reason = "not all that is generated is used here")]
mod own {
    include!("../../../../avro-codegen/tests/golden/pages_own_type.rs");
}

use usual::com;

type Failure = Box<dyn std::error::Error>;

fn order() -> com::example::shop::Order {
    use com::example::shop::OrderRequired;
    OrderRequired { order_id: Uuid::from_u128(17), placed_at: Timestamp::UNIX_EPOCH, total: Decimal::new(1999, 2) }
        .with_defaults()
}

#[test]
fn required_fields_and_defaults() {
    use com::example::shop::{Order, OrderRequired, Status};

    let order = Order {
        note: Some("ring twice".to_owned()),
        ..OrderRequired {
            order_id: Uuid::from_u128(17),
            placed_at: Timestamp::UNIX_EPOCH,
            total: Decimal::new(1999, 2),
        }
        .with_defaults()
    };
    assert_eq!(order.status, Status::Open);
}

#[test]
fn bytes() -> Result<(), Failure> {
    use com::example::shop::Order;

    let order = order();
    let bytes = avro_typed::to_vec(&order)?;
    let read: Order = avro_typed::from_slice(&bytes)?;
    assert_eq!(read, order);
    Ok(())
}

#[test]
fn views() -> Result<(), Failure> {
    use avro_typed::Decoder;
    use com::example::shop::{Order, OrderRef, PhoneRef, StringOrPhoneRef};

    let order = Order { note: Some("ring twice".to_owned()), ..order() };
    let bytes = avro_typed::to_vec(&order)?;

    let decoder = Decoder::new();
    let view: OrderRef<'_> = decoder.view::<Order>(&bytes)?;
    assert_eq!(view.note, Some("ring twice"));
    if let Some(StringOrPhoneRef::Phone(PhoneRef { number, .. })) = view.contact {
        println!("call {number}");
    }
    let kept: Order = view.into_owned();
    assert_eq!(kept, order);
    Ok(())
}

#[test]
fn reuse() -> Result<(), Failure> {
    use avro_typed::Decoder;

    let mut order = order();
    let messages = vec![avro_typed::to_vec(&order)?; 3];

    let decoder = Decoder::new();
    for message in &messages {
        decoder.decode_into(message, &mut order)?;
        println!("{:?}", order.note);
    }
    Ok(())
}

#[test]
fn unions() {
    use com::example::shop::{Order, Phone, StringOrPhone};

    let order = Order { contact: Some(Phone { country: 49, number: "7311610".to_owned() }.into()), ..order() };
    match &order.contact {
        Some(StringOrPhone::Phone(phone)) => assert_eq!(phone.country, 49),
        Some(StringOrPhone::String(text)) => println!("{text}"),
        None => println!("no contact"),
    }
}

#[test]
fn enums() {
    use com::example::shop::Status;

    assert_eq!(Status::InTransit.as_str(), "IN_TRANSIT");
    assert_eq!(Status::InTransit.to_string(), "IN_TRANSIT");
    assert_eq!(Status::SYMBOLS, ["OPEN", "IN_TRANSIT", "DELIVERED"]);
    assert_eq!(Status::default(), Status::Open);
}

#[test]
fn json() -> Result<(), Failure> {
    let order = order();
    let json = serde_json::to_value(&order)?;
    assert_eq!(json["orderId"], "00000000-0000-0000-0000-000000000011");
    assert_eq!(json["placedAt"], "1970-01-01T00:00:00Z");
    assert_eq!(json["total"], "19.99");
    assert_eq!(json["status"], "OPEN");
    Ok(())
}

#[test]
fn schema() {
    use com::example::shop::Order;

    assert_eq!(Order::FULLNAME, "com.example.shop.Order");
    let schema = Order::schema();
    assert!(schema.json.contains(r#""name":"Phone""#), "the JSON is complete, for a registry");
}

#[allow(unreachable_pub, reason = "the page shows a type of a crate")]
mod own_type {
    use avro_typed::{Decode, DecodeError, Encode, EncodeError, PlanStep, Reader, Writer, avro};
    use serde::{Deserialize, Serialize};

    /// A number of a customer, which no other number is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct CustomerId(pub i64);

    impl Encode<avro::Long> for CustomerId {
        fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
            Encode::<avro::Long>::encode(&self.0, writer)
        }
    }

    impl<'a> Decode<'a, avro::Long> for CustomerId {
        const MIN_SIZE: usize = <i64 as Decode<avro::Long>>::MIN_SIZE;

        fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
            <i64 as Decode<avro::Long>>::decode(reader).map(CustomerId)
        }

        // What another version of the schema wrote, perhaps as an int.
        fn decode_resolved(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
            <i64 as Decode<avro::Long>>::decode_resolved(reader, step).map(CustomerId)
        }
    }
}

pub(crate) use own_type::CustomerId;

#[test]
fn own_types() -> Result<(), Failure> {
    use own::com::example::crm::Customer;

    let customer = Customer { customer_id: CustomerId(17), name: "Ada".to_owned(), email: None };
    let bytes = avro_typed::to_vec(&customer)?;
    assert_eq!(avro_typed::from_slice::<Customer>(&bytes)?, customer);
    Ok(())
}

mod evolution {
    use avro_typed::AvroType as _;

    use super::Failure;
    use crate::evolution::generated::{com, v1};

    #[test]
    fn todays_consumer_reads_yesterdays_bytes() -> Result<(), Failure> {
        use avro_typed::model::Schema;
        use avro_typed::model::resolution::Plan;
        use com::example::crm::Customer;

        let yesterday = v1::Customer { id: 17, name: "Ada".to_owned(), fax: "555-0100".to_owned() };
        let bytes = avro_typed::to_vec(&yesterday)?;

        let writer = Schema::parse(v1::Customer::schema().json)?;
        let reader = Schema::parse(Customer::schema().json)?;
        let today: Customer = avro_typed::from_slice_resolved(&bytes, &Plan::new(&writer, &reader)?)?;
        assert_eq!(today, Customer { id: 17, name: "Ada".to_owned(), email: None });
        Ok(())
    }

    #[test]
    fn released_types_know_it() {
        use com::example::crm::Customer;

        let [released] = Customer::schema().released else { panic!("released once") };
        assert_eq!((released.subject, released.version), ("customer-value", 2));
        assert_eq!(released.id("default"), Some(18));
        let [released] = v1::Customer::schema().released else { panic!("released once") };
        assert_eq!((released.subject, released.version, released.id("default")), ("customer-value", 1, Some(17)));
    }
}
