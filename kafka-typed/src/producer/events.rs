//! What librdkafka reports to a producer: delivery reports, log lines, errors.

use std::sync::Arc;

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;
use rdkafka::types::RDKafkaErrorCode;

use super::delivery::{Place, Slot};
use super::room::Room;
use crate::log;
use crate::record::Timestamp;

/// Called on the producer's own thread.
pub(crate) struct ProducerEvents {
    pub(crate) topic: Arc<str>,
    pub(crate) room: Arc<Room>,
}

impl ClientContext for ProducerEvents {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log::line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        log::client_error(&error, reason);
    }
}

impl ProducerContext for ProducerEvents {
    type DeliveryOpaque = Arc<Slot>;

    fn delivery(&self, result: &DeliveryResult<'_>, slot: Arc<Slot>) {
        let topic = &*self.topic;
        let outcome = match result {
            Ok(message) => {
                let (partition, offset) = (message.partition(), message.offset());
                tracing::debug!(topic, partition, offset, "sent");
                Ok(Place { partition, offset, timestamp: Timestamp::from_rdkafka(message.timestamp()) })
            }
            Err((error, message)) => {
                let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
                let partition = message.partition();
                if matches!(code, RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight) {
                    // Whoever dropped the producer has logged their number at once.
                    tracing::debug!(topic, partition, error = %code, "failed: the producer was dropped");
                } else {
                    tracing::error!(topic, partition, error = %code, "failed: a message was not delivered");
                }
                Err(code)
            }
        };
        // Room first: a task that awaits this delivery and sends the next message shall find it.
        self.room.report(slot.bytes(), outcome.is_ok());
        slot.report(outcome);
    }
}
