//! Imports of the IDL, and which source each of them means.

use std::collections::HashMap;
use std::fmt;

use crate::code::Code;
use crate::collect::Collector;
use crate::language::Language;
use crate::source::{Source, SourceId, Span};
use crate::suggest::closest;

/// `import idl "common.avdl";`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Import {
    /// The language that it names for the file.
    pub kind: ImportKind,
    /// The file, as it is written: a path that starts at the folder of the importing file.
    pub path: String,
    /// The path in its quotes, in the text of the importing source.
    pub span: Span,
}

/// The three kinds of files that the IDL imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// `import idl`: Avro IDL.
    Idl,
    /// `import protocol`: the JSON of a protocol.
    Protocol,
    /// `import schema`: the JSON of a schema.
    Schema,
}

impl fmt::Display for ImportKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ImportKind::Idl => "idl",
            ImportKind::Protocol => "protocol",
            ImportKind::Schema => "schema",
        })
    }
}

/// An import, and how many of the declarations of its source come before it.
pub(crate) struct PlacedImport {
    pub(crate) import: Import,
    pub(crate) types_before: usize,
    pub(crate) messages_before: usize,
}

/// Sources by their paths.
pub(crate) struct Paths {
    by_path: HashMap<Vec<String>, SourceId>,
    folders: Vec<Vec<String>>,
}

impl Paths {
    pub(crate) fn new(sources: &[Source]) -> Paths {
        let mut by_path = HashMap::with_capacity(sources.len());
        let mut folders = Vec::with_capacity(sources.len());
        for (index, source) in sources.iter().enumerate() {
            let mut steps = steps(&[], &source.path);
            // Of several sources with one path, the first: what they define is compared anyway.
            by_path.entry(steps.clone()).or_insert(SourceId(index));
            steps.pop();
            folders.push(steps);
        }
        Paths { by_path, folders }
    }

    /// The source that `import` in `source` means: its path starts at the folder of that source.
    pub(crate) fn find(&self, source: SourceId, import: &Import) -> Option<SourceId> {
        let folder = self.folders.get(source.0)?;
        self.by_path.get(&steps(folder, &import.path)).copied()
    }
}

/// The steps of `path` from `folder`, with `.` and `..` taken out as far as that can be done without a file system.
fn steps(folder: &[String], path: &str) -> Vec<String> {
    let is_absolute = path.starts_with(['/', '\\']);
    let mut steps = if is_absolute { vec![String::new()] } else { folder.to_vec() };
    for step in path.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| !last.is_empty() && last != "..") => {
                steps.pop();
            }
            step => steps.push(step.to_owned()),
        }
    }
    steps
}

/// Reports that no source is what `import` means.
pub(crate) fn report_unknown(import: &Import, place: SourceId, sources: &[Source], collector: &mut Collector) {
    let message = format!("cannot find the imported file `{}`", import.path);
    let label = "no such file, seen from the folder of this one";
    let diagnostic = collector.error(Code::UNKNOWN_IMPORT, (place, import.span), message, label);
    let wanted = file_name(&import.path);
    let known = sources.iter().enumerate().filter(|(index, _)| *index != place.0).map(|(_, source)| source);
    if let Some(same) = known.clone().find(|source| file_name(&source.path) == wanted) {
        diagnostic.help(format!("there is `{}`; paths start at the folder of the importing file", same.path));
    } else if let Some(near) = closest(wanted, known.map(|source| file_name(&source.path))) {
        diagnostic.help(format!("did you mean `{near}`?"));
    }
}

/// Reports an import of a file whose extension tells another language.
pub(crate) fn check_kind(import: &Import, place: SourceId, target: &Source, collector: &mut Collector) {
    let (kind, what) = match Language::of(&target.path) {
        Language::Schema => (ImportKind::Schema, "the JSON of a schema"),
        Language::Protocol => (ImportKind::Protocol, "the JSON of a protocol"),
        Language::Idl => (ImportKind::Idl, "Avro IDL"),
    };
    if kind == import.kind {
        return;
    }
    let message = format!("`import {}` of a file that is read as {what}", import.kind);
    let help = match kind {
        ImportKind::Schema => {
            "write `import schema`, or give the file its extension: .avdl for the IDL, .avpr for a protocol".to_owned()
        }
        ImportKind::Protocol | ImportKind::Idl => format!("write `import {kind}`"),
    };
    let label = "the extension tells the language";
    collector.error(Code::INVALID_IMPORT, (place, import.span), message, label).help(help);
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_folder_of_the_importing_source() {
        let source = |path: &str| Source::new(path.to_owned(), String::new());
        let sources = ["a/b/one.avdl", "./a/two.avdl", "three.avdl", "/abs/four.avdl", "../five.avdl"].map(source);
        let paths = Paths::new(&sources);
        for (from, path, expected) in [
            (0, "one.avdl", Some(0)),
            (0, "./../two.avdl", Some(1)),
            (0, "../../three.avdl", Some(2)),
            (2, "a/./b/one.avdl", Some(0)),
            (1, "b\\one.avdl", Some(0)),
            (0, "/abs/four.avdl", Some(3)),
            (3, "../abs/four.avdl", Some(3)),
            (2, "../five.avdl", Some(4)),
            (4, "five.avdl", Some(4)),
            (0, "two.avdl", None),
            (0, "", None),
        ] {
            let import = Import { kind: ImportKind::Idl, path: path.to_owned(), span: Span { start: 0, end: 0 } };
            assert_eq!(paths.find(SourceId(from), &import), expected.map(SourceId), "{path} from {from}");
        }
    }
}
