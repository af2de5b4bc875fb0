//! A topic of a producer, as librdkafka knows it.

use std::ffi::CString;
use std::fmt;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use rdkafka::bindings;
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::util::IntoOpaque;

use super::delivery::PendingDelivery;
use super::producer_client::Client;

/// librdkafka's handle of a topic, which saves it looking for the topic by name, and copying the name, for each record.
pub(crate) struct ProducerTopic {
    topic: NonNull<bindings::rd_kafka_topic_t>,
    /// Outlives the handle.
    _client: Arc<Client>,
}

// SAFETY: librdkafka allows calls with a handle from any thread, and several at once.
unsafe impl Send for ProducerTopic {}
// SAFETY: as above.
unsafe impl Sync for ProducerTopic {}

impl ProducerTopic {
    /// Asks the brokers for the topic, in the background. `None` when it cannot have such a name.
    pub(crate) fn new(client: &Arc<Client>, name: &str) -> Option<Self> {
        let name = CString::new(name).ok()?;
        // SAFETY: the client is borrowed, the name ends with a zero byte and is copied, and without a configuration
        // the topic has the client's.
        let topic =
            unsafe { bindings::rd_kafka_topic_new(client.client().native_ptr(), name.as_ptr(), ptr::null_mut()) };
        Some(Self { topic: NonNull::new(topic)?, _client: Arc::clone(client) })
    }

    /// Hands over a record without headers and a time of its own, which librdkafka copies.
    pub(crate) fn produce(
        &self,
        payload: Option<&[u8]>,
        key: Option<&[u8]>,
        partition: Option<i32>,
        pending: Arc<PendingDelivery>,
    ) -> Result<(), RDKafkaErrorCode> {
        const ANY_PARTITION: i32 = -1;
        let (payload_start, payload_size) = payload.map_or((ptr::null(), 0), |bytes| (bytes.as_ptr(), bytes.len()));
        let (key_start, key_size) = key.map_or((ptr::null(), 0), |bytes| (bytes.as_ptr(), bytes.len()));
        let opaque = pending.into_ptr();
        // SAFETY: the handle is alive. Payload and key are borrowed until the call returns, and copied, as the flag
        // says. The pointer to the pending delivery is what rdkafka makes an `Arc` of again for the delivery report.
        let answer = unsafe {
            bindings::rd_kafka_produce(
                self.topic.as_ptr(),
                partition.unwrap_or(ANY_PARTITION),
                bindings::RD_KAFKA_MSG_F_COPY,
                payload_start.cast_mut().cast(),
                payload_size,
                key_start.cast(),
                key_size,
                opaque,
            )
        };
        if answer == 0 {
            return Ok(());
        }
        // SAFETY: the last error is that of this thread. A record that was not taken has no delivery report, so that
        // the pointer, which `into_ptr` returned, is this function's again.
        let (error, pending) = unsafe { (bindings::rd_kafka_last_error(), Arc::<PendingDelivery>::from_ptr(opaque)) };
        drop(pending);
        Err(error.into())
    }
}

impl Drop for ProducerTopic {
    fn drop(&mut self) {
        // SAFETY: the handle is given back once, before its client. Records on their way keep the topic itself.
        unsafe { bindings::rd_kafka_topic_destroy(self.topic.as_ptr()) };
    }
}

impl fmt::Debug for ProducerTopic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProducerTopic").finish_non_exhaustive()
    }
}
