//! `uuid`: over `string` as text, over `fixed` as its 16 bytes.

use serde::{Deserialize, Deserializer, Serializer};
use uuid::Uuid;

use super::{Logical, logical};
use crate::avro;
use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::path::shortened;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::serde_form::{DeserializeAs, SerializeAs};
use crate::writer::Writer;

impl Logical<avro::Uuid<avro::Fixed<16>>> for Uuid {
    type Underlying = [u8; 16];

    #[inline]
    fn to_underlying(&self) -> Result<[u8; 16], EncodeError> {
        Ok(self.into_bytes())
    }

    #[inline]
    fn from_underlying(value: [u8; 16], _offset: usize) -> Result<Self, DecodeError> {
        Ok(Uuid::from_bytes(value))
    }
}

logical!(Uuid, avro::Uuid<avro::Fixed<16>>, over avro::Fixed<16>);

/// The length of the text with its four hyphens, the only form that the specification has.
const HYPHENATED: usize = uuid::fmt::Hyphenated::LENGTH;

fn from_text(text: &str, offset: usize) -> Result<Uuid, DecodeError> {
    if text.len() == HYPHENATED
        && let Ok(uuid) = Uuid::try_parse(text)
    {
        return Ok(uuid);
    }
    Err(DecodeError::new(DecodeErrorKind::InvalidUuid { text: shortened(text) }, offset))
}

impl Encode<avro::Uuid<avro::Str>> for Uuid {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let mut buffer = [0; HYPHENATED];
        writer.string(self.hyphenated().encode_lower(&mut buffer))
    }
}

impl<'a> Decode<'a, avro::Uuid<avro::Str>> for Uuid {
    /// The length, and the text.
    const MIN_SIZE: usize = 1 + HYPHENATED;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let text = reader.string()?;
        from_text(text, reader.offset())
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let text = <&str as Decode<avro::Str>>::decode_by_plan(reader, step)?;
        from_text(text, reader.offset())
    }
}

impl SerializeAs<avro::Uuid<avro::Str>> for Uuid {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = [0; HYPHENATED];
        serializer.serialize_str(self.hyphenated().encode_lower(&mut buffer))
    }
}

impl<'de> DeserializeAs<'de, avro::Uuid<avro::Str>> for Uuid {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_text(&text, 0).map_err(|error| serde::de::Error::custom(error.kind()))
    }
}
