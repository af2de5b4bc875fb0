//! Offsets that are stored for the group, and offsets where reading begins.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::consumer::{Consumer, ConsumerContext};
use rdkafka::error::KafkaResult;
use rdkafka::topic_partition_list::TopicPartitionList;

use super::assignment::Assignment;
use super::record::Timestamp;
use super::start_offset::StartOffset;

/// Hands librdkafka the offsets up to which everything is done, a call for all partitions that have moved.
pub(crate) struct OffsetStore {
    is_on: AtomicBool,
    assignment: Arc<Assignment>,
    /// So that offsets are stored in ascending order, whoever stores them.
    turn: Mutex<()>,
}

impl OffsetStore {
    pub(crate) fn new(grouped: bool, assignment: Arc<Assignment>) -> Self {
        Self { is_on: AtomicBool::new(grouped), assignment, turn: Mutex::new(()) }
    }

    /// Stores nothing more, since transactions commit the offsets.
    pub(crate) fn turn_off(&self) {
        self.is_on.store(false, Ordering::Relaxed);
    }

    /// Stores what has moved since the last call. Nothing is lost where that fails: the next change is stored again,
    /// and what was not stored comes again.
    pub(crate) fn store<C: ConsumerContext>(&self, client: &impl Consumer<C>) {
        if !self.is_on.load(Ordering::Relaxed) {
            return;
        }
        // Nothing that runs under the lock can panic halfway through a change.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = TopicPartitionList::new();
        for partition in self.assignment.partitions() {
            if let Some(offset) = partition.news() {
                // An offset that a record has is not refused.
                let added =
                    list.add_partition_offset(&partition.topic, partition.partition, Offset::Offset(offset + 1));
                debug_assert!(added.is_ok(), "offset {offset}");
            }
        }
        if list.count() > 0
            && let Err(error) = client.store_offsets(&list)
        {
            tracing::debug!(%error, "done, but not stored: the partitions were taken away");
        }
    }
}

/// Where partitions begin.
pub(crate) struct Start {
    pub(crate) offsets: TopicPartitionList,
    /// Records before the first one of this time are passed over.
    pub(crate) not_before: Option<Timestamp>,
}

/// The offsets at which partitions begin. Asks the brokers where that depends on the time: all but a mock broker, which
/// would say that there is nothing.
pub(crate) fn of_start<C: ConsumerContext>(
    consumer: &impl Consumer<C>,
    partitions: &TopicPartitionList,
    start: StartOffset,
    (timeout, is_mock): (Duration, bool),
) -> KafkaResult<Start> {
    let everywhere = |offset, not_before| {
        let mut offsets = partitions.clone();
        offsets.set_all_offsets(offset)?;
        Ok(Start { offsets, not_before })
    };
    let time = match start {
        StartOffset::Timestamp(time) if is_mock => return everywhere(Offset::Beginning, Some(time)),
        StartOffset::Timestamp(time) => time,
        start => return everywhere(start.into(), None),
    };
    let asked = everywhere(Offset::Offset(time.as_millis()), None)?.offsets;
    let until = Instant::now() + timeout;
    loop {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
        let answer = consumer.offsets_for_times(asked.clone(), left).and_then(|found| {
            found.elements().iter().try_for_each(|element| element.error())?;
            Ok(found)
        });
        match answer {
            Ok(offsets) => return Ok(Start { offsets, not_before: None }),
            Err(error) if Instant::now() >= until => return Err(error),
            // A partition that has no leader at this moment, for example. Asking waits by itself where brokers do not
            // answer.
            Err(error) => {
                tracing::debug!(%error, "the offsets of a time are asked for again");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}
