//! A record that was encoded, and waits until it may be sent.

use rdkafka::message::OwnedHeaders;
use tracing::{Instrument, Span};

use super::producer_record::ProducerRecord;
use super::raw_producer::RawProducer;
use super::record::Timestamp;
use super::{DeliveryError, DeliveryFuture};

/// A record of its own, with the producer that is to send it.
pub(crate) struct WaitingRecord {
    producer: RawProducer,
    payload: Option<Vec<u8>>,
    key: Option<Vec<u8>>,
    headers: Option<OwnedHeaders>,
    timestamp: Option<Timestamp>,
    partition: Option<i32>,
    /// In which it was made: that of the message that is processed.
    made_in: Span,
}

impl WaitingRecord {
    /// Keeps a record, unless its producer would refuse it.
    pub(crate) fn new(producer: &RawProducer, record: ProducerRecord<'_>) -> Result<Self, DeliveryError> {
        producer.check_open()?;
        let checked = producer.check(record.size(), record.timestamp);
        checked.inspect_err(|error| producer.failed_to_send(error.kind(), error))?;
        let ProducerRecord { payload, key, headers, timestamp, partition } = record;
        let (payload, key) = (payload.map(<[u8]>::to_vec), key.map(<[u8]>::to_vec));
        let (producer, made_in) = (producer.clone(), Span::current());
        Ok(Self { producer, payload, key, headers, timestamp, partition, made_in })
    }

    /// Hands it over, once there is room for it.
    pub(crate) async fn send(self) -> Result<DeliveryFuture, DeliveryError> {
        let Self { producer, payload, key, headers, timestamp, partition, made_in } = self;
        let (payload, key) = (payload.as_deref(), key.as_deref());
        let record = ProducerRecord { payload, key, headers, timestamp, partition };
        producer.enqueue(record).instrument(made_in).await
    }
}
