//! `\u` escapes, which JSON and the IDL share.

use crate::code::Code;
use crate::collect::Collector;
use crate::source::{SourceId, Span};

/// What a `\u` escape stands for.
pub(crate) enum Unicode {
    Character(char),
    /// Half of a surrogate pair without the other half.
    Lone(u32),
    /// Fewer than four hexadecimal digits.
    TooShort,
}

pub(crate) fn report_lone_surrogate(half: u32, code: Code, place: (SourceId, Span), collector: &mut Collector) {
    let message = format!("U+{half:04X} is half of a surrogate pair, and not a character by itself");
    collector
        .error(code, place, message, "a lone surrogate")
        .help("characters above U+FFFF are escaped as a high surrogate followed by a low one");
}

/// Reads the escape, or the pair of escapes, at the start of `text`, which is a backslash and a `u`; also gives its
/// length.
pub(crate) fn unicode_escape(text: &str) -> (Unicode, usize) {
    const LENGTH: usize = 6;
    let Some(first) = four_digits(text) else {
        return (Unicode::TooShort, 2);
    };
    if let Some(character) = char::from_u32(first) {
        return (Unicode::Character(character), LENGTH);
    }
    let rest = text.get(LENGTH..).filter(|rest| first < 0xDC00 && rest.starts_with("\\u"));
    let second = rest.and_then(four_digits).filter(|second| (0xDC00..0xE000).contains(second));
    let pair = second.map(|second| 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    match pair.and_then(char::from_u32) {
        Some(character) => (Unicode::Character(character), 2 * LENGTH),
        None => (Unicode::Lone(first), LENGTH),
    }
}

/// The digits after a backslash and a `u`.
fn four_digits(text: &str) -> Option<u32> {
    let digits = text.get(2..6)?;
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}
