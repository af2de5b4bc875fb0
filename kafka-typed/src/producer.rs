//! Sending values of one type to one topic.

mod builder;
mod delivery;
mod events;
mod outgoing;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use avro_typed::{AvroType, Encode};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, Producer, PurgeConfig};
use schema_registry::{Context, Prefix, SchemaId, SchemaRegistry};

use crate::connection::in_flight_budget::{InFlightBudget, Limits};
use crate::connection::native;
use crate::connection::{CloseError, ConnectionError, Counts, FlushError};
use crate::error::{SendError, SetupError};
use crate::kafka::{KafkaTyped, KeepAlive};
pub use builder::ProducerBuilder;
pub use delivery::{Delivery, DeliveryFuture};
use events::ProducerEvents;
pub use outgoing::{NoKey, Outgoing};

/// Sends values of type `T` to one topic, each marked with the id of `T`'s schema.
///
/// Made by [`KafkaTyped::producer`](crate::KafkaTyped::producer). Clones share one connection and may be used from any
/// task or thread.
///
/// Call [`close`](TypedProducer::close) at the end, or [`flush`](TypedProducer::flush) before the last clone goes: a
/// message that is still on its way then is given up, which is logged as an error with their number. Dropping it never
/// blocks.
///
/// # How often a message is written
///
/// With `enable.idempotence`, the default, what is sent again after a lost answer is not written twice and keeps its
/// order, *within* `message.timeout.ms` (five minutes by default). When no broker answers for that long the delivery is
/// an error, and whoever sends the value again makes another message: the first one may have been written, so that
/// readers may see both, and in another order. Where brokers may be away for longer, set a longer `message.timeout.ms`;
/// where a copy does harm, let readers recognise one by an id in the value. Kafka's transactions, which rule copies
/// out, are not supported here yet.
pub struct TypedProducer<T> {
    shared: Arc<Shared>,
    value: PhantomData<fn(&T)>,
}

struct Shared {
    client: Arc<BaseProducer<ProducerEvents>>,
    budget: Arc<InFlightBudget>,
    prefix: Prefix,
    topic: Arc<str>,
    subject: String,
    schema_id: SchemaId,
    kafka: KafkaTyped,
    /// The client of the context that the schema id is of.
    registry: SchemaRegistry,
    is_closed: AtomicBool,
}

/// How long [`TypedProducer::close`] takes at most. Kubernetes kills a container 30 seconds after it has asked it to
/// end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

impl<T: Encode + AvroType> TypedProducer<T> {
    /// Starts a message with this value. Nothing is sent before the answer is awaited, or
    /// [enqueued](Outgoing::enqueue).
    ///
    /// ```no_run
    /// # use kafka_typed::{SendError, TypedProducer, avro_typed::{AvroType, Encode}};
    /// # async fn example<T: Encode + AvroType + Sync>(alerts: TypedProducer<T>, alert: T, many: Vec<T>) -> Result<(), SendError> {
    /// let delivery = alerts.send(&alert).key("sensor-17").header("source", "gateway").await?;
    /// println!("lies at offset {} of partition {}", delivery.offset, delivery.partition);
    ///
    /// let mut deliveries = Vec::new();
    /// for alert in &many {
    ///     deliveries.push(alerts.send(alert).key("sensor-17").enqueue().await?);
    /// }
    /// for delivery in deliveries {
    ///     delivery.await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn send<'p>(&'p self, value: &'p T) -> Outgoing<'p, T> {
        Outgoing::new(self, value)
    }
}

