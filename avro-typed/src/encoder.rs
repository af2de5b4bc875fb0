//! Encodes values into a buffer that is kept from one to the next.

use std::fmt;

use crate::encode::Encode;
use crate::encode_error::{EncodeError, EncodeErrorKind};
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
        let size = match self.attempt(prefix, value) {
            Ok(Some(size)) => size,
            Ok(None) => self.encode_again(prefix, value)?,
            Err(error) => return Err(error.at_field(T::NAME)),
        };
        self.last_size = size;
        Ok(always(self.scratch.get(..size), &[], "the datum was written into the scratch"))
    }

    /// Repeats with ever larger scratches until the datum fits.
    #[cold]
    #[inline(never)]
    fn encode_again<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        prefix: &[u8],
        value: &T,
    ) -> Result<usize, EncodeError> {
        loop {
            self.grow(prefix.len()).map_err(|error| error.at_field(T::NAME))?;
            match self.attempt(prefix, value) {
                Ok(Some(size)) => return Ok(size),
                Ok(None) => {}
                Err(error) => return Err(error.at_field(T::NAME)),
            }
        }
    }

    /// The size of the datum with its prefix, or `None` if the scratch is too small for it.
    ///
    /// Not inlined: in the loop of [`encode_again`](Encoder::encode_again), the compiler would move the making of all
    /// varints in front of the loop, where they need the stack.
    #[inline(never)]
    fn attempt<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        prefix: &[u8],
        value: &T,
    ) -> Result<Option<usize>, EncodeError> {
        let Some(room) = self.scratch.get_mut(..prefix.len()) else {
            return Ok(None);
        };
        room.copy_from_slice(prefix);
        let mut writer = Writer::new(&mut self.scratch, prefix.len(), self.max_depth, self.max_stack);
        let encoded = value.encode(&mut writer);
        // The writer knows best: an implementation may have dropped the error of a write that did not fit.
        let Some(size) = writer.written() else {
            return Ok(None);
        };
        match encoded {
            Ok(()) if size - prefix.len() > self.max_size => Err(self.too_large()),
            Ok(()) => Ok(Some(size)),
            // An implementation returned the error of another writer. Growing ends at the maximum.
            Err(error) if error.is_full() => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, prefix_size: usize) -> Result<(), EncodeError> {
        let largest = self.max_size.saturating_add(prefix_size).saturating_add(SLACK);
        let old = self.scratch.len();
        if old >= largest {
            return Err(self.too_large());
        }
        let new = old.saturating_mul(2).max(FIRST_SCRATCH).max(prefix_size.saturating_add(SLACK)).min(largest);
        // What is in the scratch is of no use, so it need not be moved.
        self.scratch.clear();
        if self.scratch.try_reserve_exact(new).is_err() {
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
