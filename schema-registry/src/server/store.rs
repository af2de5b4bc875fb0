//! What the embedded registry knows, and how it changes. No I/O, no HTTP.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use avro_model::{Schema, SchemaSet, Source};
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::compatibility::CompatibilityLevel;
use crate::frame::SchemaId;
use crate::schema::SchemaReference;
use crate::wire::{SchemaAnswer, SchemaRequest, VersionAnswer};

/// Subjects with their versions, schemas with their ids, levels and modes.
#[derive(Debug)]
pub(crate) struct Store {
    schemas: BTreeMap<SchemaId, Arc<StoredSchema>>,
    ids: HashMap<Identity, SchemaId>,
    last_id: u32,
    /// A subject is in here as long as it has a version, live or soft-deleted.
    subjects: BTreeMap<String, Vec<Version>>,
    level: CompatibilityLevel,
    levels: BTreeMap<String, CompatibilityLevel>,
    mode: Mode,
    modes: BTreeMap<String, Mode>,
}

/// What makes two schemas the same one: the text as Java prints it, and the references.
pub(super) type Identity = (String, Vec<SchemaReference>);

/// A schema with everything that is ever asked of it.
#[derive(Debug)]
pub(crate) struct StoredSchema {
    pub(crate) text: String,
    pub(crate) references: Vec<SchemaReference>,
    pub(crate) schema: Schema,
    identity: Identity,
}

/// One version of a subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version {
    pub(super) number: u32,
    pub(super) id: SchemaId,
    /// Soft-deleted: it no longer counts, but its id still answers.
    deleted: bool,
}

/// Which of the live and the soft-deleted are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    Live,
    All,
    DeletedOnly,
}

/// How a request names a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionName {
    Latest,
    Number(u32),
}

/// Whether anything may be registered or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Mode {
    Readwrite,
    Readonly,
    /// Set globally, it makes every subject read-only, whatever its own mode.
    ReadonlyOverride,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            schemas: BTreeMap::new(),
            ids: HashMap::new(),
            last_id: 0,
            subjects: BTreeMap::new(),
            level: CompatibilityLevel::Backward,
            levels: BTreeMap::new(),
            mode: Mode::Readwrite,
            modes: BTreeMap::new(),
        }
    }
}

impl Include {
    fn covers(self, version: &Version) -> bool {
        match self {
            Self::Live => !version.deleted,
            Self::All => true,
            Self::DeletedOnly => version.deleted,
        }
    }
}

impl VersionName {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        if matches!(text, "latest" | "-1") {
            return Ok(Self::Latest);
        }
        match text.parse() {
            Ok(number @ 1..=0x7fff_ffff) => Ok(Self::Number(number)),
            _ => Err(Refusal::invalid_version(text)),
        }
    }
}

impl Store {
    /// Adds a version to `subject`, unless the newest live ones hold this schema already.
    pub(crate) fn register(&mut self, subject: &str, request: &SchemaRequest<'_>) -> Result<SchemaId, Refusal> {
        require_subject(subject)?;
        self.require_writable(subject)?;
        let candidate = self.read(request)?;
        let known = self.ids.get(&candidate.identity).copied();
        let live = self.live(subject);
        if let Some(version) = live.iter().find(|version| Some(version.id) == known) {
            return Ok(version.id);
        }
        let messages = self.incompatibilities(subject, &candidate.schema);
        if !messages.is_empty() {
            return Err(Refusal::incompatible(subject, &messages));
        }
        let id = match known {
            Some(id) => id,
            None => self.add_schema(candidate),
        };
        let versions = self.subjects.entry(subject.to_owned()).or_default();
        let number = versions.last().map_or(1, |last| last.number.saturating_add(1));
        versions.push(Version { number, id, deleted: false });
        Ok(id)
    }

    fn add_schema(&mut self, candidate: StoredSchema) -> SchemaId {
        self.last_id = self.last_id.saturating_add(1);
        let id = SchemaId::new(self.last_id);
        self.ids.insert(candidate.identity.clone(), id);
        self.schemas.insert(id, Arc::new(candidate));
        id
    }

