//! A set of schemas to the Rust-shaped model.

pub(crate) mod defaults;
pub(crate) mod facts;
mod recursion;
mod union;
mod walk;

use avro_model::{Definition, DefinitionId, DefinitionKind, Diagnostic, Field, Kind, Root, SchemaSet, Type};

use crate::leaf::{Encoding, Leaf, RustType};
use crate::model::{External, FieldType, Item, Model, Module, Origin, RecordField, Shape, Variant};
use crate::naming::{ident, modules};
use crate::options::{Choices, Elsewhere, Logical, Options, PatternTarget};
use facts::Facts;
use union::Unions;
use walk::Walk;

/// The model of `set`, and the warnings about it.
pub(crate) fn lower<'set>(set: &'set SchemaSet, choices: &Choices<'_>) -> (Model<'set>, Vec<Diagnostic>) {
    let roots = roots_without_name(set);
    let first_root = set.definitions().len();
    let unions = Unions::new(first_root + roots.len());
    let mut lowering = Lowering { set, choices, walk: Walk::default(), unions };
    // Roots come first, so that a union which is the schema of a file is called after it everywhere.
    let roots = roots.into_iter().zip(first_root..).map(|((root, name), index)| lowering.root(root, name, index));
    let roots: Vec<Item<'_>> = roots.collect();
    let external = |definition: &Definition| external(definition, choices);
    let is_generated = |definition: &Definition| external(definition).is_none();
    let mut shapes = lowering.definitions(is_generated);
    let used_unions = lowering.unions.count();
    // What is not generated is lowered all the same, for its size; and without options, which are not about it.
    let plain = Options::new();
    let plain = Choices::new(&plain);
    let mut lowering = Lowering { choices: &plain, ..lowering };
    shapes.extend(lowering.definitions(|definition| !is_generated(definition)));
    shapes.sort_by_key(|(id, _)| *id);
    let definitions = shapes.into_iter().map(|(id, shape)| {
        let definition = set.definition(id);
        let named = item(Origin::Definition { id, definition }, definition.name.to_string(), shape);
        Item { external: external(definition), ..named }
    });
    let mut items: Vec<Item<'_>> = definitions.chain(roots).collect();
    let unions = lowering.unions.into_items(set, &items, used_unions);
    items.extend(unions);
    let mut model = Model { set, items, root: Module::default() };
    recursion::put_boxes(&mut model.items, choices);
    let mut diagnostics = Vec::new();
    defaults::lower_all(&mut model, &mut diagnostics);
    facts::find(&mut model.items);
    modules::place_and_name(&mut model, choices.has_views());
    (model, diagnostics)
}

/// What is used for a type that is not to be generated.
fn external(definition: &Definition, choices: &Choices<'_>) -> Option<External> {
    let (path, names_below) = match choices.elsewhere(definition.name.as_str())? {
        Elsewhere::Replaced(path) => {
            return Some(External { path: path.to_owned(), names_below: 0, is_generated: false });
        }
        Elsewhere::Generated(path) => (path, 0),
        Elsewhere::GeneratedBelow { module, rest } => (module, rest.split('.').count()),
    };
    Some(External { path: path.to_owned(), names_below, is_generated: true })
}

/// What is not known yet of an item is found later.
fn item<'set>(origin: Origin<'set>, fullname: String, shape: Shape<'set>) -> Item<'set> {
    Item {
        origin,
        fullname,
        name: String::new(),
        required_name: None,
        view_name: None,
        module: Vec::new(),
        external: None,
        shape,
        facts: Facts::default(),
    }
}

/// The roots that are not named types, with the names that their files give them, sorted by these.
fn roots_without_name(set: &SchemaSet) -> Vec<(&Root, String)> {
    let path = |root: &Root| {
        let source = set.sources().get(root.source.0);
        debug_assert!(source.is_some(), "a root without a source");
        source.map_or("", |source| source.path.as_str())
    };
    let roots = set.roots().iter().filter(|root| !matches!(root.ty.kind, Kind::Named(_)));
    let mut named: Vec<(&Root, String)> = roots.map(|root| (root, ident::root_name(path(root)))).collect();
    named.sort_by(|(one, one_name), (other, other_name)| (one_name, path(one)).cmp(&(other_name, path(other))));
    named
}

/// What is being lowered.
struct Lowering<'set, 'o> {
    set: &'set SchemaSet,
    choices: &'o Choices<'o>,
    /// Where the type is that is being lowered.
    walk: Walk,
    unions: Unions<'set>,
}

