//! Writes Avro binary into a buffer of a fixed size.

use std::fmt;

use crate::encode::Encode;
use crate::encode_error::{EncodeError, EncodeErrorKind};
use crate::invariant::always;
use crate::stack::StackUse;
use crate::varint::{MAX_VARINT_SIZE, encode_word, zigzag};

/// A cursor in a scratch buffer that an [`Encoder`](crate::Encoder) lends.
///
/// A write that does not fit returns an error that costs nothing to make, and so does every write after it; the encoder
/// then repeats the whole datum with a larger buffer. So each write needs one comparison, and no pass is needed that
/// adds up sizes beforehand.
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    /// Where the next byte goes; [`FULL`] once a write did not fit.
    position: usize,
    depth_left: u32,
    max_depth: u32,
    max_stack: usize,
    stack: StackUse,
}

/// A position outside of every buffer, so that all later writes fail as well, even if somebody drops the first error.
const FULL: usize = usize::MAX;

/// Strings and bytes up to this size are copied inline, since calling `memcpy` costs more than the copy.
const INLINE_COPY: usize = 64;

/// Longer ones are copied in pieces: `memcpy` of several KiB at an unlucky alignment was measured at twenty times the
/// cost.
pub(crate) const COPY_PIECE: usize = 1024;

impl<'b> Writer<'b> {
    #[inline]
    pub(crate) fn new(buffer: &'b mut [u8], position: usize, max_depth: u32, max_stack: usize) -> Self {
        Writer { buffer, position, depth_left: max_depth, max_depth, max_stack, stack: StackUse::default() }
    }

    /// How many bytes of the buffer are written, or `None` if a write did not fit.
    #[inline]
    pub(crate) fn written(&self) -> Option<usize> {
        (self.position <= self.buffer.len()).then_some(self.position)
    }

    /// Writes a field of a record as the Avro type `As`. An error gets the field's name.
    ///
    /// # Errors
    ///
    /// What the value's [`Encode`] returns.
    #[inline(always)]
    pub fn field<As: ?Sized, T: ?Sized + Encode<As>>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        match value.encode(self) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// Writes the fields of a record that may contain itself.
    ///
    /// # Errors
    ///
    /// [`EncodeErrorKind::DepthExceeded`] or [`EncodeErrorKind::StackExceeded`] when such records are nested too deep,
    /// or what `write` returns.
    pub fn nested(&mut self, write: impl FnOnce(&mut Self) -> Result<(), EncodeError>) -> Result<(), EncodeError> {
        let Some(depth_left) = self.depth_left.checked_sub(1) else {
            return Err(EncodeError::new(EncodeErrorKind::DepthExceeded { limit: self.max_depth }));
        };
        if self.stack.exceeds(self.max_stack, self.depth_left == self.max_depth) {
            return Err(EncodeError::new(EncodeErrorKind::StackExceeded { limit: self.max_stack }));
        }
        self.depth_left = depth_left;
        let written = write(self);
        self.depth_left = depth_left + 1;
        written
    }

