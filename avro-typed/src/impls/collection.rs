//! Arrays and maps.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::mem::needs_drop;

use crate::avro::{Array, Map, Str};
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::writer::Writer;

impl<As: ?Sized, T: Encode<As>> Encode<Array<As>> for [T] {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.items(self.len())?;
        T::encode_items(self, writer)?;
        writer.end_of_items()
    }
}

impl<As: ?Sized, T: Encode<As>> Encode<Array<As>> for Vec<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.as_slice().encode(writer)
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Decode<'a, Array<As>> for Vec<T> {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut items = Vec::new();
        while let Some(next) = reader.next_items::<T>(T::MIN_SIZE)? {
            items.reserve(next.reserve);
            T::decode_items(reader, next.count, &mut items)?;
            reader.end_items(&next)?;
        }
        Ok(items)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let step = step.array_items(reader)?;
        let mut items = Vec::new();
        while let Some(next) = reader.next_changed_items::<T>(step.min_size(T::MIN_SIZE))? {
            items.reserve(next.reserve);
            for _ in 0..next.count {
                let remaining = reader.remaining();
                let item = T::decode_resolved(reader, step);
                items.push(item.map_err(|error| error.at_index(items.len()))?);
                reader.check_progress(remaining, T::MIN_SIZE)?;
            }
            reader.end_items(&next)?;
        }
        Ok(items)
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        // What owns nothing is read faster all at once.
        if !needs_drop::<T>() {
            self.clear();
        }
        let mut filled = 0;
        while let Some(next) = reader.next_items::<T>(T::MIN_SIZE)? {
            let old = self.iter_mut().enumerate().skip(filled).take(next.count);
            let mut reused = 0;
            for (index, item) in old {
                item.decode_into(reader).map_err(|error| error.at_index(index))?;
                reused += 1;
            }
            if reused < next.count {
                self.reserve(next.reserve.min(next.count - reused));
                T::decode_items(reader, next.count - reused, self)?;
            }
            filled += next.count;
            reader.end_items(&next)?;
        }
        self.truncate(filled);
        Ok(())
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let step = step.array_items(reader)?;
        let mut filled = 0;
        while let Some(next) = reader.next_changed_items::<T>(step.min_size(T::MIN_SIZE))? {
            for index in filled..filled + next.count {
                let remaining = reader.remaining();
                match self.get_mut(index) {
                    Some(item) => item.decode_resolved_into(reader, step).map_err(|error| error.at_index(index))?,
                    None => self.push(T::decode_resolved(reader, step).map_err(|error| error.at_index(index))?),
                }
                reader.check_progress(remaining, T::MIN_SIZE)?;
            }
            filled += next.count;
            reader.end_items(&next)?;
        }
        self.truncate(filled);
        Ok(())
    }
}

/// What maps have in common: the entries are read by one loop for all of them.
trait Entries<K, T>: Default {
    /// Takes out all entries; the map keeps its memory as far as it can.
    fn take_all(&mut self) -> impl Iterator<Item = (K, T)> + use<Self, K, T>;
    fn reserve(&mut self, additional: usize);
    fn put(&mut self, key: K, value: T);
}

impl<K: Eq + Hash, T, S: BuildHasher + Default> Entries<K, T> for HashMap<K, T, S> {
    fn take_all(&mut self) -> impl Iterator<Item = (K, T)> + use<K, T, S> {
        let mut entries = self.drain();
        // Most maps are small, and need no list then.
        let first: [Option<(K, T)>; 4] = std::array::from_fn(|_| entries.next());
        let rest: Vec<(K, T)> = entries.collect();
        first.into_iter().flatten().chain(rest)
    }

    #[inline]
    fn reserve(&mut self, additional: usize) {
        HashMap::reserve(self, additional);
    }

    #[inline]
    fn put(&mut self, key: K, value: T) {
        self.insert(key, value);
    }
}

impl<K: Ord, T> Entries<K, T> for BTreeMap<K, T> {
    fn take_all(&mut self) -> impl Iterator<Item = (K, T)> + use<K, T> {
        std::mem::take(self).into_iter()
    }

    #[inline]
    fn reserve(&mut self, _additional: usize) {}

    #[inline]
    fn put(&mut self, key: K, value: T) {
        self.insert(key, value);
    }
}

