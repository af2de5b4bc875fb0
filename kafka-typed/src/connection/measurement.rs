//! What is measured of producers and consumers, for whatever collects metrics.
//!
//! What happens for each message is counted anyway, and handed to the collector once a second by the threads of the
//! clients. What is rare is counted where it happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{SharedString, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::assigned_partition::AssignedPartition;
use super::in_flight_budget::InFlightBudget;

/// How often what was counted is handed to the collector.
pub(crate) const EVERY: Duration = Duration::from_secs(1);

/// One in so many messages has its time taken.
const SAMPLE: u8 = 64;

fn shared(text: &Arc<str>) -> SharedString {
    SharedString::from_shared(Arc::clone(text))
}

/// Says when it is time to hand out what was counted.
#[derive(Debug)]
pub(crate) struct Pace(Instant);

impl Pace {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let is_due = now.duration_since(self.0) >= EVERY;
        if is_due {
            self.0 = now;
        }
        is_due
    }
}

/// Chooses the messages whose time is taken: so few that reading the clock costs nothing.
#[derive(Debug, Default)]
pub(crate) struct Sample(u8);

impl Sample {
    /// The time, for one in 64 calls.
    #[inline]
    pub(crate) fn start(&mut self) -> Option<Instant> {
        self.0 = (self.0 + 1) % SAMPLE;
        (self.0 == 1).then(Instant::now)
    }
}

/// The same for those of many readers, which are chosen by their numbers.
#[inline]
pub(crate) fn sampled(number: u64) -> Option<Instant> {
    number.is_multiple_of(SAMPLE.into()).then(Instant::now)
}

/// How long encoding took, of a message whose time was taken.
#[cold]
pub(crate) fn encoded(topic: &Arc<str>, started: Instant) {
    let labels = [("topic", shared(topic))];
    histogram!("kafka_producer_encode_duration_seconds", &labels).record(started.elapsed().as_secs_f64());
}

/// How long decoding took, of a message whose time was taken.
#[cold]
pub(crate) fn decoded(topic: &Arc<str>, started: Instant) {
    let labels = [("topic", shared(topic))];
    histogram!("kafka_consumer_decode_duration_seconds", &labels).record(started.elapsed().as_secs_f64());
}

/// A message was not sent, or not delivered.
pub(crate) fn send_failed(topic: &Arc<str>, kind: &'static str) {
    let labels = [("topic", shared(topic)), ("kind", kind.into())];
    counter!("kafka_producer_errors_total", &labels).increment(1);
}

/// Kafka did not give the next record.
pub(crate) fn receive_failed(topic: &str, code: &'static str) {
    let labels = [("topic", SharedString::from(topic.to_owned())), ("code", code.into())];
    counter!("kafka_consumer_errors_total", &labels).increment(1);
}

/// A message could not be decoded.
pub(crate) fn bad_message(topic: &Arc<str>, kind: &'static str) {
    let labels = [("topic", shared(topic)), ("kind", kind.into())];
    counter!("kafka_consumer_bad_messages_total", &labels).increment(1);
}

/// A group gave partitions to this consumer, or took some away.
pub(crate) fn rebalanced(topic: &Arc<str>, kind: &'static str) {
    let labels = [("topic", shared(topic)), ("kind", kind.into())];
    counter!("kafka_consumer_rebalances_total", &labels).increment(1);
}

/// What was handed to the collector of a producer.
#[derive(Debug, Default)]
pub(crate) struct MeasuredProducer {
    delivered: u64,
    failed: u64,
    bytes: u64,
    in_flight: u64,
    in_flight_bytes: u64,
}

impl MeasuredProducer {
    /// Hands out what has changed. Gauges are changed and not set, since several producers may have one topic.
    pub(crate) fn hand_out(&mut self, topic: &Arc<str>, budget: &InFlightBudget) {
        let (counts, bytes, in_flight_bytes) = (budget.counts(), budget.delivered_bytes(), budget.in_flight_bytes());
        let of_topic = [("topic", shared(topic))];
        let messages = |result: &'static str| counter!("kafka_producer_messages_total", "topic" => shared(topic), "result" => result);
        count(|| messages("delivered"), &mut self.delivered, counts.delivered);
        count(|| messages("failed"), &mut self.failed, counts.failed);
        count(|| counter!("kafka_producer_bytes_total", &of_topic), &mut self.bytes, bytes);
        let levels = [
            ("kafka_producer_in_flight_messages", &mut self.in_flight, counts.in_flight),
            ("kafka_producer_in_flight_bytes", &mut self.in_flight_bytes, in_flight_bytes),
        ];
        for (name, before, now) in levels {
            if *before != now {
                gauge!(name, &of_topic).increment(number(now) - number(*before));
                *before = now;
            }
        }
    }
}

