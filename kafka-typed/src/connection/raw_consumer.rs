//! Records of a topic as Kafka has them, for those who decode them on their own.

use std::fmt;
use std::future::poll_fn;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::consumer_client::{CLOSE_TIMEOUT, ConsumerClient, ConsumerOptions, REVOCATION_TIMEOUT, Subscription};
use super::consumer_control::ConsumerControl;
use super::consumer_record::ConsumerRecord;
use super::consumer_records::ConsumerRecords;
use super::lane::LaneCapacity;
use super::lanes::{DoneBy, Lanes};
use super::receive_error::ReceiveError;
use super::record_batch::RecordRef;
use super::settings::check_topic;
use super::start_offset::StartOffset;
use super::topic_metadata::DEFAULT_TIMEOUT;
use super::{CommitError, Connection, ConnectionError};

/// Sets up a [`RawConsumer`].
#[must_use = "nothing is connected before `build` is called"]
pub struct RawConsumerBuilder {
    connection: Connection,
    topic: String,
    group: Option<String>,
    start: StartOffset,
    timeout: Duration,
    settings: Vec<(String, String)>,
}

impl RawConsumerBuilder {
    pub(crate) fn new(connection: Connection, topic: String) -> Self {
        let (group, start, settings) = (None, StartOffset::Committed, Vec::new());
        Self { connection, topic, group, start, timeout: DEFAULT_TIMEOUT, settings }
    }

    /// Joins a group: its consumers share the partitions, and the group remembers what was processed.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Sets where the partitions of the group begin that this consumer is given for the first time. Default:
    /// [`StartOffset::Committed`].
    pub fn start(mut self, start: StartOffset) -> Self {
        self.start = start;
        self
    }

    /// Sets how long the brokers have to answer about the topic. Default: ten seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets any of librdkafka's consumer settings, such as `fetch.wait.max.ms`, for this consumer only.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Starts the consumer. With a group, it joins that; without one, it reads nothing before
    /// [`assign`](RawConsumer::assign) or [`assign_all`](RawConsumer::assign_all).
    ///
    /// # Errors
    ///
    /// When a setting is wrong, or no tokio runtime is running.
    pub fn build(self) -> Result<RawConsumer, ConnectionError> {
        check_topic(&self.topic)?;
        let topic: Arc<str> = self.topic.into();
        let config = self.connection.settings().consumer_config(&self.settings)?;
        let options = ConsumerOptions {
            subscription: Subscription::Topics(Arc::new([Arc::clone(&topic)])),
            group: self.group.map(Into::into),
            start: self.start,
            timeout: self.timeout,
            revocation_timeout: REVOCATION_TIMEOUT,
            lane_capacity: LaneCapacity::default(),
        };
        let client = ConsumerClient::start(&self.connection, config, options)?;
        if client.group().is_some() {
            client.subscribe()?;
        }
        Ok(RawConsumer { lanes: client.lanes(), topic, client })
    }
}

impl fmt::Debug for RawConsumerBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings may hold passwords.
        let settings: Vec<_> = self.settings.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("RawConsumerBuilder")
            .field("topic", &self.topic)
            .field("group", &self.group)
            .field("start", &self.start)
            .field("timeout", &self.timeout)
            .field("settings", &settings)
            .finish_non_exhaustive()
    }
}

/// Receives the records of one topic as they are, without a schema.
///
/// With a group, every record is delivered *at least once*, by the rules of
/// [`TypedConsumer`](crate::TypedConsumer#what-is-done-and-what-comes-again). Without one, it reads the partitions that
/// are assigned to it, and commits nothing.
pub struct RawConsumer {
    lanes: Lanes,
    topic: Arc<str>,
    client: ConsumerClient,
}

impl RawConsumer {
    /// The topic that this consumer reads.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The partitions of the topic, in ascending order.
    ///
    /// # Errors
    ///
    /// When the topic does not exist, or no broker answers in time.
    pub async fn partitions(&self) -> Result<Vec<i32>, ConnectionError> {
        self.client.partitions(&self.topic).await
    }

    /// The offsets that a partition has: from that of the first record to that of the record that is sent next.
    ///
    /// # Errors
    ///
    /// When the partition does not exist, or no broker answers in time.
    pub async fn offsets(&self, partition: i32) -> Result<Range<i64>, ConnectionError> {
        self.client.offsets(&self.topic, partition).await
    }

    /// Reads these partitions, instead of those that it read before.
    ///
    /// # Errors
    ///
    /// When the consumer has a group, which assigns the partitions; when an offset is negative; and when a partition is
    /// read from its [end](StartOffset::End), and no broker tells where that is in time.
    pub async fn assign(
        &mut self,
        partitions: impl IntoIterator<Item = (i32, StartOffset)>,
    ) -> Result<(), ConnectionError> {
        self.without_group()?;
        let of_topic = |(partition, start)| (Arc::clone(&self.topic), partition, start);
        self.client.assign(partitions.into_iter().map(of_topic).collect()).await
    }

    /// Reads all partitions that the topic has now, instead of those that it read before.
    ///
    /// # Errors
    ///
    /// When the consumer has a group, which assigns the partitions; when the topic does not exist; and when no broker
    /// answers in time.
    pub async fn assign_all(&mut self, start: StartOffset) -> Result<(), ConnectionError> {
        self.without_group()?;
        self.client.assign_all(start).await
    }

