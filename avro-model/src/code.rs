//! Kinds of diagnostics.

use std::fmt;

/// The kind of a diagnostic: a name that stays the same across versions, such as `unknown-type`.
///
/// The constants are the codes of this crate. A crate that finds other mistakes has codes of its own, beside the checks
/// that use them:
///
/// ```
/// use avro_model::Code;
///
/// const UNWRITABLE_NAME: Code = Code::new("unwritable-name");
///
/// assert_eq!(UNWRITABLE_NAME.to_string(), "unwritable-name");
/// assert_ne!(UNWRITABLE_NAME, Code::INVALID_NAME);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// A code of that name: lowercase words with hyphens between them.
    #[must_use]
    pub const fn new(name: &'static str) -> Code {
        Code(name)
    }

    /// Its name in output and in documentation: `unknown-type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// The codes of this crate; those of incompatible schemas are
/// [`MismatchKind::code`](crate::resolution::MismatchKind::code), and those of lint are the names of its
/// [rules](crate::lint::LintRule).
impl Code {
    /// The text is not JSON.
    pub const INVALID_JSON: Code = Code::new("invalid-json");
    /// The text is not Avro IDL.
    pub const INVALID_IDL: Code = Code::new("invalid-idl");
    /// A key appears twice in one JSON object (a warning: the last one counts, as in Java; in a lock file an error).
    pub const DUPLICATE_KEY: Code = Code::new("duplicate-key");
    /// JSON or types are nested too deeply.
    pub const TOO_DEEP: Code = Code::new("too-deep");
    /// A JSON value that is not a schema, in the place of one.
    pub const INVALID_SCHEMA: Code = Code::new("invalid-schema");
    /// A name that no source defines.
    pub const UNKNOWN_TYPE: Code = Code::new("unknown-type");
    /// An import of a file that is not there.
    pub const UNKNOWN_IMPORT: Code = Code::new("unknown-import");
    /// An import of a file as another kind than it is.
    pub const INVALID_IMPORT: Code = Code::new("invalid-import");
    /// An attribute that the kind of type needs is not there.
    pub const MISSING_ATTRIBUTE: Code = Code::new("missing-attribute");
    /// An attribute has a value that it must not have.
    pub const INVALID_ATTRIBUTE: Code = Code::new("invalid-attribute");
    /// An attribute without a meaning in its place, which looks like one that has one (a warning).
    pub const SUSPICIOUS_ATTRIBUTE: Code = Code::new("suspicious-attribute");
    /// A name or a namespace that the specification does not allow.
    pub const INVALID_NAME: Code = Code::new("invalid-name");
    /// Two types of one fullname that differ.
    pub const DUPLICATE_NAME: Code = Code::new("duplicate-name");
    /// Two fields of one name in a record.
    pub const DUPLICATE_FIELD: Code = Code::new("duplicate-field");
    /// Two equal symbols in an enum.
    pub const DUPLICATE_SYMBOL: Code = Code::new("duplicate-symbol");
    /// Two messages of one name in a protocol.
    pub const DUPLICATE_MESSAGE: Code = Code::new("duplicate-message");
    /// A message of a protocol that the specification does not allow.
    pub const INVALID_MESSAGE: Code = Code::new("invalid-message");
    /// Two branches of a union that data could not tell apart by the specification's rule.
    pub const DUPLICATE_BRANCH: Code = Code::new("duplicate-branch");
    /// A union directly inside a union.
    pub const NESTED_UNION: Code = Code::new("nested-union");
    /// A default that is not a value of its type.
    pub const INVALID_DEFAULT: Code = Code::new("invalid-default");
    /// A logical type that cannot annotate its type (a warning: it is ignored).
    pub const INVALID_LOGICAL_TYPE: Code = Code::new("invalid-logical-type");
    /// A logical type that the specification does not know (a warning: it is ignored).
    pub const UNKNOWN_LOGICAL_TYPE: Code = Code::new("unknown-logical-type");
    /// A documentation comment of the IDL that documents nothing (a warning: it is ignored).
    pub const MISPLACED_DOC: Code = Code::new("misplaced-doc");
}
