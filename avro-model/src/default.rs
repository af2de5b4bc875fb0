//! Defaults: whether a JSON value is a value of a type, and its Avro binary encoding.
//!
//! The specification, "Complex Types", "Records", has the table of which JSON stands for which type. For unions this
//! crate takes what the specification allows since 1.12 and what Java takes: the value may be of any branch, and
//! belongs to the first one that takes it.

mod error;
mod visit;

use crate::json::Json;
use crate::schema::{Definition, DefinitionId, Type};
pub(crate) use error::Segment;
pub use error::{DefaultError, DefaultErrorKind};
pub(crate) use visit::{PathStep, Sink, Visit};

/// The most bytes that a default may take. Records inside records whose fields take their own defaults can grow without
/// bounds in a few lines of schema; no honest default comes near.
const MOST_BYTES: usize = 1 << 20;

/// The most fields that may take their own defaults inside one default: not all of them need take any bytes.
const MOST_EXPANSIONS: usize = 1 << 14;

/// The Avro binary encoding of `json` as the default of a field of type `ty`.
///
/// A field that an inner record does not give takes its own default, and a union takes the first branch that fits.
/// A float or double may also be the string `"NaN"`, `"Infinity"`, `"-Infinity"` or a number in quotes, as in Java.
///
/// # Errors
///
/// When `json` is not a value of `ty` (which cannot be for the default of a field of a [`Schema`](crate::Schema)), or
/// when the encoding takes more than one MiB, or far too many inner defaults, or is nested too deeply.
///
/// ```
/// use avro_model::{DefinitionKind, Schema, encode_default};
///
/// let text = r#"{"type": "record", "name": "R", "fields": [{"name": "tag", "type": "bytes", "default": "\u00ff"}]}"#;
/// let schema = Schema::parse(text)?;
/// let DefinitionKind::Record(record) = &schema.definitions()[0].kind else { unreachable!() };
/// let field = &record.fields[0];
/// let bytes = encode_default(&field.ty, schema.definitions(), field.default.as_ref().unwrap())?;
/// assert_eq!(bytes, [2, 0xff]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode_default(ty: &Type, definitions: &[Definition], json: &Json) -> Result<Vec<u8>, DefaultError> {
    let mut encoding = Encoding { bytes: Vec::new(), expansions: 0 };
    Visit::new(definitions, &[]).field_default(ty, json, &mut encoding)?;
    Ok(encoding.bytes)
}

/// Takes the bytes, and expands inner defaults in place.
struct Encoding {
    bytes: Vec<u8>,
    expansions: usize,
}

impl Sink<'_> for Encoding {
    fn write(&mut self, bytes: &[u8]) -> Result<(), DefaultErrorKind> {
        if self.bytes.len() + bytes.len() > MOST_BYTES {
            return Err(DefaultErrorKind::TooLarge { most: MOST_BYTES });
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn expands(&mut self, _: DefinitionId, _: usize) -> Result<bool, DefaultErrorKind> {
        self.expansions += 1;
        match self.expansions > MOST_EXPANSIONS {
            true => Err(DefaultErrorKind::TooLarge { most: MOST_BYTES }),
            false => Ok(true),
        }
    }
}
