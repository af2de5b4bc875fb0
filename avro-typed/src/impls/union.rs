//! Unions of one type, and of `null` and several types. A union of several types without `null` is a generated type.

use crate::avro::{self, NullableUnion};
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::union::{DecodeUnion, Sole, Union};
use crate::writer::Writer;

impl<As: ?Sized, T: Encode<As>> Encode<avro::Sole<As>> for Sole<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.union_index(0)?;
        self.0.encode(writer)
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Decode<'a, avro::Sole<As>> for Sole<T> {
    const MIN_SIZE: usize = 1 + T::MIN_SIZE;
    const OWNED_SIZE: usize = T::OWNED_SIZE;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.union_index(1)?;
        T::decode(reader).map(Sole)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let (_, step) = step.reader_branch(reader, 1)?;
        T::decode_resolved(reader, step).map(Sole)
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        reader.union_index(1)?;
        self.0.decode_into(reader)
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let (_, step) = step.reader_branch(reader, 1)?;
        self.0.decode_resolved_into(reader, step)
    }
}

/// The position among all branches of the one that has this position among those that are not `null`.
pub(crate) const fn with_null(branch: usize, null_branch: usize) -> usize {
    if branch < null_branch { branch } else { branch + 1 }
}

/// The inverse of [`with_null`]; `None` for `null` itself.
pub(crate) const fn without_null(branch: usize, null_branch: usize) -> Option<usize> {
    if branch < null_branch {
        return Some(branch);
    }
    if branch == null_branch { None } else { Some(branch - 1) }
}

/// `T` is `U` or a pointer to it.
impl<U: ?Sized, T: Union + Encode<U>, const NULL_BRANCH: usize> Encode<NullableUnion<U, NULL_BRANCH>> for Option<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        const { assert!(NULL_BRANCH <= T::BRANCHES, "null is one of the branches") };
        match self {
            None => writer.union_index(NULL_BRANCH),
            Some(value) => {
                writer.union_index(with_null(value.branch(), NULL_BRANCH))?;
                value.encode_branch(writer)
            }
        }
    }
}

impl<'a, U: ?Sized, T, const NULL_BRANCH: usize> Decode<'a, NullableUnion<U, NULL_BRANCH>> for Option<T>
where
    T: DecodeUnion<'a> + Decode<'a, U>,
{
    const MIN_SIZE: usize = 1;
    const OWNED_SIZE: usize = T::OWNED_SIZE + (size_of::<Option<T>>() - size_of::<T>());

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let branch = reader.union_index(T::BRANCHES + 1)?;
        match without_null(branch, NULL_BRANCH) {
            Some(branch) => T::decode_branch(branch, reader).map(Some),
            None => Ok(None),
        }
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let (branch, step) = step.reader_branch(reader, T::BRANCHES + 1)?;
        match without_null(branch, NULL_BRANCH) {
            Some(branch) => T::decode_branch_resolved(branch, reader, step).map(Some),
            // Only null is read as null, and it has no bytes.
            None => Ok(None),
        }
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        let branch = reader.union_index(T::BRANCHES + 1)?;
        match (without_null(branch, NULL_BRANCH), &mut *self) {
            (Some(branch), Some(value)) => value.decode_branch_into(branch, reader)?,
            (Some(branch), None) => *self = Some(T::decode_branch(branch, reader)?),
            (None, _) => *self = None,
        }
        Ok(())
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let (branch, step) = step.reader_branch(reader, T::BRANCHES + 1)?;
        match (without_null(branch, NULL_BRANCH), &mut *self) {
            (Some(branch), Some(value)) => value.decode_branch_resolved_into(branch, reader, step)?,
            (Some(branch), None) => *self = Some(T::decode_branch_resolved(branch, reader, step)?),
            (None, _) => *self = None,
        }
        Ok(())
    }
}