    /// Writes a `boolean`.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn boolean(&mut self, value: bool) -> Result<(), EncodeError> {
        self.byte(u8::from(value))
    }

    /// Writes an `int`.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn int(&mut self, value: i32) -> Result<(), EncodeError> {
        self.long(i64::from(value))
    }

    /// Writes a `long`.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn long(&mut self, value: i64) -> Result<(), EncodeError> {
        self.varint(zigzag(value))
    }

    /// Writes a `float`.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn float(&mut self, value: f32) -> Result<(), EncodeError> {
        self.fixed(&value.to_le_bytes())
    }

    /// Writes a `double`.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn double(&mut self, value: f64) -> Result<(), EncodeError> {
        self.fixed(&value.to_le_bytes())
    }

    /// Writes `bytes`: their number, then the bytes.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn bytes(&mut self, value: &[u8]) -> Result<(), EncodeError> {
        self.count(value.len())?;
        self.raw(value)
    }

    /// Writes a `string`: the number of its bytes, then its UTF-8.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn string(&mut self, value: &str) -> Result<(), EncodeError> {
        self.bytes(value.as_bytes())
    }

    /// Writes a `fixed`.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn fixed<const SIZE: usize>(&mut self, value: &[u8; SIZE]) -> Result<(), EncodeError> {
        match self.buffer.get_mut(self.position..).and_then(<[u8]>::first_chunk_mut::<SIZE>) {
            Some(slot) => {
                *slot = *value;
                self.position += SIZE;
                Ok(())
            }
            None => Err(self.full()),
        }
    }

    /// Writes the position of an enum's symbol in its schema.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn enum_index(&mut self, index: usize) -> Result<(), EncodeError> {
        self.count(index)
    }

    /// Writes the position of a union's branch, whose value comes next.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn union_index(&mut self, index: usize) -> Result<(), EncodeError> {
        self.count(index)
    }

    /// Begins an array or a map of so many items, which come next; then [`end_of_items`](Writer::end_of_items). With no
    /// items, nothing is written here.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn items(&mut self, count: usize) -> Result<(), EncodeError> {
        if count == 0 {
            return Ok(());
        }
        self.count(count)
    }

    /// Ends an array or a map.
    ///
    /// # Errors
    ///
    /// Only when the buffer is full; pass it on.
    #[inline(always)]
    pub fn end_of_items(&mut self) -> Result<(), EncodeError> {
        self.byte(0)
    }

    /// Writes a number that is not negative, as a `long`. Rust keeps lengths below 2^63, so doubling loses nothing.
    #[inline(always)]
    fn count(&mut self, count: usize) -> Result<(), EncodeError> {
        self.varint((count as u64) << 1)
    }

    #[inline(always)]
    fn byte(&mut self, value: u8) -> Result<(), EncodeError> {
        self.fixed(&[value])
    }

    #[inline(always)]
    fn varint(&mut self, bits: u64) -> Result<(), EncodeError> {
        if bits < 0x80 {
            return self.byte(bits.to_le_bytes()[0]);
        }
        if bits >= 1 << 56 {
            let (bytes, size) = long_varint(bits);
            return self.raw(always(bytes.get(..size), &[], "the size is that of the varint"));
        }
        // Eight bytes are stored, whatever the size: the rest is overwritten next.
        let (word, size) = encode_word(bits);
        self.fixed(&word.to_le_bytes())?;
        self.position -= size_of::<u64>() - size;
        Ok(())
    }

    #[inline(always)]
    fn raw(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let size = bytes.len();
        let Some(room) = self.room(size) else {
            return Err(self.full());
        };
        if size <= INLINE_COPY {
            copy_small(bytes, room);
        } else {
            copy_large(bytes, room);
        }
        self.position += size;
        Ok(())
    }

    /// Writes many values of the same size: `put` fills the slot of each.
    #[inline]
    pub(crate) fn fixed_run<T: Copy, const SIZE: usize>(
        &mut self,
        values: &[T],
        put: impl Fn(T) -> [u8; SIZE],
    ) -> Result<(), EncodeError> {
        let Some(size) = values.len().checked_mul(SIZE) else {
            return Err(self.full());
        };
        let Some(room) = self.room(size) else {
            return Err(self.full());
        };
        for (slot, value) in room.as_chunks_mut::<SIZE>().0.iter_mut().zip(values) {
            *slot = put(*value);
        }
        self.position += size;
        Ok(())
    }

    #[inline(always)]
    fn room(&mut self, size: usize) -> Option<&mut [u8]> {
        self.buffer.get_mut(self.position..)?.get_mut(..size)
    }

    #[inline(always)]
    fn full(&mut self) -> EncodeError {
        self.position = FULL;
        EncodeError::full()
    }
}

/// Without the bytes that are written, which may be many, and nobody else's business.
impl fmt::Debug for Writer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").field("written", &self.written()).finish_non_exhaustive()
    }
}

/// A varint of nine or ten bytes, in front of what it leaves unused, and its size.
#[cold]
#[inline(never)]
fn long_varint(mut bits: u64) -> ([u8; MAX_VARINT_SIZE], usize) {
    let mut bytes = [0; MAX_VARINT_SIZE];
    let mut size = 0;
    for slot in &mut bytes {
        size += 1;
        let low = bits.to_le_bytes()[0] & 0x7f;
        bits >>= 7;
        if bits == 0 {
            *slot = low;
            break;
        }
        *slot = low | 0x80;
    }
    (bytes, size)
}

/// Copies up to 64 bytes as two pieces of a power of two that may overlap. Both slices have the same length.
#[inline(always)]
fn copy_small(from: &[u8], to: &mut [u8]) {
    if !(copy_ends::<32>(from, to) || copy_ends::<16>(from, to) || copy_ends::<8>(from, to) || copy_ends::<4>(from, to))
    {
        for (target, source) in to.iter_mut().zip(from) {
            *target = *source;
        }
    }
}

/// Copies the first and the last `SIZE` bytes; false if there are fewer.
#[inline(always)]
fn copy_ends<const SIZE: usize>(from: &[u8], to: &mut [u8]) -> bool {
    let (Some(first), Some(last)) = (from.first_chunk::<SIZE>(), from.last_chunk::<SIZE>()) else {
        return false;
    };
    if let Some(target) = to.first_chunk_mut::<SIZE>() {
        *target = *first;
    }
    if let Some(target) = to.last_chunk_mut::<SIZE>() {
        *target = *last;
    }
    true
}

fn copy_large(from: &[u8], to: &mut [u8]) {
    for (target, source) in to.chunks_mut(COPY_PIECE).zip(from.chunks(COPY_PIECE)) {
        if target.len() == source.len() {
            target.copy_from_slice(source);
        }
    }
}
