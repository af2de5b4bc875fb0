//! Registering. No I/O.

use std::sync::Arc;

use super::refusal::Refusal;
use super::store::{Context, Format, Store, StoredSchema};
use super::subject::Subject;
use super::version::Version;
use crate::frame::SchemaId;
use crate::mode::Mode;
use crate::wire::{RegisterAnswer, SchemaRequest};

impl Store {
    /// Adds a version to `subject`, unless a live one holds this schema already.
    pub(crate) fn register(
        &mut self,
        subject: &str,
        request: &SchemaRequest<'_>,
        normalize: bool,
    ) -> Result<RegisterAnswer, Refusal> {
        let subject = Subject::checked(subject)?;
        let given_id = given(request.id)?.map(SchemaId::new);
        let given_version = given(request.version)?;
        self.require_registering(&subject, given_id)?;
        let candidate = self.read(&subject, request, normalize)?;
        let version = match given_id {
            Some(id) => self.import(&subject, candidate, id, given_version)?,
            None => self.add(&subject, candidate, given_version)?,
        };
        let stored = self.stored(&subject, &version)?.answer(Format::Stored);
        Ok(RegisterAnswer {
            id: version.id,
            version: Some(version.number),
            guid: stored.guid,
            references: stored.references,
            metadata: stored.metadata,
            schema: Some(stored.schema),
        })
    }

    /// Whether the mode lets this through: an id may be given while importing, and must be given then.
    fn require_registering(&self, subject: &Subject, given_id: Option<SchemaId>) -> Result<(), Refusal> {
        match (self.effective_mode(subject), given_id) {
            (Mode::Readonly | Mode::ReadonlyOverride, _) => Err(Refusal::mode_forbids(subject, "is in read-only mode")),
            (Mode::Readwrite, Some(_)) => Err(Refusal::mode_forbids(subject, "is not in import mode")),
            (Mode::Import, None) => Err(Refusal::mode_forbids(subject, "is not in read-write mode")),
            (Mode::Readwrite, None) | (Mode::Import, Some(_)) => Ok(()),
        }
    }

    /// The way of every day: the registry gives out id and version, and checks compatibility.
    fn add(
        &mut self,
        subject: &Subject,
        candidate: StoredSchema,
        given_version: Option<u32>,
    ) -> Result<Version, Refusal> {
        let held = self.live(subject).into_iter().rfind(|(_, stored)| holds(stored, &candidate)).map(|held| held.0);
        if let Some(version) = held.filter(|held| given_version.is_none_or(|given| given == held.number)) {
            return Ok(version);
        }
        let messages = self.incompatibilities(subject, &candidate.schema);
        if !messages.is_empty() {
            return Err(Refusal::incompatible(subject.as_str(), &messages));
        }
        let next = self.next_version(subject);
        if given_version.is_some_and(|given| given != next) {
            return Err(Refusal::unusable_schema("Version is not one more than previous version"));
        }
        let context = self.contexts.entry(subject.context().to_owned()).or_default();
        let id = match context.ids.get(&candidate.guid) {
            Some(id) => *id,
            None => context.next_id(),
        };
        Ok(context.insert(subject, candidate, Version { number: next, id, deleted: false }))
    }

    /// Takes over what another registry gave out. Nothing that is here already may come to mean something else.
    fn import(
        &mut self,
        subject: &Subject,
        candidate: StoredSchema,
        id: SchemaId,
        given_version: Option<u32>,
    ) -> Result<Version, Refusal> {
        let next = self.next_version(subject);
        let context = self.contexts.entry(subject.context().to_owned()).or_default();
        if let Some(other) = context.ids.get(&candidate.guid).filter(|other| **other != id) {
            return Err(Refusal::id_does_not_match(*other, id));
        }
        if context.schemas.get(&id).is_some_and(|stored| stored.guid != candidate.guid) {
            return Err(Refusal::overwrites_id(id, subject.context()));
        }
        let versions = context.subjects.get(subject.as_str()).map(Vec::as_slice).unwrap_or_default();
        let number = match given_version {
            Some(number) => number,
            None => match versions.iter().find(|version| version.id == id && !version.deleted) {
                Some(version) => return Ok(*version),
                None => next,
            },
        };
        if versions.iter().any(|version| version.number == number && version.id != id) {
            return Err(Refusal::overwrites_version(subject.as_str(), number));
        }
        Ok(context.insert(subject, candidate, Version { number, id, deleted: false }))
    }

    /// Numbers go on where they were, whatever was soft-deleted meanwhile.
    fn next_version(&self, subject: &Subject) -> u32 {
        let versions = self.context_of(subject).and_then(|context| context.subjects.get(subject.as_str()));
        versions.and_then(|versions| versions.last()).map_or(1, |last| last.number.saturating_add(1))
    }
}

impl Context {
    fn next_id(&self) -> SchemaId {
        SchemaId::new(self.last_id.saturating_add(1))
    }

    /// Keeps a version at its place, instead of one with its number.
    fn insert(&mut self, subject: &Subject, candidate: StoredSchema, version: Version) -> Version {
        self.last_id = self.last_id.max(version.id.get());
        self.ids.insert(candidate.guid, version.id);
        self.schemas.entry(version.id).or_insert_with(|| Arc::new(candidate));
        let versions = self.subjects.entry(subject.as_str().to_owned()).or_default();
        match versions.binary_search_by_key(&version.number, |other| other.number) {
            Ok(place) => versions.splice(place..=place, [version]).for_each(drop),
            Err(place) => versions.insert(place, version),
        }
        version
    }
}

/// Whether a schema is the one that is stored: the same content, or, without references of its own, the same with what the
/// stored one refers to written out.
pub(super) fn holds(stored: &StoredSchema, candidate: &StoredSchema) -> bool {
    stored.guid == candidate.guid
        || candidate.references.is_empty()
            && !stored.references.is_empty()
            && stored.metadata == candidate.metadata
            && stored.schema.to_json() == candidate.text
}

/// Zero and below stand for none, as with Confluent's registry.
fn given(number: Option<i64>) -> Result<Option<u32>, Refusal> {
    match number {
        Some(number) if number > 0 => match u32::try_from(number) {
            Ok(number @ ..=0x7fff_ffff) => Ok(Some(number)),
            _ => Err(Refusal::invalid_version(&number.to_string())),
        },
        _ => Ok(None),
    }
}
