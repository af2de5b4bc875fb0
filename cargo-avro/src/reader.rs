//! The schema that payloads were written with.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use avro_build::lock::Lock;
use avro_model::Schema;
use avro_typed::json::to_json_text;
use clap::Args;
use kafka_typed::Headers;
use schema_registry::{Context, RecordPart, SchemaId, require_prefix};

use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::failure::{Failure, causes};
use crate::file_schema::schema_of_file;
use crate::registry::Registry;
use crate::types;
use crate::wire::Wire;

#[derive(Args)]
pub(crate) struct ReaderArguments {
    /// The payloads have no schema id, and were written with the schema of this file.
    #[arg(long = "schema", value_name = "FILE", conflicts_with = "type_name")]
    schema_file: Option<PathBuf>,
    /// The payloads have no schema id, and were written with this type of the schema files.
    #[arg(long = "type", value_name = "TYPE")]
    type_name: Option<String>,
    /// Where the schema id is.
    #[arg(long, value_name = "FORMAT", default_value = "confluent")]
    wire_format: Wire,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

/// Reads payloads.
pub(crate) struct Reader {
    wire: Wire,
    schemas: Schemas,
}

enum Schemas {
    /// One for all.
    Known(Arc<Schema>),
    Registry(Registry),
    /// By their ids in one context, for work offline.
    Lock(HashMap<u32, Arc<Schema>>),
}

/// A payload that was read.
pub(crate) struct Message {
    /// Avro's JSON of the datum, in one line.
    pub(crate) json: String,
    pub(crate) id: Option<u32>,
}

impl ReaderArguments {
    pub(crate) fn reader(&self) -> Result<Reader, Failure> {
        Ok(Reader { wire: self.wire_format, schemas: self.find()? })
    }

    fn find(&self) -> Result<Schemas, Failure> {
        if let Some(file) = &self.schema_file {
            return Ok(Schemas::Known(Arc::new(schema_of_file(file, None)?)));
        }
        if let Some(type_name) = &self.type_name {
            return Ok(Schemas::Known(Arc::new(types::schema(&self.schemas.load()?, type_name)?)));
        }
        if (!self.lock.is_given() || self.registry.is_given())
            && let Some(registry) = Registry::named(&self.registry)?
        {
            return Ok(Schemas::Registry(registry));
        }
        if !self.lock.folder().exists() {
            return Err(Failure::usage(
                "payloads have schema ids, and no registry is named",
                "give --registry URL, or set SCHEMA_REGISTRY_URL; for payloads without an id give --schema FILE",
            ));
        }
        let lock = Lock::read(self.lock.folder())?;
        let settings = self.registry.settings()?;
        let context = settings.context.clone().unwrap_or_default();
        let mut by_id = HashMap::new();
        // The lock has subjects of every context, and each of these counts its ids from 1.
        let is_of_context = |subject: &str| Context::of_subject(subject).unwrap_or_default() == context;
        for version in lock.versions().iter().filter(|version| is_of_context(&version.subject)) {
            if let Some(id) = version.ids.get(settings.name_or_default()) {
                by_id.insert(*id, Arc::new(lock.schema(&version.subject, version.version)?));
            }
        }
        Ok(Schemas::Lock(by_id))
    }
}

impl Reader {
    /// The message in the payload of a record, whose headers may hold the schema id.
    pub(crate) fn read_record(
        &self,
        payload: &[u8],
        headers: &Headers,
    ) -> Result<Result<Message, Vec<String>>, Failure> {
        match (&self.schemas, require_prefix(RecordPart::Value, headers.iter())) {
            (Schemas::Registry(_) | Schemas::Lock(_), Err(error)) => Ok(Err(vec![error.to_string()])),
            // With a known schema the payload has no frame.
            (Schemas::Known(_), _) | (_, Ok(())) => self.read(payload),
        }
    }

    /// The message in a payload. The inner `Err` has the causes of an error of this payload alone.
    pub(crate) fn read(&self, payload: &[u8]) -> Result<Result<Message, Vec<String>>, Failure> {
        let (schema, id, datum) = match &self.schemas {
            Schemas::Known(schema) => (Arc::clone(schema), None, payload),
            by_id => {
                let (id, datum) = match self.wire.format().split(payload) {
                    Ok(split) => split,
                    Err(error) => return Ok(Err(vec![error.to_string()])),
                };
                match schema_of(by_id, id)? {
                    Ok(schema) => (schema, Some(id.get()), datum),
                    Err(causes) => return Ok(Err(causes)),
                }
            }
        };
        Ok(match to_json_text(&schema, datum) {
            Ok(json) => Ok(Message { json, id }),
            Err(error) => Err(match id {
                Some(id) => vec![format!("cannot be read with schema {id}"), error.to_string()],
                None => vec![error.to_string()],
            }),
        })
    }
}

fn schema_of(schemas: &Schemas, id: SchemaId) -> Result<Result<Arc<Schema>, Vec<String>>, Failure> {
    match schemas {
        Schemas::Known(schema) => Ok(Ok(Arc::clone(schema))),
        Schemas::Lock(by_id) => Ok(by_id.get(&id.get()).map(Arc::clone).ok_or_else(|| {
            vec![format!("the lock has no schema with the id {id}; name the registry with --registry URL")]
        })),
        Schemas::Registry(registry) => match registry.wait(registry.client.schema_by_id(id)) {
            Ok(registered) => Ok(Ok(Arc::new(registered.schema().clone()))),
            // Without the registry nothing can be read; a schema that it does not have concerns one payload.
            Err(error) if error.is_retriable() => Err(error.into()),
            Err(error) => Ok(Err(causes(&error))),
        },
    }
}
