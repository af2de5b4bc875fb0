//! Resolves one pair of types by the specification's rules: the heart of resolution, and of the compatibility check.

use std::collections::HashMap;

use super::branches::choose_branch;
use super::fields::match_fields;
use super::resolver::{Resolver, Verdict};
use super::{Action, Mismatch, MismatchKind, Promotion, Purpose, RecordPlanId, logical, narrow};
use crate::logical::LogicalType;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Enum, Kind, Record, Schema, Type};

/// What was found to differ in one evaluation. Paths start where the evaluation started.
#[derive(Debug)]
pub(super) enum Difference {
    /// It differs in itself.
    Here(Mismatch),
    /// It contains a pair of records that differ.
    Inside { pair: usize, path: String },
}

/// Where the value of a reader's field comes from.
#[derive(Debug)]
pub(super) enum FieldSource {
    /// From this field of the writer.
    Writer { index: usize, action: Action },
    /// From the reader's default.
    Default,
}

/// One walk through a pair of types, down to the records that they contain but not into those: what is known of them so far
/// is looked up in the [`Resolver`], which evaluates again whatever relied on knowledge that turns out to be wrong.
pub(super) struct Evaluation<'r, 's> {
    pub(super) resolver: &'r mut Resolver<'s>,
    /// The pair that is evaluated.
    subject: usize,
    /// The path of the pair, for the errors that go into the plan.
    base: &'r str,
    /// The path from the pair to the types at hand.
    path: String,
    pub(super) differences: Vec<Difference>,
    /// The readable pairs of records met, and where.
    pub(super) met: Vec<(usize, String)>,
}

impl<'r, 's> Evaluation<'r, 's> {
    pub(super) fn new(resolver: &'r mut Resolver<'s>, subject: usize, base: &'r str) -> Self {
        Evaluation { resolver, subject, base, path: String::new(), differences: Vec::new(), met: Vec::new() }
    }

    /// How a value of the writer's type is read as the reader's; `None` when it cannot be, and then the differences say why.
    pub(super) fn resolve(&mut self, writer: &'s Type, reader: &'s Type) -> Option<Action> {
        match (&writer.kind, &reader.kind) {
            (Kind::Union(branches), _) => self.resolve_writer_union(branches, reader),
            (_, Kind::Union(branches)) => self.resolve_reader_union(writer, branches),
            (Kind::Array(written), Kind::Array(read)) => {
                let items = self.within("items", |this| this.resolve(written, read))?;
                Some(unless_read(items, Action::Array))
            }
            (Kind::Map(written), Kind::Map(read)) => {
                let values = self.within("values", |this| this.resolve(written, read))?;
                Some(unless_read(values, Action::Map))
            }
            (Kind::Named(written), Kind::Named(read)) => self.resolve_named(writer, *written, reader, *read),
            (written, read) => {
                let Some(action) = resolve_primitives(written, read) else {
                    return self.differ_in_type(writer, reader);
                };
                self.check_logical_types(writer.logical, reader.logical)?;
                Some(action)
            }
        }
    }

    /// Where each of the reader's fields comes from; `None` when the records do not match. Differences come in the order of
    /// the reader's fields, as Java lists them.
    pub(super) fn resolve_records(&mut self, written: DefinitionId, read: DefinitionId) -> Option<Vec<FieldSource>> {
        let (writer_definition, reader_definition) = self.definitions(written, read);
        let (writer, reader) = (as_record(writer_definition)?, as_record(reader_definition)?);
        // Java decodes records by their fields alone, and so may a type of another name; its check wants the names, too.
        if self.resolver.purpose == Purpose::Check {
            self.check_names(writer_definition, reader_definition);
        }
        let matches = match_fields(writer, reader, self.resolver.purpose);
        let mut sources = Vec::with_capacity(reader.fields.len());
        for (position, (field, found)) in reader.fields.iter().zip(matches).enumerate() {
            let source = self.within("fields", |this| {
                this.within(&position.to_string(), |this| match found {
                    Some(index) => {
                        let action = this.within("type", |this| this.resolve(&writer.fields[index].ty, &field.ty))?;
                        Some(FieldSource::Writer { index, action })
                    }
                    None if field.default.is_some() => Some(FieldSource::Default),
                    None => {
                        let message = format!(
                            "the writer's record {} has no field `{}`, and the reader's field has no default",
                            writer_definition.name, field.name
                        );
                        this.differ(MismatchKind::ReaderFieldMissingDefaultValue, message)
                    }
                })
            });
            sources.extend(source);
        }
        self.differences.is_empty().then_some(sources)
    }

