//! Registering. No I/O.

use super::config::Config;
use super::read::Candidate;
use super::refusal::Refusal;
use super::request::{ReferenceRequest, SchemaRequest};
use super::store::{Context, Format, Store, StoredSchema};
use super::subject::Subject;
use super::version::{Include, Version, VersionName};
use crate::frame::SchemaId;
use crate::metadata::Metadata;
use crate::mode::Mode;
use crate::wire::RegisterAnswer;

/// Which id or version a request asks for.
#[derive(Debug, Clone, Copy)]
struct Wish {
    /// Zero means the next one.
    id: Option<u32>,
    version: Option<WishedVersion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WishedVersion {
    Next,
    Number(u32),
}

impl Wish {
    fn of(request: &SchemaRequest) -> Result<Self, Refusal> {
        let id = request.id.and_then(|id| u32::try_from(id).ok());
        let version = match request.version {
            None | Some(0) => None,
            Some(number) if number < 0 => Some(WishedVersion::Next),
            Some(number) => match VersionName::of_number(number) {
                Some(VersionName::Number(number)) => Some(WishedVersion::Number(number)),
                _ => return Err(Refusal::invalid_version(&number.to_string())),
            },
        };
        Ok(Self { id, version })
    }
}

impl Store {
    /// Adds a version to `subject`, unless a live one holds this schema already.
    pub(crate) fn register(
        &mut self,
        subject: &Subject,
        request: &SchemaRequest,
        normalize: bool,
    ) -> Result<RegisterAnswer, Refusal> {
        request.require_supported()?;
        let wish = Wish::of(request)?;
        let config = self.effective_config(subject);
        let normalize = normalize || config.normalize == Some(true);
        if wish.version.is_none() && !config.changes_schemas() {
            // What is there already may be registered in every mode.
            let existing = self.find(subject, request, normalize, Include::Live)?;
            if let Some(version) = existing.filter(|version| wish.id.is_none_or(|id| id == version.id.get())) {
                return self.registered(subject, &version);
            }
        }
        let version = match self.registering_mode(subject, wish.id)? {
            Mode::Import => self.import(subject, request, normalize, wish)?,
            _ => self.add(subject, request, normalize, wish, &config)?,
        };
        self.registered(subject, &version)
    }

    fn registered(&self, subject: &Subject, version: &Version) -> Result<RegisterAnswer, Refusal> {
        let stored = self.stored(subject, version)?.answer(Format::Stored);
        Ok(RegisterAnswer {
            id: version.id,
            version: Some(version.number),
            guid: stored.guid,
            references: stored.references,
            metadata: stored.metadata,
            rule_set: stored.rule_set,
            schema_type: stored.schema_type,
            schema: Some(stored.schema),
        })
    }

    /// The mode, if it lets this through: an id may be given while importing, and must be given then.
    fn registering_mode(&self, subject: &Subject, given_id: Option<u32>) -> Result<Mode, Refusal> {
        match (self.effective_mode(subject), given_id) {
            (Mode::Readonly | Mode::ReadonlyOverride, _) => Err(Refusal::mode_forbids(subject, "is in read-only mode")),
            (Mode::Readwrite, Some(_)) => Err(Refusal::mode_forbids(subject, "is not in import mode")),
            (Mode::Import, None) => Err(Refusal::mode_forbids(subject, "is not in read-write mode")),
            (mode @ Mode::Readwrite, None) | (mode @ Mode::Import, Some(_)) => Ok(mode),
        }
    }

    /// The usual registration: the registry assigns id and version, and checks compatibility. What the request omits is
    /// that of the latest version.
    fn add(
        &mut self,
        subject: &Subject,
        request: &SchemaRequest,
        normalize: bool,
        wish: Wish,
        config: &Config,
    ) -> Result<Version, Refusal> {
        let next = self.next_version(subject);
        let latest = self.live(subject).pop().map(|(_, stored)| stored);
        let (schema_type, text, references) = match (request.text(), latest) {
            (Some(text), _) => {
                (request.schema_type()?, text.to_owned(), request.references.clone().unwrap_or_default())
            }
            (None, Some(latest)) => {
                let references = latest.references.iter().map(ReferenceRequest::from).collect();
                (latest.schema_type, latest.text.clone(), references)
            }
            (None, None) => return Err(Refusal::empty_schema()),
        };
        let own = request.metadata.clone().or_else(|| latest.and_then(|latest| latest.metadata.clone()));
        let mut metadata = config.metadata(own);
        if wish.version.is_some() || metadata.as_ref().is_some_and(Metadata::has_version) {
            metadata = Metadata::merged(metadata, Some(Metadata::of_version(next)));
        }
        let own = request.rule_set.clone().or_else(|| latest.and_then(|latest| latest.rule_set.clone()));
        let rule_set = config.rule_set(own);
        let (text, references) = (text.as_str(), references.as_slice());
        let candidate = Candidate { schema_type, text, references, metadata, rule_set, normalize, is_new: true };
        let candidate = self.read(subject, candidate)?;
        if wish.version.is_none() {
            let held = self.live(subject).into_iter().rfind(|(_, stored)| holds(stored, &candidate, true));
            if let Some((version, _)) = held {
                return Ok(version);
            }
        }
        let messages = self.incompatibilities(subject, &candidate)?;
        if !messages.is_empty() {
            return Err(Refusal::incompatible(subject.as_str(), &messages));
        }
        if matches!(wish.version, Some(WishedVersion::Number(number)) if number != next) {
            return Err(Refusal::unusable_schema("Version is not one more than previous version"));
        }
        let context = self.contexts.entry(subject.context().to_owned()).or_default();
        context.require_one_type(&candidate)?;
        let id = context.id_of(&candidate).unwrap_or_else(|| context.next_id());
        Ok(self.keep_new(subject, candidate, Version { number: next, id, deleted: false }))
    }

