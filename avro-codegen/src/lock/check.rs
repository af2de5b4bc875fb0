//! Whether schemas may follow those which are released.

use std::collections::HashMap;

use avro_model::compatibility::{self, CompatibilityLevel, Difference, Released};
use avro_model::{
    DefinitionId, Diagnostic, Diagnostics, Kind, Label, Leniency, Root, Schema, SchemaSet, Severity, SourceId, Type,
};

use super::codes::RELEASED_TYPE_IS_GONE;
use super::explain::Explained;
use super::link::Linked;
use super::parse::span_of;
use super::read::shifted;
use super::{Lock, LockError, LockedVersion};
use crate::released::TypePlace;

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
    /// What the schema's type is called now, as [`type_name_of`] has it; `None` when there is none any more.
    pub type_name: Option<String>,
    /// The newest version that has the same schema; `None` when the schema would be a new version.
    pub released_as: Option<u32>,
    /// Why the schema may not be the next version; nothing when it may.
    pub differences: Vec<Difference>,
    pub(crate) place: Option<TypePlace>,
}

/// What a lock file calls the type of `root`, one of the roots of `set`: its fullname; for a schema without a name the
/// name of the file, without the extension.
#[must_use]
pub fn type_name_of(set: &SchemaSet, root: &Root) -> String {
    match root.ty.kind {
        Kind::Named(id) => set.definition(id).name.to_string(),
        _ => stem(set.sources().get(root.source.0).map_or("", |source| source.path.as_str())).to_owned(),
    }
}

fn stem(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

impl Lock {
    /// Compares the schemas of `set` with what is released, each under the level of its subject. `subjects` has the
    /// fullnames of types, or names of files, with the subject that they are released under, where that is not what the
    /// lock says: a subject is about the type of its newest version, or about the type that has that as an alias.
    ///
    /// A schema that is the same as any version of its subject passes: a registry does not add it once more. Otherwise
    /// it is compared as a registry would: with the newest version, and with all of them when the level is transitive.
    /// What versions refer to is looked up in the lock, and what the new schema refers to in `set`. A type that is in
    /// `apart`, the schemas of [modules](crate::Config::module), is not compared, and its subject is not among the
    /// checked ones.
    ///
    /// # Errors
    ///
    /// When a version that is needed refers to what is not in the lock, and when its schema is none.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let set = avro_codegen::Config::new().schemas("schemas").load()?;
    /// let check = avro_codegen::lock::Lock::read("schemas.lock".as_ref())?.check(&set, &[], &[])?;
    /// println!("{}", avro_codegen::render(&check.diagnostics, false));
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
            let place = match given {
                Some((name, _)) => types.find(name),
                None => types.find_released(newest),
            };
            if place.is_none() && apart.iter().any(|types| types.find_released(newest).is_some()) {
                continue;
            }
            match check.subject(history, newest, place) {
                Ok(subject) => checked.push(subject),
                // Whatever is wrong with the files is shown at once, as with the schemas.
                Err(LockError::Invalid(Diagnostics { sources, list })) => {
                    let all = wrong.get_or_insert(Diagnostics { sources: Vec::new(), list: Vec::new() });
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
        Ok(LockCheck { subjects: checked, diagnostics: Diagnostics { sources: explained.into_sources(), list } })
    }
}

struct Check<'c> {
    lock: &'c Lock,
    set: &'c SchemaSet,
    explained: Explained<'c>,
    list: Vec<Diagnostic>,
}

impl Check<'_> {
    fn subject(
        &mut self,
        history: &[LockedVersion],
        newest: &LockedVersion,
        place: Option<TypePlace>,
    ) -> Result<CheckedSubject, LockError> {
        let mut checked = CheckedSubject {
            subject: newest.subject.clone(),
            level: newest.compatibility,
            newest: newest.version,
            type_name: None,
            released_as: None,
            differences: Vec::new(),
            place,
        };
        let Some(place) = place else {
            self.gone(newest);
            return Ok(checked);
        };
        let (ty, source) = place.ty(self.set);
        checked.type_name = Some(place.name(self.set));
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
            let index = self.lock.index(&version.subject, version.version).unwrap_or_default();
            let of_version = self.lock.link(&[index])?;
            let schema = of_version.schema();
            if schema.to_json() == text {
                checked.released_as = Some(version.version);
            }
            linked.push((version.version, of_version, schema));
        }
        if checked.released_as.is_some() {
            return Ok(checked);
        }
        let released: Vec<Released<'_>> =
            linked.iter().map(|(version, _, schema)| Released { version: *version, schema }).collect();
        checked.differences = compatibility::check(newest.compatibility, &new, &released);
        let list = self.explained.all(self.lock, &checked.differences, (&new, source), newest, &linked);
        self.list.extend(list);
        Ok(checked)
    }

    /// The type of a subject is not among the schemas.
    fn gone(&mut self, newest: &LockedVersion) {
        let LockedVersion { subject, version, type_name, .. } = newest;
        let Some(index) = self.lock.index(subject, *version) else { return };
        let Some(file) = self.lock.files.get(index) else { return };
        let text = format!("version {version} of `{subject}`");
        let primary =
            Label { source: self.explained.source(self.lock, index), span: span_of(&file.source, "type"), text };
        self.list.push(Diagnostic {
            code: RELEASED_TYPE_IS_GONE,
            severity: Severity::Warning,
            message: format!("`{type_name}` is released under `{subject}`, and no schema has this name any more"),
            primary,
            secondary: Vec::new(),
            help: Some(format!(
                "if it was renamed, give the new name the alias `{type_name}`; if nobody reads or writes it any more, remove the \
                 folder of the subject from the lock"
            )),
        });
    }
}

