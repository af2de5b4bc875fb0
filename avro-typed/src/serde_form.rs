//! How values look to serde's formats, where that depends on the Avro type they are values of.
//!
//! - `bytes` and `fixed` are bytes, not sequences of numbers; from a format without bytes, such as JSON, they are read
//!   from such a sequence.
//! - Logical types are text in formats that people read, as the Rust type's own implementation writes it, and the
//!   underlying Avro value in all others.
//! - A union of several types is a newtype variant that has the branch's name and, in formats without names, its
//!   position in the union, with `null` counted. `null` is `None` in formats that people read, in all others it is the
//!   unit variant `null`.
//! - A union of one type is the bare value in formats that people read, and a newtype variant in all others.
//! - All else is as usual.
//!
//! So a format that knows the schema and wants exactly what the schema describes gets that: `apache_avro` is one.

mod bytes;
mod collection;
mod plain;
mod pointer;
mod union;

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) use union::variant_index;
pub use union::{DeserializeUnion, branch_value, deserialize_union, no_such_variant, serialize_union};

/// A value that can be serialized as the Avro type `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be serialized as the Avro type `{A}`",
    label = "not an Avro `{A}`"
)]
pub trait SerializeAs<A: ?Sized> {
    /// Serializes the value.
    ///
    /// # Errors
    ///
    /// What the format returns, and when the Avro type cannot hold the value.
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A value that can be deserialized from the Avro type `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be deserialized from the Avro type `{A}`",
    label = "not an Avro `{A}`"
)]
pub trait DeserializeAs<'de, A: ?Sized>: Sized {
    /// Deserializes a value.
    ///
    /// # Errors
    ///
    /// What the format returns, and when it is not a value of the Avro type.
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// The marker of a type that looks as its own implementations of serde's traits define: a user's own type.
#[derive(Debug)]
pub enum Plain {}

/// A value to be serialized as the Avro type `A`.
pub struct As<'v, A: ?Sized, T: ?Sized>(&'v T, PhantomData<fn() -> A>);

impl<'v, A: ?Sized, T: ?Sized> As<'v, A, T> {
    /// Borrows the value.
    #[inline]
    pub const fn new(value: &'v T) -> Self {
        As(value, PhantomData)
    }
}

impl<A: ?Sized, T: ?Sized + SerializeAs<A>> Serialize for As<'_, A, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_as(serializer)
    }
}

impl<A: ?Sized, T: ?Sized + fmt::Debug> fmt::Debug for As<'_, A, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A value that was deserialized from the Avro type `A`.
pub struct Value<A: ?Sized, T>(pub T, PhantomData<fn() -> A>);

impl<'de, A: ?Sized, T: DeserializeAs<'de, A>> Deserialize<'de> for Value<A, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize_as(deserializer).map(|value| Value(value, PhantomData))
    }
}

impl<A: ?Sized, T: fmt::Debug> fmt::Debug for Value<A, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
