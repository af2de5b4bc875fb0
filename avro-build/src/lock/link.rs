//! The schema of a version, with what it refers to.

use std::borrow::Cow;

use avro_model::{Diagnostic, Diagnostics, Kind, Label, Leniency, Schema, SchemaSet, Source, SourceId, Type};

use super::codes::INVALID_LOCK;
use super::parse::span_of;
use super::{Lock, LockError, LockFile, LockedVersion};

/// Versions and those that they refer to, as one set.
pub(crate) struct Linked {
    /// Its sources are lock files in which everything but the schema is blank, so that places in them are those of the
    /// files.
    pub(crate) set: SchemaSet,
    /// The lock file that each source is, by its index.
    pub(super) files: Vec<usize>,
}

impl Linked {
    /// The root type of a source.
    pub(crate) fn root(&self, source: SourceId) -> Type {
        let root = self.set.roots().iter().find(|root| root.source == source);
        debug_assert!(root.is_some(), "a schema file without a root");
        root.map_or_else(|| Type::plain(Kind::Null), |root| root.ty.clone())
    }

    /// The schema of the first version that was asked for.
    pub(super) fn schema(&self) -> Schema {
        self.set.schema_of(&self.root(SourceId(0)))
    }
}

impl Lock {
    /// The schema of a version, complete: the types that it refers to are among its definitions.
    ///
    /// # Errors
    ///
    /// When there is no such version, when a version that it refers to is not in the lock, and when a schema is
    /// invalid.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), avro_build::lock::LockError> {
    /// let lock = avro_build::lock::Lock::read("schema-lock".as_ref())?;
    /// println!("{}", lock.schema("customer-value", 1)?.to_json());
    /// # Ok(())
    /// # }
    /// ```
    pub fn schema(&self, subject: &str, version: u32) -> Result<Schema, LockError> {
        let index = self.index_or_error(subject, version)?;
        Ok(self.link(&[index])?.schema())
    }

    /// Where a version is, for [`link`](Lock::link).
    pub(crate) fn index_or_error(&self, subject: &str, version: u32) -> Result<usize, LockError> {
        self.index(subject, version).ok_or_else(|| self.no_version(subject, version))
    }

    /// What is wrong with a linked set, over the files as they are.
    pub(crate) fn with_real_text(&self, linked: &Linked, found: Diagnostics) -> Diagnostics {
        Diagnostics::new(self.sources(&linked.files), found.list)
    }

    fn sources(&self, files: &[usize]) -> Vec<Source> {
        files.iter().filter_map(|at| self.files.get(*at)).map(|file| file.source.clone()).collect()
    }

    fn no_version(&self, subject: &str, version: u32) -> LockError {
        let history = self.history(subject);
        let remedy = match history {
            [] => {
                let closest = avro_model::closest(subject, self.subjects());
                closest.map_or_else(
                    || "`cargo avro lock` adds it".to_owned(),
                    |closest| format!("did you mean `{closest}`?"),
                )
            }
            _ => {
                let known: Vec<String> = history.iter().map(|version| version.version.to_string()).collect();
                format!("it has {}; `cargo avro lock` adds others", known.join(", "))
            }
        };
        let (folder, subject) = (self.folder.clone(), subject.to_owned());
        LockError::NoVersion { folder, subject, version, remedy }
    }

    /// Links versions, by their indexes: they are the first sources of the set, in their order.
    pub(crate) fn link(&self, versions: &[usize]) -> Result<Linked, LockError> {
        let mut files = versions.to_vec();
        let mut missing = Diagnostics::new(Vec::new(), Vec::new());
        let mut next = 0;
        while let Some((version, file)) = files.get(next).and_then(|at| self.versions.get(*at).zip(self.files.get(*at)))
        {
            for reference in &version.references {
                let subject = in_context_of(&version.subject, &reference.subject);
                match self.index(&subject, reference.version) {
                    Some(index) if files.contains(&index) => {}
                    Some(index) => files.push(index),
                    None => {
                        let source = SourceId(missing.sources.len());
                        missing.sources.push(file.source.clone());
                        let message = format!(
                            "`{}` is in version {} of `{}`, which the lock does not have",
                            reference.name, reference.version, subject
                        );
                        missing.list.push(not_there(source, file, message));
                    }
                }
            }
            next += 1;
        }
        if !missing.list.is_empty() {
            return Err(LockError::Invalid(missing));
        }
        let read = files.iter().filter_map(|at| self.versions.get(*at).zip(self.files.get(*at)));
        let masked = read.map(|(version, file)| masked(version, file)).collect();
        // What is released cannot be corrected any more.
        match SchemaSet::parse_leniently(masked, Leniency::ALL) {
            Ok(set) => Ok(Linked { set, files }),
            Err(Diagnostics { list, .. }) => Err(LockError::Invalid(Diagnostics::new(self.sources(&files), list))),
        }
    }
}

fn not_there(source: SourceId, file: &LockFile, message: String) -> Diagnostic {
    let primary = Label::new(source, span_of(&file.source, "references"), "referred to here");
    Diagnostic::error(INVALID_LOCK, message, primary)
        .with_help("`cargo avro lock` adds a version with those that it refers to")
}

/// The file with spaces in the place of everything that is not the schema, so that the schema keeps its place. A schema
/// without a name is called after its file, so that the path is that of its type.
fn masked(version: &LockedVersion, file: &LockFile) -> Source {
    let LockFile { source, schema } = file;
    let mut text = " ".repeat(schema.start);
    let of_schema = source.text.get(schema.start..schema.end);
    debug_assert!(of_schema.is_some(), "a span outside of its text");
    text.push_str(of_schema.unwrap_or_default());
    // Lines are told by the real text: what is here only has to be as long.
    Source::new(format!("{}.json", version.type_name), text)
}

/// A reference without a context of its own is meant in that of the subject that has it: `:.team:city` for `city` in
/// `:.team:home`.
fn in_context_of<'s>(subject: &str, reference: &'s str) -> Cow<'s, str> {
    let is_qualified = |subject: &str| subject.starts_with(":.");
    let context = subject.get(1..).filter(|_| is_qualified(subject) && !is_qualified(reference));
    match context.and_then(|rest| rest.split_once(':')) {
        Some((context, _)) => Cow::Owned(format!(":{context}:{reference}")),
        None => Cow::Borrowed(reference),
    }
}