impl TypePlace {
    /// The type, and the source that it is in.
    pub(crate) fn ty(self, set: &SchemaSet) -> (Type, SourceId) {
        match self {
            TypePlace::Definition(id) => (Type::plain(Kind::Named(id)), set.definition(id).origin.source),
            TypePlace::Root(source) => {
                let root = set.roots().iter().find(|root| root.source == source);
                (root.map_or_else(|| Type::plain(Kind::Null), |root| root.ty.clone()), source)
            }
        }
    }

    /// What the lock calls it.
    pub(crate) fn name(self, set: &SchemaSet) -> String {
        match self {
            TypePlace::Definition(id) => set.definition(id).name.to_string(),
            TypePlace::Root(source) => stem(set.sources().get(source.0).map_or("", |source| &source.path)).to_owned(),
        }
    }
}

/// The types of a set, by what a lock calls them.
pub(crate) struct Types<'set> {
    by_fullname: HashMap<&'set str, DefinitionId>,
    by_alias: HashMap<&'set str, DefinitionId>,
    by_file: HashMap<&'set str, SourceId>,
}

impl<'set> Types<'set> {
    pub(crate) fn new(set: &'set SchemaSet) -> Types<'set> {
        let mut types = Types { by_fullname: HashMap::new(), by_alias: HashMap::new(), by_file: HashMap::new() };
        for (id, definition) in set.ids().zip(set.definitions()) {
            types.by_fullname.insert(definition.name.as_str(), id);
            for alias in &definition.aliases {
                types.by_alias.entry(alias.as_str()).or_insert(id);
            }
        }
        for root in set.roots().iter().filter(|root| !matches!(root.ty.kind, Kind::Named(_))) {
            let path = set.sources().get(root.source.0).map_or("", |source| source.path.as_str());
            types.by_file.entry(stem(path)).or_insert(root.source);
        }
        types
    }

    /// The type of that fullname, or of the file of that name.
    pub(crate) fn find(&self, name: &str) -> Option<TypePlace> {
        let definition = self.by_fullname.get(name).map(|id| TypePlace::Definition(*id));
        definition.or_else(|| self.by_file.get(name).map(|source| TypePlace::Root(*source)))
    }

    /// The type that a version was of.
    fn find_released(&self, version: &LockedVersion) -> Option<TypePlace> {
        let name = version.type_name.as_str();
        let by_alias = || self.by_alias.get(name).map(|id| TypePlace::Definition(*id));
        match (self.by_fullname.get(name), self.by_file.get(name)) {
            // A type of the null namespace may be called like a file.
            (Some(_), Some(source)) if !is_named(&version.schema) => Some(TypePlace::Root(*source)),
            (Some(id), _) => Some(TypePlace::Definition(*id)),
            (None, Some(source)) => by_alias().or(Some(TypePlace::Root(*source))),
            (None, None) => by_alias(),
        }
    }

    /// What could have been meant by a name that is not there.
    pub(crate) fn closest(&self, name: &str) -> Option<&str> {
        avro_model::closest(name, self.by_fullname.keys().chain(self.by_file.keys()).copied())
    }
}

/// Whether the schema has a name of its own.
fn is_named(schema: &str) -> bool {
    Schema::parse_leniently(schema, Leniency::ALL).map_or(true, |schema| schema.fullname().is_some())
}
