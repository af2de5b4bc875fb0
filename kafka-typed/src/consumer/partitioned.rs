//! A consumer whose partitions are read apart from each other, each by a task of its own.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};

use super::bad_message::BadMessage;
use super::consume_error::ConsumeError;
use super::decoders::{Decoders, Reading};
use super::handout::{Handout, MessageAs};
use super::message::TypedMessage;
use super::message_reader::{MessageReader, Received};
use crate::connection::acknowledgement::Acknowledgement;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::assignor::Assignor;
use crate::connection::consumer_client::{ConsumerClient, Subscription};
use crate::connection::consumer_events::Continued;
use crate::connection::lanes::{DoneBy, Lanes};
use crate::connection::record_batch::ReceivedRecord;
use crate::connection::{CommitError, Connection, ConnectionError, ConsumerControl};

/// A consumer that hands out partitions instead of messages.
pub(crate) struct PartitionedConsumer<V, K> {
    reader: MessageReader<V, K>,
    client: ConsumerClient,
    dead_letters: Option<Arc<str>>,
    /// The partitions that were handed out, while they are assigned.
    known: Vec<Arc<AssignedPartition>>,
    new: VecDeque<Arc<AssignedPartition>>,
    /// Of the assignment that was looked at last.
    version: Option<u64>,
}

/// The messages of one partition.
pub(crate) struct PartitionReader<V, K> {
    reader: MessageReader<V, K>,
    partition: Arc<AssignedPartition>,
}

/// A message that was read, or why it could not be, with its record.
pub(crate) struct Read<V, K> {
    pub(crate) outcome: Result<TypedMessage<V, K>, BadMessage>,
    pub(crate) record: ReceivedRecord,
}

impl<V: DecodeValue, K: DecodeKey> PartitionedConsumer<V, K> {
    pub(super) fn new(reader: MessageReader<V, K>, client: ConsumerClient, dead_letters: Option<Arc<str>>) -> Self {
        Self { reader, client, dead_letters, known: Vec::new(), new: VecDeque::new(), version: None }
    }

