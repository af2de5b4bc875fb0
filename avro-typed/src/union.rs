//! Unions: the traits of generated ones, and the type of those that have one branch only.

use std::ops::{Deref, DerefMut};

use serde::Serializer;

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode_error::EncodeError;
use crate::invariant::always;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::writer::Writer;

/// A generated enum with one variant for each branch of a union that is not `null`.
///
/// `[A, B]`, `["null", A, B]` and `[A, "null", B]` have one enum; the position of `null` is that of
/// [`avro::NullableUnion`](crate::avro::NullableUnion). So branches are counted without it here.
pub trait Union: Sized {
    /// How many branches there are without `null`.
    const BRANCHES: usize;

    /// The position of the value's branch among those that are not `null`.
    fn branch(&self) -> usize;

    /// Writes the value without the position of its branch. An error gets the branch's name.
    ///
    /// # Errors
    ///
    /// What the value's [`Encode`](crate::Encode) returns.
    fn encode_branch(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Serializes the value as a newtype variant that has the branch's name and the given index.
    ///
    /// As provided it is an error: the serde form of a derived union is its author's business.
    ///
    /// # Errors
    ///
    /// What the format returns.
    fn serialize_branch<S: Serializer>(&self, _index: u32, _serializer: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("this union has no serde form; implement `Union::serialize_branch`"))
    }
}

/// A union that can be read.
pub trait DecodeUnion<'a>: Sized {
    /// How many branches there are without `null`.
    const BRANCHES: usize;

    /// Reads the value of this branch, whose position has been read. An error gets the branch's name.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`](crate::Decode) returns.
    fn decode_branch(branch: usize, reader: &mut Reader<'a>) -> Result<Self, DecodeError>;

    /// Reads a value that was written with another schema as a value of this branch. An error gets the branch's name.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`](crate::Decode) returns.
    fn decode_branch_resolved(branch: usize, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError>;

    /// Reads the value of this branch into this one, whose memory is used again if it is of the same branch. As
    /// provided it decodes and assigns.
    ///
    /// # Errors
    ///
    /// As [`decode_branch`](DecodeUnion::decode_branch).
    #[inline]
    fn decode_branch_into(&mut self, branch: usize, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        *self = Self::decode_branch(branch, reader)?;
        Ok(())
    }

    /// Reads a value that was written with another schema into this one, as
    /// [`decode_branch_into`](DecodeUnion::decode_branch_into).
    ///
    /// # Errors
    ///
    /// As [`decode_branch_resolved`](DecodeUnion::decode_branch_resolved).
    #[inline]
    fn decode_branch_resolved_into(
        &mut self,
        branch: usize,
        reader: &mut Reader<'a>,
        step: PlanStep<'a>,
    ) -> Result<(), DecodeError> {
        *self = Self::decode_branch_resolved(branch, reader, step)?;
        Ok(())
    }
}

/// A value of a union that has one branch only: [`avro::Sole`](crate::avro::Sole).
///
/// It is a type of its own, since such a value is preceded by the position of its branch, and the bare value is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sole<T>(pub T);

impl<T> Deref for Sole<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Sole<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Sole<T> {
    fn from(value: T) -> Self {
        Sole(value)
    }
}

/// Writes a value of a union without `null`.
///
/// # Errors
///
/// What the branch returns.
#[inline]
pub fn encode_union<U: Union>(value: &U, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    writer.union_index(value.branch())?;
    value.encode_branch(writer)
}

/// Reads a value of a union without `null`.
///
/// # Errors
///
/// When there is no such branch, and what the branch returns.
#[inline]
pub fn decode_union<'a, U: DecodeUnion<'a>>(reader: &mut Reader<'a>) -> Result<U, DecodeError> {
    let branch = reader.union_index(U::BRANCHES)?;
    U::decode_branch(branch, reader)
}

/// Reads a value of a union without `null` into another one.
///
/// # Errors
///
/// As [`decode_union`].
#[inline]
pub fn decode_union_into<'a, U: DecodeUnion<'a>>(value: &mut U, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
    let branch = reader.union_index(U::BRANCHES)?;
    value.decode_branch_into(branch, reader)
}

/// Reads a value that was written with another schema into a value of a union without `null`.
///
/// # Errors
///
/// As [`decode_union_by_plan`].
pub fn decode_union_by_plan_into<'a, U: DecodeUnion<'a>>(
    value: &mut U,
    reader: &mut Reader<'a>,
    step: PlanStep<'a>,
) -> Result<(), DecodeError> {
    let (branch, step) = step.reader_branch(reader, U::BRANCHES)?;
    value.decode_branch_resolved_into(branch, reader, step)
}

/// Reads a value that was written with another schema as a value of a union without `null`.
///
/// # Errors
///
/// When the plan has no branch of the union here, and what the branch returns.
pub fn decode_union_by_plan<'a, U: DecodeUnion<'a>>(
    reader: &mut Reader<'a>,
    step: PlanStep<'a>,
) -> Result<U, DecodeError> {
    let (branch, step) = step.reader_branch(reader, U::BRANCHES)?;
    U::decode_branch_resolved(branch, reader, step)
}

/// The error for a branch that a union does not have. Generated code needs it to be complete, and never gets there.
#[cold]
#[inline(never)]
pub fn no_such_branch(reader: &Reader<'_>, branch: usize, branches: usize) -> DecodeError {
    let index = always(i64::try_from(branch).ok(), i64::MAX, "positions of branches are read as longs");
    reader.fail(DecodeErrorKind::UnknownBranch { index, branches })
}