    /// The version of `subject` that holds the schema.
    pub(crate) fn look_up(
        &self,
        subject: &str,
        request: &SchemaRequest<'_>,
        include: Include,
    ) -> Result<VersionAnswer, Refusal> {
        let versions = self.versions_of(subject, include)?;
        let candidate = self.read(request)?;
        let known = self.ids.get(&candidate.identity).copied();
        // The newest one, should a deleted version and its successor hold the same schema.
        let version = versions.iter().rev().find(|version| Some(version.id) == known);
        self.answer(subject, version.ok_or_else(Refusal::schema_not_found)?)
    }

    /// Parses and links what is to be registered, looked up or checked.
    pub(super) fn read(&self, request: &SchemaRequest<'_>) -> Result<StoredSchema, Refusal> {
        if let Some(other) = request.schema_type.as_deref().filter(|kind| *kind != "AVRO") {
            return Err(Refusal::unusable_schema(&format!("type {other} is not supported, only AVRO")));
        }
        let references = request.references.as_deref().unwrap_or_default();
        if references.is_empty() {
            let schema = Schema::parse(&request.schema).map_err(|error| Refusal::invalid_schema(&error))?;
            let text = schema.to_json();
            let identity = (text.clone(), Vec::new());
            return Ok(StoredSchema { text, references: Vec::new(), schema, identity });
        }
        let mut sources = vec![Source { path: "schema".to_owned(), text: request.schema.clone().into_owned() }];
        sources.extend(self.referenced_sources(references)?);
        let set = SchemaSet::parse(sources).map_err(|error| Refusal::unusable_schema(&error.to_string()))?;
        let Some(root) = set.roots().first() else {
            return Err(Refusal::unusable_schema("it is empty"));
        };
        let schema = set.schema_of(&root.ty);
        let identity = (schema.to_json(), references.to_vec());
        // The printed form of a linked schema defines what this one only names; the text stays as it came.
        let text = request.schema.clone().into_owned();
        Ok(StoredSchema { text, references: references.to_vec(), schema, identity })
    }

    /// The texts of everything that is referred to, directly or through others, each once.
    fn referenced_sources(&self, references: &[SchemaReference]) -> Result<Vec<Source>, Refusal> {
        let mut sources = Vec::new();
        let mut waiting: VecDeque<_> = references.iter().collect();
        let mut linked = HashSet::new();
        while let Some(reference) = waiting.pop_front() {
            let SchemaReference { name, subject, version } = reference;
            let found = self.version_entry(subject, VersionName::Number(*version), Include::Live);
            let stored = found.ok().and_then(|entry| self.schemas.get(&entry.id).map(|stored| (entry.id, stored)));
            let Some((id, stored)) = stored else {
                let reason = format!("no schema reference found for {name}: subject '{subject}', version {version}");
                return Err(Refusal::unusable_schema(&reason));
            };
            if linked.insert(id) {
                sources.push(Source { path: format!("{subject} version {version}"), text: stored.text.clone() });
                waiting.extend(&stored.references);
            }
        }
        Ok(sources)
    }

    pub(crate) fn schema(&self, id: SchemaId) -> Result<&Arc<StoredSchema>, Refusal> {
        self.schemas.get(&id).ok_or_else(Refusal::schema_not_found)
    }

    /// Where a schema is used: subjects and versions.
    pub(crate) fn uses(&self, id: SchemaId, include: Include) -> Result<Vec<(String, u32)>, Refusal> {
        self.schema(id)?;
        let mut uses = Vec::new();
        for (subject, versions) in &self.subjects {
            let matching = versions.iter().filter(|version| version.id == id && include.covers(version));
            uses.extend(matching.map(|version| (subject.clone(), version.number)));
        }
        Ok(uses)
    }

    pub(crate) fn subjects(&self, prefix: &str, include: Include) -> Vec<String> {
        self.subjects
            .iter()
            .filter(|(subject, versions)| {
                let listed = match include {
                    // A subject counts as deleted when nothing of it is live.
                    Include::DeletedOnly => versions.iter().all(|version| version.deleted),
                    _ => versions.iter().any(|version| include.covers(version)),
                };
                listed && subject.starts_with(prefix)
            })
            .map(|(subject, _)| subject.clone())
            .collect()
    }

