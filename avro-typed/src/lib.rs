//! The traits and the binary codec that generated Avro types use.
//!
//! Code generated from `.avsc` files implements [`Encode`], [`Decode`] and [`AvroType`] for a Rust type per Avro type.
//! [`to_vec`] and [`from_slice`] are the simplest way in; [`Encoder`] reuses its buffer and is the fast one;
//! [`from_slice_resolved`] reads what was written with another version of the schema, by a
//! [`Plan`](avro_model::resolution::Plan) that is made once per pair of schemas.
//!
//! Which Avro type a Rust value is written as is a type parameter, one of the markers in [`avro`]: a `Vec<u8>` is
//! [`avro::Bytes`], and a `Vec<i64>` is an `avro::Array<avro::Long>`. So a field's Rust type can be changed without a
//! trait of its own.
//!
//! # Bounds
//!
//! Decoding trusts nothing. Every length and count is compared with what remains of the input before memory is reserved,
//! items that occupy no bytes are counted against a budget, and so are the depth of recursive types and the memory of
//! collections: see [`Limits`]. Whatever is wrong with the input is a [`DecodeError`] that names the path
//! (`Customer.address.city`) and the byte, never a panic.
//!
//! # What is not here
//!
//! This crate does no I/O, and knows neither Kafka nor a registry. It has one line of unsafe code, in `text.rs`, which takes bytes
//! that were found to be ASCII as text.

#![deny(unsafe_code)]

pub mod avro;
mod avro_type;
mod block;
mod decode;
mod decode_error;
mod encode;
mod encode_error;
mod encoder;
mod failure;
mod impls;
mod limits;
mod logical;
mod path;
mod reader;
mod resolving;
mod skip;
mod text;
mod varint;
mod writer;

#[doc(hidden)]
pub mod __private;

pub use avro_type::{AvroType, TypeSchema};
pub use decode::{Decode, DecodeOwned, from_slice, from_slice_resolved, from_slice_resolved_with, from_slice_with};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub use encode::{Encode, to_vec};
pub use encode_error::{EncodeError, EncodeErrorKind};
pub use encoder::Encoder;
pub use limits::Limits;
pub use reader::Reader;
pub use resolving::{RecordSteps, Resolving, ResolvingStep};
pub use writer::Writer;

pub use avro_model as model;
pub use jiff;
pub use rust_decimal;
pub use serde;

/// Includes the Rust code that the build script generated from the Avro schemas.
///
/// It stands for `include!(concat!(env!("OUT_DIR"), "/avro_schemas.rs"))`, and belongs where the modules of the
/// schemas' namespaces should be, usually at the root of the crate.
#[macro_export]
macro_rules! include_schemas {
    () => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/avro_schemas.rs"));
    };
}
