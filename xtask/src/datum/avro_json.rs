//! Compares the value of a generated type with the JSON encoding that the specification defines for its datum.
//!
//! The value comes through the type's `Serialize`, as a format sees it that is not for people: logical types are
//! numbers and bytes.

use std::fmt;

use avro_model::{DefinitionKind, Field, Kind, Schema, Type};
use ciborium::Value;
use serde_json::Value as Json;

/// Where the two differ, and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    path: String,
    expected: String,
    found: String,
}

impl Difference {
    fn below(mut self, step: fmt::Arguments<'_>) -> Difference {
        self.path.insert_str(0, &step.to_string());
        self
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { path, expected, found } = self;
        let place = if path.is_empty() { "the datum" } else { path.trim_start_matches('.') };
        write!(formatter, "{place}: expected {expected}, found {found}")
    }
}

/// Compares `found` with `expected`, a datum of `schema` in Avro's JSON encoding.
pub(crate) fn compare(schema: &Schema, found: &Value, expected: &Json) -> Result<(), Difference> {
    let comparison = Comparison { schema };
    match (&schema.root().kind, nulls(expected)) {
        // So many nulls are not written out in test data.
        (Kind::Array(items), Some(count)) if items.kind == Kind::Null => match found {
            Value::Array(values) if values.len() == count && values.iter().all(Value::is_null) => Ok(()),
            _ => comparison.differs(found, expected),
        },
        _ => comparison.value(schema.root(), found, expected),
    }
}

/// The number in `"(100000 nulls)"`.
fn nulls(expected: &Json) -> Option<usize> {
    expected.as_str()?.strip_prefix('(')?.strip_suffix(" nulls)")?.parse().ok()
}

/// The name of the variant of a union of one branch.
const SOLE: &str = "value";

struct Comparison<'c> {
    schema: &'c Schema,
}

