//! One message on its way out.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use avro_typed::{AvroType, Encode, Encoder};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::BaseRecord;
use rdkafka::types::RDKafkaErrorCode;

use super::TypedProducer;
use super::delivery::{Delivery, DeliveryFuture, Slot};
use crate::connection::in_flight_budget::Reservation;
use crate::connection::record::Timestamp;
use crate::error::SendError;

/// A message that is about to be sent: add a key and headers, then `.await` it, or hand it over with
/// [`Outgoing::enqueue`].
///
/// Made by [`TypedProducer::send`].
#[must_use = "nothing is sent before this is awaited, or `enqueue` is called and awaited"]
pub struct Outgoing<'p, T, K = NoKey> {
    producer: &'p TypedProducer<T>,
    value: &'p T,
    key: Option<K>,
    headers: Option<OwnedHeaders>,
    timestamp: Option<Timestamp>,
    partition: Option<i32>,
}

/// The key of a message that has none, which is sent to any partition.
#[derive(Clone, Copy, Debug)]
pub enum NoKey {}

impl AsRef<[u8]> for NoKey {
    fn as_ref(&self) -> &[u8] {
        match *self {}
    }
}

impl<'p, T> Outgoing<'p, T> {
    pub(crate) fn new(producer: &'p TypedProducer<T>, value: &'p T) -> Self {
        Self { producer, value, key: None, headers: None, timestamp: None, partition: None }
    }
}

impl<'p, T, K> Outgoing<'p, T, K> {
    /// Sets the key, text or bytes. Messages of one key go to one partition and stay in order. It is hashed as Java's
    /// client hashes it, so that producers in other languages choose the same partition.
    pub fn key<L: AsRef<[u8]>>(self, key: L) -> Outgoing<'p, T, L> {
        let Self { producer, value, key: _, headers, timestamp, partition } = self;
        Outgoing { producer, value, key: Some(key), headers, timestamp, partition }
    }

    /// Adds a header. Names may repeat, and the order is kept.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let headers = self.headers.unwrap_or_default();
        self.headers = Some(headers.insert(Header { key: name, value: Some(value.as_ref()) }));
        self
    }

    /// Sets the record's time, as milliseconds since 1970 or as a [`SystemTime`](std::time::SystemTime). Without this
    /// it is the time of sending. Times up to 1970 are an error when sending.
    pub fn timestamp(mut self, timestamp: impl Into<Timestamp>) -> Self {
        self.timestamp = Some(timestamp.into());
        self
    }

    /// Sets the partition, from zero. Without this it follows from the key, and is any one where there is no key.
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }
}

impl<T: Encode + AvroType, K: AsRef<[u8]>> Outgoing<'_, T, K> {
    /// Hands the message over to be sent in the background, and answers with a future for its delivery. This is how to
    /// send many messages: go on with the next one, and await deliveries later or count on [`TypedProducer::flush`].
    ///
    /// Waits for room when `queue.buffering.max.messages` or `queue.buffering.max.kbytes` are on their way already.
    /// When the future of this call is dropped before it has answered, the message is not sent.
    ///
    /// # Errors
    ///
    /// When the value cannot be encoded, librdkafka refuses it (because it is too large, say), or the producer was
    /// closed. Nothing has been sent then.
    pub async fn enqueue(mut self) -> Result<DeliveryFuture, SendError> {
        // A loop that only sends would otherwise never let other tasks of its thread run.
        tokio::task::coop::consume_budget().await;
        self.producer.shared.check_open()?;
        let handed_over = with_encoder(|encoder| {
            let payload = self.encode(encoder)?;
            let size = self.size(payload);
            match self.producer.shared.budget.try_take(size) {
                Some(reservation) => self.hand_over(payload, reservation).map(Ok),
                None => Ok(Err(size)),
            }
        })?;
        let size = match handed_over {
            Ok(delivery) => return Ok(delivery),
            Err(size) => size,
        };
        let reservation = self.producer.shared.budget.take(size).await;
        self.producer.shared.check_open()?;
        // Encoding anew costs less than keeping every message that waits: the queue is full rarely, or for long.
        with_encoder(|encoder| {
            let payload = self.encode(encoder)?;
            self.hand_over(payload, reservation)
        })
    }

    fn encode<'e>(&self, encoder: &'e mut Encoder) -> Result<&'e [u8], SendError> {
        let shared = &self.producer.shared;
        let topic = || Arc::clone(&shared.topic);
        let encoded = match self.timestamp.map(Timestamp::as_millis) {
            Some(millis @ ..=0) => Err(SendError::Timestamp { topic: topic(), millis }),
            _ => encoder
                .encode::<T, T>(&shared.prefix, self.value)
                .map_err(|source| SendError::Encode { topic: topic(), source }),
        };
        encoded.inspect_err(|error| shared.failed_to_send(error))
    }

    fn size(&self, payload: &[u8]) -> usize {
        payload.len().saturating_add(self.key.as_ref().map_or(0, |key| key.as_ref().len()))
    }

    fn hand_over(&mut self, payload: &[u8], reservation: Reservation<'_>) -> Result<DeliveryFuture, SendError> {
        let shared = &self.producer.shared;
        let slot = Arc::new(Slot::new(reservation.bytes()));
        let record = BaseRecord {
            topic: &shared.topic,
            partition: self.partition,
            payload: Some(payload),
            key: self.key.as_ref().map(AsRef::as_ref),
            timestamp: self.timestamp.map(Timestamp::as_millis),
            headers: self.headers.take(),
            delivery_opaque: Arc::clone(&slot),
        };
        match shared.client.send(record) {
            Ok(()) => {
                reservation.keep();
                Ok(DeliveryFuture::new(slot, Arc::clone(&shared.topic)))
            }
            Err((error, _)) => {
                let source = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
                let error = SendError::Refused { topic: Arc::clone(&shared.topic), source };
                shared.failed_to_send(&error);
                Err(error)
            }
        }
    }
}

/// Sends the message and waits for its delivery report.
///
/// Awaiting every message before the next is slow, whatever the machine: each waits for `linger.ms` and for the broker.
/// See [`Outgoing::enqueue`].
impl<'p, T, K> IntoFuture for Outgoing<'p, T, K>
where
    T: Encode + AvroType + Sync,
    K: AsRef<[u8]> + Send + 'p,
{
    type Output = Result<Delivery, SendError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'p>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.enqueue().await?.await })
    }
}

impl<T, K> fmt::Debug for Outgoing<'_, T, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Outgoing")
            .field("topic", &self.producer.shared.topic)
            .field("timestamp", &self.timestamp)
            .field("partition", &self.partition)
            .finish_non_exhaustive()
    }
}

thread_local! {
    /// The buffer that messages are encoded into before librdkafka copies them. Taken out while in use, so that an
    /// `Encode` that itself sends messages finds none and makes another.
    static ENCODER: Cell<Option<Encoder>> = const { Cell::new(None) };
}

fn with_encoder<R>(use_it: impl FnOnce(&mut Encoder) -> R) -> R {
    let mut encoder = ENCODER.take().unwrap_or_default();
    let answer = use_it(&mut encoder);
    ENCODER.set(Some(encoder));
    answer
}
