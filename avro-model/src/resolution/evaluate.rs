//! Resolves one pair of types by the specification's rules: the heart of resolution, and of the compatibility check.

use std::collections::HashMap;

use super::action::{Action, Promotion, RecordPlanId, narrow};
use super::cause::{self, Cause};
use super::fields::match_fields;
use super::logical;
use super::mismatch::{Mismatch, MismatchKind};
use super::pairs::{Difference, Pairs, Verdict};
use super::place::Place;
use super::purpose::{Purpose, RecordNames};
use crate::logical::LogicalType;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, Record, Schema, Type};

/// A step from two types to others inside of them: what it adds to the path as Java counts it, and to the places in
/// both schemas.
#[derive(Clone, Copy)]
struct Step<'p> {
    path: &'p str,
    reader: &'p str,
    writer: &'p str,
}

impl<'p> Step<'p> {
    fn both(step: &'p str) -> Step<'p> {
        Step { path: step, reader: step, writer: step }
    }
}

/// Where the value of a reader's field comes from.
#[derive(Debug)]
pub(super) enum FieldSource {
    /// From this field of the writer.
    Writer { index: usize, action: Action },
    /// From the reader's default.
    Default,
}

/// One walk through a pair of types, down to the records that they contain but not into those: what is known of them so
/// far is looked up in the [`Pairs`], which evaluates again whatever relied on knowledge that turns out to be wrong.
pub(super) struct Evaluation<'r, 's> {
    pub(super) pairs: &'r mut Pairs<'s>,
    /// The pair that is evaluated.
    subject: usize,
    /// The path of the pair, for the errors that go into the plan.
    base: &'r str,
    /// The path from the pair to the types at hand, as Java counts it.
    path: String,
    /// Where the types at hand are.
    reader: Place,
    writer: Place,
    pub(super) differences: Vec<Difference>,
    /// The readable pairs of records met, and where.
    pub(super) met: Vec<(usize, String)>,
}

impl<'r, 's> Evaluation<'r, 's> {
    pub(super) fn new(pairs: &'r mut Pairs<'s>, subject: usize, base: &'r str) -> Self {
        let (reader, writer) = pairs.places(subject);
        Evaluation {
            pairs,
            subject,
            base,
            path: String::new(),
            reader,
            writer,
            differences: Vec::new(),
            met: Vec::new(),
        }
    }

    /// How a whole datum is read; `None` when it cannot be, and then the differences tell why.
    pub(super) fn resolve_roots(&mut self) -> Option<Action> {
        let (writer, reader): (&'s Schema, &'s Schema) = (self.pairs.writer, self.pairs.reader);
        self.resolve_named_alike(writer.root(), reader.root())
    }

    /// The same as [`resolve`](Self::resolve) where a record's name alone tells what the value is.
    fn resolve_named_alike(&mut self, writer: &'s Type, reader: &'s Type) -> Option<Action> {
        if self.pairs.purpose == Purpose::Decode(RecordNames::Match)
            && let (Kind::Named(written), Kind::Named(read)) = (&writer.kind, &reader.kind)
        {
            let (writer, reader) = self.definitions(*written, *read);
            if as_record(writer).and(as_record(reader)).is_some() {
                self.inside(*written, *read, |this| this.check_names(writer, reader))?;
            }
        }
        self.resolve(writer, reader)
    }

