//! The trait of values that can be read.

use avro_model::resolution::Action;

use crate::decode_error::DecodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;

/// A Rust value that can be read from the Avro type `As`. It may borrow from the datum: `&'a str` is the string in
/// place.
///
/// Generated types are their own Avro type, so for them `As` is left out. For others it is one of the markers in
/// [`avro`](crate::avro).
///
/// [`decode`](Decode::decode) reads what was written with the type's own schema, or with one that encodes alike.
/// [`decode_resolved`](Decode::decode_resolved) reads what was written with another schema, as an action of a
/// resolution plan requires (Avro 1.12, "Schema Resolution").
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the Avro type `{As}`",
    label = "not an Avro `{As}`",
    note = "types generated from schemas can; for other types, the markers in `avro_typed::avro` name their Rust types"
)]
pub trait Decode<'a, As: ?Sized = Self>: Sized {
    /// The short name of a named Avro type, which error paths begin with; empty for others.
    const NAME: &'static str = "";

    /// The smallest number of bytes that a value takes: it bounds how many items an array can announce. It must never
    /// be larger than that, or valid data is refused; where it is zero, items are counted against a limit.
    const MIN_SIZE: usize;

    /// How many bytes of memory a value takes as an item of an array, which is what
    /// [`Limits::max_item_memory`](field@crate::Limits::max_item_memory) counts: of a view, that of the owned value.
    #[doc(hidden)]
    const OWNED_SIZE: usize = size_of::<Self>();

    /// Reads a value that was written with the type's own schema.
    ///
    /// # Errors
    ///
    /// When the bytes are not such a value.
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError>;

    /// Reads a value that was written with another schema.
    ///
    /// Provided: it follows what every type treats alike, and leaves the rest to
    /// [`decode_by_plan`](Decode::decode_by_plan).
    ///
    /// # Errors
    ///
    /// When the bytes are not a value of the writer's schema, or the value cannot be read as this type.
    #[inline]
    fn decode_resolved(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let mut step = step;
        // A loop, and no call of itself: compilers put no function into another one that calls itself.
        while let Action::WriterUnion(branches) = step.action() {
            step = step.writer_branch(reader, branches)?;
        }
        match step.action() {
            Action::Read => Self::decode(reader),
            Action::Error(mismatch) => Err(step.mismatch(reader, mismatch)),
            _ => Self::decode_by_plan(reader, step),
        }
    }

    /// Reads a value whose encoding differs from the type's own. To be written for types where that is possible; as
    /// provided it is an error.
    ///
    /// # Errors
    ///
    /// As [`decode_resolved`](Decode::decode_resolved).
    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        Err(step.unsuitable(reader, "the same encoding"))
    }

    /// Reads a value that was written with the type's own schema into this one, whose memory is used again: texts,
    /// arrays and maps keep what they have reserved. The value afterwards is that of [`decode`](Decode::decode).
    ///
    /// As provided it decodes and assigns.
    ///
    /// # Errors
    ///
    /// As [`decode`](Decode::decode). The value is one of its type then, but which one is unspecified.
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        *self = Self::decode(reader)?;
        Ok(())
    }

    /// Reads a value that was written with another schema into this one, whose memory is used again.
    ///
    /// Provided: it follows what every type treats alike, and leaves the rest to
    /// [`decode_by_plan_into`](Decode::decode_by_plan_into).
    ///
    /// # Errors
    ///
    /// As [`decode_resolved`](Decode::decode_resolved). The value is one of its type then, but which one is
    /// unspecified.
    #[inline]
    fn decode_resolved_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let mut step = step;
        while let Action::WriterUnion(branches) = step.action() {
            step = step.writer_branch(reader, branches)?;
        }
        match step.action() {
            Action::Read => self.decode_into(reader),
            Action::Error(mismatch) => Err(step.mismatch(reader, mismatch)),
            _ => self.decode_by_plan_into(reader, step),
        }
    }

    /// Reads a value whose encoding differs from the type's own into this one. As provided it decodes and assigns.
    ///
    /// # Errors
    ///
    /// As [`decode_resolved_into`](Decode::decode_resolved_into).
    #[inline]
    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        // Types may have a `decode_resolved` of their own instead of a `decode_by_plan`.
        *self = Self::decode_resolved(reader, step)?;
        Ok(())
    }

    /// Reads many values one after the other, the items of one block: faster where values have the same size.
    ///
    /// # Errors
    ///
    /// As [`decode`](Decode::decode), with the position of the item.
    #[doc(hidden)]
    #[inline]
    fn decode_items(reader: &mut Reader<'a>, count: usize, items: &mut Vec<Self>) -> Result<(), DecodeError> {
        for _ in 0..count {
            match Self::decode(reader) {
                Ok(item) => items.push(item),
                Err(error) => return Err(error.at_index(items.len())),
            }
        }
        Ok(())
    }

    /// Reads many values one after the other, the items of one block of which the first has the position `first`, and
    /// keeps none of them.
    ///
    /// # Errors
    ///
    /// As [`decode`](Decode::decode), with the position of the item.
    #[doc(hidden)]
    #[inline]
    fn check_items(reader: &mut Reader<'a>, count: usize, first: usize) -> Result<(), DecodeError> {
        for index in first..first + count {
            if let Err(error) = Self::decode(reader) {
                return Err(error.at_index(index));
            }
        }
        Ok(())
    }
}

/// A type that can be read from a datum without borrowing from it. Every type that implements [`Decode`] for all
/// lifetimes has it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the Avro type `{As}` and outlive the message",
    label = "not an owned Avro `{As}`",
    note = "types generated from schemas can; a type that borrows from the message cannot, use its owned form"
)]
pub trait DecodeOwned<As: ?Sized = Self>: for<'a> Decode<'a, As> {}

impl<As: ?Sized, T: for<'a> Decode<'a, As>> DecodeOwned<As> for T {}
