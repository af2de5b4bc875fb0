//! The calls of the registry's API: schemas and versions. The others are in the files of the folder.

mod delete;
mod settings;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use avro_model::Guid;
use reqwest::Method;
use serde::Serialize;

use crate::cache::{CacheSettings, Caches, Registration};
use crate::compatibility::{CheckAgainst, Compatibility};
use crate::config::SchemaRegistryBuilder;
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::schema::{RegisterOptions, Registered, RegisteredSchema, SchemaText, SchemaUse, SubjectVersion};
use crate::transport::{Call, Transport};
use crate::wire::{
    CompatibilityAnswer, ContextId, RegisterAnswer, SchemaAnswer, SchemaRequest, UseAnswer, VersionAnswer,
};

pub use delete::Deletion;

/// A client of one registry, at one or several addresses. Clones share connections and caches.
///
/// What is kept: schemas by id, schemas by GUID and registrations, bounded in number and without expiry; the latest
/// version of a subject, for an hour unless told otherwise; that an id is unknown, for some seconds. When
/// many tasks ask for the same, one request is made. Everything else asks the registry every time.
///
/// For a message all that is needed is the [`SchemaId`]: take it once when starting, not per message,
/// since even a remembered registration costs hashing the schema's text.
///
/// # Errors
/// Every call gives [`RegistryError`] when the registry cannot be reached, or answers with an error or with
/// something else than its API promises, and [`RegistryError::InvalidSubject`] for a subject that cannot
/// stand in an address. Calls try again by themselves when that can help.
#[derive(Clone)]
pub struct SchemaRegistry {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    caches: Caches,
}

impl SchemaRegistry {
    /// A client with the default settings, for the registry at `url` (several can stand there, with commas
    /// between them).
    ///
    /// # Errors
    /// [`RegistryError::InvalidUrl`], or [`RegistryError::Setup`] when the operating system has no
    /// certificates to trust and the address begins with `https`.
    pub fn new(url: &str) -> Result<Self, RegistryError> {
        Self::builder().url(url).build()
    }

    /// Begins a client with settings of its own.
    pub fn builder() -> SchemaRegistryBuilder {
        SchemaRegistryBuilder::new()
    }

    pub(crate) fn from_parts(transport: Transport, cache: CacheSettings) -> Self {
        Self { shared: Arc::new(Shared { transport, caches: Caches::new(cache) }) }
    }

    /// Registers `schema` under `subject` and gives its id. A schema that is there already keeps its id
    /// and version. The answer is remembered.
    ///
    /// # Errors
    /// [`RegistryError::is_incompatible`] when the subject's level forbids the change; 42201 when the
    /// registry finds the schema invalid.
    pub async fn register(&self, subject: &str, schema: &SchemaText) -> Result<SchemaId, RegistryError> {
        Ok(self.register_with(subject, schema, RegisterOptions::default()).await?.id)
    }

