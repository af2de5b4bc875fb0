//! Schemas of a corpus that replaced each other: Java's verdicts, and data of the one read as the other.

use std::collections::BTreeSet;
use std::path::Path;

use avro_model::compatibility::check_readable;
use avro_model::{Schema, SchemaSet};
use serde_json::Value;

use super::Error;
use super::repository::{Repository, read_rows};
use super::run::Run;
use crate::conformance::compat;
use crate::datum::hexadecimal;
use crate::datum::resolved::{Writer, is_no_logical_value};
use crate::datum::round_trip::{Expected, judge};
use crate::generated_project::{Answer, Findings, Input, Request};
use crate::generation::{self, LogicalTypes};
use crate::progress;

/// A file of a repository: the indexes of both.
pub(super) type File = (usize, usize);

/// A row of `evolution.jsonl`.
#[derive(Debug)]
pub(super) struct Change {
    /// What it calls itself, or its place in the file.
    id: String,
    row: Value,
}

impl Change {
    pub(super) fn is_disputed(&self) -> bool {
        self.row["disputed"] == true
    }

    fn path(&self, side: &str) -> Result<&str, String> {
        self.row[side].as_str().ok_or_else(|| format!("the row has no text `{side}`"))
    }

    /// Where the schema of a side is. Paths start at the corpus.
    fn file(&self, side: &str, repositories: &[Repository]) -> Result<File, String> {
        let path = self.path(side)?;
        let files = repositories.iter().enumerate().filter_map(|(number, repository)| {
            Some((number, repository.files.iter().position(|file| file.path == path)?))
        });
        files.min().ok_or_else(|| format!("there is no schema file {path}"))
    }
}

/// The rows of the corpus; none when it has no such file.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Change>, Error> {
    let path = folder.join("evolution.jsonl");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let change = |(row, number): (Value, usize)| {
        let id = row["id"].as_str().map_or_else(|| format!("evolution.jsonl, row {number}"), String::from);
        Change { id, row }
    };
    Ok(read_rows(&path)?.into_iter().zip(1..).map(change).collect())
}

/// The files that data of others is read as.
pub(super) fn readers(changes: &[Change], repositories: &[Repository]) -> BTreeSet<File> {
    changes.iter().filter_map(|change| change.file("reader", repositories).ok()).collect()
}

/// A row whose schemas were found.
struct Pair<'r> {
    change: &'r Change,
    file: File,
    writer: Writer,
    reader: Schema,
    vectors: Vec<Vector<'r>>,
}

/// A datum of the writer.
struct Vector<'r> {
    datum: Vec<u8>,
    /// What the reader must make of it; `None` when it must refuse it.
    expected: Option<Expected<'r>>,
    logical_types: LogicalTypes,
}

impl<'r> Run<'r> {
    /// Compares Java's verdicts with ours.
    pub(super) fn check_verdicts(&mut self) {
        let changes = self.changes;
        for change in changes {
            if change.is_disputed() {
                self.report.disputed += 1;
                continue;
            }
            self.report.verdicts += 1;
            match self.check_verdict(change) {
                Ok(()) => self.report.right_verdicts += 1,
                Err(reason) => self.report.fail(&change.id, reason),
            }
        }
    }

    fn check_verdict(&self, change: &Change) -> Result<(), String> {
        let row = &change.row;
        let (writer, reader) = (self.schema(change, "writer")?, self.schema(change, "reader")?);
        let expected = row["compatible"].as_bool().ok_or("the row has no verdict")?;
        compat::compare(expected, &row["incompatibilities"], &row["kinds"], &check_readable(&reader, &writer))
    }

    /// The schema at the root of a side's file, with what it needs.
    fn schema(&self, change: &Change, side: &str) -> Result<Schema, String> {
        let (repository, file) = change.file(side, self.repositories)?;
        let files = self.groupings[repository].with_needs(file);
        let refused = |reason| format!("the {side}'s schema is refused: {reason}");
        let set = SchemaSet::parse_leniently(self.sources(repository, &files), self.leniency(repository, &files))
            .map_err(|diagnostics| refused(generation::short_reason(&diagnostics)))?;
        let place = files.iter().position(|other| *other == file);
        let root = set.roots().iter().find(|root| Some(root.source.0) == place);
        root.map(|root| set.schema_of(&root.ty)).ok_or_else(|| refused("it has no root".to_owned()))
    }

    /// The files of readers that get data that is not a value of their logical types.
    pub(super) fn readers_without_logical_types(&self) -> Vec<File> {
        let (pairs, _) = self.pairs();
        let is_plain = |vector: &Vector<'_>| vector.logical_types == LogicalTypes::Ignored;
        pairs.iter().filter(|pair| pair.vectors.iter().any(is_plain)).map(|pair| pair.file).collect()
    }