impl<T> TypedProducer<T> {
    /// Waits until every message handed over so far has its delivery report, sending at once what would wait for
    /// `linger.ms`.
    ///
    /// It says nothing about success: await the deliveries for that, or look at [`counts`](TypedProducer::counts).
    ///
    /// # Errors
    ///
    /// When `timeout` is over first. The messages are still being sent then.
    pub async fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let client = Arc::clone(&self.shared.client);
        // librdkafka's flush blocks its thread.
        let flushed = tokio::task::spawn_blocking(move || native::flush(&client, timeout)).await;
        match flushed {
            Ok(Ok(())) => Ok(()),
            // Timing out is the only answer there is besides success, and the task only fails when the runtime stops.
            Ok(Err(_)) | Err(_) => {
                Err(FlushError { topic: Arc::clone(&self.shared.topic), in_flight: self.counts().in_flight, timeout })
            }
        }
    }

    /// Takes no more messages, from any clone, and waits until every message handed over so far has its delivery
    /// report. Takes at most 20 seconds; [`close_within`](Self::close_within) sets another limit.
    ///
    /// The answer counts what has become of all messages. Which of them failed is in their
    /// [deliveries](DeliveryFuture).
    ///
    /// ```no_run
    /// # use kafka_typed::{TypedProducer, avro_typed::{AvroType, Encode}};
    /// # async fn example<T: Encode + AvroType + Sync>(alerts: TypedProducer<T>, many: Vec<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// for alert in &many {
    ///     drop(alerts.send(alert).enqueue().await?);
    /// }
    /// let counts = alerts.close().await?;
    /// println!("{} delivered, {} failed", counts.delivered, counts.failed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When messages are still on their way after that time, with their number. They are given up.
    pub async fn close(self) -> Result<Counts, CloseError> {
        self.close_within(CLOSE_TIMEOUT).await
    }

    /// [`close`](Self::close) with a time limit of its own. It takes up to a second longer when messages are given up.
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_within(self, timeout: Duration) -> Result<Counts, CloseError> {
        self.shared.is_closed.store(true, Ordering::Relaxed);
        let (client, budget) = (Arc::clone(&self.shared.client), Arc::clone(&self.shared.budget));
        // librdkafka's flush blocks its thread, and so may purging.
        let closed = tokio::task::spawn_blocking(move || flush_or_give_up(&client, &budget, timeout)).await;
        // The task fails only when the runtime stops, and what is on its way is given up with the producer then.
        let given_up = closed.unwrap_or_else(|_| self.counts().in_flight);
        if given_up == 0 {
            return Ok(self.counts());
        }
        let error = CloseError { topic: Arc::clone(&self.shared.topic), given_up, timeout };
        tracing::error!(topic = self.topic(), given_up, "failed: {error}");
        Err(error)
    }

    /// How many messages have been delivered, have failed, and are on their way.
    pub fn counts(&self) -> Counts {
        self.shared.budget.counts()
    }

    /// The topic that this producer sends to.
    pub fn topic(&self) -> &str {
        &self.shared.topic
    }

    /// The subject that the schema is registered under.
    pub fn subject(&self) -> &str {
        &self.shared.subject
    }

    /// The context of the registry that the [schema id](Self::schema_id) is of.
    pub fn context(&self) -> &Context {
        self.shared.registry.context()
    }

    /// The schema id that every message carries.
    pub fn schema_id(&self) -> SchemaId {
        self.shared.schema_id
    }

    /// Fetches the schema that the registry has for the [id](Self::schema_id), unless the client remembers it, and sees
    /// whether it is the one that the [lock](crate::Registration::Locked) has. Of an id that comes from elsewhere it is
    /// only seen whether the registry knows it.
    ///
    /// # Errors
    ///
    /// [`SetupError::LockMismatch`] when it is another schema, and [`SetupError::Registry`] when the registry does not
    /// know the id or cannot be reached.
    pub async fn verify_schema_id(&self) -> Result<(), SetupError> {
        let Shared { schema_id, topic, kafka, registry, .. } = &*self.shared;
        let schema = Box::pin(registry.schema_by_id(*schema_id)).await;
        let schema = schema.map_err(|source| SetupError::Registry {
            what: format!(
                "schema {schema_id}, which messages of topic `{topic}` are marked with, could not be fetched"
            ),
            source,
        })?;
        kafka.locked().check(&schema).map_err(|source| SetupError::LockMismatch { topic: topic.to_string(), source })
    }

    fn start(
        config: &ClientConfig,
        limits: Limits,
        topic: Arc<str>,
        subject: String,
        (schema_id, prefix): (SchemaId, Prefix),
        (kafka, registry): (KafkaTyped, SchemaRegistry),
    ) -> Result<Self, SetupError> {
        let budget = Arc::new(InFlightBudget::new(limits));
        let events = ProducerEvents::new(Arc::clone(&topic), Arc::clone(&budget));
        let client: BaseProducer<_> = config
            .create_with_context(events)
            .map_err(|error| ConnectionError::Client { role: "producer", reason: error.to_string() })?;
        let client = Arc::new(client);
        serve_reports(Arc::clone(&client), kafka.keep_alive()).map_err(|source| ConnectionError::System {
            what: "no thread for the delivery reports of a producer",
            source,
        })?;
        let is_closed = AtomicBool::new(false);
        let shared = Shared { client, budget, prefix, topic, subject, schema_id, kafka, registry, is_closed };
        Ok(Self { shared: Arc::new(shared), value: PhantomData })
    }
}

