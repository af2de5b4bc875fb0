//! Whether schemas may follow those which are released.

use avro_codegen::TypeId;
use avro_model::compatibility::{self, Baseline, CompatibilityLevel, Difference, SchemaInText};
use avro_model::{Diagnostic, Diagnostics, Label, Schema, SchemaSet};

use super::codes::RELEASED_TYPE_IS_GONE;
use super::explain::Explained;
use super::link::Linked;
use super::parse::span_of;
use super::read::shifted;
use super::types::{Types, name_of};
use super::{Lock, LockError, LockedVersion};

/// What a comparison of schemas with a lock found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LockCheck {
    /// Every subject of the lock, sorted, but for those of types in modules.
    pub subjects: Vec<CheckedSubject>,
    /// Every difference that forbids a schema, as an error, and as a warning each subject whose type is gone. The
    /// sources of the set come first among its sources, in their order; lock files follow.
    pub diagnostics: Diagnostics,
}

/// A subject of the lock and the schema that would be its next version.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CheckedSubject {
    /// The subject.
    pub subject: String,
    /// The level that was asked for: that of the newest version.
    pub level: CompatibilityLevel,
    /// The number of the newest version.
    pub newest: u32,
    /// What the schema's type is called now, as [`type_name_of`](super::type_name_of) has it; `None` when the type is
    /// gone.
    pub type_name: Option<String>,
    /// The newest version that has the same schema; `None` when the schema would be a new version.
    pub released_as: Option<u32>,
    /// Why the schema may not be the next version; nothing when it may.
    pub differences: Vec<Difference>,
    pub(crate) ty: Option<TypeId>,
}

impl Lock {
    /// Compares the schemas of `set` with what is released, each under the level of its subject. `subjects` has the
    /// fullnames of types, or names of files, with the subject that they are released under, where that is not what the
    /// lock has: a subject is about the type of its newest version, or about the type that has that as an alias.
    ///
    /// A schema that is the same as any version of its subject passes: a registry does not add it once more. Otherwise
    /// it is compared as a registry would: with the newest version, and with all of them when the level is transitive.
    /// What versions refer to is looked up in the lock, and what the new schema refers to in `set`. A type that is in
    /// `apart`, the schemas of [modules](crate::Config::module), is not compared, and its subject is not among the
    /// checked ones.
    ///
    /// # Errors
    ///
    /// When a version that is needed refers to what is not in the lock, and when its schema is invalid.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let set = avro_build::Config::new().schemas("schemas").load()?;
    /// let check = avro_build::lock::Lock::read("schema-lock".as_ref())?.check(&set, &[], &[])?;
    /// println!("{}", avro_build::render(&check.diagnostics, false));
    /// # Ok(())
    /// # }
    /// ```
    pub fn check(
        &self,
        set: &SchemaSet,
        apart: &[&SchemaSet],
        subjects: &[(String, String)],
    ) -> Result<LockCheck, LockError> {
        let types = Types::new(set);
        let apart: Vec<Types<'_>> = apart.iter().map(|set| Types::new(set)).collect();
        let mut check = Check { lock: self, set, explained: Explained::new(set), list: Vec::new() };
        let mut checked = Vec::new();
        let mut wrong: Option<Diagnostics> = None;
        for history in self.versions.chunk_by(|one, next| one.subject == next.subject) {
            let Some(newest) = history.last() else { continue };
            let given = subjects.iter().find(|(_, subject)| *subject == newest.subject);
            let id = match given {
                Some((name, _)) => types.find(name),
                None => types.find_released(newest),
            };
            if id.is_none() && apart.iter().any(|types| types.find_released(newest).is_some()) {
                continue;
            }
            match check.subject(history, newest, id) {
                Ok(subject) => checked.push(subject),
                // Whatever is wrong with the files is shown at once, as with the schemas.
                Err(LockError::Invalid(Diagnostics { sources, list, .. })) => {
                    let all = wrong.get_or_insert(Diagnostics::new(Vec::new(), Vec::new()));
                    let offset = all.sources.len();
                    all.sources.extend(sources);
                    all.list.extend(list.into_iter().map(|diagnostic| shifted(diagnostic, offset)));
                }
                Err(other) => return Err(other),
            }
        }
        if let Some(wrong) = wrong {
            return Err(LockError::Invalid(wrong));
        }
        let Check { explained, list, .. } = check;
        Ok(LockCheck { subjects: checked, diagnostics: Diagnostics::new(explained.into_sources(), list) })
    }
}

struct Check<'c> {
    lock: &'c Lock,
    set: &'c SchemaSet,
    explained: Explained,
    list: Vec<Diagnostic>,
}

impl Check<'_> {
    fn subject(
        &mut self,
        history: &[LockedVersion],
        newest: &LockedVersion,
        id: Option<TypeId>,
    ) -> Result<CheckedSubject, LockError> {
        let mut checked = CheckedSubject {
            subject: newest.subject.clone(),
            level: newest.compatibility,
            newest: newest.version,
            type_name: None,
            released_as: None,
            differences: Vec::new(),
            ty: id,
        };
        let Some(id) = id else {
            self.gone(newest);
            return Ok(checked);
        };
        let (ty, source) = id.of(self.set);
        checked.type_name = Some(name_of(id, self.set));
        let new = self.set.schema_of(&ty);
        let text = new.to_json();
        // Mostly nothing has changed, and nothing has to be read to see that.
        let is_same = |version: &&LockedVersion| version.references.is_empty() && version.schema == text;
        if let Some(same) = history.iter().rev().find(is_same) {
            checked.released_as = Some(same.version);
            return Ok(checked);
        }
        let mut linked: Vec<(u32, Linked, Schema)> = Vec::with_capacity(history.len());
        for version in history {
            let index = self.lock.index(&version.subject, version.version);
            debug_assert!(index.is_some(), "a version of the history that the lock does not have");
            let of_version = self.lock.link(&[index.unwrap_or_default()])?;
            let schema = of_version.schema();
            if schema.to_json() == text {
                checked.released_as = Some(version.version);
            }
            linked.push((version.version, of_version, schema));
        }
        if checked.released_as.is_some() {
            return Ok(checked);
        }
        let baselines: Vec<Baseline<'_>> =
            linked.iter().map(|(version, _, schema)| Baseline::version(*version, schema)).collect();
        checked.differences = compatibility::check(newest.compatibility, &new, &baselines);
        let new = SchemaInText::new(self.set, &new, source);
        let list = self.explained.all(self.lock, &checked.differences, new, newest, &linked);
        self.list.extend(list);
        Ok(checked)
    }

    /// The type of a subject is not among the schemas.
    fn gone(&mut self, newest: &LockedVersion) {
        let LockedVersion { subject, version, type_name, .. } = newest;
        let Some(index) = self.lock.index(subject, *version) else { return };
        let Some(file) = self.lock.files.get(index) else { return };
        let text = format!("version {version} of `{subject}`");
        let primary = Label::new(self.explained.source(self.lock, index), span_of(&file.source, "type"), text);
        let message = format!("`{type_name}` is released under `{subject}`, and no schema has this name any more");
        let diagnostic = Diagnostic::warning(RELEASED_TYPE_IS_GONE, message, primary).with_help(format!(
            "if it was renamed, give the new name the alias `{type_name}`; if nobody reads or writes it any more, remove the \
             folder of the subject from the lock"
        ));
        self.list.push(diagnostic);
    }
}
