//! The one who has the transaction of a run: begins it, adds what is done, commits it, and ends it when something
//! fails.

use std::collections::HashMap;
use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::delivery_gate::{Event, Unit};
use super::error::TransactionError;
use super::ledger::{Ledger, Origin};
use super::measurement;
use super::summary::TransactionCounters;
use crate::connection::transaction_client::{FaultKind, TransactionFault};

/// How long the first and each further pause is before a call is repeated, or another transaction is begun after one
/// that was aborted.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// When a transaction is committed: after so many messages, or so long after its first one.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommitEvery {
    pub(super) messages: u64,
    pub(super) time: Duration,
}

pub(super) struct Coordinator<L: Ledger> {
    ledger: L,
    id: Arc<str>,
    events: UnboundedReceiver<Event<L::Origin, L::Record>>,
    commit_every: CommitEvery,
    counters: Arc<TransactionCounters>,
    open: Option<Open<L::Origin>>,
    /// What was committed of the partitions last, as long as they are read on.
    committed: Positions<L::Origin>,
    /// How many transactions were aborted since one was committed.
    aborted_in_a_row: u32,
}

/// The offset of the next message of partitions.
type Positions<G> = HashMap<(Arc<str>, i32), (G, i64)>;

/// A transaction that was begun.
struct Open<G> {
    next: Positions<G>,
    messages: u64,
    due: Pin<Box<Sleep>>,
}

/// How a transaction ended.
enum Ended<G> {
    Committed,
    /// These have to be read again.
    Aborted(Vec<G>, TransactionFault),
}

impl<L: Ledger> Coordinator<L> {
    pub(super) fn new(
        ledger: L,
        id: Arc<str>,
        events: UnboundedReceiver<Event<L::Origin, L::Record>>,
        commit_every: CommitEvery,
        counters: Arc<TransactionCounters>,
    ) -> Self {
        let (open, committed, aborted_in_a_row) = (None, HashMap::new(), 0);
        Self { ledger, id, events, commit_every, counters, open, committed, aborted_in_a_row }
    }

    /// Goes on until the run is closed, or nothing can be done any more. Takes the id over first, when `is_new`.
    pub(super) async fn run(mut self, is_new: bool) -> Result<(), TransactionError> {
        let ended = self.serve(is_new).await;
        if let Err(error) = &ended {
            tracing::error!(id = &*self.id, "failed: {error}");
            self.ledger.give_up();
        }
        ended
    }

    async fn serve(&mut self, is_new: bool) -> Result<(), TransactionError> {
        if is_new {
            self.until_done(Call::Init).await?.map_err(|fault| TransactionError::of(&self.id, fault))?;
            tracing::info!(id = &*self.id, "the transactional id was taken over");
        }
        loop {
            match self.next_event().await {
                Next::Event(Event::Done(unit)) => self.add(unit).await?,
                Next::Due => {
                    let ended = self.commit().await?;
                    self.go_on_after(ended).await?;
                }
                Next::Event(Event::Settle(settled)) => {
                    let ended = self.commit().await?;
                    // The partitions wait for the answer, and would not be read again before it.
                    let _ = settled.send(());
                    self.go_on_after(ended).await?;
                }
                Next::Event(Event::Close(closed)) => {
                    let ended = self.commit().await?;
                    let _ = closed.send(());
                    return match ended {
                        Ended::Committed => Ok(()),
                        Ended::Aborted(_, fault) => Err(TransactionError::of(
                            &self.id,
                            TransactionFault { kind: FaultKind::Abortable, ..fault },
                        )),
                    };
                }
                // The run was dropped.
                Next::Nothing => {
                    if let Some(open) = self.open.take() {
                        self.abort(open.messages).await?;
                    }
                    return Ok(());
                }
            }
        }
    }

    async fn next_event(&mut self) -> Next<L> {
        // The time is looked at first: messages that come all the time would keep it waiting.
        let due = async {
            match &mut self.open {
                Some(open) => open.due.as_mut().await,
                None => pending().await,
            }
        };
        match select(pin!(due), pin!(self.events.recv())).await {
            Either::Left(_) => Next::Due,
            Either::Right((Some(event), _)) => Next::Event(event),
            Either::Right((None, _)) => Next::Nothing,
        }
    }

