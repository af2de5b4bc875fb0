//! The calls of the registry's API.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use serde::Serialize;
use serde::de::IgnoredAny;

use crate::cache::{CacheSettings, Caches, Registration};
use crate::compatibility::{CheckAgainst, Compatibility, CompatibilityLevel};
use crate::config::SchemaRegistryBuilder;
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::schema::{RegisteredSchema, SchemaText, SubjectVersion};
use crate::transport::{Call, Transport};
use crate::wire::{
    CompatibilityAnswer, IdAnswer, LevelAnswer, LevelRequest, SchemaAnswer, SchemaRequest, VersionAnswer,
};

/// A client of one registry, at one or several addresses. Clones share connections and caches.
///
/// What is kept: schemas by id and registrations, bounded in number and without expiry; the latest
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
        self.register_as(subject, schema, false).await
    }

    /// [`register`](Self::register), with the registry normalizing the schema first, so that texts
    /// that differ only in the order of attributes count as the same.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub async fn register_normalized(&self, subject: &str, schema: &SchemaText) -> Result<SchemaId, RegistryError> {
        self.register_as(subject, schema, true).await
    }

    async fn register_as(
        &self,
        subject: &str,
        schema: &SchemaText,
        normalize: bool,
    ) -> Result<SchemaId, RegistryError> {
        let registration = Registration { subject: subject.to_owned(), schema: schema.clone(), normalize };
        let register = async {
            require_subject(subject)?;
            let query: &[_] = if normalize { &[("normalize", "true")] } else { &[] };
            let call = Call {
                action: format!("registering a schema under subject `{subject}`"),
                method: Method::POST,
                path: &["subjects", subject, "versions"],
                query,
                body: Some(body_of(schema)),
            };
            let answer: IdAnswer = self.shared.transport.call(call).await?;
            tracing::debug!(subject, id = %answer.id, "schema registered");
            Ok(answer.id)
        };
        self.shared.caches.registered(&registration, register).await
    }

    /// Finds the version of `subject` that holds `schema`, without registering anything.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40403 when it does not
    /// hold this schema.
    pub async fn look_up(&self, subject: &str, schema: &SchemaText) -> Result<SubjectVersion, RegistryError> {
        require_subject(subject)?;
        let action = format!("looking up a schema under subject `{subject}`");
        let call = Call {
            action: action.clone(),
            method: Method::POST,
            path: &["subjects", subject],
            query: &[],
            body: Some(body_of(schema)),
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
            self.link(&action, id, answer).await
        };
        self.shared.caches.schema(id, fetch).await
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
            body: Some(body_of(schema)),
        };
        let answer: CompatibilityAnswer = self.shared.transport.call(call).await?;
        let messages = answer.messages.unwrap_or_default();
        Ok(Compatibility { is_compatible: answer.is_compatible, messages })
    }

    /// The compatibility level that counts for `subject`: its own, or the global one when it has none.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn compatibility_level(&self, subject: &str) -> Result<CompatibilityLevel, RegistryError> {
        require_subject(subject)?;
        let call = Call {
            action: format!("asking for the compatibility level of subject `{subject}`"),
            method: Method::GET,
            path: &["config", subject],
            query: &[("defaultToGlobal", "true")],
            body: None,
        };
        let answer: Result<LevelAnswer, _> = self.shared.transport.call(call).await;
        match answer {
            Ok(answer) => Ok(answer.level),
            // Some registries do not know the query parameter, and Apicurio insists on the subject being there.
            Err(error) if error.is_not_found() => self.global_compatibility_level().await,
            Err(error) => Err(error),
        }
    }

    /// Sets the compatibility level of `subject`. A subject can have one before it has versions.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_compatibility_level(&self, subject: &str, level: CompatibilityLevel) -> Result<(), RegistryError> {
        require_subject(subject)?;
        let action = format!("setting the compatibility level of subject `{subject}` to {level}");
        self.put_level(action, &["config", subject], level).await
    }

    /// The compatibility level of subjects that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_compatibility_level(&self) -> Result<CompatibilityLevel, RegistryError> {
        let action = "asking for the global compatibility level".to_owned();
        let answer: LevelAnswer = self.shared.transport.call(Call::get(action, &["config"])).await?;
        Ok(answer.level)
    }

    /// Sets the compatibility level of subjects that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_global_compatibility_level(&self, level: CompatibilityLevel) -> Result<(), RegistryError> {
        self.put_level(format!("setting the global compatibility level to {level}"), &["config"], level).await
    }

    /// Forgets everything that is remembered.
    pub fn clear_caches(&self) {
        self.shared.caches.clear();
    }

    async fn put_level(&self, action: String, path: &[&str], level: CompatibilityLevel) -> Result<(), RegistryError> {
        let body = Some(to_json(&LevelRequest { level }));
        let call = Call { action, method: Method::PUT, path, query: &[], body };
        // Confluent's registry echoes the request, Apicurio answers as if it had been asked.
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
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
        let schema = self.shared.caches.known_schema(id, self.link(action, id, schema)).await?;
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
}

/// The empty text, `.` and `..` disappear from an address, which would then mean another call.
fn require_subject(subject: &str) -> Result<(), RegistryError> {
    if matches!(subject, "" | "." | "..") {
        return Err(RegistryError::InvalidSubject { subject: subject.to_owned() });
    }
    Ok(())
}

fn body_of(schema: &SchemaText) -> String {
    let references = &schema.references;
    to_json(&SchemaRequest {
        schema: Cow::Borrowed(&schema.text),
        schema_type: None,
        references: (!references.is_empty()).then_some(Cow::Borrowed(references)),
    })
}

fn to_json(body: &impl Serialize) -> String {
    // Texts, numbers and lists of them always have a JSON form.
    serde_json::to_string(body).unwrap_or_default()
}
