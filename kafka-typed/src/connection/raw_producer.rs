//! Records to one topic, for those who encode them on their own.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rdkafka::producer::{BaseRecord, Producer};
use rdkafka::types::RDKafkaErrorCode;
use tokio::runtime::Handle;

use super::delivery::{Delivery, DeliveryFuture, PendingDelivery};
use super::delivery_progress::DeliveryProgress;
use super::error_code::KafkaErrorCode;
use super::health::ProducerHealth;
use super::in_flight_budget::{Counts, InFlightBudget, Reservation};
use super::measurement::{self, MeasuredProducer};
use super::producer_client::{ClientUse, flush, give_up};
use super::producer_record::ProducerRecord;
use super::producer_topic::ProducerTopic;
use super::record::Timestamp;
use super::settings::{ProducerSettings, Role, check_topic};
use super::topic_metadata;
use super::trace;
use super::undelivered::{Undelivered, UndeliveredRecord};
use super::{CloseError, Connection, ConnectionError, DeliveryError, FlushError};

/// How long closing takes at most by default. Kubernetes kills a container 30 seconds after it has asked it to end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// Sets up a [`RawProducer`]. Made by [`Connection::raw_producer`].
#[must_use = "nothing is started before `build` is called"]
pub struct RawProducerBuilder {
    connection: Connection,
    topic: String,
    max_message_size: Option<usize>,
    keeps_undelivered: bool,
    settings: Vec<(String, String)>,
}

impl RawProducerBuilder {
    pub(crate) fn new(connection: Connection, topic: String) -> Self {
        Self { connection, topic, max_message_size: None, keeps_undelivered: false, settings: Vec::new() }
    }

    /// Keeps records that are not delivered for [`RawProducer::take_undelivered`]. The producer has a client of its own
    /// then, so that closing it leaves no record whose fate is open.
    pub fn keep_undelivered(mut self) -> Self {
        self.keeps_undelivered = true;
        self
    }

    /// Sets the most bytes that key and payload of a record may have together; larger ones are an error before anything
    /// is sent. By default, and at most, what `message.max.bytes` allows.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.max_message_size = Some(bytes);
        self
    }

    /// Sets any of librdkafka's producer settings, such as `linger.ms`, for this producer only.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Starts the producer. Brokers are connected to in the background, so that one that cannot be reached shows when
    /// sending.
    ///
    /// # Errors
    ///
    /// When the topic's name or a setting is invalid, or no tokio runtime is running.
    pub fn build(self) -> Result<RawProducer, ConnectionError> {
        let (runtime, settings) = self.check()?;
        let limit = self.max_message_size.map_or(settings.max_message_size, |own| own.min(settings.max_message_size));
        let client = self.connection.producer_clients().join(
            settings.client,
            !self.keeps_undelivered,
            &settings.config,
            (self.connection.keep_alive(), self.connection.tokens()),
        )?;
        let source = Arc::new(RecordSource {
            topic: self.topic.into(),
            budget: InFlightBudget::new(settings.limits),
            measured: Mutex::default(),
            progress: DeliveryProgress::new(Arc::clone(client.client().context().clock())),
            message_timeout: settings.message_timeout,
            undelivered: self.keeps_undelivered.then(|| Undelivered::new(settings.limits)),
        });
        client.client().context().add_source(&source);
        tracing::debug!(topic = &*source.topic, "{} starts", Role::Producer);
        let shared = Shared {
            topic: OnceLock::new(),
            client,
            source,
            max_message_size: limit,
            is_closed: AtomicBool::new(false),
            is_settled: AtomicBool::new(false),
            runtime,
            connection: self.connection,
        };
        Ok(RawProducer { shared: Arc::new(shared) })
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    /// Lets it be one of the producers that share the client of a transactional id.
    pub(crate) fn of_transactions(self, connection: &Connection) -> Result<Self, ConnectionError> {
        let invalid = |setting: &str, reason: &str| {
            Err(ConnectionError::InvalidSetting { setting: setting.to_owned(), reason: reason.to_owned() })
        };
        if let Some((name, _)) = self.settings.first() {
            let reason = "all producers of a transactional id have the same settings: call `.setting(..)` behind `.transactional(..)`";
            return invalid(name, reason);
        }
        if self.keeps_undelivered {
            let reason = "what a transaction does not deliver is aborted and comes again: leave it out";
            return invalid("keep_undelivered", reason);
        }
        Ok(Self { connection: connection.clone(), ..self })
    }

    /// What can be wrong before anything is started.
    pub(crate) fn check(&self) -> Result<(Handle, ProducerSettings), ConnectionError> {
        let runtime = Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
        check_topic(&self.topic)?;
        Ok((runtime, self.connection.settings().producer(&self.settings)?))
    }
}

