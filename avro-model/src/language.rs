//! The languages of sources.

/// The language of a source, which the extension of its path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// The JSON of a schema: `.avsc`, and every path that says nothing else.
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
}
