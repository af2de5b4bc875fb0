//! The traits and the binary codec that generated Avro types use.
//!
//! Code generated from Avro schemas implements [`Encode`], [`Decode`] and [`AvroType`] for a Rust type per Avro type.
//! [`to_vec`] and [`from_slice`] are the simplest way in. [`Encoder`] reuses its buffer, which is faster, and
//! [`Decoder`] has limits of your choice; its [`decode_resolved`](Decoder::decode_resolved) reads what was written with
//! another version of the schema, by a [`Plan`](avro_model::resolution::Plan) that is made once per pair of schemas.
//!
//! Which Avro type a Rust value is written as is a type parameter, one of the markers in [`avro`]: a `Vec<u8>` is
//! [`avro::Bytes`], and a `Vec<i64>` is an `avro::Array<avro::Long>`. So a field's Rust type can be changed without a
//! trait of its own.
//!
//! # Rust types
//!
//! | Avro | Rust |
//! |---|---|
//! | `null`, `boolean`, `int`, `long`, `float`, `double` | `()`, `bool`, `i32`, `i64`, `f32`, `f64` |
//! | `string` | `String`, `Box<str>`, `Arc<str>`, `compact_str::CompactString` |
//! | `bytes` | `Vec<u8>`, `Box<[u8]>`, `Arc<[u8]>`; with feature `bytes`, `bytes::Bytes` |
//! | `fixed` | `[u8; N]`, in generated code within a type of its own |
//! | `array`, `map` | `Vec<T>`; `HashMap<K, T>`, `BTreeMap<K, T>` and `Vec<(K, T)>`, where `K` is one of the strings |
//! | union of `null` and one other | `Option<T>` |
//! | union of several types | a generated enum, that is a [`Union`]; within `Option` if `null` is one of them |
//! | union of one type | [`Sole<T>`] |
//! | `decimal` | [`rust_decimal::Decimal`] for up to 28 digits, [`bigdecimal::BigDecimal`] for any number of them |
//! | `big-decimal` | [`bigdecimal::BigDecimal`], within [bounds](avro::BigDecimal) |
//! | `uuid` over `string` or `fixed` | [`uuid::Uuid`] |
//! | `date`, `time-*`, `local-timestamp-*` | [`jiff::civil`]'s `Date`, `Time` and `DateTime` |
//! | `timestamp-*` | [`jiff::Timestamp`] |
//! | `duration` | [`Duration`] |
//!
//! Any of them may be in a `Box` or an `Arc`. A value that its Avro type cannot hold exactly is an error, never
//! rounded or wrapped. What is read is written again to the same bytes, if it was written as short as possible.
//!
//! # Without allocating
//!
//! [`Decoder::decode_into`] reads into a value that is there already and uses its memory again. [`Decoder::view`] gives
//! the view of a message, which borrows from it, for types that are generated with views: [`DecodeBorrowed`].
//!
//! # serde
//!
//! Generated types implement serde's traits. In formats that people read, such as JSON, a value of a union is an object
//! that has the branch's name as its key, `{"string": "x"}`, and logical types are text. In all others, logical types
//! are the underlying Avro values, `bytes` and `fixed` are bytes, and a variant has the position of its branch in the
//! union. So they work with the `apache_avro` crate: its `Writer::append_ser` writes what [`to_vec`] writes, and
//! `from_value` and `Reader::into_deser_iter` read it, as long as it does not ask for the forms for people
//! (`set_serde_human_readable`).
//!
//! # Features
//!
//! All of them are off by default.
//!
//! - `apache-avro-022`: generated types implement `apache_avro::AvroSchema`.
//! - `bytes`: `bytes::Bytes` for `bytes`.
//! - `chrono-04`: `NaiveDate`, `NaiveTime`, `NaiveDateTime` and `DateTime<Utc>` for dates and times.
//! - `json`: any datum to Avro's JSON and back, by a schema that is known only at run time; see the module `json`.
//!
//! # Bounds
//!
//! Decoding trusts nothing. Every length and count is compared with what remains of the input before memory is
//! reserved, items that occupy no bytes are counted against a budget, and so are the depth of recursive types and the
//! memory of collections: see [`Limits`]. Whatever is wrong with the input is a [`DecodeError`] that names the path
//! (`Customer.address.city`) and the byte, never a panic.
//!
//! # What is not here
//!
//! This crate does no I/O, and knows neither Kafka nor a registry. It has one line of unsafe code, in `text.rs`, which
//! takes bytes that were found to be ASCII as text.

#![deny(unsafe_code)]

mod apache;
pub mod avro;
mod avro_type;
mod block;
mod code_version;
mod decode;
mod decode_error;
mod decoder;
mod describe;
mod duration;
mod encode;
mod encode_error;
mod encoded_data;
mod encoder;
mod failure;
#[cfg(feature = "fast-hash")]
mod fast_hash;
mod impls;
mod invariant;
#[cfg(feature = "json")]
pub mod json;
mod limits;
mod logical;
mod path;
mod plan_step;
mod reader;
mod serde_form;
mod skip;
mod stack;
mod text;
pub mod topic;
mod union;
mod varint;
mod view;
mod wide;
mod writer;

#[doc(hidden)]
pub mod __private;

pub use avro_type::{AvroType, Released, TypeSchema};
pub use decode::{Decode, DecodeOwned};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub use decoder::{Decoder, from_slice, from_slice_resolved};
pub use describe::{AvroValue, Describe};
pub use duration::Duration;
pub use encode::{Encode, to_vec};
pub use encode_error::{EncodeError, EncodeErrorKind};
pub use encoded_data::EncodedData;
pub use encoder::Encoder;
#[cfg(feature = "fast-hash")]
pub use fast_hash::{FastHasher, FastRandomState};
pub use limits::Limits;
pub use plan_step::{FieldStep, FieldSteps, PlanStep};
pub use reader::Reader;
pub use union::{DecodeUnion, Sole, Union};
pub use view::{ArrayIter, ArrayRef, DecodeBorrowed, MapIter, MapRef};
pub use writer::Writer;

#[cfg(feature = "apache-avro-022")]
pub use apache_avro;
pub use avro_model as model;
pub use bigdecimal;
#[cfg(feature = "bytes")]
pub use bytes;
#[cfg(feature = "chrono-04")]
pub use chrono;
#[cfg(feature = "compact-str-010")]
pub use compact_str;
pub use jiff;
pub use rust_decimal;
pub use serde;
pub use uuid;

/// Includes the Rust code that the build script generated from the Avro schemas.
///
/// It expands to `include!(concat!(env!("OUT_DIR"), "/avro_schemas.rs"))`, and belongs where the modules of the
/// schemas' namespaces should be, usually at the root of the crate.
#[macro_export]
macro_rules! include_schemas {
    () => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/avro_schemas.rs"));
    };
}