    /// Each branch against the whole of the reader's type. To decode, only the branch that data takes matters; a check wants
    /// them all.
    fn resolve_writer_union(&mut self, branches: &'s [Type], reader: &'s Type) -> Option<Action> {
        let known_before = self.differences.len();
        let mut actions = Vec::with_capacity(branches.len());
        let mut readable = 0;
        for (index, branch) in branches.iter().enumerate() {
            let known = self.differences.len();
            let action = self.within(&index.to_string(), |this| this.resolve(branch, reader));
            readable += usize::from(action.is_some());
            actions.push(action.unwrap_or_else(|| Action::Error(Box::new(self.first_cause(known)))));
        }
        let needed = match self.resolver.purpose {
            Purpose::Check => branches.len(),
            Purpose::Decode => branches.len().min(1),
        };
        if readable < needed {
            return None;
        }
        self.differences.truncate(known_before);
        let same_branches = matches!(&reader.kind, Kind::Union(read) if read.len() == branches.len());
        let same = same_branches && actions.iter().enumerate().all(|(index, action)| goes_straight_to(action, index));
        Some(if same { Action::Read } else { Action::WriterUnion(actions.into()) })
    }

    fn resolve_reader_union(&mut self, writer: &'s Type, branches: &'s [Type]) -> Option<Action> {
        let known = self.differences.len();
        match self.resolver.purpose {
            Purpose::Decode => {
                if let Some(index) = choose_branch(self, writer, branches) {
                    let action = self.within(&index.to_string(), |this| this.resolve(writer, &branches[index]))?;
                    return Some(Action::ReaderUnion { branch: narrow(index), action: Box::new(action) });
                }
            }
            // Java's check takes any branch that reads all values, and has nothing to say of why the others do not.
            Purpose::Check => {
                for (index, branch) in branches.iter().enumerate() {
                    if self.have_other_names(writer, branch) {
                        continue;
                    }
                    let action = self.resolve(writer, branch);
                    self.differences.truncate(known);
                    if let Some(action) = action {
                        return Some(Action::ReaderUnion { branch: narrow(index), action: Box::new(action) });
                    }
                }
            }
        }
        let written = describe(writer, self.resolver.writer);
        let message = format!("the writer's type is {written}, and no branch of the reader's union reads it");
        self.differ(MismatchKind::MissingUnionBranch, message)
    }

    /// Whether both types are named and their names do not match, so that a check need not look any further.
    fn have_other_names(&self, writer: &Type, reader: &Type) -> bool {
        let (Kind::Named(written), Kind::Named(read)) = (&writer.kind, &reader.kind) else { return false };
        let (writer, reader) = self.definitions(*written, *read);
        !names_match(writer, reader)
    }

    fn resolve_named(
        &mut self,
        writer: &'s Type,
        written: DefinitionId,
        reader: &'s Type,
        read: DefinitionId,
    ) -> Option<Action> {
        let (writer_definition, reader_definition) = self.definitions(written, read);
        match (&writer_definition.kind, &reader_definition.kind) {
            (DefinitionKind::Record(_), DefinitionKind::Record(_)) => self.look_up_records(written, read),
            (DefinitionKind::Enum(written), DefinitionKind::Enum(read)) => {
                let names = self.check_names(writer_definition, reader_definition);
                let action = self.resolve_enums(written, read, reader_definition);
                names.and(action)
            }
            (DefinitionKind::Fixed { size: written }, DefinitionKind::Fixed { size: read }) => {
                let names = self.check_names(writer_definition, reader_definition);
                let sizes = self.check_sizes(*written, *read);
                let logical_types = self.check_logical_types(writer_definition.logical, reader_definition.logical);
                names.and(sizes).and(logical_types).map(|()| Action::Read)
            }
            _ => self.differ_in_type(writer, reader),
        }
    }

