//! What whoever has the transaction needs of Kafka. The tests of this floor have one without.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::connection::KafkaErrorCode;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::group_offsets::{GroupOffsets, Membership, offsets_of};
use crate::connection::transaction_client::{TransactionClient, TransactionFault};
use crate::connection::waiting_record::WaitingRecord;

/// How long a call waits for brokers, before it is repeated.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// A partition that messages come from, from its assignment to its revocation, or until it is read again.
pub(super) trait Origin: Clone + Send + Sync + 'static {
    fn topic(&self) -> &Arc<str>;

    fn partition(&self) -> i32;

    /// Whether what was read of it does not count any more.
    fn has_ended(&self) -> bool;

    /// The offset of the first message that was read of it.
    fn begins_at(&self) -> Option<i64>;

    fn is(&self, other: &Self) -> bool;
}

/// The transactions of an id, and the offsets of the group. A call that has failed is repeated, or the transaction
/// aborted, as the fault's kind tells.
pub(super) trait Ledger: Send + 'static {
    type Origin: Origin;
    type Record: Send + 'static;
    /// Which member of the group the consumer is at a moment.
    type Membership: Send + Sync + 'static;

    fn init(&mut self) -> impl Future<Output = Result<(), TransactionFault>> + Send;

    fn begin(&mut self) -> impl Future<Output = Result<(), TransactionFault>> + Send;

    fn send(&mut self, record: Self::Record) -> impl Future<Output = Result<(), TransactionFault>> + Send;

    /// `None` when the consumer is not a member any more.
    fn membership(&mut self) -> impl Future<Output = Option<Self::Membership>> + Send;

    /// Adds the offsets of the next messages.
    fn send_offsets(
        &mut self,
        offsets: &[(Self::Origin, i64)],
        membership: Self::Membership,
    ) -> impl Future<Output = Result<(), TransactionFault>> + Send;

    fn commit(&mut self) -> impl Future<Output = Result<(), TransactionFault>> + Send;

    fn abort(&mut self) -> impl Future<Output = Result<(), TransactionFault>> + Send;

    /// These offsets were committed.
    fn committed(&mut self, offsets: &[(Self::Origin, i64)]) -> impl Future<Output = ()> + Send;

    /// Reads a partition again from this offset on, unless it has ended.
    fn rewind(&mut self, origin: &Self::Origin, offset: i64)
    -> impl Future<Output = Result<(), KafkaErrorCode>> + Send;

    /// Nothing that was read counts any more.
    fn give_up(&mut self);
}

impl Origin for Arc<AssignedPartition> {
    fn topic(&self) -> &Arc<str> {
        &self.topic
    }

    fn partition(&self) -> i32 {
        self.partition
    }

    fn has_ended(&self) -> bool {
        AssignedPartition::has_ended(self)
    }

    fn begins_at(&self) -> Option<i64> {
        AssignedPartition::begins_at(self)
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other)
    }
}

/// That of librdkafka. What waits for brokers runs on threads for what blocks.
pub(super) struct KafkaLedger {
    pub(super) client: Arc<TransactionClient>,
    pub(super) group: Arc<GroupOffsets>,
}

impl KafkaLedger {
    async fn call(
        &self,
        call: impl FnOnce(&TransactionClient) -> Result<(), TransactionFault> + Send + 'static,
    ) -> Result<(), TransactionFault> {
        let client = Arc::clone(&self.client);
        // The task fails only when the runtime has ended.
        tokio::task::spawn_blocking(move || call(&client)).await.unwrap_or_else(|_| Err(TransactionFault::no_runtime()))
    }
}

fn in_list(offsets: &[(Arc<AssignedPartition>, i64)]) -> impl Iterator<Item = (&str, i32, i64)> {
    offsets.iter().map(|(origin, next)| (&*origin.topic, origin.partition, *next))
}

impl Ledger for KafkaLedger {
    type Origin = Arc<AssignedPartition>;
    type Record = WaitingRecord;
    type Membership = Membership;

    async fn init(&mut self) -> Result<(), TransactionFault> {
        self.call(|client| client.init(CALL_TIMEOUT)).await
    }

    async fn begin(&mut self) -> Result<(), TransactionFault> {
        self.call(|client| client.begin()).await
    }

    async fn send(&mut self, record: WaitingRecord) -> Result<(), TransactionFault> {
        // Whether it is delivered is a question of the commit. What is refused now is so because of the transaction:
        // the record was looked at when it was made.
        let sent = record.send().await;
        sent.map(drop).map_err(|error| TransactionFault::refused(&error))
    }

    async fn membership(&mut self) -> Option<Membership> {
        let group = Arc::clone(&self.group);
        tokio::task::spawn_blocking(move || group.membership()).await.ok().flatten()
    }

    async fn send_offsets(
        &mut self,
        offsets: &[(Arc<AssignedPartition>, i64)],
        membership: Membership,
    ) -> Result<(), TransactionFault> {
        let offsets = offsets_of(in_list(offsets)).map_err(TransactionFault::invalid_offset)?;
        self.call(move |client| client.send_offsets(&offsets, &membership, CALL_TIMEOUT)).await
    }

    async fn commit(&mut self) -> Result<(), TransactionFault> {
        self.call(|client| client.commit(CALL_TIMEOUT)).await
    }

    async fn abort(&mut self) -> Result<(), TransactionFault> {
        self.call(|client| client.abort(CALL_TIMEOUT)).await
    }

    async fn committed(&mut self, offsets: &[(Arc<AssignedPartition>, i64)]) {
        if !self.group.forgets_offsets() {
            return;
        }
        if let Ok(offsets) = offsets_of(in_list(offsets)) {
            let group = Arc::clone(&self.group);
            // It fails only when the runtime has ended.
            let _ = tokio::task::spawn_blocking(move || group.remember(&offsets)).await;
        }
    }

    async fn rewind(&mut self, origin: &Arc<AssignedPartition>, offset: i64) -> Result<(), KafkaErrorCode> {
        self.group.rewind(origin, offset).await
    }

    fn give_up(&mut self) {
        self.group.give_up();
    }
}