    /// Runs the data of each row through the type of its reader, and judges what comes back.
    pub(super) fn run_changes(&mut self, findings: &Findings) -> Result<(), Error> {
        let (pairs, problems) = self.pairs();
        let mut requests = Vec::new();
        let mut verdicts: Vec<_> = problems.into_iter().map(|(id, reason)| (id, Err(reason))).collect();
        let mut asked = Vec::new();
        for pair in &pairs {
            for vector in &pair.vectors {
                let Some((unit, root)) = self.find_subject(pair.file, vector.logical_types) else {
                    verdicts.push((&pair.change.id, Err("no type was generated for the reader".to_owned())));
                    continue;
                };
                let writer = Some(pair.writer.text(vector.logical_types == LogicalTypes::Used));
                requests.push(Request { unit, root, input: Input::Datum { datum: vector.datum.clone(), writer } });
                asked.push((pair, vector));
            }
        }
        let bar = progress::bar("running data of other versions", requests.len());
        let answers = self.project.run(findings, &requests, || bar.inc(1))?;
        bar.finish_and_clear();
        for ((pair, vector), answer) in asked.into_iter().zip(&answers) {
            let verdict = vector.judge(&pair.reader, answer);
            verdicts
                .push((&pair.change.id, verdict.map_err(|why| format!("{}: {why}", hexadecimal::of(&vector.datum)))));
        }
        let underlying = pairs.iter().flat_map(|pair| &pair.vectors);
        let underlying = underlying.filter(|vector| vector.logical_types == LogicalTypes::Ignored).count();
        self.report.changed_underlying += underlying;
        for (id, verdict) in verdicts {
            self.report.changed += 1;
            match verdict {
                Ok(()) => self.report.changed_right += 1,
                Err(reason) => self.report.fail(id, reason),
            }
        }
        Ok(())
    }

    /// Where the type of a file is, if it was generated.
    fn find_subject(&self, (repository, file): File, logical_types: LogicalTypes) -> Option<(usize, usize)> {
        let mut units = self.subjects.iter().enumerate();
        units.find_map(|(unit, subjects)| {
            let root = subjects.iter().position(|subject| {
                (subject.repository, subject.file) == (repository, file) && subject.logical_types == logical_types
            })?;
            Some((unit, root))
        })
    }

    /// The rows that can be run; and a problem for each datum, or each row, that cannot be.
    fn pairs(&self) -> (Vec<Pair<'r>>, Vec<(&'r str, String)>) {
        let (mut pairs, mut problems) = (Vec::new(), Vec::new());
        let changes = self.changes;
        for change in changes.iter().filter(|change| !change.is_disputed()) {
            let bad = match self.pair(change) {
                Ok((pair, bad)) => {
                    pairs.push(pair);
                    bad
                }
                Err(reason) => vec![reason],
            };
            problems.extend(bad.into_iter().map(|reason| (change.id.as_str(), reason)));
        }
        (pairs, problems)
    }

    fn pair(&self, change: &'r Change) -> Result<(Pair<'r>, Vec<String>), String> {
        let file = change.file("reader", self.repositories)?;
        let (writer, reader) = (self.schema(change, "writer")?, self.schema(change, "reader")?);
        let writer = Writer::of(writer).map_err(|error| error.to_string())?;
        let has_conflict = writer.has_other_logical_types(&reader);
        let (mut vectors, mut problems) = (Vec::new(), Vec::new());
        for row in change.row["vectors"].as_array().into_iter().flatten() {
            match Vector::of_row(row, &reader, has_conflict) {
                Ok(vector) => vectors.push(vector),
                Err(problem) => problems.push(problem),
            }
        }
        Ok((Pair { change, file, writer, reader, vectors }, problems))
    }
}

impl<'r> Vector<'r> {
    fn of_row(row: &'r Value, reader: &Schema, has_conflict: bool) -> Result<Vector<'r>, String> {
        let bytes = |attribute: &str| match row[attribute].as_str() {
            None => Ok(None),
            Some(text) => match hexadecimal::bytes(text) {
                None => Err(format!("`{attribute}` is not hexadecimal")),
                bytes => Ok(bytes),
            },
        };
        let datum = bytes("hex")?.ok_or("a vector has no text `hex`")?;
        let mut logical_types = LogicalTypes::Used;
        if row["error"] == true {
            return Ok(Vector { datum, expected: None, logical_types });
        }
        let expected = Expected { datum: bytes("reader_hex")?, json: row.get("reader_json") };
        if expected.datum.is_none() && expected.json.is_none() {
            return Err("a vector has no `reader_hex`, and is not about an error".to_owned());
        }
        if has_conflict || is_no_logical_value(reader, &expected) {
            logical_types = LogicalTypes::Ignored;
        }
        Ok(Vector { datum, expected: Some(expected), logical_types })
    }

    fn judge(&self, reader: &Schema, answer: &Answer) -> Result<(), String> {
        match (&self.expected, answer) {
            (Some(expected), _) => judge(reader, expected, answer).map(drop),
            (None, Answer::Refused(_)) => Ok(()),
            (None, Answer::Value(_)) => Err("a datum that cannot be read is accepted".to_owned()),
            (None, Answer::Failed(why)) => Err(why.clone()),
            (None, Answer::Bounded(_)) => Err("the driver did something else".to_owned()),
        }
    }
}
