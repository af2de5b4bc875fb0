//! What librdkafka reports to a producer: delivery reports, log lines, errors.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;
use rdkafka::types::RDKafkaErrorCode;

use super::delivery::{Place, Slot};
use crate::connection::in_flight_budget::InFlightBudget;
use crate::connection::log::ClientLog;
use crate::connection::record::Timestamp;
use crate::connection::repeats::{Repeats, Summary};

/// Called on the producer's own thread.
pub(crate) struct ProducerEvents {
    topic: Arc<str>,
    budget: Arc<InFlightBudget>,
    log: ClientLog,
    undelivered: Mutex<Repeats<RDKafkaErrorCode>>,
}

impl ProducerEvents {
    pub(crate) fn new(topic: Arc<str>, budget: Arc<InFlightBudget>) -> Self {
        Self { topic, budget, log: ClientLog::default(), undelivered: Mutex::default() }
    }

    /// Sums up what has happened again and again, when it is time.
    pub(crate) fn sum_up(&self) {
        self.log.sum_up();
        let due = self.undelivered.lock().unwrap_or_else(PoisonError::into_inner).due(Instant::now());
        due.iter().for_each(|summary| self.more_undelivered(summary));
    }

    fn not_delivered(&self, partition: i32, code: RDKafkaErrorCode) {
        let topic = &*self.topic;
        if matches!(code, RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight) {
            // Whoever gave them up has said their number at once.
            return tracing::debug!(topic, partition, error = %code, "failed: the producer was closed or dropped");
        }
        let mut undelivered = self.undelivered.lock().unwrap_or_else(PoisonError::into_inner);
        if undelivered.is_new(&code, "", Instant::now()) {
            tracing::error!(topic, partition, error = %code, "failed: a message was not delivered");
        } else {
            tracing::debug!(topic, partition, error = %code, "failed: a message was not delivered");
        }
    }

    fn more_undelivered(&self, summary: &Summary<RDKafkaErrorCode>) {
        let (topic, Summary { key, times, during, .. }) = (&*self.topic, summary);
        tracing::error!(topic, error = %key, messages = times, ?during, "failed: more messages were not delivered");
    }
}

impl ClientContext for ProducerEvents {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.log.line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.log.client_error(&error, reason);
    }
}

impl ProducerContext for ProducerEvents {
    type DeliveryOpaque = Arc<Slot>;

    fn delivery(&self, result: &DeliveryResult<'_>, slot: Arc<Slot>) {
        let outcome = match result {
            Ok(message) => {
                let (topic, partition, offset) = (&*self.topic, message.partition(), message.offset());
                tracing::debug!(topic, partition, offset, "sent");
                self.log.answered();
                Ok(Place { partition, offset, timestamp: Timestamp::from_rdkafka(message.timestamp()) })
            }
            Err((error, message)) => {
                let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
                self.not_delivered(message.partition(), code);
                Err(code)
            }
        };
        // The budget first: a task that awaits this delivery and sends the next message shall find it.
        self.budget.report(slot.bytes(), outcome.is_ok());
        slot.report(outcome);
    }
}

impl Drop for ProducerEvents {
    fn drop(&mut self) {
        let unsaid = self.undelivered.lock().unwrap_or_else(PoisonError::into_inner).end(Instant::now());
        unsaid.iter().for_each(|summary| self.more_undelivered(summary));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::in_flight_budget::Limits;
    use crate::connection::log::tests::captured;

    #[test]
    fn many_messages_that_are_not_delivered_are_few_lines() {
        let text = captured(|| {
            let events = ProducerEvents::new("orders".into(), Arc::new(InFlightBudget::new(Limits::new(1, 1))));
            for _ in 0..83_900 {
                events.not_delivered(3, RDKafkaErrorCode::MessageTimedOut);
            }
            events.sum_up();
        });
        let mut lines = text.lines();
        let first = lines.next().unwrap();
        assert!(first.contains("ERROR") && first.contains("topic=\"orders\" partition=3"), "{first}");
        let summed_up: u64 = lines
            .map(|line| {
                assert!(line.contains("failed: more messages were not delivered"), "{line}");
                line.split_once("messages=").unwrap().1.split(' ').next().unwrap().parse::<u64>().unwrap()
            })
            .sum();
        assert_eq!(summed_up, 83_899, "{text}");
    }
}