impl fmt::Debug for RawProducerBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings may hold passwords.
        let settings: Vec<_> = self.settings.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("RawProducerBuilder")
            .field("topic", &self.topic)
            .field("max_message_size", &self.max_message_size)
            .field("settings", &settings)
            .finish_non_exhaustive()
    }
}

/// Sends records to one topic as they are, without a schema: what a [`TypedProducer`](crate::TypedProducer) sends its
/// encoded values with, and under the same rules.
///
/// Clones are the same producer. All producers of a [`Connection`] that have the same settings share one librdkafka
/// client and its threads, however many topics they have; what they count, wait for and give up is their own.
///
/// ```no_run
/// use kafka_typed::connection::{Connection, ProducerRecord};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let temperatures = Connection::from_env()?.raw_producer("temperatures").build()?;
/// let delivery = temperatures.send(ProducerRecord::new(Some(b"21.5")).key("sensor-17")).await?;
/// println!("written at offset {} of partition {}", delivery.offset, delivery.partition);
/// temperatures.close().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RawProducer {
    shared: Arc<Shared>,
}

struct Shared {
    /// Made with the first record, since brokers create a topic when they are asked for it.
    topic: OnceLock<Option<ProducerTopic>>,
    client: ClientUse,
    source: Arc<RecordSource>,
    max_message_size: usize,
    is_closed: AtomicBool,
    /// Whether closing has reported what was given up.
    is_settled: AtomicBool,
    runtime: Handle,
    connection: Connection,
}

/// Where a record comes from: what its delivery report needs to know of its producer.
#[derive(Debug)]
pub(crate) struct RecordSource {
    pub(crate) topic: Arc<str>,
    pub(crate) budget: InFlightBudget,
    pub(crate) progress: DeliveryProgress,
    measured: Mutex<MeasuredProducer>,
    message_timeout: Duration,
    pub(crate) undelivered: Option<Undelivered>,
}

impl RecordSource {
    /// Hands what was counted to whatever collects metrics.
    pub(crate) fn measure(&self) {
        // Nothing that runs under the lock can panic halfway through a change.
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        measured.hand_out(&self.topic, &self.budget);
    }

    /// The error of a record that was handed over.
    pub(crate) fn not_delivered(&self, source: KafkaErrorCode) -> DeliveryError {
        let topic = Arc::clone(&self.topic);
        match source.code() {
            RDKafkaErrorCode::MessageTimedOut => {
                DeliveryError::TimedOut { topic, timeout: self.message_timeout, source }
            }
            _ => DeliveryError::NotDelivered { topic, source },
        }
    }
}

impl Drop for RecordSource {
    fn drop(&mut self) {
        self.measure();
    }
}

impl RawProducer {
    /// Sends a record and waits for its delivery report. Awaiting each one before the next is slow; see
    /// [`enqueue`](Self::enqueue).
    ///
    /// # Errors
    ///
    /// When the record cannot be handed over, see [`enqueue`](Self::enqueue), or is not delivered.
    pub async fn send(&self, record: ProducerRecord<'_>) -> Result<Delivery, DeliveryError> {
        self.enqueue(record).await?.await
    }

