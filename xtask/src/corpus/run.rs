//! The steps: read, generate, compile, run data through the types, judge.

use std::collections::BTreeSet;
use std::path::Path;

use avro_model::Schema;

use super::evolution::{self, Change, File};
use super::grouping::Grouping;
use super::report::Report;
use super::repository::{self, Repository, SchemaFile, Vector};
use super::{Error, Request};
use crate::datum::hexadecimal;
use crate::datum::normal_form::normal_form;
use crate::datum::round_trip::{Expected, Returned, judge};
use crate::generated_project::{self, Answer, Findings, Input, Lint, Project};
use crate::generation::LogicalTypes;
use crate::progress;

/// `None` when there is no repository.
pub(super) fn run(workspace_root: &Path, request: &Request) -> Result<Option<Report>, Error> {
    let repositories = repository::read_all(&request.folder)?;
    let changes = evolution::read_all(&request.folder)?;
    if repositories.is_empty() {
        return Ok(None);
    }
    let mut run = Run::new(workspace_root, &repositories, &changes);
    run.generate_all();
    run.check_verdicts();
    run.report.is_linted = request.lints;
    if run.project.is_empty() {
        return Ok(Some(run.report));
    }
    if let Err(error) = run.compile_and_run() {
        // What was generated and compared is printed all the same.
        run.report.fail("the generated crates", crate::failure::chain(&error));
    }
    Ok(Some(run.report))
}

/// A corpus on its way.
pub(super) struct Run<'r> {
    pub(super) repositories: &'r [Repository],
    /// Of each repository.
    pub(super) groupings: Vec<Grouping>,
    pub(super) changes: &'r [Change],
    /// The files whose types read data of others.
    pub(super) readers: BTreeSet<File>,
    pub(super) project: Project<'r>,
    /// Which files each unit of the project is there for.
    pub(super) subjects: Vec<Vec<Subject>>,
    pub(super) report: Report,
}

/// A schema file whose types were generated.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) repository: usize,
    pub(super) file: usize,
    /// The schema at its root.
    pub(super) schema: Schema,
    pub(super) logical_types: LogicalTypes,
}

impl Subject {
    /// The types without logical types only stand in for others.
    pub(super) fn is_counted(&self) -> bool {
        self.logical_types == LogicalTypes::Used
    }

    /// Whether its type is the one for `vector`.
    pub(super) fn takes(&self, vector: &Vector) -> bool {
        let logical_types = match normal_form(&self.schema, &vector.datum) {
            Ok(form) if form.not_a_value_of.is_some() => LogicalTypes::Ignored,
            _ => LogicalTypes::Used,
        };
        self.logical_types == logical_types
    }
}

impl<'r> Run<'r> {
    pub(super) fn new(workspace_root: &'r Path, repositories: &'r [Repository], changes: &'r [Change]) -> Run<'r> {
        Run {
            repositories,
            groupings: repositories.iter().map(Grouping::of).collect(),
            changes,
            readers: evolution::readers(changes, repositories),
            project: Project::new(workspace_root, "corpus"),
            subjects: Vec::new(),
            report: Report::default(),
        }
    }

    fn compile_and_run(&mut self) -> Result<(), Error> {
        if self.report.is_linted {
            return self.lint();
        }
        let findings = self.compile()?;
        self.run_vectors(&findings)?;
        self.run_hostile(&findings)?;
        self.run_changes(&findings)
    }

    /// Compiles everything. A unit of several files that does not compile is taken apart, to see which of them it is.
    fn compile(&mut self) -> Result<Findings, Error> {
        loop {
            let findings = self.project.build()?;
            let broken = findings.broken();
            if broken.is_empty() {
                let compiled = self.subjects.iter().flatten().filter(|subject| subject.is_counted());
                self.report.compiled = compiled.count();
                self.report_warnings(&findings);
                return Ok(findings);
            }
            for (unit, error) in broken {
                self.take_apart(unit, error);
            }
        }
    }

    fn take_apart(&mut self, unit: usize, error: &str) {
        self.project.drop(unit);
        let subjects = std::mem::take(&mut self.subjects[unit]);
        if subjects.len() < 2 {
            let path = subjects.first().map(|subject| &self.repositories[subject.repository].files[subject.file].path);
            let place = path.map_or_else(|| self.project.unit_name(unit), String::as_str);
            self.report.fail(place, format!("the generated code does not compile: {error}"));
            return;
        }
        self.report.generated -= subjects.len();
        for Subject { repository, file, logical_types, .. } in subjects {
            self.generate_alone(repository, file, logical_types);
        }
    }

    fn report_warnings(&mut self, findings: &Findings) {
        for (unit, list) in &findings.by_unit {
            let name = self.project.unit_name(*unit);
            list.iter().for_each(|finding| self.report.fail(name, finding.rendered.as_str()));
        }
    }

    fn lint(&mut self) -> Result<(), Error> {
        for lint in [Lint::Clippy, Lint::Rustdoc] {
            let findings = self.project.lint(lint)?;
            self.report_warnings(&findings);
        }
        Ok(())
    }

    fn run_vectors(&mut self, findings: &Findings) -> Result<(), Error> {
        let mut requests = Vec::new();
        let mut expected: Vec<(&Subject, &SchemaFile, &Vector)> = Vec::new();
        for (unit, subjects) in self.subjects.iter().enumerate() {
            for (root, subject) in subjects.iter().enumerate() {
                let file = &self.repositories[subject.repository].files[subject.file];
                for vector in file.vectors.iter().filter(|vector| subject.takes(vector)) {
                    let datum = vector.datum.clone();
                    requests.push(generated_project::Request {
                        unit,
                        root,
                        input: Input::Datum { datum, writer: None },
                    });
                    expected.push((subject, file, vector));
                }
            }
        }
        let bar = progress::bar("running data", requests.len());
        let answers = self.project.run(findings, &requests, || bar.inc(1))?;
        bar.finish_and_clear();
        for ((subject, file, vector), answer) in expected.into_iter().zip(&answers) {
            let known = Expected { datum: Some(vector.datum.clone()), json: Some(&vector.json) };
            match judge(&subject.schema, &known, answer) {
                Ok(returned) => {
                    self.report.returned += 1;
                    self.report.underlying += usize::from(!subject.is_counted());
                    self.report.reordered += usize::from(returned == Returned::Reordered);
                }
                Err(reason) => self.report.fail(&file.path, format!("{}: {reason}", hexadecimal::of(&vector.datum))),
            }
        }
        Ok(())
    }
    /// Has every type decode payloads that are made to be costly.
    fn run_hostile(&mut self, findings: &Findings) -> Result<(), Error> {
        let mut requests = Vec::new();
        let mut files: Vec<&SchemaFile> = Vec::new();
        for (unit, subjects) in self.subjects.iter().enumerate() {
            for (root, subject) in subjects.iter().enumerate() {
                requests.push(generated_project::Request { unit, root, input: Input::Hostile });
                files.push(&self.repositories[subject.repository].files[subject.file]);
            }
        }
        let bar = progress::bar("running hostile payloads", requests.len());
        let answers = self.project.run(findings, &requests, || bar.inc(1))?;
        bar.finish_and_clear();
        for (file, answer) in files.into_iter().zip(answers) {
            match answer {
                Answer::Bounded(most) => {
                    self.report.bounded += 1;
                    self.report.most = self.report.most.or(most);
                }
                Answer::Failed(why) | Answer::Refused(why) => self.report.fail(&file.path, why),
                Answer::Value(_) => self.report.fail(&file.path, "the driver did something else"),
            }
        }
        Ok(())
    }
}
