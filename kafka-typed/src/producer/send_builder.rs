//! One message on its way out.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use avro_typed::{AvroType, Encode, Encoder};
use rdkafka::message::OwnedHeaders;

use super::{Shared, TypedProducer};
use crate::connection::in_flight_budget::Reservation;
use crate::connection::producer_record::{ProducerRecord, with_header};
use crate::connection::{Delivery, DeliveryFuture, Timestamp};
use crate::error::SendError;

/// A message that is about to be sent: add a key and headers, then `.await` it, or hand it over with
/// [`SendBuilder::enqueue`].
///
/// Made by [`TypedProducer::send`].
#[must_use = "nothing is sent before this is awaited, or `enqueue` is called and awaited"]
pub struct SendBuilder<'p, T, K = NoKey> {
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

impl<'p, T> SendBuilder<'p, T> {
    pub(crate) fn new(producer: &'p TypedProducer<T>, value: &'p T) -> Self {
        Self { producer, value, key: None, headers: None, timestamp: None, partition: None }
    }
}

impl<'p, T, K> SendBuilder<'p, T, K> {
    /// Sets the key, text or bytes. Messages of one key go to one partition and stay in order. It is hashed as Java's
    /// client hashes it, so that producers in other languages choose the same partition.
    pub fn key<L: AsRef<[u8]>>(self, key: L) -> SendBuilder<'p, T, L> {
        let Self { producer, value, key: _, headers, timestamp, partition } = self;
        SendBuilder { producer, value, key: Some(key), headers, timestamp, partition }
    }

    /// Adds a header. Names may repeat, and the order is kept.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers = Some(with_header(self.headers, name, Some(value.as_ref())));
        self
    }

    /// Sets the record's time, as milliseconds since 1970 or as a [`SystemTime`](std::time::SystemTime). Without this
    /// it is the time of sending. Times up to 1970 are an error when sending.
    pub fn timestamp(mut self, timestamp: impl Into<Timestamp>) -> Self {
        self.timestamp = Some(timestamp.into());
        self
    }

    /// Sets the partition, from zero. By default it follows from the key, and is any one where there is no key.
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }
}

impl<T: Encode + AvroType, K: AsRef<[u8]>> SendBuilder<'_, T, K> {
    /// Hands the message over to be sent in the background, and returns a future for its delivery. This is how to
    /// send many messages: go on with the next one, and await deliveries later or count on [`TypedProducer::flush`].
    ///
    /// Waits while `queue.buffering.max.messages` or `queue.buffering.max.kbytes` are on their way already.
    /// When the future of this call is dropped before it has answered, the message is not sent.
    ///
    /// # Errors
    ///
    /// When the value cannot be encoded, the message is too large, librdkafka refuses it, or the producer was closed.
    /// Nothing has been sent then.
    pub async fn enqueue(mut self) -> Result<DeliveryFuture, SendError> {
        // A loop that only sends would otherwise never let other tasks of its thread run.
        tokio::task::coop::consume_budget().await;
        let records = &self.producer.shared.records;
        records.check_open()?;
        let handed_over = with_encoder(|encoder| {
            let payload = self.encode(encoder)?;
            let size = self.checked_size(payload)?;
            match records.try_reserve(size) {
                Some(reservation) => self.hand_over(payload, reservation).map(Ok),
                None => Ok(Err(size)),
            }
        })?;
        let size = match handed_over {
            Ok(delivery) => return Ok(delivery),
            Err(size) => size,
        };
        let reservation = records.reserve(size).await?;
        // Encoding anew costs less than keeping every message that waits: the queue is full rarely, or for long.
        with_encoder(|encoder| {
            let payload = self.encode(encoder)?;
            self.hand_over(payload, reservation)
        })
    }

    fn encode<'e>(&self, encoder: &'e mut Encoder) -> Result<&'e [u8], SendError> {
        let Shared { records, prefix, .. } = &*self.producer.shared;
        encoder.encode::<T, T>(prefix, self.value).map_err(|source| {
            let error = SendError::Encode { topic: Arc::clone(records.topic()), source };
            records.failed_to_send(&error);
            error
        })
    }

    /// The bytes of key and payload, when they can be sent.
    fn checked_size(&self, payload: &[u8]) -> Result<usize, SendError> {
        let records = &self.producer.shared.records;
        let size = payload.len().saturating_add(self.key.as_ref().map_or(0, |key| key.as_ref().len()));
        records.check(size, self.timestamp).inspect_err(|error| records.failed_to_send(error))?;
        Ok(size)
    }

    fn hand_over(&mut self, payload: &[u8], reservation: Reservation<'_>) -> Result<DeliveryFuture, SendError> {
        let record = ProducerRecord {
            payload: Some(payload),
            key: self.key.as_ref().map(AsRef::as_ref),
            headers: self.headers.take(),
            timestamp: self.timestamp,
            partition: self.partition,
        };
        Ok(self.producer.shared.records.hand_over(record, reservation)?)
    }
}

/// Sends the message and waits for its delivery report.
///
/// Awaiting every message before the next is slow, whatever the machine: each waits for `linger.ms` and for the broker.
/// See [`SendBuilder::enqueue`].
impl<'p, T, K> IntoFuture for SendBuilder<'p, T, K>
where
    T: Encode + AvroType + Sync,
    K: AsRef<[u8]> + Send + 'p,
{
    type Output = Result<Delivery, SendError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'p>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.enqueue().await?.await?) })
    }
}

impl<T, K> fmt::Debug for SendBuilder<'_, T, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SendBuilder")
            .field("topic", self.producer.shared.records.topic())
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
