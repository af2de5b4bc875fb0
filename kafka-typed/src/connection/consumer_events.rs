//! What librdkafka reports to a consumer: rebalances, commits, log lines, errors.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::topic_partition_list::{TopicPartitionList, TopicPartitionListElem};
use rdkafka::types::RDKafkaRespErr;

use super::assignment::Assignment;
use super::consumer_client::nothing_to_commit;
use super::log::ClientLog;
use super::start_offset::StartOffset;

/// Called by whoever asks the consumer for its next record.
pub(crate) struct ConsumerEvents {
    /// For the log.
    topic: Arc<str>,
    start: StartOffset,
    assignment: Arc<Assignment>,
    /// Partitions that this consumer has been given before. One that comes back goes on where the group left it, even
    /// when the consumer began at the beginning or the end.
    begun: Mutex<HashSet<(String, i32)>>,
    log: ClientLog,
}

impl ConsumerEvents {
    pub(crate) fn new(topic: Arc<str>, start: StartOffset, assignment: Arc<Assignment>) -> Self {
        Self { topic, start, assignment, begun: Mutex::default(), log: ClientLog::default() }
    }

    fn assign(&self, consumer: &BaseConsumer<Self>, partitions: &mut TopicPartitionList) -> KafkaResult<()> {
        // Nothing that runs under the lock can panic halfway through a change.
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        for mut partition in partitions.elements() {
            if begun.insert((partition.topic().to_owned(), partition.partition()))
                && let Some(offset) = self.start.in_group()
            {
                partition.set_offset(offset)?;
            }
        }
        match consumer.rebalance_protocol() {
            RebalanceProtocol::Cooperative => consumer.incremental_assign(partitions),
            _ => consumer.assign(partitions),
        }
    }

    /// librdkafka remembers that a partition was paused, and would fetch nothing when it comes back.
    fn resume(&self, consumer: &BaseConsumer<Self>, paused: &TopicPartitionList) {
        if paused.count() > 0
            && let Err(error) = consumer.resume(paused)
        {
            let partitions = numbers(paused);
            tracing::error!(topic = &*self.topic, ?partitions, %error, "failed: partitions could not be resumed");
        }
    }
}

fn numbers(partitions: &TopicPartitionList) -> Vec<i32> {
    partitions.elements().iter().map(TopicPartitionListElem::partition).collect()
}

impl ClientContext for ConsumerEvents {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.log.line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.log.client_error(&error, reason);
    }
}

impl ConsumerContext for ConsumerEvents {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, what: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let (topic, numbers) = (&*self.topic, numbers(partitions));
        let elements = partitions.elements();
        let pairs = elements.iter().map(|element| (element.topic(), element.partition()));
        let done = if what == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            self.log.answered();
            tracing::info!(topic, partitions = ?numbers, "the group gave partitions to this consumer");
            self.assignment.assign(pairs);
            drop(elements);
            self.assign(consumer, partitions)
        } else {
            tracing::info!(topic, partitions = ?numbers, "the group took partitions from this consumer");
            self.resume(consumer, &self.assignment.revoke(pairs));
            match consumer.rebalance_protocol() {
                RebalanceProtocol::Cooperative => consumer.incremental_unassign(partitions),
                _ => consumer.unassign(),
            }
        };
        if let Err(error) = done {
            tracing::error!(topic, partitions = ?numbers, %error, "failed: the group's change could not be followed");
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        let topic = &*self.topic;
        match result {
            Ok(()) => {
                self.log.answered();
                tracing::debug!(topic, "committed");
            }
            Err(error) if nothing_to_commit(&error) => {}
            Err(error) => tracing::warn!(topic, %error, "failed: offsets were not committed; messages may come again"),
        }
    }
}