impl Comparison<'_> {
    fn value(&self, ty: &Type, found: &Value, expected: &Json) -> Result<(), Difference> {
        let is_equal = match (&ty.kind, found, expected) {
            (Kind::Null, Value::Null, Json::Null) => true,
            (Kind::Boolean, Value::Bool(found), Json::Bool(expected)) => found == expected,
            (Kind::Int | Kind::Long, Value::Integer(found), Json::Number(expected)) => {
                expected.as_i64() == i64::try_from(*found).ok()
            }
            (Kind::Float, Value::Float(found), _) => {
                float(expected).is_some_and(|expected| is_same_float(*found, expected))
            }
            (Kind::Double, Value::Float(found), _) => float(expected)
                .is_some_and(|expected| expected.to_bits() == found.to_bits() || (expected.is_nan() && found.is_nan())),
            (Kind::Bytes, Value::Bytes(found), Json::String(expected)) => is_same_bytes(found, expected),
            (Kind::String, Value::Text(found), Json::String(expected)) => found == expected,
            (Kind::Array(items), Value::Array(found), Json::Array(expected)) if found.len() == expected.len() => {
                for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                    let compared = self.value(items, found, expected);
                    compared.map_err(|difference| difference.below(format_args!("[{index}]")))?;
                }
                true
            }
            (Kind::Map(values), Value::Map(found), Json::Object(expected)) if found.len() == expected.len() => {
                for (key, found) in found {
                    let Some((key, expected)) = key.as_text().and_then(|key| expected.get_key_value(key)) else {
                        return self.differs(key, &expected.keys().cloned().collect());
                    };
                    let compared = self.value(values, found, expected);
                    compared.map_err(|difference| difference.below(format_args!("[{key:?}]")))?;
                }
                true
            }
            (Kind::Union(branches), ..) => return self.union(branches, found, expected),
            (Kind::Named(id), ..) => match (&self.schema.definition(*id).kind, found, expected) {
                (DefinitionKind::Record(record), Value::Map(found), Json::Object(expected)) => {
                    return self.record(&record.fields, found, expected);
                }
                (DefinitionKind::Enum(_), Value::Text(found), Json::String(expected)) => found == expected,
                (DefinitionKind::Fixed { .. }, Value::Bytes(found), Json::String(expected)) => {
                    is_same_bytes(found, expected)
                }
                _ => false,
            },
            _ => false,
        };
        if is_equal { Ok(()) } else { self.differs(found, expected) }
    }

    fn record(
        &self,
        fields: &[Field],
        found: &[(Value, Value)],
        expected: &serde_json::Map<String, Json>,
    ) -> Result<(), Difference> {
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_text().unwrap_or("?")).collect();
        if !names.iter().eq(fields.iter().map(|field| &field.name)) {
            let expected: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            return Err(Difference {
                path: String::new(),
                expected: format!("the fields {}", expected.join(", ")),
                found: names.join(", "),
            });
        }
        for (field, (_, found)) in fields.iter().zip(found) {
            let compared = match expected.get(&field.name) {
                Some(expected) => self.value(&field.ty, found, expected),
                None => self.differs(found, &Json::from("nothing")),
            };
            compared.map_err(|difference| difference.below(format_args!(".{}", field.name)))?;
        }
        Ok(())
    }

    /// Null and one other branch become `None` and the other's value. All other unions are enums with the branches'
    /// names as variants, where null has no value; but the only variant of the type for unions of one branch is
    /// [`SOLE`], whichever branch it is.
    fn union(&self, branches: &[Type], found: &Value, expected: &Json) -> Result<(), Difference> {
        let has_null = branches.iter().any(|branch| branch.kind == Kind::Null);
        let Json::Object(wrapper) = expected else {
            let is_null = match branches.len() {
                1 => variant(found, SOLE).is_some_and(Value::is_null),
                2 => found.is_null(),
                _ => found.as_text() == Some("null"),
            };
            return if has_null && expected.is_null() && is_null { Ok(()) } else { self.differs(found, expected) };
        };
        let chosen = wrapper.iter().next().and_then(|(name, expected)| {
            let branch = branches.iter().find(|branch| self.branch_name(branch) == name)?;
            Some((name, branch, expected))
        });
        let Some((name, branch, expected_value)) = chosen.filter(|_| wrapper.len() == 1) else {
            return self.differs(found, expected);
        };
        let variant_name = match branches.len() {
            1 if !has_null => SOLE,
            2 if has_null => return self.branch(name, branch, found, expected_value),
            _ => name.as_str(),
        };
        match variant(found, variant_name) {
            Some(value) => self.branch(name, branch, value, expected_value),
            None => self.differs(found, expected),
        }
    }

    fn branch(&self, name: &str, branch: &Type, found: &Value, expected: &Json) -> Result<(), Difference> {
        self.value(branch, found, expected).map_err(|difference| difference.below(format_args!("<{name}>")))
    }

    fn branch_name(&self, branch: &Type) -> &str {
        match &branch.kind {
            Kind::Named(id) => self.schema.definition(*id).name.as_str(),
            kind => {
                debug_assert!(kind.name().is_some(), "a named type has the name of its definition");
                kind.name().unwrap_or("")
            }
        }
    }

    fn differs(&self, found: &Value, expected: &Json) -> Result<(), Difference> {
        Err(Difference {
            path: String::new(),
            expected: shortened(&expected.to_string()),
            found: shortened(&format!("{found:?}")),
        })
    }
}

/// The value of a variant of this name.
fn variant<'v>(found: &'v Value, name: &str) -> Option<&'v Value> {
    match found.as_map().map(Vec::as_slice) {
        Some([(Value::Text(found), value)]) if found == name => Some(value),
        _ => None,
    }
}

/// A number; those that JSON has none for are strings, as Java writes them.
fn float(expected: &Json) -> Option<f64> {
    match expected {
        Json::Number(number) => number.as_f64(),
        Json::String(name) => match name.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" | "INF" => Some(f64::INFINITY),
            "-Infinity" | "-INF" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// Whether `found`, which is a float's value exactly, is the float that is nearest to `expected`.
#[allow(
    clippy::cast_possible_truncation,
    reason = "JSON has the shortest decimals that give the float when they are rounded"
)]
fn is_same_float(found: f64, expected: f64) -> bool {
    (found.is_nan() && expected.is_nan()) || f64::from(expected as f32).to_bits() == found.to_bits()
}

/// Avro's JSON has one character for each byte, in ISO 8859-1.
fn is_same_bytes(found: &[u8], expected: &str) -> bool {
    expected.chars().map(u8::try_from).eq(found.iter().map(|byte| Ok(*byte)))
}

fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(schema: &str, found: Value, expected: Json, difference: Option<&str>) {
        let schema = Schema::parse(schema).expect("the schema is valid");
        let compared = compare(&schema, &found, &expected).map_err(|difference| difference.to_string());
        assert_eq!(compared.err().as_deref(), difference, "{found:?} and {expected}");
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn primitives() {
        check("\"null\"", Value::Null, json!(null), None);
        check("\"boolean\"", Value::Bool(true), json!(true), None);
        check("\"long\"", Value::from(i64::MIN), json!(i64::MIN), None);
        check("\"long\"", Value::from(1), json!(2), Some("the datum: expected 2, found Integer(Integer(1))"));
        check("\"int\"", text("1"), json!(1), Some("the datum: expected 1, found Text(\"1\")"));
        check("\"bytes\"", Value::Bytes(vec![0, 0xff]), json!("\0\u{ff}"), None);
        check(
            "\"bytes\"",
            Value::Bytes(vec![0xff]),
            json!("\u{1ff}"),
            Some("the datum: expected \"ǿ\", found Bytes([255])"),
        );
        check("\"string\"", text("é"), json!("é"), None);
    }

    #[test]
    fn numbers_are_compared_by_their_bits() {
        check("\"float\"", Value::Float(f64::from(0.1_f32)), json!(0.1), None);
        check("\"float\"", Value::Float(0.1), json!(0.1), Some("the datum: expected 0.1, found Float(0.1)"));
        check("\"float\"", Value::Float(f64::NAN), json!("NaN"), None);
        check("\"double\"", Value::Float(1234.0), json!(1234), None);
        check("\"double\"", Value::Float(f64::NEG_INFINITY), json!("-Infinity"), None);
        check("\"double\"", Value::Float(0.0), json!(-0.0), Some("the datum: expected -0.0, found Float(0.0)"));
    }

    #[test]
    fn collections_and_records_name_the_place() {
        let list = r#"{"type":"array","items":"int"}"#;
        check(list, Value::Array(vec![1.into(), 2.into()]), json!([1, 2]), None);
        check(
            list,
            Value::Array(vec![1.into(), 2.into()]),
            json!([1, 3]),
            Some("[1]: expected 3, found Integer(Integer(2))"),
        );
        let map = r#"{"type":"map","values":"int"}"#;
        check(map, Value::Map(vec![(text("b"), 2.into()), (text("a"), 1.into())]), json!({"a": 1, "b": 2}), None);
        let record = r#"{"type":"record","name":"R","fields":[{"name":"l","type":{"type":"map","values":"int"}}]}"#;
        let found = Value::Map(vec![(text("l"), Value::Map(vec![(text("k"), 1.into())]))]);
        check(record, found.clone(), json!({"l": {"k": 1}}), None);
        check(record, found, json!({"l": {"k": 2}}), Some("l[\"k\"]: expected 2, found Integer(Integer(1))"));
        let misnamed = Value::Map(vec![(text("L"), Value::Map(vec![]))]);
        check(record, misnamed, json!({"l": {}}), Some("the datum: expected the fields l, found L"));
    }

    #[test]
    fn nulls_are_counted() {
        let nulls = r#"{"type":"array","items":"null"}"#;
        check(nulls, Value::Array(vec![Value::Null; 3]), json!("(3 nulls)"), None);
        check(
            nulls,
            Value::Array(vec![]),
            json!("(3 nulls)"),
            Some("the datum: expected \"(3 nulls)\", found Array([])"),
        );
    }

    #[test]
    fn unions() {
        let fixed = r#"{"type":"fixed","name":"n.F","size":1}"#;
        check(r#"["null","string"]"#, Value::Null, json!(null), None);
        check(r#"["null","string"]"#, text("a"), json!({"string": "a"}), None);
        let several = format!(r#"["int","null",{fixed}]"#);
        let variant = |name: &str, value| Value::Map(vec![(text(name), value)]);
        check(r#"["string"]"#, variant("value", text("a")), json!({"string": "a"}), None);
        check(r#"["null"]"#, variant("value", Value::Null), json!(null), None);
        check(&several, text("null"), json!(null), None);
        check(&several, variant("int", 1.into()), json!({"int": 1}), None);
        check(&several, variant("n.F", Value::Bytes(vec![65])), json!({"n.F": "A"}), None);
        check(
            &several,
            variant("int", 1.into()),
            json!({"n.F": "A"}),
            Some("the datum: expected {\"n.F\":\"A\"}, found Map([(Text(\"int\"), Integer(Integer(1)))])"),
        );
        check(
            &several,
            variant("int", 1.into()),
            json!({"int": 2}),
            Some("<int>: expected 2, found Integer(Integer(1))"),
        );
    }
}
