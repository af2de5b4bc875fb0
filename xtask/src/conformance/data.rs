//! Rows about data, which are run through generated types.
//!
//! About encodings: `schema` (JSON), `hex`, and the datum as `json`. About resolution: `writer` and `writer_hex`, and
//! what that is for `reader`: `reader_json` and `reader_hex`, of which one may be missing. Or `error: true`, where
//! there is no such datum.

use std::collections::HashMap;
use std::path::Path;

use avro_model::{Leniency, Schema, Source};

use super::{Error, Kind, Row, Verdict};
use crate::datum::hexadecimal;
use crate::datum::resolved::{Writer, is_no_logical_value};
use crate::datum::round_trip::{Expected, judge};
use crate::generated_project::{Answer, Input, Project, Request, RootType, Unit};
use crate::generation::{self, Generated, LogicalTypes};
use crate::progress;

/// What became of the rows.
pub(super) struct Outcome {
    /// The verdict on each row, in their order.
    pub(super) verdicts: Vec<Verdict>,
    /// How many data are not values of their logical types, and went through the underlying types.
    pub(super) underlying: usize,
    /// How many of these are, because writer and reader have different logical types.
    pub(super) conflicting: usize,
}

/// Compiles the types of all rows, and runs the data through them.
pub(super) fn check_all(workspace_root: &Path, rows: &[(Kind, Row)]) -> Result<Outcome, Error> {
    let mut project = Project::new(workspace_root, "conformance");
    let mut types = Types::default();
    let cases: Vec<Result<Case<'_>, String>> = rows.iter().map(|(kind, row)| Case::of(*kind, row)).collect();
    cases.iter().flatten().for_each(|case| types.add(case, &mut project));
    let underlying = cases.iter().flatten().filter(|case| case.logical_types == LogicalTypes::Ignored).count();
    let conflicting = cases.iter().flatten().filter(|case| case.has_conflict).count();
    if project.is_empty() {
        let no_type = |case: Result<Case<'_>, String>| types.of(&case?).map(drop);
        let verdicts = cases.into_iter().map(no_type).collect();
        return Ok(Outcome { verdicts, underlying, conflicting });
    }
    let mut findings = project.build()?;
    while !findings.broken().is_empty() {
        for (unit, error) in findings.broken() {
            project.drop(unit);
            types.refuse(unit, error);
        }
        findings = project.build()?;
    }

    let mut requests = Vec::new();
    let prepared: Vec<Result<(Case<'_>, &Type), String>> = cases
        .into_iter()
        .map(|case| {
            let case = case?;
            let ty = types.of(&case)?;
            let input = Input::Datum { datum: case.datum.clone(), writer: case.writer.clone() };
            requests.push(Request { unit: ty.unit, root: 0, input });
            requests.push(Request { unit: ty.unit, root: 0, input: Input::Hostile });
            Ok((case, ty))
        })
        .collect();
    let bar = progress::bar("running data", requests.len());
    let mut answers = project.run(&findings, &requests, || bar.inc(1))?.into_iter();
    bar.finish_and_clear();
    let mut next = || answers.next().ok_or_else(|| "the driver gave no answer".to_owned());
    let verdicts = prepared.into_iter().map(|prepared| {
        let (case, ty) = prepared?;
        let (answer, hostile) = (next()?, next()?);
        if let Answer::Failed(why) = hostile {
            return Err(format!("a hostile payload: {why}"));
        }
        case.check(&ty.schema, &answer)
    });
    Ok(Outcome { verdicts: verdicts.collect(), underlying, conflicting })
}

/// A row that can be run.
struct Case<'r> {
    row: &'r Row,
    /// The schema of the generated type.
    schema: String,
    logical_types: LogicalTypes,
    /// Whether that is because the writer has another logical type than the reader.
    has_conflict: bool,
    /// The schema that `datum` was written with, where that is another one.
    writer: Option<String>,
    datum: Vec<u8>,
    /// What the type must make of it; `None` when it must refuse it.
    expected: Option<Expected<'r>>,
}

