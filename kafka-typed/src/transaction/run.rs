//! How a transactional run is set up and started.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};

use super::coordinator::{CommitEvery, Coordinator};
use super::error::{TransactionError, TransactionalProblem, TransactionalRunError};
use super::handle::{TransactionalBatchHandler, TransactionalHandler};
use super::in_transaction::{Gate, InTheTransaction, InTransaction};
use super::ledger::KafkaLedger;
use super::measurement;
use super::source::{Outcomes, TransactionalReader, TransactionalSource};
use super::summary::{TransactionCounters, TransactionalSummary};
use super::transactions::Transactions;
use crate::consumer::TypedConsumer;
use crate::failure::FailurePolicy;
use crate::handler::work::Work;
use crate::handler::{Batches, Each, Run, RunError};

/// When a transaction is committed by default.
const COMMIT_EVERY: CommitEvery = CommitEvery { messages: 10_000, time: Duration::from_millis(100) };

/// A run of a handler in transactions, which starts when it is awaited. Made by [`TypedConsumer::run_transactional`]
/// and [`TypedConsumer::run_transactional_batches`].
///
/// # What counts
///
/// A transaction has the offsets of the messages that were processed, what their handlers have
/// [sent](crate::Transaction::send), and what became of those that failed: records for retry topics and dead letter
/// topics. All of that counts once the transaction is committed, or none of it. Readers of what was sent that are
/// `read_committed`, as consumers are by default, see nothing before.
///
/// Handlers of other messages go on while a transaction is committed. Messages of a partition are processed one after
/// the other, or in batches one after the other, and what they send keeps that order.
///
/// # What fails
///
/// - A message whose handler fails goes through the [policy](Self::on_error). Nothing that it has sent counts.
/// - A transaction that cannot be committed is aborted: its partitions are read again from the last commit on, handlers
///   of theirs that run are dropped, and the run goes on, after growing pauses when that happens again. Handlers see
///   messages again then, and so does [`TransactionalSummary`].
/// - A commit without an answer is repeated until there is one, before anything else is sent.
/// - When another client takes the transactional id over, the run ends with an error that is
///   [fenced](TransactionalRunError::is_fenced). The same happens when a transaction was open for longer than
///   `transaction.timeout.ms`, because brokers were away.
///
/// Before partitions are given to another member of the group, what was processed is committed, within
/// [`revocation_timeout`](crate::ConsumerBuilder::revocation_timeout).
///
/// # How it ends
///
/// As a [`Run`] does, and with a last commit. Dropping its future ends it at once, and its open transaction is aborted
/// in the background.
#[must_use = "nothing is processed before it is awaited"]
pub struct TransactionalRun<V, K, W> {
    run: Run<V, K, W>,
    transactions: Transactions,
    commit_every: CommitEvery,
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> TypedConsumer<V, K> {
    /// Processes each message by a [`TransactionalHandler`], in the transactions of an id: the messages, and what the
    /// handler sends, count together, exactly once. See [`KafkaTyped::transactional`](crate::KafkaTyped::transactional)
    /// for an example.
    ///
    /// The consumer is in a group, whose offsets the transactions commit and nothing else does: it is an error when
    /// `enable.auto.commit` is set to `true`, or `isolation.level` to `read_uncommitted`.
    pub fn run_transactional<H: TransactionalHandler<V, K>>(
        self,
        transactions: &Transactions,
        handler: H,
    ) -> TransactionalRun<V, K, Each<H>> {
        TransactionalRun::new(Run::of_each(self, handler), transactions)
    }

    /// Processes the messages of each partition in batches, by a [`TransactionalBatchHandler`], and otherwise as
    /// [`run_transactional`](Self::run_transactional).
    pub fn run_transactional_batches<H: TransactionalBatchHandler<V, K>>(
        self,
        transactions: &Transactions,
        handler: H,
    ) -> TransactionalRun<V, K, Batches<H>> {
        TransactionalRun::new(Run::of_batches(self, handler), transactions)
    }
}

impl<V, K, W> TransactionalRun<V, K, W> {
    fn new(run: Run<V, K, W>, transactions: &Transactions) -> Self {
        Self { run, transactions: transactions.clone(), commit_every: COMMIT_EVERY }
    }

    /// Sets when a transaction is committed: after so many messages, or so long after its first one. Each commit costs
    /// some round trips to the brokers, and what was sent is seen only after it. Default: 10,000 messages or 100
    /// milliseconds.
    pub fn commit_every(mut self, messages: u64, time: Duration) -> Self {
        self.commit_every = CommitEvery { messages: messages.max(1), time };
        self
    }

    /// As [`Run::max_in_flight`].
    pub fn max_in_flight(self, handlers: usize) -> Self {
        Self { run: self.run.max_in_flight(handlers), ..self }
    }

    /// As [`Run::on_error`]. Records for retry topics and dead letter topics are part of the transaction.
    pub fn on_error(self, policy: FailurePolicy) -> Self {
        Self { run: self.run.on_error(policy), ..self }
    }