    /// The next partition that is assigned. `None` once the consumer is stopped, or cannot go on.
    pub(crate) async fn next_partition(&mut self) -> Option<Result<PartitionReader<V, K>, ConsumeError>> {
        loop {
            if let Some(ended) = self.reader.interruption() {
                return ended.map(Err);
            }
            self.follow();
            if let Some(partition) = self.new.pop_front() {
                let lanes = Lanes::one(Arc::clone(self.client.assignment()), Arc::clone(&partition));
                return Some(Ok(PartitionReader { reader: self.reader.of_lanes(lanes), partition }));
            }
            let (assignment, seen) = (self.client.assignment(), self.version);
            poll_fn(|context| {
                // Registered before looking, so that nothing is missed.
                assignment.register(context);
                if Some(assignment.version()) == seen { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
        }
    }

    /// Notes what has changed in the assignment.
    fn follow(&mut self) {
        let version = self.client.assignment().version();
        if self.version == Some(version) {
            return;
        }
        let partitions = self.client.assignment().partitions();
        self.known.retain(|known| contains(&partitions, known));
        self.new.retain(|new| contains(&partitions, new));
        for partition in partitions {
            if !contains(&self.known, &partition) {
                self.known.push(Arc::clone(&partition));
                self.new.push_back(partition);
            }
        }
        self.version = Some(version);
    }

    /// The topics, for people.
    pub(crate) fn topic(&self) -> &Arc<str> {
        self.client.topic()
    }

    pub(crate) fn group(&self) -> Option<&str> {
        self.client.group()
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.client.connection()
    }

    pub(crate) fn subscription(&self) -> &Subscription {
        self.client.subscription()
    }

    /// The dead letter topic that the topic's definition names.
    pub(crate) fn dead_letters(&self) -> Option<&Arc<str>> {
        self.dead_letters.as_ref()
    }

    /// Reads further topics as well: names, or regular expressions that begin with `^`. Those that `is_further` tells
    /// are begun where the group has stopped, wherever this consumer begins.
    ///
    /// # Errors
    ///
    /// When no group assigns the partitions.
    pub(crate) fn subscribe_also(&self, further: &[String], is_further: Continued) -> Result<(), ConnectionError> {
        self.client.subscribe_also(further, is_further)
    }

    /// How the group spreads partitions over its members.
    pub(crate) fn assignor(&self) -> &Assignor {
        self.client.assignor()
    }

    /// The partitions of a topic.
    ///
    /// # Errors
    ///
    /// When it does not exist, or no broker answers in time.
    pub(crate) async fn partitions_of(&self, topic: &Arc<str>) -> Result<Vec<i32>, ConnectionError> {
        self.client.partitions(topic).await
    }

    pub(crate) fn control(&self) -> ConsumerControl {
        self.client.control()
    }

    /// As [`TypedConsumer::close_within`](crate::TypedConsumer::close_within).
    pub(crate) async fn close_within(self, timeout: Duration) -> Result<(), CommitError> {
        self.client.close(timeout).await
    }
}

fn contains(partitions: &[Arc<AssignedPartition>], one: &Arc<AssignedPartition>) -> bool {
    partitions.iter().any(|partition| Arc::ptr_eq(partition, one))
}

impl<V: DecodeValue, K: DecodeKey> PartitionReader<V, K> {
    pub(crate) fn topic(&self) -> &Arc<str> {
        &self.partition.topic
    }

    pub(crate) fn partition(&self) -> i32 {
        self.partition.partition
    }

    /// The partition, from its assignment to its revocation.
    pub(crate) fn assigned(&self) -> &Arc<AssignedPartition> {
        &self.partition
    }

    /// The next message. `None` once the partition is the consumer's no more, is read from elsewhere, or the consumer
    /// is stopped. Waits for schemas by itself. Dropping the future loses no message.
    pub(crate) async fn next<H: Handout<V, K>>(&mut self) -> Option<Read<H::Value, H::Key>> {
        // A topic with many records would otherwise never let other tasks of this thread run.
        tokio::task::coop::consume_budget().await;
        loop {
            if let Some(read) = self.take::<H>() {
                return Some(read);
            }
            if self.has_ended() {
                return None;
            }
            // It was logged, and the message waits for its schema.
            let _waits = self.reader.wait().await;
        }
    }

    /// A message that is there.
    pub(crate) fn take<H: Handout<V, K>>(&mut self) -> Option<Read<H::Value, H::Key>> {
        let (received, record) = self.reader.take_with_record::<H>(DoneBy::Handler)?;
        let outcome = match received {
            Received::Good(message) => Ok(message),
            Received::Bad(message) => Err(message),
        };
        Some(Read { outcome, record })
    }

    fn has_ended(&self) -> bool {
        self.reader.lanes.has_ended()
    }

    /// What other tasks than the one that reads need.
    pub(crate) fn access(&self) -> PartitionAccess<V, K> {
        PartitionAccess { partition: Arc::clone(&self.partition), decoders: Mutex::new(self.reader.decoders().clone()) }
    }
}

/// A partition, for other tasks than the one that reads it.
pub(crate) struct PartitionAccess<V, K> {
    partition: Arc<AssignedPartition>,
    decoders: Mutex<Decoders<V, K>>,
}

impl<V: DecodeValue, K: DecodeKey> PartitionAccess<V, K> {
    /// Whether the partition is the consumer's no more, is read from elsewhere, or the consumer is stopped: nothing new
    /// is to be started then, and what is being tried again is to be given back.
    pub(crate) fn is_ending(&self) -> bool {
        !self.partition.is_active()
    }

    /// Resolves once that is so.
    pub(crate) async fn ending(&self) {
        self.partition.ending().await;
    }

    /// Resolves once nothing of the partition can be done any more.
    pub(crate) async fn ended(&self) {
        self.partition.ended().await;
    }

    /// Reads a record again, for another attempt. `None` when its schema is not known.
    pub(crate) fn decode<H: Handout<V, K>>(
        &self,
        received: &ReceivedRecord,
    ) -> Option<Result<MessageAs<H, V, K>, BadMessage>> {
        let acknowledgement = Acknowledgement::new(received.pending()?, false);
        let record = received.record()?;
        // Nothing that runs under the lock can leave half of a change.
        let mut decoders = self.decoders.lock().unwrap_or_else(PoisonError::into_inner);
        match H::read(&mut decoders, record, || Some(received.clone())) {
            Reading::Good { schema_id, value, key } => {
                Some(Ok(TypedMessage::read(record, schema_id, H::again(value), key, acknowledgement)))
            }
            Reading::Bad { schema_id, problem } => {
                let bad = BadMessage::read(record, schema_id, problem);
                Some(Err(BadMessage { acknowledgement, ..bad }))
            }
            Reading::NeedsSchema(_) => None,
        }
    }
}
