//! rsgen-avro's types and ours give the same bytes, for schemas that rsgen-avro handles.

use apache_avro::Schema;
use apache_avro::writer::datum::GenericDatumWriter;
use avro_typed::jiff::Timestamp;
use avro_typed::{AvroType, Encode};
use proptest::collection::{hash_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What avro-codegen makes of the schemas.
mod ours {
    avro_derive::include_schemas!("tests/rsgen/schemas");
    pub(crate) use com::example::peer::*;
}

/// What rsgen-avro makes of them.
#[allow(
    deprecated,
    unreachable_pub,
    unnameable_types,
    dead_code,
    reason = "the code is rsgen-avro's, and not all of it is used"
)]
mod theirs {
    include!(concat!(env!("OUT_DIR"), "/rsgen.rs"));
}

/// The same value as a type of the other generator, over serde's data model.
fn translated<Theirs: DeserializeOwned>(value: &impl Serialize) -> Theirs {
    let value = ciborium::Value::serialized(value).expect("every value can be serialized");
    value.deserialized().expect("both types have the same serde form")
}

/// `theirs` is written by apache-avro, as rsgen-avro's users do; the bytes must be those that our type writes itself.
fn check<Ours: AvroType + Encode>(ours: &Ours, theirs: &impl Serialize) -> Result<(), TestCaseError> {
    let schema = Schema::parse_str(Ours::schema().json).expect("apache-avro reads the schema");
    let writer = GenericDatumWriter::builder(&schema).build().expect("the schema refers to nothing outside of itself");
    let expected = writer.write_ser_to_vec(theirs).expect("apache-avro writes the value");
    let bytes = avro_typed::to_vec(ours).expect("the value fits its type");
    prop_assert_eq!(bytes, expected);
    Ok(())
}

fn units() -> impl Strategy<Value = ours::Unit> {
    prop_oneof![Just(ours::Unit::Celsius), Just(ours::Unit::Kelvin), Just(ours::Unit::Pascal)]
}

fn positions() -> impl Strategy<Value = ours::Position> {
    (any::<i32>(), vec(vec(any::<i64>(), 0..4), 0..4)).prop_map(|(floor, zones)| ours::Position { floor, zones })
}

/// Milliseconds of the years that `Timestamp` has.
fn times() -> impl Strategy<Value = Timestamp> {
    (-62_000_000_000_000..253_000_000_000_000_i64)
        .prop_map(|time| Timestamp::from_millisecond(time).expect("within the range"))
}

prop_compose! {
    fn readings()(
        (sensor_id, sequence, channel, valid) in any::<(String, i64, i32, bool)>(),
        (value, gain, raw, digest) in any::<(f64, f32, Vec<u8>, [u8; 4])>(),
        unit in units(),
        note in option::of(any::<String>()),
        calibrated in option::of(times()),
        history in vec(any::<f64>(), 0..5),
        // Of several entries, each map has its own order.
        labels in hash_map(any::<String>(), any::<String>(), 0..2),
        position in option::of(positions()),
    ) -> ours::Reading {
        let digest = ours::Digest(digest);
        ours::Reading {
            sensor_id, sequence, channel, value, gain, valid, raw, digest, unit, note, calibrated, history, labels, position,
        }
    }
}

fn keys() -> impl Strategy<Value = ours::StringOrLong> {
    prop_oneof![any::<String>().prop_map(ours::StringOrLong::String), any::<i64>().prop_map(ours::StringOrLong::Long)]
}

fn contents() -> impl Strategy<Value = ours::StringOrDoubleOrStringArray> {
    use ours::StringOrDoubleOrStringArray as Content;
    prop_oneof![
        any::<String>().prop_map(Content::String),
        any::<f64>().prop_map(Content::Double),
        vec(any::<String>(), 0..4).prop_map(Content::Array),
    ]
}

/// The unions differ in their serde form: rsgen-avro's are untagged. (With null among the branches, apache-avro 0.22
/// does not write rsgen-avro's types at all: it takes `Some` for unions of two branches only.)
fn payload_of(payload: &ours::Payload) -> theirs::Payload {
    use ours::StringOrDoubleOrStringArray as Content;
    use theirs::UnionStringDoubleArrayString as TheirContent;
    theirs::Payload {
        key: match payload.key.clone() {
            ours::StringOrLong::String(key) => key.into(),
            ours::StringOrLong::Long(key) => key.into(),
        },
        content: match payload.content.clone() {
            Content::String(text) => TheirContent::String(text),
            Content::Double(number) => TheirContent::Double(number),
            Content::Array(texts) => TheirContent::ArrayString(texts),
        },
    }
}

proptest! {
    #[test]
    fn records_with_every_kind_of_field(reading in readings()) {
        check(&reading, &translated::<theirs::Reading>(&reading))?;
    }

    #[test]
    fn unions_of_several_branches(key in keys(), content in contents()) {
        let payload = ours::Payload { key, content };
        check(&payload, &payload_of(&payload))?;
    }
}
