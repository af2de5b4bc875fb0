//! Sends records that could not be processed to retry topics.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::dead_letters::same_partition;
use super::failed_record::FailedRecord;
use super::failing::Failure;
use super::failure_headers::FailureHeaders;
use super::letter::Letter;
use super::letter_error::LetterError;
use super::policy::{FailurePolicy, parts_of_retry_topic, retry_topic};
use crate::connection::{Connection, ConnectionError, Delivery, Headers, ProducerRecord, RawProducer, Timestamp};

/// Sends records that could not be processed to the retry topics of a [`FailurePolicy`], from which they are processed
/// again when they are due.
///
/// All consumers of a topic with the same delays share its retry topics, whatever their group is. A record there
/// carries the group whose record it is, and the members of others skip it: [`is_for`](Self::is_for).
#[derive(Clone, Debug)]
pub struct RetryTopics {
    shared: Arc<Shared>,
    group: Option<Arc<str>>,
    keeps_partition: bool,
}

#[derive(Debug)]
struct Shared {
    connection: Connection,
    delays: Vec<Duration>,
    targets: Mutex<HashMap<String, Target>>,
}

/// A retry topic that was sent to.
#[derive(Clone, Debug)]
struct Target {
    producer: RawProducer,
    partitions: Arc<OnceCell<Vec<i32>>>,
}

impl RetryTopics {
    /// The retry topics of this policy.
    pub fn new(connection: Connection, policy: &FailurePolicy) -> Self {
        let shared = Shared { connection, delays: policy.delays().to_vec(), targets: Mutex::default() };
        Self { shared: Arc::new(shared), group: None, keeps_partition: false }
    }

    /// Sets the group whose records these are.
    #[must_use]
    pub fn group(self, group: impl Into<Arc<str>>) -> Self {
        Self { group: Some(group.into()), ..self }
    }

    /// Sends a record to the partition of the same number, where the retry topic has that; otherwise, and by default,
    /// the key chooses.
    #[must_use]
    pub fn keep_partition(self) -> Self {
        Self { keeps_partition: true, ..self }
    }

    /// Sends a record to the retry topic with this index in the policy, and waits until a broker has acknowledged it.
    /// Index and time are those of [`NextStep::RetryTopic`](super::NextStep::RetryTopic).
    ///
    /// # Errors
    ///
    /// When it was not acknowledged, or there is no such retry topic. The record must not count as done then.
    pub async fn send<'r, 'e>(
        &self,
        record: impl Into<FailedRecord<'r>>,
        failure: impl Into<Failure<'e>>,
        index: usize,
        due: Timestamp,
    ) -> Result<Delivery, LetterError> {
        self.send_letter(record.into(), Some(failure.into()), index, due).await
    }

    /// Sends a record that was not tried to the retry topic with this index, behind others of its key that have failed,
    /// as [`KeyOrder::behind`](super::KeyOrder::behind) tells. It is not counted as an attempt.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub async fn send_behind<'r>(
        &self,
        record: impl Into<FailedRecord<'r>>,
        index: usize,
        due: Timestamp,
    ) -> Result<Delivery, LetterError> {
        self.send_letter(record.into(), None, index, due).await
    }

    async fn send_letter(
        &self,
        record: FailedRecord<'_>,
        failure: Option<Failure<'_>>,
        index: usize,
        due: Timestamp,
    ) -> Result<Delivery, LetterError> {
        let (producer, letter) = self.letter(record, failure.as_ref(), index, due).await?;
        let delivered = producer.send(letter).await;
        delivered.map_err(|source| LetterError::not_delivered(&record, producer.topic(), source))
    }

    /// The record to send, which keeps key, payload and time, and what sends it.
    pub(crate) async fn letter<'r>(
        &self,
        record: FailedRecord<'r>,
        failure: Option<&Failure<'_>>,
        index: usize,
        due: Timestamp,
    ) -> Result<(RawProducer, ProducerRecord<'r>), LetterError> {
        let Some(delay) = self.shared.delays.get(index) else {
            return Err(LetterError::no_retry_topic(&record, index));
        };
        let name = retry_topic(own_topic(&record), *delay);
        let target = self.shared.target(&name).map_err(|source| LetterError::no_producer(&record, &name, source))?;

        let letter = Letter { record, failure, group: self.group.as_deref() };
        let delivery = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(2);
        let headers = letter.retry_headers(delivery, due);
        let mut sent = ProducerRecord::again(record.key, record.payload, &headers, record.timestamp);
        if self.keeps_partition && same_partition(&target.producer, &target.partitions, record.partition).await {
            sent = sent.partition(record.partition);
        }
        Ok((target.producer, sent))
    }

    /// The delay of each, as the policy has them.
    pub(crate) fn delays(&self) -> &[Duration] {
        &self.shared.delays
    }

    /// Whether a record of a retry topic is one of this group, by its headers. One that does not say is.
    pub fn is_for(&self, headers: &Headers) -> bool {
        match (&self.group, FailureHeaders::read(headers).group) {
            (Some(group), Some(found)) => **group == *found,
            _ => true,
        }
    }
}

/// The topic that a record belongs to, also when it was received from a retry topic.
fn own_topic<'r>(record: &FailedRecord<'r>) -> &'r str {
    // A topic may be called like one without being one.
    match FailureHeaders::read(record.headers).delivery {
        Some(_) => parts_of_retry_topic(record.topic).map_or(record.topic, |(topic, _)| topic),
        None => record.topic,
    }
}

impl Shared {
    fn target(&self, topic: &str) -> Result<Target, ConnectionError> {
        // Nothing that runs under the lock can panic halfway through a change.
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = targets.get(topic) {
            return Ok(target.clone());
        }
        let target = Target { producer: self.connection.raw_producer(topic).build()?, partitions: Arc::default() };
        targets.insert(topic.to_owned(), target.clone());
        Ok(target)
    }
}
