//! The way of one message after the other from librdkafka to the caller.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use avro_typed::{AvroType, DecodeOwned};
use futures_util::StreamExt;
use rdkafka::consumer::MessageStream;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::types::RDKafkaErrorCode;
use schema_registry::{RecordPart, SchemaId, WireFormat, require_prefix};

use super::acknowledgement::Acknowledgement;
use super::asking::{Asking, News};
use super::decoders::Decoders;
use super::events::ConsumerEvents;
use super::lane::{Client, Given, Lane, Lanes};
use super::problem::MessageProblem;
use super::raw::Envelope;
use super::{ConsumeError, TypedMessage};

/// What a consumer remembers between two messages.
pub(crate) struct Reading<T> {
    topic: Arc<str>,
    decoders: Decoders<T>,
    asking: Asking,
    wire_format: WireFormat,
    lanes: Arc<Lanes>,
    /// Most messages have the partition of the one before them.
    last_lane: Option<Arc<Lane>>,
    /// The message that `next` gave out last, until it counts as done.
    given_out: Option<Given>,
    /// Messages whose schemas are not known yet, by partition. They have left librdkafka, so that they stay here until
    /// they are given out. Nothing more of their partitions is read meanwhile.
    waiting: HashMap<i32, Waiting>,
    /// Partitions whose waiting message can be given out.
    ready: VecDeque<i32>,
    ended: bool,
}

struct Waiting {
    lane: Arc<Lane>,
    envelope: Envelope,
    payload: Vec<u8>,
    id: SchemaId,
}

/// How the caller says that a message is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoneBy {
    /// By asking for the next one, or by its acknowledgement.
    AskingForTheNext,
    /// By its acknowledgement alone, since several are worked on at a time.
    Acknowledgement,
}

enum Event<'m> {
    Message(KafkaResult<BorrowedMessage<'m>>),
    News(SchemaId, News),
}

type Received<T> = Result<TypedMessage<T>, ConsumeError>;

/// What became of a payload.
enum Outcome<T> {
    Good { schema_id: SchemaId, value: T },
    Bad { schema_id: Option<SchemaId>, payload: Option<Vec<u8>>, problem: MessageProblem },
}

impl<T: DecodeOwned + AvroType> Reading<T> {
    pub(crate) fn new(
        topic: Arc<str>,
        decoders: Decoders<T>,
        asking: Asking,
        wire_format: WireFormat,
        lanes: Arc<Lanes>,
    ) -> Self {
        let (waiting, ready) = (HashMap::new(), VecDeque::new());
        let (last_lane, given_out, ended) = (None, None, false);
        Self { topic, decoders, asking, wire_format, lanes, last_lane, given_out, waiting, ready, ended }
    }