    pub(crate) fn versions(&self, subject: &str, include: Include) -> Result<Vec<u32>, Refusal> {
        Ok(self.versions_of(subject, include)?.iter().map(|version| version.number).collect())
    }

    pub(crate) fn version(
        &self,
        subject: &str,
        version: VersionName,
        include: Include,
    ) -> Result<VersionAnswer, Refusal> {
        self.answer(subject, &self.version_entry(subject, version, include)?)
    }

    /// The ids of the schemas that refer to a version.
    pub(crate) fn referenced_by(&self, subject: &str, version: VersionName) -> Result<Vec<SchemaId>, Refusal> {
        let number = self.version_entry(subject, version, Include::All)?.number;
        Ok(self.referrers(subject, number))
    }

    /// Deletes every version of a subject: softly, or for good what is soft-deleted already.
    pub(crate) fn delete_subject(&mut self, subject: &str, permanent: bool) -> Result<Vec<u32>, Refusal> {
        self.require_writable(subject)?;
        let versions = self.versions_of(subject, Include::All)?;
        let any_live = versions.iter().any(|version| !version.deleted);
        match (permanent, any_live) {
            (true, true) => return Err(Refusal::subject_not_soft_deleted(subject)),
            (false, false) => return Err(Refusal::subject_soft_deleted(subject)),
            _ => {}
        }
        let affected: Vec<_> = versions.iter().filter(|version| permanent || !version.deleted).copied().collect();
        for version in &affected {
            self.delete_entry(subject, version.number, permanent)?;
        }
        // A subject that comes back starts with the global settings.
        self.levels.remove(subject);
        self.modes.remove(subject);
        Ok(affected.iter().map(|version| version.number).collect())
    }

    /// Deletes one version: softly, or for good when it is soft-deleted already.
    pub(crate) fn delete_version(
        &mut self,
        subject: &str,
        version: VersionName,
        permanent: bool,
    ) -> Result<u32, Refusal> {
        self.require_writable(subject)?;
        let Version { number, deleted, .. } = self.version_entry(subject, version, Include::All)?;
        match (permanent, deleted) {
            (true, false) => Err(Refusal::version_not_soft_deleted(subject, number)),
            (false, true) => Err(Refusal::version_soft_deleted(subject, number)),
            _ => self.delete_entry(subject, number, permanent).map(|()| number),
        }
    }

    fn delete_entry(&mut self, subject: &str, number: u32, permanent: bool) -> Result<(), Refusal> {
        if !self.referrers(subject, number).is_empty() {
            return Err(Refusal::is_referenced(subject, number));
        }
        let Some(versions) = self.subjects.get_mut(subject) else {
            return Ok(());
        };
        if permanent {
            versions.retain(|version| version.number != number);
        } else if let Some(version) = versions.iter_mut().find(|version| version.number == number) {
            version.deleted = true;
        }
        if versions.is_empty() {
            self.subjects.remove(subject);
        }
        self.forget_unused_schemas();
        Ok(())
    }

    /// A schema that no version holds any more is gone with its id, which is not given out again.
    fn forget_unused_schemas(&mut self) {
        let used: HashSet<_> = self.subjects.values().flatten().map(|version| version.id).collect();
        self.schemas.retain(|id, _| used.contains(id));
        self.ids.retain(|_, id| used.contains(id));
    }

    /// The schemas of live versions that refer to this version.
    fn referrers(&self, subject: &str, number: u32) -> Vec<SchemaId> {
        let refers = |reference: &SchemaReference| reference.subject == subject && reference.version == number;
        let live: HashSet<_> =
            self.subjects.values().flatten().filter(|version| !version.deleted).map(|version| version.id).collect();
        self.schemas
            .iter()
            .filter(|(id, stored)| live.contains(id) && stored.references.iter().any(refers))
            .map(|(id, _)| *id)
            .collect()
    }

    /// The live versions of a subject, oldest first; none when there is no such subject.
    pub(super) fn live(&self, subject: &str) -> Vec<Version> {
        let versions = self.subjects.get(subject).map(Vec::as_slice).unwrap_or_default();
        versions.iter().filter(|version| !version.deleted).copied().collect()
    }

