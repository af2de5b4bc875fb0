//! The Rust-shaped model: what will be written, decided in full, but not yet text.

use avro_model::{Definition, DefinitionId, Field, Kind, Root, SchemaSet, SourceId, Type};

use crate::leaf::Leaf;
use crate::lower::defaults::DefaultValue;
use crate::lower::facts::Facts;
use crate::options::{Maps, Pointers};

/// Everything that is generated for a set of schemas.
pub(crate) struct Model<'set> {
    pub(crate) set: &'set SchemaSet,
    /// First one item for each definition, at the index of its id; then one for each root without a name, and then the
    /// unions that are found inside of these.
    pub(crate) items: Vec<Item<'set>>,
    /// The module that stands for the null namespace; it is the place where the generated code is included.
    pub(crate) root: Module,
}

impl Model<'_> {
    /// The types that have no name in the set: their fullnames, and for the root of a file its type.
    pub(crate) fn unnamed(&self) -> impl Iterator<Item = (&str, Option<&Type>)> {
        self.items.iter().filter_map(|item| match item.origin {
            Origin::Definition { .. } => None,
            Origin::Root(root) => Some((item.fullname.as_str(), Some(&root.ty))),
            Origin::Union { .. } => Some((item.fullname.as_str(), None)),
        })
    }

    /// The item of a root of the set, by its source.
    pub(crate) fn item_of_root(&self, source: SourceId) -> Option<usize> {
        let root = self.set.roots().iter().find(|root| root.source == source)?;
        match root.ty.kind {
            Kind::Named(id) => Some(id.index()),
            _ => {
                self.items.iter().position(|item| matches!(item.origin, Origin::Root(other) if other.source == source))
            }
        }
    }

    /// The names of the types and modules that are where the code is included.
    pub(crate) fn names_at_the_top(&self) -> Vec<String> {
        let items = self.root.items.iter().filter_map(|item| self.items.get(*item));
        let types = items.flat_map(Item::names);
        types.chain(self.root.modules.iter().map(|module| &module.name)).cloned().collect()
    }

    /// The path of the type for `root`, one of the set's roots, from where the code is included.
    pub(crate) fn root_type(&self, root: &Root) -> String {
        let item = match root.ty.kind {
            Kind::Named(id) => self.items.get(id.index()),
            _ => self.items.iter().find(|item| matches!(item.origin, Origin::Root(other) if std::ptr::eq(other, root))),
        };
        debug_assert!(item.is_some(), "a root without a type");
        item.map_or_else(String::new, |item| match &item.external {
            Some(external) => external.path.clone(),
            None => item.module.iter().chain([&item.name]).map(String::as_str).collect::<Vec<_>>().join("::"),
        })
    }
}

/// The module of a namespace.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Its identifier; empty for the root.
    pub(crate) name: String,
    /// The Avro namespace that it stands for; empty for the root.
    pub(crate) namespace: String,
    /// Its types, as indexes into [`Model::items`].
    pub(crate) items: Vec<usize>,
    /// Its submodules, in the order of the segments of their namespaces.
    pub(crate) modules: Vec<Module>,
}

/// A Rust type that is generated.
pub(crate) struct Item<'set> {
    pub(crate) origin: Origin<'set>,
    /// The namespace that it belongs to, and what Avro calls it there; of a type without a name, what we call it.
    pub(crate) fullname: String,
    /// Its identifier.
    pub(crate) name: String,
    /// The identifier of the struct of its required fields, where it has one.
    pub(crate) required_name: Option<String>,
    /// The identifier of its view, where it has one that is to be generated.
    pub(crate) view_name: Option<String>,
    /// The modules from the root to where it is.
    pub(crate) module: Vec<String>,
    /// What is used instead, when it is not to be generated.
    pub(crate) external: Option<External>,
    pub(crate) shape: Shape<'set>,
    pub(crate) facts: Facts,
}

/// A type that is not generated here.
#[derive(Default)]
pub(crate) struct External {
    /// Its absolute path; empty for unions that only external types use.
    pub(crate) path: String,
    /// How many names follow the path: modules and the type, which are called as they would be here.
    pub(crate) names_below: usize,
    /// Whether this generator made it in another place, so that it has the traits which its parts allow.
    pub(crate) is_generated: bool,
}