    /// The next message. Dropping the future loses none, and stops nothing that is asked of the registry.
    pub(crate) async fn next<'m>(
        &mut self,
        client: &'m Client,
        messages: &mut MessageStream<'m, ConsumerEvents>,
        done_by: DoneBy,
    ) -> Option<Received<T>> {
        if let Some(given) = self.given_out.take()
            && let Err(error) = given.done()
        {
            // A group that has taken the partition away is no reason to stop: its new owner reads the message again.
            let (topic, partition, offset) = (&*self.topic, given.lane.partition, given.offset);
            tracing::debug!(topic, partition, offset, %error, "done, but its offset was not stored");
        }
        // A topic with many messages would otherwise never let other tasks of this thread run.
        tokio::task::coop::consume_budget().await;
        loop {
            if self.ended {
                return None;
            }
            if let Some(received) = self.take_ready(client, done_by) {
                return Some(received);
            }
            let received = match self.event(messages).await {
                Event::Message(Ok(message)) => self.read(client, &message, done_by),
                Event::Message(Err(error)) => self.kafka_failed(&error).map(Err),
                Event::News(id, news) => self.hear(client, id, news).map(Err),
            };
            if received.is_some() {
                return received;
            }
        }
    }

    /// Whatever happens next. The group is served meanwhile.
    async fn event<'m>(&mut self, messages: &mut MessageStream<'m, ConsumerEvents>) -> Event<'m> {
        poll_fn(|context| {
            if !self.waiting.is_empty() {
                self.forget_revoked();
                if let Poll::Ready((id, news)) = self.asking.poll(context) {
                    return Poll::Ready(Event::News(id, news));
                }
                // The next message could be of a partition whose message waits.
                if !self.waiting.values().all(|waiting| waiting.lane.is_paused()) {
                    return Poll::Pending;
                }
            }
            match messages.poll_next_unpin(context) {
                Poll::Ready(Some(message)) => Poll::Ready(Event::Message(message)),
                // librdkafka's stream never ends.
                Poll::Ready(None) | Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Their new owners read them again.
    fn forget_revoked(&mut self) {
        let before = self.waiting.len();
        self.waiting.retain(|_, waiting| !waiting.lane.is_revoked());
        if self.waiting.len() < before {
            let Self { waiting, asking, .. } = self;
            asking.keep(|id| waiting.values().any(|waiting| waiting.id == id));
        }
    }

    /// Notes that the message given out last by `next` is done. Answers what is wrong, and with which partition.
    pub(crate) fn done(&mut self) -> Result<(), (i32, RDKafkaErrorCode)> {
        let Some(given) = self.given_out.take() else {
            return Ok(());
        };
        given.done().map_err(|error| (given.lane.partition, error))
    }

    /// The partition of the message given out last by `next`.
    pub(crate) fn open_partition(&self) -> Option<i32> {
        self.given_out.as_ref().map(|given| given.lane.partition)
    }

    /// Gives up a message that waits for its schema.
    pub(crate) fn skip(&mut self, client: &Client, partition: i32, offset: i64) -> bool {
        let is_it = |waiting: &Waiting| waiting.envelope.offset == offset && !waiting.lane.is_revoked();
        if !self.waiting.get(&partition).is_some_and(is_it) {
            return false;
        }
        if let Some(Waiting { lane, envelope, .. }) = self.waiting.remove(&partition) {
            lane.resume(client);
            tracing::warn!(
                topic = &*self.topic,
                partition,
                offset,
                "skipped: a message whose schema the registry does not give"
            );
            // It was not revoked a moment ago. If it is now, its new owner has the same question.
            let _ = lane.give_out(envelope.offset).done();
        }
        true
    }

    /// Reads a message, or lets it wait and answers `None` when its schema is not known yet.
    fn read(&mut self, client: &Client, message: &BorrowedMessage<'_>, done_by: DoneBy) -> Option<Received<T>> {
        let lane = self.lane(message.partition());
        let envelope = Envelope::of(message);
        let bad = |schema_id, problem| {
            let payload = message.payload().map(<[u8]>::to_vec);
            Outcome::Bad { schema_id, payload, problem }
        };
        let Some(payload) = message.payload() else {
            return Some(self.give(&lane, envelope, bad(None, MessageProblem::Tombstone), done_by));
        };
        let framed =
            require_prefix(RecordPart::Value, envelope.headers.iter()).and_then(|()| self.wire_format.split(payload));
        let (id, datum) = match framed {
            Ok(parts) => parts,
            Err(error) => return Some(self.give(&lane, envelope, bad(None, MessageProblem::Frame(error)), done_by)),
        };
        let outcome = match self.decoders.decode(id, datum) {
            Some(Ok(value)) => Outcome::Good { schema_id: id, value },
            Some(Err(problem)) => bad(Some(id), problem),
            None => match self.asking.refused(id) {
                Some(failure) => bad(Some(id), failure.into()),
                None => {
                    if self.asking.ask(id) {
                        lane.pause(client);
                    }
                    let waiting = Waiting { lane, envelope, payload: payload.to_vec(), id };
                    self.waiting.insert(message.partition(), waiting);
                    return None;
                }
            },
        };
        Some(self.give(&lane, envelope, outcome, done_by))
    }

    fn lane(&mut self, partition: i32) -> Arc<Lane> {
        match &self.last_lane {
            Some(lane) if lane.partition == partition && !lane.is_revoked() => Arc::clone(lane),
            _ => {
                let lane = self.lanes.lane(partition);
                self.last_lane = Some(Arc::clone(&lane));
                lane
            }
        }
    }

    /// A message that has waited for its schema, and does so no longer.
    fn take_ready(&mut self, client: &Client, done_by: DoneBy) -> Option<Received<T>> {
        while let Some(partition) = self.ready.pop_front() {
            let Some(Waiting { lane, envelope, payload, id }) = self.waiting.remove(&partition) else {
                continue;
            };
            if lane.is_revoked() {
                continue;
            }
            let decoded = self.wire_format.split(&payload).ok().and_then(|(_, datum)| self.decoders.decode(id, datum));
            let outcome = match (decoded, self.asking.refused(id)) {
                (Some(Ok(value)), _) => Outcome::Good { schema_id: id, value },
                (Some(Err(problem)), _) => Outcome::Bad { schema_id: Some(id), payload: Some(payload), problem },
                (None, Some(failure)) => {
                    Outcome::Bad { schema_id: Some(id), payload: Some(payload), problem: failure.into() }
                }
                (None, None) => {
                    // The refusal is too old to count.
                    self.asking.ask(id);
                    self.waiting.insert(partition, Waiting { lane, envelope, payload, id });
                    continue;
                }
            };
            lane.resume(client);
            return Some(self.give(&lane, envelope, outcome, done_by));
        }
        None
    }

    /// Follows what became of a question to the registry. Answers what to tell the caller about it.
    fn hear(&mut self, client: &Client, id: SchemaId, news: News) -> Option<ConsumeError> {
        let waiting = || self.waiting.values().filter(move |waiting| waiting.id == id);
        match news {
            News::Slow => waiting().for_each(|waiting| waiting.lane.pause(client)),
            News::Failed(failure) => {
                waiting().for_each(|waiting| waiting.lane.pause(client));
                let Waiting { envelope, payload, .. } = waiting().min_by_key(|waiting| waiting.lane.partition)?;
                let error = envelope.clone().waits(&self.topic, id, payload.clone(), failure.into());
                log_failure(&error);
                return Some(error);
            }
            News::Known(schema) => {
                self.decoders.learn(id, &schema);
                self.make_ready(id);
            }
            News::Refused => self.make_ready(id),
            News::NoRuntime => {
                self.ended = true;
                return Some(ConsumeError::NoRuntime { topic: Arc::clone(&self.topic) }).inspect(log_failure);
            }
        }
        None
    }

    fn make_ready(&mut self, id: SchemaId) {
        let of_schema = self.waiting.iter().filter(|(_, waiting)| waiting.id == id);
        self.ready.extend(of_schema.map(|(partition, _)| *partition));
    }

    /// Hands a message to the caller, good or bad.
    fn give(&mut self, lane: &Arc<Lane>, envelope: Envelope, outcome: Outcome<T>, done_by: DoneBy) -> Received<T> {
        let given = lane.give_out(envelope.offset);
        let acknowledgement = match done_by {
            DoneBy::Acknowledgement => Acknowledgement::new(given, true),
            DoneBy::AskingForTheNext => {
                self.given_out = Some(given.clone());
                Acknowledgement::new(given, false)
            }
        };
        match outcome {
            Outcome::Good { schema_id, value } => {
                let (partition, offset) = (envelope.partition, envelope.offset);
                tracing::debug!(topic = &*self.topic, partition, offset, schema = %schema_id, "received");
                Ok(envelope.with_value(&self.topic, schema_id, value, acknowledgement))
            }
            Outcome::Bad { schema_id, payload, problem } => {
                let error = envelope.with_problem(&self.topic, schema_id, payload, problem, acknowledgement);
                log_failure(&error);
                Err(error)
            }
        }
    }

    /// What to tell the caller about an error of the consumer as a whole. librdkafka mends most of them by itself, and
    /// has logged them already.
    fn kafka_failed(&mut self, error: &KafkaError) -> Option<ConsumeError> {
        let topic = Arc::clone(&self.topic);
        let error = match error {
            KafkaError::MessageConsumptionFatal(code) => ConsumeError::Fatal { topic, source: *code },
            KafkaError::MessageConsumption(
                code @ (RDKafkaErrorCode::NotImplemented | RDKafkaErrorCode::BadCompression),
            ) => ConsumeError::Undecompressable { topic, source: *code },
            KafkaError::MessageConsumption(code) if needs_attention(*code) => {
                ConsumeError::Kafka { topic, source: *code }
            }
            _ => return None,
        };
        self.ended |= error.is_fatal();
        log_failure(&error);
        Some(error)
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
