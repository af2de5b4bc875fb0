//! Runs the generator on a set of schema files.

use avro_codegen::{Logical, Options, with_header};
use avro_model::{Diagnostics, Leniency, SchemaSet, Source};

/// What the generator made of some files.
#[derive(Debug)]
pub(crate) struct Generated {
    pub(crate) set: SchemaSet,
    pub(crate) code: String,
    /// The Rust type of each source's root, by the index of the source: a path from the place of the code.
    pub(crate) roots: Vec<Option<String>>,
}

/// What becomes of logical types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LogicalTypes {
    /// They have Rust types of their own: the generator's default.
    Used,
    /// The underlying types, for data that is not a value of the logical ones.
    Ignored,
}

/// Parses, links and generates `sources` with views, without what `leniency` lets through.
///
/// # Errors
///
/// Everything that is wrong with the files, or not supported.
pub(crate) fn generate(
    sources: Vec<Source>,
    leniency: Leniency,
    logical_types: LogicalTypes,
) -> Result<Generated, Diagnostics> {
    let set = SchemaSet::parse_leniently(sources, leniency)?;
    let options = match logical_types {
        LogicalTypes::Used => Options::new().views(true),
        LogicalTypes::Ignored => {
            let options = Options::new().views(true).logical("*", Logical::Underlying);
            debug_assert!(options.is_ok(), "`*` is a pattern");
            options.unwrap_or_default()
        }
    };
    let generated = avro_codegen::Generator::new(&set, &options).generate()?;
    let mut roots = vec![None; set.sources().len()];
    debug_assert_eq!(set.roots().len(), generated.root_types.len());
    for (root, path) in set.roots().iter().zip(generated.root_types) {
        debug_assert!(root.source.0 < roots.len(), "a root comes from no file");
        if let Some(slot) = roots.get_mut(root.source.0) {
            *slot = Some(path);
        }
    }
    Ok(Generated { set, code: with_header(generated.code), roots })
}

/// The first error; all of them are too much for a list of failures.
pub(crate) fn short_reason(diagnostics: &Diagnostics) -> String {
    let text = diagnostics.to_string();
    let mut errors = text.lines().filter(|line| line.contains(": error["));
    let first = errors.next().unwrap_or("it was refused without an error").to_owned();
    match errors.count() {
        0 => first,
        more => format!("{first} (and {more} more)"),
    }
}
