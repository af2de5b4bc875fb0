//! The way of one message after the other from its record to the caller.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::bad_message::BadMessage;
use super::borrowed::{BorrowedBatch, Runs};
use super::consume_error::ConsumeError;
use super::decoders::{Decoders, Reading};
use super::handout::{Handout, ReceivedAs};
use super::message::TypedMessage;
use super::schema_lookup::{FollowedLookup, LookupEvent, SchemaLookups};
use crate::connection::acknowledgement::Acknowledgement;
use crate::connection::lanes::{DoneBy, Lanes};
use crate::connection::measurement;
use crate::connection::record_batch::{ReceivedRecord, RecordRef};
use avro_typed::topic::{DecodeKey, DecodeValue, ViewKey, ViewValue};

/// What a reader of messages remembers between two of them.
pub(crate) struct MessageReader<V, K> {
    pub(crate) lanes: Lanes,
    topic: Arc<str>,
    decoders: Decoders<V, K>,
    lookups: SchemaLookups,
    /// Of the assignment whose failures were taken.
    version: u64,
    /// Whether nothing can be asked of the registry any more.
    has_no_runtime: bool,
}

/// What a record was read as.
pub(crate) enum Received<V, K> {
    Good(TypedMessage<V, K>),
    Bad(BadMessage),
}

impl<V: DecodeValue, K: DecodeKey> MessageReader<V, K> {
    pub(crate) fn new(topic: Arc<str>, lanes: Lanes, decoders: Decoders<V, K>, lookups: SchemaLookups) -> Self {
        // No assignment has this version, so that its failures are looked for at once.
        Self { lanes, topic, decoders, lookups, version: u64::MAX, has_no_runtime: false }
    }

    /// A reader of other lanes of the same consumer.
    pub(crate) fn of_lanes(&self, lanes: Lanes) -> Self {
        Self::new(Arc::clone(&self.topic), lanes, self.decoders.clone(), self.lookups.another())
    }

    /// The next message. Dropping the future loses none, and stops no lookup.
    pub(crate) async fn next(&mut self, done_by: DoneBy) -> Option<Result<Received<V, K>, ConsumeError>> {
        self.receive(done_by, false).await
    }

    /// The next message, or `None` once all partitions were read up to their end.
    pub(crate) async fn next_until_end(&mut self, done_by: DoneBy) -> Option<Result<Received<V, K>, ConsumeError>> {
        self.receive(done_by, true).await
    }

    /// The next messages of one partition, up to `max`, lent where they are.
    pub(crate) async fn next_lent(&mut self, max: usize) -> Option<Result<BorrowedBatch<V, K>, ConsumeError>>
    where
        V: ViewValue,
        K: ViewKey,
    {
        self.lanes.ask_for_the_next().await;
        loop {
            if let Some(ended) = self.interruption() {
                return ended.map(Err);
            }
            if let Some(batch) = self.take_lent(max) {
                return Some(Ok(batch));
            }
            if let Some(error) = self.wait().await {
                return Some(Err(error));
            }
        }
    }

    async fn receive(&mut self, done_by: DoneBy, until_end: bool) -> Option<Result<Received<V, K>, ConsumeError>> {
        self.lanes.ask_for_the_next().await;
        loop {
            if let Some(ended) = self.interruption() {
                return ended.map(Err);
            }
            if let Some(received) = self.take(done_by) {
                return Some(Ok(received));
            }
            if until_end && self.lanes.is_at_end() {
                return None;
            }
            if let Some(error) = self.wait().await {
                return Some(Err(error));
            }
        }
    }

    /// What comes instead of a message: an error, or the end of all.
    pub(crate) fn interruption(&mut self) -> Option<Option<ConsumeError>> {
        let version = self.lanes.assignment().version();
        if version != self.version {
            while let Some(error) = self.lanes.assignment().take_failure() {
                // librdkafka logs these, and goes on by itself.
                if !error.is_transient() {
                    return Some(Some(ConsumeError::from(error)).inspect(log_failure));
                }
            }
            self.version = version;
        }
        (self.has_no_runtime || self.lanes.has_ended()).then_some(None)
    }

    /// A message that is there.
    pub(crate) fn take(&mut self, done_by: DoneBy) -> Option<Received<V, K>> {
        let read = |decoders: &mut Decoders<V, K>, _: &Lanes, record: RecordRef<'_>| decoders.read(record);
        self.take_with(done_by, read, |_| ()).map(|(received, ())| received)
    }

