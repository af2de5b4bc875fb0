//! Bytes to text and to owned bytes.

use crate::varint::CONTINUATION_BITS;
use crate::writer::COPY_PIECE;

/// The bytes as text, if they are UTF-8.
///
/// Most text is ASCII, and most of it is short. For that the standard library's validation, which has to be called and
/// then goes through the last bytes one by one, takes longer than all the rest of decoding. So ASCII is tested for
/// here, and the standard library sees only what has other letters.
#[inline(always)]
pub(crate) fn borrow_text(bytes: &[u8]) -> Option<&str> {
    if !is_ascii(bytes) {
        return std::str::from_utf8(bytes).ok();
    }
    // The only unsafe code of this crate. Without it the text would have to be validated a second time.
    #[allow(unsafe_code)]
    // SAFETY: every byte is below 0x80, so each is a whole character of UTF-8.
    Some(unsafe { std::str::from_utf8_unchecked(bytes) })
}

/// The bytes as text of their own, if they are UTF-8.
#[inline(always)]
pub(crate) fn own_text(bytes: &[u8]) -> Option<String> {
    let text = borrow_text(bytes)?;
    if bytes.len() <= COPY_PIECE {
        return Some(text.to_owned());
    }
    let mut owned = String::new();
    replace_long_text(&mut owned, text);
    Some(owned)
}

/// The text in the memory of another one.
#[inline(always)]
pub(crate) fn replace_text(owned: &mut String, text: &str) {
    if text.len() <= COPY_PIECE {
        owned.clear();
        return owned.push_str(text);
    }
    replace_long_text(owned, text);
}

/// Copies in pieces, like all long copies, which here must end between characters.
#[inline(never)]
fn replace_long_text(owned: &mut String, mut text: &str) {
    owned.clear();
    owned.reserve(text.len());
    while text.len() > COPY_PIECE
        && let Some((piece, rest)) = text.split_at_checked(text.floor_char_boundary(COPY_PIECE))
    {
        owned.push_str(piece);
        text = rest;
    }
    owned.push_str(text);
}

/// Whether no byte has its top bit set. From four bytes on it looks at whole words, the last of which overlaps the one
/// before, so that no length needs a loop over single bytes.
#[inline(always)]
fn is_ascii(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk::<32>() {
        let (pieces, _) = bytes.as_chunks::<32>();
        return pieces.iter().fold(top_bits(last), |bits, piece| bits | top_bits(piece)) == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<16>(), bytes.last_chunk::<16>()) {
        return top_bits(first) | top_bits(last) == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return top_bits(first) | top_bits(last) == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return (u32::from_le_bytes(*first) | u32::from_le_bytes(*last)) & 0x8080_8080 == 0;
    }
    bytes.iter().fold(0, |bits, byte| bits | byte) < 0x80
}

/// The top bits of the bytes, as one word.
#[inline(always)]
fn top_bits<const SIZE: usize>(bytes: &[u8; SIZE]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().fold(0, |bits, word| bits | u64::from_le_bytes(*word)) & CONTINUATION_BITS
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

/// The bytes in the memory of others.
#[inline(always)]
pub(crate) fn replace_bytes(owned: &mut Vec<u8>, bytes: &[u8]) {
    owned.clear();
    owned.reserve(bytes.len());
    for piece in bytes.chunks(COPY_PIECE) {
        owned.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_every_cut() {
        for text in ["", "a", "ß", "€", "𝄞", "abcdefgh", "0123456789abcdef"] {
            for length in (0..300).chain(COPY_PIECE - 5..COPY_PIECE + 5).chain(2 * COPY_PIECE - 5..2 * COPY_PIECE + 5) {
                let mut bytes = vec![b'x'; length];
                bytes.extend_from_slice(text.as_bytes());
                bytes.extend_from_slice(&vec![b'y'; length % 7]);
                check(&bytes);
                // A character that is cut off at the end is not UTF-8.
                bytes.truncate(length + text.len().saturating_sub(1));
                check(&bytes);
            }
        }
        check("zeros \0 stay \0\0".as_bytes());
    }

    #[test]
    fn one_byte_of_another_kind_is_found_wherever_it_is() {
        for length in 0..140 {
            for position in 0..length {
                for byte in [0x7f, 0x80, 0xff] {
                    let mut bytes = vec![b'x'; length];
                    bytes[position] = byte;
                    assert_eq!(is_ascii(&bytes), byte < 0x80, "{byte:#x} at {position} of {length}");
                    check(&bytes);
                }
            }
        }
    }

    /// The standard library's validation decides what is text.
    fn check(bytes: &[u8]) {
        assert_eq!(borrow_text(bytes), std::str::from_utf8(bytes).ok(), "{bytes:?}");
        assert_eq!(own_text(bytes), String::from_utf8(bytes.to_vec()).ok(), "{bytes:?}");
        let mut old = vec![7; 40];
        replace_bytes(&mut old, bytes);
        assert_eq!(old, bytes);
        if let Some(text) = borrow_text(bytes) {
            let mut old = "what was here before".to_owned();
            replace_text(&mut old, text);
            assert_eq!(old, text);
        }
    }
}
