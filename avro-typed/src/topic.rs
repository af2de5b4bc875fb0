//! What the value and the key of a message can be.
//!
//! Kafka has bytes. A value of a topic is one Avro type, one of several ([`derive(TopicValue)`](TopicValue)), either of
//! these or nothing at all (`Option`, where a record without a payload is a tombstone), or bytes without a schema
//! (`Vec<u8>`). A key is nothing, bytes, text, a number, a UUID or an Avro type.
//!
//! The traits are here, and not where Kafka is, so that every type with a schema has them. A program names types and
//! leaves the rest to its producers and consumers; what they do is this:
//!
//! ```
//! use avro_derive::Avro;
//! use avro_typed::topic::{DecodeKey, DecodeValue, EncodeValue, IntoKey, KeyArgument, ValueForm};
//! use avro_typed::{Decoder, Encoder};
//!
//! #[derive(Avro, Clone, Debug, PartialEq)]
//! struct Customer {
//!     name: String,
//! }
//!
//! /// A topic with values, tombstones and text as keys.
//! type Value = Option<Customer>;
//! type Key = String;
//!
//! let (mut value_encoder, mut key_encoder) = (Encoder::new(), Encoder::new());
//! let value: Value = Some(Customer { name: "Ada".to_owned() });
//! let ValueForm::Type(index) = value.form() else { panic!("only `None` is a tombstone") };
//! let payload = value.encode_with(&mut value_encoder, &[])?;
//! let key: KeyArgument<'_, Key> = "customer-17".into_key();
//! let key = key.encode_with(&mut key_encoder, &[])?;
//!
//! assert_eq!(Value::decode_with(index, &Decoder::new(), payload, None)?, value);
//! assert_eq!(Key::from_bytes(key)?, "customer-17");
//! assert_eq!(Value::from_tombstone(), Some(None));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod derived;
mod key;
mod other_record;
mod value;
mod view;

pub use key::{DecodeKey, EncodeKey, IntoKey, InvalidKey, KeyArgument, TopicKey};
pub use other_record::OtherRecord;
pub use value::{DecodeValue, EncodeValue, Tombstones, TopicValue, ValueForm};
pub use view::{ViewKey, ViewValue};

use crate::avro_type::{AvroType, TypeSchema};

/// An Avro type that a value or a key can have, with a schema of its own.
///
/// ```
/// # use avro_derive::Avro;
/// use avro_typed::topic::TopicType;
///
/// #[derive(Avro)]
/// #[avro(namespace = "com.example")]
/// struct Login {
///     user: String,
/// }
///
/// const LOGIN: TopicType = TopicType::of::<Login>();
/// assert_eq!(LOGIN.fullname, "com.example.Login");
/// assert!((LOGIN.schema)().json.contains(r#""name":"Login""#));
/// ```
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
