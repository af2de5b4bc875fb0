//! Where messages go that have failed. The tests of this floor have one without Kafka.

use std::future::Future;

use super::failing::Failed;
use crate::connection::ConsumerRecord;
use crate::connection::Timestamp;
use crate::failure::LetterError;

/// Sends failed messages away, and knows those that come back.
pub(super) trait Outlet: Send + Sync + 'static {
    /// Sends a record away. It is acknowledged when this returns `Ok`.
    fn send(
        &self,
        record: &ConsumerRecord,
        to: Destination,
        failed: &Failed,
        attempts: u32,
    ) -> impl Future<Output = Result<(), LetterError>> + Send;

    /// How a record came here. Only those from retry topics came on a way of their own.
    fn arrival(&self, record: &ConsumerRecord) -> Arrival;

    /// Whether messages of this topic come from a retry topic.
    fn is_retry_topic(&self, topic: &str) -> bool;
}

/// Where a message goes that has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A retry topic: which one of the policy's, from 0, and when the message is due there.
    RetryTopic {
        index: usize,
        due: Timestamp,
    },
    DeadLetters,
}

/// How a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// 1 from its own topic, 2 from the first retry topic, and so on.
    pub(super) delivery: u32,
    /// When it may be processed.
    pub(super) due: Option<Timestamp>,
    /// Whether it is for this group. All consumers of a topic share its retry topics.
    pub(super) is_ours: bool,
}

impl Arrival {
    /// That of a message from its own topic.
    pub(super) const FIRST: Self = Self { delivery: 1, due: None, is_ours: true };
}
