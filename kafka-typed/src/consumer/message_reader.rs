//! The way of one message after the other from its record to the caller.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use avro_typed::{AvroType, DecodeOwned};
use schema_registry::{RecordPart, SchemaId, WireFormat, require_prefix};

use super::bad_message::{BadMessage, MessageProblem};
use super::consume_error::ConsumeError;
use super::decoders::Decoders;
use super::message::TypedMessage;
use super::schema_lookup::{LookupEvent, SchemaLookups};
use crate::connection::assignment::AssignedPartition;
use crate::connection::consumer_client::Client;
use crate::connection::consumer_record::{BorrowedRecord, Envelope};
use crate::connection::polling::{DoneBy, Messages, Polled, Polling};

/// What a consumer remembers between two messages.
pub(crate) struct MessageReader<T> {
    pub(crate) polling: Polling,
    topic: Arc<str>,
    decoders: Decoders<T>,
    lookups: SchemaLookups,
    wire_format: WireFormat,
    /// Messages whose schemas are not known yet, by topic and partition. They have left librdkafka, so that they stay
    /// here until they are handed out. Nothing more of their partitions is read meanwhile.
    waiting: HashMap<(Arc<str>, i32), Waiting>,
    /// Partitions whose waiting message can be handed out.
    ready: VecDeque<(Arc<str>, i32)>,
}

struct Waiting {
    partition: Arc<AssignedPartition>,
    envelope: Envelope,
    payload: Vec<u8>,
    id: SchemaId,
}

impl Waiting {
    fn key(&self) -> (Arc<str>, i32) {
        (Arc::clone(&self.partition.topic), self.partition.partition)
    }
}

enum Event<'m> {
    Polled(Polled<'m>),
    Lookup(SchemaId, LookupEvent),
}

type Received<T> = Result<TypedMessage<T>, ConsumeError>;

/// What became of a payload.
enum Outcome<T> {
    Good { schema_id: SchemaId, value: T },
    Bad { schema_id: Option<SchemaId>, payload: Option<Vec<u8>>, problem: MessageProblem },
}

impl<T: DecodeOwned + AvroType> MessageReader<T> {
    pub(crate) fn new(
        topic: Arc<str>,
        polling: Polling,
        decoders: Decoders<T>,
        lookups: SchemaLookups,
        wire_format: WireFormat,
    ) -> Self {
        let (waiting, ready) = (HashMap::new(), VecDeque::new());
        Self { polling, topic, decoders, lookups, wire_format, waiting, ready }
    }

