//! What changed from one schema to another: every difference, whether it matters for compatibility or not.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::text::{name, outline};
use crate::json::Json;
use crate::logical::LogicalType;
use crate::schema::{
    Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, Order, Properties, Record, Schema, Type,
};

/// A change at a place. Prints as a line of a diff: `+ com.example.Customer.phone: string, no default`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Where it is: a type by its fullname, a field as `com.example.Customer.phone`, with `[]` for the items of an
    /// array and `{}` for the values of a map; `the schema` for a root that is not a named type.
    pub path: String,
    /// What was added or removed, or what became what.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}: {}", self.kind.sign(), self.path, self.what)
    }
}

/// What happened at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Something is new.
    Added,
    /// Something is gone.
    Removed,
    /// Something is other than it was.
    Changed,
}

impl ChangeKind {
    /// The sign in front of a line of a diff: `+`, `-` or `~`.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        }
    }

    /// Its name in the output for machines: `added`, `removed` or `changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        }
    }
}

/// Everything that changed from `old` to `new`, for people who read both: fields, symbols and branches, their order,
/// types, defaults, documentation, aliases and properties. Each pair of named types is compared once, in the order of
/// the new schema, after the type that uses it. A type that was renamed is compared with what it was where it is used.
///
/// ```
/// use avro_model::Schema;
/// use avro_model::comparison::changes;
///
/// let customer = |fields: &str| Schema::parse(&format!(r#"{{"type": "record", "name": "Customer", "fields": [{fields}]}}"#));
/// let old = customer(r#"{"name": "id", "type": "int"}"#)?;
/// let new = customer(r#"{"name": "id", "type": "long"}, {"name": "phone", "type": "string", "default": ""}"#)?;
///
/// let lines: Vec<String> = changes(&old, &new).iter().map(ToString::to_string).collect();
/// assert_eq!(lines, ["~ Customer.id: int became long", "+ Customer.phone: string, default \"\""]);
/// assert!(changes(&new, &new).is_empty());
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[must_use]
pub fn changes(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut comparison = Comparison { old, new, met: HashSet::new(), pending: Vec::new(), found: Vec::new() };
    comparison.types("", old.root(), new.root());
    // A chain of definitions may be longer than any call stack.
    while let Some((path, old, new)) = comparison.pending.pop() {
        let inside = comparison.pending.len();
        comparison.definitions(&path, old, new);
        // What is met first must come off the stack first.
        comparison.pending[inside..].reverse();
    }
    comparison.found
}

struct Comparison<'c> {
    old: &'c Schema,
    new: &'c Schema,
    /// Pairs of definitions that were met: they need no second look, and a record may contain itself.
    met: HashSet<(DefinitionId, DefinitionId)>,
    /// Pairs of definitions that are still to be compared, with the first place that uses them.
    pending: Vec<(String, DefinitionId, DefinitionId)>,
    found: Vec<Change>,
}

impl<'c> Comparison<'c> {
    fn types(&mut self, path: &str, old: &'c Type, new: &'c Type) {
        match (&old.kind, &new.kind) {
            (Kind::Array(old), Kind::Array(new)) => self.types(&format!("{path}[]"), old, new),
            (Kind::Map(old), Kind::Map(new)) => self.types(&format!("{path}{{}}"), old, new),
            (Kind::Union(old), Kind::Union(new)) => self.branches(path, old, new),
            (Kind::Named(old), Kind::Named(new)) => {
                if self.met.insert((*old, *new)) {
                    self.pending.push((path.to_owned(), *old, *new));
                }
                return;
            }
            (old_kind, new_kind) if old_kind == new_kind => {}
            _ => {
                let what = format!("{} became {}", outline(self.old, old), outline(self.new, new));
                return self.changed(path, what);
            }
        }
        self.logical(path, old.logical.as_ref(), new.logical.as_ref());
        self.properties(path, &old.properties, &new.properties);
    }

    fn branches(&mut self, path: &str, old: &'c [Type], new: &'c [Type]) {
        let (old_schema, new_schema) = (self.old, self.new);
        let (old, new) =
            (Named::new(old, |branch| name(old_schema, branch)), Named::new(new, |branch| name(new_schema, branch)));
        for (name, branch) in &old.list {
            match new.find(name) {
                Some(other) => self.types(path, branch, other),
                None => self.add(ChangeKind::Removed, path, format!("branch {name} of the union")),
            }
        }
        for (name, _) in new.list.iter().filter(|(name, _)| old.find(name).is_none()) {
            self.add(ChangeKind::Added, path, format!("branch {name} of the union"));
        }
        self.order(path, "branches", &old, &new);
    }

