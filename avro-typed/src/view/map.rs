//! Maps that stay in the datum.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use crate::avro::Map;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::impls::collection::MIN_KEY_SIZE;
use crate::limits::Limits;
use crate::plan_step::PlanStep;
use crate::reader::Reader;

/// A map that stays in the datum: its values, of the Avro type `As`, are read as `T` while they are iterated over.
///
/// Making it checks every entry, so that reading them cannot fail, and allocates nothing, whatever the number of
/// entries. It is a list: [`get`](MapRef::get) goes through all entries, and where a writer has written a key several
/// times, all these entries are there, of which the last one counts.
///
/// ```
/// use avro_typed::{Decode, DecodeError, Limits, MapRef, Reader, avro};
///
/// let mut reader = Reader::new(b"\x04\x06one\x02\x06two\x04\0", Limits::default());
/// let numbers: MapRef<'_, i64, avro::Long> = Decode::<avro::Map<avro::Long>>::decode(&mut reader)?;
/// assert_eq!(numbers.len(), 2);
/// assert_eq!(numbers.get("two"), Some(2));
/// assert_eq!(numbers.iter().collect::<Vec<_>>(), [("one", 1), ("two", 2)]);
/// # Ok::<(), DecodeError>(())
/// ```
pub struct MapRef<'a, T, As: ?Sized = T> {
    /// From the head of the first block to the end of the last one.
    blocks: &'a [u8],
    len: usize,
    /// How the map is read, unless it is written as the type itself is.
    step: Option<PlanStep<'a>>,
    values: PhantomData<fn() -> T>,
    avro: PhantomData<fn() -> As>,
}

impl<T, As: ?Sized> Clone for MapRef<'_, T, As> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, As: ?Sized> Copy for MapRef<'_, T, As> {}

impl<'a, T, As: ?Sized> MapRef<'a, T, As> {
    /// How many entries were written: as many as there are keys, unless a key was written several times.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn new(blocks: &'a [u8], len: usize, step: Option<PlanStep<'a>>) -> Self {
        MapRef { blocks, len, step, values: PhantomData, avro: PhantomData }
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> MapRef<'a, T, As> {
    /// The entries, in the order in which they were written.
    #[must_use]
    pub fn iter(&self) -> MapIter<'a, T, As> {
        let reader = Reader::new(self.blocks, Limits::NONE);
        let step = self.step.and_then(|step| step.map_values(&reader).ok());
        MapIter { reader, left: self.len, left_in_block: 0, step, values: PhantomData, avro: PhantomData }
    }

    /// The value of a key; of several, the last one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<T> {
        self.iter().filter(|(other, _)| *other == key).last().map(|(_, value)| value)
    }

    /// The keys, in the order in which they were written.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &'a str> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order in which they were written.
    pub fn values(&self) -> impl ExactSizeIterator<Item = T> {
        self.iter().map(|(_, value)| value)
    }

    /// The entries read as another type, such as a `HashMap<String, i64>`.
    ///
    /// # Errors
    ///
    /// When the values are not all values of that type.
    pub fn read_as<C: Decode<'a, Map<As>>>(&self) -> Result<C, DecodeError> {
        let mut reader = Reader::new(self.blocks, Limits::NONE);
        match self.step {
            None => C::decode(&mut reader),
            Some(step) => C::decode_resolved(&mut reader, step),
        }
    }

    /// What an entry takes in an owned map.
    const OWNED_ENTRY_SIZE: usize = size_of::<String>() + T::OWNED_SIZE.next_multiple_of(align_of::<String>());
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Decode<'a, Map<As>> for MapRef<'a, T, As> {
    const MIN_SIZE: usize = 1;
    const OWNED_SIZE: usize = size_of::<std::collections::HashMap<(), ()>>();

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let start = reader.rest;
        let mut len = 0;
        while let Some(next) = reader.next_items_of(Self::OWNED_ENTRY_SIZE, MIN_KEY_SIZE + T::MIN_SIZE)? {
            for _ in 0..next.count {
                let key = reader.string()?;
                T::decode(reader).map_err(|error| error.at_key(key))?;
            }
            len += next.count;
            reader.end_items(&next)?;
        }
        Ok(MapRef::new(reader.read_since(start), len, None))
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let values = step.map_values(reader)?;
        let start = reader.rest;
        let mut len = 0;
        let min_size = MIN_KEY_SIZE + values.min_size(T::MIN_SIZE);
        while let Some(next) = reader.next_items_of(Self::OWNED_ENTRY_SIZE, min_size)? {
            for _ in 0..next.count {
                let key = reader.string()?;
                T::decode_resolved(reader, values).map_err(|error| error.at_key(key))?;
            }
            len += next.count;
            reader.end_items(&next)?;
        }
        Ok(MapRef::new(reader.read_since(start), len, Some(step)))
    }
}

/// The map as an owned one, whose values are read as they were for the view.
///
/// # Panics
///
/// When a user's own type reads the same bytes once as a value and once not.
pub fn owned_map<'a, As: ?Sized, T: Decode<'a, As>, C: Decode<'a, Map<As>>>(map: MapRef<'a, T, As>) -> C {
    match map.read_as() {
        Ok(owned) => owned,
        Err(error) => panic!("the entries were read before, and now they cannot be: {error}"),
    }
}

/// The entries of a [`MapRef`].
pub struct MapIter<'a, T, As: ?Sized = T> {
    reader: Reader<'a>,
    left: usize,
    left_in_block: usize,
    step: Option<PlanStep<'a>>,
    values: PhantomData<fn() -> T>,
    avro: PhantomData<fn() -> As>,
}

impl<'a, As: ?Sized, T: Decode<'a, As>> MapIter<'a, T, As> {
    #[inline]
    fn read(&mut self) -> Result<(&'a str, T), DecodeError> {
        if self.left_in_block == 0 {
            self.left_in_block = self.reader.block_of_known_items(self.left)?;
        }
        self.left_in_block -= 1;
        let key = self.reader.string()?;
        let value = match self.step {
            None => T::decode(&mut self.reader),
            Some(step) => T::decode_resolved(&mut self.reader, step),
        };
        Ok((key, value?))
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Iterator for MapIter<'a, T, As> {
    type Item = (&'a str, T);

    #[inline]
    fn next(&mut self) -> Option<(&'a str, T)> {
        self.left.checked_sub(1)?;
        let entry = self.read();
        debug_assert!(entry.is_ok(), "the entries were read when the view was made: {:?}", entry.as_ref().err());
        self.left = if entry.is_ok() { self.left - 1 } else { 0 };
        entry.ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> ExactSizeIterator for MapIter<'a, T, As> {}

impl<'a, As: ?Sized, T: Decode<'a, As>> FusedIterator for MapIter<'a, T, As> {}

impl<T, As: ?Sized> fmt::Debug for MapIter<'_, T, As> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MapIter").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> IntoIterator for MapRef<'a, T, As> {
    type Item = (&'a str, T);
    type IntoIter = MapIter<'a, T, As>;

    fn into_iter(self) -> MapIter<'a, T, As> {
        self.iter()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> IntoIterator for &MapRef<'a, T, As> {
    type Item = (&'a str, T);
    type IntoIter = MapIter<'a, T, As>;

    fn into_iter(self) -> MapIter<'a, T, As> {
        self.iter()
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As> + fmt::Debug> fmt::Debug for MapRef<'a, T, As> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self).finish()
    }
}
