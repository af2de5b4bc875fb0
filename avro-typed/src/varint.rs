//! Zigzag and variable-length integers (Avro 1.12, "Binary Encoding"), eight bytes at a time.
//!
//! A byte of a varint has seven bits of the number, lowest first, and its top bit means that another follows. Most
//! varints are one byte long (lengths, enums, branches), so callers test for that first. For the others, a loop over
//! bytes suffers a mispredicted branch per value as soon as lengths vary; moving all groups of seven bits at once does
//! not.

/// The top bit of each byte of a word.
pub(crate) const CONTINUATION_BITS: u64 = 0x8080_8080_8080_8080;

/// The longest varint of 64 bits, in bytes.
pub(crate) const MAX_VARINT_SIZE: usize = 10;

/// Maps numbers of small magnitude to small unsigned ones: 0, -1, 1, -2 to 0, 1, 2, 3.
#[inline(always)]
pub(crate) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The inverse of [`zigzag`].
#[inline(always)]
pub(crate) const fn unzigzag(bits: u64) -> i64 {
    (bits >> 1).cast_signed() ^ -((bits & 1).cast_signed())
}

/// How many bytes the varint of `bits` takes: the number of its groups of seven bits, at least one.
#[inline(always)]
pub(crate) const fn varint_size(bits: u64) -> usize {
    // One more than floor(log2 / 7), with the division replaced by a multiplication that is exact for 0 to 63.
    let highest_bit = 63 - (bits | 1).leading_zeros() as usize;
    (highest_bit * 9 + 73) / 64
}

/// Spreads the low 56 bits over eight bytes, seven bits in each: halves, then quarters, then eighths.
#[inline(always)]
pub(crate) const fn spread(bits: u64) -> u64 {
    let halves = (bits & 0x0fff_ffff) | ((bits & 0x00ff_ffff_f000_0000) << 4);
    let quarters = (halves & 0x0000_3fff_0000_3fff) | ((halves & 0x0fff_c000_0fff_c000) << 2);
    (quarters & 0x007f_007f_007f_007f) | ((quarters & 0x3f80_3f80_3f80_3f80) << 1)
}

/// The inverse of [`spread`]; the top bit of each byte is ignored.
#[inline(always)]
pub(crate) const fn squeeze(bytes: u64) -> u64 {
    let eighths = bytes & !CONTINUATION_BITS;
    let quarters = (eighths & 0x007f_007f_007f_007f) | ((eighths & 0x7f00_7f00_7f00_7f00) >> 1);
    let halves = (quarters & 0x0000_3fff_0000_3fff) | ((quarters & 0x3fff_0000_3fff_0000) >> 2);
    (halves & 0x0fff_ffff) | ((halves & 0x0fff_ffff_0000_0000) >> 4)
}

/// The varint of `bits`, which must be below 2^56, as a little-endian word, and its size in bytes.
#[inline(always)]
pub(crate) const fn encode_word(bits: u64) -> (u64, usize) {
    let size = varint_size(bits);
    // In all bytes but the last, the top bit means that another follows. A size of eight keeps seven such bits.
    let continued = CONTINUATION_BITS & ((1 << (8 * (size - 1))) - 1);
    (spread(bits) | continued, size)
}

/// The varint at the start of a little-endian word, and its size in bytes; `None` when it does not end in these eight
/// bytes.
#[inline(always)]
pub(crate) const fn decode_word(word: u64) -> Option<(u64, usize)> {
    let ends = !word & CONTINUATION_BITS;
    if ends == 0 {
        return None;
    }
    // The lowest end bit and everything below it belong to the varint.
    let own = ends ^ (ends - 1);
    Some((squeeze(word & own), (ends.trailing_zeros() as usize + 1) / 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in the specification, byte by byte.
    fn encode_bytewise(mut bits: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bits >= 0x80 {
            bytes.push((bits & 0x7f).to_le_bytes()[0] | 0x80);
            bits >>= 7;
        }
        bytes.push(bits.to_le_bytes()[0]);
        bytes
    }

    #[test]
    fn every_power_of_two_and_its_neighbours() {
        for exponent in 0..64 {
            for bits in [(1_u64 << exponent) - 1, 1 << exponent, (1 << exponent) + 1] {
                let expected = encode_bytewise(bits);
                assert_eq!(varint_size(bits), expected.len(), "size of {bits}");
                assert_eq!(zigzag(unzigzag(bits)), bits, "zigzag of {bits}");
                if bits < 1 << 56 {
                    let (word, size) = encode_word(bits);
                    assert_eq!(word.to_le_bytes()[..size], expected, "word of {bits}");
                    // What follows the varint must not matter.
                    let followed = if size == 8 { word } else { word | u64::MAX << (8 * size) };
                    assert_eq!(decode_word(followed), Some((bits, size)), "back from {bits}");
                }
            }
        }
        assert_eq!(decode_word(u64::MAX), None);
    }

    #[test]
    fn zigzag_of_the_specification() {
        for (value, bits) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (2, 4), (-64, 127), (64, 128), (i64::MIN, u64::MAX)] {
            assert_eq!(zigzag(value), bits);
            assert_eq!(unzigzag(bits), value);
        }
    }
}
