//! The consumer of a transactional run: its messages are done as part of the transaction.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};
use futures_util::future::{Either, select};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::error::TransactionError;
use super::in_transaction::Gate;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::{CommitError, ConsumerRecord};
use crate::consumer::ConsumeError;
use crate::consumer::partitioned::PartitionedConsumer;
use crate::handler::consumer_source::ConsumerReader;
use crate::handler::source::{Access, Outcome, Read, Reader, Record, Source};

/// How the transactions of a run have ended, once they have.
pub(super) type Outcomes = Arc<Mutex<Option<Result<(), TransactionError>>>>;

/// A consumer whose messages are done as part of the transaction.
pub(super) struct TransactionalSource<V, K> {
    pub(super) consumer: PartitionedConsumer<V, K>,
    pub(super) gate: Arc<Gate>,
    pub(super) id: Arc<str>,
    /// `None` once it has ended.
    pub(super) coordinator: Option<JoinHandle<Result<(), TransactionError>>>,
    pub(super) outcome: Outcomes,
}

impl<V, K> TransactionalSource<V, K> {
    fn set_outcome(&mut self, outcome: Result<(), TransactionError>) {
        self.coordinator = None;
        // Nothing that runs under the lock can panic halfway through a change.
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> Source for TransactionalSource<V, K> {
    type Reader = TransactionalReader<V, K>;

    async fn next_partition(&mut self) -> Option<Result<TransactionalReader<V, K>, ConsumeError>> {
        let coordinator = self.coordinator.as_mut()?;
        let ended = match select(coordinator, pin!(Source::next_partition(&mut self.consumer))).await {
            Either::Left((ended, _)) => ended,
            Either::Right((partition, _)) => {
                let gate = &self.gate;
                return Some(partition?.map(|reader| TransactionalReader { reader, gate: Arc::clone(gate) }));
            }
        };
        self.set_outcome(ended.unwrap_or_else(go_on_panicking));
        None
    }

    async fn close_within(mut self, within: Duration) -> Result<(), CommitError> {
        let deadline = Instant::now() + within;
        // Leaving the group is quick where brokers answer, and of no use where they do not.
        let patience = within * 3 / 4;
        if let Some(coordinator) = &mut self.coordinator {
            let ended = timeout(patience, async {
                self.gate.close().await;
                coordinator.await.unwrap_or_else(go_on_panicking)
            });
            let unresolved = TransactionError::Unresolved { id: Arc::clone(&self.id), timeout: patience };
            let outcome = ended.await.unwrap_or(Err(unresolved));
            self.set_outcome(outcome);
        }
        self.consumer.close_within(deadline.saturating_duration_since(Instant::now())).await
    }
}

fn go_on_panicking(error: tokio::task::JoinError) -> Result<(), TransactionError> {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // The runtime has ended.
        Err(_) => Ok(()),
    }
}

/// The messages of one partition.
pub(super) struct TransactionalReader<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> {
    reader: ConsumerReader<V, K>,
    gate: Arc<Gate>,
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> TransactionalReader<V, K> {
    fn keep(&self, read: Read<ConsumerReader<V, K>>) -> Read<Self> {
        let Read { outcome, record } = read;
        let (origin, gate) = (Arc::clone(self.reader.assigned()), Arc::clone(&self.gate));
        Read { outcome, record: TransactionalRecord { record, origin, gate } }
    }
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> Reader for TransactionalReader<V, K> {
    type Value = V;
    type Key = K;
    type Record = TransactionalRecord<<ConsumerReader<V, K> as Reader>::Record>;
    type Access = TransactionalAccess<<ConsumerReader<V, K> as Reader>::Access>;

    fn topic(&self) -> &Arc<str> {
        self.reader.topic()
    }

    fn partition(&self) -> i32 {
        self.reader.partition()
    }

    async fn next(&mut self) -> Option<Read<Self>> {
        let read = self.reader.next().await?;
        Some(self.keep(read))
    }

    async fn next_batch(&mut self, most: usize, wait: Duration) -> Option<Vec<Read<Self>>> {
        let reads = self.reader.next_batch(most, wait).await?;
        Some(reads.into_iter().map(|read| self.keep(read)).collect())
    }

    fn access(&self) -> Self::Access {
        TransactionalAccess(self.reader.access())
    }
}

/// A record that is part of the transaction once it is done.
pub(super) struct TransactionalRecord<R> {
    record: R,
    origin: Arc<AssignedPartition>,
    gate: Arc<Gate>,
}

impl<R: Record> Record for TransactionalRecord<R> {
    fn key(&self) -> Option<&[u8]> {
        self.record.key()
    }

    fn offset(&self) -> i64 {
        self.record.offset()
    }

    fn to_record(&self) -> Option<ConsumerRecord> {
        self.record.to_record()
    }

    fn done(&self) {
        // First, since the polling thread lets the transaction be committed when nothing is in flight any more.
        self.gate.done(&self.origin, self.record.offset());
        self.record.done();
    }
}

/// A partition, beside its messages.
pub(super) struct TransactionalAccess<A>(A);

impl<V, K, A> Access<TransactionalReader<V, K>> for TransactionalAccess<A>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    A: Access<ConsumerReader<V, K>>,
{
    fn is_revoking(&self) -> bool {
        self.0.is_revoking()
    }

    fn revoking(&self) -> impl Future<Output = ()> + Send {
        self.0.revoking()
    }

    fn lost(&self) -> impl Future<Output = ()> + Send {
        self.0.lost()
    }

    fn decode(
        &self,
        record: &TransactionalRecord<<ConsumerReader<V, K> as Reader>::Record>,
    ) -> Option<Outcome<TransactionalReader<V, K>>> {
        self.0.decode(&record.record)
    }
}
