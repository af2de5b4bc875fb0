//! Rows about data, which are run through generated types.
//!
//! About encodings: `schema` (JSON), `hex`, and the datum as `json`. About resolution: `writer` and `writer_hex`, and what that is for
//! `reader`: `reader_json` and `reader_hex`. Or `error: true`, where there is no such datum.

use std::collections::HashMap;
use std::path::Path;

use avro_model::{Schema, Source};
use serde_json::Value;

use super::{Error, Kind, Row, Verdict};
use crate::datum::hexadecimal;
use crate::datum::normal_form::normal_form;
use crate::datum::round_trip::judge;
use crate::generated_project::{Answer, Project, Request, Unit};
use crate::generation::{self, Generated, LogicalTypes};
use crate::progress;

/// What became of the rows.
pub(super) struct Outcome {
    /// The verdict on each row, in their order.
    pub(super) verdicts: Vec<Verdict>,
    /// How many data are no values of their logical types, and went through the underlying types.
    pub(super) underlying: usize,
}

/// Compiles the types of all rows, and runs the data through them.
pub(super) fn check_all(workspace_root: &Path, rows: &[(Kind, Row)]) -> Result<Outcome, Error> {
    let mut project = Project::new(workspace_root, "conformance").resolving();
    let mut types = Types::default();
    let cases: Vec<Result<Case<'_>, String>> = rows.iter().map(|(kind, row)| Case::of(*kind, row)).collect();
    cases.iter().flatten().for_each(|case| types.add(case, &mut project));
    let underlying = cases.iter().flatten().filter(|case| case.logical_types == LogicalTypes::Ignored).count();
    if project.is_empty() {
        let no_type = |case: Result<Case<'_>, String>| types.of(&case?).map(drop);
        return Ok(Outcome { verdicts: cases.into_iter().map(no_type).collect(), underlying });
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
            requests.push(Request { unit: ty.unit, root: 0, datum: case.datum.clone(), writer: case.writer.clone() });
            Ok((case, ty))
        })
        .collect();
    let bar = progress::bar("running data", requests.len());
    let mut answers = project.run(&findings, &requests, || bar.inc(1))?.into_iter();
    bar.finish_and_clear();
    let verdicts = prepared.into_iter().map(|prepared| {
        let (case, ty) = prepared?;
        case.check(&ty.schema, &answers.next().ok_or("the driver gave no answer")?)
    });
    Ok(Outcome { verdicts: verdicts.collect(), underlying })
}

/// A row that can be run.
struct Case<'r> {
    row: &'r Row,
    /// The schema of the generated type.
    schema: String,
    logical_types: LogicalTypes,
    /// The schema that `datum` was written with, where that is another one.
    writer: Option<String>,
    datum: Vec<u8>,
    /// What the type must make of it, as bytes and as JSON; `None` when it must refuse it.
    expected: Option<(Vec<u8>, &'r Value)>,
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
        let schema = row.get(schema).to_string();
        let expected = if row.get("error") == true { None } else { Some((bytes(hex)?, row.get(json))) };
        let is_no_value = expected.as_ref().is_some_and(|(bytes, _)| {
            let form = Schema::parse(&schema).ok().and_then(|schema| normal_form(&schema, bytes).ok());
            form.is_some_and(|form| form.not_a_value_of.is_some())
        });
        let logical_types = if is_no_value { LogicalTypes::Ignored } else { LogicalTypes::Used };
        let writer = writer.map(|attribute| row.get(attribute).to_string());
        Ok(Case { row, schema, logical_types, writer, datum: bytes(writer_hex)?, expected })
    }

    fn key(&self) -> (String, LogicalTypes) {
        (self.schema.clone(), self.logical_types)
    }

    fn check(&self, schema: &Schema, answer: &Answer) -> Verdict {
        match (&self.expected, answer) {
            (None, Answer::Refused(_)) => Ok(()),
            (None, Answer::Value(_)) => Err("an invalid datum is accepted".to_owned()),
            (None, Answer::Failed(why)) => Err(why.clone()),
            (Some((datum, json)), answer) => judge(schema, datum, json, answer).map(drop),
        }
    }
}

/// The generated types: one for all cases with that schema.
#[derive(Default)]
struct Types {
    by_schema: HashMap<(String, LogicalTypes), Result<Type, String>>,
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
    /// A type without a name in the schema is called after the row.
    fn generate(case: &Case<'_>, project: &mut Project<'_>) -> Result<Type, String> {
        let name = case.row.id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        let source = Source { path: format!("{name}.avsc"), text: case.schema.clone() };
        let Generated { set, code, roots } = generation::generate(vec![source], case.logical_types)
            .map_err(|diagnostics| generation::short_reason(&diagnostics))?;
        let root = set.roots().first().zip(roots.into_iter().next().flatten());
        let (root, path) = root.ok_or("no type was generated for the root")?;
        let unit = Unit { name: format!("of_{name}"), code, roots: vec![path] };
        Ok(Type { unit: project.add(unit), schema: set.schema_of(&root.ty) })
    }
}
