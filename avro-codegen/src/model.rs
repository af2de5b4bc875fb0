//! The Rust-shaped model: what will be written, decided in full, but not yet tokens.

use avro_model::{Definition, DefinitionId, Field, SchemaSet};

use crate::defaults::DefaultValue;
use crate::facts::Facts;

/// Everything that is generated for a set of schemas.
pub(crate) struct Model<'set> {
    pub(crate) set: &'set SchemaSet,
    /// One item for each definition, at the index of its id.
    pub(crate) items: Vec<Item<'set>>,
    /// The module that stands for the null namespace; it is the place where the generated code is included.
    pub(crate) root: Module,
}

/// The module of a namespace.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Its identifier; empty for the root.
    pub(crate) name: String,
    /// The Avro namespace that it stands for; empty for the root. Of several that give the same path, the first.
    pub(crate) namespace: String,
    /// Its types, as indexes into [`Model::items`], in the order of the definitions.
    pub(crate) items: Vec<usize>,
    /// Its submodules, in the order of their names.
    pub(crate) modules: Vec<Module>,
}

/// A named type.
pub(crate) struct Item<'set> {
    pub(crate) id: DefinitionId,
    pub(crate) definition: &'set Definition,
    /// Its identifier.
    pub(crate) name: String,
    /// The modules from the root to where it stands.
    pub(crate) module: Vec<String>,
    pub(crate) shape: Shape<'set>,
    pub(crate) facts: Facts,
}

/// What kind of Rust type an item is.
pub(crate) enum Shape<'set> {
    /// A struct with named fields.
    Record { fields: Vec<RecordField<'set>> },
    /// An enum without data.
    Enumeration { variants: Vec<Variant<'set>>, default: Option<usize> },
    /// A struct around an array of bytes.
    Fixed { size: usize },
    /// A name for another type: a fixed whose logical type has a Rust type of its own.
    Alias { of: FieldType },
}

/// A field of a struct.
pub(crate) struct RecordField<'set> {
    pub(crate) field: &'set Field,
    /// Its place in the record, from 0.
    pub(crate) index: usize,
    /// Its identifier.
    pub(crate) name: String,
    pub(crate) ty: FieldType,
    /// The default, as a value of `ty`.
    pub(crate) default: Option<DefaultValue>,
}

/// A variant of an enum.
pub(crate) struct Variant<'set> {
    pub(crate) symbol: &'set str,
    /// Its identifier.
    pub(crate) name: String,
}

/// The type of a field, which is a pair: the Rust type, and how Avro encodes it.
pub(crate) enum FieldType {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Array(Box<FieldType>),
    Map(Box<FieldType>),
    /// A union of null and one other branch.
    Nullable {
        /// The index of the null branch: 0 or 1.
        null_branch: usize,
        value: Box<FieldType>,
    },
    /// A decimal that fits the Rust type.
    Decimal {
        storage: DecimalStorage,
        precision: u32,
        scale: u32,
    },
    Timestamp(TimestampUnit),
    /// A named type, by its index into [`Model::items`].
    Named {
        item: usize,
        /// Whether the value stands in a box, so that a recursive type has a size.
        boxed: bool,
    },
}

/// What holds the unscaled value of a decimal.
#[derive(Clone, Copy)]
pub(crate) enum DecimalStorage {
    Bytes,
    Fixed {
        size: usize,
        /// The alias that stands for the fixed.
        item: usize,
    },
}

/// What a timestamp counts.
#[derive(Clone, Copy)]
pub(crate) enum TimestampUnit {
    Millis,
    Micros,
}

impl FieldType {
    /// Calls `visit` with every named type in this one.
    pub(crate) fn for_each_named(&self, visit: &mut impl FnMut(usize)) {
        match self {
            FieldType::Named { item, .. } => visit(*item),
            FieldType::Array(inner) | FieldType::Map(inner) => inner.for_each_named(visit),
            FieldType::Nullable { value, .. } => value.for_each_named(visit),
            _ => {}
        }
    }

    /// The named type whose value is stored in place, without a list or a map in between: what gives a type its size.
    pub(crate) fn in_place_mut(&mut self) -> Option<InPlace<'_>> {
        match self {
            FieldType::Named { item, boxed } => Some(InPlace { item: *item, is_optional: false, boxed }),
            FieldType::Nullable { value, .. } => {
                value.in_place_mut().map(|inner| InPlace { is_optional: true, ..inner })
            }
            _ => None,
        }
    }

    /// Whether a type of `avro_typed::avro` is needed to say how Avro encodes it.
    pub(crate) fn needs_marker(&self) -> bool {
        !matches!(self, FieldType::Named { .. })
    }

    /// How many generic types stand inside each other.
    pub(crate) fn nesting(&self) -> usize {
        match self {
            FieldType::Array(inner) | FieldType::Map(inner) => 1 + inner.nesting(),
            FieldType::Nullable { value, .. } => 1 + value.nesting(),
            _ => 0,
        }
    }
}

/// A named type that is stored in place.
pub(crate) struct InPlace<'t> {
    pub(crate) item: usize,
    /// Whether there are values without it, so that a recursion through it can end.
    pub(crate) is_optional: bool,
    pub(crate) boxed: &'t mut bool,
}
