//! librdkafka's queue of one partition. It is asked for many records with one call, of which rdkafka has no form.

use std::ffi::{CString, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{ptr, slice};

use rdkafka::bindings;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::types::{RDKafka, RDKafkaErrorCode};

use super::native;
use super::poll_wake::PollWake;
use super::record::{Headers, Timestamp};

/// Whether there may be something in a queue. librdkafka's threads set it.
#[derive(Debug)]
struct Readiness {
    is_ready: AtomicBool,
    wake: Arc<PollWake>,
}

/// The queue of one partition, apart from the queue of its consumer. Gone before its consumer is.
pub(crate) struct PartitionQueue {
    queue: ptr::NonNull<bindings::rd_kafka_queue_t>,
    readiness: Arc<Readiness>,
    /// Kept from one call to the next, and empty between them.
    messages: Vec<*mut bindings::rd_kafka_message_t>,
}

// SAFETY: librdkafka's queues may be used by any thread, and nothing else here belongs to one.
unsafe impl Send for PartitionQueue {}

impl PartitionQueue {
    /// Lets the records of a partition come to a queue of their own. To be called before the partition is assigned.
    /// `None` where the topic cannot be one.
    pub(crate) fn new<C: ConsumerContext>(
        consumer: &BaseConsumer<C>,
        topic: &str,
        partition: i32,
        wake: Arc<PollWake>,
    ) -> Option<Self> {
        let topic = CString::new(topic).ok()?;
        // SAFETY: the handle belongs to `consumer`, which is borrowed, and the text ends with a zero byte.
        let queue = unsafe {
            bindings::rd_kafka_queue_get_partition(consumer.client().native_ptr(), topic.as_ptr(), partition)
        };
        let queue = ptr::NonNull::new(queue)?;
        // Something may be there already.
        let readiness = Arc::new(Readiness { is_ready: AtomicBool::new(true), wake });
        // SAFETY: the queue is this one's until it is destroyed by `drop`. The readiness is kept alive until the
        // callback was taken back, which `drop` does first.
        unsafe {
            bindings::rd_kafka_queue_forward(queue.as_ptr(), ptr::null_mut());
            let opaque = Arc::as_ptr(&readiness).cast_mut().cast();
            bindings::rd_kafka_queue_cb_event_enable(queue.as_ptr(), Some(became_ready), opaque);
        }
        Some(Self { queue, readiness, messages: Vec::new() })
    }

    /// Whether there may be something to take.
    pub(crate) fn is_ready(&self) -> bool {
        self.readiness.is_ready.load(Ordering::Acquire)
    }

    /// Takes up to `max` of what is there, and waits for nothing.
    pub(crate) fn take(&mut self, max: usize) -> Taken<'_> {
        // Before taking, so that what comes meanwhile is seen.
        self.readiness.is_ready.store(false, Ordering::Release);
        self.messages.clear();
        self.messages.reserve(max);
        // SAFETY: the queue is alive, and there is room for `max` pointers, of which librdkafka sets as many as it
        // returns.
        unsafe {
            let taken = bindings::rd_kafka_consume_batch_queue(self.queue.as_ptr(), 0, self.messages.as_mut_ptr(), max);
            self.messages.set_len(usize::try_from(taken).unwrap_or(0));
        }
        // SAFETY: the queue is alive.
        if unsafe { bindings::rd_kafka_queue_length(self.queue.as_ptr()) } > 0 {
            self.readiness.is_ready.store(true, Ordering::Release);
        }
        Taken { messages: &mut self.messages }
    }
}

/// Called by librdkafka's threads, which hold a lock of the queue.
unsafe extern "C" fn became_ready(_: *mut RDKafka, opaque: *mut c_void) {
    // SAFETY: the pointer is that of `PartitionQueue::new`, and alive until the callback is taken back.
    let readiness = unsafe { &*opaque.cast::<Readiness>() };
    readiness.is_ready.store(true, Ordering::Release);
    readiness.wake.wake();
}

impl Drop for PartitionQueue {
    fn drop(&mut self) {
        // SAFETY: the queue is alive until it is destroyed here. Taking the callback back waits for one that runs.
        unsafe {
            bindings::rd_kafka_queue_cb_event_enable(self.queue.as_ptr(), None, ptr::null_mut());
            bindings::rd_kafka_queue_destroy(self.queue.as_ptr());
        }
    }
}

/// What was taken from a queue. librdkafka gets it back when this is dropped.
pub(crate) struct Taken<'q> {
    messages: &'q mut Vec<*mut bindings::rd_kafka_message_t>,
}

impl Taken<'_> {
    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = TakenRecord<'_>> {
        // SAFETY: librdkafka has set the pointers to messages, which live until `drop`.
        self.messages.iter().map(|message| TakenRecord(unsafe { &**message }))
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for message in self.messages.drain(..) {
            // SAFETY: the message is the caller's, and nobody borrows it any more.
            unsafe { bindings::rd_kafka_message_destroy(message) };
        }
    }
}

/// A record in librdkafka's memory, or an error in its place.
pub(crate) struct TakenRecord<'t>(&'t bindings::rd_kafka_message_t);

impl TakenRecord<'_> {
    /// What is here instead of a record.
    pub(crate) fn error(&self) -> Option<RDKafkaErrorCode> {
        let is_record = self.0.err == bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR;
        (!is_record).then(|| self.0.err.into())
    }

    pub(crate) fn offset(&self) -> i64 {
        self.0.offset
    }

    pub(crate) fn key(&self) -> Option<&[u8]> {
        self.part(self.0.key, self.0.key_len)
    }

    /// `None` for a tombstone.
    pub(crate) fn payload(&self) -> Option<&[u8]> {
        self.part(self.0.payload, self.0.len)
    }

    /// The bytes of key and payload.
    pub(crate) fn size(&self) -> usize {
        self.0.key_len + self.0.len
    }

    fn part(&self, start: *const c_void, length: usize) -> Option<&[u8]> {
        // SAFETY: what is not null has so many bytes, which live as long as the message.
        (!start.is_null()).then(|| unsafe { slice::from_raw_parts(start.cast(), length) })
    }

    pub(crate) fn timestamp(&self) -> Option<Timestamp> {
        let mut kind = bindings::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message is alive.
        let millis = unsafe { bindings::rd_kafka_message_timestamp(self.0, &raw mut kind) };
        let is_there = kind != bindings::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && millis != -1;
        is_there.then(|| Timestamp::from(millis))
    }

    pub(crate) fn headers(&self) -> Headers {
        native::headers(self.0)
    }
}
