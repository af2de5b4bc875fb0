//! What is released: `schema-lock/`, a folder that is committed beside the schemas.
//!
//! It has one small file for each version of each subject, `schema-lock/<subject>/<version>.json`:
//!
//! ```json
//! {
//!   "subject": "customer-value",
//!   "version": 1,
//!   "type": "com.example.crm.Customer",
//!   "compatibility": "BACKWARD",
//!   "guid": "e8ea3ce2-5dc5-9d69-5d32-6e4d5cf1a2b4",
//!   "ids": {"default": 17},
//!   "schema": {
//!     "type": "record",
//!     "name": "Customer",
//!     "namespace": "com.example.crm",
//!     "fields": [
//!       {"name": "id", "type": "long"}
//!     ]
//!   }
//! }
//! ```
//!
//! | key | what it is |
//! |---|---|
//! | `subject`, `version` | under which subject of a registry the schema is released, and which of its versions it is |
//! | `type` | the fullname of its type; of a schema without a name, that of its file, without the extension |
//! | `compatibility` | the level that the subject had then; that of the newest version counts |
//! | `guid` | the registry's GUID of the schema, which is the same in every registry |
//! | `ids` | the schema's id in each registry that is known, by the registry's name, which users choose |
//! | `references` | the types that the schema uses without defining them: `name`, and the `subject` and `version` that define it |
//! | `schema` | the schema, which differs from the registered text in white space at most |
//!
//! `ids` and `references` may be left out. Other keys are for tools that are newer than this one, and are not looked
//! at.
//!
//! The folder of a subject is called like it; characters that some file systems do not take are written as `%` and the
//! hexadecimal digits of their bytes.

mod check;
pub mod codes;
mod error;
mod explain;
mod layout;
mod link;
mod memory;
mod parse;
mod place;
mod read;
mod release;
pub(crate) mod types;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use avro_model::compatibility::CompatibilityLevel;
use avro_model::{Guid, Source, Span};

pub use check::{CheckedSubject, LockCheck};
pub use error::LockError;
pub use place::file_stem;
pub(crate) use read::shifted;
pub(crate) use release::release_of;
pub(crate) use types::Types;
pub use types::type_name_of;

/// JSON laid out as lock files have it: what is small on one line, and the rest one item a line. Only white space and
/// comments differ from `json`, which has to be a JSON value.
///
/// ```
/// let text = r#"{"type": "record", "name": "A", "fields": [{"name": "x", "type": "long"}]}"#;
/// assert_eq!(
///     avro_build::lock::pretty_json(text),
///     "{\n  \"type\": \"record\",\n  \"name\": \"A\",\n  \"fields\": [\n    {\"name\": \"x\", \"type\": \"long\"}\n  ]\n}"
/// );
/// ```
#[must_use]
pub fn pretty_json(json: &str) -> String {
    layout::pretty(&layout::compact(json), 0)
}

/// Everything in a lock folder, sorted by subject and version.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    folder: PathBuf,
    versions: Vec<LockedVersion>,
    /// The file of each version.
    files: Vec<LockFile>,
}

/// A version of a subject, as it was released.
///
/// ```
/// use avro_build::lock::LockedVersion;
/// use avro_model::Guid;
/// use avro_model::compatibility::CompatibilityLevel;
///
/// let schema = r#"{"type":"fixed","name":"com.acme.Hash","size":16}"#;
/// let version = LockedVersion::new("hash-value", 1, "com.acme.Hash", Guid::of(schema, []), schema)
///     .with_compatibility(CompatibilityLevel::Full)
///     .with_id("default", 17);
/// assert_eq!(version.ids["default"], 17);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedVersion {
    /// The subject in the registry, such as `customer-value`.
    pub subject: String,
    /// The version, counted from 1.
    pub version: u32,
    /// The fullname of the schema's type; of a schema without a name, that of its file, without the extension.
    pub type_name: String,
    /// The compatibility level of the subject.
    pub compatibility: CompatibilityLevel,
    /// The GUID of the schema.
    pub guid: Guid,
    /// The id of the schema in each known registry, by the registry's name.
    pub ids: BTreeMap<String, u32>,
    /// What the schema uses without defining it.
    pub references: Vec<LockedReference>,
    /// The schema: its JSON without white space.
    pub schema: String,
}

