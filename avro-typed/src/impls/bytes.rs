//! `bytes`, `string` and `fixed`, owned and borrowed.

use avro_model::resolution::Promotion;

use crate::avro;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::text::{own_bytes, replace_bytes};
use crate::writer::Writer;

impl Encode<avro::Str> for str {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.string(self)
    }
}

impl Encode<avro::Str> for String {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.string(self)
    }
}

impl<'a> Decode<'a, avro::Str> for String {
    const MIN_SIZE: usize = 1;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.owned_string()
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        // Bytes are encoded as strings are; reading them as text checks their UTF-8.
        match step.promotion() {
            Some(Promotion::BytesToString) => reader.owned_string(),
            _ => Err(step.unsuitable(reader, "a promotion to string")),
        }
    }

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        reader.string_into(self)
    }
}

impl<'a> Decode<'a, avro::Str> for &'a str {
    const MIN_SIZE: usize = 1;
    const OWNED_SIZE: usize = size_of::<String>();

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.string()
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        match step.promotion() {
            Some(Promotion::BytesToString) => reader.string(),
            _ => Err(step.unsuitable(reader, "a promotion to string")),
        }
    }
}

impl Encode<avro::Bytes> for [u8] {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.bytes(self)
    }
}

impl Encode<avro::Bytes> for Vec<u8> {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.bytes(self)
    }
}

impl<'a> Decode<'a, avro::Bytes> for Vec<u8> {
    const MIN_SIZE: usize = 1;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.bytes().map(own_bytes)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        promoted_bytes(reader, step).map(own_bytes)
    }

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        replace_bytes(self, reader.bytes()?);
        Ok(())
    }
}

impl<'a> Decode<'a, avro::Bytes> for &'a [u8] {
    const MIN_SIZE: usize = 1;
    /// That of `bytes::Bytes`, the largest of its owned types.
    const OWNED_SIZE: usize = 4 * size_of::<usize>();

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.bytes()
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        promoted_bytes(reader, step)
    }
}

/// A string read as the bytes of its UTF-8, which is checked all the same: the writer promised a string.
pub(crate) fn promoted_bytes<'a>(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<&'a [u8], DecodeError> {
    match step.promotion() {
        Some(Promotion::StringToBytes) => reader.string().map(str::as_bytes),
        _ => Err(step.unsuitable(reader, "a promotion to bytes")),
    }
}

impl<const SIZE: usize> Encode<avro::Fixed<SIZE>> for [u8; SIZE] {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.fixed(self)
    }
}

impl<'a, const SIZE: usize> Decode<'a, avro::Fixed<SIZE>> for [u8; SIZE] {
    const MIN_SIZE: usize = SIZE;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.fixed()
    }
}

#[cfg(feature = "compact-str-010")]
impl Encode<avro::Str> for compact_str::CompactString {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.string(self)
    }
}

#[cfg(feature = "compact-str-010")]
impl<'a> Decode<'a, avro::Str> for compact_str::CompactString {
    const MIN_SIZE: usize = 1;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.string().map(Self::new)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        <&str as Decode<avro::Str>>::decode_by_plan(reader, step).map(Self::new)
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        let text = reader.string()?;
        self.clear();
        self.push_str(text);
        Ok(())
    }
}

#[cfg(feature = "bytes")]
impl Encode<avro::Bytes> for bytes::Bytes {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.bytes(self)
    }
}

#[cfg(feature = "bytes")]
impl<'a> Decode<'a, avro::Bytes> for bytes::Bytes {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.bytes().map(bytes::Bytes::copy_from_slice)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        promoted_bytes(reader, step).map(bytes::Bytes::copy_from_slice)
    }
}