    /// [`register`](Self::register), with the registry normalizing the schema first, so that texts
    /// that differ only in the order of attributes count as the same.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub async fn register_normalized(&self, subject: &str, schema: &SchemaText) -> Result<SchemaId, RegistryError> {
        let options = RegisterOptions { normalize: true, ..RegisterOptions::default() };
        Ok(self.register_with(subject, schema, options).await?.id)
    }

    /// [`register`](Self::register), with more to say and more to know.
    ///
    /// # Errors
    /// As [`register`](Self::register), and 42205 for an id while the subject's mode is not
    /// [`Mode::Import`](crate::Mode::Import).
    pub async fn register_with(
        &self,
        subject: &str,
        schema: &SchemaText,
        options: RegisterOptions,
    ) -> Result<Registered, RegistryError> {
        let registration = Registration { subject: subject.to_owned(), schema: schema.clone(), options };
        let register = async {
            require_subject(subject)?;
            let mut body = request_of(schema);
            body.id = options.id.map(|id| i64::from(id.get()));
            body.version = options.version.map(i64::from);
            let call = Call {
                action: format!("registering a schema under subject `{subject}`"),
                method: Method::POST,
                path: &["subjects", subject, "versions"],
                query: normalize_query(options.normalize),
                body: Some(to_json(&body)),
            };
            let answer: RegisterAnswer = self.shared.transport.call(call).await?;
            tracing::debug!(subject, id = %answer.id, version = answer.version, "schema registered");
            let guid = answer.guid.and_then(|text| text.parse().ok());
            Ok(Registered { id: answer.id, version: answer.version, guid })
        };
        self.shared.caches.registered(&registration, register).await
    }

    /// Finds the version of `subject` that holds `schema`, without registering anything.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40403 when it does not
    /// hold this schema.
    pub async fn look_up(&self, subject: &str, schema: &SchemaText) -> Result<SubjectVersion, RegistryError> {
        self.look_up_as(subject, schema, false).await
    }

    /// [`look_up`](Self::look_up), with the registry normalizing the schema first: finds what was registered with
    /// [`register_normalized`](Self::register_normalized).
    ///
    /// # Errors
    /// As [`look_up`](Self::look_up).
    pub async fn look_up_normalized(
        &self,
        subject: &str,
        schema: &SchemaText,
    ) -> Result<SubjectVersion, RegistryError> {
        self.look_up_as(subject, schema, true).await
    }

    async fn look_up_as(
        &self,
        subject: &str,
        schema: &SchemaText,
        normalize: bool,
    ) -> Result<SubjectVersion, RegistryError> {
        require_subject(subject)?;
        let action = format!("looking up a schema under subject `{subject}`");
        let call = Call {
            action: action.clone(),
            method: Method::POST,
            path: &["subjects", subject],
            query: normalize_query(normalize),
            body: Some(to_json(&request_of(schema))),
        };
        let answer = self.shared.transport.call(call).await?;
        self.known_version(&action, answer).await
    }

    /// The schema with this id. It is fetched and parsed once and then remembered, as long as there is room.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when the registry has no such schema, which is remembered for
    /// some seconds; [`RegistryError::InvalidSchema`] and [`RegistryError::UnsupportedSchemaType`] when
    /// it is no valid Avro schema.
    pub async fn schema_by_id(&self, id: SchemaId) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = async {
            let action = format!("fetching schema {id}");
            let number = id.to_string();
            let path = ["schemas", "ids", &number];
            let answer: SchemaAnswer = self.shared.transport.call(Call::get(action.clone(), &path)).await?;
            self.link(&action, id, None, answer).await
        };
        self.shared.caches.schema(id, fetch).await
    }

    /// The schema with this GUID, whatever its id is here. It takes two requests the first time, and is then remembered.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when the registry has no such schema, or is older than Confluent Platform 8
    /// and knows no GUIDs.
    pub async fn schema_by_guid(&self, guid: Guid) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = async {
            let action = format!("fetching the schema with the GUID {guid}");
            let text = guid.to_string();
            let path = ["schemas", "guids", &text];
            let answer: SchemaAnswer = self.shared.transport.call(Call::get(action.clone(), &path)).await?;
            let path = ["schemas", "guids", &text, "ids"];
            let ids: Vec<ContextId> = self.shared.transport.call(Call::get(action.clone(), &path)).await?;
            let here = self.shared.transport.context().unwrap_or_else(|| ".".to_owned());
            let Some(found) = ids.iter().find(|found| found.context == here).or(ids.first()) else {
                return Err(RegistryError::NoId { action, guid });
            };
            let subject = (found.context != here).then(|| format!(":{}:", found.context));
            self.link(&action, found.id, subject.as_deref(), answer).await
        };
        self.shared.caches.schema_by_guid(guid, fetch).await
    }

    /// The subjects and versions that hold the schema with this id. Asked for every time.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when the registry has no such schema.
    pub async fn uses_of(&self, id: SchemaId) -> Result<Vec<SchemaUse>, RegistryError> {
        let number = id.to_string();
        let path = ["schemas", "ids", &number, "versions"];
        let call = Call::get(format!("listing the uses of schema {id}"), &path);
        let answer: Vec<UseAnswer> = self.shared.transport.call(call).await?;
        Ok(answer.into_iter().map(|UseAnswer { subject, version }| SchemaUse { subject, version }).collect())
    }

    /// The latest version of `subject`, remembered for the time that the client was built with.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40401) when there is no such subject.
    pub async fn latest(&self, subject: &str) -> Result<Arc<SubjectVersion>, RegistryError> {
        let fetch = async {
            let action = format!("fetching the latest version of subject `{subject}`");
            let answer = self.fetch_version(&action, subject, "latest").await?;
            self.known_version(&action, answer).await
        };
        self.shared.caches.latest(subject, fetch).await
    }

    /// A version of `subject`.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40402 when it has no such version.
    pub async fn version(&self, subject: &str, version: u32) -> Result<SubjectVersion, RegistryError> {
        let action = format!("fetching version {version} of subject `{subject}`");
        let answer = self.fetch_version(&action, subject, &version.to_string()).await?;
        self.known_version(&action, answer).await
    }

    /// The numbers of the versions of `subject`, oldest first.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40401) when there is no such subject.
    pub async fn versions(&self, subject: &str) -> Result<Vec<u32>, RegistryError> {
        require_subject(subject)?;
        let action = format!("listing the versions of subject `{subject}`");
        self.shared.transport.call(Call::get(action, &["subjects", subject, "versions"])).await
    }

    /// The names of all subjects.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn subjects(&self) -> Result<Vec<String>, RegistryError> {
        self.shared.transport.call(Call::get("listing the subjects".to_owned(), &["subjects"])).await
    }

    /// The names of the subjects that begin with `prefix`.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn subjects_with_prefix(&self, prefix: &str) -> Result<Vec<String>, RegistryError> {
        let call = Call {
            action: format!("listing the subjects that begin with `{prefix}`"),
            method: Method::GET,
            path: &["subjects"],
            query: &[("subjectPrefix", prefix)],
            body: None,
        };
        self.shared.transport.call(call).await
    }

    /// The names of the contexts: `.` is the one that is meant where none is named.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn contexts(&self) -> Result<Vec<String>, RegistryError> {
        self.shared.transport.call(Call::get("listing the contexts".to_owned(), &["contexts"])).await
    }

    /// Whether `schema` could be registered under `subject`, and if not, why.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] when it is to be checked against a version that is not there.
    pub async fn check_compatibility(
        &self,
        subject: &str,
        against: CheckAgainst,
        schema: &SchemaText,
    ) -> Result<Compatibility, RegistryError> {
        require_subject(subject)?;
        let number;
        let version = match against {
            CheckAgainst::Configured => None,
            CheckAgainst::Latest => Some("latest"),
            CheckAgainst::Version(version) => {
                number = version.to_string();
                Some(number.as_str())
            }
        };
        let path: Vec<_> = ["compatibility", "subjects", subject, "versions"].into_iter().chain(version).collect();
        let call = Call {
            action: format!("checking the compatibility of a schema with subject `{subject}`"),
            method: Method::POST,
            path: &path,
            query: &[("verbose", "true")],
            body: Some(to_json(&request_of(schema))),
        };
        let answer: CompatibilityAnswer = self.shared.transport.call(call).await?;
        let messages = answer.messages.unwrap_or_default();
        Ok(Compatibility { is_compatible: answer.is_compatible, messages })
    }

    /// Forgets everything that is remembered.
    pub fn clear_caches(&self) {
        self.shared.caches.clear();
    }

    /// A version as the registry answers it, not parsed. `version` is a number or `latest`.
    pub(crate) async fn fetch_version(
        &self,
        action: &str,
        subject: &str,
        version: &str,
    ) -> Result<VersionAnswer, RegistryError> {
        require_subject(subject)?;
        self.shared.transport.call(Call::get(action.to_owned(), &["subjects", subject, "versions", version])).await
    }

    /// Makes a version of an answer. Its schema is parsed only if the id is a new one.
    async fn known_version(&self, action: &str, answer: VersionAnswer) -> Result<SubjectVersion, RegistryError> {
        let VersionAnswer { subject, version, id, schema } = answer;
        let schema = self.shared.caches.known_schema(id, self.link(action, id, Some(&subject), schema)).await?;
        Ok(SubjectVersion { subject, version, schema })
    }
}

