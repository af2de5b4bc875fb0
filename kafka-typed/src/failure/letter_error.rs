//! A record that failed could not be sent on.

use std::sync::Arc;

use thiserror::Error;

use super::failed_record::FailedRecord;
use crate::connection::{ConnectionError, DeliveryError};

/// A record that failed was not written to its dead letter topic or retry topic. It is not done, and comes again when
/// its consumer is started again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LetterError {
    /// No broker acknowledged it.
    #[error(
        "the message at offset {offset} of partition {partition} of topic `{topic}` failed, and was not written to topic `{target}`"
    )]
    NotDelivered {
        /// Its topic.
        topic: Arc<str>,
        /// Its partition.
        partition: i32,
        /// Its offset.
        offset: i64,
        /// Where it was sent to.
        target: Arc<str>,
        /// Why not.
        source: DeliveryError,
    },
    /// There is no producer for it.
    #[error(
        "the message at offset {offset} of partition {partition} of topic `{topic}` failed, and cannot be written to topic `{target}`"
    )]
    NoProducer {
        /// Its topic.
        topic: Arc<str>,
        /// Its partition.
        partition: i32,
        /// Its offset.
        offset: i64,
        /// Where it was to be sent to.
        target: Arc<str>,
        /// Why not.
        source: ConnectionError,
    },
    /// The policy has no retry topic with this index.
    #[error(
        "the message at offset {offset} of partition {partition} of topic `{topic}` failed, and there is no retry topic {index}: \
         they count from 0, in the order of `retry_topics`"
    )]
    NoRetryTopic {
        /// Its topic.
        topic: Arc<str>,
        /// Its partition.
        partition: i32,
        /// Its offset.
        offset: i64,
        /// The index that was given.
        index: usize,
    },
}

impl LetterError {
    pub(super) fn no_retry_topic(record: &FailedRecord<'_>, index: usize) -> Self {
        let topic = Arc::from(record.topic);
        Self::NoRetryTopic { topic, partition: record.partition, offset: record.offset, index }
    }

    pub(crate) fn not_delivered(record: &FailedRecord<'_>, target: &Arc<str>, source: DeliveryError) -> Self {
        let (topic, target) = (Arc::from(record.topic), Arc::clone(target));
        Self::NotDelivered { topic, partition: record.partition, offset: record.offset, target, source }
    }

    pub(super) fn no_producer(record: &FailedRecord<'_>, target: &str, source: ConnectionError) -> Self {
        let (topic, target) = (Arc::from(record.topic), Arc::from(target));
        Self::NoProducer { topic, partition: record.partition, offset: record.offset, target, source }
    }
}
