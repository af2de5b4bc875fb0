//! Encodes values into a buffer that is kept from one to the next.

use std::fmt;

use crate::encode::Encode;
use crate::encode_error::{EncodeError, EncodeErrorKind};
use crate::encoded_data::EncodedData;
use crate::invariant::always;
use crate::limits::Limits;
use crate::writer::Writer;

/// Encodes one value after the other into one buffer.
///
/// The buffer starts at 1 KiB and doubles whenever a datum does not fit, up to the [maximum
/// size](Encoder::with_max_size) of a datum. A buffer that grew beyond 1 MiB is given back when 32 data in a row needed
/// less than a quarter of it, so one huge message does not hold its memory for ever.
///
/// ```
/// use avro_typed::{Encoder, avro};
///
/// let mut encoder = Encoder::new();
/// let datum = encoder.encode::<avro::Array<avro::Long>, _>(b"id", &vec![1_i64, -1])?;
/// assert_eq!(datum, b"id\x04\x02\x01\x00");
/// # Ok::<(), avro_typed::EncodeError>(())
/// ```
pub struct Encoder {
    /// Always initialized to its whole length; the writer is a cursor in it.
    scratch: Vec<u8>,
    /// Of many values that are encoded together, where each ends in the scratch, or why it is not there.
    ends: Vec<Result<usize, EncodeError>>,
    max_size: usize,
    max_depth: u32,
    max_stack: usize,
    /// The size of the last datum with its prefix.
    last_size: usize,
    /// How many data in a row left most of a large scratch unused.
    mostly_unused: u32,
}

const FIRST_SCRATCH: usize = 1 << 10;
const KEPT_SCRATCH: usize = 1 << 20;
const MOSTLY_UNUSED_ROUNDS: u32 = 32;

/// The writer stores whole words, so it needs this much room behind the datum.
const SLACK: usize = 16;

impl Encoder {
    /// The default of [`with_max_size`](Encoder::with_max_size): 256 MiB, far above what a Kafka broker accepts by
    /// default.
    pub const DEFAULT_MAX_SIZE: usize = 256 << 20;

    /// An encoder that has no buffer yet.
    #[must_use]
    pub fn new() -> Self {
        Encoder {
            scratch: Vec::new(),
            ends: Vec::new(),
            max_size: Self::DEFAULT_MAX_SIZE,
            max_depth: Limits::DEFAULT_MAX_DEPTH,
            max_stack: Limits::DEFAULT_MAX_STACK,
            last_size: 0,
            mostly_unused: 0,
        }
    }

    /// Sets the largest datum in bytes, without its prefix. Larger ones are an error, so a value that never ends cannot
    /// take all memory.
    #[must_use]
    pub fn with_max_size(mut self, max_size: usize) -> Self {
        self.max_size = max_size;
        self
    }

    /// Sets how deep values of recursive records may be nested; see [`Limits::max_depth`](field@Limits::max_depth).
    /// Default 128.
    #[must_use]
    pub fn with_max_depth(mut self, max_depth: u32) -> Self {
        self.max_depth = max_depth;
        self
    }

    /// Sets how many bytes of the stack values of recursive records may take; see
    /// [`Limits::max_stack`](field@Limits::max_stack). Default 1.5 MiB.
    #[must_use]
    pub fn with_max_stack(mut self, max_stack: usize) -> Self {
        self.max_stack = max_stack;
        self
    }

