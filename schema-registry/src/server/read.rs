//! From the body of a request to a schema with everything that it refers to. No I/O.

use std::collections::{HashSet, VecDeque};

use avro_model::{Kind, Schema, SchemaSet, Source};

use super::refusal::Refusal;
use super::store::{Store, StoredSchema};
use super::subject::Subject;
use super::version::{Include, VersionName};
use crate::schema::SchemaReference;
use crate::wire::{SchemaRequest, guid_of};

/// Confluent's registry keeps a schema in one Kafka message, which by default cannot be larger.
const LARGEST_SCHEMA: usize = 1_000_000;

impl Store {
    /// Parses and links what is to be registered, looked up or checked under `subject`. Metadata that the request does not give is
    /// that of the latest version, as with Confluent's registry.
    pub(super) fn read(
        &self,
        subject: &Subject,
        request: &SchemaRequest<'_>,
        normalize: bool,
    ) -> Result<StoredSchema, Refusal> {
        if let Some(other) = request.schema_type.as_deref().filter(|kind| *kind != "AVRO") {
            return Err(Refusal::unusable_schema(&format!("type {other} is not supported, only AVRO")));
        }
        if request.rule_set.as_ref().is_some_and(|rules| !rules.is_null()) {
            return Err(Refusal::unusable_schema("the embedded registry has no rule sets: leave `ruleSet` out"));
        }
        if request.schema.len() > LARGEST_SCHEMA {
            return Err(Refusal::schema_too_large(LARGEST_SCHEMA));
        }
        let mut references = request.references.as_deref().unwrap_or_default().to_vec();
        if normalize {
            references.sort_by(|one, other| (&one.subject, one.version).cmp(&(&other.subject, other.version)));
            let mut seen = HashSet::new();
            references.retain(|reference| seen.insert(reference.clone()));
        }
        let (mut schema, elsewhere) = self.link(subject, &request.schema, &references)?;
        if normalize {
            schema = schema.normalized();
        }
        let text = schema.to_json_without(|definition| elsewhere.contains(definition.name.as_str()));
        let metadata = request.metadata.clone().or_else(|| {
            let latest = self.live(subject).pop();
            latest.and_then(|(_, stored)| stored.metadata.clone())
        });
        let guid = guid_of(&text, &references, metadata.as_ref());
        Ok(StoredSchema { text, references, metadata, schema, guid })
    }

    /// The schema with what it refers to, and the names of the types that stand in the subjects it refers to.
    fn link(
        &self,
        subject: &Subject,
        text: &str,
        references: &[SchemaReference],
    ) -> Result<(Schema, HashSet<String>), Refusal> {
        if references.is_empty() {
            let schema = Schema::parse(text).map_err(|error| Refusal::invalid_schema(&error))?;
            return Ok((schema, HashSet::new()));
        }
        let mut sources = vec![Source { path: "schema".to_owned(), text: text.to_owned() }];
        sources.extend(self.referenced_sources(subject, references)?);
        let set = SchemaSet::parse(sources).map_err(|error| Refusal::unusable_schema(&error.to_string()))?;
        let mut roots = set.roots().iter();
        let Some(root) = roots.next().filter(|root| root.source.0 == 0) else {
            return Err(Refusal::unusable_schema("it is empty"));
        };
        let elsewhere = roots.filter_map(|root| match root.ty.kind {
            Kind::Named(id) => Some(set.definition(id).name.as_str().to_owned()),
            _ => None,
        });
        Ok((set.schema_of(&root.ty), elsewhere.collect()))
    }

    /// The texts of everything that is referred to, directly or through others, each once.
    fn referenced_sources(&self, subject: &Subject, references: &[SchemaReference]) -> Result<Vec<Source>, Refusal> {
        let mut sources = Vec::new();
        let mut waiting: VecDeque<_> =
            references.iter().map(|reference| (subject.context().to_owned(), reference)).collect();
        let mut linked = HashSet::new();
        while let Some((context, SchemaReference { name, subject, version })) = waiting.pop_front() {
            let owner = Subject::of_reference(&context, subject);
            let found = self.version_entry(&owner, VersionName::Number(*version), Include::Live);
            let stored = found.and_then(|entry| Ok((entry.id, self.stored(&owner, &entry)?)));
            let Ok((id, stored)) = stored else {
                let reason = format!("no schema reference found for {name}: subject '{subject}', version {version}");
                return Err(Refusal::unusable_schema(&reason));
            };
            let context = owner.context().to_owned();
            if linked.insert((context.clone(), id)) {
                sources.push(Source { path: format!("{subject} version {version}"), text: stored.text.clone() });
                waiting.extend(stored.references.iter().map(|reference| (context.clone(), reference)));
            }
        }
        Ok(sources)
    }
}
