//! How a consumer or a producer is.

use std::sync::Arc;
use std::time::Duration;

use super::DeliveryError;
use super::receive_error::ReceiveError;

/// How far a consumer is in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionStatus {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The offset after the message that was handed out last. `None` before the first one.
    pub position: Option<i64>,
    /// The offset up to which all messages are done, not included: where the consumer began before one is done, and the
    /// end where nothing is left to do. `None` before the brokers have given the first messages, or told that there are
    /// none.
    pub done: Option<i64>,
    /// The offset of the message that is sent next, as far as is known.
    pub end: Option<i64>,
    /// How many messages wait in this process.
    pub waiting: u64,
    /// How many messages are handed out and not done.
    pub in_flight: u64,
    /// Whether it was paused by hand.
    pub is_paused: bool,
    /// Whether the brokers are asked for no more of it, since what is here is not processed.
    pub is_backed_up: bool,
}

impl PartitionStatus {
    /// How many offsets are between what is done and the end. Compaction and transactions leave offsets without
    /// messages, so that there may be fewer of these. `None` before the brokers have given the first messages, or told
    /// that there are none.
    pub fn lag(&self) -> Option<u64> {
        let lag = self.end?.checked_sub(self.done?)?;
        // What is known of the end is older than what is done.
        Some(u64::try_from(lag).unwrap_or(0))
    }
}

/// How a consumer is, as [`ConsumerControl::health`](super::ConsumerControl::health) tells.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConsumerHealth {
    /// The partitions that it has.
    pub partitions: Vec<PartitionStatus>,
    /// How long no message was done though some waited. Zero, or about a fifth of a second, where nothing waits.
    pub no_progress_for: Duration,
    /// What Kafka has refused last.
    pub last_error: Option<ReceiveError>,
    /// Whether it hands out messages: it is neither closed nor stopping, and had no fatal error.
    pub is_running: bool,
}

impl ConsumerHealth {
    /// Whether it is alive: it runs, and has processed something within `patience` where messages waited. A service
    /// that is not should be started again.
    ///
    /// `patience` is longer than the slowest message takes with all its attempts.
    pub fn is_alive(&self, patience: Duration) -> bool {
        self.is_running && self.no_progress_for <= patience
    }

    /// Whether it runs and has partitions. In a group with more members than partitions some have none, and are not
    /// ready for that reason.
    pub fn is_ready(&self) -> bool {
        self.is_running && !self.partitions.is_empty()
    }
}

/// How a producer is, as [`TypedProducer::health`](crate::TypedProducer::health) tells.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProducerHealth {
    /// How many messages are on their way: handed over, and without a delivery report.
    pub in_flight: u64,
    /// How long none was delivered though some were on their way. Zero where none are.
    pub no_progress_for: Duration,
    /// How long ago the last message was delivered, to a tenth of a second. `None` before the first one.
    pub last_delivery_ago: Option<Duration>,
    /// Why a message was not delivered, or not taken, the last time.
    pub last_error: Option<DeliveryError>,
    /// Whether brokers can be reached: false from the moment at which the connections to all of them are lost until one
    /// of them answers again, which is seen within two seconds also when nothing is sent.
    pub brokers_are_reachable: bool,
    /// Whether it takes messages: it was not closed, and had no fatal error.
    pub is_running: bool,
}

impl ProducerHealth {
    /// Whether it is alive: it takes messages, and has delivered something within `patience` where some were on their
    /// way. A service that is not should be started again.
    ///
    /// `patience` is longer than brokers may be away before starting the service again is worth losing what is on its
    /// way.
    pub fn is_alive(&self, patience: Duration) -> bool {
        self.is_running && self.no_progress_for <= patience
    }

    /// Whether it takes messages and brokers can be reached, so that what is sent now is delivered soon.
    pub fn is_ready(&self) -> bool {
        self.is_running && self.brokers_are_reachable
    }
}
