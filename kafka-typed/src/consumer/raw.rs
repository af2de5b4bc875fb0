//! A record as it came, copied out of librdkafka's memory.

use std::sync::Arc;

use rdkafka::message::{BorrowedMessage, Message};
use schema_registry::SchemaId;

use super::acknowledgement::Acknowledgement;
use super::problem::{BadMessage, MessageProblem};
use super::{ConsumeError, TypedMessage};
use crate::connection::native;
use crate::connection::record::{Headers, Timestamp};

/// Everything of a record but its value.
pub(crate) struct Envelope {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    timestamp: Option<Timestamp>,
    key: Option<Vec<u8>>,
    pub(crate) headers: Headers,
}

impl Envelope {
    pub(crate) fn of(message: &BorrowedMessage<'_>) -> Self {
        Self {
            partition: message.partition(),
            offset: message.offset(),
            timestamp: Timestamp::from_rdkafka(message.timestamp()),
            key: message.key().map(<[u8]>::to_vec),
            headers: native::headers(message),
        }
    }

    pub(crate) fn with_value<T>(
        self,
        topic: &Arc<str>,
        schema_id: SchemaId,
        value: T,
        acknowledgement: Acknowledgement,
    ) -> TypedMessage<T> {
        let Self { partition, offset, timestamp, key, headers } = self;
        let topic = Arc::clone(topic);
        TypedMessage { value, key, headers, topic, partition, offset, timestamp, schema_id, acknowledgement }
    }

    pub(crate) fn with_problem(
        self,
        topic: &Arc<str>,
        schema_id: Option<SchemaId>,
        payload: Option<Vec<u8>>,
        problem: MessageProblem,
        acknowledgement: Acknowledgement,
    ) -> ConsumeError {
        let Self { partition, offset, timestamp, key, headers } = self;
        ConsumeError::Message(Box::new(BadMessage {
            topic: Arc::clone(topic),
            partition,
            offset,
            timestamp,
            key,
            headers,
            payload,
            schema_id,
            problem,
            waits: false,
            acknowledgement,
        }))
    }

    /// As [`with_problem`](Self::with_problem), of a message that comes again by itself.
    pub(crate) fn waits(
        self,
        topic: &Arc<str>,
        schema_id: SchemaId,
        payload: Vec<u8>,
        problem: MessageProblem,
    ) -> ConsumeError {
        let mut error = self.with_problem(topic, Some(schema_id), Some(payload), problem, Acknowledgement::default());
        if let ConsumeError::Message(message) = &mut error {
            message.waits = true;
        }
        error
    }
}

impl Clone for Envelope {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), headers: self.headers.clone(), ..*self }
    }
}
