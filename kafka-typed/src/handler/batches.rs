//! One batch, from its first attempt to its end.

use std::collections::VecDeque;
use std::time::Instant;

use tracing::{Instrument, Span};

use super::attempts::{Ended, Step, caught};
use super::batch_handler::{BatchError, BatchHandler};
use super::failing::Failed;
use super::measurement;
use super::outlet::{Arrival, Outlet};
use super::running::{Place, Running, Seat};
use super::source::{Access, Outcome, Read, Reader, Record};
use super::work::Batches;
use crate::connection::ConsumerRecord;
use crate::connection::trace::{self, Source};

/// What kind of error a batch has in its span: the log and the dead letters have the error itself.
const BATCH_ERROR: &str = "handler";

/// A message of a batch that is not done yet.
struct Pending<R: Reader> {
    record: R::Record,
    /// `None` while a handler has it, or when one has failed.
    outcome: Option<Outcome<R>>,
    arrival: Arrival,
    attempts: u32,
    is_started: bool,
}

impl<H, O: Outlet> Running<Batches<H>, O> {
    pub(super) async fn process_batch<'r, R: Reader>(
        &'r self,
        place: &Place<R>,
        reads: Vec<Read<R>>,
        seat: &mut Seat<'r>,
    ) -> Ended
    where
        H: BatchHandler<R::Value, R::Key>,
    {
        let mut queue = VecDeque::with_capacity(reads.len());
        for Read { outcome, record } in reads {
            let arrival = self.arrival(place, &record);
            match arrival.is_ours {
                true => {
                    queue.push_back(Pending { record, outcome: Some(outcome), arrival, attempts: 0, is_started: false })
                }
                false => record.done(),
            }
        }
        let due = queue.iter().filter_map(|pending| pending.arrival.due).max();
        if self.pause_until(place, due).await.is_err() {
            return Ended::GivenBack;
        }
        loop {
            for pending in queue.iter_mut().filter(|pending| pending.outcome.is_none()) {
                pending.outcome = place.access.decode(&pending.record);
            }
            if let Err(ended) = self.send_all_behind(place, &mut queue).await {
                return ended;
            }
            let good = queue
                .iter()
                .take_while(|pending| pending.outcome.as_ref().is_some_and(|outcome| outcome.is_ok()))
                .count();
            if good == 0 {
                // A bad one at the head is for itself.
                let (record, outcome) = match queue.pop_front() {
                    Some(Pending { record, outcome: Some(outcome), .. }) => (record, outcome),
                    // It was decoded before, and schemas are not forgotten.
                    Some(Pending { outcome: None, .. }) => return Ended::GivenBack,
                    None => return Ended::Done,
                };
                let ended = self.process(place, Read { outcome, record }, seat).await;
                seat.leave();
                match ended {
                    Ended::Done => continue,
                    ended => return ended,
                }
            }
            let Err(error) = self.attempt_batch(place, &mut queue, good, seat).await else {
                finish(place, &mut queue, good);
                continue;
            };
            let Some(error) = error else {
                return Ended::GivenBack;
            };
            let (before, blamed) = match error.index() {
                Some(index) if index < good => (index, 1),
                _ => (0, good),
            };
            finish(place, &mut queue, before);
            let failed = Failed::Handler(error.into_error());
            queue.iter_mut().take(blamed).for_each(|pending| pending.attempts += 1);
            let attempts = queue.iter().take(blamed).map(|pending| pending.attempts).max().unwrap_or(1);
            let arrival = queue.front().map_or(Arrival::FIRST, |pending| pending.arrival);
            match self.next_step(place, &failed, arrival, attempts) {
                Step::Retry(pause) => {
                    let Some(first) = queue.front() else { continue };
                    if self.pause_before_retry(place, &first.record, &failed, pause).await.is_err() {
                        return Ended::GivenBack;
                    }
                }
                Step::Leave(leaving) => {
                    for pending in queue.drain(..blamed) {
                        let message = (&pending.record, pending.arrival);
                        let span = self.span_of_record::<R>(&pending.record);
                        match self.leave(place, message, &failed, attempts, leaving).instrument(span).await {
                            Ended::Done => {}
                            ended => return ended,
                        }
                    }
                }
                Step::Fail => {
                    let Some(first) = queue.front() else { continue };
                    return Ended::Failed(place.failed(&first.record, failed, attempts));
                }
            }
        }
    }

    /// The span of a message that has failed with its batch, which belongs to its own trace.
    fn span_of_record<R: Reader>(&self, record: &R::Record) -> Span {
        let group = self.group.as_deref();
        record.to_record().map_or_else(Span::none, |record| {
            let ConsumerRecord { topic, partition, offset, headers, .. } = &record;
            trace::processing(Source { topic, partition: *partition, offset: *offset, headers, group })
        })
    }

    /// Takes out those that have to wait behind others of their keys, which are in retry topics.
    async fn send_all_behind<R: Reader>(&self, place: &Place<R>, queue: &mut VecDeque<Pending<R>>) -> Result<(), Ended>
    where
        H: BatchHandler<R::Value, R::Key>,
    {
        if place.line.is_none() {
            return Ok(());
        }
        let count = queue.len();
        for _ in 0..count {
            let Some(pending) = queue.pop_front() else { break };
            let Some(stage) = place.behind(&pending.record, pending.arrival) else {
                queue.push_back(pending);
                continue;
            };
            place.counters.started.add((!pending.is_started).into());
            match self.send_behind(place, &pending.record, pending.arrival, stage).await {
                Ended::Done => {}
                ended => return Err(ended),
            }
        }
        Ok(())
    }

    /// Runs the handler with the first `good` messages, all of which are decoded. `Err(None)` when it was not started.
    async fn attempt_batch<'r, R: Reader>(
        &'r self,
        place: &Place<R>,
        queue: &mut VecDeque<Pending<R>>,
        good: usize,
        seat: &mut Seat<'r>,
    ) -> Result<(), Option<BatchError>>
    where
        H: BatchHandler<R::Value, R::Key>,
    {
        let permit = match new_offsets(queue, good) {
            Some((first, last)) => self.permit_to_start(place, first, last, seat).await,
            None => self.permit_to_retry(place).await,
        };
        let permit = permit.map_err(|_| None)?;
        let mut messages = Vec::with_capacity(good);
        for pending in queue.iter_mut().take(good) {
            let is_new = !std::mem::replace(&mut pending.is_started, true);
            place.counters.started.add(is_new.into());
            messages.extend(pending.outcome.take().and_then(|outcome| outcome.ok()));
        }
        let started = Some(Instant::now());
        let headers = messages.iter().map(|message| &message.headers);
        let span = trace::processing_batch(&place.topic, place.partition, self.group.as_deref(), headers);
        let handling = async { self.work.handler.handle(messages).await };
        let handled = caught(handling.instrument(span.clone())).await;
        if handled.is_err() {
            trace::failed(&span, BATCH_ERROR);
        }
        measurement::took(&place.topic, started);
        drop(permit);
        handled.map_err(Some)
    }
}

/// The first messages are done.
fn finish<R: Reader>(place: &Place<R>, queue: &mut VecDeque<Pending<R>>, count: usize) {
    for pending in queue.drain(..count) {
        place.finish(&pending.record, pending.arrival);
    }
    place.counters.processed.add(count as u64);
}

/// The first and the last offset of those of the first `good` messages that were not started before.
fn new_offsets<R: Reader>(queue: &VecDeque<Pending<R>>, good: usize) -> Option<(i64, i64)> {
    let mut new = queue.iter().take(good).filter(|pending| !pending.is_started).map(|pending| pending.record.offset());
    let first = new.next()?;
    Some((first, new.last().unwrap_or(first)))
}
