//! The normalized form of a schema: what Confluent's registry keeps when it is asked to normalize.
//!
//! The registry writes the attributes in an order of its own, with full names, sorts aliases and properties, reads that
//! again and prints it as Java does. What can be seen of it in the end is what this module does: the order of
//! attributes and short names come back with Java's print, so that [`Schema::to_normalized_json`] and
//! [`Schema::to_json`] differ only in what follows. (One thing is not followed: the registry drops a default that is of
//! no other branch than a later one of a union, and that would change what readers do.)

use crate::json::Json;
use crate::logical::LogicalType;
use crate::print::number::java_double;
use crate::schema::{Definition, DefinitionKind, Kind, Properties, Schema, Type};

impl Schema {
    /// The schema in normal form: aliases and custom properties sorted, the attributes of a logical type before the
    /// other properties, the members of JSON objects sorted, the defaults of floats and doubles written as such,
    /// documentation of named types that is empty left out, errors as records.
    ///
    /// Data and compatibility do not depend on any of this.
    #[must_use]
    pub fn normalized(&self) -> Schema {
        let definitions = self.definitions().iter().map(|definition| self.normal_definition(definition)).collect();
        Schema::new(normal_type(self.root()), definitions)
    }

    /// The schema as Confluent's registry keeps it after `normalize=true`: [`to_json`](Schema::to_json) of the
    /// [`normalized`](Schema::normalized) schema. Texts that differ only in the order of what has no order give the
    /// same.
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let schema = Schema::parse(r#"{"type": "fixed", "name": "F", "size": 2, "unit": "mm", "aliases": ["H", "G"], "by": 1}"#)?;
    /// let normalized = r#"{"type":"fixed","name":"F","size":2,"by":1,"unit":"mm","aliases":["G","H"]}"#;
    /// assert_eq!(schema.to_normalized_json(), normalized);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn to_normalized_json(&self) -> String {
        self.normalized().to_json()
    }

    fn normal_definition(&self, definition: &Definition) -> Definition {
        let mut normal = definition.clone();
        normal.doc.take_if(|doc| doc.is_empty());
        normal.aliases.sort_by(|one, other| java_order(one.as_str(), other.as_str()));
        normal.aliases.dedup();
        normal.properties = normal_properties(&definition.properties, definition.logical);
        if let DefinitionKind::Record(record) = &mut normal.kind {
            record.is_error = false;
            for field in &mut record.fields {
                field.default = field.default.take().map(|default| self.normal_default(default, &field.ty));
                field.unusable_default =
                    field.unusable_default.take().map(|default| self.normal_default(default, &field.ty));
                field.ty = normal_type(&field.ty);
                field.aliases.sort_by(|one, other| java_order(one, other));
                field.aliases.dedup();
                field.properties = normal_properties(&field.properties, None);
            }
        }
        normal
    }

    /// Recursive, as deep as the value, which is not deeper than JSON may be.
    fn normal_default(&self, default: Json, ty: &Type) -> Json {
        match (default, &ty.kind) {
            // Java takes the first branch here.
            (default, Kind::Union(branches)) => match branches.first() {
                Some(first) => self.normal_default(default, first),
                None => default,
            },
            (Json::Number(text), Kind::Double) => {
                let double = text.parse::<f64>();
                debug_assert!(double.is_ok(), "`{text}` is a number of JSON, and so one of Rust");
                double.map_or(Json::Number(text), java_json)
            }
            (Json::Number(text), Kind::Float) => match text.parse::<f32>() {
                // A float is printed by its own digits: 1.1, not the 1.10000002384… that it is as a double.
                Ok(float) => {
                    let double = float.to_string().parse::<f64>();
                    debug_assert!(double.is_ok(), "what Rust prints of a number, it reads");
                    double.map_or(Json::Number(text), java_json)
                }
                Err(_) => {
                    debug_assert!(false, "`{text}` is a number of JSON, and so one of Rust");
                    Json::Number(text)
                }
            },
            (Json::Array(items), Kind::Array(ty)) => {
                Json::Array(items.into_iter().map(|item| self.normal_default(item, ty)).collect())
            }
            (Json::Object(members), Kind::Map(ty)) => {
                sorted(members.into_iter().map(|(key, value)| (key, self.normal_default(value, ty))).collect())
            }
            (Json::Object(members), Kind::Named(id)) => {
                let fields = match self.definitions().get(id.index()).map(|definition| &definition.kind) {
                    Some(DefinitionKind::Record(record)) => record.fields.as_slice(),
                    _ => &[],
                };
                let member = |(key, value)| match fields.iter().find(|field| field.name == key) {
                    Some(field) => (key, self.normal_default(value, &field.ty)),
                    None => (key, value),
                };
                sorted(members.into_iter().map(member).collect())
            }
            (other, _) => other,
        }
    }
}