    fn look_up_records(&mut self, written: DefinitionId, read: DefinitionId) -> Option<Action> {
        let (pair, verdict) = self.look_up(written, read);
        match verdict {
            Verdict::Same => Some(Action::Read),
            Verdict::Readable => {
                self.met.push((pair, self.path.clone()));
                Some(Action::Record(RecordPlanId(narrow(pair))))
            }
            Verdict::Unreadable => {
                self.differences.push(Difference::Inside { pair, path: self.path.clone() });
                None
            }
        }
    }

    /// What is known of a pair of records so far. When that changes, the pair that is evaluated now is evaluated again.
    pub(super) fn look_up(&mut self, written: DefinitionId, read: DefinitionId) -> (usize, Verdict) {
        self.resolver.look_up(written, read, self.subject)
    }

    /// Symbols by name; those that the reader lacks become its default, when it has one. Equal lists only are read straight: a
    /// longer list of the reader's would accept indexes that the writer has no symbol for.
    fn resolve_enums(&mut self, writer: &'s Enum, reader: &'s Enum, definition: &Definition) -> Option<Action> {
        if writer.symbols == reader.symbols {
            return Some(Action::Read);
        }
        let indexes: HashMap<&str, u32> =
            reader.symbols.iter().enumerate().map(|(index, symbol)| (symbol.as_str(), narrow(index))).collect();
        let of_symbol = |symbol: &String| indexes.get(symbol.as_str()).copied().or(reader.default.map(narrow));
        let table: Box<[Option<u32>]> = writer.symbols.iter().map(of_symbol).collect();
        let unreadable = match self.resolver.purpose {
            Purpose::Decode => !table.is_empty() && table.iter().all(Option::is_none),
            Purpose::Check => table.iter().any(Option::is_none),
        };
        if !unreadable {
            return Some(Action::Enum(table));
        }
        let missing: Vec<&str> =
            writer.symbols.iter().map(String::as_str).filter(|symbol| !indexes.contains_key(symbol)).collect();
        let message = format!("the reader's enum {} has no default and lacks {}", definition.name, missing.join(", "));
        self.within("symbols", |this| this.differ(MismatchKind::MissingEnumSymbols, message))
    }

    fn check_names(&mut self, writer: &Definition, reader: &Definition) -> Option<()> {
        if names_match(writer, reader) {
            return Some(());
        }
        let message = format!(
            "the writer's type is named {}, the reader's {} (an alias in the reader's schema makes them match)",
            writer.name, reader.name
        );
        self.within("name", |this| this.differ(MismatchKind::NameMismatch, message))
    }

    fn check_sizes(&mut self, written: usize, read: usize) -> Option<()> {
        if written == read {
            return Some(());
        }
        let message = format!("the writer's fixed has {written} bytes, the reader's {read}");
        self.within("size", |this| this.differ(MismatchKind::FixedSizeMismatch, message))
    }

    fn check_logical_types(&mut self, written: Option<LogicalType>, read: Option<LogicalType>) -> Option<()> {
        if self.resolver.purpose == Purpose::Check {
            return Some(());
        }
        match logical::conflict(written, read) {
            None => Some(()),
            Some(message) => self.differ(MismatchKind::TypeMismatch, message),
        }
    }

    fn differ_in_type<T>(&mut self, writer: &Type, reader: &Type) -> Option<T> {
        let (written, read) = (describe(writer, self.resolver.writer), describe(reader, self.resolver.reader));
        self.differ(
            MismatchKind::TypeMismatch,
            format!("the writer's type is {written}, which cannot be read as {read}"),
        )
    }

