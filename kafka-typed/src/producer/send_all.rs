//! Sending many messages: of a stream, with back-pressure, or a batch that is there already.

use std::collections::VecDeque;
use std::future::Future;

use avro_typed::topic::{EncodeKey, EncodeValue, IntoKey};
use futures_util::{Stream, StreamExt};

use super::{SendBuilder, TypedProducer};
use crate::connection::{Delivery, DeliveryFuture};
use crate::error::SendError;

/// How many failures a [`SendReport`] lists.
const LISTED_FAILURES: usize = 1000;

/// A message for [`TypedProducer::send_all`] and [`TypedProducer::send_batch`]: a value, owned or by reference, a key
/// and a value, or a [`SendBuilder`] with all that a message can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message for a topic with values `{V}` and keys `{K}`",
    label = "not a message of this topic",
    note = "messages are values, pairs of key and value, or what `TypedProducer::send` returns"
)]
pub trait Outgoing<V, K>: Sized {
    /// Hands the message over, as [`SendBuilder::enqueue`] does.
    fn enqueue(self, producer: &TypedProducer<V, K>) -> impl Future<Output = Result<DeliveryFuture, SendError>> + Send;
}

impl<V, K> Outgoing<V, K> for V
where
    V: EncodeValue + Send + Sync,
    K: EncodeKey + Send + Sync,
{
    async fn enqueue(self, producer: &TypedProducer<V, K>) -> Result<DeliveryFuture, SendError> {
        producer.send(&self).enqueue().await
    }
}

impl<V, K> Outgoing<V, K> for &V
where
    V: EncodeValue + Sync,
    K: EncodeKey + Send + Sync,
{
    async fn enqueue(self, producer: &TypedProducer<V, K>) -> Result<DeliveryFuture, SendError> {
        producer.send(self).enqueue().await
    }
}

impl<V, K, Q> Outgoing<V, K> for (Q, V)
where
    V: EncodeValue + Send + Sync,
    K: EncodeKey + Send + Sync,
    Q: Send + Sync,
    for<'k> &'k Q: IntoKey<'k, K>,
{
    async fn enqueue(self, producer: &TypedProducer<V, K>) -> Result<DeliveryFuture, SendError> {
        let (key, value) = self;
        producer.send(&value).key(&key).enqueue().await
    }
}

impl<V, K, Q> Outgoing<V, K> for &(Q, V)
where
    V: EncodeValue + Sync,
    K: EncodeKey + Send + Sync,
    Q: Sync,
    for<'k> &'k Q: IntoKey<'k, K>,
{
    async fn enqueue(self, producer: &TypedProducer<V, K>) -> Result<DeliveryFuture, SendError> {
        let (key, value) = self;
        producer.send(value).key(key).enqueue().await
    }
}

/// It is sent by the producer that it was made from.
impl<V, K> Outgoing<V, K> for SendBuilder<'_, V, K>
where
    V: EncodeValue + Sync,
    K: EncodeKey + Send + Sync,
{
    async fn enqueue(self, _: &TypedProducer<V, K>) -> Result<DeliveryFuture, SendError> {
        SendBuilder::enqueue(self).await
    }
}

/// What has become of the messages of a stream. From [`TypedProducer::send_all`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SendReport {
    /// How many messages brokers have acknowledged.
    pub delivered: u64,
    /// How many failed.
    pub failed: u64,
    /// The first thousand of those that failed.
    pub failures: Vec<SendFailure>,
}

/// A message of a stream that was not delivered.
#[derive(Debug)]
#[non_exhaustive]
pub struct SendFailure {
    /// Its place in the stream, from zero.
    pub position: u64,
    /// Why.
    pub error: SendError,
}

impl SendReport {
    /// The number of messages, if all were delivered.
    ///
    /// # Errors
    ///
    /// The first failure, if there was one.
    pub fn into_result(self) -> Result<u64, SendError> {
        self.failures.into_iter().next().map_or(Ok(self.delivered), |failure| Err(failure.error))
    }

    /// Returns whether the producer can go on.
    fn add(&mut self, position: u64, outcome: Result<Delivery, SendError>) -> bool {
        let error = match outcome {
            Ok(_) => {
                self.delivered += 1;
                return true;
            }
            Err(error) => error,
        };
        self.failed += 1;
        let goes_on = !error.is_fatal();
        if self.failures.len() < LISTED_FAILURES {
            self.failures.push(SendFailure { position, error });
        }
        goes_on
    }
}

impl<V: EncodeValue, K: EncodeKey> TypedProducer<V, K> {
    /// Sends all messages of a stream, in their order, and waits until each is delivered or has failed. Takes the next
    /// message from the stream only when there is room for it. Ends with the stream, or when the producer can send
    /// nothing more; other failures are counted and listed.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use futures_util::Stream;
    ///
    /// # async fn example(
    /// #     alerts: kafka_typed::TypedProducer<Alert, String>,
    /// #     readings: impl Stream<Item = (String, Alert)>,
    /// # ) -> Result<(), kafka_typed::SendError> {
    /// let report = alerts.send_all(readings).await;
    /// for failure in &report.failures {
    ///     println!("number {} was not delivered: {}", failure.position, failure.error);
    /// }
    /// println!("{} delivered, {} failed", report.delivered, report.failed);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_all<M: Outgoing<V, K>>(&self, messages: impl Stream<Item = M>) -> SendReport {
        let mut messages = std::pin::pin!(messages);
        let mut report = SendReport::default();
        let mut on_their_way = VecDeque::new();
        let mut position = 0;
        let mut goes_on = true;
        while goes_on && let Some(message) = messages.next().await {
            match message.enqueue(self).await {
                Ok(delivery) => on_their_way.push_back((position, delivery)),
                Err(error) => goes_on = report.add(position, Err(error)),
            }
            position += 1;
            // Deliveries are seldom far out of order, so that no more are kept than the producer has room for, or
            // little more.
            while let Some((_, first)) = on_their_way.front()
                && let Some(outcome) = first.outcome()
                && let Some((position, _)) = on_their_way.pop_front()
            {
                goes_on &= report.add(position, outcome.map_err(SendError::from));
            }
        }
        for (position, delivery) in on_their_way {
            report.add(position, delivery.await.map_err(SendError::from));
        }
        report
    }

    /// Sends messages that are there already, in their order, waits until each is delivered or has failed, and returns
    /// what has become of each, in the same order.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # async fn example(alerts: kafka_typed::TypedProducer<Alert, String>, many: Vec<Alert>) -> Result<(), kafka_typed::SendError> {
    /// for delivery in alerts.send_batch(&many).await {
    ///     println!("written at offset {}", delivery?.offset);
    /// }
    /// let with_keys = many.iter().map(|alert| alerts.send(alert).key(&alert.sensor_id).header("source", "gateway"));
    /// alerts.send_batch(with_keys).await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_batch<M: Outgoing<V, K>>(
        &self,
        messages: impl IntoIterator<Item = M>,
    ) -> Vec<Result<Delivery, SendError>> {
        let messages = messages.into_iter();
        let mut on_their_way = Vec::with_capacity(messages.size_hint().0);
        for message in messages {
            on_their_way.push(message.enqueue(self).await);
        }
        let mut outcomes = Vec::with_capacity(on_their_way.len());
        for delivery in on_their_way {
            outcomes.push(match delivery {
                Ok(delivery) => delivery.await.map_err(SendError::from),
                Err(error) => Err(error),
            });
        }
        outcomes
    }
}