    /// Adds messages, and what follows from them.
    async fn add(&mut self, unit: Unit<L::Origin, L::Record>) -> Result<(), TransactionError> {
        let Unit { origin, next, messages, records, room } = unit;
        if origin.has_ended() {
            // It was given away, or is read again.
            return Ok(());
        }
        let is_begun = match self.open {
            Some(_) => Ok(()),
            None => self.begin().await?,
        };
        if let Some(open) = &mut self.open {
            // Before anything is sent, so that an abort takes it back.
            open.next.insert(place(&origin), (origin, next));
            open.messages += messages;
        }
        let mut sent = is_begun;
        for record in records {
            if sent.is_err() {
                break;
            }
            sent = self.ledger.send(record).await;
        }
        drop(room);
        let ended = match sent {
            Err(fault) => {
                let ended = self.abort_after(fault).await?;
                return self.go_on_after(ended).await;
            }
            Ok(()) if self.open.as_ref().is_some_and(|open| open.messages >= self.commit_every.messages) => {
                self.commit().await?
            }
            Ok(()) => return Ok(()),
        };
        self.go_on_after(ended).await
    }

    async fn begin(&mut self) -> Result<Result<(), TransactionFault>, TransactionError> {
        let due = Box::pin(sleep_until(Instant::now() + self.commit_every.time));
        self.open = Some(Open { next: HashMap::new(), messages: 0, due });
        self.until_done(Call::Begin).await
    }

