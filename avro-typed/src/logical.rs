//! The Rust types of Avro's logical types (Avro 1.12, "Logical Types").

mod big_decimal;
#[cfg(feature = "chrono-04")]
mod chrono;
mod civil;
mod counted;
mod decimal;
mod duration;
mod timestamp;
mod unscaled;
mod uuid;

use crate::decode_error::DecodeError;
use crate::encode_error::EncodeError;

/// A Rust type of the logical type `A`, all values of which are as many values of an underlying type.
pub(crate) trait Logical<A: ?Sized>: Sized {
    /// The Rust type of the underlying Avro type.
    type Underlying;

    fn to_underlying(&self) -> Result<Self::Underlying, EncodeError>;

    /// `offset` is where the value was read.
    fn from_underlying(value: Self::Underlying, offset: usize) -> Result<Self, DecodeError>;
}

/// Implements the traits for a [`Logical`] type by means of its underlying Avro type.
macro_rules! logical {
    ($rust:ty, $avro:ty, over $underlying:ty) => {
        impl $crate::encode::Encode<$avro> for $rust {
            #[inline]
            fn encode(&self, writer: &mut $crate::writer::Writer<'_>) -> Result<(), $crate::EncodeError> {
                let underlying = $crate::logical::Logical::<$avro>::to_underlying(self)?;
                $crate::encode::Encode::<$underlying>::encode(&underlying, writer)
            }
        }

        impl<'a> $crate::decode::Decode<'a, $avro> for $rust {
            const MIN_SIZE: usize =
                <<$rust as $crate::logical::Logical<$avro>>::Underlying as $crate::decode::Decode<$underlying>>::MIN_SIZE;

            #[inline]
            fn decode(reader: &mut $crate::reader::Reader<'a>) -> Result<Self, $crate::DecodeError> {
                let underlying = $crate::decode::Decode::<$underlying>::decode(reader)?;
                $crate::logical::Logical::<$avro>::from_underlying(underlying, reader.offset())
            }

            fn decode_by_plan(
                reader: &mut $crate::reader::Reader<'a>,
                step: $crate::plan_step::PlanStep<'a>,
            ) -> Result<Self, $crate::DecodeError> {
                let underlying = $crate::decode::Decode::<$underlying>::decode_by_plan(reader, step)?;
                $crate::logical::Logical::<$avro>::from_underlying(underlying, reader.offset())
            }
        }

        impl $crate::serde_form::SerializeAs<$avro> for $rust {
            fn serialize_as<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    return serde::Serialize::serialize(self, serializer);
                }
                match $crate::logical::Logical::<$avro>::to_underlying(self) {
                    Ok(value) => $crate::serde_form::SerializeAs::<$underlying>::serialize_as(&value, serializer),
                    Err(error) => Err(serde::ser::Error::custom(error)),
                }
            }
        }

        impl<'de> $crate::serde_form::DeserializeAs<'de, $avro> for $rust {
            fn deserialize_as<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return serde::Deserialize::deserialize(deserializer);
                }
                let value = $crate::serde_form::DeserializeAs::<$underlying>::deserialize_as(deserializer)?;
                $crate::logical::Logical::<$avro>::from_underlying(value, 0)
                    .map_err(|error| serde::de::Error::custom(error.kind()))
            }
        }
    };
}
pub(crate) use logical;
