//! From the files of a corpus to units of generated code.

use avro_codegen::Options;
use avro_model::{Diagnostics, Leniency, Severity, Source};

use super::deviations;
use super::repository::{Repository, SchemaFile};
use super::run::{Run, Subject};
use crate::datum::hexadecimal;
use crate::generated_project::{RootType, Unit};
use crate::generation::{self, Generated, LogicalTypes};
use crate::progress;

/// Files of a repository that are generated together.
struct FileSet {
    repository: usize,
    files: Vec<usize>,
    /// Those of `files` that it is generated for; the others are only needed.
    subjects: Vec<usize>,
    logical_types: LogicalTypes,
}

impl Run<'_> {
    pub(super) fn generate_all(&mut self) {
        let files = self.repositories.iter().map(|repository| repository.files.len()).sum();
        let bar = progress::bar("generating", files);
        for (number, repository) in self.repositories.iter().enumerate() {
            for (path, problem) in &repository.problems {
                self.report.fail(path, problem);
            }
            self.check_rejected(number);
            let together = self.groupings[number].together.clone();
            let mut alone = self.groupings[number].alone.clone();
            self.report.files += together.len() + alone.len();
            for file in &repository.files {
                let vectors =
                    if file.known.has_types() { &mut self.report.vectors } else { &mut self.report.refused_vectors };
                *vectors += file.vectors.len();
            }
            alone.extend(self.generate_together(number, together));
            alone.iter().for_each(|file| self.generate_alone(number, *file, LogicalTypes::Used));
            self.generate_protocols(repository);
            bar.inc(u64::try_from(repository.files.len()).unwrap_or_default());
        }
        bar.finish_and_clear();
        for (repository, file) in self.files_with_data_of_underlying_types() {
            self.generate_alone(repository, file, LogicalTypes::Ignored);
        }
    }

    /// Protocols and Avro IDL are only generated and compiled: there is no data, and no index has which of them are
    /// valid.
    fn generate_protocols(&mut self, repository: &Repository) {
        for (number, (path, imports)) in repository.protocols.iter().enumerate() {
            self.report.protocols += 1;
            let imports = std::slice::from_ref(imports);
            let Ok(set) = avro_build::load_files(std::slice::from_ref(path), imports, Leniency::NONE) else {
                continue;
            };
            let Ok(code) = avro_codegen::generate_file(&set, &Options::new()) else { continue };
            self.report.generated_protocols += 1;
            let name = format!("{}_protocol_{number}", module_name(&repository.name));
            self.project.add(Unit { name, code, roots: Vec::new() });
            self.subjects.push(Vec::new());
        }
    }

    /// What Java refuses must be refused here, too, unless there is a reason.
    fn check_rejected(&mut self, repository: usize) {
        let mut lenient = Vec::new();
        let files = &self.repositories[repository].files;
        for (number, file) in files.iter().enumerate().filter(|(_, file)| file.known.is_rejected) {
            let sources = self.sources(repository, &self.groupings[repository].with_needs(number));
            match (generation::generate(sources, Leniency::NONE, LogicalTypes::Used), deviations::reason(&file.path)) {
                (Err(_), None) if file.known.leniency != Leniency::NONE => lenient.push(number),
                (Err(_), None) => self.report.refused += 1,
                (Ok(_), Some(_)) => self.report.accepted += 1,
                (Ok(_), None) => self.report.fail(&file.path, "Java refuses this schema, and it is accepted"),
                (Err(errors), Some(_)) => {
                    let reason = generation::short_reason(&errors);
                    self.report.fail(&file.path, format!("it should be accepted on purpose: {reason}"));
                }
            }
        }
        // Java accepts these when it is configured to, and so does a build.
        self.report.files += lenient.len();
        self.report.lenient += lenient.len();
        lenient.iter().for_each(|file| self.generate_alone(repository, *file, LogicalTypes::Used));
    }

    /// Generates all of `files` in one unit, and returns those with which that cannot be done.
    fn generate_together(&mut self, repository: usize, mut files: Vec<usize>) -> Vec<usize> {
        let mut left_out = Vec::new();
        while !files.is_empty() {
            let errors =
                match generation::generate(self.sources(repository, &files), Leniency::NONE, LogicalTypes::Used) {
                    Ok(generated) => {
                        let subjects = files.clone();
                        self.add_unit(
                            &FileSet { repository, files, subjects, logical_types: LogicalTypes::Used },
                            generated,
                        );
                        break;
                    }
                    Err(errors) => files_with_errors(&errors),
                };
            let is_bad = |(index, _): &(usize, usize)| errors.is_empty() || errors.contains(index);
            let (bad, good): (Vec<_>, Vec<_>) = files.into_iter().enumerate().partition(is_bad);
            left_out.extend(bad.into_iter().map(|(_, file)| file));
            files = good.into_iter().map(|(_, file)| file).collect();
        }
        left_out
    }

    /// Generates a file with just what it needs.
    pub(super) fn generate_alone(&mut self, repository: usize, file: usize, logical_types: LogicalTypes) {
        let files = self.groupings[repository].with_needs(file);
        let leniency = self.leniency(repository, &files);
        match generation::generate(self.sources(repository, &files), leniency, logical_types) {
            Ok(generated) => {
                self.add_unit(&FileSet { repository, files, subjects: vec![file], logical_types }, generated)
            }
            Err(errors) => {
                self.report.fail(&self.repositories[repository].files[file].path, generation::short_reason(&errors));
            }
        }
    }

    /// The options that a build of these files needs.
    pub(super) fn leniency(&self, repository: usize, files: &[usize]) -> Leniency {
        let mut leniency = Leniency::NONE;
        for file in files {
            let of_file = self.repositories[repository].files[*file].known.leniency;
            leniency.defaults |= of_file.defaults;
            leniency.names |= of_file.names;
        }
        leniency
    }

    fn add_unit(&mut self, set: &FileSet, generated: Generated) {
        let repository = &self.repositories[set.repository];
        let mut unit = Unit { name: set.name(&repository.name), code: generated.code, roots: Vec::new() };
        let mut found = Vec::new();
        for (source, &file) in set.files.iter().enumerate().filter(|(_, file)| set.subjects.contains(file)) {
            let SchemaFile { path, known, .. } = &repository.files[file];
            let root = generated.set.roots().iter().find(|root| root.source.0 == source);
            let Some((root, rust)) = root.zip(generated.roots.get(source).cloned().flatten()) else {
                self.report.fail(path, "no type was generated for its root");
                continue;
            };
            let schema = generated.set.schema_of(&root.ty);
            let sha256 = hexadecimal::of(&schema.fingerprint_sha256());
            if known.sha256.as_ref().is_some_and(|expected| *expected != sha256) {
                self.report.fail(path, format!("its canonical form is not Java's: {}", schema.canonical_form()));
                continue;
            }
            let resolves = self.readers.contains(&(set.repository, file));
            unit.roots.push(RootType { path: rust, resolves });
            found.push(Subject { repository: set.repository, file, schema, logical_types: set.logical_types });
        }
        self.report.generated += found.iter().filter(|subject| subject.is_counted()).count();
        self.project.add(unit);
        self.subjects.push(found);
    }

    /// The files with data that is not a value of the logical types.
    fn files_with_data_of_underlying_types(&self) -> Vec<(usize, usize)> {
        let subjects = self.subjects.iter().flatten().filter(|subject| {
            let vectors = &self.repositories[subject.repository].files[subject.file].vectors;
            vectors.iter().any(|vector| !subject.takes(vector))
        });
        let mut files: Vec<(usize, usize)> = subjects
            .map(|subject| (subject.repository, subject.file))
            .chain(self.readers_without_logical_types())
            .collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    pub(super) fn sources(&self, repository: usize, files: &[usize]) -> Vec<Source> {
        let all = &self.repositories[repository].files;
        let files = files.iter().filter_map(|file| all.get(*file));
        files.map(|file| Source::new(file.path.clone(), file.text.clone())).collect()
    }
}

impl FileSet {
    /// A module's name: the repository, and the file's number where it is for one file.
    fn name(&self, repository: &str) -> String {
        let repository = module_name(repository);
        match (self.subjects.as_slice(), self.logical_types) {
            ([file], LogicalTypes::Used) => format!("{repository}_{file}"),
            ([file], LogicalTypes::Ignored) => format!("{repository}_{file}_without_logical_types"),
            _ => repository,
        }
    }
}

fn module_name(repository: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let name: String = repository.chars().map(letter).collect();
    // A name may begin with a digit, or be a keyword.
    format!("of_{name}")
}

/// The sources that errors are about.
fn files_with_errors(diagnostics: &Diagnostics) -> Vec<usize> {
    let errors = diagnostics.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|error| error.primary.source.0).collect()
}
