//! A transactional id, and the client that has it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::error::TransactionError;
use crate::connection::transaction_client::TransactionClient;
use crate::connection::{Connection, ConnectionError};
use crate::kafka::KafkaTyped;

impl KafkaTyped {
    /// Sets up transactions: the messages that a handler reads, and those that it sends, count together or not at all,
    /// so that each message has its effect exactly once, whatever ends when.
    ///
    /// The id is that of an instance: no two that run at a time may have the same one, and an instance that is started
    /// again should have the one that it had, so that what it has left open is ended at once. The name of a pod of a
    /// StatefulSet is a good one.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use kafka_typed::{
    ///     FailurePolicy, HandlerError, KafkaTyped, Topic, Transaction, TransactionalHandler, TransactionalProducer,
    ///     TypedMessage,
    /// };
    ///
    /// const ALERTS: Topic<Alert, String> = Topic::new("alerts").dead_letters("alerts-dlt");
    /// const CALLS: Topic<Alert, String> = Topic::new("calls");
    ///
    /// struct Desk {
    ///     calls: TransactionalProducer<Alert, String>,
    /// }
    ///
    /// impl TransactionalHandler<Alert, String> for Desk {
    ///     async fn handle(
    ///         &self,
    ///         alert: TypedMessage<Alert, String>,
    ///         transaction: Transaction,
    ///     ) -> Result<(), HandlerError> {
    ///         if alert.value.level > 2 {
    ///             transaction.send(&self.calls, &alert.value).key("desk").await?;
    ///         }
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # async fn example(kafka: KafkaTyped) -> Result<(), Box<dyn std::error::Error>> {
    /// let transactions = kafka.transactional("alert-desk-1").build()?;
    /// let calls = kafka.producer(&CALLS).build_transactional(&transactions).await?;
    /// let alerts = kafka.consumer(&ALERTS).group("alert-desk").build().await?;
    /// let summary = alerts
    ///     .run_transactional(&transactions, Desk { calls })
    ///     .on_error(FailurePolicy::dead_letters())
    ///     .stop_on_signal()
    ///     .await?;
    /// println!("{summary}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn transactional(&self, id: impl Into<String>) -> TransactionsBuilder {
        TransactionsBuilder { connection: self.connection().clone(), id: id.into(), settings: Vec::new() }
    }
}

/// Sets up [`Transactions`]. Made by [`KafkaTyped::transactional`].
#[must_use = "nothing is started before `build` is called"]
pub struct TransactionsBuilder {
    connection: Connection,
    id: String,
    settings: Vec<(String, String)>,
}

impl TransactionsBuilder {
    /// Sets any of librdkafka's producer settings, such as `transaction.timeout.ms`, for all producers of these
    /// transactions.
    ///
    /// `transaction.timeout.ms`, by default a minute, is how long others may have to wait for an instance that has
    /// disappeared and does not come back; and how long brokers may be away while a transaction is open, before the
    /// instance is [fenced](TransactionError::is_fenced).
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Starts the client. Brokers are connected to in the background; the id is taken over when a run begins.
    ///
    /// # Errors
    ///
    /// When the id is empty, or a setting cannot be used: `enable.idempotence` is `false`, for example.
    pub fn build(self) -> Result<Transactions, ConnectionError> {
        let connection = self.connection.transactional(&self.id, self.settings)?;
        let client = Arc::new(TransactionClient::start(&connection)?);
        let stage = Arc::new(AtomicU8::new(NEW));
        Ok(Transactions { id: self.id.into(), connection, client, stage })
    }
}

impl fmt::Debug for TransactionsBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings may hold passwords.
        let settings: Vec<_> = self.settings.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("TransactionsBuilder")
            .field("id", &self.id)
            .field("settings", &settings)
            .finish_non_exhaustive()
    }
}

/// The transactions of a transactional id, and the one librdkafka client that has it. Made by
/// [`KafkaTyped::transactional`].
///
/// Producers that send in them are made by [`build_transactional`](crate::ProducerBuilder::build_transactional), and
/// [`run_transactional`](crate::TypedConsumer::run_transactional) begins and commits them. Clones are the same ones.
#[derive(Clone)]
pub struct Transactions {
    id: Arc<str>,
    /// What all producers of the id are made from.
    connection: Connection,
    client: Arc<TransactionClient>,
    stage: Arc<AtomicU8>,
}

/// The id was not taken over yet.
const NEW: u8 = 0;
/// A run uses them, or has left something open.
const IN_USE: u8 = 1;
/// The id was taken over, and nothing is open.
const READY: u8 = 2;

impl Transactions {
    /// The transactional id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn shared_id(&self) -> &Arc<str> {
        &self.id
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn client(&self) -> &Arc<TransactionClient> {
        &self.client
    }

    /// Takes them for a run. Nobody else can before [`Turn::end`].
    pub(super) fn take(&self) -> Result<Turn, TransactionError> {
        match self.stage.swap(IN_USE, Ordering::AcqRel) {
            IN_USE => Err(TransactionError::InUse { id: Arc::clone(&self.id) }),
            before => Ok(Turn { stage: Arc::clone(&self.stage), is_new: before == NEW }),
        }
    }
}

/// A run's use of transactions.
pub(super) struct Turn {
    stage: Arc<AtomicU8>,
    /// Whether the id has to be taken over first.
    pub(super) is_new: bool,
}

impl Turn {
    /// Nothing is open any more.
    pub(super) fn end(self) {
        self.stage.store(READY, Ordering::Release);
    }

    /// Nothing was begun.
    pub(super) fn give_back(self) {
        self.stage.store(if self.is_new { NEW } else { READY }, Ordering::Release);
    }
}

impl fmt::Debug for Transactions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transactions").field("id", &self.id).finish_non_exhaustive()
    }
}
