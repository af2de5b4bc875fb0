//! The calls of the registry's API: schemas and versions. The others are in the files of the folder.

mod compatibility;
mod config;
mod delete;
mod global_id;
mod metadata;
mod mode;
mod prefetch;
mod raw;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use avro_model::Guid;
use reqwest::Method;
use serde::Serialize;

use crate::builder::SchemaRegistryBuilder;
use crate::cache::{Caches, Registration, VersionKey};
use crate::context::{Context, SchemaKey};
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::operation::Operation;
use crate::schema::{RegisterOptions, Registered, RegisteredSchema, SchemaText, SchemaUse, SubjectVersion};
use crate::shared_entry::Wanted;
use crate::shared_lookup::{SharedLevel, SharedLookup};
use crate::statistics::CacheStatistics;
use crate::transport::{Api, Call, Transport};
use crate::wire::{ContextId, GuidAnswer, RegisterAnswer, SchemaAnswer, SchemaRequest, UseAnswer, VersionAnswer};
use crate::wire_id::WireId;

pub use delete::Deletion;

/// A client of one registry, at one or several addresses. Clones share connections and caches.
///
/// What is cached: schemas by id, schemas by GUID and registrations, bounded in number and without expiry; the latest
/// version of a subject, for an hour by default; that an id is unknown, for some seconds. When
/// many tasks ask for the same, one request is made. Everything else asks the registry every time.
///
/// With a [shared cache](SchemaRegistryBuilder::shared_cache) several processes share schemas by id and by GUID, for
/// ever; versions, for a day; and the latest version of a subject, for the same time as in memory, so that it can be
/// twice as old. What is in the shared cache belongs to the name or the addresses of the registry and to the context.
///
/// For a message all that is needed is the [`SchemaId`]: take it once when starting, not per message,
/// since even a remembered registration costs hashing the schema's text.
///
/// # Contexts
/// A client belongs to one [context](Self::context): ids are those of this context, and so are subjects that are not
/// qualified, such as `orders-value`. A qualified subject (`:.team:orders-value`) is found from every context.
/// [`in_context`](Self::in_context) returns a client of another context of the same registry, with the same connections
/// and caches.
///
/// # Errors
/// Every call gives [`RegistryError`] when the registry cannot be reached, or answers with an error or with
/// something other than its API promises, and [`RegistryError::InvalidSubject`] for a subject that cannot
/// be part of an address. Calls are repeated where that can help.
// What the caches wait for is in boxes everywhere: futures of requests are large, and each cache keeps several copies
// on the stack.
#[derive(Clone)]
pub struct SchemaRegistry {
    shared: Arc<Shared>,
    context: Context,
    normalize: bool,
}

struct Shared {
    transport: Transport,
    caches: Caches,
    /// What several processes share.
    level: Option<SharedLevel>,
    /// The context that the registry's address leads to.
    context_of_address: Context,
}

impl SchemaRegistry {
    /// A client with the default settings, for the registry at `url` (or several
    /// comma-separated ones).
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

    /// `context` is the one that the address leads to, unless it is given.
    pub(crate) fn from_parts(
        transport: Transport,
        caches: Caches,
        level: Option<SharedLevel>,
        context: Option<Context>,
        normalize: bool,
    ) -> Self {
        let context_of_address = transport.context();
        let context = context.unwrap_or_else(|| context_of_address.clone());
        let shared = Shared { transport, caches, level, context_of_address };
        Self { shared: Arc::new(shared), context, normalize }
    }

