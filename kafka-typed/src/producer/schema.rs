//! What a producer knows of a schema that its messages are marked with.

use std::fmt;

use schema_registry::{Context, Prefix, SchemaId, SchemaIdHeader, SchemaRegistry, WireId};

use crate::error::SetupError;
use crate::kafka::KafkaTyped;

/// A schema of a producer's messages, settled when the producer was built. From
/// [`TypedProducer::schemas`](super::TypedProducer::schemas).
#[derive(Clone)]
pub struct ProducerSchema {
    pub(super) fullname: &'static str,
    pub(super) subject: String,
    pub(super) id: SchemaId,
    pub(super) wire_id: WireId,
    /// What precedes the datum of each message.
    pub(super) prefix: Prefix,
    /// What each message has in a header.
    pub(super) header: Option<SchemaIdHeader>,
    /// The client of the context that the id is of.
    pub(super) registry: SchemaRegistry,
}

impl ProducerSchema {
    /// The Avro name of the type.
    pub fn fullname(&self) -> &'static str {
        self.fullname
    }

    /// The subject that the schema is registered under.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The id of the schema.
    pub fn id(&self) -> SchemaId {
        self.id
    }

    /// What messages carry: the id, or the GUID with [`WireFormat::Header`](crate::WireFormat::Header).
    pub fn wire_id(&self) -> WireId {
        self.wire_id
    }

    /// The context of the registry that the id is of.
    pub fn context(&self) -> &Context {
        self.registry.context()
    }

    /// See [`TypedProducer::verify_schema_ids`](super::TypedProducer::verify_schema_ids).
    pub(super) async fn verify(&self, kafka: &KafkaTyped, topic: &str) -> Result<(), SetupError> {
        let schema = Box::pin(self.registry.schema_by_id(self.id)).await;
        let schema = schema.map_err(|source| SetupError::Registry {
            what: format!(
                "schema {}, which messages of topic `{topic}` are marked with, could not be fetched",
                self.id
            ),
            source,
        })?;
        kafka.locked().check(&schema).map_err(|source| SetupError::LockMismatch { topic: topic.to_owned(), source })
    }
}

impl fmt::Debug for ProducerSchema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProducerSchema")
            .field("fullname", &self.fullname)
            .field("subject", &self.subject)
            .field("id", &self.id)
            .field("wire_id", &self.wire_id)
            .finish_non_exhaustive()
    }
}