/// Where an item comes from.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'set> {
    /// A named type.
    Definition { id: DefinitionId, definition: &'set Definition },
    /// A file whose schema has no name of its own; the file names it.
    Root(&'set Root),
    /// A union inside of another type.
    Union {
        /// Whether its name was asked for.
        is_named: bool,
    },
}

/// What kind of Rust type an item is.
pub(crate) enum Shape<'set> {
    /// A struct with named fields.
    Record { fields: Vec<RecordField<'set>> },
    /// An enum without data.
    Enumeration { variants: Vec<Variant<'set>>, default: Option<usize> },
    /// A struct around an array of bytes.
    Fixed { size: usize },
    /// A struct around another type: a fixed whose logical type has a Rust type of its own, or a root without a name.
    Newtype { of: FieldType },
    /// An enum with a variant for each branch of a union that is not null.
    Union { variants: Vec<UnionVariant> },
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

/// A variant of a union's enum.
pub(crate) struct UnionVariant {
    /// Its identifier.
    pub(crate) name: String,
    /// What Avro calls the branch: a fullname, or the name of an unnamed type.
    pub(crate) branch: String,
    pub(crate) ty: FieldType,
}

/// The type of a field, which is a pair: the Rust type, and how Avro encodes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FieldType {
    /// What holds no other type.
    Leaf(Leaf),
    Array(Box<FieldType>),
    Map {
        container: Maps,
        values: Box<FieldType>,
    },
    /// A union of null and others. Where there is more than one other, `value` is the item of a union.
    Nullable {
        /// The index of the null branch.
        null_branch: usize,
        value: Box<FieldType>,
    },
    /// A union of one branch.
    Sole(Box<FieldType>),
    /// A generated type.
    Item {
        /// Its index into [`Model::items`].
        item: usize,
        /// The pointer to the value: where a recursive type needs it to have a size, and where it is asked for.
        pointer: Option<Pointers>,
    },
    /// A user's own type.
    Own {
        /// As the user gave it; what a `_` in it stands for is in `of`.
        ty: String,
        /// The type that would be here otherwise, which tells how Avro encodes it.
        of: Box<FieldType>,
    },
}

impl<'set> Item<'set> {
    /// All identifiers that it has in its module.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.name).chain(&self.required_name).chain(&self.view_name)
    }

    /// The definition, of a named type.
    pub(crate) fn definition(&self) -> Option<&'set Definition> {
        match self.origin {
            Origin::Definition { definition, .. } => Some(definition),
            Origin::Root(_) | Origin::Union { .. } => None,
        }
    }

    /// Its kind, as patterns of options have it.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.shape, self.origin) {
            (Shape::Record { .. }, _) => "record",
            (Shape::Enumeration { .. }, _) => "enum",
            (Shape::Union { .. }, _) => "union",
            (Shape::Newtype { .. }, Origin::Root(root)) => root.ty.kind.name().unwrap_or("fixed"),
            (Shape::Fixed { .. } | Shape::Newtype { .. }, _) => "fixed",
        }
    }

    /// What its errors and serde call it: the name without the namespace.
    pub(crate) fn avro_name(&self) -> &str {
        self.fullname.rsplit('.').next().unwrap_or(&self.fullname)
    }
}

impl UnionVariant {
    /// What Avro calls the branch, without a namespace.
    pub(crate) fn short_branch(&self) -> &str {
        self.branch.rsplit('.').next().unwrap_or(&self.branch)
    }
}

