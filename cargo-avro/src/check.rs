//! `cargo avro check`.

use std::path::PathBuf;
use std::process::ExitCode;

use avro_codegen::Options;
use avro_model::Diagnostics;

use crate::report;

pub(crate) fn run(folders: &[PathBuf], as_json: bool) -> ExitCode {
    let set = match report::load(folders, as_json) {
        Ok(set) => set,
        Err(code) => return code,
    };
    // A valid schema may still use what the generator does not support, and then a build would stop.
    if let Err(unsupported) = avro_codegen::generate(&set, &Options::new()) {
        report::print_diagnostics(&unsupported, as_json);
        return ExitCode::FAILURE;
    }
    let warnings = Diagnostics { sources: set.sources().to_vec(), list: set.warnings().to_vec() };
    report::print_diagnostics(&warnings, as_json);
    if !as_json {
        let (files, types) = (set.sources().len(), set.definitions().len());
        println!("{files} files, {types} named types, {} warnings, no errors", warnings.list.len());
    }
    ExitCode::SUCCESS
}
