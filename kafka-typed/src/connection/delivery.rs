//! Delivery reports, and the future that waits for one.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use rdkafka::message::BorrowedMessage;
use tracing::Span;

use super::DeliveryError;
use super::error_code::KafkaErrorCode;
use super::measurement;
use super::raw_producer::RecordSource;
use super::record::Timestamp;
use super::trace;

/// Where a message went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The topic it was sent to.
    pub topic: Arc<str>,
    /// The partition that the key, the partitioner or the caller chose.
    pub partition: i32,
    /// Its place in the partition.
    pub offset: i64,
    /// The record's time: as sent, or the broker's when the topic keeps the time of appending.
    pub timestamp: Option<Timestamp>,
}

/// Resolves when the broker has acknowledged the message, or it failed for good.
///
/// It may be awaited at any time later and from another task, together with others, or be dropped: the message is on
/// its way all the same, and a failure is then only logged and counted in [`Counts::failed`](crate::Counts).
#[derive(Debug)]
#[must_use = "a delivery that is never awaited may fail with nobody but the log knowing"]
pub struct DeliveryFuture {
    pending: Arc<PendingDelivery>,
}

impl DeliveryFuture {
    pub(crate) fn new(pending: Arc<PendingDelivery>) -> Self {
        Self { pending }
    }

    /// What it resolves to, if it does already.
    pub(crate) fn outcome(&self) -> Option<Result<Delivery, DeliveryError>> {
        match &*self.pending.state() {
            State::Reported(outcome) => Some(self.pending.answer(*outcome)),
            State::Waiting(_) => None,
        }
    }
}

impl Future for DeliveryFuture {
    type Output = Result<Delivery, DeliveryError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = match &mut *self.pending.state() {
            State::Reported(outcome) => *outcome,
            State::Waiting(waker) => {
                match waker {
                    Some(waker) => waker.clone_from(context.waker()),
                    None => *waker = Some(context.waker().clone()),
                }
                return Poll::Pending;
            }
        };
        Poll::Ready(self.pending.answer(outcome))
    }
}

/// What a delivery report means, small enough to copy.
pub(crate) type Outcome = Result<RecordPosition, KafkaErrorCode>;

/// Where a message is in its topic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordPosition {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp: Option<Timestamp>,
}

/// One allocation per message, shared by librdkafka, which carries it to the delivery report, and the future. As small
/// as it can be: there is one for each message that is on its way.
#[derive(Debug)]
pub(crate) struct PendingDelivery {
    state: Mutex<State>,
    source: Arc<RecordSource>,
    bytes: u64,
    details: Option<Box<Details>>,
}

/// What few messages have.
#[derive(Debug)]
struct Details {
    timestamp: Option<Timestamp>,
    span: Span,
}

#[derive(Debug)]
enum State {
    Waiting(Option<Waker>),
    Reported(Outcome),
}

impl PendingDelivery {
    /// `bytes` is what the message takes of its producer's budget.
    pub(crate) fn new(source: Arc<RecordSource>, timestamp: Option<Timestamp>, bytes: u64, span: Span) -> Self {
        let has_details = timestamp.is_some() || !span.is_disabled();
        let details = has_details.then(|| Box::new(Details { timestamp, span }));
        Self { state: Mutex::new(State::Waiting(None)), source, bytes, details }
    }

    pub(crate) fn topic(&self) -> &Arc<str> {
        &self.source.topic
    }

    fn answer(&self, outcome: Outcome) -> Result<Delivery, DeliveryError> {
        let RecordPosition { partition, offset, timestamp } =
            outcome.map_err(|code| self.source.not_delivered(code))?;
        Ok(Delivery { topic: Arc::clone(&self.source.topic), partition, offset, timestamp })
    }

    /// Keeps a record that was not delivered, where its producer asked for that.
    pub(crate) fn keep_undelivered(&self, message: &BorrowedMessage<'_>, code: KafkaErrorCode) {
        if let Some(undelivered) = &self.source.undelivered {
            let timestamp = self.details.as_ref().and_then(|details| details.timestamp);
            undelivered.keep(message, (timestamp, self.bytes), self.source.not_delivered(code));
        }
    }

    /// Takes the delivery report.
    pub(crate) fn report(&self, outcome: Outcome) {
        if let Some(details) = &self.details {
            trace::sent(&details.span, &outcome);
        }
        match outcome {
            Ok(_) => self.source.progress.delivered(),
            Err(code) => {
                let error = self.source.not_delivered(code);
                measurement::send_failed(&self.source.topic, error.kind());
                self.source.progress.failed(error);
            }
        }
        // The budget before the waker: a task that awaits this delivery and sends the next message shall find room.
        self.source.budget.report(self.bytes, outcome.is_ok());
        let before = std::mem::replace(&mut *self.state(), State::Reported(outcome));
        // The lock is released by now, so that the task that wakes up does not run into it.
        if let State::Waiting(Some(waker)) = before {
            waker.wake();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