    /// Encodes `value` as the Avro type `As` behind `prefix`, which is a frame's header or empty.
    ///
    /// The bytes are valid until the next call.
    ///
    /// # Errors
    ///
    /// When the value does not fit its Avro type, or is larger than the maximum.
    #[inline]
    pub fn encode<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        prefix: &[u8],
        value: &T,
    ) -> Result<&[u8], EncodeError> {
        self.give_back_unused();
        let size = self.encode_behind(0, prefix, value)?;
        self.last_size = size;
        Ok(always(self.scratch.get(..size), &[], "the datum was written into the scratch"))
    }

    /// Encodes many values into one buffer, each behind `prefix` as [`encode`](Encoder::encode) does. A value that
    /// fails is left out, and keeps none of the others from being encoded.
    ///
    /// The bytes are valid until the next call. The buffer becomes as large as all of them together.
    ///
    /// ```
    /// use avro_typed::rust_decimal::Decimal;
    /// use avro_typed::{Encoder, avro};
    ///
    /// let prices = [Decimal::new(125, 2), Decimal::new(1255, 3), Decimal::new(-100, 2)];
    /// let mut encoder = Encoder::new();
    /// let data = encoder.encode_all::<avro::Decimal<avro::Bytes, 4, 2>, _>(b"id", &prices);
    ///
    /// let written: Vec<&[u8]> = data.iter().flatten().collect();
    /// assert_eq!(written, [b"id\x02\x7d", b"id\x02\x9c"]);
    /// for (index, error) in data.failures() {
    ///     assert_eq!(index, 1);
    ///     assert_eq!(error.to_string(), "[1]: 1.255 does not fit decimal(4, 2) without rounding; round it first");
    /// }
    /// ```
    pub fn encode_all<'v, As, T>(&mut self, prefix: &[u8], values: impl IntoIterator<Item = &'v T>) -> EncodedData<'_>
    where
        As: ?Sized,
        T: ?Sized + Encode<As> + 'v,
    {
        self.give_back_unused();
        self.ends.clear();
        let mut end = 0;
        for (index, value) in values.into_iter().enumerate() {
            let next = self.encode_behind(end, prefix, value);
            end = *next.as_ref().unwrap_or(&end);
            self.ends.push(next.map_err(|error| error.at_index(index)));
        }
        self.last_size = end;
        let bytes = always(self.scratch.get(..end), &[], "the data were written into the scratch");
        EncodedData::new(bytes, &self.ends)
    }

    /// Encodes a value behind what is in the scratch up to `start`, and returns where it ends.
    #[inline]
    fn encode_behind<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        start: usize,
        prefix: &[u8],
        value: &T,
    ) -> Result<usize, EncodeError> {
        match self.attempt(start, prefix, value) {
            Ok(Some(end)) => Ok(end),
            Ok(None) => self.encode_again(start, prefix, value),
            Err(error) => Err(error.at_field(T::NAME)),
        }
    }

    /// Repeats with ever larger scratches until the datum fits.
    #[cold]
    #[inline(never)]
    fn encode_again<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        start: usize,
        prefix: &[u8],
        value: &T,
    ) -> Result<usize, EncodeError> {
        loop {
            self.grow(start, prefix.len()).map_err(|error| error.at_field(T::NAME))?;
            match self.attempt(start, prefix, value) {
                Ok(Some(end)) => return Ok(end),
                Ok(None) => {}
                Err(error) => return Err(error.at_field(T::NAME)),
            }
        }
    }

    /// Where the datum ends that begins with its prefix at `start`, or `None` if the scratch is too small for it.
    ///
    /// Not inlined: in the loop of [`encode_again`](Encoder::encode_again), the compiler would move the making of all
    /// varints in front of the loop, where they need the stack.
    #[inline(never)]
    fn attempt<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        start: usize,
        prefix: &[u8],
        value: &T,
    ) -> Result<Option<usize>, EncodeError> {
        let first = start.saturating_add(prefix.len());
        let Some(room) = self.scratch.get_mut(start..first) else {
            return Ok(None);
        };
        room.copy_from_slice(prefix);
        let mut writer = Writer::new(&mut self.scratch, first, self.max_depth, self.max_stack);
        let encoded = value.encode(&mut writer);
        // The writer knows best: an implementation may have dropped the error of a write that did not fit.
        let Some(end) = writer.written() else {
            return Ok(None);
        };
        match encoded {
            Ok(()) if end - first > self.max_size => Err(self.too_large()),
            Ok(()) => Ok(Some(end)),
            // An implementation returned the error of another writer. Growing ends at the maximum.
            Err(error) if error.is_full() => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, start: usize, prefix_size: usize) -> Result<(), EncodeError> {
        let first = start.saturating_add(prefix_size).saturating_add(SLACK);
        let largest = self.max_size.saturating_add(first);
        let old = self.scratch.len();
        if old >= largest {
            return Err(self.too_large());
        }
        let new = old.saturating_mul(2).max(FIRST_SCRATCH).max(first).min(largest);
        // What is behind the start is of no use, so it need not be moved.
        self.scratch.truncate(start);
        if self.scratch.try_reserve_exact(new.saturating_sub(start)).is_err() {
            self.scratch.resize(self.scratch.capacity(), 0);
            return Err(self.too_large());
        }
        self.scratch.resize(new, 0);
        Ok(())
    }

    #[cold]
    fn too_large(&self) -> EncodeError {
        EncodeError::new(EncodeErrorKind::TooLarge { limit: self.max_size })
    }

    #[inline]
    fn give_back_unused(&mut self) {
        if self.scratch.len() > KEPT_SCRATCH {
            self.give_back_large_unused();
        }
    }

    #[cold]
    #[inline(never)]
    fn give_back_large_unused(&mut self) {
        if self.last_size >= self.scratch.len() / 4 {
            self.mostly_unused = 0;
            return;
        }
        self.mostly_unused += 1;
        if self.mostly_unused == MOSTLY_UNUSED_ROUNDS {
            self.mostly_unused = 0;
            self.scratch.truncate((self.scratch.len() / 4).max(KEPT_SCRATCH));
            self.scratch.shrink_to_fit();
        }
    }

    /// How many bytes the buffer has now.
    #[must_use]
    pub fn buffer_size(&self) -> usize {
        self.scratch.len()
    }

    pub(crate) fn into_last(mut self) -> Vec<u8> {
        self.scratch.truncate(self.last_size);
        self.scratch
    }
}

/// Without the bytes of the buffer, which may be many, and nobody else's business.
impl fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Encoder")
            .field("buffer_size", &self.scratch.len())
            .field("max_size", &self.max_size)
            .field("max_depth", &self.max_depth)
            .field("max_stack", &self.max_stack)
            .finish_non_exhaustive()
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}
