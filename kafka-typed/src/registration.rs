//! Where the schema id of a producer's messages comes from.

use avro_typed::model::comparison::encoding_differences;
use avro_typed::model::resolution::Plan;
use avro_typed::model::{Leniency, Schema};
use avro_typed::topic::TopicType;
use schema_registry::{
    ErrorCode, Guid, RegisterOptions, RegistryError, SchemaId, SchemaReference, SchemaRegistry, SchemaText,
    SubjectVersion,
};

use crate::error::SetupError;
use crate::kafka::KafkaTyped;
use crate::locked::locked_id;

/// Where the schema id that a producer writes into its messages comes from. Asked for once, when the producer is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registration {
    /// Registers the type's schema under the subject. An equal schema keeps the id it has; a new one becomes the next
    /// version when the registry's compatibility level allows it.
    #[default]
    Register,
    /// Takes the id that the type's schema has under the subject, and fails when it is not registered there. For
    /// environments in which applications may not register schemas. The latest version is also found where it refers to
    /// schemas of other subjects and is the same as a whole.
    LookUpOnly,
    /// Takes the id of the subject's latest version.
    ///
    /// Messages are still encoded by the type's own schema, so that the two must encode alike, field by field;
    /// documentation, defaults and aliases may differ, and a record may have another name where the type has that as an
    /// alias. Otherwise building the producer fails and reports every difference: bytes marked with a schema that they
    /// were not written by cannot be read.
    UseLatest,
    /// Takes the id of the latest version whose metadata has all of these properties, each a key and a value, under the
    /// same condition as [`Registration::UseLatest`].
    UseLatestWithMetadata(Vec<(String, String)>),
    /// Takes this id, of the producer's context, under the same condition as [`Registration::UseLatest`]. The subject
    /// is not asked for.
    FixedId(SchemaId),
    /// Takes the id that `schema-lock/` had for the type's schema under the subject, when the type was generated, in
    /// the registry that [`registry_name`](crate::KafkaTypedBuilder::registry_name) or `SCHEMA_REGISTRY_NAME` names.
    /// Nobody is asked: the producer starts without the registry.
    ///
    /// That the registry means the same schema by this id is checked when a consumer of the same handle learns the
    /// schema, and by [`TypedProducer::verify_schema_ids`](crate::TypedProducer::verify_schema_ids).
    ///
    /// An embedded registry gives out ids of its own, which no lock has: use another way with it.
    Locked,
}

/// What data of a type can be marked with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    pub(crate) id: SchemaId,
    /// `None` where the registry has no GUIDs, so that a message marked with one could not be read.
    pub(crate) guid: Option<Guid>,
}

/// Finds what data of a type are marked with: asks `registry`, a client of the subject's context, unless the
/// lock has it. Types of the names in `shared` are registered under subjects of their own.
pub(crate) async fn identify(
    kafka: &KafkaTyped,
    registry: &SchemaRegistry,
    registration: &Registration,
    subject: &str,
    own: TopicType,
    shared: &[String],
) -> Result<Identity, SetupError> {
    let fullname = own.fullname;
    match registration {
        Registration::Register => register(registry, subject, own, shared).await,
        Registration::LookUpOnly => match registry.look_up(subject, &SchemaText::new((own.schema)().json)).await {
            Ok(version) => identity_in_context(registry, subject, &version),
            Err(source) => {
                let latest = match source.code() {
                    Some(ErrorCode::SchemaNotFound) => registry.latest(subject).await.ok(),
                    _ => None,
                };
                if let Some(latest) = &latest
                    && latest.schema().schema().to_json() == schema_of(own)?.to_json()
                {
                    return identity_in_context(registry, subject, latest);
                }
                let alike = latest.and_then(|latest| remedy_if_alike(&latest, own));
                let remedy =
                    alike.unwrap_or_else(|| "register it there first, or use Registration::Register".to_owned());
                Err(SetupError::Registry {
                    what: format!("the schema of {fullname} was not found under subject `{subject}`: {remedy}"),
                    source,
                })
            }
        },
        Registration::UseLatest => {
            let latest = registry.latest(subject).await.map_err(|source| SetupError::Registry {
                what: format!(
                    "the latest version of subject `{subject}` could not be fetched: register a schema under it first"
                ),
                source,
            })?;
            identity_of_same_encoding(registry, subject, &latest, own)
        }
        Registration::UseLatestWithMetadata(properties) => {
            let wanted: Vec<_> = properties.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let shown: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let latest =
                registry.latest_with_metadata(subject, &wanted).await.map_err(|source| SetupError::Registry {
                    what: format!(
                        "no version of subject `{subject}` with the metadata {} could be fetched: register one first",
                        shown.join(", ")
                    ),
                    source,
                })?;
            identity_of_same_encoding(registry, subject, &latest, own)
        }
        Registration::FixedId(id) => {
            let registered = registry.schema_by_id(*id).await.map_err(|source| SetupError::Registry {
                what: format!(
                    "schema {id}, the fixed id for {fullname}, could not be fetched: check whether the registry has it"
                ),
                source,
            })?;
            check_same_encoding(own, registered.schema(), *id, "the fixed id".to_owned())?;
            Ok(Identity { id: *id, guid: registered.registry_guid() })
        }
        Registration::Locked => {
            let locked = locked_id(own, subject, registry.context(), kafka.registry_name())?;
            let identity = Identity { id: locked.id, guid: locked.guid };
            kafka.locked().expect(locked);
            Ok(identity)
        }
    }
}

