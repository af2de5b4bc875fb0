//! Which Avro type each Rust type has by itself, where there is one that nobody would be surprised by.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{AvroValue, Describe};
use crate::avro;

macro_rules! values {
    ($([$($generics:tt)*] $value:ty => $marker:ty;)*) => {$(
        impl<$($generics)*> AvroValue for $value {
            type Avro = $marker;
        }
    )*};
}

values! {
    [] () => avro::Null;
    [] bool => avro::Boolean;
    [] i8 => avro::Int;
    [] i16 => avro::Int;
    [] u16 => avro::Int;
    [] i32 => avro::Int;
    [] u32 => avro::Long;
    [] i64 => avro::Long;
    [] f32 => avro::Float;
    [] f64 => avro::Double;
    [] str => avro::Str;
    [] String => avro::Str;
    // `u8` itself is missing, so that bytes and arrays are told apart.
    [] [u8] => avro::Bytes;
    [] Vec<u8> => avro::Bytes;
    [const SIZE: usize] [u8; SIZE] => avro::Fixed<SIZE>;
    [T: AvroValue] [T] => avro::Array<T::Avro>;
    [T: AvroValue] Vec<T> => avro::Array<T::Avro>;
    [K: AvroValue<Avro = avro::Str>, T: AvroValue, S] HashMap<K, T, S> => avro::Map<T::Avro>;
    [K: AvroValue<Avro = avro::Str>, T: AvroValue] BTreeMap<K, T> => avro::Map<T::Avro>;
    [T: AvroValue] Option<T> => <T::Avro as Describe>::Optional<0>;
    [T: AvroValue] crate::Sole<T> => avro::Sole<T::Avro>;
    [T: ?Sized + AvroValue] &T => T::Avro;
    [T: ?Sized + AvroValue] Box<T> => T::Avro;
    [T: ?Sized + AvroValue] Arc<T> => T::Avro;
    [] jiff::civil::Date => avro::Date;
    [] uuid::Uuid => avro::Uuid<avro::Str>;
    [] bigdecimal::BigDecimal => avro::BigDecimal;
    [] crate::Duration => avro::Duration;
}

#[cfg(feature = "bytes")]
values! {
    [] bytes::Bytes => avro::Bytes;
}

#[cfg(feature = "compact-str-010")]
values! {
    [] compact_str::CompactString => avro::Str;
}

#[cfg(feature = "chrono-04")]
values! {
    [] chrono::NaiveDate => avro::Date;
}
