//! `include_schemas!`.

use avro_typed::AvroType as _;

#[allow(unreachable_pub, reason = "generated types are public, wherever they are included")]
pub(crate) mod messages {
    avro_derive::include_schemas!("tests/schemas");

    /// The types of a schema folder can be used where they are included.
    pub(crate) const UNITS: usize = lab::Unit::SYMBOLS.len();
}

use messages::lab::{Measurement, Unit};

#[test]
fn included_types_round_trip() {
    let measurement = Measurement { value: -40.0, unit: Unit::Kelvin, note: Some("broken?".to_owned()) };
    let bytes = avro_typed::to_vec(&measurement).unwrap();
    assert_eq!(bytes.len(), 8 + 1 + 1 + 1 + "broken?".len());
    assert_eq!(avro_typed::from_slice::<Measurement>(&bytes).unwrap(), measurement);
    assert_eq!(messages::UNITS, 2);
}

#[test]
fn the_schema_is_self_contained() {
    let own = Measurement::schema();
    let schema = avro_typed::model::Schema::parse(own.json).unwrap();
    assert_eq!(schema.fullname().unwrap().as_str(), "lab.Measurement");
    assert_eq!(schema.fingerprint_crc64(), own.fingerprint_crc64);
    assert_eq!(schema.fingerprint_sha256(), own.fingerprint_sha256);
}
