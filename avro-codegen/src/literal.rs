//! Literals of exact text and bytes.

/// Longer ASCII texts are not searched for every special character.
const MOST_LOOKED_AT: usize = 256;

/// A string literal: raw where that can be read and is exact, else escaped.
pub(crate) fn text(text: &str) -> String {
    if is_readable(text) { raw(text) } else { format!("{text:?}") }
}

/// In a raw string a carriage return is an error; rustc denies characters that change the direction of writing, and
/// clippy those that nobody sees.
fn is_readable(text: &str) -> bool {
    let is_unwanted = |character: char| {
        character.is_control() && character != '\n' && character != '\t'
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{ad}' | '\u{200b}' | '\u{2060}')
    };
    // Looking at characters one by one takes long in the unoptimised build that build scripts get, and schemas have few
    // special ones.
    let is_quickly_seen = text.len() > MOST_LOOKED_AT && text.is_ascii();
    let is_harmless = match is_quickly_seen {
        true => !text.contains('\r') && !text.contains('\0'),
        false => !text.contains(is_unwanted),
    };
    is_harmless && (text.contains('"') || text.contains('\\') || text.contains('\n'))
}

fn raw(text: &str) -> String {
    let mut hashes = String::from("#");
    while text.contains('#') && text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// A byte string literal.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii())
}

/// A byte string literal in which every byte is written as hexadecimal, as befits hashes.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut literal = String::with_capacity(4 * bytes.len() + 3);
    literal.push_str("b\"");
    for byte in bytes {
        literal.push_str("\\x");
        literal.extend([byte >> 4, byte & 0xf].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    literal.push('"');
    literal
}

/// A number as Rust prints it, with separators where clippy wants them: between groups of three digits.
pub(crate) fn number(digits: impl ToString) -> String {
    let printed = digits.to_string();
    let (mantissa, exponent) = printed.find('e').map_or((printed.as_str(), ""), |at| printed.split_at(at));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut literal = sign.to_owned();
    push_groups(&mut literal, whole, 3, whole.len() % 3);
    if let Some(fraction) = fraction {
        literal.push('.');
        push_groups(&mut literal, fraction, 3, 0);
    }
    literal.push_str(exponent);
    literal
}

/// A hexadecimal number of this many digits, in groups of four.
pub(crate) fn hexadecimal_number(value: u128, digits: usize) -> String {
    let mut literal = "0x".to_owned();
    push_groups(&mut literal, &format!("{value:0digits$x}"), 4, 0);
    literal
}

/// Few digits stay together.
const MOST_UNGROUPED: usize = 5;

/// `digits` in groups of `size`, of which the first has `first` where that is not 0.
fn push_groups(literal: &mut String, digits: &str, size: usize, first: usize) {
    if digits.len() <= MOST_UNGROUPED {
        return literal.push_str(digits);
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % size == first {
            literal.push('_');
        }
        literal.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_have_separators() {
        for (printed, literal) in [
            ("0", "0"),
            ("12345", "12345"),
            ("123456", "123_456"),
            ("-1234567", "-1_234_567"),
            ("-9223372036854775808", "-9_223_372_036_854_775_808"),
            ("0.00001", "0.00001"),
            ("3.1415927", "3.141_592_7"),
            ("123456.789", "123_456.789"),
            ("1e-300", "1e-300"),
            ("1.7976931348623157e308", "1.797_693_134_862_315_7e308"),
        ] {
            assert_eq!(number(printed), literal);
        }
        assert_eq!(hexadecimal_number(0x12_3456, 16), "0x0000_0000_0012_3456");
    }

    #[test]
    fn literals_are_read_back_as_the_same_text() {
        let cases = [
            "",
            "plain",
            "{\"type\": \"string\"}",
            "a \"# b \"## c",
            "line\nline\ttab",
            "carriage\rreturn \"",
            "back\\slash",
            "nul \" \0 escape \u{1b}",
            "nul\0 bell\u{7} del\u{7f}",
            "soft\u{ad}hyphen \u{200b}\u{2060} \"",
            "right\u{202e}left \"\u{2066}",
            "\u{feff}é 😀 \"",
        ];
        for case in cases {
            let literal: syn::LitStr = syn::parse_str(&text(case)).unwrap();
            assert_eq!(literal.value(), case);
            assert!(!text(case).contains(['\u{202e}', '\u{200b}', '\u{1b}', '\r', '\0']), "for {case:?}");
        }
    }

    #[test]
    fn bytes_are_read_back_as_the_same_bytes() {
        let all: Vec<u8> = (0..=255).collect();
        for literal in [bytes(&all), hexadecimal(&all)] {
            assert_eq!(syn::parse_str::<syn::LitByteStr>(&literal).unwrap().value(), all);
        }
    }
}
