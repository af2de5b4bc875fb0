//! The Rust types of the Avro types that have no name.

pub(crate) mod bytes;
mod collection;
mod nullable;
mod primitive;
mod reference;
