//! What is wrong with a schema, and where: plain data that a renderer shows to people.

use std::fmt;

use crate::resolution::MismatchKind;

/// A schema file, or any other text that holds schemas. The extension of its path tells its language: `.avpr` is the
/// JSON of a protocol, `.avdl` is Avro IDL, and everything else the JSON of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What diagnostics call it, usually its path.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Which of the sources handed in: an index into that list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub usize);

/// A piece of a source's text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The schema cannot be used.
    Error,
    /// The schema can be used, but probably does not say what its author meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// A place in a source, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// In which source.
    pub source: SourceId,
    /// Where in it.
    pub span: Span,
    /// What is there, or what was expected there; a few words.
    pub text: String,
}

/// The kind of a diagnostic, stable across versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The text is no JSON.
    InvalidJson,
    /// The text is no Avro IDL.
    InvalidIdl,
    /// A key appears twice in one JSON object (a warning: the last one counts, as in Java; in a lock file an error).
    DuplicateKey,
    /// JSON or types are nested too deeply.
    TooDeep,
    /// A JSON value that is no schema stands where a schema must.
    InvalidSchema,
    /// A name that no source defines.
    UnknownType,
    /// An import of a file that is not there.
    UnknownImport,
    /// An import that says something else about a file than the file is.
    InvalidImport,
    /// An attribute that the kind of type needs is not there.
    MissingAttribute,
    /// An attribute has a value that it must not have.
    InvalidAttribute,
    /// An attribute that means nothing where it stands, and looks like one that would (a warning).
    SuspiciousAttribute,
    /// A name or a namespace that the specification does not allow.
    InvalidName,
    /// Two types of one fullname that differ.
    DuplicateName,
    /// Two fields of one name in a record.
    DuplicateField,
    /// Two equal symbols in an enum.
    DuplicateSymbol,
    /// Two messages of one name in a protocol.
    DuplicateMessage,
    /// A message of a protocol that the specification does not allow.
    InvalidMessage,
    /// Two branches of a union that data could not tell apart by the specification's rule.
    DuplicateBranch,
    /// A union directly inside a union.
    NestedUnion,
    /// A default that is no value of its type.
    InvalidDefault,
    /// A logical type that cannot annotate the type it stands on (a warning: it is ignored).
    InvalidLogicalType,
    /// A logical type that the specification does not know (a warning: it is ignored).
    UnknownLogicalType,
    /// A documentation comment of the IDL that documents nothing (a warning: it is ignored).
    MisplacedDoc,
    /// An enum to which no symbol can be added without breaking consumers (advice).
    EnumWithoutDefault,
    /// A field that may be null, and that readers need all the same (advice).
    NullableWithoutDefault,
    /// Valid Avro that the code generator does not support yet.
    Unsupported,
    /// Two Avro names that give one Rust identifier.
    NameCollision,
    /// A file of `schemas.lock/` that does not say what such a file must say.
    InvalidLock,
    /// What is released under a subject, and has no type among the schemas any more (a warning).
    ReleasedTypeIsGone,
    /// A schema that may not follow those which are released, for this reason. Called as the registry calls it, such as
    /// `reader-field-missing-default-value`.
    Incompatible(MismatchKind),
}

