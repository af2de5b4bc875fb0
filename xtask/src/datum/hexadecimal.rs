//! Bytes as text.

use std::fmt::Write as _;

/// Two lower-case digits for each byte.
pub(crate) fn of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes that `text` stands for; `None` when it is not a sequence of pairs of digits.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for sample in [&[][..], &[0], &[0x0f, 0xff, 0x80]] {
            assert_eq!(bytes(&of(sample)).as_deref(), Some(sample));
        }
        assert_eq!(bytes("fF"), Some(vec![0xff]));
        for wrong in ["0", "0g", "é", "+1"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
