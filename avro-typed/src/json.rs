//! Avro's JSON encoding of any datum, by its schema alone. Feature `json`.
//!
//! This is for tools, logs and tests: it knows the schema only at run time, and is not part of how messages are sent
//! and received. A type that was generated has serde's traits, which are faster and give people's forms of logical
//! types.
//!
//! | Avro | JSON |
//! |---|---|
//! | `null`, `boolean` | `null`, `true` |
//! | `int`, `long` | a whole number, exact in all 64 bits |
//! | `float`, `double` | a number; `"NaN"`, `"Infinity"` and `"-Infinity"` as Java writes them |
//! | `bytes`, `fixed` | a string with one character for each byte, from U+0000 to U+00FF |
//! | `string`, `enum` | a string |
//! | `array`, `map`, `record` | an array, an object, an object |
//! | union | `null` for the branch null, and an object of one member for all others: `{"string": "x"}`, `{"com.acme.Address": {…}}` |
//!
//! Logical types are their underlying values, as the specification has it: a `date` is a number of days.
//!
//! # Bounds
//!
//! Neither direction trusts its input. [`to_json`] compares every length and count with the bytes that remain, counts
//! items of no bytes, counts the memory that values take, and stops at [`Limits`]; [`from_json`] stops at the [largest
//! datum](crate::Encoder::DEFAULT_MAX_SIZE) that an encoder makes. Both refuse values that are nested deeper than 512
//! levels.

mod error;
mod output;
mod read;
mod write;

use avro_model::Schema;
use serde_json::Value;

use crate::decode_error::DecodeError;
use crate::limits::Limits;

pub use error::{FromJsonError, FromJsonErrorKind};

/// How deeply arrays, maps, unions and records may be nested in each other: all walks are recursive, and must fit a
/// thread's stack whatever the schema is.
const MOST_LEVELS: u32 = 512;

/// The JSON of a datum that was written with `schema`.
///
/// Members of objects are in the order that `serde_json` gives them, which is alphabetical unless its feature
/// `preserve_order` is on; [`to_json_text`] keeps that of the schema. Of several entries of a map with one key the last
/// one counts.
///
/// # Errors
///
/// When `datum` is not a datum of `schema`, or passes the default [`Limits`].
///
/// ```
/// use avro_typed::json;
/// use avro_typed::model::Schema;
///
/// let schema = Schema::parse(r#"{"type": "record", "name": "Alert", "fields": [
///     {"name": "sensor", "type": "long"}, {"name": "note", "type": ["null", "string"], "default": null}]}"#)?;
/// let alert = serde_json::json!({"sensor": 17, "note": {"string": "too hot"}});
///
/// let datum = json::from_json(&schema, &alert)?;
/// assert_eq!(datum, b"\x22\x02\x0etoo hot");
/// assert_eq!(json::to_json(&schema, &datum)?, alert);
///
/// let error = json::to_json(&schema, b"\x22\x02\x0etoo").unwrap_err();
/// assert_eq!(error.to_string(), "Alert.note: string length 7 but 3 bytes remain (at byte 3)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn to_json(schema: &Schema, datum: &[u8]) -> Result<Value, DecodeError> {
    to_json_with(schema, datum, Limits::default())
}

/// [`to_json`], with other limits.
///
/// # Errors
///
/// When `datum` is not a datum of `schema`, or passes the limits.
pub fn to_json_with(schema: &Schema, datum: &[u8], limits: Limits) -> Result<Value, DecodeError> {
    let mut tree = output::Tree::default();
    read::read(schema, datum, limits, &mut tree)?;
    Ok(tree.finish())
}

/// The JSON of a datum as one line of text: the fields in the order of the schema, the entries of a map in that of the
/// datum.
///
/// # Errors
///
/// As [`to_json`].
///
/// ```
/// use avro_typed::json;
/// use avro_typed::model::Schema;
///
/// let schema = Schema::parse(r#"{"type": "record", "name": "P", "fields": [
///     {"name": "y", "type": "float"}, {"name": "x", "type": "bytes"}]}"#)?;
/// assert_eq!(json::to_json_text(&schema, b"\xcd\xcc\xcc\x3d\x02\xff")?, r#"{"y":0.1,"x":"ÿ"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn to_json_text(schema: &Schema, datum: &[u8]) -> Result<String, DecodeError> {
    to_json_text_with(schema, datum, Limits::default())
}

/// [`to_json_text`], with other limits.
///
/// # Errors
///
/// When `datum` is not a datum of `schema`, or passes the limits.
pub fn to_json_text_with(schema: &Schema, datum: &[u8], limits: Limits) -> Result<String, DecodeError> {
    let mut text = output::Text::default();
    read::read(schema, datum, limits, &mut text)?;
    Ok(text.finish())
}

/// The datum of `schema` for `json`.
///
/// A field that is not there takes its default, where the schema has one: that is more than the specification asks for,
/// and what a person who types a message is glad of. A field that the schema does not know is an error, since it is
/// most likely a misspelt one. Arrays and maps are written in one block.
///
/// # Errors
///
/// When `json` is not a value of `schema`, with the path to where it differs; when records are nested deeper than
/// decoders accept; and when the datum is larger than 256 MiB.
///
/// ```
/// use avro_typed::json;
/// use avro_typed::model::Schema;
///
/// let schema = Schema::parse(r#"{"type": "record", "name": "Alert", "fields": [
///     {"name": "sensor", "type": "long"}, {"name": "note", "type": ["null", "string"], "default": null}]}"#)?;
/// assert_eq!(json::from_json(&schema, &serde_json::json!({"sensor": 17}))?, b"\x22\x00");
///
/// let wrong = json::from_json(&schema, &serde_json::json!({"sensor": 17, "note": "too hot"})).unwrap_err();
/// assert_eq!(
///     wrong.to_string(),
///     "Alert.note: expected null or a branch of the union by its name, such as {\"string\": …}, found the string \"too hot\""
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_json(schema: &Schema, json: &Value) -> Result<Vec<u8>, FromJsonError> {
    write::write(schema, json)
}