/// A type that a schema uses, and that another subject defines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedReference {
    /// The name in the schema: the fullname of the type.
    pub name: String,
    /// The subject that defines it.
    pub subject: String,
    /// The version of that subject.
    pub version: u32,
}

impl LockedVersion {
    /// A version at the default compatibility level, which no registry has an id for, and which refers to nothing.
    #[must_use]
    pub fn new(
        subject: impl Into<String>,
        version: u32,
        type_name: impl Into<String>,
        guid: Guid,
        schema: impl Into<String>,
    ) -> LockedVersion {
        LockedVersion {
            subject: subject.into(),
            version,
            type_name: type_name.into(),
            compatibility: CompatibilityLevel::default(),
            guid,
            ids: BTreeMap::new(),
            references: Vec::new(),
            schema: schema.into(),
        }
    }

    /// The same version at another compatibility level.
    #[must_use]
    pub fn with_compatibility(mut self, level: CompatibilityLevel) -> LockedVersion {
        self.compatibility = level;
        self
    }

    /// The same version with its id in a registry, instead of another id there.
    #[must_use]
    pub fn with_id(mut self, registry: impl Into<String>, id: u32) -> LockedVersion {
        self.ids.insert(registry.into(), id);
        self
    }

    /// The same version with one more type that its schema uses without defining it.
    #[must_use]
    pub fn with_reference(mut self, reference: LockedReference) -> LockedVersion {
        self.references.push(reference);
        self
    }
}

impl LockedReference {
    /// The type `name`, which a version of `subject` defines.
    #[must_use]
    pub fn new(name: impl Into<String>, subject: impl Into<String>, version: u32) -> LockedReference {
        LockedReference { name: name.into(), subject: subject.into(), version }
    }
}

/// Where a version was read.
#[derive(Clone, Debug)]
struct LockFile {
    /// The whole file, and what diagnostics call it.
    source: Source,
    /// The schema in it.
    schema: Span,
}

impl Lock {
    /// The folder that was read.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether nothing is released.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Every version of every subject, sorted by subject and version.
    #[must_use]
    pub fn versions(&self) -> &[LockedVersion] {
        &self.versions
    }

    /// The subjects, sorted.
    pub fn subjects(&self) -> impl Iterator<Item = &str> {
        self.versions.chunk_by(|one, next| one.subject == next.subject).filter_map(|history| {
            let newest = history.last()?;
            Some(newest.subject.as_str())
        })
    }

    /// The versions of a subject, oldest first; empty for a subject that is not known.
    #[must_use]
    pub fn history(&self, subject: &str) -> &[LockedVersion] {
        let first = self.versions.partition_point(|version| version.subject.as_str() < subject);
        let past = self.versions.partition_point(|version| version.subject.as_str() <= subject);
        let history = self.versions.get(first..past);
        debug_assert!(history.is_some(), "the versions are not sorted");
        history.unwrap_or_default()
    }

    /// The newest version of a subject.
    #[must_use]
    pub fn newest(&self, subject: &str) -> Option<&LockedVersion> {
        self.history(subject).last()
    }

    /// One version.
    #[must_use]
    pub fn version(&self, subject: &str, version: u32) -> Option<&LockedVersion> {
        self.index(subject, version).and_then(|index| self.versions.get(index))
    }

    /// Where a version is in the lists.
    fn index(&self, subject: &str, version: u32) -> Option<usize> {
        let key = |other: &LockedVersion| (subject, version).cmp(&(other.subject.as_str(), other.version)).reverse();
        self.versions.binary_search_by(key).ok()
    }
}
