//! Reads Avro binary from a slice, trusting nothing.

use std::fmt;

use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::failure;
use crate::invariant::always;
use crate::limits::Limits;
use crate::stack::StackUse;
use crate::text::{borrow_text, own_text, replace_text};
use crate::varint::{MAX_VARINT_SIZE, decode_word, unzigzag};

/// A cursor over one datum, with the budgets that its [`Limits`] give it.
///
/// After an error the position is unspecified: the datum cannot be read on.
pub struct Reader<'a> {
    pub(crate) rest: &'a [u8],
    /// The length of the whole datum, for the offsets in errors.
    pub(crate) length: usize,
    depth_left: u32,
    stack: StackUse,
    pub(crate) zero_size_items_left: u64,
    pub(crate) items_of_defaults_left: u64,
    pub(crate) item_memory_left: usize,
    pub(crate) limits: Limits,
}

impl<'a> Reader<'a> {
    /// A reader of one datum, which must end where the slice ends: see [`finish`](Reader::finish).
    #[inline]
    #[must_use]
    pub fn new(datum: &'a [u8], limits: Limits) -> Self {
        Reader {
            rest: datum,
            length: datum.len(),
            depth_left: limits.max_depth,
            stack: StackUse::default(),
            zero_size_items_left: limits.max_zero_size_items,
            items_of_defaults_left: limits.max_items_of_defaults,
            item_memory_left: limits.max_item_memory,
            limits,
        }
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::TrailingBytes`] when something is.
    #[inline]
    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self.fail(DecodeErrorKind::TrailingBytes { remaining: self.remaining() }))
    }

    /// How many bytes are left.
    #[inline(always)]
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// How many bytes of the datum have been read.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// Reads a field of a record, written as the Avro type `As`. An error gets the field's name.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`] returns.
    #[inline(always)]
    pub fn field<As: ?Sized, T: Decode<'a, As>>(&mut self, name: &'static str) -> Result<T, DecodeError> {
        match T::decode(self) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// Reads a field of a record, written as the Avro type `As`, into its old value. An error gets the field's name.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`] returns.
    #[inline(always)]
    pub fn field_into<As: ?Sized, T: Decode<'a, As>>(
        &mut self,
        name: &'static str,
        value: &mut T,
    ) -> Result<(), DecodeError> {
        match value.decode_into(self) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// Reads the fields of a record that may contain itself.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::DepthExceeded`] or [`DecodeErrorKind::StackExceeded`] when such records are nested too deep,
    /// or what `read` returns.
    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
        self.nested_within(self.limits.max_stack, read)
    }

    /// The same for a view. It may take half as much of the stack: an owned value, which is made of it without limits,
    /// takes more than its view.
    ///
    /// # Errors
    ///
    /// As [`nested`](Reader::nested).
    pub fn nested_view<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
        self.nested_within(self.limits.max_stack / 2, read)
    }

    #[inline(always)]
    fn nested_within<T>(
        &mut self,
        max_stack: usize,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let Some(depth_left) = self.depth_left.checked_sub(1) else {
            return Err(self.fail(DecodeErrorKind::DepthExceeded { limit: self.limits.max_depth }));
        };
        if self.stack.exceeds(max_stack, self.depth_left == self.limits.max_depth) {
            return Err(self.fail(DecodeErrorKind::StackExceeded { limit: max_stack }));
        }
        self.depth_left = depth_left;
        let value = read(self);
        self.depth_left = depth_left + 1;
        value
    }

    /// Reads a `boolean`.
    ///
    /// # Errors
    ///
    /// When the datum ends, or the byte is neither 0 nor 1.
    #[inline(always)]
    pub fn boolean(&mut self) -> Result<bool, DecodeError> {
        let [byte] = self.fixed()?;
        match byte {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(failure::invalid_boolean(byte, self.offset())),
        }
    }

    /// Reads an `int`.
    ///
    /// # Errors
    ///
    /// When the datum ends, or the number does not fit 32 bits.
    #[inline(always)]
    pub fn int(&mut self) -> Result<i32, DecodeError> {
        let value = self.long()?;
        match i32::try_from(value) {
            Ok(value) => Ok(value),
            Err(_) => Err(failure::int_out_of_range(value, self.offset())),
        }
    }

    /// Reads a `long`.
    ///
    /// # Errors
    ///
    /// When the datum ends, or the number does not fit 64 bits.
    #[inline(always)]
    pub fn long(&mut self) -> Result<i64, DecodeError> {
        self.varint().map(unzigzag)
    }

    /// Reads a `float`.
    ///
    /// # Errors
    ///
    /// When the datum ends.
    #[inline(always)]
    pub fn float(&mut self) -> Result<f32, DecodeError> {
        self.fixed().map(f32::from_le_bytes)
    }

    /// Reads a `double`.
    ///
    /// # Errors
    ///
    /// When the datum ends.
    #[inline(always)]
    pub fn double(&mut self) -> Result<f64, DecodeError> {
        self.fixed().map(f64::from_le_bytes)
    }

    /// Reads `bytes`, as a part of the datum.
    ///
    /// # Errors
    ///
    /// When the length is negative or more than what remains.
    #[inline(always)]
    pub fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        self.sized("bytes")
    }

    /// Reads a `string`, as a part of the datum.
    ///
    /// # Errors
    ///
    /// When the length is negative or more than what remains, or the bytes are not UTF-8.
    #[inline(always)]
    pub fn string(&mut self) -> Result<&'a str, DecodeError> {
        let bytes = self.sized("string")?;
        borrow_text(bytes).ok_or_else(|| failure::invalid_utf8(bytes, self.offset()))
    }

    /// Reads a `string` into memory of its own.
    ///
    /// # Errors
    ///
    /// As [`string`](Reader::string).
    #[inline(always)]
    pub fn owned_string(&mut self) -> Result<String, DecodeError> {
        let bytes = self.sized("string")?;
        own_text(bytes).ok_or_else(|| failure::invalid_utf8(bytes, self.offset()))
    }

    /// Reads a `string` into the memory of another one.
    ///
    /// # Errors
    ///
    /// As [`string`](Reader::string).
    #[inline(always)]
    pub(crate) fn string_into(&mut self, text: &mut String) -> Result<(), DecodeError> {
        replace_text(text, self.string()?);
        Ok(())
    }

    /// Reads a `fixed`.
    ///
    /// # Errors
    ///
    /// When the datum ends.
    #[inline(always)]
    pub fn fixed<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], DecodeError> {
        match self.rest.split_first_chunk::<SIZE>() {
            Some((chunk, rest)) => {
                self.rest = rest;
                Ok(*chunk)
            }
            None => Err(failure::unexpected_end(SIZE, self.remaining(), self.offset())),
        }
    }

    /// Reads the position of an enum's symbol, below `symbols`. `type_name` is the full name of the enum.
    ///
    /// # Errors
    ///
    /// When the datum ends, or the enum has no such symbol.
    #[inline(always)]
    pub fn enum_index(&mut self, symbols: usize, type_name: &'static str) -> Result<usize, DecodeError> {
        let bits = self.varint()?;
        match index_below(bits, symbols) {
            Some(index) => Ok(index),
            None => Err(failure::unknown_symbol(type_name, bits, symbols, self.offset())),
        }
    }

    /// Reads the position of a union's branch, below `branches`. The branch's value comes next.
    ///
    /// # Errors
    ///
    /// When the datum ends, or the union has no such branch.
    #[inline(always)]
    pub fn union_index(&mut self, branches: usize) -> Result<usize, DecodeError> {
        let bits = self.varint()?;
        match index_below(bits, branches) {
            Some(index) => Ok(index),
            None => Err(failure::unknown_branch(bits, branches, self.offset())),
        }
    }

    /// Reads a `long` that is expected to have more than one byte.
    #[inline(always)]
    pub(crate) fn long_in_array(&mut self) -> Result<i64, DecodeError> {
        self.long_varint().map(unzigzag)
    }

    /// Reads many values of the same size, of which `get` makes one from its bytes.
    #[inline]
    pub(crate) fn fixed_run<T, const SIZE: usize>(
        &mut self,
        count: usize,
        values: &mut Vec<T>,
        get: impl Fn([u8; SIZE]) -> T,
    ) -> Result<(), DecodeError> {
        let run = self.take(count.saturating_mul(SIZE))?;
        values.extend(run.as_chunks::<SIZE>().0.iter().map(|bytes| get(*bytes)));
        Ok(())
    }

    /// Passes over so many bytes and returns them.
    #[inline(always)]
    pub(crate) fn take(&mut self, size: usize) -> Result<&'a [u8], DecodeError> {
        match self.rest.split_at_checked(size) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(failure::unexpected_end(size, self.remaining(), self.offset())),
        }
    }

    /// Reads a length that what remains can satisfy.
    #[inline(always)]
    pub(crate) fn length(&mut self, what: &'static str) -> Result<usize, DecodeError> {
        let bits = self.varint()?;
        match index_below(bits, self.remaining().saturating_add(1)) {
            Some(length) => Ok(length),
            None => Err(failure::invalid_length(what, bits, self.remaining(), self.offset())),
        }
    }

    #[inline(always)]
    fn sized(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let length = self.length(what)?;
        self.take(length)
    }

    /// Reads a varint without undoing the zigzag. One byte is the common case.
    #[inline(always)]
    pub(crate) fn varint(&mut self) -> Result<u64, DecodeError> {
        if let Some((&first, rest)) = self.rest.split_first()
            && first < 0x80
        {
            self.rest = rest;
            return Ok(u64::from(first));
        }
        self.long_varint()
    }

    /// Reads a varint that is expected to have more than one byte.
    #[inline(always)]
    pub(crate) fn long_varint(&mut self) -> Result<u64, DecodeError> {
        if let Some(word) = self.rest.first_chunk::<8>()
            && let Some((bits, size)) = decode_word(u64::from_le_bytes(*word))
            && let Some(rest) = self.rest.get(size..)
        {
            self.rest = rest;
            return Ok(bits);
        }
        let (bits, rest) = bytewise_varint(self.rest, self.length)?;
        self.rest = rest;
        Ok(bits)
    }

    /// Reads what is behind the count of a block that declares its size: the size, which what remains can satisfy.
    #[cold]
    #[inline(never)]
    pub(crate) fn block_size(rest: &'a [u8], length: usize) -> Result<(usize, &'a [u8]), DecodeError> {
        let mut reader = Reader { length, ..Reader::new(rest, Limits::default()) };
        let size = reader.length("block")?;
        Ok((size, reader.rest))
    }

    /// Reads a default's bytes within the budgets of the datum, which the value's memory is charged to: a default may
    /// be filled in as often as the input has items.
    pub(crate) fn read_default<T>(
        &mut self,
        default: &'a [u8],
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        // What texts and bytes own on the heap. Arrays and maps in the default are charged as those of the datum are.
        self.charge(default.len())?;
        let mut reader = Reader { rest: default, length: default.len(), limits: self.limits, ..*self };
        let value = read(&mut reader)?;
        reader.finish()?;
        self.zero_size_items_left = reader.zero_size_items_left;
        self.item_memory_left = reader.item_memory_left;
        Ok(value)
    }

    /// Takes so many bytes off the budget for memory.
    #[inline(always)]
    pub(crate) fn charge(&mut self, memory: usize) -> Result<(), DecodeError> {
        match self.item_memory_left.checked_sub(memory) {
            Some(left) => {
                self.item_memory_left = left;
                Ok(())
            }
            None => Err(failure::too_much_item_memory(self.limits.max_item_memory, self.offset())),
        }
    }

    /// What was read since `start` was what remained.
    pub(crate) fn read_since(&self, start: &'a [u8]) -> &'a [u8] {
        always(start.get(..start.len() - self.rest.len()), start, "reading goes forward only")
    }

    /// A reader of a value's bytes, which were just read; its offsets are those of the whole datum.
    pub(crate) fn of_part<'p>(&self, part: &'p [u8]) -> Reader<'p> {
        Reader { length: self.offset().max(part.len()), ..Reader::new(part, self.limits) }
    }

    /// An error at the current position.
    ///
    /// For places that are not hot: the others call the functions of [`failure`], which take numbers, since
    /// a reader whose address is never taken can stay in registers.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset())
    }
}

