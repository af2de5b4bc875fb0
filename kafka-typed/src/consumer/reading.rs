//! The way of one message after the other from librdkafka to the caller.

use std::sync::Arc;
use std::time::Duration;

use avro_typed::{AvroType, DecodeOwned};
use futures_util::StreamExt;
use rdkafka::consumer::{Consumer, MessageStream, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::types::RDKafkaErrorCode;
use schema_registry::{SchemaId, SchemaRegistry, WireFormat};
use tokio::time::Instant;

use super::decoders::Decoders;
use super::events::ConsumerEvents;
use super::problem::MessageProblem;
use super::raw::Envelope;
use super::{ConsumeError, TypedMessage};
use crate::error::CommitError;
use crate::locked::LockedIds;

/// What a consumer remembers between two messages.
pub(crate) struct Reading<T> {
    pub(crate) topic: Arc<str>,
    pub(crate) decoders: Decoders<T>,
    pub(crate) registry: SchemaRegistry,
    /// What producers of the same handle took from the lock.
    pub(crate) locked: Arc<LockedIds>,
    pub(crate) wire_format: WireFormat,
    /// Whether offsets are stored for a group.
    pub(crate) grouped: bool,
    /// The message given out last, until it counts as worked on.
    given_out: Option<Position>,
    /// A message whose schema is not known yet. It has left librdkafka, so that it stays here until it was given out, whatever
    /// becomes of the futures that wait for the registry.
    pending: Option<Pending>,
    ended: bool,
}

#[derive(Clone, Copy)]
struct Position {
    partition: i32,
    offset: i64,
}

struct Pending {
    envelope: Envelope,
    payload: Vec<u8>,
    id: SchemaId,
    /// When the registry may be asked again, and how long to wait after that if it fails once more.
    retry: Option<(Instant, Duration)>,
}

type Received<T> = Result<TypedMessage<T>, ConsumeError>;

/// The first wait after the registry could not be reached, which doubles up to the longest one. Without it a caller that goes on
/// after errors would ask in an endless loop.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl<T: DecodeOwned + AvroType> Reading<T> {
    pub(crate) fn new(
        topic: Arc<str>,
        decoders: Decoders<T>,
        (registry, locked): (SchemaRegistry, Arc<LockedIds>),
        wire_format: WireFormat,
        grouped: bool,
    ) -> Self {
        Self { topic, decoders, registry, locked, wire_format, grouped, given_out: None, pending: None, ended: false }
    }

    /// The next message. Dropping the future loses none.
    pub(crate) async fn next(
        &mut self,
        consumer: &StreamConsumer<ConsumerEvents>,
        messages: &mut MessageStream<'_, ConsumerEvents>,
    ) -> Option<Received<T>> {
        if let Err(error) = self.store(consumer) {
            // A group that has taken the partition away is no reason to stop: its new owner reads the message again.
            tracing::debug!(topic = &*self.topic, cause = ?std::error::Error::source(&error), "{error}");
        }
        // A topic with many messages would otherwise never let other tasks of this thread run.
        tokio::task::coop::consume_budget().await;
        loop {
            if self.ended {
                return None;
            }
            if self.pending.is_some() {
                return self.give_pending().await;
            }
            match messages.next().await? {
                Ok(message) => {
                    if let Some(received) = self.read(&message) {
                        return Some(self.give(received));
                    }
                }
                Err(error) => {
                    if let Some(error) = self.kafka_failed(&error) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }

    /// Says that the message given out last was worked on.
    pub(crate) fn store(&mut self, consumer: &StreamConsumer<ConsumerEvents>) -> Result<(), CommitError> {
        let Some(Position { partition, offset }) = self.given_out.take().filter(|_| self.grouped) else {
            return Ok(());
        };
        consumer.store_offset(&self.topic, partition, offset).map_err(|error| CommitError::Store {
            topic: Arc::clone(&self.topic),
            partition,
            source: error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail),
        })
    }

    /// Reads a message, or keeps it as pending and answers `None` when its schema is not known yet.
    fn read(&mut self, message: &BorrowedMessage<'_>) -> Option<Received<T>> {
        let bad = |id, problem| {
            let payload = message.payload().map(<[u8]>::to_vec);
            Some(Err(Envelope::of(message).with_problem(&self.topic, id, payload, problem)))
        };
        let Some(payload) = message.payload() else {
            return bad(None, MessageProblem::Tombstone);
        };
        let (id, datum) = match self.wire_format.split(payload) {
            Ok(parts) => parts,
            Err(error) => return bad(None, MessageProblem::Frame(error)),
        };
        match self.decoders.decode(id, datum) {
            Some(Ok(value)) => Some(Ok(Envelope::of(message).with_value(&self.topic, id, value))),
            Some(Err(problem)) => bad(Some(id), problem),
            None => {
                self.pending =
                    Some(Pending { envelope: Envelope::of(message), payload: payload.to_vec(), id, retry: None });
                None
            }
        }
    }

    /// Learns the schema of the pending message and reads it. It stays pending when the registry does not answer, and while this waits.
    async fn give_pending(&mut self) -> Option<Received<T>> {
        let pending = self.pending.as_ref()?;
        if let Some((when, _)) = pending.retry {
            tokio::time::sleep_until(when).await;
        }
        let id = pending.id;
        // In a box, because what asks the registry is large, and the future of `next` is made anew for every message.
        if let Err(problem) = Box::pin(self.decoders.learn(&self.registry, &self.locked, id)).await {
            return self.schema_failed(problem);
        }
        let Pending { envelope, payload, .. } = self.pending.take()?;
        let decoded = self.wire_format.split(&payload).ok().and_then(|(_, datum)| self.decoders.decode(id, datum))?;
        let received = match decoded {
            Ok(value) => Ok(envelope.with_value(&self.topic, id, value)),
            Err(problem) => Err(envelope.with_problem(&self.topic, Some(id), Some(payload), problem)),
        };
        Some(self.give(received))
    }

    fn schema_failed(&mut self, problem: MessageProblem) -> Option<Received<T>> {
        if problem.is_lasting() {
            let Pending { envelope, payload, id, .. } = self.pending.take()?;
            let received = Err(envelope.with_problem(&self.topic, Some(id), Some(payload), problem));
            return Some(self.give(received));
        }
        let pending = self.pending.as_mut()?;
        let wait = pending.retry.map_or(FIRST_WAIT, |(_, wait)| (wait * 2).min(LONGEST_WAIT));
        pending.retry = Some((Instant::now() + wait, wait));
        let (envelope, payload, id) = (pending.envelope.clone(), pending.payload.clone(), pending.id);
        let error = envelope.with_problem(&self.topic, Some(id), Some(payload), problem);
        log_failure(&error);
        Some(Err(error))
    }

    /// Hands a message to the caller, good or bad: it counts as worked on when the next one is asked for.
    fn give(&mut self, received: Received<T>) -> Received<T> {
        let position = match &received {
            Ok(message) => {
                let TypedMessage { partition, offset, schema_id, .. } = message;
                tracing::debug!(topic = &*self.topic, partition, offset, schema = %schema_id, "received");
                Some(Position { partition: *partition, offset: *offset })
            }
            Err(error) => {
                log_failure(error);
                error.bad_message().map(|bad| Position { partition: bad.partition, offset: bad.offset })
            }
        };
        self.given_out = position;
        received
    }

    /// What to tell the caller about an error of the consumer as a whole. librdkafka mends most of them by itself, and has logged
    /// them already.
    fn kafka_failed(&mut self, error: &KafkaError) -> Option<ConsumeError> {
        let topic = Arc::clone(&self.topic);
        match error {
            KafkaError::MessageConsumptionFatal(code) => {
                self.ended = true;
                Some(ConsumeError::Fatal { topic, source: *code })
            }
            KafkaError::MessageConsumption(code) if needs_attention(*code) => {
                Some(ConsumeError::Kafka { topic, source: *code })
            }
            _ => None,
        }
        .inspect(log_failure)
    }
}

fn log_failure(error: &ConsumeError) {
    let cause = std::error::Error::source(error).map(tracing::field::display);
    tracing::warn!(topic = error.topic(), cause, "failed: {error}");
}

/// Whether somebody has to do something, or the consumer would wait in silence for ever.
fn needs_attention(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            | RDKafkaErrorCode::SaslAuthenticationFailed
            | RDKafkaErrorCode::Authentication
            | RDKafkaErrorCode::InvalidTopic
            | RDKafkaErrorCode::InvalidGroupId
            | RDKafkaErrorCode::InconsistentGroupProtocol
            | RDKafkaErrorCode::InvalidSessionTimeout
            | RDKafkaErrorCode::AutoOffsetReset
    )
}
