//! The trait of values that can be written.

use crate::encode_error::EncodeError;
use crate::encoder::Encoder;
use crate::writer::Writer;

/// A Rust value that can be written as the Avro type `As`.
///
/// Generated types are their own Avro type, so for them `As` is left out. For others it is one of the markers in
/// [`avro`](crate::avro).
///
/// An implementation writes with the methods of [`Writer`] and passes their errors on. It may be called twice for
/// one datum: when the buffer turns out to be too small, it is called again with a larger one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as the Avro type `{As}`",
    label = "not an Avro `{As}`",
    note = "types generated from schemas can; for other types, the markers in `avro_typed::avro` name their Rust types",
    note = "a type with `#[avro(subset)]` is only read: it does not have all fields of its schema"
)]
pub trait Encode<As: ?Sized = Self> {
    /// The short name of a named Avro type, which error paths begin with; empty for others.
    const NAME: &'static str = "";

    /// Writes the value.
    ///
    /// # Errors
    ///
    /// When the Avro type cannot hold the value, or the writer's buffer is full.
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Writes many values one after the other, as the items of one block: faster where values have the same size.
    ///
    /// # Errors
    ///
    /// As [`encode`](Encode::encode), with the position of the item.
    #[doc(hidden)]
    #[inline]
    fn encode_items(items: &[Self], writer: &mut Writer<'_>) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        for (index, item) in items.iter().enumerate() {
            if let Err(error) = item.encode(writer) {
                return Err(error.at_index(index));
            }
        }
        Ok(())
    }
}

/// Encodes one value of a generated type into a new vector. For many values, an [`Encoder`] is faster.
///
/// # Errors
///
/// When a part of the value does not fit its Avro type; the error names its path.
pub fn to_vec<T: ?Sized + Encode>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder::new();
    encoder.encode(&[], value)?;
    Ok(encoder.into_last())
}
