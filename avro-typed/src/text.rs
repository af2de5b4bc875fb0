//! Bytes to text and to owned bytes.

use crate::writer::COPY_PIECE;

/// The bytes as text, if they are UTF-8.
#[inline(always)]
pub(crate) fn borrow_text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// The bytes as text of their own, if they are UTF-8.
///
/// Validation in the standard library passes over ASCII in steps of sixteen bytes, but only from an aligned start, and it goes
/// byte by byte through what is left at the end. So the bytes are copied first, since an allocation is aligned, and
/// filled up with zeros, which are ASCII, to a multiple of sixteen: that is what the allocator would round up to anyway.
#[inline(always)]
pub(crate) fn own_text(bytes: &[u8]) -> Option<String> {
    if bytes.len() > LONGEST_INLINE {
        return own_long_text(bytes);
    }
    let (steps, last) = bytes.as_chunks::<STEP>();
    let mut filled = Vec::with_capacity(bytes.len().next_multiple_of(STEP));
    for step in steps {
        filled.extend_from_slice(step);
    }
    if !last.is_empty() {
        filled.extend_from_slice(&fill_up(last));
    }
    let mut text = String::from_utf8(filled).ok()?;
    // A zero after the last byte is the start of a character, so this cuts none.
    text.truncate(bytes.len());
    Some(text)
}

const STEP: usize = 16;

/// Up to this length, copying step by step is faster than a call of `memcpy`.
const LONGEST_INLINE: usize = 128;

#[inline(never)]
fn own_long_text(bytes: &[u8]) -> Option<String> {
    let mut filled = Vec::with_capacity(bytes.len().next_multiple_of(STEP));
    for piece in bytes.chunks(COPY_PIECE) {
        filled.extend_from_slice(piece);
    }
    filled.resize(bytes.len().next_multiple_of(STEP), 0);
    let mut text = String::from_utf8(filled).ok()?;
    text.truncate(bytes.len());
    Some(text)
}

/// Fewer than sixteen bytes, followed by zeros.
#[inline(always)]
fn fill_up(last: &[u8]) -> [u8; STEP] {
    // Two words that overlap in the middle; the upper one is moved to where the lower one ends.
    if let (Some(low), Some(high)) = (last.first_chunk::<8>(), last.last_chunk::<8>()) {
        let high = u128::from(u64::from_le_bytes(*high)) << (8 * (last.len() - 8));
        return (u128::from(u64::from_le_bytes(*low)) | high).to_le_bytes();
    }
    if let (Some(low), Some(high)) = (last.first_chunk::<4>(), last.last_chunk::<4>()) {
        let high = u128::from(u32::from_le_bytes(*high)) << (8 * (last.len() - 4));
        return (u128::from(u32::from_le_bytes(*low)) | high).to_le_bytes();
    }
    let mut filled = [0; STEP];
    for (target, source) in filled.iter_mut().zip(last) {
        *target = *source;
    }
    filled
}

/// The bytes in a vector of their own, copied in pieces like all long copies.
#[inline(always)]
pub(crate) fn own_bytes(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() <= COPY_PIECE {
        return bytes.to_vec();
    }
    let mut owned = Vec::with_capacity(bytes.len());
    for piece in bytes.chunks(COPY_PIECE) {
        owned.extend_from_slice(piece);
    }
    owned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_every_cut() {
        for text in ["", "a", "ß", "€", "𝄞", "abcdefgh", "0123456789abcdef"] {
            for length in 0..300 {
                let mut bytes = vec![b'x'; length];
                bytes.extend_from_slice(text.as_bytes());
                let expected = String::from_utf8(bytes.clone()).ok();
                assert_eq!(own_text(&bytes), expected, "{length} and {text:?}");
                // A character that is cut off at the end is no UTF-8, though zeros follow it while it is checked.
                bytes.pop();
                assert_eq!(own_text(&bytes), String::from_utf8(bytes.clone()).ok(), "{length} and a cut {text:?}");
            }
        }
        assert_eq!(own_text(b"\xff"), None);
        assert_eq!(own_text("zeros \0 stay \0\0".as_bytes()).as_deref(), Some("zeros \0 stay \0\0"));
    }
}