impl Shared {
    fn check_open(&self) -> Result<(), SendError> {
        if self.is_closed.load(Ordering::Relaxed) {
            return Err(SendError::Closed { topic: Arc::clone(&self.topic) });
        }
        Ok(())
    }

    fn failed_to_send(&self, error: &SendError) {
        let cause = std::error::Error::source(error).map(tracing::field::display);
        tracing::warn!(topic = &*self.topic, cause, "failed: {error}");
    }
}

/// Serves delivery reports on a thread of its own until it holds the last handle of the client.
///
/// The thread is not waited for: it may take 100 ms to notice, and giving up messages and ending the client longer,
/// which would block the executor that the producer is dropped on. It holds `keep_alive` a little longer, so that the
/// client never outlives its broker.
fn serve_reports(client: Arc<BaseProducer<ProducerEvents>>, keep_alive: KeepAlive) -> std::io::Result<()> {
    const LOOK_AROUND: Duration = Duration::from_millis(100);
    std::thread::Builder::new().name("kafka-typed-send".to_owned()).spawn(move || {
        while Arc::strong_count(&client) > 1 {
            client.poll(LOOK_AROUND);
            client.context().sum_up();
        }
        // A client that ends gives up what is on its way. A tuple drops its members in order.
        drop((client, keep_alive));
    })?;
    Ok(())
}

/// Waits for the delivery report of every message, and gives up those that have none in time: answers with how many
/// that were.
fn flush_or_give_up(client: &BaseProducer<ProducerEvents>, budget: &InFlightBudget, timeout: Duration) -> u64 {
    const PURGE_TIMEOUT: Duration = Duration::from_secs(1);
    if native::flush(client, timeout).is_ok() {
        return 0;
    }
    let delivered_before = budget.counts().delivered;
    let in_flight = budget.counts().in_flight;
    client.purge(PurgeConfig::default().queue().inflight());
    // What purging has made an error gets its report; what arrived meanwhile was not given up.
    let _ = native::flush(client, PURGE_TIMEOUT);
    in_flight.saturating_sub(budget.counts().delivered - delivered_before)
}

impl Drop for Shared {
    fn drop(&mut self) {
        let in_flight = self.budget.counts().in_flight;
        if in_flight > 0 {
            tracing::error!(
                topic = &*self.topic,
                in_flight,
                "failed: a producer was dropped with messages on their way, which are given up; await `close` or `flush` before \
                 dropping it"
            );
        }
    }
}

impl<T> Clone for TypedProducer<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), value: PhantomData }
    }
}

impl<T> fmt::Debug for TypedProducer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TypedProducer")
            .field("topic", &self.shared.topic)
            .field("subject", &self.shared.subject)
            .field("schema_id", &self.shared.schema_id)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
