//! `subset`: a reader of some of the fields of a schema.

use avro_derive::{Avro, TopicValue};
use avro_typed::jiff::Timestamp;
use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::rust_decimal::Decimal;
use avro_typed::topic::{DecodeValue, TopicValue as _};
use avro_typed::{AvroType, Decoder, from_slice, from_slice_resolved, to_vec};

use super::shop::orders;
use crate::included::messages::com::example::fleet::{Motor, Telemetry};
use crate::included::messages::shop as generated;

/// In an order of its own; what is in it is a subset, generated, a fixed as an array, or borrowed.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", subset, rename_all = "camelCase")]
struct Overview<'a> {
    deposits: Option<Vec<Decimal>>,
    digest: [u8; 16],
    customer: Age,
    level: generated::Level,
    note: Option<&'a str>,
    lines: Vec<Count>,
    #[avro(skip)]
    reads: usize,
    #[avro(rename = "id")]
    number: i64,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.people.Customer", subset)]
struct Age {
    age: Option<i32>,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.Line", subset)]
struct Count {
    count: i32,
}

/// Nothing but whether there is an order.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", subset)]
struct Presence {}

/// The plan of a writer's schema, and of the type that reads.
fn plan<T: AvroType>(writer: &str) -> Plan {
    let parse = |text: &str| Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Plan::new(&parse(writer), &parse(T::schema().json)).expect("a subset reads what its schema wrote")
}

#[test]
fn the_schema_has_the_name_of_the_file_and_the_fields_of_the_type() {
    assert_eq!(Overview::FULLNAME, "shop.Order");
    assert_eq!(
        Overview::schema().json,
        concat!(
            r#"{"type":"record","name":"Order","namespace":"shop","doc":"An order of the shop.\nIt may have several lines.","#,
            r#""fields":[{"name":"deposits","type":["null",{"type":"array","items":{"type":"fixed","name":"Money","size":8,"#,
            r#""logicalType":"decimal","precision":18,"scale":4}}],"default":null},"#,
            r#"{"name":"digest","type":{"type":"fixed","name":"Md5","doc":"A hash.","size":16}},"#,
            r#"{"name":"customer","type":{"type":"record","name":"Customer","namespace":"shop.people","fields":["#,
            r#"{"name":"age","type":["int","null"],"default":18}]}},"#,
            r#"{"name":"level","type":{"type":"enum","name":"Level","doc":"How urgent it is.","#,
            r#""symbols":["LOW","VERY_NORMAL","HIGH"],"default":"VERY_NORMAL"},"default":"LOW"},"#,
            r#"{"name":"note","type":["null","string"],"default":null},"#,
            r#"{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":["#,
            r#"{"name":"count","type":"int","default":1}]}}},"#,
            r#"{"name":"id","type":"long","doc":"Its number.","aliases":["number"]}],"#,
            r#""aliases":["Purchase","old.Order"]}"#,
        )
    );
    assert_eq!(
        Presence::schema().json.replace(r#""fields":[],"#, ""),
        Overview::schema().json.replace(&Overview::schema().json[fields_of(Overview::schema().json)], "")
    );
}

/// Where the list of the root's fields is, with the comma after it.
fn fields_of(json: &str) -> std::ops::Range<usize> {
    let end = json.rfind(r#""aliases":["Purchase""#).expect("the aliases come last");
    json.find(r#""fields":["#).expect("there are fields")..end
}

#[test]
fn a_subset_reads_its_fields_of_what_the_whole_type_wrote() {
    let plan = plan::<Overview<'_>>(generated::Order::schema().json);
    let presence = self::plan::<Presence>(generated::Order::schema().json);
    let mut last = None;
    for order in orders() {
        let bytes = to_vec(&order).unwrap();
        let whole: generated::Order = from_slice(&bytes).unwrap();
        let overview: Overview<'_> = from_slice_resolved(&bytes, &plan).unwrap();
        let expected = Overview {
            deposits: whole.deposits,
            digest: whole.digest.0,
            customer: Age { age: whole.customer.age },
            level: whole.level,
            note: whole.note.as_deref(),
            lines: whole.lines.iter().map(|line| Count { count: line.count }).collect(),
            reads: 0,
            number: whole.id,
        };
        assert_eq!(overview, expected);
        assert_eq!(from_slice_resolved::<Presence>(&bytes, &presence).unwrap(), Presence {});
        for cut in 0..bytes.len() {
            assert!(from_slice_resolved::<Overview<'_>>(&bytes[..cut], &plan).is_err(), "of {cut} bytes");
        }
        last = Some(bytes);
    }
    let mut longer = last.expect("there are orders");
    longer.push(0);
    let error = from_slice_resolved::<Presence>(&longer, &presence).unwrap_err();
    assert!(error.to_string().contains("1 bytes are left after the datum"), "{error}");
}

#[test]
fn older_and_newer_writers_are_read_as_by_the_whole_type() {
    // The alias of a field, a promotion, a field that is gone, and one that is new.
    let writer = r#"{"type": "record", "name": "Order", "namespace": "shop", "fields": [
        {"name": "urgent", "type": "boolean"}, {"name": "number", "type": "int"},
        {"name": "customer", "type": {"type": "record", "name": "Customer", "namespace": "shop.people", "fields": [
            {"name": "name", "type": "string"}]}}]}"#;

    #[derive(Avro, Debug, PartialEq)]
    #[avro(schema = "tests/schemas/shop/order.avsc", subset)]
    struct Who {
        level: generated::Level,
        customer: Age,
        id: i64,
    }

    let who: Who = from_slice_resolved(b"\x01\x22\x06Ada", &plan::<Who>(writer)).unwrap();
    assert_eq!(who, Who { level: generated::Level::Low, customer: Age { age: Some(18) }, id: 17 });
}

#[test]
fn a_subset_of_all_fields_is_read_on_the_straight_path() {
    #[derive(Avro, Debug, PartialEq)]
    #[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.people.Customer", subset)]
    struct Everything {
        name: String,
        age: Option<i32>,
    }
    assert!(plan::<Everything>(generated::people::Customer::schema().json).is_same_encoding());
}

#[derive(TopicValue, Debug)]
#[avro(subset)]
enum Seen {
    Order(Presence),
    Motor(Temperature),
}

#[derive(Avro, Debug, PartialEq)]
#[avro(schema = "tests/schemas/fleet/telemetry.avsc", name = "com.example.fleet.Motor", subset)]
struct Temperature {
    temperature: f32,
}

#[test]
fn subsets_are_values_of_a_topic_with_several_types() {
    let names: Vec<&str> = Seen::TYPES.iter().map(|topic_type| topic_type.fullname).collect();
    assert_eq!(names, ["shop.Order", "com.example.fleet.Motor"]);
    let bytes = to_vec(&motor(90.0)).unwrap();
    let plan = plan::<Temperature>(Motor::schema().json);
    match Seen::decode_with(1, &Decoder::new(), &bytes, Some(&plan)).unwrap() {
        Seen::Motor(motor) => assert_eq!(motor, Temperature { temperature: 90.0 }),
        Seen::Order(order) => panic!("{order:?}"),
    }
}

/// A subset and the whole type are two definitions of one name.
#[test]
fn a_subset_and_the_whole_type_in_one_type_are_refused() {
    #[derive(Avro)]
    #[avro(schema = "tests/schemas/fleet/telemetry.avsc", subset)]
    #[expect(dead_code, reason = "only its schema is asked for")]
    struct Both {
        motor: Temperature,
        auxiliary: Option<Motor>,
    }

    let panic = std::panic::catch_unwind(Both::schema).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("`com.example.fleet.Motor` is defined twice, and differently"), "{message}");
}

fn motor(temperature: f32) -> Motor {
    Motor { revolutions: 3000, temperature, faults: vec!["coolant".to_owned()] }
}

fn telemetry(temperature: f32) -> Telemetry {
    Telemetry {
        vehicle: "truck-17".to_owned(),
        recorded_at: Timestamp::UNIX_EPOCH,
        latitude: 52.52,
        longitude: 13.405,
        speed: 22.5,
        odometer: 120_345,
        battery: 81,
        motor: motor(temperature),
        auxiliary: None,
    }
}

/// What `docs/evolution.md` shows; a test of avro-build compares them.
mod page {
    use super::*;

    #[derive(Avro, Debug, PartialEq)]
    #[avro(schema = "tests/schemas/fleet/telemetry.avsc", subset, rename_all = "camelCase")]
    struct Position {
        recorded_at: Timestamp,
        latitude: f64,
        longitude: f64,
    }

    #[derive(Avro)]
    #[avro(schema = "tests/schemas/fleet/telemetry.avsc", subset)]
    struct Heat<'a> {
        vehicle: &'a str,
        motor: MotorHeat,
    }

    #[derive(Avro)]
    #[avro(schema = "tests/schemas/fleet/telemetry.avsc", name = "com.example.fleet.Motor", subset)]
    struct MotorHeat {
        temperature: f32,
    }

    #[test]
    fn a_subset_is_read_by_a_plan() -> Result<(), Box<dyn std::error::Error>> {
        let bytes = to_vec(&telemetry(90.0))?;
        let writer = Schema::parse(Telemetry::schema().json)?;
        let plan = Plan::new(&writer, &Schema::parse(Position::schema().json)?)?;
        let position: Position = avro_typed::from_slice_resolved(&bytes, &plan)?;
        assert_eq!((position.latitude, position.longitude), (52.52, 13.405));
        assert_eq!(position.recorded_at, Timestamp::UNIX_EPOCH);
        Ok(())
    }

    #[test]
    fn what_matches_is_decoded_as_a_whole() -> Result<(), Box<dyn std::error::Error>> {
        let messages = [telemetry(90.0), telemetry(130.0), telemetry(95.5)].map(|value| to_vec(&value));
        let messages: Vec<Vec<u8>> = messages.into_iter().collect::<Result<_, _>>()?;
        let writer = Schema::parse(Telemetry::schema().json)?;
        let mut alarms = Vec::new();
        let plan = Plan::new(&writer, &Schema::parse(Heat::schema().json)?)?;
        let decoder = Decoder::new();
        for message in &messages {
            let heat: Heat<'_> = decoder.decode_resolved(message, &plan)?;
            if heat.motor.temperature > 120.0 {
                println!("{} is too hot", heat.vehicle);
                alarms.push(decoder.decode::<Telemetry>(message)?);
            }
        }
        assert_eq!(alarms, [telemetry(130.0)]);
        Ok(())
    }
}