    /// As [`Run::on_bad_message`].
    pub fn on_bad_message(self, policy: FailurePolicy) -> Self {
        Self { run: self.run.on_bad_message(policy), ..self }
    }

    /// As [`Run::stop_when`].
    pub fn stop_when<F: Future + Send + 'static>(self, stop: F) -> Self {
        Self { run: self.run.stop_when(stop), ..self }
    }

    /// As [`Run::stop_on_signal`].
    pub fn stop_on_signal(self) -> Self {
        Self { run: self.run.stop_on_signal(), ..self }
    }

    /// As [`Run::drain_timeout`]. The last commit is part of it.
    pub fn drain_timeout(self, timeout: Duration) -> Self {
        Self { run: self.run.drain_timeout(timeout), ..self }
    }
}

impl<V, K, H> TransactionalRun<V, K, Batches<H>> {
    /// As [`Run::max`].
    pub fn max(self, messages: usize) -> Self {
        Self { run: self.run.max(messages), ..self }
    }

    /// As [`Run::wait`].
    pub fn wait(self, wait: Duration) -> Self {
        Self { run: self.run.wait(wait), ..self }
    }
}

async fn start<V, K, W, I>(
    run: TransactionalRun<V, K, W>,
    in_transaction: impl FnOnce(W, Arc<Gate>, Arc<str>) -> I + Send,
) -> Result<TransactionalSummary, TransactionalRunError>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    W: Send + 'static,
    I: Work<TransactionalReader<V, K>>,
{
    measurement::describe();
    let TransactionalRun { run, transactions, commit_every } = run;
    let turn = transactions.take().map_err(TransactionalRunError::at_start)?;
    let group = match run.consumer().commit_by_transactions() {
        Ok(group) => Arc::new(group),
        Err(error) => {
            turn.give_back();
            return Err(TransactionalRunError::at_start(error));
        }
    };
    let (gate, events) = Gate::new();
    let gate = Arc::new(gate);
    let id = Arc::clone(transactions.shared_id());
    let (counters, outcome) = (Arc::new(TransactionCounters::default()), Outcomes::default());
    let letters = InTheTransaction { gate: Arc::clone(&gate), connection: transactions.connection().clone() };
    let run = run.map_work(|work| in_transaction(work, Arc::clone(&gate), Arc::clone(&id)));

    let ended = {
        let (counters, outcome, is_new) = (Arc::clone(&counters), Arc::clone(&outcome), turn.is_new);
        let client = Arc::clone(transactions.client());
        run.supervised(letters, move |consumer| {
            let at_revocation = Arc::downgrade(&gate);
            group.set_before_revocation(Box::new(move |timeout| {
                if let Some(gate) = at_revocation.upgrade() {
                    gate.settle(timeout);
                }
            }));
            let ledger = KafkaLedger { client, group };
            let coordinator = Coordinator::new(ledger, Arc::clone(&id), events, commit_every, counters);
            let coordinator = Some(tokio::spawn(coordinator.run(is_new)));
            TransactionalSource { consumer, gate, id, coordinator, outcome }
        })
        .await
    };
    let outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (&outcome, turn.is_new) {
        (Some(Ok(()) | Err(TransactionError::Aborted { .. })), _) => turn.end(),
        // The run has ended before it began.
        (None, _) => turn.give_back(),
        // Something may be open, so that nobody can use them any more.
        (Some(Err(_)), _) => {}
    }
    let (ended, run) = match ended {
        Ok(summary) => (Ok(()), summary),
        Err(RunError { problem, summary }) => (Err(TransactionalProblem::Run(problem)), *summary),
    };
    let summary = counters.summary(run);
    let problem = match outcome {
        Some(Err(error)) => Some(error.into()),
        _ => ended.err(),
    };
    match problem {
        None => Ok(summary),
        Some(problem) => Err(TransactionalRunError { problem, summary: Box::new(summary) }),
    }
}

impl<V, K, H> IntoFuture for TransactionalRun<V, K, Each<H>>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    H: TransactionalHandler<V, K>,
{
    type Output = Result<TransactionalSummary, TransactionalRunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(start(self, |Each { handler }, gate, id| Each { handler: InTransaction { handler, gate, id } }))
    }
}

impl<V, K, H> IntoFuture for TransactionalRun<V, K, Batches<H>>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    H: TransactionalBatchHandler<V, K>,
{
    type Output = Result<TransactionalSummary, TransactionalRunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(start(self, |Batches { handler, max, wait }, gate, id| Batches {
            handler: InTransaction { handler, gate, id },
            max,
            wait,
        }))
    }
}

impl<V, K, W> fmt::Debug for TransactionalRun<V, K, W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TransactionalRun")
            .field("run", &self.run)
            .field("transactions", &self.transactions)
            .field("commit_every", &self.commit_every)
            .finish()
    }
}