/// Counts what has been added.
fn count(counter: impl Fn() -> metrics::Counter, before: &mut u64, now: u64) {
    let added = now.saturating_sub(std::mem::replace(before, now));
    if added > 0 {
        counter().increment(added);
    }
}

/// Exact up to 2^53.
#[allow(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
fn number(count: u64) -> f64 {
    count as f64
}

/// What was handed to the collector of one partition of a consumer.
#[derive(Debug, Default)]
pub(crate) struct MeasuredPartition {
    received: u64,
    done: u64,
    bytes: u64,
    /// What was received, of which nobody else keeps count.
    received_bytes: u64,
}

impl MeasuredPartition {
    pub(crate) fn received(&mut self, bytes: usize) {
        self.received_bytes = self.received_bytes.saturating_add(bytes as u64);
    }

    /// Hands out what has changed, and how the partition is now. `end` is the offset of the record that is sent next.
    pub(crate) fn hand_out(&mut self, partition: &AssignedPartition, end: Option<i64>) {
        let labels = Self::labels(partition);
        let messages = |name| move || counter!(name, &Self::labels(partition));
        count(messages("kafka_consumer_messages_total"), &mut self.received, partition.polled());
        count(messages("kafka_consumer_done_total"), &mut self.done, partition.done_count());
        count(messages("kafka_consumer_bytes_total"), &mut self.bytes, self.received_bytes);
        let lag = end.zip(partition.done_before()).map(|(end, done)| u64::try_from(end - done).unwrap_or(0));
        if let Some(lag) = lag {
            gauge!("kafka_consumer_lag_messages", &labels).set(number(lag));
        }
        gauge!("kafka_consumer_waiting_messages", &labels).set(number(partition.lane.len() as u64));
        gauge!("kafka_consumer_in_flight_messages", &labels).set(number(partition.in_flight()));
        let is_paused = partition.is_held() || partition.is_backed_up();
        gauge!("kafka_consumer_paused", &labels).set(if is_paused { 1.0 } else { 0.0 });
    }

    /// The partition is the consumer's no more: its next owner tells how it is.
    pub(crate) fn end(&mut self, partition: &AssignedPartition) {
        self.hand_out(partition, None);
        let labels = Self::labels(partition);
        for name in [
            "kafka_consumer_lag_messages",
            "kafka_consumer_waiting_messages",
            "kafka_consumer_in_flight_messages",
            "kafka_consumer_paused",
        ] {
            gauge!(name, &labels).set(0.0);
        }
    }

    /// librdkafka was told to fetch no more of a partition for now.
    pub(crate) fn paused(partition: &AssignedPartition) {
        counter!("kafka_consumer_pauses_total", &Self::labels(partition)).increment(1);
    }

    fn labels(AssignedPartition { topic, partition, .. }: &AssignedPartition) -> [(&'static str, SharedString); 2] {
        [("topic", shared(topic)), ("partition", partition.to_string().into())]
    }
}

/// Tells the collector, if one is installed by now, what the metrics mean.
pub(crate) fn describe() {
    describe_counter!("kafka_producer_messages_total", "Messages that were handed over, by what has become of them");
    describe_counter!("kafka_producer_bytes_total", Unit::Bytes, "Keys and payloads that were delivered");
    describe_counter!("kafka_producer_errors_total", "Messages that were not sent or not delivered, by the reason");
    describe_gauge!("kafka_producer_in_flight_messages", "Messages on their way to the brokers");
    describe_gauge!("kafka_producer_in_flight_bytes", Unit::Bytes, "Keys and payloads on their way to the brokers");
    describe_histogram!(
        "kafka_producer_encode_duration_seconds",
        Unit::Seconds,
        "How long one in 64 messages took to encode"
    );
    describe_counter!("kafka_consumer_messages_total", "Messages that were received");
    describe_counter!("kafka_consumer_done_total", "Messages that are done");
    describe_counter!("kafka_consumer_bytes_total", Unit::Bytes, "Keys and payloads that were received");
    describe_counter!("kafka_consumer_errors_total", "What Kafka did not give, by librdkafka's code");
    describe_counter!("kafka_consumer_bad_messages_total", "Messages that could not be decoded, by the reason");
    describe_counter!("kafka_consumer_rebalances_total", "How often a group gave partitions or took some away");
    describe_counter!("kafka_consumer_pauses_total", "How often no more of a partition was fetched, since it was full");
    describe_gauge!("kafka_consumer_lag_messages", "Offsets between what is done and the end of a partition");
    describe_gauge!("kafka_consumer_waiting_messages", "Messages that wait in this process");
    describe_gauge!("kafka_consumer_in_flight_messages", "Messages that are handed out and not done");
    describe_gauge!("kafka_consumer_paused", "Whether a partition is paused, by hand or since it was full");
    describe_histogram!(
        "kafka_consumer_decode_duration_seconds",
        Unit::Seconds,
        "How long one in 64 messages took to decode"
    );
}
