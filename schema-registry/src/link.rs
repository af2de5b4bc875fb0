//! Parsing what the registry answers, together with the schemas that it refers to.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use avro_model::{Code, Diagnostic, Diagnostics, Leniency, SchemaSet, Source};

use crate::client::SchemaRegistry;
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::schema::{RegisteredSchema, SchemaReference};
use crate::wire::SchemaAnswer;

/// More references than this, counted through all levels, are taken for a mistake.
const MOST_REFERENCES: usize = 500;

impl SchemaRegistry {
    /// Makes a linked schema of an answer, fetching what it refers to. `subject` is whose version it is, where that is known.
    pub(crate) async fn link(
        &self,
        action: &str,
        id: SchemaId,
        subject: Option<&str>,
        answer: SchemaAnswer,
    ) -> Result<RegisteredSchema, RegistryError> {
        require_avro(action, &answer)?;
        let guid = answer.guid();
        let references = answer.references.unwrap_or_default();
        let mut sources = vec![Source { path: format!("schema {id}"), text: answer.schema.clone() }];
        self.fetch_references(action, id, subject, &references, &mut sources).await?;
        let invalid =
            |diagnostics| RegistryError::InvalidSchema { action: action.to_owned(), source: Arc::new(diagnostics) };
        // Data was written with it, whatever is wrong with it.
        let set = SchemaSet::parse_leniently(sources, Leniency::ALL).map_err(invalid)?;
        warn_of_what_is_unusable(id, &set);
        // Roots stand in the order of the sources, so that the first is the schema asked for.
        let Some(root) = set.roots().first() else {
            return Err(invalid(Diagnostics { sources: set.sources().to_vec(), list: Vec::new() }));
        };
        let schema = set.schema_of(&root.ty);
        Ok(RegisteredSchema { id, text: answer.schema.into(), references, schema, guid })
    }

    /// Adds the text of everything that is referred to, directly or through others, each once.
    async fn fetch_references(
        &self,
        action: &str,
        id: SchemaId,
        subject: Option<&str>,
        references: &[SchemaReference],
        sources: &mut Vec<Source>,
    ) -> Result<(), RegistryError> {
        let mut waiting: VecDeque<_> =
            references.iter().map(|reference| in_context_of(subject, reference.clone())).collect();
        let mut asked = HashSet::new();
        // Two subjects can hold the same schema; handing it over twice would define its types twice.
        let mut linked = HashSet::from([id]);
        while let Some(reference) = waiting.pop_front() {
            if !asked.insert((reference.subject.clone(), reference.version)) {
                continue;
            }
            if asked.len() > MOST_REFERENCES {
                return Err(RegistryError::TooManyReferences { action: action.to_owned(), limit: MOST_REFERENCES });
            }
            let SchemaReference { name, subject, version } = &reference;
            let reference_subject = subject.clone();
            let step = format!("{action}: fetching `{name}` from version {version} of subject `{subject}`");
            let version = self.fetch_version(&step, subject, &version.to_string()).await?;
            require_avro(action, &version.schema)?;
            let references = version.schema.references.into_iter().flatten();
            waiting.extend(references.map(|reference| in_context_of(Some(&reference_subject), reference)));
            if linked.insert(version.id) {
                sources.push(Source {
                    path: format!("subject {} version {}", reference.subject, reference.version),
                    text: version.schema.schema,
                });
            }
        }
        Ok(())
    }
}

/// Once per schema id, since what is parsed is kept. Other oddities are for those who write schemas.
fn warn_of_what_is_unusable(id: SchemaId, set: &SchemaSet) {
    let is_let_through = |found: &&Diagnostic| matches!(found.code, Code::InvalidDefault | Code::InvalidName);
    let mut found = set.warnings().iter().filter(is_let_through);
    if let Some(first) = found.next() {
        let (more, message) = (found.count(), &first.message);
        tracing::warn!(%id, more, "a registered schema has something that cannot be used, kept as text: {message}");
    }
}

/// A reference without a context of its own is meant in that of the subject that has it: `:.ctx:city` for `city` in `:.ctx:home`.
fn in_context_of(subject: Option<&str>, mut reference: SchemaReference) -> SchemaReference {
    let context = subject.filter(|subject| subject.starts_with(":.")).and_then(|subject| {
        let end = subject.get(1..)?.find(':')?;
        subject.get(..end + 2)
    });
    if let Some(context) = context.filter(|_| !reference.subject.starts_with(":.")) {
        reference.subject.insert_str(0, context);
    }
    reference
}

/// Registries keep other kinds of schemas too.
fn require_avro(action: &str, answer: &SchemaAnswer) -> Result<(), RegistryError> {
    match answer.schema_type.as_deref() {
        None | Some("AVRO") => Ok(()),
        Some(other) => {
            Err(RegistryError::UnsupportedSchemaType { action: action.to_owned(), schema_type: other.to_owned() })
        }
    }
}
