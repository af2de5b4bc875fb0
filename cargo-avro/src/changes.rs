//! What changed from one schema to another, for people who read both: every difference, whether it matters for
//! compatibility or not.

use std::collections::HashSet;

use avro_model::{
    Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, LogicalType, Properties, Record, Schema, Type,
};
use serde_json::{Value, json};

/// A difference at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) kind: ChangeKind,
    /// `com.example.Customer.phone`; items of arrays and values of maps are `[]` and `{}`.
    pub(crate) path: String,
    /// What is there, or what became what.
    pub(crate) what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Added,
    Removed,
    Changed,
}

impl ChangeKind {
    pub(crate) fn sign(self) -> char {
        match self {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        }
    }
}

impl Change {
    pub(crate) fn as_json(&self) -> Value {
        let kind = match self.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        };
        json!({ "kind": kind, "path": self.path, "what": self.what })
    }
}

/// Every difference, in the order of the new schema, with what is gone where it stood.
pub(crate) fn changes(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut comparison = Comparison { old, new, compared: HashSet::new(), found: Vec::new() };
    comparison.types("", old.root(), new.root());
    comparison.found
}

struct Comparison<'c> {
    old: &'c Schema,
    new: &'c Schema,
    /// Pairs of definitions that are compared already, or being compared.
    compared: HashSet<(DefinitionId, DefinitionId)>,
    found: Vec<Change>,
}

impl<'c> Comparison<'c> {
    fn types(&mut self, path: &str, old: &'c Type, new: &'c Type) {
        match (&old.kind, &new.kind) {
            (Kind::Array(old), Kind::Array(new)) => self.types(&format!("{path}[]"), old, new),
            (Kind::Map(old), Kind::Map(new)) => self.types(&format!("{path}{{}}"), old, new),
            (Kind::Union(old), Kind::Union(new)) => self.branches(path, old, new),
            (Kind::Named(old), Kind::Named(new)) => return self.definitions(path, *old, *new),
            (old_kind, new_kind) if old_kind == new_kind => {}
            _ => {
                let what = format!("{} became {}", text_of(self.old, old), text_of(self.new, new));
                return self.changed(path, what);
            }
        }
        self.logical(path, old.logical.as_ref(), new.logical.as_ref());
        self.properties(path, &old.properties, &new.properties);
    }

    fn branches(&mut self, path: &str, old: &'c [Type], new: &'c [Type]) {
        let (old_names, new_names) = (names(self.old, old), names(self.new, new));
        for (branch, name) in old.iter().zip(&old_names) {
            match new.iter().zip(&new_names).find(|(_, other)| *other == name) {
                Some((other, _)) => self.types(path, branch, other),
                None => self.add(ChangeKind::Removed, path, format!("branch {name} of the union")),
            }
        }
        for name in new_names.iter().filter(|name| !old_names.contains(name)) {
            self.add(ChangeKind::Added, path, format!("branch {name} of the union"));
        }
        let kept = |names: &[String], others: &[String]| -> Vec<String> {
            names.iter().filter(|name| others.contains(name)).cloned().collect()
        };
        let (before, after) = (kept(&old_names, &new_names), kept(&new_names, &old_names));
        if before != after {
            self.changed(path, format!("order of the branches: {} became {}", before.join(", "), after.join(", ")));
        }
    }

    fn definitions(&mut self, path: &str, old_id: DefinitionId, new_id: DefinitionId) {
        if !self.compared.insert((old_id, new_id)) {
            return;
        }
        let (old_schema, new_schema) = (self.old, self.new);
        let (old, new) = (old_schema.definition(old_id), new_schema.definition(new_id));
        let name = new.name.as_str();
        if old.name != new.name {
            let place = if path.is_empty() { name } else { path };
            self.changed(place, format!("{} became {}", old.name, new.name));
        }
        match (&old.kind, &new.kind) {
            (DefinitionKind::Record(old), DefinitionKind::Record(new)) => self.records(name, old, new),
            (DefinitionKind::Enum(old), DefinitionKind::Enum(new)) => self.enums(name, old, new),
            (DefinitionKind::Fixed { size: old }, DefinitionKind::Fixed { size: new }) => {
                self.value(name, "size", &Some(old.to_string()), &Some(new.to_string()));
            }
            (old, new) => return self.changed(name, format!("{} became {}", kind_of(old), kind_of(new))),
        }
        self.value(name, "documentation", &old.doc.as_deref().map(quoted), &new.doc.as_deref().map(quoted));
        self.value(name, "aliases", &aliases_of(old), &aliases_of(new));
        self.logical(name, old.logical.as_ref(), new.logical.as_ref());
        self.properties(name, &old.properties, &new.properties);
    }

    fn records(&mut self, record: &str, old: &'c Record, new: &'c Record) {
        for field in old.fields.iter().filter(|field| named(&new.fields, &field.name).is_none()) {
            self.add(ChangeKind::Removed, &format!("{record}.{}", field.name), field_text(self.old, field));
        }
        for field in &new.fields {
            let path = format!("{record}.{}", field.name);
            match named(&old.fields, &field.name) {
                None => self.add(ChangeKind::Added, &path, field_text(self.new, field)),
                Some(before) => self.fields(&path, before, field),
            }
        }
        let kept = |fields: &'c [Field], others: &[Field]| -> Vec<&'c str> {
            fields.iter().map(|field| field.name.as_str()).filter(|name| named(others, name).is_some()).collect()
        };
        let (before, after) = (kept(&old.fields, &new.fields), kept(&new.fields, &old.fields));
        if before != after {
            self.changed(record, format!("order of the fields: {} became {}", before.join(", "), after.join(", ")));
        }
    }

