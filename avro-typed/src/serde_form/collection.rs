//! Arrays and maps.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{As, DeserializeAs, SerializeAs, Value};
use crate::avro::{Array, Map};

impl<A: ?Sized, T: SerializeAs<A>> SerializeAs<Array<A>> for [T] {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(As::<A, T>::new))
    }
}

impl<A: ?Sized, T: SerializeAs<A>> SerializeAs<Array<A>> for Vec<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize_as(serializer)
    }
}

impl<'de, A: ?Sized, T: DeserializeAs<'de, A>> DeserializeAs<'de, Array<A>> for Vec<T> {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ArrayVisitor::<A, T>(PhantomData, PhantomData))
    }
}

struct ArrayVisitor<A: ?Sized, T>(PhantomData<T>, PhantomData<A>);

/// The most memory that is reserved because a format announces so many items.
const MOST_RESERVED_BYTES: usize = 64 << 10;

impl<'de, A: ?Sized, T: DeserializeAs<'de, A>> Visitor<'de> for ArrayVisitor<A, T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Vec<T>, S::Error> {
        let most = MOST_RESERVED_BYTES / size_of::<T>().max(1);
        let mut items = Vec::with_capacity(seq.size_hint().unwrap_or_default().min(most));
        while let Some(item) = seq.next_element::<Value<A, T>>()? {
            items.push(item.0);
        }
        Ok(items)
    }
}

impl<A: ?Sized, K: Serialize, T: SerializeAs<A>, H> SerializeAs<Map<A>> for HashMap<K, T, H> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key, As::<A, T>::new(value))))
    }
}

impl<A: ?Sized, K: Serialize, T: SerializeAs<A>> SerializeAs<Map<A>> for BTreeMap<K, T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key, As::<A, T>::new(value))))
    }
}

impl<A: ?Sized, K: Serialize, T: SerializeAs<A>> SerializeAs<Map<A>> for Vec<(K, T)> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key, As::<A, T>::new(value))))
    }
}

impl<'de, A: ?Sized, K: Deserialize<'de>, T: DeserializeAs<'de, A>> DeserializeAs<'de, Map<A>> for Vec<(K, T)> {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor::<A, K, T, Self>(PhantomData, PhantomData))
    }
}

impl<'de, A, K, T, H> DeserializeAs<'de, Map<A>> for HashMap<K, T, H>
where
    A: ?Sized,
    K: Deserialize<'de> + Eq + Hash,
    T: DeserializeAs<'de, A>,
    H: BuildHasher + Default,
{
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor::<A, K, T, Self>(PhantomData, PhantomData))
    }
}

impl<'de, A: ?Sized, K: Deserialize<'de> + Ord, T: DeserializeAs<'de, A>> DeserializeAs<'de, Map<A>>
    for BTreeMap<K, T>
{
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor::<A, K, T, Self>(PhantomData, PhantomData))
    }
}

struct MapVisitor<A: ?Sized, K, T, M>(PhantomData<(K, T, M)>, PhantomData<A>);

/// Of two entries with the same key, the later one stays, except in a list.
impl<'de, A, K, T, M> Visitor<'de> for MapVisitor<A, K, T, M>
where
    A: ?Sized,
    K: Deserialize<'de>,
    T: DeserializeAs<'de, A>,
    M: Default + Extend<(K, T)>,
{
    type Value = M;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<E: MapAccess<'de>>(self, mut entries: E) -> Result<M, E::Error> {
        let mut map = M::default();
        while let Some((key, value)) = entries.next_entry::<K, Value<A, T>>()? {
            map.extend([(key, value.0)]);
        }
        Ok(map)
    }
}
