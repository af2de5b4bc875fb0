//! A set of schemas to the Rust-shaped model.

use avro_model::{
    Code, Definition, DefinitionKind, Diagnostic, Kind, Label, LogicalType, Root, SchemaSet, Severity, Span, Step, Type,
};

use crate::defaults;
use crate::facts::{self, Facts};
use crate::ident;
use crate::model::{DecimalStorage, FieldType, Item, Model, Module, RecordField, Shape, TimestampUnit, Variant};
use crate::recursion;

/// The largest precision that the Rust type of decimals holds whatever the digits are.
const MAX_DECIMAL_PRECISION: u32 = 28;

/// The model of `set`, and what of `set` cannot be generated. With errors, the model lacks the parts that they are about.
pub(crate) fn lower(set: &SchemaSet) -> (Model<'_>, Vec<Diagnostic>) {
    let mut lowering = Lowering { set, errors: Vec::new() };
    for root in set.roots() {
        lowering.check_root(root);
    }
    let items = set.ids().zip(set.definitions()).map(|(id, definition)| Item {
        id,
        definition,
        name: ident::type_name(definition.name.name()),
        module: module_path(definition),
        shape: lowering.shape(definition, id.index()),
        facts: Facts::default(),
    });
    let mut model = Model { set, items: items.collect(), root: Module::default() };
    place_in_modules(&mut model);
    recursion::put_boxes(&mut model.items);
    let mut errors = lowering.errors;
    defaults::lower_all(&mut model, &mut errors);
    facts::find(&mut model.items);
    (model, errors)
}

struct Lowering<'set> {
    set: &'set SchemaSet,
    errors: Vec<Diagnostic>,
}

/// Where a type stands, for messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    definition: &'a Definition,
    /// The index of a field of `definition`.
    field: usize,
}

impl<'set> Lowering<'set> {
    fn check_root(&mut self, root: &Root) {
        if matches!(root.ty.kind, Kind::Named(_)) {
            return;
        }
        let text = self.set.sources().get(root.source.0).map_or("", |source| &source.text);
        self.errors.push(Diagnostic {
            code: Code::Unsupported,
            severity: Severity::Error,
            message: "a file whose schema is no record, enum or fixed is not supported yet".to_owned(),
            primary: Label {
                source: root.source,
                span: without_white_space(text),
                text: format!("this is {}", with_article(&root.ty)),
            },
            secondary: Vec::new(),
            help: Some("make it a field of a record".to_owned()),
        });
    }