    fn fields(&mut self, path: &str, old: &'c Field, new: &'c Field) {
        self.types(path, &old.ty, &new.ty);
        let default = |field: &Field| field.written_default().map(ToString::to_string);
        self.value(path, "default", &default(old), &default(new));
        self.value(path, "documentation", &old.doc.as_deref().map(quoted), &new.doc.as_deref().map(quoted));
        let aliases = |field: &Field| (!field.aliases.is_empty()).then(|| field.aliases.join(", "));
        self.value(path, "aliases", &aliases(old), &aliases(new));
        if old.order != new.order {
            self.changed(path, format!("sort order: {:?} became {:?}", old.order, new.order).to_lowercase());
        }
        self.properties(path, &old.properties, &new.properties);
    }

    fn enums(&mut self, name: &str, old: &Enum, new: &Enum) {
        for symbol in old.symbols.iter().filter(|symbol| !new.symbols.contains(symbol)) {
            self.add(ChangeKind::Removed, name, format!("symbol {symbol}"));
        }
        for symbol in new.symbols.iter().filter(|symbol| !old.symbols.contains(symbol)) {
            self.add(ChangeKind::Added, name, format!("symbol {symbol}"));
        }
        let kept = |symbols: &[String], others: &[String]| -> Vec<String> {
            symbols.iter().filter(|symbol| others.contains(symbol)).cloned().collect()
        };
        let (before, after) = (kept(&old.symbols, &new.symbols), kept(&new.symbols, &old.symbols));
        if before != after {
            self.changed(name, format!("order of the symbols: {} became {}", before.join(", "), after.join(", ")));
        }
        let default = |symbols: &Enum| {
            let usable = symbols.default.and_then(|index| symbols.symbols.get(index).cloned());
            usable.or_else(|| symbols.unusable_default.as_ref().map(ToString::to_string))
        };
        self.value(name, "default", &default(old), &default(new));
    }

    fn logical(&mut self, path: &str, old: Option<&LogicalType>, new: Option<&LogicalType>) {
        self.value(path, "logical type", &old.map(ToString::to_string), &new.map(ToString::to_string));
    }

    fn properties(&mut self, path: &str, old: &Properties, new: &Properties) {
        let find = |properties: &Properties, name: &str| {
            properties.iter().find(|(other, _)| other == name).map(|(_, value)| value.to_string())
        };
        // Those of logical types are said above.
        let of_logical_types = ["logicalType", "precision", "scale"];
        let names = old.iter().map(|(name, _)| name).chain(new.iter().map(|(name, _)| name));
        let mut seen = HashSet::new();
        for name in names.filter(|name| !of_logical_types.contains(&name.as_str())) {
            if seen.insert(name) {
                self.value(path, &format!("property `{name}`"), &find(old, name), &find(new, name));
            }
        }
    }

    fn value(&mut self, path: &str, what: &str, old: &Option<String>, new: &Option<String>) {
        match (old, new) {
            (None, Some(new)) => self.add(ChangeKind::Added, path, format!("{what} {new}")),
            (Some(old), None) => self.add(ChangeKind::Removed, path, format!("{what} {old}")),
            (Some(old), Some(new)) if old != new => self.changed(path, format!("{what}: {old} became {new}")),
            _ => {}
        }
    }

    fn changed(&mut self, path: &str, what: String) {
        self.add(ChangeKind::Changed, path, what);
    }

    fn add(&mut self, kind: ChangeKind, path: &str, what: String) {
        let path = if path.is_empty() { "the schema".to_owned() } else { path.to_owned() };
        self.found.push(Change { kind, path, what });
    }
}

fn named<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    fields.iter().find(|field| field.name == name)
}

fn names(schema: &Schema, branches: &[Type]) -> Vec<String> {
    let name = |branch: &Type| match &branch.kind {
        Kind::Named(id) => schema.definition(*id).name.to_string(),
        kind => kind.name().unwrap_or_default().to_owned(),
    };
    branches.iter().map(name).collect()
}

fn aliases_of(definition: &Definition) -> Option<String> {
    let aliases: Vec<&str> = definition.aliases.iter().map(|alias| alias.as_str()).collect();
    (!aliases.is_empty()).then(|| aliases.join(", "))
}

fn kind_of(kind: &DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Record(_) => "a record",
        DefinitionKind::Enum(_) => "an enum",
        DefinitionKind::Fixed { .. } => "a fixed",
    }
}

fn field_text(schema: &Schema, field: &Field) -> String {
    let ty = text_of(schema, &field.ty);
    match field.written_default() {
        Some(default) => format!("{ty}, default {default}"),
        None => format!("{ty}, no default"),
    }
}

/// A type in a few words: `array of [null, com.example.Address]`.
pub(crate) fn text_of(schema: &Schema, ty: &Type) -> String {
    let plain = match &ty.kind {
        Kind::Array(items) => format!("array of {}", text_of(schema, items)),
        Kind::Map(values) => format!("map of {}", text_of(schema, values)),
        Kind::Union(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| text_of(schema, branch)).collect();
            format!("[{}]", branches.join(", "))
        }
        Kind::Named(id) => schema.definition(*id).name.to_string(),
        kind => kind.name().unwrap_or_default().to_owned(),
    };
    match &ty.logical {
        Some(logical) => format!("{plain} ({logical})"),
        None => plain,
    }
}

/// A text in a message, shortened when it is long.
fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