    fn definitions(&mut self, path: &str, old_id: DefinitionId, new_id: DefinitionId) {
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
                self.value(name, "size", Some(old.to_string()), Some(new.to_string()));
            }
            (old, new) => return self.changed(name, format!("{} became {}", kind_of(old), kind_of(new))),
        }
        self.value(name, "documentation", old.doc.as_deref().map(quoted), new.doc.as_deref().map(quoted));
        self.value(name, "aliases", aliases_of(old), aliases_of(new));
        self.logical(name, old.logical.as_ref(), new.logical.as_ref());
        self.properties(name, &old.properties, &new.properties);
    }

    fn records(&mut self, record: &str, old: &'c Record, new: &'c Record) {
        let named = |record: &'c Record| Named::new(&record.fields, |field| field.name.as_str());
        let (old, new) = (named(old), named(new));
        for (name, field) in old.list.iter().filter(|(name, _)| new.find(name).is_none()) {
            self.add(ChangeKind::Removed, &format!("{record}.{name}"), field_outline(self.old, field));
        }
        for (name, field) in &new.list {
            let path = format!("{record}.{name}");
            match old.find(name) {
                None => self.add(ChangeKind::Added, &path, field_outline(self.new, field)),
                Some(before) => self.fields(&path, before, field),
            }
        }
        self.order(record, "fields", &old, &new);
    }

    fn fields(&mut self, path: &str, old: &'c Field, new: &'c Field) {
        self.types(path, &old.ty, &new.ty);
        let default = |field: &Field| field.written_default().map(ToString::to_string);
        self.value(path, "default", default(old), default(new));
        self.value(path, "documentation", old.doc.as_deref().map(quoted), new.doc.as_deref().map(quoted));
        let aliases = |field: &Field| (!field.aliases.is_empty()).then(|| field.aliases.join(", "));
        self.value(path, "aliases", aliases(old), aliases(new));
        if old.order != new.order {
            self.changed(path, format!("sort order: {} became {}", order_name(old.order), order_name(new.order)));
        }
        self.properties(path, &old.properties, &new.properties);
    }

    fn enums(&mut self, name: &str, old: &'c Enum, new: &'c Enum) {
        let default = |symbols: &Enum| {
            let usable = symbols.default.and_then(|index| symbols.symbols.get(index).cloned());
            usable.or_else(|| symbols.unusable_default.as_ref().map(ToString::to_string))
        };
        let defaults = (default(old), default(new));
        let named = |symbols: &'c Enum| Named::new(&symbols.symbols, |symbol| symbol.as_str());
        let (old, new) = (named(old), named(new));
        for (symbol, _) in old.list.iter().filter(|(symbol, _)| new.find(symbol).is_none()) {
            self.add(ChangeKind::Removed, name, format!("symbol {symbol}"));
        }
        for (symbol, _) in new.list.iter().filter(|(symbol, _)| old.find(symbol).is_none()) {
            self.add(ChangeKind::Added, name, format!("symbol {symbol}"));
        }
        self.order(name, "symbols", &old, &new);
        self.value(name, "default", defaults.0, defaults.1);
    }

    fn logical(&mut self, path: &str, old: Option<&LogicalType>, new: Option<&LogicalType>) {
        self.value(path, "logical type", old.map(ToString::to_string), new.map(ToString::to_string));
    }

    fn properties(&mut self, path: &str, old: &'c Properties, new: &'c Properties) {
        // Those of logical types are reported with the logical type.
        let is_own = |name: &str| !matches!(name, "logicalType" | "precision" | "scale");
        let named = |properties: &'c Properties| Named::new(properties, |(name, _)| name.as_str());
        let (old, new) = (named(old), named(new));
        let text = |property: Option<&(String, Json)>| property.map(|(_, value)| value.to_string());
        let only_new = new.list.iter().filter(|(name, _)| old.find(name).is_none());
        for (name, _) in old.list.iter().chain(only_new).filter(|(name, _)| is_own(name)) {
            self.value(path, &format!("property `{name}`"), text(old.find(name)), text(new.find(name)));
        }
    }

    /// What both have, in another order.
    fn order<T>(&mut self, path: &str, what: &str, old: &Named<'c, T>, new: &Named<'c, T>) {
        let (before, after) = (old.also_in(new), new.also_in(old));
        if before != after {
            self.changed(path, format!("order of the {what}: {} became {}", before.join(", "), after.join(", ")));
        }
    }

    fn value(&mut self, path: &str, what: &str, old: Option<String>, new: Option<String>) {
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

/// Things in their order, which are found by their names.
struct Named<'c, T> {
    list: Vec<(&'c str, &'c T)>,
    by_name: HashMap<&'c str, &'c T>,
}

impl<'c, T> Named<'c, T> {
    fn new(things: &'c [T], name: impl Fn(&'c T) -> &'c str) -> Named<'c, T> {
        let list: Vec<(&str, &T)> = things.iter().map(|thing| (name(thing), thing)).collect();
        Named { by_name: list.iter().copied().collect(), list }
    }

    fn find(&self, name: &str) -> Option<&'c T> {
        self.by_name.get(name).copied()
    }

    fn also_in(&self, other: &Named<'c, T>) -> Vec<&'c str> {
        self.list.iter().map(|(name, _)| *name).filter(|name| other.by_name.contains_key(name)).collect()
    }
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

fn order_name(order: Order) -> &'static str {
    match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
        Order::Ignore => "ignore",
    }
}

fn field_outline(schema: &Schema, field: &Field) -> String {
    let ty = outline(schema, &field.ty);
    match field.written_default() {
        Some(default) => format!("{ty}, default {default}"),
        None => format!("{ty}, no default"),
    }
}

/// A text in a message, shortened when it is long.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
