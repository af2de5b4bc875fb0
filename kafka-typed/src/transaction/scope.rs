//! What a handler sends in a transaction.

use std::fmt;
use std::future::{IntoFuture, Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use std::borrow::Borrow;

use avro_typed::topic::{EncodeKey, EncodeValue, IntoKey, Tombstones};

use super::producer::TransactionalProducer;
use crate::connection::waiting_record::WaitingRecord;
use crate::connection::{Headers, Timestamp};
use crate::error::SendError;
use crate::producer::SendBuilder;

/// The transaction that a message, or a batch, is processed in: what a [handler](crate::TransactionalHandler) sends
/// goes through it.
///
/// What is sent is put aside until the handler has returned `Ok`, and belongs to the transaction from then on, together
/// with the offset of the message: both count, or neither does. An attempt that fails sends nothing, so that a retry
/// begins anew. Once the handler has returned, sending is an error.
///
/// Clones are the same transaction. [`Transaction::default`] is one of a test, which goes nowhere.
#[derive(Clone, Default)]
pub struct Transaction {
    scope: Arc<Scope>,
}

struct Scope {
    /// The transactional id. `None` in a test.
    id: Option<Arc<str>>,
    /// What was sent so far. `None` once the handler has returned.
    waiting: Mutex<Option<Vec<WaitingRecord>>>,
}

impl Default for Scope {
    fn default() -> Self {
        Self { id: None, waiting: Mutex::new(Some(Vec::new())) }
    }
}

impl Transaction {
    pub(super) fn new(id: &Arc<str>) -> Self {
        let scope = Scope { id: Some(Arc::clone(id)), ..Scope::default() };
        Self { scope: Arc::new(scope) }
    }

    /// Starts a message with this value. It is sent when this is awaited, which does not wait for brokers: whether they
    /// have taken it is a question of the commit.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use kafka_typed::{SendError, Transaction, TransactionalProducer};
    ///
    /// async fn raise(
    ///     transaction: &Transaction,
    ///     alerts: &TransactionalProducer<Alert, String>,
    ///     alert: &Alert,
    /// ) -> Result<(), SendError> {
    ///     transaction.send(alerts, alert).key("sensor-17").header("source", "gateway").await
    /// }
    /// ```
    pub fn send<'p, V: EncodeValue, K: EncodeKey>(
        &'p self,
        producer: &'p TransactionalProducer<V, K>,
        value: &'p V,
    ) -> TransactionSend<'p, V, K> {
        TransactionSend { transaction: self, producer, message: producer.typed().send(value) }
    }

    /// Starts a message without a value, which deletes the key from a compacted topic, as
    /// [`TypedProducer::send_tombstone`](crate::TypedProducer::send_tombstone) does.
    pub fn send_tombstone<'p, V: EncodeValue + Tombstones, K: EncodeKey>(
        &'p self,
        producer: &'p TransactionalProducer<V, K>,
        key: impl IntoKey<'p, K>,
    ) -> TransactionSend<'p, V, K> {
        TransactionSend { transaction: self, producer, message: producer.typed().send_tombstone(key) }
    }

    /// How many messages were sent so far.
    pub fn sent(&self) -> usize {
        self.waiting().as_ref().map_or(0, Vec::len)
    }

    /// Takes what was sent. Nothing more is from now on.
    pub(super) fn end(&self) -> Vec<WaitingRecord> {
        self.waiting().take().unwrap_or_default()
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Vec<WaitingRecord>>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.scope.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transaction")
            .field("id", &self.scope.id)
            .field("sent", &self.sent())
            .finish_non_exhaustive()
    }
}

/// A message that is about to be sent in a transaction: add a key and headers, then `.await` it. Made by
/// [`Transaction::send`].
#[must_use = "nothing is sent before this is awaited"]
pub struct TransactionSend<'p, V, K> {
    transaction: &'p Transaction,
    producer: &'p TransactionalProducer<V, K>,
    message: SendBuilder<'p, V, K>,
}

impl<'p, V, K> TransactionSend<'p, V, K> {
    /// As [`SendBuilder::key`].
    pub fn key(self, key: impl IntoKey<'p, K>) -> Self {
        Self { message: self.message.key(key), ..self }
    }

    /// As [`SendBuilder::header`].
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        Self { message: self.message.header(name, value), ..self }
    }

    /// As [`SendBuilder::null_header`].
    pub fn null_header(self, name: &str) -> Self {
        Self { message: self.message.null_header(name), ..self }
    }

    /// As [`SendBuilder::headers`].
    pub fn headers(self, headers: impl Borrow<Headers>) -> Self {
        Self { message: self.message.headers(headers), ..self }
    }

    /// As [`SendBuilder::timestamp`].
    pub fn timestamp(self, timestamp: impl Into<Timestamp>) -> Self {
        Self { message: self.message.timestamp(timestamp), ..self }
    }

    /// As [`SendBuilder::partition`].
    pub fn partition(self, partition: i32) -> Self {
        Self { message: self.message.partition(partition), ..self }
    }
}

impl<V: EncodeValue, K: EncodeKey> TransactionSend<'_, V, K> {
    fn put_aside(self) -> Result<(), SendError> {
        let Self { transaction, producer, message } = self;
        let topic = || Arc::from(producer.topic());
        if let Some(id) = transaction.scope.id.as_ref().filter(|id| *id != producer.id()) {
            let (producer, transaction) = (Arc::clone(producer.id()), Arc::clone(id));
            return Err(SendError::OtherTransactions { topic: topic(), producer, transaction });
        }
        let record = message.put_aside()?;
        match &mut *transaction.waiting() {
            Some(waiting) => waiting.push(record),
            None => return Err(SendError::TransactionEnded { topic: topic() }),
        }
        Ok(())
    }
}

impl<V: EncodeValue, K: EncodeKey> IntoFuture for TransactionSend<'_, V, K> {
    type Output = Result<(), SendError>;
    type IntoFuture = Ready<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        ready(self.put_aside())
    }
}

impl<V, K> fmt::Debug for TransactionSend<'_, V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TransactionSend").field("message", &self.message).finish_non_exhaustive()
    }
}
