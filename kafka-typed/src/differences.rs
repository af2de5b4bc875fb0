//! In what two schemas encode differently.
//!
//! Schema resolution answers another question, whether the one can be *read* as the other, and forgives what matters
//! here: fields in another order, promotions, another unit of a timestamp.

use std::collections::HashSet;

use avro_typed::model::{Definition, DefinitionId, DefinitionKind, Enum, Kind, LogicalType, Record, Schema, Type};

/// Every difference between how `own` and `registered` encode a value, each with its path. Names of types,
/// documentation, defaults, aliases and properties do not matter.
pub(crate) fn differences(own: &Schema, registered: &Schema) -> Vec<String> {
    let root = own.fullname().map_or("value", |fullname| fullname.name()).to_owned();
    let mut comparison = Comparison { own, registered, compared: HashSet::new(), path: vec![root], found: Vec::new() };
    comparison.types(own.root(), registered.root());
    comparison.found
}

struct Comparison<'s> {
    own: &'s Schema,
    registered: &'s Schema,
    /// Pairs of definitions met before: they need no second look, and a record that contains itself would never end.
    compared: HashSet<(DefinitionId, DefinitionId)>,
    path: Vec<String>,
    found: Vec<String>,
}

impl<'s> Comparison<'s> {
    fn types(&mut self, own: &'s Type, registered: &'s Type) {
        match (&own.kind, &registered.kind) {
            (Kind::Array(own), Kind::Array(registered)) => self.below("[]", |this| this.types(own, registered)),
            (Kind::Map(own), Kind::Map(registered)) => self.below("{}", |this| this.types(own, registered)),
            (Kind::Union(own), Kind::Union(registered)) => self.unions(own, registered),
            (Kind::Named(own), Kind::Named(registered)) => self.definitions(*own, *registered),
            (own_kind, registered_kind) if own_kind == registered_kind => self.logical(own.logical, registered.logical),
            _ => {
                let (own, registered) = (describe(own, self.own), describe(registered, self.registered));
                self.differ(format!("the type writes {own}, the registered schema {registered}"));
            }
        }
    }

    fn definitions(&mut self, own: DefinitionId, registered: DefinitionId) {
        if !self.compared.insert((own, registered)) {
            return;
        }
        let (own, registered) = (self.own.definition(own), self.registered.definition(registered));
        match (&own.kind, &registered.kind) {
            (DefinitionKind::Record(own), DefinitionKind::Record(registered)) => self.records(own, registered),
            (DefinitionKind::Enum(own), DefinitionKind::Enum(registered)) => self.enums(own, registered),
            (DefinitionKind::Fixed { size }, DefinitionKind::Fixed { size: other }) if size == other => {
                self.logical(own.logical, registered.logical);
            }
            _ => {
                let (own, registered) = (describe_definition(own), describe_definition(registered));
                self.differ(format!("the type writes {own}, the registered schema {registered}"));
            }
        }
    }

    fn records(&mut self, own: &'s Record, registered: &'s Record) {
        for field in &own.fields {
            match registered.fields.iter().find(|other| other.name == field.name) {
                Some(other) => self.below(format!(".{}", field.name), |this| this.types(&field.ty, &other.ty)),
                None => self.differ(format!("the registered schema has no field `{}`", field.name)),
            }
        }
        for field in &registered.fields {
            if !own.fields.iter().any(|other| other.name == field.name) {
                self.differ(format!("the type has no field `{}`", field.name));
            }
        }
        let names = |record: &'s Record| record.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>();
        let (own, registered) = (names(own), names(registered));
        if own.len() == registered.len() && own != registered && own.iter().all(|name| registered.contains(name)) {
            self.differ(format!(
                "the type writes its fields as {}, the registered schema as {}",
                own.join(", "),
                registered.join(", ")
            ));
        }
    }

    fn enums(&mut self, own: &Enum, registered: &Enum) {
        if own.symbols != registered.symbols {
            self.differ(format!(
                "the type writes the symbols {}, the registered schema {}",
                own.symbols.join(", "),
                registered.symbols.join(", ")
            ));
        }
    }

