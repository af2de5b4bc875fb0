//! Decodes whole data, with the limits that all of them have.

use avro_model::resolution::Plan;

use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::limits::Limits;
use crate::plan_step::PlanStep;
use crate::reader::Reader;

/// Decodes one datum after the other, each within the same [`Limits`].
///
/// It has no buffers, since values are read from the datum in place: one decoder serves many threads at once.
///
/// ```
/// use avro_typed::model::Schema;
/// use avro_typed::model::resolution::Plan;
/// use avro_typed::{Decode, DecodeError, Decoder, Limits, Reader};
///
/// /// A message that is a `long` alone.
/// #[derive(Debug, PartialEq)]
/// struct Count(i64);
///
/// impl<'a> Decode<'a> for Count {
///     const MIN_SIZE: usize = 1;
///
///     fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
///         reader.long().map(Count)
///     }
/// }
///
/// let decoder = Decoder::new().with_limits(Limits::default().max_item_memory(1 << 20));
/// assert_eq!(decoder.decode::<Count>(&[8])?, Count(4));
///
/// let error = decoder.decode::<Count>(&[8, 0]).unwrap_err();
/// assert_eq!(error.to_string(), "1 bytes are left after the datum; it was probably written with another schema (at byte 1)");
///
/// // What a newer producer wrote: its schema has one more branch.
/// let writer = Schema::parse(r#"["long", "string"]"#)?;
/// let plan = Plan::new(&writer, &Schema::parse(r#""long""#)?)?;
/// assert_eq!(decoder.decode_resolved::<Count>(&[0, 8], &plan)?, Count(4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Decoder {
    limits: Limits,
}

impl Decoder {
    /// A decoder with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how much one datum may ask for.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How much one datum may ask for.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Decodes one value that was written with the schema of `T`, or with one that encodes alike.
    ///
    /// # Errors
    ///
    /// When the bytes are not such a value, a limit is passed, or bytes are left after it.
    #[inline]
    pub fn decode<'a, T: Decode<'a>>(&self, datum: &'a [u8]) -> Result<T, DecodeError> {
        let mut reader = Reader::new(datum, self.limits);
        let decoded = T::decode(&mut reader);
        finish(&reader, decoded, <T as Decode<'a>>::NAME)
    }

    /// Decodes one value that was written with another schema, by the plan for the two schemas.
    ///
    /// The plan's reader schema must be that of `T`. The value may borrow from the plan as well, for defaults.
    ///
    /// # Errors
    ///
    /// When the bytes are not a value of the writer's schema, the value cannot be read as a `T`, a limit is passed, or
    /// bytes are left after it.
    #[inline]
    pub fn decode_resolved<'a, T: Decode<'a>>(&self, datum: &'a [u8], plan: &'a Plan) -> Result<T, DecodeError> {
        let mut reader = Reader::new(datum, self.limits);
        let decoded = T::decode_resolved(&mut reader, PlanStep::new(plan));
        finish(&reader, decoded, <T as Decode<'a>>::NAME)
    }
}

/// [`Decoder::decode`], with the default [`Limits`].
///
/// # Errors
///
/// As [`Decoder::decode`].
#[inline]
pub fn from_slice<'a, T: Decode<'a>>(datum: &'a [u8]) -> Result<T, DecodeError> {
    Decoder::new().decode(datum)
}

/// [`Decoder::decode_resolved`], with the default [`Limits`].
///
/// # Errors
///
/// As [`Decoder::decode_resolved`].
#[inline]
pub fn from_slice_resolved<'a, T: Decode<'a>>(datum: &'a [u8], plan: &'a Plan) -> Result<T, DecodeError> {
    Decoder::new().decode_resolved(datum, plan)
}

#[inline(always)]
fn finish<T>(reader: &Reader<'_>, decoded: Result<T, DecodeError>, name: &'static str) -> Result<T, DecodeError> {
    if decoded.is_ok() && reader.remaining() == 0 {
        // Handed on as it is: a large value is copied each time that it goes through a closure.
        return decoded;
    }
    match decoded.and_then(|value| reader.finish().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => Err(error.at_field(name)),
    }
}
