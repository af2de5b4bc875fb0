//! What the key of a message can be.

use std::borrow::Cow;
use std::fmt;

use avro_model::resolution::Plan;
use uuid::Uuid;

use super::derived::decode;
use super::{TopicType, ViewKey};
use crate::avro_type::AvroType;
use crate::decode::DecodeOwned;
use crate::decode_error::DecodeError;
use crate::decoder::Decoder;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::encoder::Encoder;

/// A type that the keys of a topic can have.
///
/// | type | bytes |
/// |---|---|
/// | `()` | messages have no keys, and those of others are ignored |
/// | `Vec<u8>` | themselves |
/// | `String` | UTF-8 |
/// | `i32`, `i64` | 4 and 8 bytes, big-endian, as Java's `IntegerSerializer` and `LongSerializer` write them |
/// | `Uuid` | text with hyphens, as Java's `UUIDSerializer` writes it |
/// | an Avro type | a datum behind its schema id, under a subject of its own |
///
/// Text, numbers and UUIDs have the same bytes as from Java's serializers, and so the same partition from the same
/// partitioner. An Avro type has a schema id in each key: another schema id, another partition. So take one where other
/// programs expect it, and text or a number otherwise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a topic",
    label = "not a type of keys",
    note = "keys are `()`, `Vec<u8>`, `String`, `i32`, `i64`, `uuid::Uuid`, or a type with an Avro schema"
)]
pub trait TopicKey: Sized {
    /// The Avro type, where keys have a schema.
    const TYPE: Option<TopicType> = None;
}

/// A key that can be sent.
///
/// ```
/// use avro_typed::Encoder;
/// use avro_typed::topic::EncodeKey;
///
/// assert_eq!(17_i32.encode_with(&mut Encoder::new(), &[])?, [0, 0, 0, 17]);
/// # Ok::<(), avro_typed::EncodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as the key of a message",
    label = "cannot be encoded as a key"
)]
pub trait EncodeKey: TopicKey {
    /// The bytes of the key. Only an Avro type has a prefix in front of its datum.
    ///
    /// # Errors
    ///
    /// As [`Encoder::encode`].
    fn encode_with<'e>(&'e self, encoder: &'e mut Encoder, prefix: &[u8]) -> Result<&'e [u8], EncodeError>;
}

/// A key that can be received.
///
/// ```
/// use avro_typed::topic::DecodeKey;
///
/// assert_eq!(i32::from_bytes(&[0, 0, 0, 17])?, 17);
/// let error = i32::from_bytes(b"seventeen").unwrap_err();
/// assert_eq!(error.to_string(), "its 9 bytes are not an i32 of 4 bytes");
/// # Ok::<(), avro_typed::topic::InvalidKey>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received as the key of a message",
    label = "cannot be decoded into a key that outlives the message"
)]
pub trait DecodeKey: TopicKey {
    /// Reads the bytes of a key that has no schema.
    ///
    /// # Errors
    ///
    /// When they are not such a key.
    fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        Err(InvalidKey::datum(bytes))
    }

    /// Reads the datum of a key that is an Avro type, by a plan if it was written with another schema than that type's.
    /// `None` where keys have no schema: [`TopicKey::TYPE`] tells in advance.
    ///
    /// # Errors
    ///
    /// As [`Decoder::decode`] and [`Decoder::decode_resolved`].
    fn decode_with(decoder: &Decoder, datum: &[u8], plan: Option<&Plan>) -> Result<Option<Self>, DecodeError>;
}

/// The bytes of a key are not what the topic's keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidKey {
    /// What keys are.
    expected: &'static str,
    /// How many bytes there are.
    length: usize,
}

impl InvalidKey {
    pub(super) fn datum(bytes: &[u8]) -> Self {
        InvalidKey { expected: "an Avro datum", length: bytes.len() }
    }

    pub(super) fn text(bytes: &[u8]) -> Self {
        InvalidKey { expected: "text in UTF-8", length: bytes.len() }
    }
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, length } = self;
        write!(formatter, "its {length} bytes are not {expected}")
    }
}

impl std::error::Error for InvalidKey {}

/// What is sent as a key of type `K`: a `&str` or a `String` for text and bytes, a number, a reference to a value of an
/// Avro type.
///
/// ```
/// use avro_typed::Encoder;
/// use avro_typed::topic::{EncodeKey, IntoKey};
///
/// fn bytes<'k, K: EncodeKey + 'k>(key: impl IntoKey<'k, K>) -> Vec<u8> {
///     key.into_key().encode_with(&mut Encoder::new(), &[]).expect("it has no schema").to_vec()
/// }
///
/// let name = String::from("sensor-17");
/// assert_eq!(bytes::<String>(&name), b"sensor-17");
/// assert_eq!(bytes::<Vec<u8>>("sensor-17"), b"sensor-17");
/// assert_eq!(bytes::<i64>(17), [0, 0, 0, 0, 0, 0, 0, 17]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of a topic whose keys are `{K}`",
    label = "not a key of type `{K}`"
)]
pub trait IntoKey<'k, K> {
    /// The key, borrowed where that is possible.
    fn into_key(self) -> KeyArgument<'k, K>;
}

