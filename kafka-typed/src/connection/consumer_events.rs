//! What librdkafka reports to a consumer: rebalances, commits, log lines, errors. All of it on the polling thread, but
//! for the log.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::topic_partition_list::{TopicPartitionList, TopicPartitionListElem};
use rdkafka::types::{RDKafkaErrorCode, RDKafkaRespErr};
use rdkafka::{ClientContext, Statistics};

use super::assignment::Assignment;
use super::consumer_client::nothing_to_commit;
use super::feed::Feed;
use super::log::ClientLog;
use super::offsets::{self, OffsetStore};
use super::start_offset::StartOffset;
use super::token_feed::TokenFeed;
use super::{broker_statistics, measurement};

/// Whether a topic is one of those that are always begun where the group has stopped.
pub(crate) type Continued = Box<dyn Fn(&str) -> bool + Send + Sync>;

pub(crate) struct ConsumerEvents {
    /// For the log.
    topic: Arc<str>,
    start: StartOffset,
    /// How long the brokers have for an answer.
    timeout: Duration,
    /// How long a partition that the group takes away is kept for what is in flight.
    revocation_timeout: Duration,
    /// Whether the broker is a mock.
    is_mock: bool,
    assignment: Arc<Assignment>,
    offsets: Arc<OffsetStore>,
    /// The partitions that the polling thread fills the lanes of.
    feeds: Mutex<Vec<Feed>>,
    /// Partitions that this consumer has been given before. One that comes back goes on where the group left it, even
    /// when the consumer began at the beginning or the end.
    begun: Mutex<HashSet<(String, i32)>>,
    /// Topics that are always begun where the group has stopped.
    continued: OnceLock<Continued>,
    log: ClientLog,
    /// Where the client has its tokens from, when it logs in by them.
    tokens: Option<Arc<TokenFeed>>,
}

impl ConsumerEvents {
    pub(crate) fn new(
        topic: Arc<str>,
        start: StartOffset,
        (timeout, revocation_timeout): (Duration, Duration),
        is_mock: bool,
        assignment: Arc<Assignment>,
        offsets: Arc<OffsetStore>,
        tokens: Option<Arc<TokenFeed>>,
    ) -> Self {
        let (feeds, begun, continued, log) =
            (Mutex::default(), Mutex::default(), OnceLock::new(), ClientLog::default());
        Self {
            topic,
            start,
            timeout,
            revocation_timeout,
            is_mock,
            assignment,
            offsets,
            feeds,
            begun,
            continued,
            log,
            tokens,
        }
    }

    /// Sets which topics are always begun where the group has stopped, wherever this consumer begins with others. What
    /// was set first counts.
    pub(crate) fn set_continued(&self, continued: Continued) {
        let _ = self.continued.set(continued);
    }

    pub(crate) fn feeds(&self) -> MutexGuard<'_, Vec<Feed>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes partitions over. To be called before librdkafka is told to fetch them.
    pub(crate) fn add_feeds<'t>(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: impl IntoIterator<Item = (&'t str, i32)>,
    ) {
        let mut feeds = self.feeds();
        self.assignment.set_assigning(true);
        for (topic, partition) in partitions {
            feeds.retain(|feed| *feed.partition.topic != *topic || feed.partition.partition != partition);
            match Feed::new(consumer, topic, partition, &self.assignment) {
                Some(feed) => feeds.push(feed),
                None => debug_assert!(false, "librdkafka knows no topic that cannot be one"),
            }
        }
        self.assignment.set_assigning(false);
    }

    fn assign(&self, consumer: &BaseConsumer<Self>, partitions: &mut TopicPartitionList) -> KafkaResult<()> {
        let mut new = TopicPartitionList::new();
        {
            // Nothing that runs under the lock can panic halfway through a change.
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            for partition in partitions.elements() {
                let is_continued = self.continued.get().is_some_and(|continued| continued(partition.topic()));
                if begun.insert((partition.topic().to_owned(), partition.partition())) && !is_continued {
                    new.add_partition(partition.topic(), partition.partition());
                }
            }
        }
        if new.count() > 0 && self.start != StartOffset::Committed {
            let start = offsets::of_start(consumer, &new, self.start, (self.timeout, self.is_mock))?;
            for found in start.offsets.elements() {
                partitions.set_partition_offset(found.topic(), found.partition(), found.offset())?;
            }
            for feed in self.feeds().iter_mut().filter(|feed| feed.is_in(&new)) {
                feed.begin_at(start.not_before);
            }
        }
        match consumer.rebalance_protocol() {
            RebalanceProtocol::Cooperative => consumer.incremental_assign(partitions),
            _ => consumer.assign(partitions),
        }
    }

    /// Gives partitions back, after what is in flight has had time to be finished.
    fn revoke(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        let is_revoked = |feed: &Feed| feed.is_in(list);
        let revoked: Vec<_> =
            self.feeds().iter().filter(|feed| is_revoked(feed)).map(|feed| Arc::clone(&feed.partition)).collect();
        revoked.iter().for_each(|partition| partition.begin_to_end());
        // Somebody else has them already when the assignment was lost, and nothing that is done counts any more.
        if !consumer.assignment_lost() {
            let until = Instant::now() + self.revocation_timeout;
            let in_flight = || revoked.iter().map(|partition| partition.in_flight()).sum::<u64>();
            while in_flight() > 0
                && let Some(left) = until.checked_duration_since(Instant::now())
            {
                self.assignment.wake().wait(left);
            }
            let given_up = in_flight();
            if given_up > 0 {
                tracing::warn!(
                    topic = &*self.topic,
                    messages = given_up,
                    "the group takes partitions away whose messages are not done: their next owner gets them again"
                );
            }
            self.offsets.store(consumer);
            self.assignment.before_revocation(self.revocation_timeout);
        }
        revoked.iter().for_each(|partition| self.assignment.revoke(partition));
        let mut feeds = self.feeds();
        let mut paused = TopicPartitionList::new();
        for feed in feeds.iter().filter(|feed| is_revoked(feed) && feed.is_paused()) {
            paused.add_partition(&feed.partition.topic, feed.partition.partition);
        }
        feeds.retain(|feed| !is_revoked(feed));
        drop(feeds);
        // librdkafka remembers that a partition was paused, and would fetch nothing when it comes back.
        if paused.count() > 0
            && let Err(error) = consumer.resume(&paused)
        {
            let partitions = numbers(&paused);
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

    fn stats(&self, statistics: Statistics) {
        broker_statistics::measured(&statistics);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.log.client_error(&error, reason);
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Authentication)
            && let Some(tokens) = &self.tokens
        {
            tokens.refused();
        }
    }
}

impl ConsumerContext for ConsumerEvents {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, what: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let (topic, numbers) = (&*self.topic, numbers(partitions));
        let done = if what == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            self.log.answered();
            measurement::rebalanced(&self.topic, "assigned");
            tracing::info!(topic, partitions = ?numbers, "the group gave partitions to this consumer");
            let elements = partitions.elements();
            self.add_feeds(consumer, elements.iter().map(|element| (element.topic(), element.partition())));
            drop(elements);
            self.assign(consumer, partitions)
        } else {
            measurement::rebalanced(&self.topic, "revoked");
            tracing::info!(topic, partitions = ?numbers, "the group takes partitions from this consumer");
            self.revoke(consumer, partitions);
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
