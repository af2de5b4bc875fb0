//! Avro IDL: each `input/X.avdl` must give what is in `output/X.avpr`, and each `input/X_schema.avdl` what is
//! in `output/X.avsc`, compared as JSON. The folder `putOnClassPath` beside them has files to import.

use std::path::{Path, PathBuf};

use avro_model::{Leniency, SourceId};
use serde_json::Value;

use super::{Error, Verdict};

/// A file and what it must give.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    input: PathBuf,
    output: PathBuf,
    imports: Vec<PathBuf>,
}

/// Every case below `folder`, sorted. An input without output is not a case: other tests of its suite use it.
pub(super) fn find(folder: &Path) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    crate::files::visit(folder, &mut |path| cases.extend(Case::of(path)))
        .map_err(|(path, source)| Error::Read { path, source })?;
    cases.sort();
    Ok(cases)
}

impl Case {
    fn of(path: &Path) -> Option<Case> {
        let is_input = path.extension()? == "avdl" && path.parent()?.file_name()? == "input";
        let suite = path.parent()?.parent().filter(|_| is_input)?;
        let name = path.file_stem()?.to_str()?;
        let output = match name.strip_suffix("_schema") {
            Some(name) => format!("output/{name}.avsc"),
            None => format!("output/{name}.avpr"),
        };
        let output = suite.join(output);
        let imports = Some(suite.join("putOnClassPath")).filter(|folder| folder.is_dir());
        output.is_file().then(|| Case { input: path.to_owned(), output, imports: imports.into_iter().collect() })
    }

    /// The path of the input, from `folder`.
    pub(super) fn id(&self, folder: &Path) -> String {
        crate::files::relative(&self.input, folder)
    }

    pub(super) fn check(&self) -> Verdict {
        let set = avro_build::load_files(std::slice::from_ref(&self.input), &self.imports, Leniency::NONE)
            .map_err(|error| describe(&error))?;
        let found = set.json_of(SourceId(0)).ok_or("it gives nothing")?;
        let found: Value =
            serde_json::from_str(&found).map_err(|error| format!("it gives what is not JSON: {error}"))?;
        let expected = std::fs::read_to_string(&self.output).map_err(|error| format!("the output: {error}"))?;
        let expected: Value = serde_json::from_str(&expected).map_err(|error| format!("the output: {error}"))?;
        match difference(&expected, &found, "") {
            None => Ok(()),
            Some(difference) => Err(difference),
        }
    }
}

fn describe(error: &avro_build::Error) -> String {
    match error {
        avro_build::Error::Schemas(diagnostics) => crate::generation::short_reason(diagnostics),
        error => error.to_string(),
    }
}

/// The first place where two JSON values differ, as a JSON pointer.
fn difference(expected: &Value, found: &Value, path: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) if expected.keys().eq(found.keys()) => {
            expected.iter().find_map(|(key, expected)| difference(expected, found.get(key)?, &format!("{path}/{key}")))
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut pairs = expected.iter().zip(found).enumerate();
            pairs.find_map(|(index, (expected, found))| difference(expected, found, &format!("{path}/{index}")))
        }
        _ if expected == found => None,
        _ => Some(format!("at `{path}`: expected {expected}, found {found}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_have_a_place() {
        let check = |expected: Value, found: Value, difference_expected: Option<&str>| {
            assert_eq!(difference(&expected, &found, "").as_deref(), difference_expected);
        };
        check(json!({"a": [1, {"b": null}]}), json!({"a": [1, {"b": null}]}), None);
        check(json!({"a": [1, {"b": null}]}), json!({"a": [1, {"b": 2}]}), Some("at `/a/1/b`: expected null, found 2"));
        check(json!({"a": 1}), json!({"b": 1}), Some("at ``: expected {\"a\":1}, found {\"b\":1}"));
    }
}
