//! What all partitions of a run share, and when nothing more is to be started.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::counts::{AllCounters, Counters};
use super::failure_log::FailureLog;
use super::kept_order::{Joining, KeptOrder, Line, RetryStage};
use super::outlet::Arrival;
use super::source::{Access, Reader, Record};
use super::started::Started;
use super::stop::Stop;
use crate::connection::Timestamp;
use crate::failure::FailurePolicy;

/// What all partitions of a run share.
pub(crate) struct Running<W, O> {
    pub(super) work: W,
    pub(super) outlet: O,
    pub(super) on_error: FailurePolicy,
    pub(super) on_bad_message: FailurePolicy,
    pub(super) permits: Semaphore,
    /// How many permits there are.
    pub(super) max_in_flight: usize,
    pub(super) stop: Stop,
    pub(super) log: FailureLog,
    pub(super) counters: AllCounters,
    pub(super) group: Option<Arc<str>>,
    pub(super) kept_order: Option<KeptOrder>,
}

/// One partition of a run, beside its messages.
pub(crate) struct Place<R: Reader> {
    pub(super) topic: Arc<str>,
    pub(super) partition: i32,
    pub(super) access: R::Access,
    pub(super) counters: Arc<Counters>,
    /// The delay of the retry topic that it is of.
    pub(super) retry_delay: Option<Duration>,
    pub(super) started: Started,
    /// What it has in common with its topic and the other retry topics, where the order of keys is kept.
    pub(super) line: Option<Arc<Line>>,
}

impl<R: Reader> Place<R> {
    /// The retry topic that a message has to go to untried, since others of its key are there that come before it.
    pub(super) fn behind(&self, record: &R::Record, arrival: Arrival) -> Option<RetryStage> {
        let from = self.retry_delay.map(|delay| (delay, arrival));
        self.line.as_ref()?.behind(record.key()?, from)
    }

    /// A message is about to be sent to a retry topic.
    pub(super) fn join(&self, record: &R::Record, stage: RetryStage) -> Option<Joining<'_>> {
        Some(self.line.as_ref()?.join(record.key()?, stage))
    }

    /// A message is done.
    pub(super) fn finish(&self, record: &R::Record, arrival: Arrival) {
        record.done();
        if let (Some(line), Some(delay), Some(key)) = (&self.line, self.retry_delay, record.key()) {
            line.leave(key, delay, arrival);
        }
    }
}

/// The permit that a task keeps from one message to the next, which costs less than to give it back and to take one
/// again. It has none while it waits for anything but a handler.
#[derive(Default)]
pub(crate) struct Seat<'r> {
    permit: Option<SemaphorePermit<'r>>,
    /// Where the task wants to be told that it waits for a permit.
    is_queued: Option<&'r AtomicBool>,
}

impl<'r> Seat<'r> {
    /// That of a task which wants to know whether it waits for a permit.
    pub(super) fn telling(is_queued: &'r AtomicBool) -> Self {
        Self { permit: None, is_queued: Some(is_queued) }
    }

    pub(super) fn leave(&mut self) {
        self.permit = None;
    }

    fn set_queued(&self, queued: bool) {
        if let Some(is_queued) = self.is_queued {
            is_queued.store(queued, Ordering::Relaxed);
        }
    }

    /// Waits for something else than a handler.
    pub(super) async fn leave_while_waiting<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            let polled = future.as_mut().poll(context);
            if polled.is_pending() {
                self.leave();
            }
            polled
        })
        .await
    }
}

/// The run is to end, or the partition to be given to another consumer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Halted;

impl<W: Sync, O: Sync> Running<W, O> {
    /// Whether nothing more is to be started in a partition.
    pub(super) fn is_halted<R: Reader>(&self, place: &Place<R>) -> bool {
        self.stop.is_set() || place.access.is_revoking()
    }

    /// Resolves when nothing more is to be started in a partition.
    pub(super) async fn halted<R: Reader>(&self, place: &Place<R>) {
        select(pin!(self.stop.stopped()), pin!(place.access.revoking())).await;
    }

    /// Waits until one more handler may run, for the first time with the messages from `first` to `last`. A permit that
    /// the task has kept is used first.
    ///
    /// When nothing more is to be started, messages before one that was started are still processed: everything from
    /// the first one that is not done comes again.
    pub(super) async fn permit_to_start<'r, R: Reader>(
        &'r self,
        place: &Place<R>,
        first: i64,
        last: i64,
        seat: &mut Seat<'r>,
    ) -> Result<SemaphorePermit<'r>, Halted> {
        let permit = match seat.permit.take().map_or_else(|| self.permits.try_acquire(), Ok) {
            Ok(permit) => permit,
            Err(_) => {
                seat.set_queued(true);
                let mut acquiring = pin!(self.permits.acquire());
                let acquired = match select(&mut acquiring, pin!(self.halted(place))).await {
                    Either::Left((acquired, _)) => acquired,
                    Either::Right(_) if place.started.has_started_after(first) => acquiring.await,
                    Either::Right(_) => return Err(Halted),
                };
                seat.set_queued(false);
                // It is never closed.
                acquired.map_err(|_| Halted)?
            }
        };
        if self.may_start(place, first, last) { Ok(permit) } else { Err(Halted) }
    }

    /// Lets a task keep a permit for its next message, unless others wait for one.
    pub(super) fn keep<'r>(&self, permit: SemaphorePermit<'r>, seat: &mut Seat<'r>) {
        if self.permits.available_permits() > 0 {
            seat.permit = Some(permit);
        }
    }

    /// Whether the messages from `first` to `last` are to be started for the first time, as they are then.
    pub(super) fn may_start<R: Reader>(&self, place: &Place<R>, first: i64, last: i64) -> bool {
        match self.is_halted(place) {
            true => place.started.has_started_after(first),
            false => place.started.start(first, last),
        }
    }

    /// Waits until one more handler may run, again with a message that has failed.
    pub(super) async fn permit_to_retry<R: Reader>(&self, place: &Place<R>) -> Result<SemaphorePermit<'_>, Halted> {
        // It is never closed.
        let permit = self.unless_halted(place, self.permits.acquire()).await?.map_err(|_| Halted)?;
        if self.is_halted(place) { Err(Halted) } else { Ok(permit) }
    }

    pub(super) async fn pause<R: Reader>(&self, place: &Place<R>, pause: Duration) -> Result<(), Halted> {
        self.unless_halted(place, tokio::time::sleep(pause)).await
    }

    /// Waits for this time, where there is one.
    pub(super) async fn pause_until<R: Reader>(&self, place: &Place<R>, due: Option<Timestamp>) -> Result<(), Halted> {
        let Some(due) = due else {
            return Ok(());
        };
        let left = due.as_millis().saturating_sub(Timestamp::from(SystemTime::now()).as_millis());
        match u64::try_from(left) {
            Ok(left @ 1..) => self.pause(place, Duration::from_millis(left)).await,
            _ => Ok(()),
        }
    }

    pub(super) async fn unless_halted<R: Reader, F: Future>(
        &self,
        place: &Place<R>,
        future: F,
    ) -> Result<F::Output, Halted> {
        match select(pin!(future), pin!(self.halted(place))).await {
            Either::Left((output, _)) => Ok(output),
            Either::Right(_) => Err(Halted),
        }
    }
}