/// Registries look for a subject that is not qualified in other contexts, too, but its consumers look for ids in one.
fn identity_in_context(
    registry: &SchemaRegistry,
    subject: &str,
    version: &SubjectVersion,
) -> Result<Identity, SetupError> {
    if version.context() == registry.context() {
        return Ok(Identity { id: version.id(), guid: version.schema().registry_guid() });
    }
    let (expected, found) = (registry.context().clone(), version.context().clone());
    Err(SetupError::OtherContext { subject: subject.to_owned(), expected, found })
}

/// What a version is known by that others have registered, if it writes the same bytes.
fn identity_of_same_encoding(
    registry: &SchemaRegistry,
    subject: &str,
    version: &SubjectVersion,
    own: TopicType,
) -> Result<Identity, SetupError> {
    let identity = identity_in_context(registry, subject, version)?;
    let origin = format!("version {} of subject `{subject}`, the latest", version.version());
    check_same_encoding(own, version.schema().schema(), identity.id, origin)?;
    Ok(identity)
}

/// Registers the schema, after those of the shared types that it refers to.
async fn register(
    registry: &SchemaRegistry,
    subject: &str,
    own: TopicType,
    shared: &[String],
) -> Result<Identity, SetupError> {
    let text = match shared {
        [] => SchemaText::new((own.schema)().json),
        shared => with_references(registry, own, shared).await?,
    };
    let registered = registry.register_with(subject, &text, RegisterOptions::default()).await;
    let registered = registered.map_err(|source| not_registered(own.fullname, subject, source))?;
    Ok(Identity { id: registered.id, guid: registered.guid })
}

/// Registers the shared types, each under the subject of its name. Returns the text of the schema that refers to them.
async fn with_references(
    registry: &SchemaRegistry,
    own: TopicType,
    shared: &[String],
) -> Result<SchemaText, SetupError> {
    let schema = schema_of(own)?;
    let mut texts: Vec<SchemaText> = Vec::new();
    let mut references: Vec<SchemaReference> = Vec::new();
    for part in schema.parts(|definition| shared.iter().any(|name| name == definition.name.as_str())) {
        // The schema itself is the last part.
        if let (Some(text), Some(reference)) = (texts.last(), references.last_mut()) {
            let SchemaReference { name, subject, version, .. } = reference;
            let registered = registry.register_with(subject, text, RegisterOptions::default()).await;
            let registered = registered.map_err(|source| not_registered(name, subject, source))?;
            *version = match registered.version {
                Some(version) => version,
                // Registries before Confluent Platform 8 do not tell it.
                None => {
                    let found = registry.look_up(subject, text).await;
                    found.map_err(|source| not_registered(name, subject, source))?.version()
                }
            };
        }
        let used = part.references.iter().filter_map(|place| references.get(*place).cloned());
        texts.push(SchemaText::from(part.json.as_str()).with_references(used.collect::<Vec<_>>()));
        let name = part.name.map_or_else(|| own.fullname.to_owned(), |name| name.to_string());
        references.push(SchemaReference::new(name.clone(), name, 0));
    }
    let root = texts.pop();
    debug_assert!(root.is_some(), "a schema is a part of itself");
    Ok(root.unwrap_or_else(|| SchemaText::new((own.schema)().json)))
}

fn not_registered(name: &str, subject: &str, source: RegistryError) -> SetupError {
    SetupError::Registry {
        what: format!("the schema of {name} could not be registered under subject `{subject}`"),
        source,
    }
}

/// What to do instead when the schema is not registered as it is, and the latest version encodes alike.
fn remedy_if_alike(latest: &SubjectVersion, own: TopicType) -> Option<String> {
    let version = latest.version();
    check_same_encoding(own, latest.schema().schema(), latest.id(), String::new()).ok()?;
    Some(format!(
        "its version {version}, the latest, encodes alike and differs in attributes only, such as documentation, defaults or aliases; \
         use Registration::UseLatest to send with it, or register the schema as it is"
    ))
}

/// The schema of a type, which generated code guarantees to be one.
pub(crate) fn schema_of(own: TopicType) -> Result<Schema, SetupError> {
    // The build may have let through what the specification does not allow.
    let schema = Schema::parse_leniently((own.schema)().json, Leniency::ALL);
    schema.map_err(|source| SetupError::TypeSchema { fullname: own.fullname, source })
}

/// The id of a message means which schema it was written by, so that a foreign id is right only where that schema
/// writes the same bytes. That the one can be resolved to the other is not enough: whoever reads the message never
/// hears of the type's own schema.
fn check_same_encoding(own: TopicType, registered: &Schema, id: SchemaId, origin: String) -> Result<(), SetupError> {
    let own_schema = schema_of(own)?;
    let differences = encoding_differences(&own_schema, registered);
    let sentences = differences.iter().map(|difference| difference.sentence("the type", "the registered schema"));
    let mut differences: Vec<String> = sentences.collect();
    // Whoever reads the message as this type takes the registered schema for the writer's.
    match Plan::new(registered, &own_schema) {
        Ok(plan) if plan.is_same_encoding() && differences.is_empty() => return Ok(()),
        Ok(_) => {}
        // Names do not change the encoding, but they mean which type a message is.
        Err(error) if differences.is_empty() => differences.extend(error.mismatches().iter().map(ToString::to_string)),
        Err(_) => {}
    }
    Err(SetupError::OtherEncoding { fullname: own.fullname, id, origin, differences })
}