    /// The context of this client: its ids, and its subjects that are not qualified, are those of this context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A client of another context of the same registry. It shares connections and caches with this one.
    ///
    /// ```
    /// use schema_registry::SchemaRegistry;
    ///
    /// let registry = SchemaRegistry::new("http://localhost:8081")?;
    /// let team = registry.in_context("team".parse()?);
    /// assert_eq!((registry.context().as_str(), team.context().as_str()), (".", ".team"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_context(&self, context: Context) -> Self {
        Self { context, ..self.clone() }
    }

    /// A client of the context of `subject`, which is this one's unless the subject is qualified.
    pub fn in_context_of(&self, subject: &str) -> Self {
        Context::of_subject(subject).map_or_else(|| self.clone(), |context| self.in_context(context))
    }

    /// A client that has the registry normalize schemas before it [registers](Self::register) or [looks
    /// up](Self::look_up), or that does not. Shares connections and caches with this one. See
    /// [`SchemaRegistryBuilder::normalize`].
    pub fn normalizing(&self, normalize: bool) -> Self {
        Self { normalize, ..self.clone() }
    }

    /// The subject as it is known from every context: `:.team:orders-value` for `orders-value` in a client of the
    /// context `.team`.
    pub fn qualify(&self, subject: &str) -> String {
        self.context.qualify(subject)
    }

    /// Registers `schema` under `subject` and returns its id. A schema that is registered already keeps its id
    /// and version. The answer is cached.
    ///
    /// # Errors
    /// [`RegistryError::is_incompatible`] when the subject's level forbids the change; 42201 when the
    /// registry finds the schema invalid.
    pub async fn register(&self, subject: &str, schema: &SchemaText) -> Result<SchemaId, RegistryError> {
        Ok(self.register_with(subject, schema, RegisterOptions::default()).await?.id)
    }

    /// [`register`](Self::register) with options, and with version and GUID in the answer.
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
        let client = self.in_context_of(subject);
        let registration =
            Registration { subject: self.qualify(subject), schema: schema.clone(), options, normalize: self.normalize };
        let register = Box::pin(async {
            let address = self.address_of(subject)?;
            let mut body = request_of(schema);
            body.id = options.id.map(|id| i64::from(id.get()));
            body.version = options.version.map(i64::from);
            let call = Call {
                operation: self.operation(format!("registering a schema under subject `{subject}`")),
                method: Method::POST,
                api: Api::Confluent,
                path: &["subjects", &address, "versions"],
                query: normalize_query(self.normalize),
                body: Some(to_json(&body)),
            };
            let answer: RegisterAnswer = self.shared.transport.call(call).await?;
            tracing::debug!(subject, id = %answer.id, version = answer.version, "schema registered");
            let guid = answer.guid.and_then(|text| text.parse().ok());
            client.forget_shared([Wanted::Latest(&registration.subject)]).await;
            Ok(Registered { id: answer.id, context: client.context, version: answer.version, guid })
        });
        self.shared.caches.registered(&registration, register).await
    }

    /// Finds the version of `subject` that holds `schema`, without registering anything.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40403 when it does not
    /// hold this schema.
    pub async fn look_up(&self, subject: &str, schema: &SchemaText) -> Result<SubjectVersion, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("looking up a schema under subject `{subject}`"));
        let call = Call {
            operation: operation.clone(),
            method: Method::POST,
            api: Api::Confluent,
            path: &["subjects", &address],
            query: normalize_query(self.normalize),
            body: Some(to_json(&request_of(schema))),
        };
        let answer: VersionAnswer = self.shared.transport.call(call).await?;
        self.in_context_of(subject).known_version(&operation, &answer).await
    }

    /// The schema with this id. It is fetched and parsed once and then cached, within the capacity.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when the registry has no such schema, which is cached for
    /// some seconds; [`RegistryError::InvalidSchema`] and [`RegistryError::UnsupportedSchemaType`] when
    /// it is not a valid Avro schema.
    pub async fn schema_by_id(&self, id: SchemaId) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = Box::pin(async {
            let operation = self.operation(match self.context.is_default() {
                true => format!("fetching schema {id}"),
                false => format!("fetching schema {id} of context `{}`", self.context),
            });
            let mut lookup = self.shared_lookup(Wanted::Id(id));
            if let Some(answer) = lookup.find::<SchemaAnswer>(&self.shared.caches.counts).await {
                match self.link(&operation, id, &answer).await {
                    Err(unusable) if unusable.is_unusable_schema() => lookup.remove(&unusable).await,
                    linked => return linked,
                }
            }
            let number = id.to_string();
            let path = ["schemas", "ids", &number];
            let context = self.context_parameter();
            let query: Vec<_> = context.iter().map(|context| ("subject", context.as_str())).collect();
            let call = Call { query: &query, ..Call::get(operation.clone(), &path) };
            let answer = lookup.unless_failed(self.shared.transport.call::<SchemaAnswer>(call).await).await?;
            let linked = lookup.unless_failed(self.link(&operation, id, &answer).await).await?;
            lookup.keep(&answer).await;
            Ok(linked)
        });
        self.shared.caches.schema(&self.key_of(id), fetch).await
    }

    /// The schema with this GUID, whatever its id is here. It takes two requests the first time, and is then
    /// cached.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when the registry has no such schema, or is older than Confluent
    /// Platform 8 and does not have GUIDs.
    pub async fn schema_by_guid(&self, guid: Guid) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = Box::pin(async {
            let operation = self.operation(format!("fetching the schema with the GUID {guid}"));
            let mut lookup = self.shared_lookup(Wanted::Guid(guid));
            if let Some(answer) = lookup.find(&self.shared.caches.counts).await {
                match self.link_guid(&operation, &answer).await {
                    Err(unusable) if unusable.is_unusable_schema() => lookup.remove(&unusable).await,
                    linked => return linked,
                }
            }
            let answer = lookup.unless_failed(self.fetch_by_guid(&operation, guid).await).await?;
            let linked = lookup.unless_failed(self.link_guid(&operation, &answer).await).await?;
            lookup.keep(&answer).await;
            Ok(linked)
        });
        self.shared.caches.schema_by_guid(&self.context, SchemaKey::Guid(guid), fetch).await
    }

    /// The schema that a record is marked with: [by id](Self::schema_by_id), [by GUID](Self::schema_by_guid) or [by
    /// Apicurio's `globalId`](Self::schema_by_global_id).
    ///
    /// # Errors
    /// As these.
    pub async fn schema_by_wire_id(&self, id: WireId) -> Result<Arc<RegisteredSchema>, RegistryError> {
        match id {
            WireId::Id(id) => self.schema_by_id(id).await,
            WireId::Guid(guid) => self.schema_by_guid(guid).await,
            WireId::GlobalId(id) => self.schema_by_global_id(id).await,
        }
    }

    /// The subjects and versions that hold the schema with this id. Not cached.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when the registry has no such schema.
    pub async fn uses_of(&self, id: SchemaId) -> Result<Vec<SchemaUse>, RegistryError> {
        let number = id.to_string();
        let path = ["schemas", "ids", &number, "versions"];
        let context = self.context_parameter();
        let query: Vec<_> = context.iter().map(|context| ("subject", context.as_str())).collect();
        let call =
            Call { query: &query, ..Call::get(self.operation(format!("listing the uses of schema {id}")), &path) };
        let answer: Vec<UseAnswer> = self.shared.transport.call(call).await?;
        Ok(answer.into_iter().map(|UseAnswer { subject, version }| SchemaUse { subject, version }).collect())
    }

    /// The latest version of `subject`, cached for the time that the client was built with.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40401) when there is no such subject.
    pub async fn latest(&self, subject: &str) -> Result<Arc<SubjectVersion>, RegistryError> {
        let qualified = self.qualify(subject);
        let fetch = Box::pin(async {
            let operation = self.operation(format!("fetching the latest version of subject `{subject}`"));
            let client = self.in_context_of(subject);
            let mut lookup = client.shared_lookup(Wanted::Latest(&qualified));
            if let Some(answer) = lookup.find(&self.shared.caches.counts).await {
                match client.known_version(&operation, &answer).await {
                    Err(unusable) if unusable.is_unusable_schema() => lookup.remove(&unusable).await,
                    known => return known,
                }
            }
            let answer = lookup.unless_failed(self.fetch_version(&operation, subject, "latest").await).await?;
            let known = lookup.unless_failed(client.known_version(&operation, &answer).await).await?;
            lookup.keep(&answer).await;
            Ok(known)
        });
        self.shared.caches.latest(&qualified, fetch).await
    }

    /// A version of `subject`. It never changes, so that it is cached, within the capacity, until
    /// this client deletes something.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40402 when it has no such version.
    pub async fn version(&self, subject: &str, version: u32) -> Result<SubjectVersion, RegistryError> {
        let operation = self.operation(format!("fetching version {version} of subject `{subject}`"));
        let answer = self.remembered_version(&operation, subject, version).await?;
        self.in_context_of(subject).known_version(&operation, &answer).await
    }

    /// The numbers of the versions of `subject`, oldest first.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40401) when there is no such subject.
    pub async fn versions(&self, subject: &str) -> Result<Vec<u32>, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("listing the versions of subject `{subject}`"));
        self.shared.transport.call(Call::get(operation, &["subjects", &address, "versions"])).await
    }

    /// The names of all subjects: those of this client's context, or those of all contexts when that is the default one
    /// and the address names no other.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn subjects(&self) -> Result<Vec<String>, RegistryError> {
        match self.context_parameter() {
            Some(_) => self.subjects_with_prefix("").await,
            None => {
                self.shared
                    .transport
                    .call(Call::get(self.operation("listing the subjects".to_owned()), &["subjects"]))
                    .await
            }
        }
    }

    /// The names of the subjects that begin with `prefix`, which may be qualified.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn subjects_with_prefix(&self, prefix: &str) -> Result<Vec<String>, RegistryError> {
        let qualified = self.qualified_in_address(prefix);
        let call = Call {
            operation: self.operation(format!("listing the subjects that begin with `{prefix}`")),
            method: Method::GET,
            api: Api::Confluent,
            path: &["subjects"],
            query: &[("subjectPrefix", &qualified)],
            body: None,
        };
        self.shared.transport.call(call).await
    }

    /// The names of the contexts: `.` is the default one.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn contexts(&self) -> Result<Vec<String>, RegistryError> {
        self.shared.transport.call(Call::get(self.operation("listing the contexts".to_owned()), &["contexts"])).await
    }

    /// Clears all caches in memory. The shared one, which other processes use, too, stays as it is.
    pub fn clear_caches(&self) {
        self.shared.caches.clear();
    }

    /// What the caches of this client, its clones included, hold, and how often each was asked.
    ///
    /// ```
    /// use schema_registry::{CacheKind, SchemaRegistry};
    ///
    /// let registry = SchemaRegistry::new("http://localhost:8081")?;
    /// for cache in registry.cache_statistics() {
    ///     println!("{}: {} entries, hit rate {:?}", cache.kind, cache.entries, cache.memory.hit_rate());
    /// }
    /// # Ok::<(), schema_registry::RegistryError>(())
    /// ```
    pub fn cache_statistics(&self) -> Vec<CacheStatistics> {
        self.shared.caches.statistics()
    }

    /// A lookup of this client's context in the shared cache, if there is one.
    fn shared_lookup<'a>(&'a self, wanted: Wanted<'a>) -> SharedLookup<'a> {
        SharedLookup::new(self.shared.level.as_ref(), &self.context, wanted)
    }

    /// Removes from the shared cache what a change has made wrong. The subjects are qualified.
    async fn forget_shared<'a>(&self, changed: impl IntoIterator<Item = Wanted<'a>>) {
        let Some(level) = &self.shared.level else { return };
        for wanted in changed {
            level.forget(&self.context, wanted).await;
        }
    }

    /// A schema by its GUID as the registry answers it, not parsed.
    async fn fetch_by_guid(&self, operation: &Operation, guid: Guid) -> Result<GuidAnswer, RegistryError> {
        let text = guid.to_string();
        let path = ["schemas", "guids", &text];
        let schema: SchemaAnswer = self.shared.transport.call(Call::get(operation.clone(), &path)).await?;
        let path = ["schemas", "guids", &text, "ids"];
        let ids: Vec<ContextId> = self.shared.transport.call(Call::get(operation.clone(), &path)).await?;
        let here = self.context.as_str();
        let here = ids.iter().position(|found| found.context == here).unwrap_or(0);
        match ids.into_iter().nth(here) {
            Some(ContextId { context, id }) => Ok(GuidAnswer { context, id, schema }),
            None => Err(RegistryError::NoId { operation: operation.what.clone(), guid }),
        }
    }

    async fn link_guid(&self, operation: &Operation, answer: &GuidAnswer) -> Result<RegisteredSchema, RegistryError> {
        // A name without a dot is not that of a context, and what is in no other is in the default context.
        let context = Context::of_subject(&format!(":{}:", answer.context)).unwrap_or_default();
        self.in_context(context).link(operation, answer.id, &answer.schema).await
    }

    /// A version as the registry answers it, not parsed. `version` is a number or `latest`.
    pub(crate) async fn fetch_version(
        &self,
        operation: &Operation,
        subject: &str,
        version: &str,
    ) -> Result<VersionAnswer, RegistryError> {
        let address = self.address_of(subject)?;
        self.shared.transport.call(Call::get(operation.clone(), &["subjects", &address, "versions", version])).await
    }

    /// A version as the registry answers it, not parsed, fetched once.
    pub(crate) async fn remembered_version(
        &self,
        operation: &Operation,
        subject: &str,
        version: u32,
    ) -> Result<Arc<VersionAnswer>, RegistryError> {
        let key = VersionKey { subject: self.qualify(subject), version };
        let fetch = Box::pin(async {
            let client = self.in_context_of(subject);
            let mut lookup = client.shared_lookup(Wanted::Version(&key.subject, version));
            if let Some(answer) = lookup.find(&self.shared.caches.counts).await {
                return Ok(answer);
            }
            let answer = self.fetch_version(operation, subject, &version.to_string()).await;
            let answer = lookup.unless_failed(answer).await?;
            lookup.keep(&answer).await;
            Ok(answer)
        });
        self.shared.caches.version(&key, fetch).await
    }

    /// Makes a version of an answer about a subject of this client's context. Its schema is parsed only if the id is a
    /// new one.
    async fn known_version(
        &self,
        operation: &Operation,
        answer: &VersionAnswer,
    ) -> Result<SubjectVersion, RegistryError> {
        let VersionAnswer { subject, version, id, schema } = answer;
        // Registries find an unqualified subject in other contexts, too, and then answer with the qualified one.
        let client = self.in_context_of(subject);
        let link = Box::pin(client.link(operation, *id, schema));
        let schema = self.shared.caches.known_schema(&client.key_of(*id), link).await?;
        Ok(SubjectVersion { subject: subject.clone(), version: *version, schema })
    }

    fn operation(&self, what: String) -> Operation {
        Operation::new(what, self.shared.transport.longest_call())
    }

    /// The key of a schema of this client's context.
    pub(crate) fn key_of(&self, id: SchemaId) -> SchemaKey {
        SchemaKey::Id(self.context.clone(), id)
    }

    /// How the path of an address names the subject.
    fn address_of<'s>(&self, subject: &'s str) -> Result<Cow<'s, str>, RegistryError> {
        require_subject(subject)?;
        Ok(self.qualified_in_address(subject))
    }

    fn qualified_in_address<'s>(&self, subject: &'s str) -> Cow<'s, str> {
        match self.context_parameter() {
            Some(context) if Context::of_subject(subject).is_none() => Cow::Owned(context + subject),
            _ => Cow::Borrowed(subject),
        }
    }

    /// What names the context in a request that has no subject, as Confluent's clients do. `None` where the address
    /// does so itself, since registries of other makers know no contexts.
    fn context_parameter(&self) -> Option<String> {
        (self.context != self.shared.context_of_address).then(|| self.context.as_prefix())
    }
}

impl fmt::Debug for SchemaRegistry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SchemaRegistry")
            .field("urls", &self.shared.transport)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl<'a> Call<'a> {
    fn get(operation: Operation, path: &'a [&'a str]) -> Self {
        Self { operation, method: Method::GET, api: Api::Confluent, path, query: &[], body: None }
    }

    fn delete(operation: Operation, path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { operation, method: Method::DELETE, api: Api::Confluent, path, query, body: None }
    }
}

/// The empty text, `.`, `..` and control characters disappear from an address, which would then mean another call.
fn require_subject(subject: &str) -> Result<(), RegistryError> {
    if matches!(subject, "" | "." | "..") || subject.chars().any(char::is_control) {
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
    let json = serde_json::to_string(body);
    debug_assert!(json.is_ok(), "texts, numbers and lists of them have a JSON form");
    json.unwrap_or_default()
}