impl<'set> Lowering<'set, '_> {
    /// The item `index`, of a file whose schema has no name.
    fn root(&mut self, root: &'set Root, name: String, index: usize) -> Item<'set> {
        self.walk.start(&name);
        let shape = match &root.ty.kind {
            Kind::Union(branches) => self.root_union(branches, index),
            _ => Shape::Newtype { of: self.field_type(&root.ty) },
        };
        item(Origin::Root(root), name, shape)
    }

    /// The shapes of the definitions for which `is_meant` holds.
    fn definitions(&mut self, is_meant: impl Fn(&Definition) -> bool) -> Vec<(DefinitionId, Shape<'set>)> {
        let definitions = self.set.ids().zip(self.set.definitions()).filter(|(_, definition)| is_meant(definition));
        definitions.map(|(id, definition)| (id, self.definition(definition))).collect()
    }

    fn definition(&mut self, definition: &'set Definition) -> Shape<'set> {
        self.walk.start(definition.name.as_str());
        match &definition.kind {
            DefinitionKind::Record(record) => {
                let names = ident::field_names(record.fields.iter().map(|field| field.name.as_str()));
                let fields = record.fields.iter().zip(names).enumerate();
                Shape::Record { fields: fields.map(|(index, (field, name))| self.field(index, field, name)).collect() }
            }
            DefinitionKind::Enum(enumeration) => {
                let names = ident::variant_names(enumeration.symbols.iter().map(String::as_str));
                let variants = enumeration.symbols.iter().zip(names).map(|(symbol, name)| Variant { symbol, name });
                Shape::Enumeration { variants: variants.collect(), default: enumeration.default }
            }
            &DefinitionKind::Fixed { size } => match self.leaf(Encoding::of_fixed(size, definition.logical), None) {
                Leaf { encoding: Encoding::Fixed { size }, .. } => Shape::Fixed { size },
                logical => Shape::Newtype { of: FieldType::Leaf(logical) },
            },
        }
    }

    fn field(&mut self, index: usize, field: &'set Field, name: String) -> RecordField<'set> {
        let ty = self.at(&field.name, |lowering| lowering.field_type(&field.ty));
        RecordField { field, index, name, ty, default: None }
    }

    fn field_type(&mut self, ty: &'set Type) -> FieldType {
        if let Some(encoding) = Encoding::of(&ty.kind, ty.logical) {
            return self.own_or(encoding.kind(), |lowering| FieldType::Leaf(lowering.leaf(encoding, None)));
        }
        match &ty.kind {
            Kind::Array(items) => self.own_or("array", |lowering| {
                FieldType::Array(Box::new(lowering.at("items", |lowering| lowering.field_type(items))))
            }),
            Kind::Map(values) => self.own_or("map", |lowering| FieldType::Map {
                container: lowering.choices.maps(lowering.place("map")),
                values: Box::new(lowering.at("values", |lowering| lowering.field_type(values))),
            }),
            Kind::Union(branches) => self.union(branches),
            Kind::Named(id) => self.named(*id),
            // All others are leaves.
            _ => self.null(),
        }
    }

    fn null(&self) -> FieldType {
        FieldType::Leaf(Leaf::new(Encoding::Null))
    }

    fn named(&mut self, id: DefinitionId) -> FieldType {
        let definition = self.set.definition(id);
        let is_replaced = || matches!(self.choices.elsewhere(definition.name.as_str()), Some(Elsewhere::Replaced(_)));
        match &definition.kind {
            DefinitionKind::Record(_) => self.item(id.index(), "record"),
            DefinitionKind::Enum(_) => self.item(id.index(), "enum"),
            DefinitionKind::Fixed { .. } if definition.logical.is_none() || is_replaced() => {
                self.item(id.index(), "fixed")
            }
            &DefinitionKind::Fixed { size } => self.logical_fixed(id.index(), definition, size),
        }
    }

    /// A fixed with a logical type: the Rust type of that, and when that is not wanted at this place, the fixed.
    fn logical_fixed(&mut self, item: usize, definition: &'set Definition, size: usize) -> FieldType {
        let encoding = Encoding::of_fixed(size, definition.logical);
        let of_fixed = PatternTarget::of_type(definition.name.as_str(), encoding.kind());
        self.own_or(encoding.kind(), |lowering| {
            let leaf = lowering.leaf(encoding, Some(of_fixed));
            let is_fixed = |leaf: &Leaf| matches!(leaf.encoding, Encoding::Fixed { .. });
            // The struct of the fixed may be around the Rust type of the logical type all the same.
            if is_fixed(&leaf) && lowering.choices.logical(of_fixed, None) == Logical::Underlying {
                return FieldType::Item { item, pointer: None };
            }
            FieldType::Leaf(leaf)
        })
    }

    /// The user's own type for this place, or what `lower` gives.
    fn own_or(&mut self, kind: &str, lower: impl FnOnce(&mut Self) -> FieldType) -> FieldType {
        let own = self.choices.own_type(self.place(kind));
        let of = lower(self);
        match own {
            Some(ty) => FieldType::Own { ty: ty.to_owned(), of: Box::new(of) },
            None => of,
        }
    }

    /// What Rust holds for a leaf at this place; a fixed with a logical type has a place of its own, too.
    fn leaf(&self, encoding: Encoding, of_fixed: Option<PatternTarget<'_>>) -> Leaf {
        let place = self.place(encoding.kind());
        let is_logical = encoding.underlying() != encoding;
        match is_logical.then(|| self.choices.logical(place, of_fixed)) {
            None | Some(Logical::Underlying) => {
                let encoding = encoding.underlying();
                let rust = match encoding {
                    Encoding::String => RustType::of_string(self.choices.strings(place)),
                    Encoding::Bytes => RustType::of_bytes(self.choices.bytes(place)),
                    _ => return Leaf::new(encoding),
                };
                Leaf { encoding, rust }
            }
            Some(Logical::Chrono) => encoding.with_chrono(),
            Some(_) => Leaf::new(encoding),
        }
    }

    /// A generated type at this place.
    fn item(&mut self, item: usize, kind: &str) -> FieldType {
        self.own_or(kind, |lowering| {
            let place = lowering.place(kind);
            let pointer = lowering.choices.is_boxed(place).then(|| lowering.choices.pointers(place));
            FieldType::Item { item, pointer }
        })
    }

    /// This place, with something of that kind.
    fn place<'p>(&'p self, kind: &'p str) -> PatternTarget<'p> {
        PatternTarget { path: self.walk.path(), type_length: self.walk.type_length(), kind }
    }

    /// What `lower` gives one step inside of this place.
    fn at<T>(&mut self, step: &str, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.walk.enter(step);
        let lowered = lower(self);
        self.walk.leave(outside);
        lowered
    }
}
