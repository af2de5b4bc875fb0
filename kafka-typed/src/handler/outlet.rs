//! Where messages go that have failed. The tests of this floor have one without Kafka.

use std::future::Future;
use std::sync::Arc;

use super::failing::Failed;
use super::kept_order::RetryStage;
use super::run_error::RunProblem;
use crate::connection::ConsumerRecord;
use crate::connection::Timestamp;
use crate::failure::LetterError;

/// Sends failed messages away, and knows those that come back.
pub(crate) trait Outlet: Send + Sync + 'static {
    /// Sends a record away. It is acknowledged when this returns `Ok`.
    fn send(
        &self,
        record: &ConsumerRecord,
        sending: Sending<'_>,
    ) -> impl Future<Output = Result<(), LetterError>> + Send;

    /// How a record came here. Only those from retry topics came on a way of their own.
    fn arrival(&self, record: &ConsumerRecord) -> Arrival;

    /// What the messages of this topic are.
    fn role(&self, topic: &str) -> TopicRole;

    /// Calls `each` with the key, and how it came, of every record with a key that waits in a partition of a retry
    /// topic.
    fn each_waiting(
        &self,
        topic: &Arc<str>,
        partition: i32,
        each: impl FnMut(&[u8], Arrival) + Send,
    ) -> impl Future<Output = Result<(), RunProblem>> + Send;
}

/// What the messages of a topic are to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TopicRole {
    /// Those that it is for.
    Own,
    /// Those that come back.
    Retries,
    /// Those that it has sent away itself, and that a pattern matches.
    DeadLetters,
}

/// Why a record is sent away, and where to.
#[derive(Clone, Copy)]
pub(crate) enum Sending<'f> {
    /// It has failed.
    Failed { to: Destination, failed: &'f Failed, attempts: u32 },
    /// Others of its key are in this retry topic that come before it.
    Behind(RetryStage),
}

/// Where a message goes that has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A retry topic: which one of the policy's, from 0, and when the message is due there.
    RetryTopic {
        index: usize,
        due: Timestamp,
    },
    DeadLetters,
}

/// How a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// 1 from its own topic, 2 from the first retry topic, and so on.
    pub(super) delivery: u32,
    /// Whether it was tried at an earlier delivery. One that waited behind others of its key was not.
    pub(super) was_tried: bool,
    /// When it may be processed.
    pub(super) due: Option<Timestamp>,
    /// Whether it is for this group. All consumers of a topic share its retry topics.
    pub(super) is_ours: bool,
}

impl Arrival {
    /// That of a message from its own topic.
    pub(super) const FIRST: Self = Self { delivery: 1, was_tried: false, due: None, is_ours: true };
}
