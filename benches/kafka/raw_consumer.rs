//! rdkafka's consumers, which know no schema.

use std::hint::black_box;
use std::time::Duration;
use std::{ptr, slice};

use benches::measure::{Cost, Stopwatch};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList, bindings};

use crate::consumer::{BATCH, FETCH_WAIT, TIMED, WARM_UP, new_group};
use crate::quiet;
use crate::servers::{ALERTS, PARTITIONS, Servers};

const POLL: Duration = Duration::from_secs(10);

/// A consumer that reads all partitions without a group.
pub(crate) fn alone(servers: &Servers) -> BaseConsumer {
    let settings =
        [FETCH_WAIT, ("group.id", "none"), ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false")];
    let consumer: BaseConsumer = servers.raw(&settings).create().expect("the consumer starts");
    let mut list = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        list.add_partition_offset(ALERTS.name(), partition, Offset::Beginning).expect("the offset is valid");
    }
    consumer.assign(&list).expect("the partitions exist");
    consumer
}

/// A consumer that is the only one of a new group.
pub(crate) fn in_group(servers: &Servers) -> BaseConsumer {
    let settings = [FETCH_WAIT, ("group.id", &*new_group()), ("auto.offset.reset", "earliest")];
    let consumer: BaseConsumer = servers.raw(&settings).create().expect("the consumer starts");
    consumer.subscribe(&[ALERTS.name()]).expect("the topic has a name");
    consumer
}

/// One message for each call.
pub(crate) fn poll(consumer: &BaseConsumer) -> Cost {
    let take = |count: usize| {
        for _ in 0..count {
            // A poll that serves a rebalance returns nothing.
            let message = (0..9).find_map(|_| consumer.poll(POLL)).expect("there are more messages");
            let message = message.expect("it is not an error");
            look_at(message.payload().unwrap_or_default());
        }
    };
    take(1);
    quiet::wait();
    take(WARM_UP);
    let stopwatch = Stopwatch::start();
    take(TIMED);
    stopwatch.look()
}

/// Many messages for each call.
pub(crate) fn consume_batch(consumer: &BaseConsumer) -> Cost {
    let queue = Queue::of(consumer);
    queue.take(1);
    quiet::wait();
    queue.take(WARM_UP);
    let stopwatch = Stopwatch::start();
    queue.take(TIMED);
    stopwatch.look()
}

/// Reads a payload, as whoever has asked for it does: it comes into the processor's caches no earlier.
fn look_at(payload: &[u8]) {
    black_box(payload.iter().map(|byte| u64::from(*byte)).sum::<u64>());
}

/// The queue of all partitions of a consumer.
struct Queue<'c> {
    queue: *mut bindings::rd_kafka_queue_t,
    _consumer: &'c BaseConsumer,
}

impl<'c> Queue<'c> {
    fn of(consumer: &'c BaseConsumer) -> Self {
        // SAFETY: the client belongs to `consumer`, which outlives this.
        let queue = unsafe { bindings::rd_kafka_queue_get_consumer(consumer.client().native_ptr()) };
        assert!(!queue.is_null(), "a consumer with a group's name has a queue");
        Queue { queue, _consumer: consumer }
    }

    fn take(&self, count: usize) {
        let timeout = i32::try_from(POLL.as_millis()).expect("it is short");
        let mut left = count;
        while left > 0 {
            let mut messages = [ptr::null_mut(); BATCH];
            let room = left.min(BATCH);
            // SAFETY: the queue is alive, and the array has this much room.
            let taken =
                unsafe { bindings::rd_kafka_consume_batch_queue(self.queue, timeout, messages.as_mut_ptr(), room) };
            let taken = usize::try_from(taken).expect("the queue belongs to a consumer");
            assert_ne!(taken, 0, "there are more messages");
            for message in &messages[..taken] {
                // SAFETY: librdkafka has filled this many places with messages, none of which is a tombstone. Each is
                // given back once.
                unsafe {
                    look_at(slice::from_raw_parts((**message).payload.cast(), (**message).len));
                    bindings::rd_kafka_message_destroy(*message);
                }
            }
            left -= taken;
        }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        // SAFETY: the queue is given back once.
        unsafe { bindings::rd_kafka_queue_destroy(self.queue) };
    }
}