impl Shape<'_> {
    /// The types that a value holds.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &FieldType> {
        let (fields, variants, newtype): (&[RecordField<'_>], &[UnionVariant], _) = match self {
            Shape::Record { fields } => (fields, &[], None),
            Shape::Union { variants } => (&[], variants, None),
            Shape::Newtype { of } => (&[], &[], Some(of)),
            Shape::Enumeration { .. } | Shape::Fixed { .. } => (&[], &[], None),
        };
        let fields = fields.iter().map(|field| &field.ty);
        fields.chain(variants.iter().map(|variant| &variant.ty)).chain(newtype)
    }

    /// The same, to be changed.
    pub(crate) fn parts_mut(&mut self) -> impl Iterator<Item = &mut FieldType> {
        let (fields, variants, newtype): (&mut [RecordField<'_>], &mut [UnionVariant], _) = match self {
            Shape::Record { fields } => (fields, &mut [], None),
            Shape::Union { variants } => (&mut [], variants, None),
            Shape::Newtype { of } => (&mut [], &mut [], Some(of)),
            Shape::Enumeration { .. } | Shape::Fixed { .. } => (&mut [], &mut [], None),
        };
        let fields = fields.iter_mut().map(|field| &mut field.ty);
        fields.chain(variants.iter_mut().map(|variant| &mut variant.ty)).chain(newtype)
    }

    pub(crate) fn is_union(&self) -> bool {
        matches!(self, Shape::Union { .. })
    }
}

impl FieldType {
    /// Calls `visit` with every generated type in this one.
    pub(crate) fn for_each_item(&self, visit: &mut impl FnMut(usize)) {
        match self {
            FieldType::Item { item, .. } => visit(*item),
            FieldType::Array(inner) | FieldType::Map { values: inner, .. } | FieldType::Sole(inner) => {
                inner.for_each_item(visit);
            }
            FieldType::Nullable { value: inner, .. } | FieldType::Own { of: inner, .. } => inner.for_each_item(visit),
            FieldType::Leaf(_) => {}
        }
    }

    /// The generated type whose value is stored in place, without a list or a map in between: what gives a type its
    /// size.
    pub(crate) fn in_place(&self) -> Option<InPlace> {
        match self {
            FieldType::Item { item, pointer: None } => Some(InPlace { item: *item, is_optional: false }),
            FieldType::Item { pointer: Some(_), .. } => None,
            FieldType::Sole(value) => value.in_place(),
            FieldType::Nullable { value, .. } => value.in_place().map(|inner| InPlace { is_optional: true, ..inner }),
            FieldType::Leaf(_) | FieldType::Array(_) | FieldType::Map { .. } | FieldType::Own { .. } => None,
        }
    }

    /// Puts what [`in_place`](FieldType::in_place) selects behind a pointer.
    pub(crate) fn put_behind(&mut self, kind: Pointers) {
        match self {
            FieldType::Item { pointer, .. } => *pointer = Some(kind),
            FieldType::Sole(value) | FieldType::Nullable { value, .. } => value.put_behind(kind),
            FieldType::Leaf(_) | FieldType::Array(_) | FieldType::Map { .. } | FieldType::Own { .. } => {}
        }
    }

    /// Whether a type of `avro_typed::avro` is needed to say how Avro encodes it.
    pub(crate) fn needs_marker(&self) -> bool {
        match self {
            FieldType::Item { .. } => false,
            FieldType::Own { of, .. } => of.needs_marker(),
            _ => true,
        }
    }

    /// The kind of what is here, null aside, as patterns of options have it.
    pub(crate) fn kind(&self, items: &[Item<'_>]) -> &'static str {
        match self {
            FieldType::Leaf(leaf) => leaf.encoding.kind(),
            FieldType::Array(_) => "array",
            FieldType::Map { .. } => "map",
            FieldType::Nullable { value: inner, .. } | FieldType::Sole(inner) | FieldType::Own { of: inner, .. } => {
                inner.kind(items)
            }
            FieldType::Item { item, .. } => items[*item].kind(),
        }
    }

    /// What Avro encodes it as, whatever Rust holds.
    pub(crate) fn without_own(&self) -> &FieldType {
        match self {
            FieldType::Own { of, .. } => of.without_own(),
            other => other,
        }
    }

    /// Whether a user's own type is somewhere in it.
    pub(crate) fn holds_own(&self) -> bool {
        match self {
            FieldType::Own { .. } => true,
            FieldType::Array(inner) | FieldType::Map { values: inner, .. } | FieldType::Sole(inner) => {
                inner.holds_own()
            }
            FieldType::Nullable { value, .. } => value.holds_own(),
            FieldType::Leaf(_) | FieldType::Item { .. } => false,
        }
    }
}

/// A generated type that is stored in place.
pub(crate) struct InPlace {
    pub(crate) item: usize,
    /// Whether there are values without it, so that a recursion through it can end.
    pub(crate) is_optional: bool,
}
