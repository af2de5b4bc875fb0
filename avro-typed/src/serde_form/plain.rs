//! Values that look as their own implementations of serde's traits define.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DeserializeAs, Plain, SerializeAs};
use crate::avro;

/// Named types.
impl<T: Serialize> SerializeAs<T> for T {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

/// Named types.
impl<'de, T: Deserialize<'de>> DeserializeAs<'de, T> for T {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl<T: ?Sized + Serialize> SerializeAs<Plain> for T {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> DeserializeAs<'de, Plain> for T {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

macro_rules! plain {
    ($($avro:ty: $rust:ty),* $(,)?) => {$(
        impl SerializeAs<$avro> for $rust {
            fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }

        impl<'de> DeserializeAs<'de, $avro> for $rust {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    )*};
}

plain!(
    avro::Null: (),
    avro::Boolean: bool,
    avro::Int: i32,
    avro::Long: i64,
    avro::Int: i8,
    avro::Int: u8,
    avro::Int: i16,
    avro::Int: u16,
    avro::Long: u32,
    avro::Float: f32,
    avro::Double: f64,
    avro::Str: String,
);

#[cfg(feature = "compact-str-010")]
plain!(avro::Str: compact_str::CompactString);

impl SerializeAs<avro::Str> for str {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}
