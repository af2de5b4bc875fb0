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

/// A pointer to a value that may be changed in place.
trait Pointer<T>: From<T> {
    /// The value, unless others see it, too.
    fn get_mut(&mut self) -> Option<&mut T>;
}

impl<T> Pointer<T> for Box<T> {
    #[inline(always)]
    fn get_mut(&mut self) -> Option<&mut T> {
        Some(self)
    }
}

impl<T> Pointer<T> for Arc<T> {
    #[inline(always)]
    fn get_mut(&mut self) -> Option<&mut T> {
        Arc::get_mut(self)
    }
}

#[inline(always)]
fn inside<T, P: Pointer<T>>(pointer: &mut P) -> Option<&mut T> {
    pointer.get_mut()
}

fn assign<T, P: Pointer<T>>(pointer: &mut P, value: Result<T, DecodeError>) -> Result<(), DecodeError> {
    *pointer = P::from(value?);
    Ok(())
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

            #[inline]
            fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
                match inside(self) {
                    Some(value) => value.decode_into(reader),
                    None => assign(self, T::decode(reader)),
                }
            }

            fn decode_resolved_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
                match inside(self) {
                    Some(value) => value.decode_resolved_into(reader, step),
                    None => assign(self, T::decode_resolved(reader, step)),
                }
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
            const BRANCHES: usize = T::BRANCHES;

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

            fn decode_branch_into(&mut self, branch: usize, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
                match inside(self) {
                    Some(value) => value.decode_branch_into(branch, reader),
                    None => assign(self, T::decode_branch(branch, reader)),
                }
            }

            fn decode_branch_resolved_into(
                &mut self,
                branch: usize,
                reader: &mut Reader<'a>,
                step: PlanStep<'a>,
            ) -> Result<(), DecodeError> {
                match inside(self) {
                    Some(value) => value.decode_branch_resolved_into(branch, reader, step),
                    None => assign(self, T::decode_branch_resolved(branch, reader, step)),
                }
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

            /// Text that is the same stays where it is.
            #[inline]
            fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
                let text = reader.string()?;
                if **self != *text {
                    *self = Self::from(text);
                }
                Ok(())
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

            /// Bytes that are the same stay where they are.
            #[inline]
            fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
                let bytes = reader.bytes()?;
                if **self != *bytes {
                    *self = Self::from(bytes);
                }
                Ok(())
            }
        }
    )*};
}

pointers!(Box Arc);
