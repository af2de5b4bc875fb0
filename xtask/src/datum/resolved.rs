//! A writer's schema beside a reader's, where logical types keep them apart.
//!
//! Java reads microseconds as milliseconds without a word, and so does test data made by it. Here that is refused on
//! purpose, so such data is checked through the underlying types, where nothing is in the way.

use avro_model::resolution::{Plan, RecordNames};
use avro_model::{Leniency, Schema, SchemaError};
use serde_json::Value;

use super::normal_form::normal_form;
use super::round_trip::Expected;

/// The writer's schema, with and without its logical types.
pub(crate) struct Writer {
    schema: Schema,
    plain: Schema,
    without_logical_types: String,
}

impl Writer {
    /// # Errors
    ///
    /// When the text is not a schema.
    pub(crate) fn of_text(text: &str) -> Result<Writer, SchemaError> {
        Writer::of(Schema::parse_leniently(text, Leniency::ALL)?)
    }

    /// # Errors
    ///
    /// As [`of_text`](Writer::of_text); a schema that was read before is one.
    pub(crate) fn of(schema: Schema) -> Result<Writer, SchemaError> {
        let printed = schema.to_json();
        let without_logical_types = match serde_json::from_str(&printed) {
            Ok(tree) => without_logical_types(tree).to_string(),
            Err(_) => printed,
        };
        let plain = Schema::parse_leniently(&without_logical_types, Leniency::ALL)?;
        Ok(Writer { schema, plain, without_logical_types })
    }

    /// The text that goes with a reader that has its logical types, or has not.
    pub(crate) fn text(&self, has_logical_types: bool) -> String {
        if has_logical_types { self.schema.to_json() } else { self.without_logical_types.clone() }
    }

    /// Whether logical types are in the way of some of its data.
    pub(crate) fn has_other_logical_types(&self, reader: &Schema) -> bool {
        let plan = |writer| Plan::with_record_names(writer, reader, RecordNames::Ignore);
        let plain = plan(&self.plain);
        plain.is_ok() && plain != plan(&self.schema)
    }
}

/// Whether this datum is not of the reader's logical types.
pub(crate) fn is_no_logical_value(reader: &Schema, expected: &Expected<'_>) -> bool {
    let form = expected.datum.as_ref().and_then(|datum| normal_form(reader, datum).ok());
    form.is_some_and(|form| form.not_a_value_of.is_some())
}

fn without_logical_types(schema: Value) -> Value {
    match schema {
        Value::Array(branches) => branches.into_iter().map(without_logical_types).collect(),
        Value::Object(mut attributes) => {
            attributes.remove("logicalType");
            for inner in ["type", "items", "values"] {
                if let Some(schema) = attributes.get_mut(inner) {
                    *schema = without_logical_types(schema.take());
                }
            }
            for field in attributes.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(schema) = field.get_mut("type") {
                    *schema = without_logical_types(schema.take());
                }
            }
            Value::Object(attributes)
        }
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_found_at_any_depth() {
        let record = |ty: &str| {
            format!(
                r#"{{"type":"record","name":"R","fields":[{{"name":"logicalType","type":["null",{{"type":"array","items":{ty}}}]}}]}}"#
            )
        };
        let check = |writer: &str, reader: &str, expected: bool| {
            for (writer, reader) in [(writer.to_owned(), reader.to_owned()), (record(writer), record(reader))] {
                let writer = Writer::of_text(&writer).expect("the schema is valid");
                assert!(!writer.without_logical_types.contains(r#""logicalType":""#));
                let reader = Schema::parse(&reader).expect("the schema is valid");
                assert_eq!(writer.has_other_logical_types(&reader), expected, "{}", writer.without_logical_types);
            }
        };
        let time = |unit: &str| format!(r#"{{"type":"long","logicalType":"timestamp-{unit}"}}"#);
        check(&time("millis"), &time("micros"), true);
        check(&time("millis"), &time("millis"), false);
        check(&time("millis"), "\"long\"", false);
        check("\"int\"", &time("millis"), false);
        check("\"string\"", &time("millis"), false);
    }
}
