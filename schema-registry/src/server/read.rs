//! From the body of a request to a schema with everything that it refers to. No I/O.

use std::collections::{HashSet, VecDeque};

use avro_model::{DefinitionKind, Kind, Leniency, Schema, SchemaSet, Source};

use super::refusal::Refusal;
use super::request::ReferenceRequest;
use super::schema_type::SchemaType;
use super::store::{Store, StoredSchema};
use super::subject::Subject;
use super::version::{Include, VersionName};
use crate::metadata::Metadata;
use crate::rule_set::RuleSet;
use crate::schema::SchemaReference;
use crate::wire::guid_of;

/// Confluent's registry keeps a schema in one Kafka message, which by default cannot be larger.
const LARGEST_SCHEMA: usize = 1_000_000;

/// What is to be registered, looked up or checked.
pub(super) struct Candidate<'a> {
    pub(super) schema_type: SchemaType,
    pub(super) text: &'a str,
    pub(super) references: &'a [ReferenceRequest],
    pub(super) metadata: Option<Metadata>,
    pub(super) rule_set: Option<RuleSet>,
    pub(super) normalize: bool,
    /// Whether it is to get an id here. Only then, and when it is normalized, its defaults have to fit.
    pub(super) is_new: bool,
}

impl Store {
    /// Parses and links what is to be registered, looked up or checked under `subject`.
    pub(super) fn read(&self, subject: &Subject, candidate: Candidate<'_>) -> Result<StoredSchema, Refusal> {
        let Candidate { schema_type, text, references, metadata, rule_set, normalize, is_new } = candidate;
        if text.len() > LARGEST_SCHEMA {
            return Err(Refusal::schema_too_large(LARGEST_SCHEMA));
        }
        let references = references.iter().map(|reference| self.existing(subject, reference));
        let mut references = references.collect::<Result<Vec<_>, _>>()?;
        if normalize {
            references.sort_by(|one, other| (&one.subject, one.version).cmp(&(&other.subject, other.version)));
            let mut seen = HashSet::new();
            references.retain(|reference| seen.insert(reference.clone()));
        }
        if schema_type != SchemaType::Avro {
            return stored_as_it_came(schema_type, text, references, metadata, rule_set);
        }
        let leniency = Leniency::ALL.with_defaults(!(is_new && normalize));
        let (mut schema, elsewhere) = self.link(subject, text, &references, leniency)?;
        if normalize {
            schema = schema.normalized();
        }
        let text = schema.to_json_without(|definition| elsewhere.contains(definition.name.as_str()));
        let guid = guid_of(&text, &references, metadata.as_ref(), rule_set.as_ref());
        Ok(StoredSchema { schema_type, text, references, metadata, rule_set, schema: Some(schema), guid })
    }

    /// The reference with the number of the version that it means. Soft-deleted versions can be referred to, as with
    /// Confluent's registry.
    fn existing(&self, subject: &Subject, reference: &ReferenceRequest) -> Result<SchemaReference, Refusal> {
        let ReferenceRequest { name: Some(name), subject: Some(owner), version: Some(version) } = reference else {
            return Err(Refusal::unusable_schema(&format!("invalid reference, a member is missing: {reference:?}")));
        };
        let named = VersionName::of_number(*version);
        let of = Subject::of_reference(subject.context(), owner);
        match named.and_then(|named| self.version_entry(&of, named, Include::All).ok()) {
            Some(found) => Ok(SchemaReference { name: name.clone(), subject: owner.clone(), version: found.number }),
            None => Err(no_such_reference(name, owner, &version.to_string())),
        }
    }

