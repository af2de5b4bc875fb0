//! The schema itself: linked, self-contained, immutable.

use crate::json::Json;
use crate::logical::LogicalType;
use crate::name::Fullname;
use crate::set::schema_of;
use crate::source::{SourceId, Span};

/// A valid schema: a root type, and the definition of every named type that it uses, at any depth.
///
/// ```
/// use avro_model::{Kind, Schema};
///
/// let schema = Schema::parse(r#"{"type": "array", "items": "long"}"#)?;
/// let Kind::Array(items) = &schema.root().kind else { unreachable!() };
/// assert_eq!(items.kind, Kind::Long);
/// assert_eq!(schema.to_json(), r#"{"type":"array","items":"long"}"#);
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    root: Type,
    definitions: Vec<Definition>,
}

impl Schema {
    /// Every [`DefinitionId`] in `root` and in `definitions` is an index into `definitions`.
    pub(crate) fn new(root: Type, definitions: Vec<Definition>) -> Schema {
        Schema { root, definitions }
    }

    /// The root type.
    #[must_use]
    pub fn root(&self) -> &Type {
        &self.root
    }

    /// The named types, in the order of their first use, depth first from the root.
    #[must_use]
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The definition that `id` stands for.
    ///
    /// # Panics
    ///
    /// When `id` is from another schema and there is no such definition here.
    #[must_use]
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.index()]
    }

    /// The schema of only these fields of the root record, in this order: what a reader asks for that wants no others.
    /// The record's name, its aliases and all that is said of the fields stay. `None` when the root is not a record, or
    /// a name is not that of one of its fields.
    ///
    /// ```
    /// use avro_model::Schema;
    /// use avro_model::resolution::Plan;
    ///
    /// let order = Schema::parse(r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"},
    ///     {"name": "note", "type": "string"}, {"name": "sum", "type": "double"}]}"#)?;
    /// let sums = order.subset(&["sum"]).expect("the field is there");
    /// assert_eq!(sums.to_json(), r#"{"type":"record","name":"Order","fields":[{"name":"sum","type":"double"}]}"#);
    /// assert!(Plan::new(&order, &sums).is_ok());
    /// assert!(order.subset(&["price"]).is_none());
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn subset(&self, fields: &[&str]) -> Option<Schema> {
        let Kind::Named(root) = self.root.kind else { return None };
        let mut definitions = self.definitions.clone();
        let DefinitionKind::Record(record) = &mut definitions.get_mut(root.index())?.kind else { return None };
        let chosen = fields.iter().map(|name| record.fields.iter().find(|field| field.name == *name).cloned());
        record.fields = chosen.collect::<Option<Vec<Field>>>()?;
        Some(schema_of(&definitions, &self.root))
    }

    /// The fullname of the root, when that is a named type.
    #[must_use]
    pub fn fullname(&self) -> Option<&Fullname> {
        match self.root.kind {
            Kind::Named(id) => Some(&self.definition(id).name),
            _ => None,
        }
    }
}

/// Which definition of a [`Schema`] or of a [`SchemaSet`](crate::SchemaSet); it means nothing in any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionId(pub(crate) u32);

impl DefinitionId {
    /// Stands for a type that is wrong, until all that is wrong has been reported; never in a finished schema.
    pub(crate) const BROKEN: DefinitionId = DefinitionId(u32::MAX);

    /// `None` past the four thousand millionth definition.
    pub(crate) fn from_index(index: usize) -> Option<DefinitionId> {
        u32::try_from(index).ok().map(DefinitionId).filter(|id| *id != DefinitionId::BROKEN)
    }

    /// Its index into the list of definitions.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A use of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Type {
    /// What it is.
    pub kind: Kind,
    /// The logical type that annotates this use. That of a fixed is in its [`Definition`].
    pub logical: Option<LogicalType>,
    /// Every attribute that the specification does not reserve, `logicalType`, `precision` and `scale` included, in the
    /// order of the source. Those of a named type are in its [`Definition`].
    pub properties: Properties,
}

impl Type {
    /// A use of `kind` without a logical type and without properties.
    #[must_use]
    pub fn plain(kind: Kind) -> Type {
        Type { kind, logical: None, properties: Properties::new() }
    }

    /// See [`DefinitionId::BROKEN`].
    pub(crate) fn broken() -> Type {
        Type::plain(Kind::Named(DefinitionId::BROKEN))
    }
}

/// The root type of a source: the schema of an `.avsc` file, or the main schema of IDL (`schema array<Order>;`).
/// Protocols and IDL without a main schema have none: see [`SchemaSet::types_of`](crate::SchemaSet::types_of) for their
/// types.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Root {
    /// Which source.
    pub source: SourceId,
    /// Its root type.
    pub ty: Type,
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No value.
    Null,
    /// True or false.
    Boolean,
    /// A signed 32-bit integer.
    Int,
    /// A signed 64-bit integer.
    Long,
    /// A 32-bit IEEE 754 number.
    Float,
    /// A 64-bit IEEE 754 number.
    Double,
    /// A sequence of bytes.
    Bytes,
    /// A sequence of Unicode characters.
    String,
    /// A list of items of one type.
    Array(Box<Type>),
    /// Values of one type, by string keys.
    Map(Box<Type>),
    /// One of several types: its branches, none of which is a union.
    Union(Vec<Type>),
    /// A record, an enum or a fixed.
    Named(DefinitionId),
}

