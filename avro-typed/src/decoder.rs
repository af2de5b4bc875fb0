//! Decodes whole data, with the limits that all of them have.

use avro_model::resolution::Plan;

use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::limits::Limits;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::view::DecodeBorrowed;

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

    /// The view of a value that was written with the schema of `T`, or with one that encodes alike: for a `SensorAlert`
    /// its `SensorAlertRef<'a>`. It borrows from the datum.
    ///
    /// # Errors
    ///
    /// As [`decode`](Decoder::decode), at once: what is read from the view afterwards cannot fail.
    #[inline]
    pub fn view<'a, T: DecodeBorrowed>(&self, datum: &'a [u8]) -> Result<T::View<'a>, DecodeError> {
        let mut reader = Reader::new(datum, self.limits);
        let decoded = <T::View<'a> as Decode<'a, T>>::decode(&mut reader);
        finish(&reader, decoded, <T::View<'a> as Decode<'a, T>>::NAME)
    }

    /// The view of a value that was written with another schema, by the plan for the two schemas. It borrows from the
    /// plan as well, for defaults.
    ///
    /// # Errors
    ///
    /// As [`decode_resolved`](Decoder::decode_resolved), at once.
    #[inline]
    pub fn view_resolved<'a, T: DecodeBorrowed>(
        &self,
        datum: &'a [u8],
        plan: &'a Plan,
    ) -> Result<T::View<'a>, DecodeError> {
        let mut reader = Reader::new(datum, self.limits);
        let decoded = <T::View<'a> as Decode<'a, T>>::decode_resolved(&mut reader, PlanStep::new(plan));
        finish(&reader, decoded, <T::View<'a> as Decode<'a, T>>::NAME)
    }

    /// Decodes one value as [`decode`](Decoder::decode) does, into one whose memory is used again: what reads message
    /// after message into the same value soon allocates nothing. Texts, arrays and maps keep the room that the largest
    /// message so far has needed.
    ///
    /// ```
    /// use avro_typed::{Decode, DecodeError, Decoder, Reader, avro};
    ///
    /// struct Words(Vec<String>);
    ///
    /// impl<'a> Decode<'a> for Words {
    ///     const MIN_SIZE: usize = 1;
    ///
    ///     fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
    ///         Decode::<avro::Array<avro::Str>>::decode(reader).map(Words)
    ///     }
    ///
    ///     fn decode_into(&mut self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
    ///         Decode::<avro::Array<avro::Str>>::decode_into(&mut self.0, reader)
    ///     }
    /// }
    ///
    /// let decoder = Decoder::new();
    /// let mut words = Words(Vec::new());
    /// decoder.decode_into(b"\x04\x06one\x06two\0", &mut words)?;
    /// assert_eq!(words.0, ["one", "two"]);
    /// let memory = words.0[0].as_ptr();
    /// decoder.decode_into(b"\x02\x02a\0", &mut words)?;
    /// assert_eq!(words.0, ["a"]);
    /// assert_eq!(words.0[0].as_ptr(), memory);
    /// # Ok::<(), DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`decode`](Decoder::decode). The value is one of its type then, but which one is unspecified: a part of it
    /// may be of this datum and the rest of the one before.
    #[inline]
    pub fn decode_into<'a, T: Decode<'a>>(&self, datum: &'a [u8], value: &mut T) -> Result<(), DecodeError> {
        let mut reader = Reader::new(datum, self.limits);
        let decoded = value.decode_into(&mut reader);
        finish(&reader, decoded, <T as Decode<'a>>::NAME)
    }

    /// Decodes one value as [`decode_resolved`](Decoder::decode_resolved) does, into one whose memory is used again.
    ///
    /// # Errors
    ///
    /// As [`decode_resolved`](Decoder::decode_resolved). The value is one of its type then, but which one is
    /// unspecified.
    #[inline]
    pub fn decode_resolved_into<'a, T: Decode<'a>>(
        &self,
        datum: &'a [u8],
        plan: &'a Plan,
        value: &mut T,
    ) -> Result<(), DecodeError> {
        let mut reader = Reader::new(datum, self.limits);
        let decoded = value.decode_resolved_into(&mut reader, PlanStep::new(plan));
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
