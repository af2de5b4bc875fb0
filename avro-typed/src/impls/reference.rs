//! Boxes and references are written and read as what they point to.

use std::sync::Arc;

use serde::Serializer;

use crate::avro;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::impls::bytes::promoted_bytes;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::union::{DecodeUnion, Union};
use crate::writer::Writer;

impl<As: ?Sized, T: ?Sized + Encode<As>> Encode<As> for &T {
    const NAME: &'static str = T::NAME;

    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        (**self).encode(writer)
    }
}

macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        impl<As: ?Sized, T: ?Sized + Encode<As>> Encode<As> for $pointer<T> {
            const NAME: &'static str = T::NAME;

            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                (**self).encode(writer)
            }
        }

        impl<'a, As: ?Sized, T: Decode<'a, As>> Decode<'a, As> for $pointer<T> {
            const NAME: &'static str = T::NAME;
            const MIN_SIZE: usize = T::MIN_SIZE;

            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                T::decode(reader).map($pointer::new)
            }

            fn decode_resolved(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
                T::decode_resolved(reader, step).map($pointer::new)
            }
        }

        impl<T: Union> Union for $pointer<T> {
            const BRANCHES: usize = T::BRANCHES;

            fn branch(&self) -> usize {
                (**self).branch()
            }

            fn encode_branch(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                (**self).encode_branch(writer)
            }

            fn serialize_branch<S: Serializer>(&self, index: u32, serializer: S) -> Result<S::Ok, S::Error> {
                (**self).serialize_branch(index, serializer)
            }
        }

        impl<'a, T: DecodeUnion<'a>> DecodeUnion<'a> for $pointer<T> {
            fn decode_branch(branch: usize, reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                T::decode_branch(branch, reader).map($pointer::new)
            }

            fn decode_branch_resolved(
                branch: usize,
                reader: &mut Reader<'a>,
                step: PlanStep<'a>,
            ) -> Result<Self, DecodeError> {
                T::decode_branch_resolved(branch, reader, step).map($pointer::new)
            }
        }

        impl<'a> Decode<'a, avro::Str> for $pointer<str> {
            const MIN_SIZE: usize = 1;

            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                reader.string().map(Self::from)
            }

            fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
                <&str as Decode<avro::Str>>::decode_by_plan(reader, step).map(Self::from)
            }
        }

        impl<'a> Decode<'a, avro::Bytes> for $pointer<[u8]> {
            const MIN_SIZE: usize = 1;

            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                reader.bytes().map(Self::from)
            }

            fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
                promoted_bytes(reader, step).map(Self::from)
            }
        }
    )*};
}

pointers!(Box Arc);