    /// Notes a difference. Always `None`, for the caller to return.
    fn differ<T>(&mut self, kind: MismatchKind, message: String) -> Option<T> {
        self.differences.push(Difference::Here(Mismatch { kind, path: self.path.clone(), message }));
        None
    }

    /// The first of the differences from `start` on, traced to where it comes from.
    fn first_cause(&self, start: usize) -> Mismatch {
        self.resolver.cause(self.base, self.differences.get(start))
    }

    fn within<T>(&mut self, segment: &str, action: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(segment);
        let result = action(self);
        self.path.truncate(length);
        result
    }

    fn definitions(&self, written: DefinitionId, read: DefinitionId) -> (&'s Definition, &'s Definition) {
        let (writer, reader): (&'s Schema, &'s Schema) = (self.resolver.writer, self.resolver.reader);
        (writer.definition(written), reader.definition(read))
    }
}

/// Whether two named types may be the same one: the same unqualified name, or an alias of the reader's (specification, "Schema
/// Resolution" and "Aliases").
pub(super) fn names_match(writer: &Definition, reader: &Definition) -> bool {
    writer.name.name() == reader.name.name() || reader.aliases.contains(&writer.name)
}

/// How a primitive type is read as another; `None` when it cannot be, or when one of them is not primitive.
fn resolve_primitives(writer: &Kind, reader: &Kind) -> Option<Action> {
    match (writer, reader) {
        (Kind::Null, Kind::Null)
        | (Kind::Boolean, Kind::Boolean)
        | (Kind::Int, Kind::Int)
        | (Kind::Long, Kind::Long)
        | (Kind::Float, Kind::Float)
        | (Kind::Double, Kind::Double)
        | (Kind::Bytes, Kind::Bytes)
        | (Kind::String, Kind::String) => Some(Action::Read),
        _ => promotion(writer, reader).map(Action::Promote),
    }
}

/// The promotion from one primitive type to another (specification, "Schema Resolution").
pub(super) fn promotion(writer: &Kind, reader: &Kind) -> Option<Promotion> {
    match (writer, reader) {
        (Kind::Int, Kind::Long) => Some(Promotion::IntToLong),
        (Kind::Int, Kind::Float) => Some(Promotion::IntToFloat),
        (Kind::Int, Kind::Double) => Some(Promotion::IntToDouble),
        (Kind::Long, Kind::Float) => Some(Promotion::LongToFloat),
        (Kind::Long, Kind::Double) => Some(Promotion::LongToDouble),
        (Kind::Float, Kind::Double) => Some(Promotion::FloatToDouble),
        (Kind::String, Kind::Bytes) => Some(Promotion::StringToBytes),
        (Kind::Bytes, Kind::String) => Some(Promotion::BytesToString),
        _ => None,
    }
}

fn unless_read(inner: Action, around: fn(Box<Action>) -> Action) -> Action {
    if inner == Action::Read { Action::Read } else { around(Box::new(inner)) }
}

fn goes_straight_to(action: &Action, index: usize) -> bool {
    matches!(action, Action::ReaderUnion { branch, action } if *branch == narrow(index) && **action == Action::Read)
}

fn as_record(definition: &Definition) -> Option<&Record> {
    match &definition.kind {
        DefinitionKind::Record(record) => Some(record),
        _ => None,
    }
}

fn describe(ty: &Type, schema: &Schema) -> String {
    let Kind::Named(id) = ty.kind else {
        return ty.kind.name().unwrap_or_default().to_owned();
    };
    let definition = schema.definition(id);
    let kind = match definition.kind {
        DefinitionKind::Record(_) => "record",
        DefinitionKind::Enum(_) => "enum",
        DefinitionKind::Fixed { .. } => "fixed",
    };
    format!("{kind} {}", definition.name)
}
