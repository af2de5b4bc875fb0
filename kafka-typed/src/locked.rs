//! Ids that come from the lock, and the proof that the registry means the same schemas by them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use avro_typed::topic::TopicType;
use avro_typed::{Released, TypeSchema};
use schema_registry::{Context, Guid, RegisteredSchema, RegistryError, SchemaId, SchemaKey};
use thiserror::Error;

use crate::error::SetupError;
use crate::kafka::KafkaTyped;

/// The ids that producers of one handle took from the lock. Whenever the registry's schema for one of them arrives, it
/// is compared.
#[derive(Debug, Default)]
pub(crate) struct LockedIds {
    by_key: Mutex<HashMap<SchemaKey, Locked>>,
}

/// An id as the lock has it.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    pub(crate) id: SchemaId,
    context: Context,
    pub(crate) guid: Option<Guid>,
    json: &'static str,
    subject: String,
    registry: String,
}

/// The registry has another schema for an id than the lock.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "schema {id} of the registry `{registry}` is not the one that the lock has for subject `{subject}`: its GUID is {found}, that of \
     the lock {expected}. Check whether SCHEMA_REGISTRY_URL and SCHEMA_REGISTRY_NAME name the same registry; when they do, run \
     `cargo avro lock` and build again"
)]
#[non_exhaustive]
pub struct LockMismatch {
    /// The id in question.
    pub id: SchemaId,
    /// The name of the registry.
    pub registry: String,
    /// The subject.
    pub subject: String,
    /// The GUID of what the registry has.
    pub found: Guid,
    /// The GUID in the lock.
    pub expected: String,
}

impl LockedIds {
    /// Remembers what an id has to mean from now on.
    pub(crate) fn expect(&self, locked: Locked) {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner).insert(locked.key(), locked);
    }

    /// Compares a schema that has arrived from the registry. Most have an id that is not locked, which is not an error.
    pub(crate) fn check(&self, schema: &RegisteredSchema) -> Result<(), LockMismatch> {
        let locked = self.by_key.lock().unwrap_or_else(PoisonError::into_inner).get(&schema.key()).cloned();
        locked.map_or(Ok(()), |locked| locked.check(schema))
    }
}

impl Locked {
    fn key(&self) -> SchemaKey {
        SchemaKey::Id(self.context.clone(), self.id)
    }

    pub(crate) fn check(&self, schema: &RegisteredSchema) -> Result<(), LockMismatch> {
        // The same text with other references or metadata has another GUID, and writes the same messages.
        if self.guid == Some(schema.guid()) || schema.schema().to_json() == self.json {
            return Ok(());
        }
        Err(LockMismatch {
            id: self.id,
            registry: self.registry.clone(),
            subject: self.subject.clone(),
            found: schema.guid(),
            expected: self.guid.map_or_else(|| "none".to_owned(), |guid| guid.to_string()),
        })
    }
}

impl KafkaTyped {
    /// Fetches the schemas that the lock has ids for into the cache of the registry's client, some at a time, so that
    /// the first messages with these ids need not wait. The lock has them from when the types were generated, for the
    /// registry of [this name](Self::registry_name). Other ids take
    /// [`SchemaRegistry::prefetch`](schema_registry::SchemaRegistry::prefetch).
    ///
    /// ```no_run
    /// use kafka_typed::KafkaTyped;
    /// use kafka_typed::avro_typed::{AvroType, TypeSchema};
    ///
    /// /// `released` has the schemas of types, such as `[Customer::schema(), v1::Customer::schema()]`.
    /// async fn start(released: [&'static TypeSchema; 2]) -> Result<KafkaTyped, kafka_typed::SetupError> {
    ///     let kafka = KafkaTyped::from_env()?;
    ///     if let Err(error) = kafka.prefetch(released).await {
    ///         eprintln!("{error}; the schemas are fetched when messages need them");
    ///     }
    ///     Ok(kafka)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// One of the registry's errors, if there are some; the other schemas are fetched all the same.
    pub async fn prefetch(&self, schemas: impl IntoIterator<Item = &'static TypeSchema>) -> Result<(), RegistryError> {
        let mut ids: BTreeMap<Context, Vec<SchemaId>> = BTreeMap::new();
        for released in schemas.into_iter().flat_map(|schema| schema.released) {
            if let Some(id) = released.id(self.registry_name()) {
                let context = Context::of_subject(released.subject).unwrap_or_default();
                ids.entry(context).or_default().push(SchemaId::new(id));
            }
        }
        let mut outcome = Ok(());
        for (context, ids) in ids {
            outcome = outcome.and(self.registry().in_context(context).prefetch(ids).await);
        }
        outcome
    }
}

/// The id that the lock has for the schema of a type under `subject`, a subject of `context`, in the registry of this
/// name. Nobody is asked.
pub(crate) fn locked_id(
    own: TopicType,
    subject: &str,
    context: &Context,
    registry: &str,
) -> Result<Locked, SetupError> {
    let schema = (own.schema)();
    // The lock has subjects as the registry names them, which leaves the default context out.
    let qualified = context.qualify(subject);
    let newest = schema
        .released
        .iter()
        .filter(|released| Context::default().qualify(released.subject) == qualified)
        .filter_map(|released| Some((released, released.id(registry)?)))
        .max_by_key(|(released, _)| released.version);
    let Some((released, id)) = newest else {
        return Err(SetupError::NotLocked {
            fullname: own.fullname,
            subject: qualified,
            registry: registry.to_owned(),
            known: known(schema.released),
        });
    };
    Ok(Locked {
        id: SchemaId::new(id),
        // An unqualified subject is of the default context.
        context: Context::of_subject(&qualified).unwrap_or_default(),
        guid: released.guid.parse().ok(),
        json: schema.json,
        subject: subject.to_owned(),
        registry: registry.to_owned(),
    })
}

/// What the lock has instead.
fn known(released: &[Released]) -> String {
    if released.is_empty() {
        return "the lock had no version with this schema when the type was generated".to_owned();
    }
    let versions = released.iter().map(|Released { subject, version, ids, .. }| {
        let registries: Vec<_> = ids.iter().map(|(name, _)| *name).collect();
        match registries.as_slice() {
            [] => format!("version {version} of `{subject}` in no registry"),
            names => format!("version {version} of `{subject}` in {}", names.join(" and ")),
        }
    });
    format!("the lock has {}", versions.collect::<Vec<_>>().join(", "))
}