impl Code {
    /// Its name in output and in documentation: `unknown-type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::InvalidJson => "invalid-json",
            Code::InvalidIdl => "invalid-idl",
            Code::DuplicateKey => "duplicate-key",
            Code::TooDeep => "too-deep",
            Code::InvalidSchema => "invalid-schema",
            Code::UnknownType => "unknown-type",
            Code::UnknownImport => "unknown-import",
            Code::InvalidImport => "invalid-import",
            Code::MissingAttribute => "missing-attribute",
            Code::InvalidAttribute => "invalid-attribute",
            Code::SuspiciousAttribute => "suspicious-attribute",
            Code::InvalidName => "invalid-name",
            Code::DuplicateName => "duplicate-name",
            Code::DuplicateField => "duplicate-field",
            Code::DuplicateSymbol => "duplicate-symbol",
            Code::DuplicateMessage => "duplicate-message",
            Code::InvalidMessage => "invalid-message",
            Code::DuplicateBranch => "duplicate-branch",
            Code::NestedUnion => "nested-union",
            Code::InvalidDefault => "invalid-default",
            Code::InvalidLogicalType => "invalid-logical-type",
            Code::UnknownLogicalType => "unknown-logical-type",
            Code::MisplacedDoc => "misplaced-doc",
            Code::EnumWithoutDefault => "enum-without-default",
            Code::NullableWithoutDefault => "nullable-without-default",
            Code::Unsupported => "unsupported",
            Code::NameCollision => "name-collision",
            Code::InvalidLock => "invalid-lock",
            Code::ReleasedTypeIsGone => "released-type-is-gone",
            Code::Incompatible(kind) => match kind {
                MismatchKind::NameMismatch => "name-mismatch",
                MismatchKind::FixedSizeMismatch => "fixed-size-mismatch",
                MismatchKind::MissingEnumSymbols => "missing-enum-symbols",
                MismatchKind::ReaderFieldMissingDefaultValue => "reader-field-missing-default-value",
                MismatchKind::TypeMismatch => "type-mismatch",
                MismatchKind::MissingUnionBranch => "missing-union-branch",
            },
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One thing that is wrong, or at least odd, with a place in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that matter, such as the first of two definitions.
    pub secondary: Vec<Label>,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

/// Everything that is wrong with a set of sources. As an error, it prints one line for each diagnostic:
/// `path:line:column: error[code]: message`.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// The sources that the diagnostics point into.
    pub sources: Vec<Source>,
    /// The diagnostics, sorted by source and place.
    pub list: Vec<Diagnostic>,
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cursor: Option<(SourceId, Cursor<'_>)> = None;
        for (index, diagnostic) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            let Diagnostic { code, severity, message, primary, help, .. } = diagnostic;
            if let Some(source) = self.sources.get(primary.source.0) {
                let (_, cursor) = match &mut cursor {
                    Some(same) if same.0 == primary.source => same,
                    other => other.insert((primary.source, Cursor::new(&source.text))),
                };
                let (line, column) = cursor.position(primary.span.start);
                write!(formatter, "{}:{line}:{column}: ", source.path)?;
            }
            write!(formatter, "{severity}[{code}]: {message}")?;
            if let Some(help) = help {
                write!(formatter, "; {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// The line and the column of the byte at `offset` of `text`, both counted from 1, the column in characters.
/// An offset past the end is taken as the end, one inside a character as that character. Lines end as editors have it:
/// with `\n`, `\r\n` or a lone `\r`. A byte order mark is no column.
///
/// ```
/// assert_eq!(avro_model::position("{\n  \"é\": 1\n}", 9), (2, 7));
/// ```
#[must_use]
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    Cursor::new(text).position(offset)
}

/// Finds lines and columns of offsets. Those in the order of the text take one walk over it in all, which counts when a
/// large text has many mistakes.
struct Cursor<'t> {
    text: &'t str,
    /// On the boundary of a character.
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Cursor<'t> {
        let offset = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Cursor { text, offset, line: 1, column: 1 }
    }

    fn position(&mut self, offset: usize) -> (usize, usize) {
        if offset < self.offset {
            *self = Cursor::new(self.text);
        }
        let mut rest = self.text.get(self.offset..).unwrap_or("").chars();
        while let Some(character) = rest.next().filter(|character| self.offset + character.len_utf8() <= offset) {
            self.offset += character.len_utf8();
            let ends_line = character == '\n' || (character == '\r' && !rest.as_str().starts_with('\n'));
            (self.line, self.column) = if ends_line { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        (self.line, self.column)
    }
}
