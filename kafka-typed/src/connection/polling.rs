//! One record after the other from librdkafka, and when it counts as done.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use rdkafka::consumer::MessageStream;
use rdkafka::error::KafkaError;

use super::acknowledgement::Acknowledgement;
use super::assignment::{AssignedPartition, Assignment, PendingOffset};
use super::consumer_events::ConsumerEvents;
use super::consumer_record::BorrowedRecord;
use super::error_code::KafkaErrorCode;
use super::receive_error::ReceiveError;

/// What comes in from a consumer's client.
pub(crate) type Messages<'m> = MessageStream<'m, ConsumerEvents>;

/// How the caller reports that a record is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoneBy {
    /// By asking for the next one, or by its acknowledgement.
    AskingForTheNext,
    /// By its acknowledgement alone, since several are processed at a time.
    Acknowledgement,
}

/// What comes next.
pub(crate) enum Polled<'m> {
    Record(BorrowedRecord<'m>),
    Failed(ReceiveError),
    /// A partition was read up to its end. Only where `enable.partition.eof` asks for it.
    EndOfPartition,
}

/// What a consumer remembers between two records.
pub(crate) struct Polling {
    /// The topics, for people.
    topic: Arc<str>,
    has_one_topic: bool,
    assignment: Arc<Assignment>,
    /// Most records have the partition of the one before them.
    last_partition: Option<Arc<AssignedPartition>>,
    /// The record that `next` handed out last, until it counts as done.
    pending: Option<PendingOffset>,
    ended: bool,
}

impl Polling {
    pub(crate) fn new(topic: Arc<str>, has_one_topic: bool, assignment: Arc<Assignment>) -> Self {
        Self { topic, has_one_topic, assignment, last_partition: None, pending: None, ended: false }
    }

    /// The caller asks for the next record, so that the one before is done.
    pub(crate) async fn ask_for_the_next(&mut self) {
        if let Err((topic, partition, error)) = self.done() {
            // A group that has taken the partition away is not a reason to stop: its new owner reads the record again.
            tracing::debug!(topic = &*topic, partition, %error, "done, but its offset was not stored");
        }
        // A topic with many records would otherwise never let other tasks of this thread run.
        tokio::task::coop::consume_budget().await;
    }

    /// Whatever happens next. The group is served meanwhile.
    pub(crate) fn poll<'m>(&mut self, messages: &mut Messages<'m>, context: &mut Context<'_>) -> Poll<Polled<'m>> {
        match messages.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(message))) => Poll::Ready(Polled::Record(BorrowedRecord::new(message))),
            Poll::Ready(Some(Err(KafkaError::PartitionEOF(partition)))) => {
                self.assignment.reached_end(partition);
                Poll::Ready(Polled::EndOfPartition)
            }
            Poll::Ready(Some(Err(error))) => {
                let error = ReceiveError::new(&self.topic, &error);
                self.ended |= error.is_fatal();
                Poll::Ready(Polled::Failed(error))
            }
            // librdkafka's stream never ends.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Whether nothing more comes.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// The partition of a record.
    pub(crate) fn partition(&mut self, record: &BorrowedRecord<'_>) -> Arc<AssignedPartition> {
        match &self.last_partition {
            Some(last)
                if last.partition == record.partition()
                    && !last.is_revoked()
                    && (self.has_one_topic || *last.topic == *record.topic()) =>
            {
                Arc::clone(last)
            }
            _ => {
                let partition = self.assignment.partition(record.topic(), record.partition());
                self.last_partition = Some(Arc::clone(&partition));
                partition
            }
        }
    }

    /// Hands a record to the caller.
    pub(crate) fn hand_out(
        &mut self,
        partition: &Arc<AssignedPartition>,
        offset: i64,
        done_by: DoneBy,
    ) -> Acknowledgement {
        let pending = partition.hand_out(offset);
        match done_by {
            DoneBy::Acknowledgement => Acknowledgement::new(pending, true),
            DoneBy::AskingForTheNext => {
                self.pending = Some(pending.clone());
                Acknowledgement::new(pending, false)
            }
        }
    }

    /// The record that `next` handed out last, while nothing else reports that it is done.
    pub(crate) fn pending(&self) -> Option<&PendingOffset> {
        self.pending.as_ref()
    }

    /// Notes that the record which `next` handed out last is done. Returns what is wrong, and with which partition.
    pub(crate) fn done(&mut self) -> Result<(), (Arc<str>, i32, KafkaErrorCode)> {
        let Some(pending) = self.pending.take() else {
            return Ok(());
        };
        let AssignedPartition { topic, partition, .. } = &*pending.partition;
        pending.done().map_err(|error| (Arc::clone(topic), *partition, error))
    }
}
