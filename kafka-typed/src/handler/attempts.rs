//! One message, from its first attempt to its end.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use tracing::{Instrument, Span};

use super::failing::{Failed, panicked};
use super::failure_log::{Position, Reaction};
use super::kept_order::RetryStage;
use super::measurement;
use super::outlet::{Arrival, Destination, Outlet, Sending};
use super::run_error::RunProblem;
use super::running::{Halted, Place, Running, Seat};
use super::source::{Access, Outcome, Read, Reader, Record};
use super::work::Work;
use crate::connection::DeliveryError;
use crate::connection::Timestamp;
use crate::connection::trace::{self, Source};
use crate::consumer::{BadMessage, TypedMessage};
use crate::failure::FailurePolicy;
use crate::failure::{HandlerError, LetterError, NextStep, Progress};

/// How a message, or a batch, ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It is done.
    Done,
    /// It comes again, since nothing more is to be started.
    GivenBack,
    /// The run is to stop.
    Failed(RunProblem),
}

/// What to do with a message that has failed.
pub(super) enum Step {
    Retry(Duration),
    Leave(Leaving),
    Fail,
}

/// How a message leaves that is not retried in place.
#[derive(Clone, Copy)]
pub(super) enum Leaving {
    Skipped,
    To(Destination),
}

/// How long the first and each further pause is when a retry topic or a dead letter topic does not take a message.
const FIRST_SENDING_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_SENDING_PAUSE: Duration = Duration::from_secs(10);

impl<W: Sync, O: Outlet> Running<W, O> {
    /// Processes a message to its end.
    pub(super) async fn process<'r, R: Reader>(&'r self, place: &Place<R>, read: Read<R>, seat: &mut Seat<'r>) -> Ended
    where
        W: Work<R>,
    {
        let Read { outcome, record } = read;
        let arrival = self.arrival(place, &record);
        if !arrival.is_ours {
            record.done();
            return Ended::Done;
        }
        if let Some(stage) = place.behind(&record, arrival) {
            place.counters.started.add(1);
            seat.leave();
            return self.send_behind(place, &record, arrival, stage).await;
        }
        if seat.leave_while_waiting(self.pause_until(place, arrival.due)).await.is_err() {
            return Ended::GivenBack;
        }
        let span = self.span_of::<R>(&outcome);
        self.attempt_until_it_ends(place, Read { outcome, record }, arrival, seat).instrument(span).await
    }

    /// The span of a message until it is done.
    fn span_of<R: Reader>(&self, outcome: &Outcome<R>) -> Span {
        let group = self.group.as_deref();
        trace::processing(match &**outcome {
            Ok(TypedMessage { topic, partition, offset, headers, .. }) => {
                Source { topic, partition: *partition, offset: *offset, headers, group }
            }
            Err(BadMessage { topic, partition, offset, headers, .. }) => {
                Source { topic, partition: *partition, offset: *offset, headers, group }
            }
        })
    }

