//! Values that borrow from the datum: what generated code makes of `SensorAlertRef<'a>` and its like.

mod array;
mod map;

pub use array::{ArrayIter, ArrayRef, owned_array};
pub use map::{MapIter, MapRef, owned_map};

use crate::decode::Decode;

/// A type that has a borrowed form, its view: `SensorAlertRef<'a>` of `SensorAlert`.
///
/// In a view, texts and bytes are in the datum, arrays and maps are parts of the datum that are read while they are
/// iterated over ([`ArrayRef`], [`MapRef`]), records and unions are views of theirs, and all else is as it is. Making a
/// view checks all of the datum, as decoding an owned value does, and within the same [`Limits`](crate::Limits); what
/// is read from a view afterwards cannot fail.
///
/// A type without texts, bytes, arrays and maps is its own view.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have a view",
    label = "has no borrowed form",
    note = "views are generated where the option `views` is on, for example `avro_build::Config::new().views(true)`"
)]
pub trait DecodeBorrowed: Sized {
    /// The view of a value that is in a datum of the lifetime `'a`.
    type View<'a>: Decode<'a, Self>;

    /// The value that a view shows, as one of its own.
    fn from_view(view: Self::View<'_>) -> Self;
}
