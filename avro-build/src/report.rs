//! What a run found and did.

use std::path::PathBuf;

use avro_codegen::UnusedOption;
use avro_model::{Diagnostics, position};

use crate::registry::{self, RegistryMode};

/// What [`Config::compile`](crate::Config::compile) read and wrote.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The folders that were searched.
    pub folders: Vec<PathBuf>,
    /// The schema files that were found there, in the order in which they were read.
    pub files: Vec<PathBuf>,
    /// The generated file.
    pub output: PathBuf,
    /// The lock folder that the schemas were compared with.
    pub lock: Option<PathBuf>,
    /// Whether a registry was asked.
    pub registry: RegistryMode,
    /// Whether the generated file is new or other than it was; otherwise it was not touched.
    pub changed: bool,
    /// Warnings about the schemas and their Rust types.
    pub warnings: Diagnostics,
    /// The options that were about nothing.
    pub unused_options: Vec<UnusedOption>,
}

impl Report {
    /// What a build script has to print: on which folders and files the output depends, so that cargo runs the script
    /// again when one is added, changed or removed and not otherwise, and the warnings.
    pub fn cargo_lines(&self) -> impl Iterator<Item = String> + '_ {
        let inputs = self.folders.iter().chain(&self.files).chain(&self.lock);
        let inputs = inputs.map(|path| format!("cargo::rerun-if-changed={}", path.display()));
        let variables = registry::variables(self.registry).into_iter();
        let variables = variables.map(|name| format!("cargo::rerun-if-env-changed={name}"));
        let no_files = self.files.is_empty().then(|| {
            let folders: Vec<String> = self.folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
            format!("cargo::warning=no schema files (.avsc, .avpr, .avdl) in {}", folders.join(", "))
        });
        let warnings = self.warnings.list.iter().map(|warning| self.warning_line(warning));
        let unused = self.unused_options.iter().map(|unused| format!("cargo::warning={unused}"));
        inputs.chain(variables).chain(no_files).chain(warnings).chain(unused)
    }

    /// A cargo warning is one line.
    fn warning_line(&self, warning: &avro_model::Diagnostic) -> String {
        let source = self.warnings.sources.get(warning.primary.source.0);
        debug_assert!(source.is_some(), "a warning about no source");
        let place = source.map(|source| {
            let (line, column) = position(&source.text, warning.primary.span.start);
            format!("{}:{line}:{column}: ", source.path)
        });
        let help = warning.help.as_ref().map(|help| format!(" ({help})"));
        let text = format!("{}{}{}", place.unwrap_or_default(), warning.message, help.unwrap_or_default());
        format!("cargo::warning={}", text.replace(['\n', '\r'], " "))
    }
}