impl Case<'_> {
    fn of(kind: Kind, row: &Row) -> Result<Case<'_>, String> {
        let (schema, hex, json, writer, writer_hex) = match kind {
            Kind::Resolution => ("reader", "reader_hex", "reader_json", Some("writer"), "writer_hex"),
            _ => ("schema", "hex", "json", None, "hex"),
        };
        let bytes = |attribute: &str| {
            hexadecimal::bytes(row.text(attribute)?).ok_or_else(|| format!("`{attribute}` is not hexadecimal"))
        };
        let schema = row.schema(schema)?;
        let mut expected = None;
        if row.get("error") != true {
            let (datum, json) = (row.find(hex).filter(|hex| !hex.is_null()), row.find(json));
            if datum.is_none() && json.is_none() {
                return Err(format!("the row has no `{hex}`, and is not about an error"));
            }
            expected = Some(Expected { datum: datum.map(|_| bytes(hex)).transpose()?, json });
        }
        let mut case = Case {
            row,
            schema,
            logical_types: LogicalTypes::Used,
            has_conflict: false,
            writer: writer.map(|attribute| row.schema(attribute)).transpose()?,
            datum: bytes(writer_hex)?,
            expected,
        };
        case.choose_logical_types();
        Ok(case)
    }

    /// Where the reader gets no value of its logical types, and where the writer has others, it is the underlying types
    /// that data is known of.
    fn choose_logical_types(&mut self) {
        let (Some(expected), Ok(schema)) = (&self.expected, Schema::parse(&self.schema)) else { return };
        let writer = self.writer.as_deref().and_then(|writer| Writer::of_text(writer).ok());
        self.has_conflict = writer.as_ref().is_some_and(|writer| writer.has_other_logical_types(&schema));
        if self.has_conflict || is_no_logical_value(&schema, expected) {
            self.logical_types = LogicalTypes::Ignored;
            if let Some(writer) = writer {
                self.writer = Some(writer.text(false));
            }
        }
    }

    fn key(&self) -> Key {
        (self.schema.clone(), self.logical_types, self.writer.is_some())
    }

    fn check(&self, schema: &Schema, answer: &Answer) -> Verdict {
        match (&self.expected, answer) {
            (None, Answer::Refused(_)) => Ok(()),
            (None, Answer::Value(_)) => Err("an invalid datum is accepted".to_owned()),
            (None, Answer::Failed(why)) => Err(why.clone()),
            (None, Answer::Bounded(_)) => Err("the driver did something else".to_owned()),
            (Some(expected), answer) => judge(schema, expected, answer).map(drop),
        }
    }
}

/// The schema of a type, what became of its logical types, and whether it reads data of other schemas.
type Key = (String, LogicalTypes, bool);

/// The generated types: one for all cases with that key.
#[derive(Default)]
struct Types {
    by_schema: HashMap<Key, Result<Type, String>>,
}

struct Type {
    unit: usize,
    schema: Schema,
}

impl Types {
    fn add(&mut self, case: &Case<'_>, project: &mut Project<'_>) {
        let generated = || Type::generate(case, project);
        self.by_schema.entry(case.key()).or_insert_with(generated);
    }

    /// Takes back the type of a unit that does not compile.
    fn refuse(&mut self, unit: usize, error: &str) {
        for ty in self.by_schema.values_mut() {
            if ty.as_ref().is_ok_and(|ty| ty.unit == unit) {
                *ty = Err(format!("the generated type does not compile: {error}"));
            }
        }
    }

    fn of(&self, case: &Case<'_>) -> Result<&Type, String> {
        self.by_schema.get(&case.key()).ok_or("no type was generated")?.as_ref().map_err(Clone::clone)
    }
}

impl Type {
    /// A type without a name in the schema is named after the row.
    fn generate(case: &Case<'_>, project: &mut Project<'_>) -> Result<Type, String> {
        let name = case.row.id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        let source = Source::new(format!("{name}.avsc"), case.schema.clone());
        let Generated { set, code, roots } = generation::generate(vec![source], Leniency::NONE, case.logical_types)
            .map_err(|diagnostics| generation::short_reason(&diagnostics))?;
        let root = set.roots().first().zip(roots.into_iter().next().flatten());
        let (root, path) = root.ok_or("no type was generated for the root")?;
        let resolves = case.writer.is_some();
        let unit = Unit { name: format!("of_{name}"), code, roots: vec![RootType { path, resolves }] };
        Ok(Type { unit: project.add(unit), schema: set.schema_of(&root.ty) })
    }
}
