//! What can be asked of a consumer, and done with it, while somebody else reads its messages.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::Duration;

use rdkafka::Offset;
use rdkafka::consumer::Consumer;
use rdkafka::topic_partition_list::TopicPartitionList;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::assigned_partition::AssignedPartition;
use super::assignment::Assignment;
use super::consumer_client::Client;
use super::error::ConnectionError;
use super::error_code::KafkaErrorCode;
use super::health::{ConsumerHealth, PartitionStatus};
use super::native;
use super::offsets::{self, Start};
use super::polling_thread::{Command, Commands};
use super::progress::Progress;
use super::start_offset::StartOffset;

/// Controls a consumer, and tells how it is: from any task, while another one reads its messages or runs a handler.
///
/// Made by [`TypedConsumer::control`](crate::TypedConsumer::control). Cheap to clone. It does not keep the consumer
/// going: once that is closed, there are no partitions any more.
///
/// ```no_run
/// # use kafka_typed::{TypedConsumer, connection::StartOffset, avro_typed::{AvroType, DecodeOwned}};
/// # async fn example<T: DecodeOwned + AvroType>(mut alerts: TypedConsumer<T>) -> Result<(), Box<dyn std::error::Error>> {
/// let control = alerts.control();
/// tokio::spawn(async move {
///     // Everything again, from an hour ago.
///     let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
///     control.seek_all(StartOffset::Timestamp(hour_ago.into())).await
/// });
/// while let Some(message) = alerts.next().await {
///     println!("{}", message?.offset);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConsumerControl {
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) client: Weak<Client>,
    pub(crate) commands: Commands,
    pub(crate) progress: Arc<Progress>,
    pub(crate) runtime: Handle,
    pub(crate) bootstrap_servers: Arc<str>,
    /// How long the brokers have for an answer.
    pub(crate) timeout: Duration,
    /// Whether the broker is a mock.
    pub(crate) is_mock: bool,
}

impl ConsumerControl {
    /// The partitions that the consumer has now, each with how far it is, in the order of topics and numbers.
    ///
    /// Asks no broker: the end of a partition is what the last fetch told.
    pub fn partitions(&self) -> Vec<PartitionStatus> {
        let client = self.client.upgrade();
        let mut partitions: Vec<PartitionStatus> = self
            .assignment
            .partitions()
            .iter()
            .map(|assigned| {
                let AssignedPartition { topic, partition, lane, .. } = &**assigned;
                let end = client.as_ref().and_then(|client| native::known_end(&**client, topic, *partition));
                PartitionStatus {
                    topic: Arc::clone(topic),
                    partition: *partition,
                    position: assigned.position(),
                    done: assigned.done_before(),
                    end,
                    waiting: lane.len() as u64,
                    in_flight: assigned.in_flight(),
                    is_paused: assigned.is_held(),
                    is_backed_up: assigned.is_backed_up(),
                }
            })
            .collect();
        partitions.sort_by(|a, b| (&a.topic, a.partition).cmp(&(&b.topic, b.partition)));
        partitions
    }

    /// How many messages of the partitions that the consumer has now are not done yet. `None` while that is not known
    /// of all of them.
    pub fn lag(&self) -> Option<u64> {
        self.partitions().iter().map(PartitionStatus::lag).sum()
    }

    /// How the consumer is, for the endpoints that tell whether a service is alive and ready.
    pub fn health(&self) -> ConsumerHealth {
        let last_error = self.assignment.last_failure();
        let is_running = !self.assignment.has_ended() && !self.assignment.is_stopping();
        ConsumerHealth {
            partitions: self.partitions(),
            no_progress_for: self.progress.idle_for(),
            last_error,
            is_running,
        }
    }

    /// Hands out no more messages of a partition, until it is [resumed](Self::resume). Those that are on their way are
    /// finished. Its group keeps it meanwhile. Returns whether the consumer has the partition.
    ///
    /// When the group takes the partition away and gives it back later, it is not paused any more.
    pub fn pause(&self, topic: &str, partition: i32) -> bool {
        self.hold(topic, partition, true)
    }

    /// Goes on with a partition that was paused. Returns whether the consumer has it.
    pub fn resume(&self, topic: &str, partition: i32) -> bool {
        self.hold(topic, partition, false)
    }

    fn hold(&self, topic: &str, partition: i32, held: bool) -> bool {
        let found = self.assignment.partition(topic, partition);
        if let Some(found) = &found {
            found.hold(held);
        }
        found.is_some()
    }

    /// [Pauses](Self::pause) every partition that the consumer has now.
    pub fn pause_all(&self) {
        self.assignment.partitions().iter().for_each(|partition| partition.hold(true));
    }

    /// [Resumes](Self::resume) every partition that the consumer has now.
    pub fn resume_all(&self) {
        self.assignment.partitions().iter().for_each(|partition| partition.hold(false));
    }