    /// Adds messages that are there, until there are `max`, each with an acknowledgement of its own. Costs less than
    /// taking one after the other, since those of a partition are handed out together.
    pub(crate) fn take_many(&mut self, max: usize, messages: &mut VecDeque<Result<TypedMessage<V, K>, ConsumeError>>) {
        while messages.len() < max && self.lanes.find() {
            let Self { lanes, decoders, lookups, .. } = self;
            let start = messages.len();
            let mut blocked_by = None;
            for record in lanes.records().take(max - start) {
                let acknowledgement = || Acknowledgement::new(record.pending(), true);
                let bad = |schema_id, problem| {
                    let bad = BadMessage::read(record, schema_id, problem);
                    BadMessage { acknowledgement: acknowledgement(), ..bad }.into()
                };
                messages.push_back(match decoders.read(record) {
                    Reading::Good { schema_id, value, key } => {
                        Ok(TypedMessage::read(record, schema_id, value, key, acknowledgement()))
                    }
                    Reading::Bad { schema_id, problem } => Err(bad(schema_id, problem)),
                    Reading::NeedsSchema(id) => match lookups.refused(id) {
                        Some(failure) => Err(bad(Some(id), failure.into())),
                        None => {
                            blocked_by = Some(id);
                            break;
                        }
                    },
                });
            }
            let count = messages.len() - start;
            if count > 0 && !lanes.hand_out_many(count) {
                // The partition ends at this moment.
                messages.range(start..).filter_map(acknowledgement_of).for_each(Acknowledgement::withdraw);
                messages.truncate(start);
                continue;
            }
            for message in messages.range(start..) {
                match message {
                    Ok(message) => log_good(message),
                    Err(error) => error.bad_message().into_iter().for_each(|bad| log_bad(bad, DoneBy::Acknowledgement)),
                }
            }
            if let Some(id) = blocked_by {
                lanes.block(lookups.start(id));
            }
        }
    }

    /// Messages of one partition that are there, up to `max`, lent where they are.
    pub(crate) fn take_lent(&mut self, max: usize) -> Option<BorrowedBatch<V, K>>
    where
        V: ViewValue,
        K: ViewKey,
    {
        while self.lanes.find() {
            let Self { lanes, decoders, lookups, .. } = self;
            let (mut count, mut runs, mut blocked_by) = (0, Runs::default(), None);
            for record in lanes.records().take(max.max(1)) {
                match decoders.find(record) {
                    Ok(found) => runs.push(count, found),
                    Err(id) => match lookups.refused(id) {
                        Some(failure) => runs.push_refused(count, id, failure),
                        None => {
                            blocked_by = Some(id);
                            break;
                        }
                    },
                }
                count += 1;
            }
            let mut records = None;
            if count > 0 {
                records = lanes.hand_out_lent(count);
                if records.is_none() {
                    // The partition ends at this moment.
                    continue;
                }
            }
            if let Some(id) = blocked_by {
                lanes.block(lookups.start(id));
            }
            if let Some(records) = records {
                let (topic, partition, count) = (records.topic(), records.partition(), records.len());
                tracing::debug!(topic, partition, count, "received");
                return Some(BorrowedBatch::new(records, runs, decoders.reader()));
            }
        }
        None
    }

