//! What the value and the key of a message can be.
//!
//! Kafka has bytes. A value of a topic is one Avro type, one of several ([`derive(TopicValue)`](TopicValue)), either of
//! these or nothing at all (`Option`, where a record without a payload is a tombstone), or bytes without a schema
//! (`Vec<u8>`). A key is nothing, bytes, text, a number, a UUID or an Avro type.
//!
//! The traits are here, and not where Kafka is, so that every type with a schema has them.

pub(crate) mod derived;
mod key;
mod other_record;
mod value;

pub use key::{DecodeKey, EncodeKey, IntoKey, InvalidKey, KeyArgument, TopicKey};
pub use other_record::OtherRecord;
pub use value::{DecodeValue, EncodeValue, TopicValue, ValueForm};

use crate::avro_type::{AvroType, TypeSchema};

/// An Avro type that a value or a key can have, with a schema of its own.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TopicType {
    /// See [`AvroType::FULLNAME`].
    pub fullname: &'static str,
    /// See [`AvroType::schema`].
    pub schema: fn() -> &'static TypeSchema,
}

impl TopicType {
    /// What a type says about itself.
    #[must_use]
    pub const fn of<T: AvroType>() -> Self {
        TopicType { fullname: T::FULLNAME, schema: T::schema }
    }
}