    async fn attempt_until_it_ends<'r, R: Reader>(
        &'r self,
        place: &Place<R>,
        read: Read<R>,
        arrival: Arrival,
        seat: &mut Seat<'r>,
    ) -> Ended
    where
        W: Work<R>,
    {
        let Read { mut outcome, record } = read;
        let mut attempts = 0;
        loop {
            let Err(failed) = self.attempt(place, outcome, (attempts == 0).then(|| record.offset()), seat).await else {
                place.finish(&record, arrival);
                place.counters.processed.add(1);
                return Ended::Done;
            };
            let Some(failed) = failed else {
                return Ended::GivenBack;
            };
            attempts += 1;
            match self.next_step(place, &failed, arrival, attempts) {
                Step::Retry(pause) => {
                    if self.pause_before_retry(place, &record, &failed, pause).await.is_err() {
                        return Ended::GivenBack;
                    }
                    outcome = match (place.access.decode(&record), failed) {
                        (Some(outcome), _) => outcome,
                        (None, Failed::Bad(bad)) => Box::new(Err(*bad)),
                        (None, Failed::Handler(_)) => {
                            debug_assert!(false, "it was decoded before, and schemas are not forgotten");
                            return Ended::GivenBack;
                        }
                    };
                }
                Step::Leave(leaving) => {
                    return self.leave(place, (&record, arrival), &failed, attempts, leaving).await;
                }
                Step::Fail => return Ended::Failed(place.failed(&record, failed, attempts)),
            }
        }
    }

    /// How a message came.
    pub(super) fn arrival<R: Reader>(&self, place: &Place<R>, record: &R::Record) -> Arrival {
        match place.retry_delay.and_then(|_| record.to_record()) {
            Some(record) => self.outlet.arrival(&record),
            None => Arrival::FIRST,
        }
    }

    /// Runs the handler once, for the first time with a message where that has an offset. `Err(None)` when it was not
    /// started.
    async fn attempt<'r, R: Reader>(
        &'r self,
        place: &Place<R>,
        outcome: Outcome<R>,
        first: Option<i64>,
        seat: &mut Seat<'r>,
    ) -> Result<(), Option<Failed>>
    where
        W: Work<R>,
    {
        let permit = match first {
            Some(offset) => self.permit_to_start(place, offset, offset, seat).await,
            None => self.permit_to_retry(place).await,
        };
        let permit = permit.map_err(|Halted| None)?;
        let before = place.counters.started.add(first.is_some().into());
        let message = outcome.map_err(|bad| Some(Failed::Bad(Box::new(bad))))?;
        let started = measurement::start(before);
        let handled = caught(self.work.handle_one(message)).await;
        measurement::took(&place.topic, started);
        // What has failed may pause.
        if handled.is_ok() {
            self.keep(permit, seat);
        }
        handled.map_err(Some)
    }

    /// What to do with a message that has failed for the last of `attempts` times.
    pub(super) fn next_step<R: Reader>(
        &self,
        place: &Place<R>,
        failed: &Failed,
        arrival: Arrival,
        attempts: u32,
    ) -> Step {
        place.counters.failed.add(1);
        trace::failed(&Span::current(), failed.as_failure().class());
        let now = Timestamp::from(SystemTime::now());
        let progress = Progress { was_tried: arrival.was_tried, ..Progress::new(arrival.delivery, attempts) };
        match self.policy(failed).next_step(failed.as_failure(), progress, now) {
            NextStep::RetryIn(pause) => Step::Retry(pause),
            NextStep::RetryTopic { index, due } => Step::Leave(Leaving::To(Destination::RetryTopic { index, due })),
            NextStep::DeadLetter => Step::Leave(Leaving::To(Destination::DeadLetters)),
            NextStep::Skip => Step::Leave(Leaving::Skipped),
            NextStep::Fail => Step::Fail,
        }
    }

    fn policy(&self, failed: &Failed) -> &FailurePolicy {
        match failed {
            Failed::Handler(_) => &self.on_error,
            Failed::Bad(_) => &self.on_bad_message,
        }
    }

    pub(super) async fn pause_before_retry<R: Reader>(
        &self,
        place: &Place<R>,
        record: &R::Record,
        failed: &Failed,
        pause: Duration,
    ) -> Result<(), Halted> {
        self.log.report(Reaction::Retried, place.position(record), &failed.as_failure().message());
        self.pause(place, pause).await?;
        place.counters.retried.add(1);
        Ok(())
    }

    /// Takes a message out of the way. It is done once that is certain.
    pub(super) async fn leave<R: Reader>(
        &self,
        place: &Place<R>,
        (record, arrival): (&R::Record, Arrival),
        failed: &Failed,
        attempts: u32,
        leaving: Leaving,
    ) -> Ended {
        let (reaction, counter) = match leaving {
            Leaving::Skipped => (Reaction::Skipped, &place.counters.skipped),
            Leaving::To(Destination::RetryTopic { .. }) => (Reaction::Deferred, &place.counters.deferred),
            Leaving::To(Destination::DeadLetters) => (Reaction::DeadLettered, &place.counters.dead_lettered),
        };
        self.log.report(reaction, place.position(record), &failed.as_failure().message());
        if let Leaving::To(to) = leaving {
            let stage = match to {
                Destination::RetryTopic { index, .. } => {
                    let delay = self.policy(failed).delays().get(index);
                    delay.map(|delay| RetryStage { index, delay: *delay })
                }
                Destination::DeadLetters => None,
            };
            let sending = Sending::Failed { to, failed, attempts };
            if let Err(ended) = self.send(place, record, sending, stage).await {
                return ended;
            }
        }
        place.finish(record, arrival);
        counter.add(1);
        Ended::Done
    }

    /// Sends a message untried to a retry topic where others of its key are that come before it.
    pub(super) async fn send_behind<R: Reader>(
        &self,
        place: &Place<R>,
        record: &R::Record,
        arrival: Arrival,
        stage: RetryStage,
    ) -> Ended {
        if !self.may_start(place, record.offset(), record.offset()) {
            return Ended::GivenBack;
        }
        if let Err(ended) = self.send(place, record, Sending::Behind(stage), Some(stage)).await {
            return ended;
        }
        place.finish(record, arrival);
        place.counters.deferred.add(1);
        Ended::Done
    }

    /// Sends a message to another topic, the retry topic `stage` where it is one, until that has acknowledged it.
    async fn send<R: Reader>(
        &self,
        place: &Place<R>,
        record: &R::Record,
        sending: Sending<'_>,
        stage: Option<RetryStage>,
    ) -> Result<(), Ended> {
        // Later messages of its key have to know before it is sent.
        let joining = stage.and_then(|stage| place.join(record, stage));
        let position = place.position(record);
        let mut pause = FIRST_SENDING_PAUSE;
        let Some(copy) = record.to_record() else {
            debug_assert!(false, "a record is kept until it is done");
            return Err(Ended::GivenBack);
        };
        loop {
            let Err(error) = self.outlet.send(&copy, sending).await else {
                if let Some(joining) = joining {
                    joining.joined();
                }
                return Ok(());
            };
            if is_hopeless(&error) {
                return Err(Ended::Failed(error.into()));
            }
            self.log.report(Reaction::Held, position, &chain(&error));
            self.pause(place, pause).await.map_err(|Halted| Ended::GivenBack)?;
            pause = (pause * 2).min(LONGEST_SENDING_PAUSE);
        }
    }
}