impl Kind {
    /// Its name as schemas write it, and `union` for a union; `None` for a named type, whose definition has the name.
    ///
    /// ```
    /// use avro_model::Kind;
    ///
    /// assert_eq!(Kind::Long.name(), Some("long"));
    /// ```
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Int => "int",
            Kind::Long => "long",
            Kind::Float => "float",
            Kind::Double => "double",
            Kind::Bytes => "bytes",
            Kind::String => "string",
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Union(_) => "union",
            Kind::Named(_) => return None,
        })
    }

    /// The [`name`](Kind::name) of what is not a named type.
    pub(crate) fn name_of_unnamed(&self) -> &'static str {
        let name = self.name();
        debug_assert!(name.is_some(), "the name of a named type is in its definition");
        name.unwrap_or("named type")
    }

    /// What stands for a value of it in Avro's JSON encoding, in the words of messages; `a value` for unions and named
    /// types, where it takes more than the kind to tell.
    ///
    /// ```
    /// use avro_model::Kind;
    ///
    /// assert_eq!(Kind::Long.json_form(), "a whole number (long)");
    /// ```
    #[must_use]
    pub fn json_form(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "true or false (boolean)",
            Kind::Int => "a whole number (int)",
            Kind::Long => "a whole number (long)",
            Kind::Float => "a number (float)",
            Kind::Double => "a number (double)",
            Kind::Bytes => "a string (bytes)",
            Kind::String => "a string",
            Kind::Array(_) => "an array",
            Kind::Map(_) => "an object (map)",
            Kind::Union(_) | Kind::Named(_) => "a value",
        }
    }
}

/// Custom attributes by name, in the order of the source; names are unique.
pub type Properties = Vec<(String, Json)>;

/// A record, an enum or a fixed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Definition {
    /// Its fullname.
    pub name: Fullname,
    /// The other fullnames by which a writer's schema may call it, in the order of the source.
    pub aliases: Vec<Fullname>,
    /// What it is for.
    pub doc: Option<String>,
    /// The logical type of a fixed; `None` for records and enums.
    pub logical: Option<LogicalType>,
    /// Every attribute that the specification does not reserve, in the order of the source.
    pub properties: Properties,
    /// What it is.
    pub kind: DefinitionKind,
    /// Where it is in its source.
    pub origin: Origin,
}

/// Where a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// In which source.
    pub source: SourceId,
    /// The whole JSON object; of a declaration in the IDL everything from its documentation and annotations to its end.
    pub span: Span,
}

/// The three kinds of named types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionKind {
    /// A record, or an error of a protocol.
    Record(Record),
    /// An enum.
    Enum(Enum),
    /// A fixed number of bytes.
    Fixed {
        /// How many bytes.
        size: usize,
    },
}

/// A record: fields in the order of the encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The fields; their names are unique.
    pub fields: Vec<Field>,
    /// Whether it was declared as `"type": "error"`: the same as a record, but for protocols.
    pub is_error: bool,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub doc: Option<String>,
    /// Its type.
    pub ty: Type,
    /// The value that a reader takes when the writer has no such field; a valid value of the type.
    pub default: Option<Json>,
    /// A default that is not a value of the type, which a [`Leniency`](crate::Leniency) let through: a text to print,
    /// and otherwise the same as no default. Then `default` is `None`.
    pub unusable_default: Option<Json>,
    /// The other names by which a writer's schema may call it, in the order of the source.
    pub aliases: Vec<String>,
    /// How it takes part in the sort order of the record.
    pub order: Order,
    /// Every attribute that the specification does not reserve, in the order of the source.
    pub properties: Properties,
}

impl Field {
    /// The default that the schema's text has, whether it can be used or not: what prints and comparisons of texts
    /// show.
    #[must_use]
    pub fn written_default(&self) -> Option<&Json> {
        self.default.as_ref().or(self.unusable_default.as_ref())
    }
}

/// How a field takes part in the sort order of its record (specification, "Sort Order").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// Smaller values first.
    #[default]
    Ascending,
    /// Larger values first.
    Descending,
    /// Not at all.
    Ignore,
}

/// An enum: one of its symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enum {
    /// The symbols, unique, in the order of the encoding.
    pub symbols: Vec<String>,
    /// Which symbol a reader takes for a writer's symbol that it lacks: an index into `symbols`.
    pub default: Option<usize>,
    /// A default that is not a symbol, which a [`Leniency`](crate::Leniency) let through: a text to print, and
    /// otherwise the same as no default. Then `default` is `None`.
    pub unusable_default: Option<Json>,
}
