//! Parsing what the registry answers, together with the schemas that it refers to.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use avro_model::{Code, Diagnostic, Diagnostics, Leniency, SchemaSet, Source};

use crate::client::SchemaRegistry;
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::operation::Operation;
use crate::schema::{RegisteredSchema, SchemaReference};
use crate::wire::SchemaAnswer;

/// More references than this, on all levels together, are an error.
const MOST_REFERENCES: usize = 500;

impl SchemaRegistry {
    /// Makes a linked schema of an answer about an id of this client's context, fetching what it refers to.
    pub(crate) async fn link(
        &self,
        operation: &Operation,
        id: SchemaId,
        answer: &SchemaAnswer,
    ) -> Result<RegisteredSchema, RegistryError> {
        require_avro(operation, answer)?;
        let (guid, has_registry_guid) = (answer.guid(), answer.guid.is_some());
        let references = answer.references.clone().unwrap_or_default();
        let mut sources = vec![Source::new(format!("schema {id}"), answer.schema.clone())];
        if !references.is_empty() {
            Box::pin(self.fetch_references(operation, id, &references, &mut sources)).await?;
        }
        let invalid = |diagnostics| RegistryError::InvalidSchema {
            operation: operation.what.clone(),
            source: Arc::new(diagnostics),
        };
        // Data was written with it, whatever is wrong with it.
        let set = SchemaSet::parse_leniently(sources, Leniency::ALL).map_err(invalid)?;
        warn_of_what_is_unusable(id, &set);
        // Roots are in the order of the sources, so that the first is the schema asked for.
        let Some(root) = set.roots().first() else {
            return Err(invalid(Diagnostics::new(set.sources().to_vec(), Vec::new())));
        };
        let schema = set.schema_of(&root.ty);
        let context = self.context().clone();
        Ok(RegisteredSchema {
            id,
            context,
            text: answer.schema.as_str().into(),
            references,
            schema,
            guid,
            has_registry_guid,
        })
    }

    /// Adds the text of everything that is referred to, directly or through others, each once.
    async fn fetch_references(
        &self,
        operation: &Operation,
        id: SchemaId,
        references: &[SchemaReference],
        sources: &mut Vec<Source>,
    ) -> Result<(), RegistryError> {
        // With the client of the context of the schema that refers, since a reference that is not qualified is meant in
        // that.
        let mut waiting: VecDeque<(SchemaRegistry, SchemaReference)> =
            references.iter().map(|reference| (self.clone(), reference.clone())).collect();
        let mut asked = HashSet::new();
        // Two subjects can hold the same schema; handing it over twice would define its types twice.
        let mut linked = HashSet::from([self.key_of(id)]);
        while let Some((client, reference)) = waiting.pop_front() {
            if !asked.insert((client.qualify(&reference.subject), reference.version)) {
                continue;
            }
            if asked.len() > MOST_REFERENCES {
                return Err(RegistryError::TooManyReferences {
                    operation: operation.what.clone(),
                    limit: MOST_REFERENCES,
                });
            }
            let SchemaReference { name, subject, version } = &reference;
            let step = operation.step(&format!("fetching `{name}` from version {version} of subject `{subject}`"));
            let answer = client.remembered_version(&step, subject, *version).await?;
            require_avro(operation, &answer.schema)?;
            let referring = client.in_context_of(subject).in_context_of(&answer.subject);
            let references = answer.schema.references.iter().flatten();
            waiting.extend(references.map(|reference| (referring.clone(), reference.clone())));
            if linked.insert(referring.key_of(answer.id)) {
                let text = answer.schema.schema.clone();
                sources.push(Source::new(format!("subject {subject} version {version}"), text));
            }
        }
        Ok(())
    }
}

/// Once per schema id, since what is parsed is cached. Other warnings are for those who write schemas.
fn warn_of_what_is_unusable(id: SchemaId, set: &SchemaSet) {
    let is_let_through = |found: &&Diagnostic| matches!(found.code, Code::INVALID_DEFAULT | Code::INVALID_NAME);
    let mut found = set.warnings().iter().filter(is_let_through);
    if let Some(first) = found.next() {
        let (more, message) = (found.count(), &first.message);
        tracing::warn!(%id, more, "a registered schema has something that cannot be used, kept as text: {message}");
    }
}

/// Registries keep other kinds of schemas too.
fn require_avro(operation: &Operation, answer: &SchemaAnswer) -> Result<(), RegistryError> {
    match answer.schema_type.as_deref() {
        None | Some("AVRO") => Ok(()),
        Some(other) => Err(RegistryError::UnsupportedSchemaType {
            operation: operation.what.clone(),
            schema_type: other.to_owned(),
        }),
    }
}