    /// The next message. Dropping the future loses none, and stops no lookup.
    pub(crate) async fn next<'m>(
        &mut self,
        client: &'m Client,
        messages: &mut Messages<'m>,
        done_by: DoneBy,
    ) -> Option<Received<T>> {
        self.polling.ask_for_the_next().await;
        loop {
            if self.polling.has_ended() {
                return None;
            }
            if let Some(received) = self.take_ready(client, done_by) {
                return Some(received);
            }
            let received = match self.event(messages).await {
                Event::Polled(Polled::Record(record)) => self.read(client, &record, done_by),
                // librdkafka logs these, and goes on by itself.
                Event::Polled(Polled::Failed(error)) if error.is_transient() => None,
                Event::Polled(Polled::Failed(error)) => Some(Err(ConsumeError::from(error)).inspect_err(log_failure)),
                Event::Polled(Polled::EndOfPartition) => None,
                Event::Lookup(id, event) => self.follow_lookup(client, id, event).map(Err),
            };
            if received.is_some() {
                return received;
            }
        }
    }

    /// Whatever happens next. The group is served meanwhile.
    async fn event<'m>(&mut self, messages: &mut Messages<'m>) -> Event<'m> {
        poll_fn(|context| {
            if !self.waiting.is_empty() {
                self.forget_revoked();
                if let Poll::Ready((id, event)) = self.lookups.poll(context) {
                    return Poll::Ready(Event::Lookup(id, event));
                }
                // The next message could be of a partition whose message waits.
                if !self.waiting.values().all(|waiting| waiting.partition.is_paused()) {
                    return Poll::Pending;
                }
            }
            self.polling.poll(messages, context).map(Event::Polled)
        })
        .await
    }

    /// Their new owners read them again.
    fn forget_revoked(&mut self) {
        let before = self.waiting.len();
        self.waiting.retain(|_, waiting| !waiting.partition.is_revoked());
        if self.waiting.len() < before {
            let Self { waiting, lookups, .. } = self;
            lookups.keep(|id| waiting.values().any(|waiting| waiting.id == id));
        }
    }

    /// Gives up a message that waits for its schema.
    pub(crate) fn skip(&mut self, client: &Client, topic: &Arc<str>, partition: i32, offset: i64) -> bool {
        let key = (Arc::clone(topic), partition);
        let is_it = |waiting: &Waiting| waiting.envelope.offset == offset && !waiting.partition.is_revoked();
        if !self.waiting.get(&key).is_some_and(is_it) {
            return false;
        }
        if let Some(Waiting { partition: assigned, envelope, .. }) = self.waiting.remove(&key) {
            assigned.resume(client);
            tracing::warn!(
                topic = &**topic,
                partition,
                offset,
                "skipped: a message whose schema the registry does not provide"
            );
            // It was not revoked a moment ago. If it is now, its new owner has the same question.
            let _ = assigned.hand_out(envelope.offset).done();
        }
        true
    }

    /// Reads a message, or lets it wait and returns `None` when its schema is not known yet.
    fn read(&mut self, client: &Client, record: &BorrowedRecord<'_>, done_by: DoneBy) -> Option<Received<T>> {
        let partition = self.polling.partition(record);
        let envelope = record.envelope(&partition.topic);
        let bad = |schema_id, problem| {
            let payload = record.payload().map(<[u8]>::to_vec);
            Outcome::Bad { schema_id, payload, problem }
        };
        let Some(payload) = record.payload() else {
            return Some(self.hand_out(&partition, envelope, bad(None, MessageProblem::Tombstone), done_by));
        };
        let framed =
            require_prefix(RecordPart::Value, envelope.headers.iter()).and_then(|()| self.wire_format.split(payload));
        let (id, datum) = match framed {
            Ok(parts) => parts,
            Err(error) => {
                return Some(self.hand_out(&partition, envelope, bad(None, MessageProblem::Frame(error)), done_by));
            }
        };
        let outcome = match self.decoders.decode(id, datum) {
            Some(Ok(value)) => Outcome::Good { schema_id: id, value },
            Some(Err(problem)) => bad(Some(id), problem),
            None => match self.lookups.refused(id) {
                Some(failure) => bad(Some(id), failure.into()),
                None => {
                    if self.lookups.start(id) {
                        partition.pause(client);
                    }
                    let waiting = Waiting { partition, envelope, payload: payload.to_vec(), id };
                    self.waiting.insert(waiting.key(), waiting);
                    return None;
                }
            },
        };
        Some(self.hand_out(&partition, envelope, outcome, done_by))
    }

    /// A message that has waited for its schema, and does so no longer.
    fn take_ready(&mut self, client: &Client, done_by: DoneBy) -> Option<Received<T>> {
        while let Some(key) = self.ready.pop_front() {
            let Some(Waiting { partition, envelope, payload, id }) = self.waiting.remove(&key) else {
                continue;
            };
            if partition.is_revoked() {
                continue;
            }
            let framed = self.wire_format.split(&payload);
            debug_assert!(framed.is_ok(), "its schema id was split off before");
            let decoded = framed.ok().and_then(|(_, datum)| self.decoders.decode(id, datum));
            let outcome = match (decoded, self.lookups.refused(id)) {
                (Some(Ok(value)), _) => Outcome::Good { schema_id: id, value },
                (Some(Err(problem)), _) => Outcome::Bad { schema_id: Some(id), payload: Some(payload), problem },
                (None, Some(failure)) => {
                    Outcome::Bad { schema_id: Some(id), payload: Some(payload), problem: failure.into() }
                }
                (None, None) => {
                    // The refusal is too old to count.
                    self.lookups.start(id);
                    self.waiting.insert(key, Waiting { partition, envelope, payload, id });
                    continue;
                }
            };
            partition.resume(client);
            return Some(self.hand_out(&partition, envelope, outcome, done_by));
        }
        None
    }

    /// Follows what became of a lookup. Returns an error that the caller should see.
    fn follow_lookup(&mut self, client: &Client, id: SchemaId, event: LookupEvent) -> Option<ConsumeError> {
        let waiting = || self.waiting.values().filter(move |waiting| waiting.id == id);
        match event {
            LookupEvent::Slow => waiting().for_each(|waiting| waiting.partition.pause(client)),
            LookupEvent::Failed(failure) => {
                waiting().for_each(|waiting| waiting.partition.pause(client));
                let Waiting { envelope, payload, .. } = waiting().min_by_key(|waiting| waiting.key())?;
                let (envelope, payload) = (envelope.clone(), Some(payload.clone()));
                let acknowledgement = Default::default();
                let message = BadMessage::received(envelope, Some(id), payload, failure.into(), acknowledgement);
                let error = message.retriable().into();
                log_failure(&error);
                return Some(error);
            }
            LookupEvent::Known(schema) => {
                self.decoders.learn(id, &schema);
                self.make_ready(id);
            }
            LookupEvent::Refused => self.make_ready(id),
            LookupEvent::NoRuntime => {
                self.polling.end();
                return Some(ConsumeError::NoRuntime { topic: Arc::clone(&self.topic) }).inspect(log_failure);
            }
        }
        None
    }

    fn make_ready(&mut self, id: SchemaId) {
        let of_schema = self.waiting.iter().filter(|(_, waiting)| waiting.id == id);
        self.ready.extend(of_schema.map(|(key, _)| key.clone()));
    }

    /// Hands a message to the caller, good or bad.
    fn hand_out(
        &mut self,
        partition: &Arc<AssignedPartition>,
        envelope: Envelope,
        outcome: Outcome<T>,
        done_by: DoneBy,
    ) -> Received<T> {
        let acknowledgement = self.polling.hand_out(partition, envelope.offset, done_by);
        match outcome {
            Outcome::Good { schema_id, value } => {
                let Envelope { topic, partition, offset, .. } = &envelope;
                tracing::debug!(topic = &**topic, partition, offset, schema = %schema_id, "received");
                Ok(TypedMessage::received(envelope, schema_id, value, acknowledgement))
            }
            Outcome::Bad { schema_id, payload, problem } => {
                let error = BadMessage::received(envelope, schema_id, payload, problem, acknowledgement).into();
                log_failure(&error);
                Err(error)
            }
        }
    }
}

fn log_failure(error: &ConsumeError) {
    let cause = std::error::Error::source(error).map(tracing::field::display);
    tracing::warn!(topic = error.topic(), cause, "failed: {error}");
}
