//! What the value of a message can be.

use avro_model::resolution::Plan;

use super::derived::decode;
use super::{OtherRecord, TopicType};
use crate::avro_type::AvroType;
use crate::decode::DecodeOwned;
use crate::decode_error::DecodeError;
use crate::decoder::Decoder;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::encoder::Encoder;

/// A type that the values of a topic can have.
///
/// Every Avro type is one. Of several, `#[derive(TopicValue)]` of `avro-derive` makes one, from an enum with a variant
/// for each. `Option<T>` is one whose `None` is a tombstone, and `Vec<u8>` is one without a schema.
///
/// ```
/// # use avro_derive::{Avro, TopicValue};
/// use avro_typed::topic::TopicValue;
///
/// #[derive(Avro)]
/// struct Login {
///     user: String,
/// }
///
/// #[derive(Avro)]
/// struct Logout {
///     user: String,
/// }
///
/// #[derive(TopicValue)]
/// enum Session {
///     Login(Login),
///     Logout(Logout),
/// }
///
/// fn describe<V: TopicValue>() -> (usize, bool) {
///     (V::TYPES.len(), V::TOMBSTONES)
/// }
///
/// assert_eq!(describe::<Login>(), (1, false));
/// assert_eq!(describe::<Option<Login>>(), (1, true));
/// assert_eq!(describe::<Session>(), (2, false));
/// assert_eq!(describe::<Vec<u8>>(), (0, false));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a topic",
    label = "not an Avro type, nor one of several",
    note = "use a type that was generated from a schema or has `#[derive(avro_derive::Avro)]`, an enum of such types with `#[derive(avro_derive::TopicValue)]`, an `Option` of one of these, or `Vec<u8>` for bytes without a schema"
)]
pub trait TopicValue: Sized {
    /// The Avro types that a value can have. None for bytes without a schema.
    const TYPES: &'static [TopicType];

    /// Whether a record without a payload is a value.
    const TOMBSTONES: bool = false;

    /// Whether a record of a type that is not among [`TYPES`](Self::TYPES) is a value.
    const TAKES_OTHERS: bool = false;
}

/// Values of a topic on which a record without a payload is one, too.
#[diagnostic::on_unimplemented(
    message = "the topic has no tombstones, because its values are `{Self}`",
    label = "a value is always there",
    note = "use `Option<{Self}>` as the value of the topic, so that its consumers expect tombstones"
)]
pub trait Tombstones: TopicValue {}

impl<T: TopicValue> Tombstones for Option<T> {}

/// What a value is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueForm {
    /// A record without a payload.
    Tombstone,
    /// The bytes as they are.
    Raw,
    /// A datum of the type at this position of [`TopicValue::TYPES`].
    Type(usize),
    /// It cannot be sent: nothing tells which schema id it has.
    Other,
}

/// A value that can be sent.
///
/// A producer asks for its form first: that decides about the schema id, which becomes the prefix of what is encoded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as the value of a topic",
    label = "cannot be encoded",
    note = "a type with `#[avro(subset)]` is only received: it does not have all fields of its schema"
)]
pub trait EncodeValue: TopicValue {
    /// What this value is sent as.
    fn form(&self) -> ValueForm;

    /// Encodes the value behind `prefix`. A tombstone, and what cannot be sent, has no bytes.
    ///
    /// # Errors
    ///
    /// As [`Encoder::encode`].
    fn encode_with<'e>(&'e self, encoder: &'e mut Encoder, prefix: &[u8]) -> Result<&'e [u8], EncodeError>;
}

/// A value that can be received.
///
/// A consumer looks up the schema that a record was written with, finds the type among [`TopicValue::TYPES`] that has
/// its name or has it as an alias, and decodes the datum as that one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received as the value of a topic",
    label = "cannot be decoded into a value that outlives the message"
)]
pub trait DecodeValue: TopicValue {
    /// Decodes a datum as the type at this position of [`TopicValue::TYPES`], by a plan if it was written with another
    /// schema than that type's.
    ///
    /// # Errors
    ///
    /// As [`Decoder::decode`] and [`Decoder::decode_resolved`].
    fn decode_with(index: usize, decoder: &Decoder, datum: &[u8], plan: Option<&Plan>) -> Result<Self, DecodeError>;

    /// The value of a record without a payload, where that is one.
    #[must_use]
    fn from_tombstone() -> Option<Self> {
        None
    }

    /// The value of a payload without a schema, where values are such.
    #[must_use]
    fn from_raw(_payload: &[u8]) -> Option<Self> {
        None
    }

    /// The value of a record of a type that is not listed, where that is one.
    #[must_use]
    fn from_other(_record: OtherRecord) -> Option<Self> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: AvroType> TopicValue for T {
    const TYPES: &'static [TopicType] = &[TopicType::of::<T>()];
}

#[diagnostic::do_not_recommend]
impl<T: AvroType + Encode> EncodeValue for T {
    #[inline]
    fn form(&self) -> ValueForm {
        ValueForm::Type(0)
    }

    #[inline]
    fn encode_with<'e>(&'e self, encoder: &'e mut Encoder, prefix: &[u8]) -> Result<&'e [u8], EncodeError> {
        encoder.encode::<T, T>(prefix, self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AvroType + DecodeOwned> DecodeValue for T {
    #[inline]
    fn decode_with(_: usize, decoder: &Decoder, datum: &[u8], plan: Option<&Plan>) -> Result<Self, DecodeError> {
        decode(decoder, datum, plan)
    }
}

/// `None` is a tombstone.
impl<T: TopicValue> TopicValue for Option<T> {
    const TYPES: &'static [TopicType] = T::TYPES;
    const TOMBSTONES: bool = true;
    const TAKES_OTHERS: bool = T::TAKES_OTHERS;
}

impl<T: EncodeValue> EncodeValue for Option<T> {
    #[inline]
    fn form(&self) -> ValueForm {
        self.as_ref().map_or(ValueForm::Tombstone, T::form)
    }

    #[inline]
    fn encode_with<'e>(&'e self, encoder: &'e mut Encoder, prefix: &[u8]) -> Result<&'e [u8], EncodeError> {
        self.as_ref().map_or(Ok(&[]), |value| value.encode_with(encoder, prefix))
    }
}

impl<T: DecodeValue> DecodeValue for Option<T> {
    #[inline]
    fn decode_with(index: usize, decoder: &Decoder, datum: &[u8], plan: Option<&Plan>) -> Result<Self, DecodeError> {
        T::decode_with(index, decoder, datum, plan).map(Some)
    }

    fn from_tombstone() -> Option<Self> {
        Some(None)
    }

    fn from_raw(payload: &[u8]) -> Option<Self> {
        T::from_raw(payload).map(Some)
    }

    fn from_other(record: OtherRecord) -> Option<Self> {
        T::from_other(record).map(Some)
    }
}

/// Bytes without a schema.
impl TopicValue for Vec<u8> {
    const TYPES: &'static [TopicType] = &[];
}

impl EncodeValue for Vec<u8> {
    fn form(&self) -> ValueForm {
        ValueForm::Raw
    }

    fn encode_with<'e>(&'e self, _: &'e mut Encoder, _: &[u8]) -> Result<&'e [u8], EncodeError> {
        Ok(self)
    }
}

impl DecodeValue for Vec<u8> {
    fn decode_with(_: usize, _: &Decoder, datum: &[u8], _: Option<&Plan>) -> Result<Self, DecodeError> {
        Ok(datum.to_vec())
    }

    fn from_raw(payload: &[u8]) -> Option<Self> {
        Some(payload.to_vec())
    }
}