    /// The schema with what it refers to, and the names of the types that are in the subjects it refers to.
    fn link(
        &self,
        subject: &Subject,
        text: &str,
        references: &[SchemaReference],
        leniency: Leniency,
    ) -> Result<(Schema, HashSet<String>), Refusal> {
        if references.is_empty() {
            let parse =
                |leniency| Schema::parse_leniently(text, leniency).map_err(|error| Refusal::invalid_schema(&error));
            let schema = parse(leniency)?;
            return match has_names_of_java(&schema) {
                true => Ok((schema, HashSet::new())),
                false => parse(leniency.with_names(false)).map(|schema| (schema, HashSet::new())),
            };
        }
        let mut sources = vec![Source::new("schema", text.to_owned())];
        sources.extend(self.referenced_sources(subject, references)?);
        let set = SchemaSet::parse_leniently(sources, leniency)
            .map_err(|error| Refusal::unusable_schema(&error.to_string()))?;
        let mut roots = set.roots().iter();
        let Some(root) = roots.next().filter(|root| root.source.0 == 0) else {
            return Err(Refusal::unusable_schema("it is empty"));
        };
        let elsewhere = roots.filter_map(|root| match root.ty.kind {
            Kind::Named(id) => Some(set.definition(id).name.as_str().to_owned()),
            _ => None,
        });
        let schema = set.schema_of(&root.ty);
        if !has_names_of_java(&schema) {
            return Err(Refusal::unusable_schema("a name in it is not a valid name"));
        }
        Ok((schema, elsewhere.collect()))
    }

    /// The texts of everything that is referred to, directly or through others, each once.
    fn referenced_sources(&self, subject: &Subject, references: &[SchemaReference]) -> Result<Vec<Source>, Refusal> {
        let mut sources = Vec::new();
        let mut waiting: VecDeque<_> =
            references.iter().map(|reference| (subject.context().to_owned(), reference)).collect();
        let mut linked = HashSet::new();
        while let Some((context, SchemaReference { name, subject, version })) = waiting.pop_front() {
            let owner = Subject::of_reference(&context, subject);
            let found = self.version_entry(&owner, VersionName::Number(*version), Include::All);
            let stored = found.and_then(|entry| Ok((entry.id, self.stored(&owner, &entry)?)));
            let Ok((id, stored)) = stored else { return Err(no_such_reference(name, subject, &version.to_string())) };
            if stored.schema_type != SchemaType::Avro {
                let reason =
                    format!("{subject} version {version}, to which it refers, is of type {}", stored.schema_type);
                return Err(Refusal::unusable_schema(&reason));
            }
            let context = owner.context().to_owned();
            if linked.insert((context.clone(), id)) {
                sources.push(Source::new(format!("{subject} version {version}"), stored.text.clone()));
                waiting.extend(stored.references.iter().map(|reference| (context.clone(), reference)));
            }
        }
        Ok(sources)
    }
}

/// A schema that only others understand. Whether JSON is JSON is all that is looked at.
fn stored_as_it_came(
    schema_type: SchemaType,
    text: &str,
    references: Vec<SchemaReference>,
    metadata: Option<Metadata>,
    rule_set: Option<RuleSet>,
) -> Result<StoredSchema, Refusal> {
    if schema_type == SchemaType::Json
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text)
    {
        return Err(Refusal::unusable_schema(&error.to_string()));
    }
    let guid = guid_of(text, &references, metadata.as_ref(), rule_set.as_ref());
    Ok(StoredSchema { schema_type, text: text.to_owned(), references, metadata, rule_set, schema: None, guid })
}

/// Java looks at the names of types, fields and symbols, but takes namespaces and aliases as they are.
fn has_names_of_java(schema: &Schema) -> bool {
    schema.definitions().iter().all(|definition| {
        let own = definition.name.as_str().rsplit('.').next().is_some_and(is_name_of_java);
        own && match &definition.kind {
            DefinitionKind::Record(record) => record.fields.iter().all(|field| is_name_of_java(&field.name)),
            DefinitionKind::Enum(list) => list.symbols.iter().all(|symbol| is_name_of_java(symbol)),
            _ => true,
        }
    })
}

fn is_name_of_java(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

fn no_such_reference(name: &str, subject: &str, version: &str) -> Refusal {
    Refusal::unusable_schema(&format!("no schema reference found for {name}: subject '{subject}', version {version}"))
}
