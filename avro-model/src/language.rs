//! The languages of sources.

use crate::source::{Source, SourceId};

/// The language of a source, which the extension of its path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// The JSON of a schema: `.avsc`, and every path with another extension.
    Schema,
    /// The JSON of a protocol: `.avpr`.
    Protocol,
    /// Avro IDL: `.avdl`.
    Idl,
}

impl Language {
    pub(crate) fn of(path: &str) -> Language {
        match path.rsplit_once('.') {
            Some((_, extension)) if extension.eq_ignore_ascii_case("avpr") => Language::Protocol,
            Some((_, extension)) if extension.eq_ignore_ascii_case("avdl") => Language::Idl,
            _ => Language::Schema,
        }
    }

    /// The language of one of the `sources`.
    pub(crate) fn of_source(id: SourceId, sources: &[Source]) -> Language {
        let source = sources.get(id.0);
        debug_assert!(source.is_some(), "every place is in one of the sources");
        source.map_or(Language::Schema, |source| Language::of(&source.path))
    }
}