    /// Hands a record over to be sent in the background, and returns a future for its delivery.
    ///
    /// Waits while `queue.buffering.max.messages` or `queue.buffering.max.kbytes` are on their way already. When the
    /// future of this call is dropped before it has returned, the record is not sent.
    ///
    /// # Errors
    ///
    /// When the record is too large, librdkafka refuses it, or the producer was closed. Nothing has been sent then.
    pub async fn enqueue(&self, record: ProducerRecord<'_>) -> Result<DeliveryFuture, DeliveryError> {
        // A loop that only sends would otherwise never let other tasks of its thread run.
        tokio::task::coop::consume_budget().await;
        self.check_open()?;
        self.check(record.size(), record.timestamp).inspect_err(|error| self.failed_to_send(error.kind(), error))?;
        let size = record.size();
        let reservation = match self.try_reserve(size) {
            Some(reservation) => reservation,
            None => self.reserve(size).await?,
        };
        self.hand_over(record, reservation)
    }

    /// Waits until every message handed over so far has its delivery report, sending at once what would wait for
    /// `linger.ms`. The messages of other producers are not waited for.
    ///
    /// It reports nothing about success: await the deliveries for that, or look at [`counts`](Self::counts).
    ///
    /// # Errors
    ///
    /// When `timeout` is over first. The messages are still being sent then.
    pub async fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let (client, source) = (Arc::clone(self.shared.client.client()), Arc::clone(&self.shared.source));
        // librdkafka's flush blocks its thread.
        let flushed = self.shared.runtime.spawn_blocking(move || flush(&client, &source.budget, timeout)).await;
        match flushed {
            Ok(true) => Ok(()),
            // The task only fails when the runtime stops.
            Ok(false) | Err(_) => {
                Err(FlushError { topic: Arc::clone(self.topic()), in_flight: self.counts().in_flight, timeout })
            }
        }
    }

    /// Takes no more messages, from any clone, and waits until every message handed over so far has its delivery
    /// report. Takes at most 20 seconds; [`close_within`](Self::close_within) sets another limit.
    ///
    /// Returns what has become of all messages. Which of them failed is in their [deliveries](DeliveryFuture).
    ///
    /// # Errors
    ///
    /// When messages are still on their way after that time, with their number. They are given up: at once, when no
    /// other producer shares the client, and otherwise after `message.timeout.ms`, up to which they may still be
    /// delivered.
    pub async fn close(&self) -> Result<Counts, CloseError> {
        self.close_within(CLOSE_TIMEOUT).await
    }

    /// [`close`](Self::close) with a time limit of its own. It takes up to a second longer when messages are given up.
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_within(&self, timeout: Duration) -> Result<Counts, CloseError> {
        let shared = &self.shared;
        shared.is_closed.store(true, Ordering::Relaxed);
        let closing = Arc::clone(shared);
        // librdkafka's flush blocks its thread, and so may purging.
        let closed = shared.runtime.spawn_blocking(move || closing.flush_or_give_up(timeout)).await;
        // The task fails only when the runtime stops.
        let given_up = closed.unwrap_or_else(|_| shared.source.budget.in_flight());
        if given_up == 0 {
            return Ok(shared.source.budget.counts());
        }
        Err(CloseError { topic: Arc::clone(&shared.source.topic), given_up, timeout })
    }

    /// Takes the records that were handed over and not delivered so far, each with its error, when the producer
    /// [keeps](RawProducerBuilder::keep_undelivered) them: no more between two calls than
    /// `queue.buffering.max.messages` and `queue.buffering.max.kbytes` let be on their way; all are
    /// [counted](Self::counts). After closing, these are all that are neither delivered nor taken.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use kafka_typed::connection::{Connection, ProducerRecord};
    ///
    /// # async fn example(connection: Connection) -> Result<(), Box<dyn std::error::Error>> {
    /// let temperatures = connection.raw_producer("temperatures").keep_undelivered().build()?;
    /// drop(temperatures.enqueue(ProducerRecord::new(Some(b"21.5"))).await?);
    /// if temperatures.close_within(Duration::from_secs(5)).await.is_err() {
    ///     for record in temperatures.take_undelivered() {
    ///         println!("{:?} is left: {}", record.payload, record.error);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn take_undelivered(&self) -> Vec<UndeliveredRecord> {
        self.shared.source.undelivered.as_ref().map(Undelivered::take).unwrap_or_default()
    }

    /// How many messages have been delivered, have failed, and are on their way.
    pub fn counts(&self) -> Counts {
        self.shared.source.budget.counts()
    }

    /// How the producer is, for the endpoints that tell whether a service is alive and ready. Asks no broker.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # fn example(temperatures: &kafka_typed::connection::RawProducer) {
    /// let health = temperatures.health();
    /// let (is_alive, is_ready) = (health.is_alive(Duration::from_secs(600)), health.is_ready());
    /// # }
    /// ```
    pub fn health(&self) -> ProducerHealth {
        let Shared { client, source, is_closed, .. } = &*self.shared;
        let (in_flight, client) = (source.budget.in_flight(), client.client());
        ProducerHealth {
            in_flight,
            no_progress_for: if in_flight == 0 { Duration::ZERO } else { source.progress.idle_for() },
            last_delivery_ago: source.progress.delivered_for(),
            last_error: source.progress.last_error(),
            brokers_are_reachable: !client.context().brokers_are_away(),
            is_running: !is_closed.load(Ordering::Relaxed) && client.client().fatal_error().is_none(),
        }
    }

    /// The topic that this producer sends to.
    pub fn topic(&self) -> &Arc<str> {
        &self.shared.source.topic
    }

    /// The partitions of the topic, in ascending order. Brokers that create topics create it when they are asked.
    ///
    /// # Errors
    ///
    /// When the topic does not exist, or no broker answers in time.
    pub async fn partitions(&self, timeout: Duration) -> Result<Vec<i32>, ConnectionError> {
        let (client, topic) = (Arc::clone(self.shared.client.client()), Arc::clone(self.topic()));
        // Waiting for the broker's answer blocks the thread.
        let asking = self.shared.runtime.spawn_blocking(move || {
            let ask = |left| client.client().fetch_metadata(Some(&topic), left);
            topic_metadata::partitions(&topic, true, timeout, ask)
        });
        let answer = asking.await.map_err(|_| ConnectionError::NoRuntime)?;
        let (topic, bootstrap_servers) =
            (self.topic().to_string(), self.shared.connection.bootstrap_servers().to_owned());
        answer.map_err(|code| match code {
            code if code.is_unknown_topic() => ConnectionError::UnknownTopic { topic, bootstrap_servers },
            source => {
                let what = format!("asking for the partitions of topic `{topic}`");
                ConnectionError::Kafka { what, bootstrap_servers, source }
            }
        })
    }

    /// Whether records are still taken.
    pub(crate) fn check_open(&self) -> Result<(), DeliveryError> {
        if self.shared.is_closed.load(Ordering::Relaxed) {
            return Err(DeliveryError::Closed { topic: Arc::clone(self.topic()) });
        }
        Ok(())
    }

    /// What librdkafka would refuse, or misunderstand.
    pub(crate) fn check(&self, size: usize, timestamp: Option<Timestamp>) -> Result<(), DeliveryError> {
        let topic = || Arc::clone(self.topic());
        if size > self.shared.max_message_size {
            return Err(DeliveryError::TooLarge { topic: topic(), size, limit: self.shared.max_message_size });
        }
        match timestamp.map(Timestamp::as_millis) {
            Some(millis @ ..=0) => Err(DeliveryError::InvalidTimestamp { topic: topic(), millis }),
            _ => Ok(()),
        }
    }

    pub(crate) fn try_reserve(&self, size: usize) -> Option<Reservation<'_>> {
        self.shared.source.budget.try_take(size)
    }

    /// Waits for room for a record, unless the producer is closed meanwhile.
    pub(crate) async fn reserve(&self, size: usize) -> Result<Reservation<'_>, DeliveryError> {
        let reservation = self.shared.source.budget.take(size).await;
        self.check_open()?;
        Ok(reservation)
    }

    /// Hands over a record that was checked and has room.
    pub(crate) fn hand_over(
        &self,
        record: ProducerRecord<'_>,
        reservation: Reservation<'_>,
    ) -> Result<DeliveryFuture, DeliveryError> {
        let source = &self.shared.source;
        if reservation.is_first() {
            source.progress.begins();
        }
        let span = trace::sending(&source.topic, record.headers.as_ref());
        let headers = trace::with_context(&span, record.headers);
        let record = ProducerRecord { headers, ..record };
        let pending = PendingDelivery::new(Arc::clone(source), record.timestamp, reservation.bytes(), span);
        let pending = Arc::new(pending);
        let handed_over = self.produce(record, Arc::clone(&pending));
        if let Err(code) = handed_over {
            let error = DeliveryError::Refused { topic: Arc::clone(self.topic()), source: code };
            self.failed_to_send(error.kind(), &error);
            source.progress.failed(error.clone());
            return Err(error);
        }
        reservation.keep();
        Ok(DeliveryFuture::new(pending))
    }

    fn produce(&self, record: ProducerRecord<'_>, pending: Arc<PendingDelivery>) -> Result<(), KafkaErrorCode> {
        let (client, topic) = (self.shared.client.client(), self.topic());
        if record.headers.is_none()
            && record.timestamp.is_none()
            && let Some(handle) = self.shared.topic.get_or_init(|| ProducerTopic::new(client, topic))
        {
            let handed_over = handle.produce(record.payload, record.key, record.partition, pending);
            return handed_over.map_err(KafkaErrorCode::new);
        }
        let record = BaseRecord {
            topic,
            partition: record.partition,
            payload: record.payload,
            key: record.key,
            timestamp: record.timestamp.map(Timestamp::as_millis),
            headers: record.headers,
            delivery_opaque: pending,
        };
        client.send(record).map_err(|(error, _)| KafkaErrorCode::of(&error))
    }

    pub(crate) fn failed_to_send(&self, kind: &'static str, error: &dyn std::error::Error) {
        measurement::send_failed(self.topic(), kind);
        let cause = error.source().map(tracing::field::display);
        tracing::warn!(topic = &**self.topic(), cause, "failed: {error}");
    }
}

