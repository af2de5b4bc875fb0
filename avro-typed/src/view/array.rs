//! Arrays that stay in the datum.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use crate::avro::Array;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::limits::Limits;
use crate::plan_step::PlanStep;
use crate::reader::Reader;

/// An array that stays in the datum: its items, of the Avro type `As`, are read as `T` while they are iterated over.
///
/// Making it checks every item, so that reading them cannot fail, and allocates nothing, whatever the number of items.
/// Each iteration reads them anew. So does each access to an array within an item: what is used many times is better
/// collected once.
///
/// ```
/// use avro_typed::{ArrayRef, Decode, DecodeError, Limits, Reader, avro};
///
/// let mut reader = Reader::new(b"\x04\x06one\x06two\0", Limits::default());
/// let words: ArrayRef<'_, &str, avro::Str> = Decode::<avro::Array<avro::Str>>::decode(&mut reader)?;
/// assert_eq!(words.len(), 2);
/// assert_eq!(words.iter().collect::<Vec<&str>>(), ["one", "two"]);
/// assert!(words == ["one", "two"]);
/// # Ok::<(), DecodeError>(())
/// ```
pub struct ArrayRef<'a, T, As: ?Sized = T> {
    /// From the head of the first block to the end of the last one.
    blocks: &'a [u8],
    len: usize,
    /// How the array is read, unless it is written as the type itself is.
    step: Option<PlanStep<'a>>,
    items: PhantomData<fn() -> T>,
    avro: PhantomData<fn() -> As>,
}

impl<T, As: ?Sized> Clone for ArrayRef<'_, T, As> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, As: ?Sized> Copy for ArrayRef<'_, T, As> {}

impl<'a, T, As: ?Sized> ArrayRef<'a, T, As> {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn new(blocks: &'a [u8], len: usize, step: Option<PlanStep<'a>>) -> Self {
        ArrayRef { blocks, len, step, items: PhantomData, avro: PhantomData }
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> ArrayRef<'a, T, As> {
    /// The items, in their order.
    #[must_use]
    pub fn iter(&self) -> ArrayIter<'a, T, As> {
        let reader = Reader::new(self.blocks, Limits::NONE);
        let step = self.step.and_then(|step| step.array_items(&reader).ok());
        ArrayIter { reader, left: self.len, left_in_block: 0, step, items: PhantomData, avro: PhantomData }
    }

    /// The items read as another type, such as a `Vec<String>`.
    ///
    /// # Errors
    ///
    /// When the items are not all values of that type.
    pub fn read_as<C: Decode<'a, Array<As>>>(&self) -> Result<C, DecodeError> {
        let mut reader = Reader::new(self.blocks, Limits::NONE);
        match self.step {
            None => C::decode(&mut reader),
            Some(step) => C::decode_resolved(&mut reader, step),
        }
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Decode<'a, Array<As>> for ArrayRef<'a, T, As> {
    const MIN_SIZE: usize = 1;
    const OWNED_SIZE: usize = size_of::<Vec<()>>();

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let start = reader.rest;
        let mut len = 0;
        while let Some(next) = reader.next_items_of(T::OWNED_SIZE, T::MIN_SIZE)? {
            T::check_items(reader, next.count, len)?;
            len += next.count;
            reader.end_items(&next)?;
        }
        Ok(ArrayRef::new(reader.read_since(start), len, None))
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let items = step.array_items(reader)?;
        let start = reader.rest;
        let mut len = 0;
        while let Some(next) = reader.next_changed_items_of(T::OWNED_SIZE, items.min_size(T::MIN_SIZE))? {
            for index in len..len + next.count {
                let remaining = reader.remaining();
                T::decode_resolved(reader, items).map_err(|error| error.at_index(index))?;
                reader.check_progress(remaining, T::MIN_SIZE)?;
            }
            len += next.count;
            reader.end_items(&next)?;
        }
        Ok(ArrayRef::new(reader.read_since(start), len, Some(step)))
    }
}

/// The array as an owned one, whose items are read as they were for the view.
///
/// # Panics
///
/// When a user's own type reads the same bytes once as a value and once not.
pub fn owned_array<'a, As: ?Sized, T: Decode<'a, As>, C: Decode<'a, Array<As>>>(array: ArrayRef<'a, T, As>) -> C {
    match array.read_as() {
        Ok(owned) => owned,
        Err(error) => panic!("the items were read before, and now they cannot be: {error}"),
    }
}

/// The items of an [`ArrayRef`].
pub struct ArrayIter<'a, T, As: ?Sized = T> {
    reader: Reader<'a>,
    left: usize,
    left_in_block: usize,
    step: Option<PlanStep<'a>>,
    items: PhantomData<fn() -> T>,
    avro: PhantomData<fn() -> As>,
}

impl<'a, As: ?Sized, T: Decode<'a, As>> ArrayIter<'a, T, As> {
    #[inline]
    fn read(&mut self) -> Result<T, DecodeError> {
        if self.left_in_block == 0 {
            self.left_in_block = self.reader.block_of_known_items(self.left)?;
        }
        self.left_in_block -= 1;
        match self.step {
            None => T::decode(&mut self.reader),
            Some(step) => T::decode_resolved(&mut self.reader, step),
        }
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Iterator for ArrayIter<'a, T, As> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.left.checked_sub(1)?;
        let item = self.read();
        debug_assert!(item.is_ok(), "the items were read when the view was made: {:?}", item.as_ref().err());
        self.left = if item.is_ok() { self.left - 1 } else { 0 };
        item.ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> ExactSizeIterator for ArrayIter<'a, T, As> {}

impl<'a, As: ?Sized, T: Decode<'a, As>> FusedIterator for ArrayIter<'a, T, As> {}

impl<T, As: ?Sized> fmt::Debug for ArrayIter<'_, T, As> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ArrayIter").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> IntoIterator for ArrayRef<'a, T, As> {
    type Item = T;
    type IntoIter = ArrayIter<'a, T, As>;

    fn into_iter(self) -> ArrayIter<'a, T, As> {
        self.iter()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> IntoIterator for &ArrayRef<'a, T, As> {
    type Item = T;
    type IntoIter = ArrayIter<'a, T, As>;

    fn into_iter(self) -> ArrayIter<'a, T, As> {
        self.iter()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As> + fmt::Debug> fmt::Debug for ArrayRef<'a, T, As> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self).finish()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As> + PartialEq<O>, O> PartialEq<[O]> for ArrayRef<'a, T, As> {
    fn eq(&self, other: &[O]) -> bool {
        self.len == other.len() && self.iter().zip(other).all(|(one, other)| one == *other)
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As> + PartialEq<O>, O> PartialEq<Vec<O>> for ArrayRef<'a, T, As> {
    fn eq(&self, other: &Vec<O>) -> bool {
        *self == **other
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As> + PartialEq<O>, O, const SIZE: usize> PartialEq<[O; SIZE]>
    for ArrayRef<'a, T, As>
{
    fn eq(&self, other: &[O; SIZE]) -> bool {
        *self == other[..]
    }
}