/// Every entry has a key of at least its length.
pub(crate) const MIN_KEY_SIZE: usize = 1;

#[inline]
fn decode_entries<'a, As, K, T, M>(reader: &mut Reader<'a>) -> Result<M, DecodeError>
where
    As: ?Sized,
    K: Decode<'a, Str> + AsRef<str>,
    T: Decode<'a, As>,
    M: Entries<K, T>,
{
    let mut entries = M::default();
    while let Some(next) = reader.next_items::<(K, T)>(MIN_KEY_SIZE + T::MIN_SIZE)? {
        entries.reserve(next.reserve);
        for _ in 0..next.count {
            let key = K::decode(reader)?;
            match T::decode(reader) {
                Ok(value) => entries.put(key, value),
                Err(error) => return Err(error.at_key(key.as_ref())),
            }
        }
        reader.end_items(&next)?;
    }
    Ok(entries)
}

fn decode_entries_by_plan<'a, As, K, T, M>(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<M, DecodeError>
where
    As: ?Sized,
    K: Decode<'a, Str> + AsRef<str>,
    T: Decode<'a, As>,
    M: Entries<K, T>,
{
    let step = step.map_values(reader)?;
    let mut entries = M::default();
    while let Some(next) = reader.next_items::<(K, T)>(MIN_KEY_SIZE + step.min_size(T::MIN_SIZE))? {
        entries.reserve(next.reserve);
        for _ in 0..next.count {
            let key = K::decode(reader)?;
            match T::decode_resolved(reader, step) {
                Ok(value) => entries.put(key, value),
                Err(error) => return Err(error.at_key(key.as_ref())),
            }
        }
        reader.end_items(&next)?;
    }
    Ok(entries)
}

/// Reads entries into a map, and keys and values into those that it has, whichever these are.
fn update_entries<'a, K, T, M>(
    reader: &mut Reader<'a>,
    entries: &mut M,
    min_value_size: usize,
    update: impl Fn(&mut T, &mut Reader<'a>) -> Result<(), DecodeError>,
    read: impl Fn(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<(), DecodeError>
where
    K: Decode<'a, Str> + AsRef<str>,
    M: Entries<K, T>,
{
    let mut old = entries.take_all();
    while let Some(next) = reader.next_items::<(K, T)>(MIN_KEY_SIZE + min_value_size)? {
        entries.reserve(next.reserve);
        for _ in 0..next.count {
            let (key, value) = match old.next() {
                Some((mut key, mut value)) => {
                    key.decode_into(reader)?;
                    let updated = update(&mut value, reader);
                    (key, updated.map(|()| value))
                }
                None => (K::decode(reader)?, read(reader)),
            };
            match value {
                Ok(value) => entries.put(key, value),
                Err(error) => return Err(error.at_key(key.as_ref())),
            }
        }
        reader.end_items(&next)?;
    }
    Ok(())
}

#[inline]
fn encode_entries<'e, As, K, T>(
    entries: impl ExactSizeIterator<Item = (&'e K, &'e T)>,
    writer: &mut Writer<'_>,
) -> Result<(), EncodeError>
where
    As: ?Sized,
    K: Encode<Str> + AsRef<str> + 'e,
    T: Encode<As> + 'e,
{
    writer.items(entries.len())?;
    for (key, value) in entries {
        key.encode(writer)?;
        if let Err(error) = value.encode(writer) {
            return Err(error.at_key(key.as_ref()));
        }
    }
    writer.end_of_items()
}

impl<As, K, T, S> Encode<Map<As>> for HashMap<K, T, S>
where
    As: ?Sized,
    K: Encode<Str> + AsRef<str>,
    T: Encode<As>,
{
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        encode_entries(self.iter(), writer)
    }
}

/// Of two entries with the same key, the later one stays.
impl<'a, As, K, T, S> Decode<'a, Map<As>> for HashMap<K, T, S>
where
    As: ?Sized,
    K: Decode<'a, Str> + AsRef<str> + Eq + Hash,
    T: Decode<'a, As>,
    S: BuildHasher + Default,
{
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        decode_entries::<As, K, T, Self>(reader)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        decode_entries_by_plan::<As, K, T, Self>(reader, step)
    }

    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        update_entries::<K, T, Self>(reader, self, T::MIN_SIZE, T::decode_into, T::decode)
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let step = step.map_values(reader)?;
        let update = |value: &mut T, reader: &mut Reader<'a>| value.decode_resolved_into(reader, step);
        let read = |reader: &mut Reader<'a>| T::decode_resolved(reader, step);
        update_entries::<K, T, Self>(reader, self, step.min_size(T::MIN_SIZE), update, read)
    }
}