    fn without_group(&self) -> Result<(), ConnectionError> {
        match self.client.group() {
            Some(group) => Err(ConnectionError::HasGroup { group: group.to_owned() }),
            None => Ok(()),
        }
    }

    /// The next record; waits until there is one. Reports that the one before is done. `None` only after a
    /// [fatal](ReceiveError::is_fatal) error.
    ///
    /// May be used in `tokio::select!`: dropping the future loses no record.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`] when Kafka refuses, or reading is interrupted. Further records may follow.
    pub async fn next(&mut self) -> Option<Result<ConsumerRecord, ReceiveError>> {
        self.receive(false).await
    }

    /// The next record, or `None` once all partitions were read up to their end. It may be called again later: it
    /// returns what the client has fetched since, and `None` where that is nothing.
    ///
    /// Otherwise as [`next`](Self::next). In a group, there is an end only while the group has assigned partitions.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    pub async fn next_until_end(&mut self) -> Option<Result<ConsumerRecord, ReceiveError>> {
        self.receive(true).await
    }

    /// Records of one partition that came together, up to `max`: waits until there is one. Nothing is allocated or
    /// copied for a single record, so that this is the fastest way to read a topic.
    ///
    /// None of them is done before [`ConsumerRecords::done`] reports it. `None` only after a
    /// [fatal](ReceiveError::is_fatal) error, or when the consumer was [stopped](ConsumerControl::stop). Dropping the
    /// future loses no record.
    ///
    /// ```no_run
    /// # use kafka_typed::connection::RawConsumer;
    /// # async fn example(mut temperatures: RawConsumer) -> Result<(), kafka_typed::ReceiveError> {
    /// let mut bytes = 0;
    /// while let Some(records) = temperatures.next_batch(500).await {
    ///     let records = records?;
    ///     bytes += records.iter().filter_map(|record| record.payload()).map(<[u8]>::len).sum::<usize>();
    ///     records.done();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    pub async fn next_batch(&mut self, max: usize) -> Option<Result<ConsumerRecords, ReceiveError>> {
        self.lanes.ask_for_the_next().await;
        loop {
            if let Err(error) = self.find(false).await? {
                return Some(Err(error));
            }
            if let Some(records) = self.lanes.hand_out_lent(max) {
                return Some(Ok(records));
            }
        }
    }

    async fn receive(&mut self, until_end: bool) -> Option<Result<ConsumerRecord, ReceiveError>> {
        self.lanes.ask_for_the_next().await;
        loop {
            if let Err(error) = self.find(until_end).await? {
                return Some(Err(error));
            }
            let record = self.lanes.record().map(RecordRef::to_record);
            let acknowledgement = self.lanes.hand_out(DoneBy::AskingForTheNext);
            if let (Some(mut record), Some(acknowledgement)) = (record, acknowledgement) {
                record.acknowledgement = acknowledgement;
                return Some(Ok(record));
            }
        }
    }

    /// Waits until there is a record to hand out. `None` at the end.
    async fn find(&mut self, until_end: bool) -> Option<Result<(), ReceiveError>> {
        let Self { lanes, client, .. } = self;
        loop {
            if let Some(error) = client.assignment().take_failure() {
                return Some(Err(error));
            }
            if lanes.has_ended() {
                return None;
            }
            if lanes.find() {
                return Some(Ok(()));
            }
            if until_end && lanes.is_at_end() {
                return None;
            }
            poll_fn(|context| lanes.poll_change(context)).await;
        }
    }

    /// Controls the consumer from elsewhere: pauses partitions, reads them from another place, tells how far it is.
    pub fn control(&self) -> ConsumerControl {
        self.client.control()
    }

    /// Reports that the record that [`next`](Self::next) returned last is done, without asking for another one. Its
    /// offset is committed in the background.
    ///
    /// # Errors
    ///
    /// When there is no group, or the group has given the partition to another consumer.
    pub fn store(&mut self) -> Result<(), CommitError> {
        self.client.store(&mut self.lanes)
    }

    /// Reports that the record that [`next`](Self::next) returned last is done, and commits everything that is done to
    /// the broker, waiting for its answer.
    ///
    /// # Errors
    ///
    /// When there is no group, it has given the partition to another consumer, or the broker does not take the offsets.
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        self.store()?;
        self.client.commit().await
    }

    /// Commits what is done and leaves the group, within 20 seconds, as
    /// [`TypedConsumer::close`](crate::TypedConsumer::close) does.
    ///
    /// # Errors
    ///
    /// When the broker does not take the offsets, or does not answer in time. The consumer leaves the group all the
    /// same.
    pub async fn close(self) -> Result<(), CommitError> {
        self.close_within(CLOSE_TIMEOUT).await
    }

    /// [`close`](Self::close) with a time limit of its own. What is not finished by then goes on in the background, as
    /// long as the process lives.
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_within(self, timeout: Duration) -> Result<(), CommitError> {
        self.client.close(timeout).await
    }
}

impl fmt::Debug for RawConsumer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawConsumer")
            .field("topic", &self.topic)
            .field("group", &self.client.group())
            .finish_non_exhaustive()
    }
}