    fn versions_of(&self, subject: &str, include: Include) -> Result<Vec<Version>, Refusal> {
        let versions = self.subjects.get(subject).map(Vec::as_slice).unwrap_or_default();
        let versions: Vec<_> = versions.iter().filter(|version| include.covers(version)).copied().collect();
        if versions.is_empty() {
            return Err(Refusal::subject_not_found(subject));
        }
        Ok(versions)
    }

    pub(super) fn version_entry(&self, subject: &str, name: VersionName, include: Include) -> Result<Version, Refusal> {
        let versions = self.versions_of(subject, include)?;
        let (found, text) = match name {
            VersionName::Latest => (versions.last(), "latest".to_owned()),
            VersionName::Number(number) => {
                (versions.iter().find(|version| version.number == number), number.to_string())
            }
        };
        found.copied().ok_or_else(|| Refusal::version_not_found(&text))
    }

    fn answer(&self, subject: &str, version: &Version) -> Result<VersionAnswer, Refusal> {
        let schema = SchemaAnswer::from(&**self.schema(version.id)?);
        Ok(VersionAnswer { subject: subject.to_owned(), version: version.number, id: version.id, schema })
    }

    pub(crate) fn level(&self) -> CompatibilityLevel {
        self.level
    }

    pub(crate) fn set_level(&mut self, level: CompatibilityLevel) {
        self.level = level;
    }

    /// The level that counts for a subject.
    pub(crate) fn effective_level(&self, subject: &str) -> CompatibilityLevel {
        self.levels.get(subject).copied().unwrap_or(self.level)
    }

    pub(crate) fn subject_level(&self, subject: &str) -> Result<CompatibilityLevel, Refusal> {
        self.levels.get(subject).copied().ok_or_else(|| Refusal::level_not_found(subject))
    }

    pub(crate) fn set_subject_level(&mut self, subject: &str, level: CompatibilityLevel) -> Result<(), Refusal> {
        require_subject(subject)?;
        self.levels.insert(subject.to_owned(), level);
        Ok(())
    }

    /// Takes a subject's own level back, and gives what it was.
    pub(crate) fn delete_subject_level(&mut self, subject: &str) -> Result<CompatibilityLevel, Refusal> {
        self.levels.remove(subject).ok_or_else(|| Refusal::subject_not_found(subject))
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    pub(crate) fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// The mode that counts for a subject.
    pub(crate) fn effective_mode(&self, subject: &str) -> Mode {
        match self.mode {
            Mode::ReadonlyOverride => Mode::ReadonlyOverride,
            global => self.modes.get(subject).copied().unwrap_or(global),
        }
    }

    pub(crate) fn subject_mode(&self, subject: &str) -> Result<Mode, Refusal> {
        self.modes.get(subject).copied().ok_or_else(|| Refusal::mode_not_found(subject))
    }

    pub(crate) fn set_subject_mode(&mut self, subject: &str, mode: Mode) -> Result<(), Refusal> {
        require_subject(subject)?;
        self.modes.insert(subject.to_owned(), mode);
        Ok(())
    }

    /// Takes a subject's own mode back, and gives what it was.
    pub(crate) fn delete_subject_mode(&mut self, subject: &str) -> Result<Mode, Refusal> {
        self.modes.remove(subject).ok_or_else(|| Refusal::subject_not_found(subject))
    }

    fn require_writable(&self, subject: &str) -> Result<(), Refusal> {
        match self.effective_mode(subject) {
            Mode::Readwrite => Ok(()),
            Mode::Readonly | Mode::ReadonlyOverride => Err(Refusal::read_only(subject)),
        }
    }
}

impl From<&StoredSchema> for SchemaAnswer {
    fn from(stored: &StoredSchema) -> Self {
        let references = (!stored.references.is_empty()).then(|| stored.references.clone());
        Self { schema: stored.text.clone(), schema_type: None, references }
    }
}

/// Names that Confluent's registry refuses too: those of its own, and control characters.
fn require_subject(subject: &str) -> Result<(), Refusal> {
    let reserved = matches!(subject, "" | "__GLOBAL" | "__EMPTY");
    if reserved || subject.chars().any(char::is_control) {
        return Err(Refusal::invalid_subject(subject));
    }
    Ok(())
}
