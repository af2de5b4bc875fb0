//! What the value and the key of a message are while they are lent.

use avro_model::resolution::Plan;
use uuid::Uuid;

use super::{DecodeKey, InvalidKey, TopicKey, TopicValue};
use crate::avro_type::AvroType;
use crate::decode_error::DecodeError;
use crate::decoder::Decoder;
use crate::view::DecodeBorrowed;

/// A value that a consumer can lend: instead of a value of its own there is a view, which borrows from the record.
///
/// | value | view |
/// |---|---|
/// | an Avro type that has a view | `T::View<'a>`, such as `SensorAlertRef<'a>` |
/// | `Option<T>`, with tombstones | an `Option` of the view of `T` |
/// | `Vec<u8>`, without a schema | `&'a [u8]` |
///
/// An enum with `derive(TopicValue)` does not have one: its values are received as its own.
///
/// ```
/// use avro_typed::topic::ViewValue;
///
/// let payload = [1, 2, 3];
/// let view: Option<&[u8]> = <Vec<u8>>::view_raw(&payload);
/// assert_eq!(view.map(<Vec<u8>>::from_value_view), Some(vec![1, 2, 3]));
/// ```
#[diagnostic::on_unimplemented(
    message = "values of the type `{Self}` cannot be lent",
    label = "does not have a view",
    note = "types that were generated with the option `views`, for example `avro_build::Config::new().views(true)`, have views, and so have an `Option` of one of these and `Vec<u8>`",
    note = "a type with `#[derive(avro_derive::Avro)]` and an enum with `#[derive(avro_derive::TopicValue)]` do not have views: receive their values as their own"
)]
pub trait ViewValue: TopicValue {
    /// The view of a value that is in a record of the lifetime `'a`.
    type View<'a>;

    /// The view of a datum of the type at this position of [`TopicValue::TYPES`], by a plan if it was written with
    /// another schema than that type's.
    ///
    /// # Errors
    ///
    /// As [`Decoder::view`] and [`Decoder::view_resolved`].
    fn view_with<'a>(
        index: usize,
        decoder: &Decoder,
        datum: &'a [u8],
        plan: Option<&'a Plan>,
    ) -> Result<Self::View<'a>, DecodeError>;

    /// The view of a record without a payload, where that is a value.
    #[must_use]
    fn view_tombstone<'a>() -> Option<Self::View<'a>> {
        None
    }

    /// The view of a payload without a schema, where values are such.
    #[must_use]
    fn view_raw(_payload: &[u8]) -> Option<Self::View<'_>> {
        None
    }

    /// The value that a view shows, as one of its own.
    fn from_value_view(view: Self::View<'_>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: AvroType + DecodeBorrowed> ViewValue for T {
    type View<'a> = <T as DecodeBorrowed>::View<'a>;

    #[inline]
    fn view_with<'a>(
        _: usize,
        decoder: &Decoder,
        datum: &'a [u8],
        plan: Option<&'a Plan>,
    ) -> Result<Self::View<'a>, DecodeError> {
        view::<T>(decoder, datum, plan)
    }

    fn from_value_view(view: Self::View<'_>) -> Self {
        T::from_view(view)
    }
}

/// `None` is a tombstone.
impl<T: ViewValue> ViewValue for Option<T> {
    type View<'a> = Option<T::View<'a>>;

    #[inline]
    fn view_with<'a>(
        index: usize,
        decoder: &Decoder,
        datum: &'a [u8],
        plan: Option<&'a Plan>,
    ) -> Result<Self::View<'a>, DecodeError> {
        T::view_with(index, decoder, datum, plan).map(Some)
    }

    fn view_tombstone<'a>() -> Option<Self::View<'a>> {
        Some(None)
    }

    fn view_raw(payload: &[u8]) -> Option<Self::View<'_>> {
        T::view_raw(payload).map(Some)
    }

    fn from_value_view(view: Self::View<'_>) -> Self {
        view.map(T::from_value_view)
    }
}

/// Bytes without a schema.
impl ViewValue for Vec<u8> {
    type View<'a> = &'a [u8];

