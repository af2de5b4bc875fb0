//! The GUID by which registries know a schema: the same in every registry, whatever its id there.

use std::fmt;
use std::str::FromStr;

use md5::{Digest, Md5};

/// The GUID of a schema: the MD5 of its text and references, written as a UUID.
///
/// Ids are numbers that each registry gives out as it likes; the GUID follows from the content alone, so that it tells
/// whether two registries, or a registry and a file, mean the same schema.
///
/// ```
/// use avro_model::Guid;
///
/// let guid: Guid = "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1".parse()?;
/// assert_eq!(guid.to_string(), "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1");
/// # Ok::<(), avro_model::GuidError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid([u8; 16]);

impl Guid {
    /// The GUID of a schema, as Confluent's registry computes it: `text` as the registry keeps it (what
    /// [`Schema::to_json`](crate::Schema::to_json) gives), then name, subject and version of each reference, in their
    /// order.
    ///
    /// ```
    /// use avro_model::{Guid, Schema};
    ///
    /// let text = Schema::parse(r#"{"type": "string"}"#)?.to_json();
    /// let alone = Guid::of(&text, []);
    /// assert_ne!(alone, Guid::of(&text, [("a.City", "city", 1)]));
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    pub fn of<'a>(text: &str, references: impl IntoIterator<Item = (&'a str, &'a str, u32)>) -> Guid {
        Guid::with_more(text, references, [])
    }

    /// [`of`](Guid::of) with whatever else a registry takes for content: the bytes of `more` follow, one after the
    /// other.
    pub fn with_more<'a, 'b>(
        text: &str,
        references: impl IntoIterator<Item = (&'a str, &'a str, u32)>,
        more: impl IntoIterator<Item = &'b [u8]>,
    ) -> Guid {
        let mut hash = Md5::new();
        hash.update(text.as_bytes());
        for (name, subject, version) in references {
            hash.update(name.as_bytes());
            hash.update(subject.as_bytes());
            hash.update(version.to_be_bytes());
        }
        for bytes in more {
            hash.update(bytes);
        }
        Guid(hash.finalize().into())
    }

    /// A GUID of its sixteen bytes, as they are in a record's header.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Guid {
        Guid(bytes)
    }

    /// The sixteen bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// In lower case, with hyphens: `6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1`.
impl fmt::Display for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                formatter.write_str("-")?;
            }
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for Guid {
    type Err = GuidError;

    /// Reads the form that [`Display`](fmt::Display) writes, in either case.
    fn from_str(text: &str) -> Result<Guid, GuidError> {
        let invalid = || GuidError { text: text.to_owned() };
        if text.len() != 36 {
            return Err(invalid());
        }
        let mut bytes = [0; 16];
        let mut digits = 0;
        for (index, character) in text.chars().enumerate() {
            if matches!(index, 8 | 13 | 18 | 23) {
                if character != '-' {
                    return Err(invalid());
                }
                continue;
            }
            let digit = character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or_else(invalid)?;
            let byte = bytes.get_mut(digits / 2).ok_or_else(invalid)?;
            *byte = *byte << 4 | digit;
            digits += 1;
        }
        Ok(Guid(bytes))
    }
}

/// The text is not a GUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a GUID: write 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12, with hyphens between them"
)]
pub struct GuidError {
    text: String,
}

#[cfg(test)]
mod tests {
    use super::Guid;

    #[test]
    fn a_guid_is_the_md5_of_text_and_references() {
        let check = |text: &str, references: &[(&'static str, &'static str, u32)], expected: &str| {
            let guid = Guid::of(text, references.iter().copied());
            assert_eq!(guid.to_string(), expected, "{text}");
            assert_eq!(expected.parse(), Ok(guid));
            assert_eq!(expected.to_uppercase().parse(), Ok(guid));
            assert_eq!(Guid::from_bytes(*guid.as_bytes()), guid);
        };
        // RFC 1321, A.5; the other two are `printf '"string"' | md5sum`, and the same with the reference behind it.
        check("", &[], "d41d8cd9-8f00-b204-e980-0998ecf8427e");
        check("\"string\"", &[], "095d71cf-1255-6b9d-5e33-0ad575b3df5d");
        check("\"C\"", &[("C", "city", 258)], "90fd59f7-cffa-a291-847e-14cafdcacdec");
    }

    #[test]
    fn what_is_no_guid_is_refused() {
        for text in [
            "",
            "6cc6f9cc8ddd59d0d87b3b30b39f14e1",
            "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e",
            "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1a",
            "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14eg",
            "6cc6f9cc+8ddd-59d0-d87b-3b30b39f14e1",
            "{6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e}",
            "-6cc6f9c-8ddd-59d0-d87b-3b30b39f14e1",
            "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14é",
        ] {
            let error = text.parse::<Guid>().expect_err(text).to_string();
            assert!(error.starts_with(&format!("`{text}` is not a GUID")), "{error}");
        }
    }
}
