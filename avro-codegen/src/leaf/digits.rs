//! The integers of decimals: big-endian, two's complement, of any length.

/// The value; `None` when it needs more than 128 bits, and of no bytes at all.
pub(super) fn small_integer(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first()? & 0x80 != 0;
    let fill: u8 = if is_negative { 0xff } else { 0 };
    let excess = bytes.len().saturating_sub(size_of::<i128>());
    let (sign, digits) = bytes.split_at(excess);
    let mut wide = [fill; size_of::<i128>()];
    let start = wide.len() - digits.len();
    wide[start..].copy_from_slice(digits);
    let value = i128::from_be_bytes(wide);
    let is_exact = sign.iter().all(|byte| *byte == fill) && (value < 0) == is_negative;
    is_exact.then_some(value)
}

/// How many decimal digits the value has without its sign, at least one.
pub(super) fn count(bytes: &[u8]) -> usize {
    const BILLION: u64 = 1_000_000_000;
    let mut magnitude = magnitude(bytes);
    let mut digits = 0;
    loop {
        let mut remainder = 0_u64;
        for byte in &mut magnitude {
            let value = (remainder << 8) | u64::from(*byte);
            // Less than 256, since the remainder is less than the divisor.
            *byte = (value / BILLION).to_le_bytes()[0];
            remainder = value % BILLION;
        }
        if magnitude.iter().all(|byte| *byte == 0) {
            return digits + remainder.to_string().len();
        }
        digits += 9;
    }
}

/// The absolute value, big-endian.
fn magnitude(bytes: &[u8]) -> Vec<u8> {
    if bytes.first().is_none_or(|first| first & 0x80 == 0) {
        return bytes.to_vec();
    }
    let mut inverted: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
    for byte in inverted.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    inverted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_length_are_read() {
        let cases: &[(&[u8], Option<i128>, usize)] = &[
            (&[], None, 1),
            (&[0], Some(0), 1),
            (&[0x7f], Some(127), 3),
            (&[0xff], Some(-1), 1),
            (&[0x80], Some(-128), 3),
            (&[0x00, 0x80], Some(128), 3),
            (&[0xff; 20], Some(-1), 1),
            (&[0x00; 40], Some(0), 1),
            (&[0x3b, 0x9a, 0xca, 0x00], Some(1_000_000_000), 10),
            (&[0x3b, 0x9a, 0xc9, 0xff], Some(999_999_999), 9),
            (&[0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None, 39),
            (&[0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None, 39),
        ];
        for (bytes, value, digits) in cases {
            assert_eq!(small_integer(bytes), *value, "for {bytes:02x?}");
            assert_eq!(count(bytes), *digits, "for {bytes:02x?}");
        }
    }
}
