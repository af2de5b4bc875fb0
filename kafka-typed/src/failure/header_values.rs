//! Values of headers, as Java's tools write them: four or eight bytes, a `BigInteger`, or text.

/// The four bytes of an `int`, or a number as text, which some tools write. Older versions of Spring write one byte.
pub(super) fn integer(value: &[u8]) -> Option<i32> {
    match value {
        [a, b, c, d] => Some(i32::from_be_bytes([*a, *b, *c, *d])),
        [byte] if !byte.is_ascii_digit() => Some(i32::from(*byte)),
        _ => text(value)?.parse().ok(),
    }
}

/// The eight bytes of a `long`, or a number as text.
pub(super) fn long(value: &[u8]) -> Option<i64> {
    match <[u8; 8]>::try_from(value) {
        Ok(bytes) => Some(i64::from_be_bytes(bytes)),
        Err(_) => text(value)?.parse().ok(),
    }
}

/// Java's `BigInteger.toByteArray`: big-endian, as few bytes as hold the sign. Or a number as text, which is longer for
/// any time after 1970.
pub(super) fn big_integer(value: &[u8]) -> Option<i64> {
    let first = *value.first()?;
    if value.len() > 8 {
        return text(value)?.parse().ok();
    }
    let fill = if first >= 0x80 { 0xff } else { 0 };
    let mut bytes = [fill; 8];
    bytes[8 - value.len()..].copy_from_slice(value);
    Some(i64::from_be_bytes(bytes))
}

/// The inverse of [`big_integer`].
pub(super) fn big_integer_bytes(number: i64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let fill = if number < 0 { 0xff } else { 0 };
    // A byte that only repeats the sign is left out, as long as the next one has the sign as well.
    let is_needless = |pair: &&[u8]| matches!(pair, [first, next] if *first == fill && (*next ^ fill) < 0x80);
    let needless = bytes.windows(2).take_while(is_needless).count();
    bytes[needless..].to_vec()
}

/// Text that is not empty.
pub(super) fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn big_integers_come_back(number: i64) {
            let bytes = big_integer_bytes(number);
            prop_assert_eq!(big_integer(&bytes), Some(number));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = (integer(&bytes), long(&bytes), big_integer(&bytes), text(&bytes));
        }
    }

    #[test]
    fn big_integers_have_the_bytes_of_java() {
        // The values of `BigInteger.valueOf(n).toByteArray()`.
        for (number, bytes) in [
            (0, &[0][..]),
            (127, &[0x7f]),
            (128, &[0, 0x80]),
            (255, &[0, 0xff]),
            (256, &[1, 0]),
            (-1, &[0xff]),
            (-128, &[0x80]),
            (-129, &[0xff, 0x7f]),
            (1_700_000_000_000, &[0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00]),
            (i64::MAX, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            (i64::MIN, &[0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(big_integer_bytes(number), bytes, "{number}");
        }
    }

    #[test]
    fn numbers_are_bytes_or_text() {
        assert_eq!(integer(&[0, 0, 0, 3]), Some(3));
        assert_eq!(integer(&[3]), Some(3));
        assert_eq!(integer(b"3"), Some(3));
        assert_eq!(integer(b" 12 "), Some(i32::from_be_bytes(*b" 12 ")));
        assert_eq!(integer(b"12"), Some(12));
        assert_eq!(integer(b""), None);
        assert_eq!(long(&[0, 0, 0, 0, 0, 0, 1, 0]), Some(256));
        assert_eq!(long(b"256"), Some(256));
        assert_eq!(big_integer(b"1700000000000"), Some(1_700_000_000_000));
        assert_eq!(big_integer(b""), None);
        assert_eq!(text(b" \xff"), None);
    }
}
