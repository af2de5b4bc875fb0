//! The consumer of the floor below, as a run reads it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};
use futures_util::future::{Either, select};
use tokio::time::{Instant, sleep_until};

use super::source::{self, Access, Outcome, Reader, Record, Source};
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::record_batch::ReceivedRecord;
use crate::connection::{CommitError, ConsumerRecord};
use crate::consumer::ConsumeError;
use crate::consumer::handout::{AsLent, AsOwned, Handout};
use crate::consumer::partitioned::{PartitionAccess, PartitionReader, PartitionedConsumer, Read};

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> Source for PartitionedConsumer<V, K> {
    type Reader = ConsumerReader<V, K>;

    async fn next_partition(&mut self) -> Option<Result<ConsumerReader<V, K>, ConsumeError>> {
        let partition = self.next_partition().await?;
        Some(partition.map(|reader| ConsumerReader { reader, batch: Vec::new(), until: Instant::now() }))
    }

    async fn close_within(self, timeout: Duration) -> Result<(), CommitError> {
        self.close_within(timeout).await
    }
}

/// A consumer whose messages are lent.
pub(crate) struct Lending<V, K>(pub(crate) PartitionedConsumer<V, K>);

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> Source for Lending<V, K> {
    type Reader = ConsumerReader<V, K, AsLent>;

    async fn next_partition(&mut self) -> Option<Result<Self::Reader, ConsumeError>> {
        let partition = self.0.next_partition().await?;
        Some(partition.map(|reader| ConsumerReader { reader, batch: Vec::new(), until: Instant::now() }))
    }

    async fn close_within(self, timeout: Duration) -> Result<(), CommitError> {
        self.0.close_within(timeout).await
    }
}

/// The messages of one partition, handed out as what `H` makes of them.
pub(crate) struct ConsumerReader<V, K, H = AsOwned>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    H: Handout<V, K>,
{
    reader: PartitionReader<V, K>,
    /// A batch that is not complete, until this time.
    batch: Vec<source::Read<Self>>,
    until: Instant,
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static, H: Handout<V, K>> ConsumerReader<V, K, H> {
    /// The partition that it reads.
    pub(crate) fn assigned(&self) -> &Arc<AssignedPartition> {
        self.reader.assigned()
    }
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static, H: Handout<V, K>> Reader
    for ConsumerReader<V, K, H>
{
    type Value = H::Value;
    type Key = H::Key;
    type Record = HeldRecord;
    type Access = PartitionAccess<V, K>;

    fn topic(&self) -> &Arc<str> {
        self.reader.topic()
    }

    fn partition(&self) -> i32 {
        self.reader.partition()
    }

    async fn next(&mut self) -> Option<source::Read<Self>> {
        self.reader.next::<H>().await.map(hold)
    }

    async fn next_batch(&mut self, most: usize, wait: Duration) -> Option<Vec<source::Read<Self>>> {
        if self.batch.is_empty() {
            let first = self.next().await?;
            self.batch.push(first);
            self.until = Instant::now() + wait;
        }
        loop {
            while self.batch.len() < most
                && let Some(read) = self.reader.take::<H>()
            {
                self.batch.push(hold(read));
            }
            if self.batch.len() >= most || wait.is_zero() {
                break;
            }
            match select(pin!(sleep_until(self.until)), pin!(self.reader.next::<H>())).await {
                Either::Left(_) | Either::Right((None, _)) => break,
                Either::Right((Some(read), _)) => self.batch.push(hold(read)),
            }
        }
        Some(std::mem::take(&mut self.batch))
    }

    fn access(&self) -> PartitionAccess<V, K> {
        self.reader.access()
    }
}

fn hold<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static, H: Handout<V, K>>(
    Read { outcome, record }: Read<H::Value, H::Key>,
) -> source::Read<ConsumerReader<V, K, H>> {
    source::Read { outcome: Box::new(outcome), record: HeldRecord { record, is_done: AtomicBool::new(false) } }
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static, H: Handout<V, K>> Access<ConsumerReader<V, K, H>>
    for PartitionAccess<V, K>
{
    fn is_revoking(&self) -> bool {
        self.is_ending()
    }

    fn revoking(&self) -> impl Future<Output = ()> + Send {
        self.ending()
    }

    fn lost(&self) -> impl Future<Output = ()> + Send {
        self.ended()
    }

    fn decode(&self, record: &HeldRecord) -> Option<Outcome<ConsumerReader<V, K, H>>> {
        self.decode::<H>(&record.record).map(Box::new)
    }
}

/// A record that nobody waits for any longer when it is dropped before it is done.
pub(crate) struct HeldRecord {
    record: ReceivedRecord,
    is_done: AtomicBool,
}

impl Record for HeldRecord {
    fn key(&self) -> Option<&[u8]> {
        self.record.record()?.key()
    }

    fn offset(&self) -> i64 {
        self.record.record().map_or(-1, |record| record.offset())
    }

    fn to_record(&self) -> Option<ConsumerRecord> {
        self.record.to_record()
    }

    fn done(&self) {
        self.is_done.store(true, Ordering::Relaxed);
        self.record.done();
    }
}

impl Drop for HeldRecord {
    fn drop(&mut self) {
        if !*self.is_done.get_mut() {
            self.record.give_up();
        }
    }
}
