//! How messages that failed leave for other topics: at once, or with a transaction.

use std::future::Future;

use crate::connection::{Connection, ConsumerRecord, DeliveryError, ProducerRecord, RawProducer};

/// How messages that failed leave.
pub(crate) trait Post: Send + Sync + 'static {
    /// The connection whose producers send them, for a consumer that has this one.
    fn connection<'c>(&'c self, consumer: &'c Connection) -> &'c Connection;

    /// Sends the letter of a message. When this returns `Ok`, the message may be done.
    fn post(
        &self,
        failed: &ConsumerRecord,
        producer: &RawProducer,
        letter: ProducerRecord<'_>,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}

/// Sends letters at once, and waits until they are acknowledged.
pub(crate) struct AtOnce;

impl Post for AtOnce {
    fn connection<'c>(&'c self, consumer: &'c Connection) -> &'c Connection {
        consumer
    }

    async fn post(
        &self,
        _: &ConsumerRecord,
        producer: &RawProducer,
        letter: ProducerRecord<'_>,
    ) -> Result<(), DeliveryError> {
        producer.send(letter).await?;
        Ok(())
    }
}