impl<R: Reader> Place<R> {
    pub(super) fn position(&self, record: &R::Record) -> Position<'_> {
        Position { topic: &self.topic, partition: self.partition, offset: record.offset() }
    }

    pub(super) fn failed(&self, record: &R::Record, failed: Failed, attempts: u32) -> RunProblem {
        let Position { topic, partition, offset } = self.position(record);
        RunProblem::Message { topic: topic.clone(), partition, offset, attempts, source: failed.into_error() }
    }
}

/// Runs a handler so that its panic is an error like any other: its partition would wait for ever otherwise.
pub(super) async fn caught<E: From<HandlerError>>(handling: impl Future<Output = Result<(), E>>) -> Result<(), E> {
    let panicked = |payload: Box<dyn Any + Send>| Err(panicked(&*payload).into());
    AssertUnwindSafe(handling).catch_unwind().await.unwrap_or_else(panicked)
}

/// Whether no repetition mends it.
fn is_hopeless(error: &LetterError) -> bool {
    match error {
        LetterError::NotDelivered { source, .. } => {
            source.is_fatal() || source.is_too_large() || matches!(source, DeliveryError::InvalidTimestamp { .. })
        }
        LetterError::NoProducer { .. } | LetterError::NoRetryTopic { .. } => true,
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