    fn unions(&mut self, own: &'s [Type], registered: &'s [Type]) {
        if own.len() != registered.len() {
            let list = |branches: &[Type], schema: &Schema| {
                branches.iter().map(|branch| describe(branch, schema)).collect::<Vec<_>>().join(", ")
            };
            let (own, registered) = (list(own, self.own), list(registered, self.registered));
            self.differ(format!("the type writes a union of {own}, the registered schema one of {registered}"));
            return;
        }
        for (index, (own, registered)) in own.iter().zip(registered).enumerate() {
            self.below(format!("<{index}>"), |this| this.types(own, registered));
        }
    }

    /// The bytes are the same, but not what they mean.
    fn logical(&mut self, own: Option<LogicalType>, registered: Option<LogicalType>) {
        if own != registered {
            let name = |logical: Option<LogicalType>| {
                logical.map_or("no logical type".to_owned(), |logical| format!("{logical:?}"))
            };
            self.differ(format!("the type writes {}, the registered schema {}", name(own), name(registered)));
        }
    }

    fn below(&mut self, step: impl Into<String>, look: impl FnOnce(&mut Self)) {
        self.path.push(step.into());
        look(self);
        self.path.pop();
    }

    fn differ(&mut self, what: String) {
        self.found.push(format!("at {}: {what}", self.path.concat()));
    }
}

fn describe(ty: &Type, schema: &Schema) -> String {
    match &ty.kind {
        Kind::Array(items) => format!("an array of {}", describe(items, schema)),
        Kind::Map(values) => format!("a map of {}", describe(values, schema)),
        Kind::Union(_) => "a union".to_owned(),
        Kind::Named(id) => describe_definition(schema.definition(*id)),
        primitive => primitive.name().unwrap_or_default().to_owned(),
    }
}

fn describe_definition(definition: &Definition) -> String {
    match &definition.kind {
        DefinitionKind::Record(_) => format!("record {}", definition.name),
        DefinitionKind::Enum(_) => format!("enum {}", definition.name),
        DefinitionKind::Fixed { size } => format!("fixed {} of {size} bytes", definition.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: &str, registered: &str, expected: &[&str]) {
        let parse = |text: &str| Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(differences(&parse(own), &parse(registered)), expected, "{own} against {registered}");
    }

    fn record(fields: &str) -> String {
        format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
    }

    #[test]
    fn what_the_encoding_does_not_show_is_no_difference() {
        check(r#""long""#, r#"{"type": "long", "note": 1}"#, &[]);
        check(
            &record(r#"{"name": "a", "type": "int", "default": 1, "doc": "x"}"#),
            r#"{"type": "record", "name": "Other", "fields": [{"name": "a", "type": "int", "default": 2, "aliases": ["b"]}]}"#,
            &[],
        );
    }

    #[test]
    fn every_difference_is_said_with_its_path() {
        check(r#""int""#, r#""long""#, &["at value: the type writes int, the registered schema long"]);
        check(
            &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": {"type": "array", "items": "string"}}"#),
            &record(r#"{"name": "b", "type": {"type": "array", "items": "bytes"}}, {"name": "c", "type": "int"}"#),
            &[
                "at R: the registered schema has no field `a`",
                "at R.b[]: the type writes string, the registered schema bytes",
                "at R: the type has no field `c`",
            ],
        );
        check(
            &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
            &record(r#"{"name": "b", "type": "int"}, {"name": "a", "type": "int"}"#),
            &["at R: the type writes its fields as a, b, the registered schema as b, a"],
        );
        check(
            r#"["null", {"type": "map", "values": "long"}]"#,
            r#"["null", {"type": "map", "values": {"type": "long", "logicalType": "timestamp-millis"}}]"#,
            &["at value<1>{}: the type writes no logical type, the registered schema TimestampMillis"],
        );
        check(
            r#"["null", "int"]"#,
            r#"["null", "int", {"type": "fixed", "name": "F", "size": 2}]"#,
            &[
                "at value: the type writes a union of null, int, the registered schema one of null, int, fixed F of 2 bytes",
            ],
        );
        check(
            r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#,
            r#"{"type": "enum", "name": "E", "symbols": ["B", "A"]}"#,
            &["at E: the type writes the symbols A, B, the registered schema B, A"],
        );
    }

    #[test]
    fn a_record_that_contains_itself_ends() {
        let tree = |leaf: &str| {
            record(&format!(r#"{{"name": "leaf", "type": "{leaf}"}}, {{"name": "next", "type": ["null", "R"]}}"#))
        };
        check(&tree("int"), &tree("int"), &[]);
        check(&tree("int"), &tree("long"), &["at R.leaf: the type writes int, the registered schema long"]);
    }
}
