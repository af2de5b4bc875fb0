//! Rust's narrower and unsigned integers as `int` and `long`: derived types may have such fields, generated ones have
//! none.

use crate::avro;
use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::writer::Writer;

macro_rules! narrow {
    ($($narrow:ident as $marker:ident: $wide:ident;)*) => {$(
        impl Encode<avro::$marker> for $narrow {
            #[inline(always)]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                $wide::from(*self).encode(writer)
            }
        }

        /// What another writer wrote may be out of range.
        impl<'a> Decode<'a, avro::$marker> for $narrow {
            const MIN_SIZE: usize = 1;

            #[inline(always)]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                let value = $wide::decode(reader)?;
                value.try_into().map_err(|_| out_of_range(value.into(), stringify!($narrow), reader.offset()))
            }

            fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
                let value = $wide::decode_by_plan(reader, step)?;
                value.try_into().map_err(|_| out_of_range(value.into(), stringify!($narrow), reader.offset()))
            }
        }
    )*};
}

narrow! {
    i8 as Int: i32;
    u8 as Int: i32;
    i16 as Int: i32;
    u16 as Int: i32;
    u32 as Long: i64;
}

#[cold]
#[inline(never)]
fn out_of_range(value: i64, rust_type: &'static str, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::NumberOutOfRange { value, rust_type }, offset)
}
