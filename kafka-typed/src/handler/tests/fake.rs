//! A consumer without Kafka.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rdkafka::types::RDKafkaErrorCode;
use tokio::sync::{mpsc, watch};

use super::super::outlet::{Arrival, Destination, Outlet, Sending, TopicRole};
use super::super::run_error::RunProblem;
use super::super::source::{Access, Outcome, Read, Reader, Record, Source};
use crate::connection::{CommitError, ConsumerRecord, DeliveryError, KafkaErrorCode};
use crate::consumer::{BadMessage, ConsumeError, MessageProblem, TypedMessage};
use crate::failure::LetterError;

/// Where a message is.
pub(super) type At = (i32, i64);

/// What is done, in the order in which it was.
#[derive(Clone)]
pub(super) struct Ledger(watch::Sender<Vec<At>>);

impl Ledger {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }

    pub(super) fn done(&self) -> Vec<At> {
        self.0.borrow().clone()
    }

    /// Resolves once so many messages are done.
    pub(super) async fn until(&self, count: usize) {
        let _ = self.0.subscribe().wait_for(|done| done.len() >= count).await;
    }
}

/// Hands out what is put into its channel.
pub(super) struct FakeSource {
    pub(super) partitions: mpsc::UnboundedReceiver<FakeReader>,
    pub(super) is_closed: Arc<Mutex<bool>>,
}

impl Source for FakeSource {
    type Reader = FakeReader;

    async fn next_partition(&mut self) -> Option<Result<FakeReader, ConsumeError>> {
        self.partitions.recv().await.map(Ok)
    }

    async fn close_within(self, _: Duration) -> Result<(), CommitError> {
        *self.is_closed.lock().unwrap() = true;
        Ok(())
    }
}

/// How far the revocation of a partition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum Stage {
    Assigned,
    Revoking,
    Lost,
}

/// A partition with records, after which it waits to be revoked.
pub(super) struct FakeReader {
    topic: Arc<str>,
    partition: i32,
    records: VecDeque<FakeRecord>,
    stage: watch::Receiver<Stage>,
    /// How many records were handed out.
    pub(super) read: Arc<AtomicU32>,
}

impl FakeReader {
    /// Payloads that are numbers are good ones.
    pub(super) fn new(
        topic: &str,
        partition: i32,
        records: impl IntoIterator<Item = (Option<String>, String)>,
        ledger: &Ledger,
    ) -> (Self, watch::Sender<Stage>) {
        let topic: Arc<str> = topic.into();
        let record = |(offset, (key, payload)): (i64, (Option<String>, String))| {
            let record = ConsumerRecord::new(Some(payload.into_bytes()))
                .topic(Arc::clone(&topic))
                .partition(partition)
                .offset(offset);
            let record = match key {
                Some(key) => record.key(key),
                None => record,
            };
            FakeRecord { record, ledger: ledger.clone() }
        };
        let records = (0..).zip(records).map(record).collect();
        let (sender, stage) = watch::channel(Stage::Assigned);
        (Self { topic, partition, records, stage, read: Arc::default() }, sender)
    }

    fn read(&mut self) -> Option<Read<Self>> {
        let record = self.records.pop_front()?;
        self.read.fetch_add(1, Ordering::Relaxed);
        Some(Read { outcome: decode(&record), record })
    }
}

fn decode(record: &FakeRecord) -> Outcome<FakeReader> {
    let ConsumerRecord { topic, partition, offset, key, payload, .. } = record.record.clone();
    let text = String::from_utf8(payload.unwrap_or_default()).unwrap();
    let Ok(value) = text.parse::<u32>() else {
        let bad = BadMessage::new(MessageProblem::Tombstone).topic(topic).partition(partition).offset(offset);
        return Box::new(Err(bad));
    };
    let mut message = TypedMessage::new(value).topic(topic).partition(partition).offset(offset);
    message.key = key;
    Box::new(Ok(message))
}