impl Shared {
    /// Waits for the delivery report of every message, and gives up those that have none in time: returns how many
    /// that were. Blocks.
    fn flush_or_give_up(&self, timeout: Duration) -> u64 {
        let (client, budget) = (self.client.client(), &self.source.budget);
        let is_flushed = flush(client, budget, timeout);
        let is_last = self.client.leave();
        if is_flushed {
            self.is_settled.store(true, Ordering::Relaxed);
            return 0;
        }
        let before = budget.counts();
        if is_last {
            give_up(client, budget);
        }
        // What arrived meanwhile was not given up.
        let given_up = before.in_flight.saturating_sub(budget.counts().delivered - before.delivered);
        if given_up > 0 {
            let error = CloseError { topic: Arc::clone(&self.source.topic), given_up, timeout };
            tracing::error!(topic = &*self.source.topic, given_up, "failed: {error}");
        }
        self.is_settled.store(true, Ordering::Relaxed);
        given_up
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let is_last = self.client.leave();
        let (topic, in_flight) = (&*self.source.topic, self.source.budget.in_flight());
        if in_flight == 0 || self.is_settled.load(Ordering::Relaxed) {
            return;
        }
        let fate = match is_last {
            true => "which are given up",
            false => "which are sent as long as other producers use the same client, and then given up",
        };
        tracing::error!(
            topic,
            in_flight,
            "failed: a producer was dropped with messages on their way, {fate}; await `close` or `flush` before dropping it"
        );
    }
}

impl fmt::Debug for RawProducer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawProducer")
            .field("topic", self.topic())
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
