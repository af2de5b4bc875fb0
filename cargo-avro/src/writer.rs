//! The schema that messages are written with, and their prefix.

use std::path::PathBuf;

use avro_build::lock::Lock;
use avro_model::{Guid, Schema};
use clap::Args;
use schema_registry::{RecordPart, SchemaId, SchemaIdHeader, SchemaText, WireFormat, WireId};

use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::failure::Failure;
use crate::file_schema::schema_of_file;
use crate::registry::Registry;
use crate::subjects::SubjectArguments;
use crate::types;
use crate::versions::{Origin, Which};
use crate::wire::Wire;

#[derive(Args)]
pub(crate) struct WriterArguments {
    /// Write with the newest version of this subject, or with another one: `SUBJECT@VERSION`.
    #[arg(long, value_name = "SUBJECT", group = "writer")]
    subject: Option<String>,
    /// Write with this type of the schema files, as it is registered under its subject.
    #[arg(long = "type", value_name = "TYPE")]
    type_name: Option<String>,
    /// Write with the schema of this id.
    #[arg(long, value_name = "ID", group = "writer", conflicts_with = "type_name")]
    id: Option<u32>,
    /// Write with the schema of this file, without a schema id.
    #[arg(long = "schema", value_name = "FILE", group = "writer", conflicts_with = "type_name")]
    schema_file: Option<PathBuf>,
    /// Write without a schema id.
    #[arg(long)]
    bare: bool,
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

/// What is written.
pub(crate) struct Writer {
    pub(crate) schema: Schema,
    /// The bytes in front of each datum; empty without a schema id, and with one in a header.
    pub(crate) prefix: Vec<u8>,
    /// The header of each record, where that holds the schema id.
    pub(crate) header: Option<SchemaIdHeader>,
    /// What messages are marked with.
    pub(crate) id: Option<WireId>,
}

/// A schema, and what it is known by.
struct Found {
    schema: Schema,
    id: Option<u32>,
    guid: Option<Guid>,
}

impl WriterArguments {
    /// Finds the schema and its id. The subject is that of `topic` if no option names a schema.
    pub(crate) fn writer(&self, topic: Option<&str>) -> Result<Writer, Failure> {
        let Found { schema, id, guid } = self.find(topic)?;
        if self.bare || self.schema_file.is_some() {
            return Ok(Writer { schema, prefix: Vec::new(), header: None, id: None });
        }
        let Some(id) = id else {
            return Err(Failure::refused(
                "the lock has no id of this schema in the registry",
                "name the registry with --registry URL; or write without a schema id: --bare",
            ));
        };
        let (format, id) = (self.wire_format.format(), SchemaId::new(id));
        if format != WireFormat::Header {
            return Ok(Writer { schema, prefix: format.prefix(id).to_vec(), header: None, id: Some(id.into()) });
        }
        // A registry without GUIDs finds its schemas by their ids alone, which a header can hold as well.
        let id = guid.map_or_else(|| id.into(), WireId::from);
        let header = Some(SchemaIdHeader::new(RecordPart::Value, id));
        Ok(Writer { schema, prefix: Vec::new(), header, id: Some(id) })
    }

    fn find(&self, topic: Option<&str>) -> Result<Found, Failure> {
        if let Some(file) = &self.schema_file {
            return Ok(Found { schema: schema_of_file(file, None)?, id: None, guid: None });
        }
        if let Some(type_name) = &self.type_name {
            return self.of_type(type_name, topic);
        }
        if let Some(id) = self.id {
            let registry = Registry::required(&self.registry)?;
            let registered = registry.wait(registry.client.schema_by_id(SchemaId::new(id)))?;
            let schema = registered.schema().clone();
            return Ok(Found { schema, id: Some(id), guid: registered.registry_guid() });
        }
        let subject = match (&self.subject, topic) {
            (Some(subject), _) => subject.clone(),
            (None, Some(topic)) => format!("{topic}-value"),
            (None, None) => {
                return Err(Failure::usage(
                    "no schema to write with is named",
                    "give --subject SUBJECT, --type TYPE, --id ID, or --schema FILE for data without a schema id",
                ));
            }
        };
        let context = self.registry.settings()?.context;
        let subject = context.map_or_else(|| subject.clone(), |context| context.qualify(&subject));
        let (subject, which) = match subject.rsplit_once('@').map(|(subject, which)| (subject, which.parse())) {
            Some((subject, Ok(which))) => (subject, which),
            _ => (subject.as_str(), Which::Latest),
        };
        let version = Origin::choose(&self.registry, &self.lock)?.version(subject, which)?;
        Ok(Found { schema: version.schema, id: version.id, guid: version.known_guid })
    }

    /// A type of the schema files, and its id: of the lock, or else of the registry.
    fn of_type(&self, type_name: &str, topic: Option<&str>) -> Result<Found, Failure> {
        let set = self.schemas.load()?;
        let schema = types::schema(&set, type_name)?;
        if self.bare {
            return Ok(Found { schema, id: None, guid: None });
        }
        let lock = self.lock.read()?;
        let subject = match (&self.subject, topic) {
            (Some(subject), _) => subject.clone(),
            (None, Some(topic)) => format!("{topic}-value"),
            (None, None) => {
                let pairs = SubjectArguments::default().pairs(&[type_name.to_owned()], &lock)?;
                let Some(pair) = pairs.first() else {
                    return Err(Failure::internal(format!("`{type_name}` has no subject")));
                };
                pair.subject.clone()
            }
        };
        let settings = self.registry.settings()?;
        let subject = settings.context.as_ref().map_or_else(|| subject.clone(), |context| context.qualify(&subject));
        if let Some((id, guid)) = locked(&lock, &subject, &schema, settings.name_or_default())? {
            return Ok(Found { schema, id: Some(id), guid: Some(guid) });
        }
        let registry = Registry::required(&self.registry)?;
        let text = SchemaText::from(schema.to_json());
        match registry.wait(registry.client.look_up(&subject, &text)) {
            Ok(version) => Ok(Found { schema, id: Some(version.id().get()), guid: version.schema().registry_guid() }),
            Err(error) if error.is_not_found() => Err(Failure::refused(
                format!("`{type_name}` is not registered under `{subject}` as it is now"),
                format!("register it first: cargo avro register {type_name} --subject {subject}"),
            )),
            Err(error) => Err(error.into()),
        }
    }
}

/// The id and the GUID that the lock has of exactly this schema.
fn locked(lock: &Lock, subject: &str, schema: &Schema, registry: &str) -> Result<Option<(u32, Guid)>, Failure> {
    let text = schema.to_json();
    for locked in lock.history(subject).iter().rev() {
        if let Some(id) = locked.ids.get(registry)
            && lock.schema(subject, locked.version)?.to_json() == text
        {
            return Ok(Some((*id, locked.guid)));
        }
    }
    Ok(None)
}