    /// Imports a version with the id of another registry. Only an id must not change its meaning.
    fn import(
        &mut self,
        subject: &Subject,
        request: &SchemaRequest,
        normalize: bool,
        wish: Wish,
    ) -> Result<Version, Refusal> {
        let Some(text) = request.text() else { return Err(Refusal::empty_schema()) };
        let references = request.references.as_deref().unwrap_or_default();
        let (schema_type, metadata, rule_set) = (request.schema_type()?, request.metadata.clone(), request.rule_set());
        let candidate = Candidate { schema_type, text, references, metadata, rule_set, normalize, is_new: false };
        let candidate = self.read(subject, candidate)?;
        let next = self.next_version(subject);
        let context = self.contexts.entry(subject.context().to_owned()).or_default();
        context.require_one_type(&candidate)?;
        let id = match wish.id {
            Some(id) if id > 0 => SchemaId::new(id),
            _ => context.next_id(),
        };
        if context.schemas.get(&id).is_some_and(|stored| stored.guid != candidate.guid) {
            return Err(Refusal::overwrites_id(id, subject.context()));
        }
        let number = match wish.version {
            Some(WishedVersion::Number(number)) => number,
            Some(WishedVersion::Next) => next,
            None => match context.live(subject).rfind(|version| version.id == id) {
                Some(version) => return Ok(*version),
                None => next,
            },
        };
        Ok(self.keep_new(subject, candidate, Version { number, id, deleted: false }))
    }

    /// Keeps a version. Earlier ones that are soft-deleted and have the same schema are no longer needed to know it,
    /// unless something refers to them.
    fn keep_new(&mut self, subject: &Subject, candidate: StoredSchema, version: Version) -> Version {
        self.keep(subject, candidate, version);
        for earlier in self.versions_of(subject, Include::DeletedOnly).unwrap_or_default() {
            let is_twin = earlier.id == version.id && earlier.number < version.number;
            if is_twin && self.referrers(subject, earlier.number).is_empty() {
                self.remove(subject, earlier.number);
            }
        }
        version
    }

    /// Numbers continue where they were, whatever has been soft-deleted.
    fn next_version(&self, subject: &Subject) -> u32 {
        let versions = self.context_of(subject).and_then(|context| context.subjects.get(subject.as_str()));
        versions.and_then(|versions| versions.last()).map_or(1, |last| last.number.saturating_add(1))
    }
}

impl Context {
    fn next_id(&self) -> SchemaId {
        SchemaId::new(self.last_id.saturating_add(1))
    }

    /// The GUID does not cover the type. Texts that are schemas of two types are far-fetched, but would share an id.
    fn require_one_type(&self, candidate: &StoredSchema) -> Result<(), Refusal> {
        let twin = self.id_of(candidate).and_then(|id| self.schemas.get(&id));
        match twin.filter(|twin| twin.schema_type != candidate.schema_type) {
            Some(twin) => Err(Refusal::unusable_schema(&format!("the same text is stored as {}", twin.schema_type))),
            None => Ok(()),
        }
    }

    fn id_of(&self, candidate: &StoredSchema) -> Option<SchemaId> {
        self.ids.get(&candidate.guid)?.last().copied()
    }
}

/// Whether a schema is the one that is stored: the same content, or, without references of its own, the same with what
/// the stored one refers to written out. The version in metadata counts where the candidate was asked for with one.
pub(super) fn holds(stored: &StoredSchema, candidate: &StoredSchema, any_version: bool) -> bool {
    if stored.schema_type != candidate.schema_type || stored.rule_set != candidate.rule_set {
        return false;
    }
    if stored.guid == candidate.guid {
        return true;
    }
    let metadata = |schema: &StoredSchema| match any_version {
        true => schema.metadata.as_ref().and_then(Metadata::without_version),
        false => schema.metadata.clone(),
    };
    let is_same = stored.text == candidate.text && stored.references == candidate.references;
    let is_resolved = || {
        candidate.references.is_empty()
            && !stored.references.is_empty()
            && stored.schema.as_ref().is_some_and(|schema| schema.to_json() == candidate.text)
    };
    metadata(stored) == metadata(candidate) && (is_same || is_resolved())
}