    /// How a value of the writer's type is read as the reader's; `None` when it cannot be, and then the differences
    /// tell why.
    fn resolve(&mut self, writer: &'s Type, reader: &'s Type) -> Option<Action> {
        let width = |ty: &Type| if let Kind::Union(branches) = &ty.kind { branches.len() } else { 1 };
        if !self.pairs.spend(width(reader)) {
            return None;
        }
        match (&writer.kind, &reader.kind) {
            (Kind::Union(branches), _) => self.resolve_writer_union(branches, reader),
            (_, Kind::Union(branches)) => self.resolve_reader_union(writer, branches),
            (Kind::Array(written), Kind::Array(read)) => {
                let items = self.resolve_inner("/items", written, read)?;
                Some(unless_read(items, Action::Array))
            }
            (Kind::Map(written), Kind::Map(read)) => {
                let values = self.resolve_inner("/values", written, read)?;
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

    /// Where each of the reader's fields comes from; `None` when the records do not match. Differences come in the
    /// order of the reader's fields, as Java lists them.
    pub(super) fn resolve_records(&mut self, written: DefinitionId, read: DefinitionId) -> Option<Vec<FieldSource>> {
        let (writer_definition, reader_definition) = self.definitions(written, read);
        let (writer, reader) = (as_record(writer_definition)?, as_record(reader_definition)?);
        // To decode, names are compared where the records meet, since not every place asks for it; a check always wants
        // them.
        if self.pairs.purpose == Purpose::Check {
            self.check_names(writer_definition, reader_definition);
        }
        let matches = match_fields(writer, reader, self.pairs.purpose);
        let mut sources = Vec::with_capacity(reader.fields.len());
        for (position, (field, found)) in reader.fields.iter().zip(matches).enumerate() {
            let in_reader = format!("/fields/{position}");
            let source = match found {
                Some(index) => {
                    let in_writer = format!("/fields/{index}");
                    let step = Step { path: &in_reader, reader: &in_reader, writer: &in_writer };
                    let ty = &writer.fields[index].ty;
                    let action =
                        self.within(step, |this| this.within(Step::both("/type"), |this| this.resolve(ty, &field.ty)));
                    action.map(|action| FieldSource::Writer { index, action })
                }
                None if self.has_default(field) => Some(FieldSource::Default),
                None => {
                    let (record, unusable) = (writer_definition.name.to_string(), field.unusable_default.is_some());
                    let cause = Cause::MissingField { record, field: field.name.clone(), unusable_default: unusable };
                    let step = Step { path: &in_reader, reader: &in_reader, writer: "" };
                    self.within(step, |this| this.miss_field(field, cause))
                }
            };
            sources.extend(source);
        }
        self.differences.is_empty().then_some(sources)
    }

    /// The items of an array or the values of a map. To decode, what cannot be read is an error when there is one; a
    /// check wants to know of it before.
    fn resolve_inner(&mut self, step: &str, writer: &'s Type, reader: &'s Type) -> Option<Action> {
        let known = self.differences.len();
        let action = self.within(Step::both(step), |this| this.resolve(writer, reader));
        if action.is_none() && self.pairs.purpose != Purpose::Check {
            let cause = self.first_cause(known);
            self.differences.truncate(known);
            return Some(Action::Error(Box::new(cause)));
        }
        action
    }

    /// Each branch against the whole of the reader's type. To decode, only the branch that data takes matters; a check
    /// wants them all.
    fn resolve_writer_union(&mut self, branches: &'s [Type], reader: &'s Type) -> Option<Action> {
        let known_before = self.differences.len();
        let mut actions = Vec::with_capacity(branches.len());
        let mut readable = 0;
        for (index, branch) in branches.iter().enumerate() {
            let known = self.differences.len();
            let step = format!("/{index}");
            let step = Step { path: &step, reader: "", writer: &step };
            let action = self.within(step, |this| this.resolve_named_alike(branch, reader));
            readable += usize::from(action.is_some());
            actions.push(action.unwrap_or_else(|| Action::Error(Box::new(self.first_cause(known)))));
        }
        let needed = match self.pairs.purpose {
            Purpose::Check => branches.len(),
            Purpose::Decode(_) => branches.len().min(1),
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
        match self.pairs.purpose {
            Purpose::Decode(_) => {
                if let Some(index) = self.choose_branch(writer, branches) {
                    let step = format!("/{index}");
                    let step = Step { path: &step, reader: &step, writer: "" };
                    let action = self.within(step, |this| this.resolve(writer, &branches[index]))?;
                    return Some(Action::ReaderUnion { branch: narrow(index), action: Box::new(action) });
                }
            }
            // Java's check takes any branch that reads all values, and has no word about why the others do not.
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
        let written = describe(writer, self.pairs.writer);
        let cause = Cause::MissingBranch { place: self.place(), written, others: self.records_among(writer, branches) };
        self.differ(MismatchKind::MissingUnionBranch, cause)
    }

    /// The names of the records among a union's branches, for a record of the writer that none of them reads.
    fn records_among(&self, writer: &Type, branches: &[Type]) -> Vec<String> {
        let (writer_schema, reader_schema) = (self.pairs.writer, self.pairs.reader);
        let record_name = |schema: &Schema, ty: &Type| match ty.kind {
            Kind::Named(id) => as_record(schema.definition(id)).map(|_| schema.definition(id).name.to_string()),
            _ => None,
        };
        if record_name(writer_schema, writer).is_none() {
            return Vec::new();
        }
        branches.iter().filter_map(|branch| record_name(reader_schema, branch)).collect()
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
            (DefinitionKind::Enum(writer), DefinitionKind::Enum(reader)) => self.inside(written, read, |this| {
                let names = this.check_names(writer_definition, reader_definition);
                let action = this.resolve_enums(writer, reader, reader_definition);
                names.and(action)
            }),
            (DefinitionKind::Fixed { size: writer }, DefinitionKind::Fixed { size: reader }) => {
                self.inside(written, read, |this| {
                    let names = this.check_names(writer_definition, reader_definition);
                    let sizes = this.check_sizes(*writer, *reader, reader_definition);
                    let logical_types = this.check_logical_types(writer_definition.logical, reader_definition.logical);
                    names.and(sizes).and(logical_types).map(|()| Action::Read)
                })
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
        self.pairs.look_up(written, read, self.subject)
    }

    /// Symbols by name; those that the reader lacks become its default, when it has one. Equal lists only are read
    /// straight: a longer list of the reader's would accept indexes that the writer has no symbol for.
    fn resolve_enums(&mut self, writer: &'s Enum, reader: &'s Enum, definition: &Definition) -> Option<Action> {
        if writer.symbols == reader.symbols {
            return Some(Action::Read);
        }
        let indexes: HashMap<&str, u32> =
            reader.symbols.iter().enumerate().map(|(index, symbol)| (symbol.as_str(), narrow(index))).collect();
        let of_symbol = |symbol: &String| indexes.get(symbol.as_str()).copied().or(reader.default.map(narrow));
        let table: Box<[Option<u32>]> = writer.symbols.iter().map(of_symbol).collect();
        let unreadable = match self.pairs.purpose {
            Purpose::Decode(_) => !table.is_empty() && table.iter().all(Option::is_none),
            Purpose::Check => table.iter().any(Option::is_none),
        };
        if !unreadable {
            return Some(Action::Enum(table));
        }
        let missing = writer.symbols.iter().filter(|symbol| !indexes.contains_key(symbol.as_str())).cloned().collect();
        let cause = Cause::MissingSymbols { name: definition.name.to_string(), symbols: missing };
        self.within(Step::both("/symbols"), |this| this.differ(MismatchKind::MissingEnumSymbols, cause))
    }

    fn check_names(&mut self, writer: &Definition, reader: &Definition) -> Option<()> {
        if names_match(writer, reader) {
            return Some(());
        }
        let cause = Cause::OtherName { written: writer.name.to_string(), read: reader.name.to_string() };
        self.within(Step::both("/name"), |this| this.differ(MismatchKind::NameMismatch, cause))
    }

    fn check_sizes(&mut self, written: usize, read: usize, reader: &Definition) -> Option<()> {
        if written == read {
            return Some(());
        }
        let cause = Cause::OtherSize { name: reader.name.to_string(), written, read };
        self.within(Step::both("/size"), |this| this.differ(MismatchKind::FixedSizeMismatch, cause))
    }

    fn check_logical_types(&mut self, written: Option<LogicalType>, read: Option<LogicalType>) -> Option<()> {
        if self.pairs.purpose == Purpose::Check {
            return Some(());
        }
        match logical::conflict(written, read) {
            None => Some(()),
            Some(reason) => self.differ(MismatchKind::TypeMismatch, Cause::OtherLogicalType { reason }),
        }
    }

    fn differ_in_type<T>(&mut self, writer: &Type, reader: &Type) -> Option<T> {
        let (written, read) = (describe(writer, self.pairs.writer), describe(reader, self.pairs.reader));
        let in_union = cause::is_branch(&self.writer);
        let cause = Cause::OtherType { place: self.place(), written, read, in_union };
        self.differ(MismatchKind::TypeMismatch, cause)
    }

    /// Java's check asks only whether there is a default; reading needs one that can be used.
    fn has_default(&self, field: &Field) -> bool {
        let counts_unusable = self.pairs.purpose == Purpose::Check;
        field.default.is_some() || (counts_unusable && field.unusable_default.is_some())
    }

    /// A field that the writer does not write, and that has no default. Where the type is an enum with a default of its
    /// own, Java's check compares that enum with the writer's record, and reports what comes of it.
    fn miss_field<T>(&mut self, field: &Field, cause: Cause) -> Option<T> {
        let definition = match field.ty.kind {
            Kind::Named(read) => Some(&self.pairs.reader.definition(read).kind),
            _ => None,
        };
        let has_symbol = matches!(definition, Some(DefinitionKind::Enum(Enum { default: Some(_), .. })));
        if has_symbol && self.pairs.purpose == Purpose::Check {
            let step = Step { path: "/type", reader: "", writer: "" };
            return self.within(step, |this| this.differ(MismatchKind::TypeMismatch, cause));
        }
        self.differ(MismatchKind::ReaderFieldMissingDefaultValue, cause)
    }

    /// Notes a difference. Always `None`, for the caller to return.
    fn differ<T>(&mut self, kind: MismatchKind, cause: Cause) -> Option<T> {
        let mismatch = Mismatch::new(kind, self.path.clone(), self.reader.clone(), self.writer.clone(), cause);
        self.differences.push(Difference::Here(mismatch));
        None
    }

    /// Where the types at hand are, for people.
    fn place(&self) -> String {
        cause::place(self.pairs.reader, &self.reader)
    }

    /// The first of the differences from `start` on, traced to where it comes from.
    fn first_cause(&self, start: usize) -> Mismatch {
        self.pairs.cause(self.base, self.differences.get(start))
    }

    fn within<T>(&mut self, step: Step<'_>, action: impl FnOnce(&mut Self) -> T) -> T {
        let (path, reader, writer) = (self.path.len(), self.reader.path.len(), self.writer.path.len());
        self.path.push_str(step.path);
        self.reader.path.push_str(step.reader);
        self.writer.path.push_str(step.writer);
        let result = action(self);
        self.path.truncate(path);
        self.reader.path.truncate(reader);
        self.writer.path.truncate(writer);
        result
    }

    /// Goes on inside the definitions of an enum or a fixed. Records are pairs of their own.
    fn inside<T>(&mut self, written: DefinitionId, read: DefinitionId, action: impl FnOnce(&mut Self) -> T) -> T {
        let at = |definition| Place { definition: Some(definition), path: String::new() };
        let reader = std::mem::replace(&mut self.reader, at(read));
        let writer = std::mem::replace(&mut self.writer, at(written));
        let result = action(self);
        (self.reader, self.writer) = (reader, writer);
        result
    }

    fn definitions(&self, written: DefinitionId, read: DefinitionId) -> (&'s Definition, &'s Definition) {
        let (writer, reader): (&'s Schema, &'s Schema) = (self.pairs.writer, self.pairs.reader);
        (writer.definition(written), reader.definition(read))
    }
}

/// Whether two named types may be the same one: the same unqualified name, or an alias of the reader's (specification,
/// "Schema Resolution" and "Aliases").
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
        return ty.kind.name_of_unnamed().to_owned();
    };
    let definition = schema.definition(id);
    let kind = match definition.kind {
        DefinitionKind::Record(_) => "record",
        DefinitionKind::Enum(_) => "enum",
        DefinitionKind::Fixed { .. } => "fixed",
    };
    format!("{kind} {}", definition.name)
}
