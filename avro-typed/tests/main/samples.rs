//! Values and ways to decode that the tests share.

use std::collections::HashMap;

use avro_model::Schema;
use avro_model::resolution::Plan;
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::rust_decimal::Decimal;
use avro_typed::{Decode, DecodeError, DecodeOwned, Encode, EncodeError, Encoder, Limits, PlanStep, Reader, jiff};

use crate::generated::com::example::shop::{Address, Digest, Level, Order};

/// A decimal from its text.
pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A decimal of any size from its text, with the scale that the text has.
pub(crate) fn big_decimal(text: &str) -> BigDecimal {
    text.parse().expect("a decimal")
}

/// An address in Paris.
pub(crate) fn address() -> Address {
    Address { street: "1 Rue de Rivoli".to_owned(), city: "Paris".to_owned(), country_code: "FR".to_owned() }
}

/// An order that has a value in every field.
pub(crate) fn order() -> Order {
    Order {
        id: 4711,
        customer: "Zoë".to_owned(),
        parcels: -3,
        weight: 2.5,
        paid: true,
        level: Level::High,
        address: address(),
        note: Some("ring twice".to_owned()),
        tags: vec!["gift".to_owned(), "fragile".to_owned()],
        addresses: HashMap::from([("work".to_owned(), address())]),
        total: decimal("1234.50"),
        deposit: Some(decimal("-0.01")),
        created_at: jiff::Timestamp::from_millisecond(1_760_000_000_123).expect("a time in range"),
        digest: Digest(*b"0123456789abcdef"),
        signature: vec![0, 255, 128],
    }
}

/// Encodes as any Avro type.
pub(crate) fn encode_as<As: ?Sized, T: ?Sized + Encode<As>>(value: &T) -> Result<Vec<u8>, EncodeError> {
    Encoder::new().encode(&[], value).map(<[u8]>::to_vec)
}

/// Decodes from any Avro type; nothing may be left.
pub(crate) fn decode_as<'a, As: ?Sized, T: Decode<'a, As>>(datum: &'a [u8]) -> Result<T, DecodeError> {
    let mut reader = Reader::new(datum, Limits::default());
    let value = T::decode(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// The plan for two schemas that can be resolved.
pub(crate) fn plan(writer: &str, reader: &str) -> Plan {
    let parse = |text: &str| Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Plan::new(&parse(writer), &parse(reader)).expect("schemas that can be resolved")
}

/// Decodes what the writer's schema wrote as any Avro type, of which `reader` is the schema.
pub(crate) fn resolve_as<As: ?Sized, T: DecodeOwned<As>>(
    writer: &str,
    reader: &str,
    datum: &[u8],
) -> Result<T, DecodeError> {
    let plan = plan(writer, reader);
    let mut rest = Reader::new(datum, Limits::default());
    let value = T::decode_resolved(&mut rest, PlanStep::new(&plan))?;
    rest.finish()?;
    Ok(value)
}