    fn shape(&mut self, definition: &'set Definition, item: usize) -> Shape<'set> {
        match &definition.kind {
            DefinitionKind::Record(record) => {
                let fields = record.fields.iter().enumerate().filter_map(|(index, field)| {
                    let ty = self.field_type(&field.ty, Place { definition, field: index })?;
                    Some(RecordField { field, index, name: ident::field_name(&field.name), ty, default: None })
                });
                Shape::Record { fields: fields.collect() }
            }
            DefinitionKind::Enum(enumeration) => {
                if enumeration.symbols.is_empty() {
                    self.errors.push(self.unsupported_empty_enum(definition));
                }
                let variants =
                    enumeration.symbols.iter().map(|symbol| Variant { symbol, name: ident::variant_name(symbol) });
                Shape::Enumeration { variants: variants.collect(), default: enumeration.default }
            }
            &DefinitionKind::Fixed { size } => match fixed_logical_type(definition.logical, size, item) {
                Some(of) => Shape::Alias { of },
                None => Shape::Fixed { size },
            },
        }
    }

    /// `None` after an error.
    fn field_type(&mut self, ty: &Type, place: Place<'_>) -> Option<FieldType> {
        Some(match (&ty.kind, ty.logical) {
            (Kind::Bytes, Some(LogicalType::Decimal { precision, scale })) if precision <= MAX_DECIMAL_PRECISION => {
                FieldType::Decimal { storage: DecimalStorage::Bytes, precision, scale }
            }
            (Kind::Long, Some(LogicalType::TimestampMillis)) => FieldType::Timestamp(TimestampUnit::Millis),
            (Kind::Long, Some(LogicalType::TimestampMicros)) => FieldType::Timestamp(TimestampUnit::Micros),
            (Kind::Null, _) => FieldType::Null,
            (Kind::Boolean, _) => FieldType::Boolean,
            (Kind::Int, _) => FieldType::Int,
            (Kind::Long, _) => FieldType::Long,
            (Kind::Float, _) => FieldType::Float,
            (Kind::Double, _) => FieldType::Double,
            (Kind::Bytes, _) => FieldType::Bytes,
            (Kind::String, _) => FieldType::String,
            (Kind::Array(items), _) => FieldType::Array(Box::new(self.field_type(items, place)?)),
            (Kind::Map(values), _) => FieldType::Map(Box::new(self.field_type(values, place)?)),
            (Kind::Union(branches), _) => self.union(branches, place)?,
            (Kind::Named(id), _) => {
                let (definition, item) = (self.set.definition(*id), id.index());
                let logical = match definition.kind {
                    DefinitionKind::Fixed { size } => fixed_logical_type(definition.logical, size, item),
                    _ => None,
                };
                logical.unwrap_or(FieldType::Named { item, boxed: false })
            }
        })
    }

    fn union(&mut self, branches: &[Type], place: Place<'_>) -> Option<FieldType> {
        let is_null = |branch: &Type| branch.kind == Kind::Null;
        match branches {
            [null, value] if is_null(null) => {
                Some(FieldType::Nullable { null_branch: 0, value: Box::new(self.field_type(value, place)?) })
            }
            [value, null] if is_null(null) => {
                Some(FieldType::Nullable { null_branch: 1, value: Box::new(self.field_type(value, place)?) })
            }
            _ => {
                self.errors.push(self.unsupported_union(branches, place));
                None
            }
        }
    }

    fn unsupported_empty_enum(&self, definition: &Definition) -> Diagnostic {
        Diagnostic {
            code: Code::Unsupported,
            severity: Severity::Error,
            message: format!("the enum `{}` has no symbols, which is not supported yet", definition.name),
            primary: self.set.label(definition, &[Step::Key("symbols")], "no value is possible"),
            secondary: Vec::new(),
            help: Some("give it at least one symbol".to_owned()),
        }
    }

    fn unsupported_union(&self, branches: &[Type], place: Place<'_>) -> Diagnostic {
        let Place { definition, field } = place;
        let path = [Step::Key("fields"), Step::Index(field), Step::Key("type")];
        let field_name = match &definition.kind {
            DefinitionKind::Record(record) => record.fields.get(field).map_or("", |field| &field.name),
            _ => "",
        };
        let branch_count = match branches.len() {
            1 => "one branch".to_owned(),
            count => format!("{count} branches"),
        };
        Diagnostic {
            code: Code::Unsupported,
            severity: Severity::Error,
            message: format!("the field `{field_name}` of `{}` has a union that is not supported yet", definition.name),
            primary: self.set.label(definition, &path, format!("a union with {branch_count}")),
            secondary: Vec::new(),
            help: Some("unions of null and one other type are supported: [\"null\", T] or [T, \"null\"]".to_owned()),
        }
    }
}

fn without_white_space(text: &str) -> Span {
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    let start = text.find(trimmed).unwrap_or(0);
    Span { start, end: start + trimmed.len() }
}

/// The Rust type that a fixed's logical type has of its own.
fn fixed_logical_type(logical: Option<LogicalType>, size: usize, item: usize) -> Option<FieldType> {
    match logical {
        Some(LogicalType::Decimal { precision, scale }) if precision <= MAX_DECIMAL_PRECISION => {
            Some(FieldType::Decimal { storage: DecimalStorage::Fixed { size, item }, precision, scale })
        }
        _ => None,
    }
}

fn with_article(ty: &Type) -> &'static str {
    match &ty.kind {
        Kind::Union(_) => "a union",
        Kind::Array(_) => "an array",
        Kind::Map(_) => "a map",
        _ => "a primitive type",
    }
}

fn module_path(definition: &Definition) -> Vec<String> {
    namespace_segments(definition).map(ident::module_name).collect()
}

fn namespace_segments(definition: &Definition) -> impl Iterator<Item = &str> {
    definition.name.namespace().unwrap_or("").split('.').filter(|segment| !segment.is_empty())
}

fn place_in_modules(model: &mut Model<'_>) {
    for (index, item) in model.items.iter().enumerate() {
        let mut module = &mut model.root;
        let mut namespace = String::new();
        for (name, segment) in item.module.iter().zip(namespace_segments(item.definition)) {
            if !namespace.is_empty() {
                namespace.push('.');
            }
            namespace.push_str(segment);
            module = submodule(module, name, &namespace);
        }
        module.items.push(index);
    }
}

fn submodule<'m>(parent: &'m mut Module, name: &str, namespace: &str) -> &'m mut Module {
    let place = match parent.modules.binary_search_by(|module| module.name.as_str().cmp(name)) {
        Ok(place) => place,
        Err(place) => {
            let module = Module { name: name.to_owned(), namespace: namespace.to_owned(), ..Module::default() };
            parent.modules.insert(place, module);
            place
        }
    };
    &mut parent.modules[place]
}
