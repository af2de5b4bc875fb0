//! Makes foreign text, such as names in a registry, safe to print.
//!
//! Terminals obey control characters: an escape sequence clears the screen or answers for the user, a line break forges
//! a line of this program, and a change of direction shows letters in another order than they are in.

use std::borrow::Cow;
use std::fmt::Write;

/// Text that stays on its line: whatever a terminal would obey is shown as `\n` or `\u{1b}`.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    replace(text, is_unsafe, |safe, character| {
        // Escaping every such character, and no other.
        let _ = match character {
            '\n' => write!(safe, "\\n"),
            '\r' => write!(safe, "\\r"),
            other => write!(safe, "{}", other.escape_unicode()),
        };
    })
}

/// Text of several lines, all but the first of which are indented, so that none passes for a line of this program.
pub(crate) fn paragraph(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(one_line).collect();
    lines.join("\n    ")
}

/// JSON with the same meaning, in which everything that a terminal would obey is escaped.
///
/// Only strings have such characters, apart from the white space between values: JSON escapes those below U+0020
/// anyway.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let is_unsafe = |character| character != '\n' && is_unsafe(character);
    replace(text, is_unsafe, |safe, character| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    })
}

/// Control characters but the tabulator, and those that break lines or change the direction of text.
fn is_unsafe(character: char) -> bool {
    let turns =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    (character.is_control() && character != '\t') || turns || breaks
}

fn replace(text: &str, is_unsafe: impl Fn(char) -> bool, write_escaped: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match is_unsafe(character) {
            true => write_escaped(&mut safe, character),
            false => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        // (text, on one line, in JSON)
        for (text, line, as_json) in [
            ("orders-value", "orders-value", "orders-value"),
            ("Größe 日本 👩\u{200d}🚀", "Größe 日本 👩\u{200d}🚀", "Größe 日本 👩\u{200d}🚀"),
            ("a\tb", "a\tb", "a\tb"),
            ("a\nb\r", "a\\nb\\r", "a\nb\\u000d"),
            ("\u{1b}[2J", "\\u{1b}[2J", "\\u001b[2J"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}", "\\u009b31m\\u007f"),
            ("\u{202e}gpj.exe\u{2066}", "\\u{202e}gpj.exe\\u{2066}", "\\u202egpj.exe\\u2066"),
            ("a\u{2028}b", "a\\u{2028}b", "a\\u2028b"),
        ] {
            assert_eq!((&*one_line(text), &*json(text)), (line, as_json), "{text:?}");
        }
        assert_eq!(paragraph("one\nerror: two\u{1b}"), "one\n    error: two\\u{1b}");
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({ "\u{202e}": ["\u{9b}1m", "\n\r\u{1b}", "\u{2029}"] });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let safe = json(&text);
            assert!(!safe.contains(|character| character != '\n' && is_unsafe(character)), "{safe:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        }
    }
}
