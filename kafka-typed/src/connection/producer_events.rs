//! What librdkafka reports to the producers that share a client: delivery reports, log lines, errors.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{ClientContext, Statistics};

use super::broker_statistics;
use super::delivery::{PendingDelivery, RecordPosition};
use super::delivery_progress::ClientClock;
use super::error_code::KafkaErrorCode;
use super::log::ClientLog;
use super::raw_producer::RecordSource;
use super::record::Timestamp;
use super::repeats::{Repeats, Summary};
use super::token_feed::TokenFeed;

/// Called on the client's own thread.
#[derive(Default)]
pub(crate) struct ProducerEvents {
    log: ClientLog,
    clock: Arc<ClientClock>,
    undelivered: Mutex<Repeats<Undelivered>>,
    /// The producers that share the client.
    sources: Mutex<Vec<Weak<RecordSource>>>,
    /// Where the client has its tokens from, when it logs in by them.
    tokens: Option<Arc<TokenFeed>>,
}

/// Messages that are not delivered for the same reason.
#[derive(Clone, PartialEq)]
struct Undelivered {
    /// `None` for all topics together that are too many to tell apart.
    topic: Option<Arc<str>>,
    code: KafkaErrorCode,
}

impl ProducerEvents {
    pub(crate) fn new(tokens: Option<Arc<TokenFeed>>) -> Self {
        let (log, clock, undelivered) = (ClientLog::default(), Arc::default(), Mutex::default());
        Self { log, clock, undelivered, sources: Mutex::default(), tokens }
    }

    /// One more producer shares the client.
    pub(crate) fn add_source(&self, source: &Arc<RecordSource>) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.push(Arc::downgrade(source));
    }

    /// Hands what was counted to whatever collects metrics.
    pub(crate) fn measure(&self) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.retain(|source| source.strong_count() > 0);
        sources.iter().filter_map(Weak::upgrade).for_each(|source| source.measure());
    }

    /// The time of the client's thread.
    pub(crate) fn clock(&self) -> &Arc<ClientClock> {
        &self.clock
    }

    /// Whether the last that was heard of the brokers is that none of them can be reached.
    pub(crate) fn brokers_are_away(&self) -> bool {
        self.log.is_away()
    }

    /// Notes that a broker has answered.
    pub(crate) fn brokers_answer(&self) {
        self.log.answered();
    }

    /// Looks at the time, and sums up what has happened again and again when that is due.
    pub(crate) fn sum_up(&self) {
        self.clock.tick();
        self.log.sum_up();
        let due = self.undelivered().due(Instant::now());
        due.iter().for_each(more_undelivered);
    }

    fn not_delivered(&self, topic: &Arc<str>, partition: i32, code: KafkaErrorCode) {
        let name = &**topic;
        if code.is_given_up() {
            // Whoever gave them up has reported their number at once.
            return tracing::debug!(topic = name, partition, error = %code, "failed: the producer was closed or dropped");
        }
        let is_new = {
            let mut undelivered = self.undelivered();
            let mut kind = Undelivered { topic: Some(Arc::clone(topic)), code };
            if !undelivered.has_place_for(&kind) {
                kind.topic = None;
            }
            undelivered.is_new(&kind, "", Instant::now())
        };
        if is_new {
            tracing::error!(topic = name, partition, error = %code, "failed: a message was not delivered");
        } else {
            tracing::debug!(topic = name, partition, error = %code, "failed: a message was not delivered");
        }
    }

    fn undelivered(&self) -> MutexGuard<'_, Repeats<Undelivered>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.undelivered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn more_undelivered(summary: &Summary<Undelivered>) {
    let Summary { key: Undelivered { topic, code }, times, during, .. } = summary;
    let topic = topic.as_deref().unwrap_or("several");
    tracing::error!(topic, error = %code, messages = times, ?during, "failed: more messages were not delivered");
}

impl ClientContext for ProducerEvents {
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

impl ProducerContext for ProducerEvents {
    type DeliveryOpaque = Arc<PendingDelivery>;

    fn delivery(&self, result: &DeliveryResult<'_>, pending: Arc<PendingDelivery>) {
        pending.report(match result {
            Ok(message) => {
                let (topic, partition, offset) = (&**pending.topic(), message.partition(), message.offset());
                tracing::debug!(topic, partition, offset, "sent");
                self.log.answered();
                Ok(RecordPosition { partition, offset, timestamp: Timestamp::from_rdkafka(message.timestamp()) })
            }
            Err((error, message)) => {
                let code = KafkaErrorCode::of(error);
                self.not_delivered(pending.topic(), message.partition(), code);
                pending.keep_undelivered(message, code);
                Err(code)
            }
        });
    }
}

impl Drop for ProducerEvents {
    fn drop(&mut self) {
        let unreported = self.undelivered().end(Instant::now());
        unreported.iter().for_each(more_undelivered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::log::tests::captured;

    #[test]
    fn many_messages_that_are_not_delivered_are_few_lines() {
        // (how many topics, how many lines name one of them)
        for (topics, named) in [(1, 1), (2, 2), (1_000, 64)] {
            let topics: Vec<Arc<str>> = (0..topics).map(|number| format!("orders-{number}").into()).collect();
            let text = captured(|| {
                let events = ProducerEvents::default();
                for number in 0..80_000 {
                    let topic = &topics[number % topics.len()];
                    events.not_delivered(topic, 3, KafkaErrorCode::new(RDKafkaErrorCode::MessageTimedOut));
                }
                events.sum_up();
            });
            let (first, more): (Vec<_>, Vec<_>) =
                text.lines().partition(|line| line.contains("failed: a message was not delivered"));
            assert!(first.iter().all(|line| line.contains("ERROR") && line.contains("partition=3")), "{text}");
            assert_eq!(first.len(), named, "{text}");
            let summed_up = more.iter().map(|line| {
                assert!(line.contains("failed: more messages were not delivered"), "{line}");
                line.split_once("messages=").unwrap().1.split(' ').next().unwrap().parse::<usize>().unwrap()
            });
            assert_eq!(summed_up.sum::<usize>(), 80_000 - named, "{text}");
        }
    }
}