/// Recursive, as deep as one text may nest types.
fn normal_type(ty: &Type) -> Type {
    let kind = match &ty.kind {
        Kind::Array(items) => Kind::Array(Box::new(normal_type(items))),
        Kind::Map(values) => Kind::Map(Box::new(normal_type(values))),
        Kind::Union(branches) => Kind::Union(branches.iter().map(normal_type).collect()),
        other => other.clone(),
    };
    Type { kind, logical: ty.logical, properties: normal_properties(&ty.properties, ty.logical) }
}

fn normal_properties(properties: &Properties, logical: Option<LogicalType>) -> Properties {
    let leading: &[&str] = match logical {
        // The library that the registry uses knows no duration; it is any property to it.
        None | Some(LogicalType::Duration) => &[],
        Some(LogicalType::Decimal { scale: 0, .. }) => &["logicalType", "precision"],
        Some(LogicalType::Decimal { .. }) => &["logicalType", "precision", "scale"],
        Some(_) => &["logicalType"],
    };
    let place = |key: &str| leading.iter().position(|name| *name == key).unwrap_or(leading.len());
    let mut normal: Properties = properties.iter().map(|(key, value)| (key.clone(), normal_json(value))).collect();
    normal.sort_by(|(one, _), (other, _)| place(one).cmp(&place(other)).then_with(|| java_order(one, other)));
    normal
}

/// Recursive, as deep as JSON may be nested.
fn normal_json(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(normal_json).collect()),
        Json::Object(members) => sorted(members.iter().map(|(key, value)| (key.clone(), normal_json(value))).collect()),
        other => other.clone(),
    }
}

fn sorted(mut members: Vec<(String, Json)>) -> Json {
    members.sort_by(|(one, _), (other, _)| java_order(one, other));
    Json::Object(members)
}

/// Java compares strings by their UTF-16 units.
fn java_order(one: &str, other: &str) -> std::cmp::Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

fn java_json(double: f64) -> Json {
    if double.is_finite() { Json::Number(java_double(double)) } else { Json::String(java_double(double)) }
}

#[cfg(test)]
mod tests {
    use crate::schema::Schema;

    #[test]
    fn what_says_the_same_is_written_the_same() {
        let check = |texts: &[&str], expected: &str| {
            for text in texts {
                let schema = Schema::parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
                let normalized = schema.to_normalized_json();
                assert_eq!(normalized, expected, "{text}");
                let again = Schema::parse(&normalized).unwrap_or_else(|error| panic!("{text}\n{error}"));
                assert_eq!(again.to_normalized_json(), expected, "{text}");
            }
        };
        check(&[r#""string""#, r#"{"type": "string", "doc": "d"}"#], r#""string""#);
        check(
            &[
                r#"{"type": "bytes", "a": 1, "logicalType": "decimal", "scale": 2, "precision": 4}"#,
                r#"{"precision": 4, "a": 1, "scale": 2, "logicalType": "decimal", "type": "bytes"}"#,
            ],
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"a":1}"#,
        );
        check(
            &[r#"{"type": "bytes", "a": 1, "logicalType": "decimal", "scale": 0, "precision": 4}"#],
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"a":1,"scale":0}"#,
        );
        // A logical type that does not fit is a property among others.
        check(
            &[r#"{"type": "int", "logicalType": "time-micros", "z": {"b": [1.50], "a": 2e3}, "a": 1}"#],
            r#"{"type":"int","a":1,"logicalType":"time-micros","z":{"a":2000.0,"b":[1.5]}}"#,
        );
        check(
            &[
                r#"{"type": "enum", "name": "E", "namespace": "a", "doc": "", "symbols": ["X"], "aliases": ["b.E", "D"]}"#,
                r#"{"symbols": ["X"], "aliases": ["a.D", "b.E", "D"], "name": "a.E", "type": "enum"}"#,
            ],
            r#"{"type":"enum","name":"E","namespace":"a","symbols":["X"],"aliases":["D","b.E"]}"#,
        );
        check(
            &[r#"{"type": "error", "name": "R", "fields": [
                    {"name": "d", "type": "double", "default": 1, "order": "ascending", "aliases": ["z", "y"], "q": 1, "p": 2},
                    {"name": "f", "type": "float", "default": 1.10},
                    {"name": "l", "type": "long", "default": 1},
                    {"name": "u", "type": ["null", "double"], "default": null},
                    {"name": "m", "type": {"type": "map", "values": ["float", "null"]}, "default": {"b": 16777217, "a": 2}}]}"#],
            concat!(
                r#"{"type":"record","name":"R","fields":["#,
                r#"{"name":"d","type":"double","default":1.0,"aliases":["y","z"],"p":2,"q":1},"#,
                r#"{"name":"f","type":"float","default":1.1},"#,
                r#"{"name":"l","type":"long","default":1},"#,
                r#"{"name":"u","type":["null","double"],"default":null},"#,
                r#"{"name":"m","type":{"type":"map","values":["float","null"]},"default":{"a":2.0,"b":1.6777216E7}}]}"#
            ),
        );
    }
}