/// Without the bytes of the datum, which may be many, and nobody else's business.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reader { limits, .. } = self;
        let mut reader = formatter.debug_struct("Reader");
        reader.field("offset", &self.offset()).field("remaining", &self.remaining()).field("limits", limits);
        reader.finish_non_exhaustive()
    }
}

/// The zigzag number as an index, if it is not negative and below `end`.
#[inline(always)]
fn index_below(bits: u64, end: usize) -> Option<usize> {
    if bits & 1 != 0 {
        return None;
    }
    usize::try_from(bits >> 1).ok().filter(|index| *index < end)
}

/// Varints of nine or ten bytes, and those near the end of the datum.
#[cold]
#[inline(never)]
fn bytewise_varint(rest: &[u8], length: usize) -> Result<(u64, &[u8]), DecodeError> {
    let offset = length - rest.len();
    let mut bits = 0;
    for (position, byte) in rest.iter().enumerate().take(MAX_VARINT_SIZE) {
        // The tenth byte has room for one bit.
        if position + 1 == MAX_VARINT_SIZE && *byte > 1 {
            return Err(DecodeError::new(DecodeErrorKind::VarintTooLong, offset));
        }
        bits |= u64::from(byte & 0x7f) << (7 * position);
        if *byte < 0x80 {
            return Ok((bits, always(rest.get(position + 1..), &[], "the position is one of the slice")));
        }
    }
    Err(failure::unexpected_end(rest.len() + 1, rest.len(), offset))
}