/// A key on its way to a record: what [`IntoKey`] makes of an argument.
#[derive(Debug)]
pub enum KeyArgument<'k, K> {
    /// Bytes that are the key.
    Bytes(Cow<'k, [u8]>),
    /// A key that is still to be encoded.
    Borrowed(&'k K),
    /// The same, owned.
    Owned(K),
}

impl<K: EncodeKey> KeyArgument<'_, K> {
    /// The bytes of the key. Only an Avro type has a prefix in front of its datum.
    ///
    /// # Errors
    ///
    /// As [`Encoder::encode`].
    #[inline]
    pub fn encode_with<'e>(&'e self, encoder: &'e mut Encoder, prefix: &[u8]) -> Result<&'e [u8], EncodeError> {
        match self {
            KeyArgument::Bytes(bytes) => Ok(bytes),
            KeyArgument::Borrowed(key) => key.encode_with(encoder, prefix),
            KeyArgument::Owned(key) => key.encode_with(encoder, prefix),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: AvroType> TopicKey for T {
    const TYPE: Option<TopicType> = Some(TopicType::of::<T>());
}

#[diagnostic::do_not_recommend]
impl<T: AvroType + Encode> EncodeKey for T {
    fn encode_with<'e>(&'e self, encoder: &'e mut Encoder, prefix: &[u8]) -> Result<&'e [u8], EncodeError> {
        encoder.encode::<T, T>(prefix, self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AvroType + DecodeOwned> DecodeKey for T {
    fn decode_with(decoder: &Decoder, datum: &[u8], plan: Option<&Plan>) -> Result<Option<Self>, DecodeError> {
        decode(decoder, datum, plan).map(Some)
    }
}

impl<'k, T: AvroType + Encode> IntoKey<'k, T> for &'k T {
    fn into_key(self) -> KeyArgument<'k, T> {
        KeyArgument::Borrowed(self)
    }
}

impl<'k, T: AvroType + Encode + 'k> IntoKey<'k, T> for T {
    fn into_key(self) -> KeyArgument<'k, T> {
        KeyArgument::Owned(self)
    }
}

/// The impls of a key without a schema: how it is written and read.
macro_rules! plain_key {
    ($key:ty, |$value:ident, $encoder:ident| $write:expr, |$bytes:ident| $read:expr) => {
        impl TopicKey for $key {}

        impl EncodeKey for $key {
            #[inline]
            fn encode_with<'e>(&'e self, $encoder: &'e mut Encoder, _: &[u8]) -> Result<&'e [u8], EncodeError> {
                let $value = self;
                $write
            }
        }

        impl DecodeKey for $key {
            #[inline]
            fn from_bytes($bytes: &[u8]) -> Result<Self, InvalidKey> {
                $read
            }

            fn decode_with(_: &Decoder, _: &[u8], _: Option<&Plan>) -> Result<Option<Self>, DecodeError> {
                Ok(None)
            }
        }
    };
}

plain_key!((), |_value, _encoder| Ok(&[]), |_bytes| Ok(()));
plain_key!(Vec<u8>, |value, _encoder| Ok(value), |bytes| Ok(bytes.to_vec()));
plain_key!(String, |value, _encoder| Ok(value.as_bytes()), |bytes| String::view_bytes(bytes).map(str::to_owned));
plain_key!(i32, |value, encoder| encoder.encode::<crate::avro::Fixed<4>, _>(&[], &value.to_be_bytes()), |bytes| {
    let array = bytes.try_into();
    array.map(i32::from_be_bytes).map_err(|_| InvalidKey { expected: "an i32 of 4 bytes", length: bytes.len() })
});
plain_key!(i64, |value, encoder| encoder.encode::<crate::avro::Fixed<8>, _>(&[], &value.to_be_bytes()), |bytes| {
    let array = bytes.try_into();
    array.map(i64::from_be_bytes).map_err(|_| InvalidKey { expected: "an i64 of 8 bytes", length: bytes.len() })
});
plain_key!(
    Uuid,
    |value, encoder| {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        value.hyphenated().encode_lower(&mut text);
        encoder.encode::<crate::avro::Fixed<{ uuid::fmt::Hyphenated::LENGTH }>, _>(&[], &text)
    },
    |bytes| Uuid::try_parse_ascii(bytes).map_err(|_| InvalidKey { expected: "a UUID as text", length: bytes.len() })
);

impl<'k, B: AsRef<[u8]> + ?Sized> IntoKey<'k, Vec<u8>> for &'k B {
    #[inline]
    fn into_key(self) -> KeyArgument<'k, Vec<u8>> {
        KeyArgument::Bytes(Cow::Borrowed(self.as_ref()))
    }
}

impl<'k, T: AsRef<str> + ?Sized> IntoKey<'k, String> for &'k T {
    #[inline]
    fn into_key(self) -> KeyArgument<'k, String> {
        KeyArgument::Bytes(Cow::Borrowed(self.as_ref().as_bytes()))
    }
}

impl<const N: usize> IntoKey<'_, Vec<u8>> for [u8; N] {
    #[inline]
    fn into_key(self) -> KeyArgument<'static, Vec<u8>> {
        KeyArgument::Owned(self.to_vec())
    }
}

/// Keys that are taken as they are.
macro_rules! into_key {
    ($key:ty: $($owned:ty),*) => {
        $(impl IntoKey<'_, $key> for $owned {
            #[inline]
            fn into_key(self) -> KeyArgument<'static, $key> {
                KeyArgument::Owned(self.into())
            }
        })*
    };
}

into_key!(Vec<u8>: Vec<u8>, String);
into_key!(String: String);
into_key!(i32: i32);
into_key!(i64: i64, i32);
into_key!(Uuid: Uuid);

/// Numbers and UUIDs are as small as a reference to them.
macro_rules! copied_key {
    ($($key:ty),*) => {
        $(impl IntoKey<'_, $key> for &$key {
            #[inline]
            fn into_key(self) -> KeyArgument<'static, $key> {
                KeyArgument::Owned(*self)
            }
        })*
    };
}

copied_key!(i32, i64, Uuid);
