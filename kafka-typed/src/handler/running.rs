//! What all partitions of a run share, and when nothing more is to be started.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
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

    /// Waits until one more handler may run, for the first time with the messages from `first` to `last`.
    ///
    /// When nothing more is to be started, messages before one that was started are still processed: everything from
    /// the first one that is not done comes again.
    pub(super) async fn permit_to_start<R: Reader>(
        &self,
        place: &Place<R>,
        first: i64,
        last: i64,
    ) -> Result<SemaphorePermit<'_>, Halted> {
        let permit = match self.permits.try_acquire() {
            Ok(permit) => permit,
            Err(_) => {
                let mut acquiring = pin!(self.permits.acquire());
                let acquired = match select(&mut acquiring, pin!(self.halted(place))).await {
                    Either::Left((acquired, _)) => acquired,
                    Either::Right(_) if place.started.has_started_after(first) => acquiring.await,
                    Either::Right(_) => return Err(Halted),
                };
                // It is never closed.
                acquired.map_err(|_| Halted)?
            }
        };
        if self.may_start(place, first, last) { Ok(permit) } else { Err(Halted) }
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
