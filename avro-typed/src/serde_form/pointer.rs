//! Boxes and shared pointers look as what they point to.
//!
//! Markers are listed one by one: a pointer to any type as any marker would also be a pointer as itself, which the
//! implementation for named types covers already.

use std::sync::Arc;

use serde::de::VariantAccess;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DeserializeAs, DeserializeUnion, SerializeAs};
use crate::avro;

macro_rules! pointers {
    ($([$($parameters:tt)*] $avro:ty;)*) => {
        $(pointers!(@one Box, [$($parameters)*] $avro);)*
        $(pointers!(@one Arc, [$($parameters)*] $avro);)*
    };
    (@one $pointer:ident, [$($parameters:tt)*] $avro:ty) => {
        impl<T: ?Sized + SerializeAs<$avro>, $($parameters)*> SerializeAs<$avro> for $pointer<T> {
            fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                (**self).serialize_as(serializer)
            }
        }

        impl<'de, T: DeserializeAs<'de, $avro>, $($parameters)*> DeserializeAs<'de, $avro> for $pointer<T> {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::deserialize_as(deserializer).map($pointer::new)
            }
        }
    };
}

pointers! {
    [] avro::Null;
    [] avro::Boolean;
    [] avro::Int;
    [] avro::Long;
    [] avro::Float;
    [] avro::Double;
    [] avro::Bytes;
    [] avro::Str;
    [const SIZE: usize] avro::Fixed<SIZE>;
    [A: ?Sized] avro::Array<A>;
    [A: ?Sized] avro::Map<A>;
    [A: ?Sized] avro::Sole<A>;
    [A: ?Sized, const NULL_BRANCH: usize] avro::Nullable<A, NULL_BRANCH>;
    [U: ?Sized, const NULL_BRANCH: usize] avro::NullableUnion<U, NULL_BRANCH>;
    [A: ?Sized, const PRECISION: u32, const SCALE: u32] avro::Decimal<A, PRECISION, SCALE>;
    [] avro::BigDecimal;
    [A: ?Sized] avro::Uuid<A>;
    [] avro::Duration;
    [] avro::Date;
    [] avro::TimeMillis;
    [] avro::TimeMicros;
    [] avro::TimestampMillis;
    [] avro::TimestampMicros;
    [] avro::TimestampNanos;
    [] avro::LocalTimestampMillis;
    [] avro::LocalTimestampMicros;
    [] avro::LocalTimestampNanos;
}

macro_rules! pointers_to_named {
    ($($pointer:ident)*) => {$(
        impl<T: Serialize> SerializeAs<T> for $pointer<T> {
            fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                (**self).serialize(serializer)
            }
        }

        impl<'de, T: Deserialize<'de>> DeserializeAs<'de, T> for $pointer<T> {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::deserialize(deserializer).map($pointer::new)
            }
        }

        impl<'de> DeserializeAs<'de, avro::Str> for $pointer<str> {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }

        impl<'de, T: DeserializeUnion<'de>> DeserializeUnion<'de> for $pointer<T> {
            const NAME: &'static str = T::NAME;
            const BRANCH_NAMES: &'static [&'static str] = T::BRANCH_NAMES;

            fn deserialize_branch<V: VariantAccess<'de>>(branch: usize, access: V) -> Result<Self, V::Error> {
                T::deserialize_branch(branch, access).map($pointer::new)
            }
        }
    )*};
}

pointers_to_named!(Box Arc);
