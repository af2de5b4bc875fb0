//! Makes the errors of hot paths: never inlined, and given numbers instead of the reader, so that what calls them stays
//! small and the reader stays in registers.

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::invariant::always;
use crate::varint::unzigzag;

#[cold]
#[inline(never)]
pub(crate) fn unexpected_end(needed: usize, remaining: usize, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::UnexpectedEnd { needed, remaining }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn invalid_boolean(byte: u8, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::InvalidBoolean { byte }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn int_out_of_range(value: i64, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::IntOutOfRange { value }, offset)
}

/// For a length that is negative or more than what remains.
#[cold]
#[inline(never)]
pub(crate) fn invalid_length(what: &'static str, bits: u64, remaining: usize, offset: usize) -> DecodeError {
    let length = unzigzag(bits);
    let kind = match u64::try_from(length) {
        Ok(length) => DecodeErrorKind::LengthTooLarge { what, length, remaining },
        Err(_) => DecodeErrorKind::NegativeLength { what, length },
    };
    DecodeError::new(kind, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn invalid_utf8(bytes: &[u8], offset: usize) -> DecodeError {
    let error = std::str::from_utf8(bytes).err();
    let valid_up_to = always(error.map(|error| error.valid_up_to()), bytes.len(), "the bytes are not UTF-8");
    DecodeError::new(DecodeErrorKind::InvalidUtf8 { length: bytes.len(), valid_up_to }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn unknown_symbol(type_name: &'static str, bits: u64, symbols: usize, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::UnknownSymbol { type_name, index: unzigzag(bits), symbols }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn unknown_branch(bits: u64, branches: usize, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::UnknownBranch { index: unzigzag(bits), branches }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn count_too_large(count: u64, min_item_size: usize, remaining: usize, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::CountTooLarge { count, min_item_size, remaining }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn too_much_item_memory(limit: usize, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::TooMuchItemMemory { limit }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn too_many_zero_size_items(limit: u64, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::TooManyZeroSizeItems { limit }, offset)
}

#[cold]
#[inline(never)]
pub(crate) fn too_many_items_of_defaults(limit: u64, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::TooManyItemsOfDefaults { limit }, offset)
}

/// For a block whose items did not leave as much of the datum as its size declares.
#[cold]
#[inline(never)]
pub(crate) fn block_size_mismatch(declared: usize, actual: usize, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::BlockSizeMismatch { declared, actual }, offset)
}