    /// Goes on with a partition at another place, forwards or backwards. Nothing that was fetched before comes out
    /// afterwards, and what is on its way counts no more as done.
    ///
    /// # Errors
    ///
    /// When the consumer does not have the partition, or no broker answers where one has to be asked.
    pub async fn seek(&self, topic: &str, partition: i32, to: StartOffset) -> Result<(), ConnectionError> {
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, partition);
        self.seek_list(list, to).await
    }

    /// Goes on with every partition that the consumer has now at another place: with the messages of a certain time,
    /// for example.
    ///
    /// # Errors
    ///
    /// As for [`seek`](Self::seek).
    pub async fn seek_all(&self, to: StartOffset) -> Result<(), ConnectionError> {
        let mut list = TopicPartitionList::new();
        for assigned in self.assignment.partitions() {
            list.add_partition(&assigned.topic, assigned.partition);
        }
        self.seek_list(list, to).await
    }

    async fn seek_list(&self, list: TopicPartitionList, to: StartOffset) -> Result<(), ConnectionError> {
        let (timeout, is_mock) = (self.timeout, self.is_mock);
        let start = self.ask(move |client| match to {
            StartOffset::Committed => {
                client.committed_offsets(list, timeout).and_then(|committed| {
                    let mut found = TopicPartitionList::new();
                    for element in committed.elements() {
                        // A partition of which nothing is committed is read from its beginning.
                        let offset = match element.offset() {
                            Offset::Offset(offset) => Offset::Offset(offset),
                            _ => Offset::Beginning,
                        };
                        found.add_partition_offset(element.topic(), element.partition(), offset)?;
                    }
                    Ok(Start { offsets: found, not_before: None })
                })
            }
            to => offsets::of_start(client, &list, to, (timeout, is_mock)),
        });
        let start = start.await?;
        let (answer, sought) = oneshot::channel();
        self.commands.send(Command::Seek { start, answer });
        // Without an answer the consumer has ended.
        let sought = sought.await.unwrap_or(Err(KafkaErrorCode::new(rdkafka::types::RDKafkaErrorCode::State)));
        sought.map_err(|source| self.error("going on at another offset", source))
    }

    /// Waits until every message that the consumer's partitions have at this moment is done: for a cache that is filled
    /// when a service starts. Messages that come later are not waited for, and partitions that the group gives to
    /// others neither.
    ///
    /// Where the consumer has no partitions yet, it waits for those first.
    ///
    /// # Errors
    ///
    /// When no broker tells where the partitions end, or the consumer ends first.
    pub async fn wait_until_caught_up(&self) -> Result<(), ConnectionError> {
        let ended = || self.error("waiting for the end", KafkaErrorCode::new(rdkafka::types::RDKafkaErrorCode::State));
        let partitions = self.assignment.first_partitions().await.ok_or_else(ended)?;
        let timeout = self.timeout;
        let ends = self.ask(move |client| {
            let mut ends = TopicPartitionList::new();
            for assigned in &partitions {
                let AssignedPartition { topic, partition, .. } = &**assigned;
                let (first, end) = client.fetch_watermarks(topic, *partition, timeout)?;
                // Nothing has to be done in a partition that is empty.
                if end > first {
                    ends.add_partition_offset(topic, *partition, Offset::Offset(end))?;
                }
            }
            Ok(ends)
        });
        let (answer, caught_up) = oneshot::channel();
        self.commands.send(Command::CatchUp { ends: ends.await?, answer });
        caught_up.await.map_err(|_| ended())
    }

    /// The offsets of a partition that its group has not committed yet: all, where it has committed none.
    ///
    /// # Errors
    ///
    /// When no broker answers in time.
    pub(crate) async fn uncommitted(&self, topic: &str, partition: i32) -> Result<Range<i64>, ConnectionError> {
        let (topic, timeout) = (topic.to_owned(), self.timeout);
        self.ask(move |client| {
            let (first, end) = client.fetch_watermarks(&topic, partition, timeout)?;
            let mut list = TopicPartitionList::new();
            list.add_partition(&topic, partition);
            let committed = client.committed_offsets(list, timeout)?;
            let offsets = committed.elements();
            let begin = offsets.iter().find_map(|element| match element.offset() {
                Offset::Offset(offset) => Some(offset.max(first)),
                _ => None,
            });
            Ok(begin.unwrap_or(first)..end)
        })
        .await
    }

    /// Hands out no more messages. Those that are on their way are finished, `next` returns `None`, streams end, and a
    /// handler's run ends as it does at a shutdown.
    pub fn stop(&self) {
        self.assignment.stop();
    }

    /// Asks the client something that blocks.
    async fn ask<A: Send + 'static>(
        &self,
        question: impl FnOnce(&Client) -> Result<A, rdkafka::error::KafkaError> + Send + 'static,
    ) -> Result<A, ConnectionError> {
        let client = self.client.clone();
        let asked = self.runtime.spawn_blocking(move || {
            let Some(client) = client.upgrade() else {
                return Err(KafkaErrorCode::new(rdkafka::types::RDKafkaErrorCode::State));
            };
            question(&client).map_err(|error| KafkaErrorCode::of(&error))
        });
        // The task fails only when the runtime has ended.
        let answer = asked.await.map_err(|_| ConnectionError::NoRuntime)?;
        answer.map_err(|source| self.error("asking for offsets", source))
    }

    fn error(&self, what: &str, source: KafkaErrorCode) -> ConnectionError {
        let bootstrap_servers = self.bootstrap_servers.to_string();
        ConnectionError::Kafka { what: what.to_owned(), bootstrap_servers, source }
    }
}

impl fmt::Debug for ConsumerControl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ConsumerControl").finish_non_exhaustive()
    }
}