async fn reached(stage: &watch::Receiver<Stage>, expected: Stage) {
    // One whose sender is gone stays assigned.
    if stage.clone().wait_for(|stage| *stage >= expected).await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Reader for FakeReader {
    type Value = u32;
    type Key = Vec<u8>;
    type Record = FakeRecord;
    type Access = FakeAccess;

    fn topic(&self) -> &Arc<str> {
        &self.topic
    }

    fn partition(&self) -> i32 {
        self.partition
    }

    async fn next(&mut self) -> Option<Read<Self>> {
        if *self.stage.borrow() != Stage::Assigned {
            return None;
        }
        if let Some(read) = self.read() {
            return Some(read);
        }
        reached(&self.stage, Stage::Revoking).await;
        None
    }

    async fn next_batch(&mut self, most: usize, _: Duration) -> Option<Vec<Read<Self>>> {
        let first = self.next().await?;
        let mut batch = vec![first];
        while batch.len() < most
            && let Some(read) = self.read()
        {
            batch.push(read);
        }
        Some(batch)
    }

    fn access(&self) -> FakeAccess {
        FakeAccess(self.stage.clone())
    }
}

pub(super) struct FakeAccess(watch::Receiver<Stage>);

impl Access<FakeReader> for FakeAccess {
    fn is_revoking(&self) -> bool {
        *self.0.borrow() != Stage::Assigned
    }

    async fn revoking(&self) {
        reached(&self.0, Stage::Revoking).await;
    }

    async fn lost(&self) {
        reached(&self.0, Stage::Lost).await;
    }

    fn decode(&self, record: &FakeRecord) -> Option<Outcome<FakeReader>> {
        Some(decode(record))
    }
}

pub(super) struct FakeRecord {
    record: ConsumerRecord,
    ledger: Ledger,
}

impl Record for FakeRecord {
    fn key(&self) -> Option<&[u8]> {
        self.record.key.as_deref()
    }

    fn offset(&self) -> i64 {
        self.record.offset
    }

    fn to_record(&self) -> Option<ConsumerRecord> {
        Some(self.record.clone())
    }

    fn done(&self) {
        self.ledger.0.send_modify(|done| done.push((self.record.partition, self.record.offset)));
    }
}

/// Remembers what it was sent.
#[derive(Default)]
pub(super) struct FakeOutlet {
    pub(super) sent: Mutex<BTreeMap<At, Destination>>,
    /// How often sending fails at first.
    pub(super) failures: AtomicU32,
    /// How messages of the retry topic came.
    pub(super) arrival: Option<Arrival>,
}

/// The one retry topic.
pub(super) const RETRY_TOPIC: &str = "orders-retry-10s";

impl Outlet for Arc<FakeOutlet> {
    async fn send(&self, record: &ConsumerRecord, sending: Sending<'_>) -> Result<(), LetterError> {
        let Sending::Failed { to, .. } = sending else { panic!("no order of keys is kept here") };
        let fails =
            self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if fails {
            let source = KafkaErrorCode::new(RDKafkaErrorCode::MessageTimedOut);
            let (topic, target): (Arc<str>, Arc<str>) = (Arc::clone(&record.topic), "orders-dlt".into());
            let source = DeliveryError::NotDelivered { topic: Arc::clone(&target), source };
            let ConsumerRecord { partition, offset, .. } = *record;
            return Err(LetterError::NotDelivered { topic, partition, offset, target, source });
        }
        let before = self.sent.lock().unwrap().insert((record.partition, record.offset), to);
        assert_eq!(before, None, "sent twice");
        Ok(())
    }

    fn arrival(&self, _: &ConsumerRecord) -> Arrival {
        self.arrival.unwrap()
    }

    fn role(&self, topic: &str) -> TopicRole {
        if topic == RETRY_TOPIC { TopicRole::Retries } else { TopicRole::Own }
    }

    async fn each_waiting(&self, _: &Arc<str>, _: i32, _: impl FnMut(&[u8], Arrival) + Send) -> Result<(), RunProblem> {
        Ok(())
    }
}