    /// Commits what is open. Nothing else is sent before it is known how that ended.
    async fn commit(&mut self) -> Result<Ended<L::Origin>, TransactionError> {
        let Some(open) = &self.open else {
            return Ok(Ended::Committed);
        };
        let (messages, started) = (open.messages, std::time::Instant::now());
        let offsets: Vec<_> = open.next.values().cloned().collect();
        let committed = match self.until_done(Call::SendOffsets(&offsets)).await? {
            Ok(()) => self.until_done(Call::Commit).await?,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = committed {
            return self.abort_after(fault).await;
        }
        self.open = None;
        self.ledger.committed(&offsets).await;
        self.committed.retain(|_, (origin, _)| !origin.has_ended());
        self.committed.extend(offsets.into_iter().map(|(origin, next)| (place(&origin), (origin, next))));
        self.counters.committed();
        measurement::committed(&self.id, messages, started);
        if self.aborted_in_a_row > 0 {
            tracing::info!(id = &*self.id, aborted = self.aborted_in_a_row, "transactions are committed again");
            self.aborted_in_a_row = 0;
        }
        Ok(Ended::Committed)
    }

    async fn call(&mut self, call: Call<'_, L::Origin>) -> Result<(), TransactionFault> {
        match call {
            Call::Init => self.ledger.init().await,
            Call::Begin => self.ledger.begin().await,
            Call::SendOffsets(offsets) => {
                // In this order: a partition goes to others only with another membership. Where it has not ended after
                // that was looked at, the brokers refuse the offsets if it does before they get them.
                let membership = self.ledger.membership().await;
                match membership.filter(|_| !offsets.iter().any(|(origin, _)| origin.has_ended())) {
                    Some(membership) => self.ledger.send_offsets(offsets, membership).await,
                    None => Err(TransactionFault::taken_away()),
                }
            }
            Call::Commit => self.ledger.commit().await,
            Call::Abort => self.ledger.abort().await,
        }
    }

    /// Repeats a call until it is known how it ended. Only what ends everything is an outer error.
    async fn until_done(
        &mut self,
        call: Call<'_, L::Origin>,
    ) -> Result<Result<(), TransactionFault>, TransactionError> {
        let (mut pauses, state) = (Pauses::new(), call.state());
        loop {
            let Err(fault) = self.call(call).await else {
                if pauses.is_pausing() {
                    tracing::info!(id = &*self.id, "no longer: {state}");
                }
                return Ok(Ok(()));
            };
            match fault.kind {
                FaultKind::Retriable if !pauses.is_pausing() => {
                    tracing::warn!(id = &*self.id, error = &*fault.reason, "{state}");
                }
                FaultKind::Retriable => tracing::debug!(id = &*self.id, error = &*fault.reason, "{state}"),
                FaultKind::Abortable => return Ok(Err(fault)),
                FaultKind::Fenced | FaultKind::Fatal => return Err(TransactionError::of(&self.id, fault)),
            }
            sleep(pauses.next()).await;
        }
    }

    /// Takes what is open back.
    async fn abort_after(&mut self, fault: TransactionFault) -> Result<Ended<L::Origin>, TransactionError> {
        let Some(open) = self.open.take() else {
            return Ok(Ended::Committed);
        };
        if self.aborted_in_a_row == 0 {
            tracing::warn!(
                id = &*self.id,
                messages = open.messages,
                error = &*fault.reason,
                "a transaction is aborted, and its messages are processed again"
            );
        } else {
            tracing::debug!(
                id = &*self.id,
                messages = open.messages,
                error = &*fault.reason,
                "a transaction is aborted"
            );
        }
        self.abort(open.messages).await?;
        let origins = open.next.into_values().map(|(origin, _)| origin).collect();
        Ok(Ended::Aborted(origins, fault))
    }

    async fn abort(&mut self, messages: u64) -> Result<(), TransactionError> {
        let mut pauses = Pauses::new();
        loop {
            // It is repeated whatever it ends with, but for what ends everything.
            if self.until_done(Call::Abort).await?.is_ok() {
                break;
            }
            sleep(pauses.next()).await;
        }
        self.counters.aborted();
        measurement::aborted(&self.id, messages);
        self.aborted_in_a_row = self.aborted_in_a_row.saturating_add(1);
        Ok(())
    }

    /// Reads what was taken back again.
    async fn go_on_after(&mut self, ended: Ended<L::Origin>) -> Result<(), TransactionError> {
        let Ended::Aborted(origins, _) = ended else {
            return Ok(());
        };
        for origin in origins {
            let known = self.committed.get(&place(&origin)).filter(|(known, _)| known.is(&origin));
            let Some(offset) = known.map(|(_, next)| *next).or_else(|| origin.begins_at()) else {
                debug_assert!(false, "a message of it was read");
                continue;
            };
            let mut pauses = Pauses::new();
            while let Err(error) = self.ledger.rewind(&origin, offset).await {
                if origin.has_ended() {
                    break;
                }
                let (topic, partition) = (&**origin.topic(), origin.partition());
                tracing::warn!(topic, partition, offset, %error, "a partition cannot be read again yet");
                sleep(pauses.next()).await;
            }
        }
        // One that can be committed at once was in the way of nobody.
        if self.aborted_in_a_row > 1 {
            sleep(Pauses::after(self.aborted_in_a_row)).await;
        }
        Ok(())
    }
}

enum Next<L: Ledger> {
    Event(Event<L::Origin, L::Record>),
    Due,
    Nothing,
}

/// What is asked of the ledger.
enum Call<'o, G> {
    Init,
    Begin,
    /// Adds the offsets of the next messages.
    SendOffsets(&'o [(G, i64)]),
    Commit,
    Abort,
}

impl<G> Clone for Call<'_, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G> Copy for Call<'_, G> {}

impl<G> Call<'_, G> {
    /// How things are while it has to be repeated.
    fn state(self) -> &'static str {
        match self {
            Call::Init => "the transactional id is not taken over yet",
            Call::Begin => "no transaction is begun yet",
            Call::SendOffsets(_) => "the offsets are not in the transaction yet",
            Call::Commit => "a commit has no answer yet, and is repeated before anything else is sent",
            Call::Abort => "a transaction is not aborted yet",
        }
    }
}

fn place<G: Origin>(origin: &G) -> (Arc<str>, i32) {
    (Arc::clone(origin.topic()), origin.partition())
}

/// Growing pauses.
struct Pauses {
    count: u32,
}

impl Pauses {
    fn new() -> Self {
        Self { count: 0 }
    }

    fn is_pausing(&self) -> bool {
        self.count > 0
    }

    fn next(&mut self) -> Duration {
        self.count = self.count.saturating_add(1);
        Self::after(self.count)
    }

    fn after(count: u32) -> Duration {
        FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(count.saturating_sub(1).min(16))).min(LONGEST_PAUSE)
    }
}