impl<As, K, T> Encode<Map<As>> for BTreeMap<K, T>
where
    As: ?Sized,
    K: Encode<Str> + AsRef<str>,
    T: Encode<As>,
{
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        encode_entries(self.iter(), writer)
    }
}

/// Of two entries with the same key, the later one stays.
impl<'a, As, K, T> Decode<'a, Map<As>> for BTreeMap<K, T>
where
    As: ?Sized,
    K: Decode<'a, Str> + AsRef<str> + Ord,
    T: Decode<'a, As>,
{
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        decode_entries::<As, K, T, Self>(reader)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        decode_entries_by_plan::<As, K, T, Self>(reader, step)
    }

    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        update_entries::<K, T, Self>(reader, self, T::MIN_SIZE, T::decode_into, T::decode)
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let step = step.map_values(reader)?;
        let update = |value: &mut T, reader: &mut Reader<'a>| value.decode_resolved_into(reader, step);
        let read = |reader: &mut Reader<'a>| T::decode_resolved(reader, step);
        update_entries::<K, T, Self>(reader, self, step.min_size(T::MIN_SIZE), update, read)
    }
}

/// The entries in the order in which they were written; one whose key was written several times is there as often.
impl<As, K, T> Encode<Map<As>> for Vec<(K, T)>
where
    As: ?Sized,
    K: Encode<Str> + AsRef<str>,
    T: Encode<As>,
{
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        encode_entries(self.iter().map(|(key, value)| (key, value)), writer)
    }
}

impl<K, T> Entries<K, T> for Vec<(K, T)> {
    fn take_all(&mut self) -> impl Iterator<Item = (K, T)> + use<K, T> {
        std::mem::take(self).into_iter()
    }

    #[inline]
    fn reserve(&mut self, additional: usize) {
        Vec::reserve(self, additional);
    }

    #[inline]
    fn put(&mut self, key: K, value: T) {
        self.push((key, value));
    }
}

impl<'a, As, K, T> Decode<'a, Map<As>> for Vec<(K, T)>
where
    As: ?Sized,
    K: Decode<'a, Str> + AsRef<str>,
    T: Decode<'a, As>,
{
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        decode_entries::<As, K, T, Self>(reader)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        decode_entries_by_plan::<As, K, T, Self>(reader, step)
    }

    fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        update_pairs(reader, self, T::MIN_SIZE, T::decode_into, T::decode)
    }

    fn decode_by_plan_into(&mut self, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<(), DecodeError> {
        let step = step.map_values(reader)?;
        let update = |value: &mut T, reader: &mut Reader<'a>| value.decode_resolved_into(reader, step);
        let read = |reader: &mut Reader<'a>| T::decode_resolved(reader, step);
        update_pairs(reader, self, step.min_size(T::MIN_SIZE), update, read)
    }
}

/// Reads entries into a list of them, each into the one that was at its position.
fn update_pairs<'a, K: Decode<'a, Str> + AsRef<str>, T>(
    reader: &mut Reader<'a>,
    entries: &mut Vec<(K, T)>,
    min_value_size: usize,
    update: impl Fn(&mut T, &mut Reader<'a>) -> Result<(), DecodeError>,
    read: impl Fn(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<(), DecodeError> {
    let mut filled = 0;
    while let Some(next) = reader.next_items::<(K, T)>(MIN_KEY_SIZE + min_value_size)? {
        for index in filled..filled + next.count {
            match entries.get_mut(index) {
                Some((key, value)) => {
                    key.decode_into(reader)?;
                    update(value, reader).map_err(|error| error.at_key(key.as_ref()))?;
                }
                None => {
                    let key = K::decode(reader)?;
                    let value = read(reader).map_err(|error| error.at_key(key.as_ref()))?;
                    entries.push((key, value));
                }
            }
        }
        filled += next.count;
        reader.end_items(&next)?;
    }
    entries.truncate(filled);
    Ok(())
}