    /// A message that is there, handed out as what `H` makes of it, and its record.
    pub(crate) fn take_with_record<H: Handout<V, K>>(
        &mut self,
        done_by: DoneBy,
    ) -> Option<(ReceivedAs<H, V, K>, ReceivedRecord)> {
        loop {
            let read = |decoders: &mut Decoders<V, K>, lanes: &Lanes, record: RecordRef<'_>| {
                H::read(decoders, record, || lanes.received())
            };
            let (received, record) = self.take_with(done_by, read, Lanes::received)?;
            if let Some(record) = record {
                return Some((received, record));
            }
            debug_assert!(false, "a record was read, and so it is there");
        }
    }

    fn take_with<A, B, R>(
        &mut self,
        done_by: DoneBy,
        read: impl Fn(&mut Decoders<V, K>, &Lanes, RecordRef<'_>) -> Reading<A, B>,
        look: impl Fn(&Lanes) -> R,
    ) -> Option<(Received<A, B>, R)> {
        while self.lanes.find() {
            let Self { lanes, decoders, lookups, .. } = self;
            let Some(record) = lanes.record() else {
                debug_assert!(false, "a record was found, and so it is there");
                return None;
            };
            let mut received = match read(decoders, lanes, record) {
                Reading::Good { schema_id, value, key } => {
                    let acknowledgement = Acknowledgement::comes_again();
                    Received::Good(TypedMessage::read(record, schema_id, value, key, acknowledgement))
                }
                Reading::Bad { schema_id, problem } => Received::Bad(BadMessage::read(record, schema_id, problem)),
                Reading::NeedsSchema(id) => match lookups.refused(id) {
                    Some(failure) => Received::Bad(BadMessage::read(record, Some(id), failure.into())),
                    None => {
                        lanes.block(lookups.start(id));
                        continue;
                    }
                },
            };
            let looked = look(lanes);
            // The partition ends at this moment.
            let Some(acknowledgement) = lanes.hand_out(done_by) else {
                continue;
            };
            received.set_acknowledgement(acknowledgement);
            received.log(done_by);
            return Some((received, looked));
        }
        None
    }

    pub(crate) fn decoders(&self) -> &Decoders<V, K> {
        &self.decoders
    }

    /// Waits until there may be a message, or something else to report. Returns an error that the caller should see.
    pub(crate) async fn wait(&mut self) -> Option<ConsumeError> {
        let Self { lanes, lookups, .. } = self;
        let event = poll_fn(|context| {
            if !lookups.is_empty() {
                // The schemas that only revoked partitions have waited for.
                lookups.keep(|lookup| lanes.blocked().any(|(reason, _)| reason == lookup));
                if let Poll::Ready(event) = lookups.poll(context) {
                    return Poll::Ready(Some(event));
                }
            }
            lanes.poll_change(context).map(|()| None)
        });
        let followed = event.await?;
        self.follow_lookup(followed)
    }

    /// Follows what became of a lookup. Returns an error that the caller should see.
    fn follow_lookup(&mut self, followed: FollowedLookup) -> Option<ConsumeError> {
        let FollowedLookup { id, number, event } = followed;
        match event {
            LookupEvent::Failed(failure) => {
                let waiting = self.lanes.blocked().filter(|(reason, _)| *reason == number);
                let (_, first) = waiting
                    .min_by_key(|(_, record)| (Arc::clone(&record.partition().topic), record.partition().partition))?;
                let error = BadMessage::read(first, Some(id), failure.into()).retriable().into();
                match self.lookups.is_news(id) {
                    true => log_failure(&error),
                    false => tracing::debug!(topic = error.topic(), "failed: {error}"),
                }
                return Some(error);
            }
            LookupEvent::Known(schema) => {
                self.decoders.learn(id, &schema);
                self.lanes.unblock(number);
            }
            LookupEvent::Refused => self.lanes.unblock(number),
            LookupEvent::NoRuntime => {
                self.has_no_runtime = true;
                return Some(ConsumeError::NoRuntime { topic: Arc::clone(&self.topic) }).inspect(log_failure);
            }
        }
        None
    }

    /// Gives up a message that waits for its schema.
    pub(crate) fn skip(&mut self, topic: &str, partition: i32, offset: i64) -> bool {
        let is_skipped = self.lanes.skip(topic, partition, offset);
        if is_skipped {
            tracing::warn!(topic, partition, offset, "skipped: a message whose schema the registry does not provide");
        }
        is_skipped
    }
}

impl<V, K> Received<V, K> {
    fn set_acknowledgement(&mut self, acknowledgement: Acknowledgement) {
        match self {
            Self::Good(message) => message.acknowledgement = acknowledgement,
            Self::Bad(message) => message.acknowledgement = acknowledgement,
        }
    }

    fn log(&self, done_by: DoneBy) {
        match self {
            Self::Good(message) => log_good(message),
            Self::Bad(message) => log_bad(message, done_by),
        }
    }

    pub(crate) fn into_result(self) -> Result<TypedMessage<V, K>, ConsumeError> {
        match self {
            Self::Good(message) => Ok(message),
            Self::Bad(message) => Err(message.into()),
        }
    }
}

/// What reports that a message is done, also one that could not be read.
pub(super) fn acknowledgement_of<V, K>(message: &Result<TypedMessage<V, K>, ConsumeError>) -> Option<&Acknowledgement> {
    match message {
        Ok(message) => Some(&message.acknowledgement),
        Err(error) => error.acknowledgement(),
    }
}

fn log_good<V, K>(TypedMessage { topic, partition, offset, schema_id, .. }: &TypedMessage<V, K>) {
    let schema = schema_id.map(tracing::field::display);
    tracing::debug!(topic = &**topic, partition, offset, schema, "received");
}

pub(super) fn log_bad(message: &BadMessage, done_by: DoneBy) {
    measurement::bad_message(&message.topic, message.problem.kind());
    let topic = &*message.topic;
    // A handler's run logs what becomes of it, and not each one.
    if done_by == DoneBy::Handler {
        return tracing::debug!(topic, "failed: {message}");
    }
    let cause = std::error::Error::source(message).map(tracing::field::display);
    tracing::warn!(topic, cause, "failed: {message}");
}

fn log_failure(error: &ConsumeError) {
    let cause = std::error::Error::source(error).map(tracing::field::display);
    tracing::warn!(topic = error.topic(), cause, "failed: {error}");
}
