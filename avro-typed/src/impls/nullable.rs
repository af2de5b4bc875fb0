//! Unions of `null` and one other type.

use crate::avro::Nullable;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::writer::Writer;

impl<As: ?Sized, T: Encode<As>, const NULL_BRANCH: usize> Encode<Nullable<As, NULL_BRANCH>> for Option<T> {
    #[inline(always)]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        const { assert!(NULL_BRANCH < 2, "a union of two branches has null at 0 or 1") };
        match self {
            None => writer.union_index(NULL_BRANCH),
            Some(value) => {
                writer.union_index(1 - NULL_BRANCH)?;
                value.encode(writer)
            }
        }
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>, const NULL_BRANCH: usize> Decode<'a, Nullable<As, NULL_BRANCH>> for Option<T> {
    const MIN_SIZE: usize = 1;
    const OWNED_SIZE: usize = T::OWNED_SIZE + (size_of::<Option<T>>() - size_of::<T>());

    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        if reader.union_index(2)? == NULL_BRANCH {
            return Ok(None);
        }
        T::decode(reader).map(Some)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let (branch, step) = step.reader_branch(reader, 2)?;
        if branch == NULL_BRANCH {
            // Only null is read as null, and it has no bytes.
            return Ok(None);
        }
        T::decode_resolved(reader, step).map(Some)
    }

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        if reader.union_index(2)? == NULL_BRANCH {
            *self = None;
            return Ok(());
        }
        match self {
            Some(value) => value.decode_into(reader),
            None => {
                *self = Some(T::decode(reader)?);
                Ok(())
            }
        }
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let (branch, step) = step.reader_branch(reader, 2)?;
        match self {
            _ if branch == NULL_BRANCH => *self = None,
            Some(value) => value.decode_resolved_into(reader, step)?,
            None => *self = Some(T::decode_resolved(reader, step)?),
        }
        Ok(())
    }
}
