//! Payloads as text, and back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Two hexadecimal digits for each byte, one payload per line.
    Hex,
    /// Base64, one payload per line.
    Base64,
    /// The bytes themselves, of one payload.
    Raw,
}

impl Form {
    /// The payload in this form; raw bytes are not text, and become hexadecimal digits.
    pub(crate) fn text_of(self, payload: &[u8]) -> String {
        match self {
            Form::Base64 => STANDARD.encode(payload),
            Form::Hex | Form::Raw => payload.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// The bytes of a text, or why it is invalid.
    pub(crate) fn bytes_of(self, text: &str) -> Result<Vec<u8>, String> {
        match self {
            Form::Base64 => STANDARD.decode(text.trim()).map_err(|error| format!("it is not Base64: {error}")),
            Form::Hex | Form::Raw => hexadecimal(text),
        }
    }
}

/// Tools print spaces or colons between bytes, and `0x` in front.
fn hexadecimal(text: &str) -> Result<Vec<u8>, String> {
    let text = text.trim();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut digits = Vec::new();
    for character in text.chars().filter(|character| !character.is_whitespace() && *character != ':') {
        let digit = character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        digits.push(digit.ok_or_else(|| format!("it is not hexadecimal: {character:?} is not a digit"))?);
    }
    if digits.len() % 2 != 0 {
        return Err(format!("it is not hexadecimal: {} digits are not a whole number of bytes", digits.len()));
    }
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_as_tools_print_them() {
        let check = |text: &str, expected: Result<&[u8], &str>| {
            assert_eq!(Form::Hex.bytes_of(text), expected.map(<[u8]>::to_vec).map_err(str::to_owned), "{text}");
        };
        check("", Ok(&[]));
        check("00ff1A", Ok(&[0, 255, 26]));
        check(" 0x00 ff\n", Ok(&[0, 255]));
        check("00:ff", Ok(&[0, 255]));
        check("0", Err("it is not hexadecimal: 1 digits are not a whole number of bytes"));
        check("0g", Err("it is not hexadecimal: 'g' is not a digit"));
        assert_eq!(Form::Hex.text_of(&[0, 255, 26]), "00ff1a");
    }
}
