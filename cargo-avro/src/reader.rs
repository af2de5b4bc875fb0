//! The schema that payloads were written with.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use avro_build::lock::Lock;
use avro_model::Schema;
use avro_typed::json::to_json_text;
use clap::Args;
use kafka_typed::Headers;
use schema_registry::{Context, FrameError, Guid, RecordPart, SchemaId, WireId};

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
    /// The payloads have no schema id, and were written with the schema of this GUID, as headers of records hold it.
    #[arg(long, value_name = "GUID", conflicts_with_all = ["schema_file", "type_name"])]
    guid: Option<Guid>,
    /// Where the schema id is, when no header of the record holds it.
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
    /// Of the payloads, which have no schema id.
    guid: Option<Guid>,
    schemas: Schemas,
}

enum Schemas {
    /// One for all.
    Known(Arc<Schema>),
    Registry(Registry),
    /// By their GUIDs, and by their ids in one context, for work offline.
    Lock(HashMap<WireId, Arc<Schema>>),
}

/// A payload that was read.
pub(crate) struct Message {
    /// Avro's JSON of the datum, in one line.
    pub(crate) json: String,
    /// What the message is marked with.
    pub(crate) id: Option<WireId>,
}

impl ReaderArguments {
    pub(crate) fn reader(&self) -> Result<Reader, Failure> {
        Ok(Reader { wire: self.wire_format, guid: self.guid, schemas: self.find()? })
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
        for version in lock.versions() {
            let schema = Arc::new(lock.schema(&version.subject, version.version)?);
            let id = version.ids.get(settings.name_or_default()).filter(|_| is_of_context(&version.subject));
            by_id.extend(id.map(|id| (WireId::Id(SchemaId::new(*id)), Arc::clone(&schema))));
            by_id.insert(WireId::Guid(version.guid), schema);
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
        self.read_with(payload, |payload| self.wire.format().split_record(RecordPart::Value, headers.iter(), payload))
    }

    /// The message in a payload. The inner `Err` has the causes of an error of this payload alone.
    pub(crate) fn read(&self, payload: &[u8]) -> Result<Result<Message, Vec<String>>, Failure> {
        self.read_with(payload, |payload| {
            let (id, datum) = self.wire.format().split(payload)?;
            Ok((id.into(), datum))
        })
    }

    fn read_with(
        &self,
        payload: &[u8],
        split: impl FnOnce(&[u8]) -> Result<(WireId, &[u8]), FrameError>,
    ) -> Result<Result<Message, Vec<String>>, Failure> {
        let (schema, id, datum) = match &self.schemas {
            Schemas::Known(schema) => (Arc::clone(schema), None, payload),
            by_id => {
                let (id, datum) = match self.guid.map_or_else(|| split(payload), |guid| Ok((guid.into(), payload))) {
                    Ok(split) => split,
                    Err(error) => return Ok(Err(vec![error.to_string()])),
                };
                match schema_of(by_id, id)? {
                    Ok(schema) => (schema, Some(id), datum),
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

/// What a message is marked with, for people.
pub(crate) fn described(id: WireId) -> String {
    match id {
        WireId::Guid(guid) => format!("GUID {guid}"),
        WireId::GlobalId(_) => id.to_string(),
        id => format!("id {id}"),
    }
}

/// What a message is marked with, as members of a JSON object.
pub(crate) fn marked(id: Option<WireId>) -> String {
    match id {
        Some(WireId::Guid(guid)) => format!("\"id\":null,\"guid\":\"{guid}\""),
        Some(WireId::GlobalId(id)) => format!("\"id\":null,\"global_id\":{id}"),
        Some(id) => format!("\"id\":{id}"),
        None => "\"id\":null".to_owned(),
    }
}

fn schema_of(schemas: &Schemas, id: WireId) -> Result<Result<Arc<Schema>, Vec<String>>, Failure> {
    match schemas {
        Schemas::Known(schema) => Ok(Ok(Arc::clone(schema))),
        Schemas::Lock(by_id) => Ok(by_id.get(&id).map(Arc::clone).ok_or_else(|| {
            vec![format!("the lock has no schema with the {}; name the registry with --registry URL", described(id))]
        })),
        Schemas::Registry(registry) => match registry.wait(registry.client.schema_by_wire_id(id)) {
            Ok(registered) => Ok(Ok(Arc::new(registered.schema().clone()))),
            // Without the registry nothing can be read; a schema that it does not have concerns one payload.
            Err(error) if error.is_retriable() => Err(error.into()),
            Err(error) => Ok(Err(causes(&error))),
        },
    }
}
