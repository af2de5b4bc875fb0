//! `null`, `boolean` and the numbers, with the promotions between them.

use avro_model::resolution::Promotion;

use crate::avro;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::writer::Writer;

impl Encode<avro::Null> for () {
    #[inline(always)]
    fn encode(&self, _writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl<'a> Decode<'a, avro::Null> for () {
    const MIN_SIZE: usize = 0;

    #[inline(always)]
    fn decode(_reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

impl Encode<avro::Boolean> for bool {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.boolean(*self)
    }
}

impl<'a> Decode<'a, avro::Boolean> for bool {
    const MIN_SIZE: usize = 1;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.boolean()
    }
}

impl Encode<avro::Int> for i32 {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.int(*self)
    }
}

impl<'a> Decode<'a, avro::Int> for i32 {
    const MIN_SIZE: usize = 1;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.int()
    }
}

impl Encode<avro::Long> for i64 {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.long(*self)
    }
}

impl<'a> Decode<'a, avro::Long> for i64 {
    const MIN_SIZE: usize = 1;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.long()
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        match step.promotion() {
            Some(Promotion::IntToLong) => reader.int().map(i64::from),
            _ => Err(step.unsuitable(reader, "a promotion to long")),
        }
    }

    /// In arrays the lengths of numbers are mixed, so the test for one byte, which the processor would mispredict, is
    /// left out.
    #[inline]
    fn decode_items(reader: &mut Reader<'a>, count: usize, items: &mut Vec<Self>) -> Result<(), DecodeError> {
        for _ in 0..count {
            match reader.long_in_array() {
                Ok(item) => items.push(item),
                Err(error) => return Err(error.at_index(items.len())),
            }
        }
        Ok(())
    }

    #[inline]
    fn check_items(reader: &mut Reader<'a>, count: usize, first: usize) -> Result<(), DecodeError> {
        for index in first..first + count {
            if let Err(error) = reader.long_in_array() {
                return Err(error.at_index(index));
            }
        }
        Ok(())
    }
}

impl Encode<avro::Float> for f32 {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.float(*self)
    }

    #[inline]
    fn encode_items(items: &[Self], writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.fixed_run(items, f32::to_le_bytes)
    }
}

impl<'a> Decode<'a, avro::Float> for f32 {
    const MIN_SIZE: usize = 4;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.float()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "the specification promotes int and long to float, rounding as Java does"
    )]
    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        match step.promotion() {
            Some(Promotion::IntToFloat) => reader.int().map(|value| value as f32),
            Some(Promotion::LongToFloat) => reader.long().map(|value| value as f32),
            _ => Err(step.unsuitable(reader, "a promotion to float")),
        }
    }

    #[inline]
    fn decode_items(reader: &mut Reader<'a>, count: usize, items: &mut Vec<Self>) -> Result<(), DecodeError> {
        reader.fixed_run(count, items, f32::from_le_bytes)
    }

    #[inline]
    fn check_items(reader: &mut Reader<'a>, count: usize, _first: usize) -> Result<(), DecodeError> {
        reader.take(count.saturating_mul(size_of::<Self>())).map(drop)
    }
}

impl Encode<avro::Double> for f64 {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.double(*self)
    }

    #[inline]
    fn encode_items(items: &[Self], writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.fixed_run(items, f64::to_le_bytes)
    }
}

impl<'a> Decode<'a, avro::Double> for f64 {
    const MIN_SIZE: usize = 8;

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.double()
    }

    #[expect(clippy::cast_precision_loss, reason = "the specification promotes long to double, rounding as Java does")]
    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        match step.promotion() {
            Some(Promotion::IntToDouble) => reader.int().map(f64::from),
            Some(Promotion::LongToDouble) => reader.long().map(|value| value as f64),
            Some(Promotion::FloatToDouble) => reader.float().map(f64::from),
            _ => Err(step.unsuitable(reader, "a promotion to double")),
        }
    }

    #[inline]
    fn decode_items(reader: &mut Reader<'a>, count: usize, items: &mut Vec<Self>) -> Result<(), DecodeError> {
        reader.fixed_run(count, items, f64::from_le_bytes)
    }

    #[inline]
    fn check_items(reader: &mut Reader<'a>, count: usize, _first: usize) -> Result<(), DecodeError> {
        reader.take(count.saturating_mul(size_of::<Self>())).map(drop)
    }
}