impl fmt::Debug for SchemaRegistry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SchemaRegistry").field("urls", &self.shared.transport).finish_non_exhaustive()
    }
}

impl<'a> Call<'a> {
    fn get(action: String, path: &'a [&'a str]) -> Self {
        Self { action, method: Method::GET, path, query: &[], body: None }
    }

    fn delete(action: String, path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { action, method: Method::DELETE, path, query, body: None }
    }
}

/// The empty text, `.` and `..` disappear from an address, which would then mean another call.
fn require_subject(subject: &str) -> Result<(), RegistryError> {
    if matches!(subject, "" | "." | "..") {
        return Err(RegistryError::InvalidSubject { subject: subject.to_owned() });
    }
    Ok(())
}

fn request_of(schema: &SchemaText) -> SchemaRequest<'_> {
    let references = &schema.references;
    SchemaRequest {
        schema: Cow::Borrowed(&schema.text),
        references: (!references.is_empty()).then_some(Cow::Borrowed(references)),
        ..SchemaRequest::default()
    }
}

fn normalize_query(normalize: bool) -> &'static [(&'static str, &'static str)] {
    if normalize { &[("normalize", "true")] } else { &[] }
}

fn to_json(body: &impl Serialize) -> String {
    // Texts, numbers and lists of them always have a JSON form.
    serde_json::to_string(body).unwrap_or_default()
}