    fn view_with<'a>(
        _: usize,
        _: &Decoder,
        datum: &'a [u8],
        _: Option<&'a Plan>,
    ) -> Result<Self::View<'a>, DecodeError> {
        Ok(datum)
    }

    fn view_raw(payload: &[u8]) -> Option<&[u8]> {
        Some(payload)
    }

    fn from_value_view(view: &[u8]) -> Self {
        view.to_vec()
    }
}

/// A key that a consumer can lend.
///
/// The view of a `String` is a `&str`, that of a `Vec<u8>` a `&[u8]`, that of an Avro type `T::View<'a>`. Numbers,
/// UUIDs and `()` are their own views.
///
/// ```
/// use avro_typed::topic::ViewKey;
///
/// assert_eq!(String::view_bytes(b"sensor-17")?, "sensor-17");
/// assert_eq!(i32::view_bytes(&[0, 0, 0, 17])?, 17);
/// # Ok::<(), avro_typed::topic::InvalidKey>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "keys of the type `{Self}` cannot be lent",
    label = "does not have a view",
    note = "keys that can be lent are `()`, `Vec<u8>`, `String`, `i32`, `i64`, `uuid::Uuid`, and types that were generated with the option `views`"
)]
pub trait ViewKey: TopicKey {
    /// The view of a key that is in a record of the lifetime `'a`.
    type View<'a>;

    /// The view of the bytes of a key that has no schema.
    ///
    /// # Errors
    ///
    /// When they are not such a key.
    fn view_bytes(bytes: &[u8]) -> Result<Self::View<'_>, InvalidKey> {
        Err(InvalidKey::datum(bytes))
    }

    /// The view of the datum of a key that is an Avro type, by a plan if it was written with another schema than that
    /// type's. `None` where keys have no schema.
    ///
    /// # Errors
    ///
    /// As [`Decoder::view`] and [`Decoder::view_resolved`].
    fn view_with<'a>(
        _decoder: &Decoder,
        _datum: &'a [u8],
        _plan: Option<&'a Plan>,
    ) -> Result<Option<Self::View<'a>>, DecodeError> {
        Ok(None)
    }

    /// The key that a view shows, as one of its own.
    fn from_key_view(view: Self::View<'_>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: AvroType + DecodeBorrowed> ViewKey for T {
    type View<'a> = <T as DecodeBorrowed>::View<'a>;

    fn view_with<'a>(
        decoder: &Decoder,
        datum: &'a [u8],
        plan: Option<&'a Plan>,
    ) -> Result<Option<Self::View<'a>>, DecodeError> {
        view::<T>(decoder, datum, plan).map(Some)
    }

    fn from_key_view(view: Self::View<'_>) -> Self {
        T::from_view(view)
    }
}

impl ViewKey for Vec<u8> {
    type View<'a> = &'a [u8];

    #[inline]
    fn view_bytes(bytes: &[u8]) -> Result<&[u8], InvalidKey> {
        Ok(bytes)
    }

    fn from_key_view(view: &[u8]) -> Self {
        view.to_vec()
    }
}

impl ViewKey for String {
    type View<'a> = &'a str;

    #[inline]
    fn view_bytes(bytes: &[u8]) -> Result<&str, InvalidKey> {
        std::str::from_utf8(bytes).map_err(|_| InvalidKey::text(bytes))
    }

    fn from_key_view(view: &str) -> Self {
        view.to_owned()
    }
}

/// Keys that borrow nothing.
macro_rules! own_view {
    ($($key:ty),*) => {
        $(impl ViewKey for $key {
            type View<'a> = $key;

            #[inline]
            fn view_bytes(bytes: &[u8]) -> Result<$key, InvalidKey> {
                <$key as DecodeKey>::from_bytes(bytes)
            }

            fn from_key_view(view: $key) -> Self {
                view
            }
        })*
    };
}

own_view!((), i32, i64, Uuid);

#[inline]
fn view<'a, T: DecodeBorrowed>(
    decoder: &Decoder,
    datum: &'a [u8],
    plan: Option<&'a Plan>,
) -> Result<T::View<'a>, DecodeError> {
    match plan {
        None => decoder.view::<T>(datum),
        Some(plan) => decoder.view_resolved::<T>(datum, plan),
    }
}
