//! The Rust types of the Avro types that have no name.

pub(crate) mod bytes;
pub(crate) mod collection;
mod narrow;
mod nullable;
mod primitive;
mod reference;
pub(crate) mod union;
