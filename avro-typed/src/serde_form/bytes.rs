//! `bytes` and `fixed`: bytes in every format that has them.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};

use super::{DeserializeAs, SerializeAs};
use crate::avro;

impl SerializeAs<avro::Bytes> for [u8] {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self)
    }
}

macro_rules! bytes {
    ($($rust:ty),*) => {$(
        impl<'de> DeserializeAs<'de, avro::Bytes> for $rust {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_byte_buf(BytesVisitor(PhantomData))
            }
        }
    )*};
}

bytes!(Vec<u8>, Box<[u8]>, Arc<[u8]>);

impl SerializeAs<avro::Bytes> for Vec<u8> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self)
    }
}

#[cfg(feature = "bytes")]
impl SerializeAs<avro::Bytes> for bytes::Bytes {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self)
    }
}

#[cfg(feature = "bytes")]
bytes!(bytes::Bytes);

struct BytesVisitor<T>(PhantomData<T>);

/// The most bytes that are reserved because a format announces them.
const MOST_RESERVED: usize = 64 << 10;

impl<'de, T: From<Vec<u8>>> Visitor<'de> for BytesVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<T, E> {
        Ok(bytes.to_vec().into())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<T, E> {
        Ok(bytes.into())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<T, S::Error> {
        let mut bytes = Vec::with_capacity(seq.size_hint().unwrap_or_default().min(MOST_RESERVED));
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes.into())
    }
}

impl<const SIZE: usize> SerializeAs<avro::Fixed<SIZE>> for [u8; SIZE] {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self)
    }
}

impl<'de, const SIZE: usize> DeserializeAs<'de, avro::Fixed<SIZE>> for [u8; SIZE] {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(FixedVisitor)
    }
}

struct FixedVisitor<const SIZE: usize>;

impl<'de, const SIZE: usize> Visitor<'de> for FixedVisitor<SIZE> {
    type Value = [u8; SIZE];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SIZE} bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<[u8; SIZE], E> {
        bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<[u8; SIZE], S::Error> {
        let mut bytes = [0; SIZE];
        for (position, slot) in bytes.iter_mut().enumerate() {
            *slot = seq.next_element()?.ok_or_else(|| S::Error::invalid_length(position, &self))?;
        }
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(bytes),
            Some(_) => Err(S::Error::invalid_length(SIZE + 1, &self)),
        }
    }
}
