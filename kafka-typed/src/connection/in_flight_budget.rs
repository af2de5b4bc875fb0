//! How many messages and bytes are on their way, and waiting until there is room for one more.
//!
//! librdkafka has such limits of its own, but frees the room only after the delivery report has been served, and tells
//! nobody: whoever met a full queue could only sleep and try again. So its limits are switched off, and these replace
//! them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Messages and bytes on their way, in one atomic number so that both limits are checked and taken in one step: the
/// upper [`MESSAGE_BITS`] bits count messages, the others bytes.
#[derive(Debug)]
pub(crate) struct InFlightBudget {
    on_their_way: AtomicU64,
    limits: Limits,
    /// How many tasks wait for room. Delivery reports look here first, so that the usual case, nobody waiting, takes no
    /// lock.
    waiting: AtomicUsize,
    freed: Notify,
    delivered: AtomicU64,
    delivered_bytes: AtomicU64,
    failed: AtomicU64,
}

const MESSAGE_BITS: u32 = 24;
const BYTE_BITS: u32 = u64::BITS - MESSAGE_BITS;
const ONE_MESSAGE: u64 = 1 << BYTE_BITS;
const BYTE_MASK: u64 = ONE_MESSAGE - 1;

/// How much may be on its way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    messages: u64,
    bytes: u64,
}

impl Limits {
    /// Limits beyond 16,777,215 messages or 1 TiB become these. Fewer than one message means one.
    pub(crate) fn new(messages: u64, bytes: u64) -> Self {
        Self { messages: messages.clamp(1, (1 << MESSAGE_BITS) - 1), bytes: bytes.min(BYTE_MASK) }
    }

    /// Whether there is room for one more message of this size beside so many with so many bytes.
    ///
    /// A message that is larger than the limit goes alone: librdkafka decides then whether it is too large, and it does
    /// not wait for ever here.
    pub(crate) fn fit(self, messages: u64, used: u64, bytes: u64) -> bool {
        messages == 0 || (messages < self.messages && used.saturating_add(bytes) <= self.bytes)
    }
}

/// What a producer has sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Messages handed over, without a delivery report yet.
    pub in_flight: u64,
    /// Messages that the broker has acknowledged.
    pub delivered: u64,
    /// Messages that were handed over and could not be delivered.
    pub failed: u64,
}

impl InFlightBudget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            on_their_way: AtomicU64::new(0),
            limits,
            waiting: AtomicUsize::new(0),
            freed: Notify::new(),
            delivered: AtomicU64::new(0),
            delivered_bytes: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Takes room for one message when there is some.
    pub(crate) fn try_take(&self, bytes: usize) -> Option<Reservation<'_>> {
        let bytes = u64::try_from(bytes).unwrap_or(BYTE_MASK).min(BYTE_MASK);
        let fits = |state: u64| self.limits.fit(state >> BYTE_BITS, state & BYTE_MASK, bytes);
        // Sequentially consistent, as are the operations on `waiting`: whoever fails here has announced itself before,
        // so that the one who frees room afterwards sees that somebody waits.
        self.on_their_way
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| {
                fits(state).then_some(state + ONE_MESSAGE + bytes)
            })
            .ok()
            .map(|before| Reservation { budget: self, bytes, is_first: before >> BYTE_BITS == 0 })
    }

    /// Waits for room for one message, and takes it. Dropping the future gives up the turn, and nothing else.
    pub(crate) async fn take(&self, bytes: usize) -> Reservation<'_> {
        let waiting = Waiting::announce(&self.waiting);
        let reservation = loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // From here on a notification reaches this task, so that none is lost between the look and the wait.
            freed.as_mut().enable();
            if let Some(reservation) = self.try_take(bytes) {
                break reservation;
            }
            freed.await;
        };
        drop(waiting);
        // One delivery wakes one task. There may be room for more of them.
        self.wake_one();
        reservation
    }

    /// Takes note of the delivery report of a message.
    pub(crate) fn report(&self, bytes: u64, delivered: bool) {
        if delivered {
            self.delivered.fetch_add(1, Ordering::Relaxed);
            self.delivered_bytes.fetch_add(bytes, Ordering::Relaxed);
        } else {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        self.give_back(bytes);
    }

    /// Messages on their way.
    pub(crate) fn in_flight(&self) -> u64 {
        self.on_their_way.load(Ordering::SeqCst) >> BYTE_BITS
    }

    /// The bytes of these.
    pub(crate) fn in_flight_bytes(&self) -> u64 {
        self.on_their_way.load(Ordering::SeqCst) & BYTE_MASK
    }

    /// The bytes of the messages that were delivered.
    pub(crate) fn delivered_bytes(&self) -> u64 {
        self.delivered_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            in_flight: self.in_flight(),
            delivered: self.delivered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }

    fn give_back(&self, bytes: u64) {
        self.on_their_way.fetch_sub(ONE_MESSAGE + bytes, Ordering::SeqCst);
        self.wake_one();
    }

    fn wake_one(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.freed.notify_one();
        }
    }
}

/// InFlightBudget taken for one message. Given back when dropped, unless the message went on its way.
#[derive(Debug)]
pub(crate) struct Reservation<'r> {
    budget: &'r InFlightBudget,
    bytes: u64,
    is_first: bool,
}

impl Reservation<'_> {
    /// The message is on its way: its delivery report gives the room back.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }

    /// Whether nothing else was on its way.
    pub(crate) fn is_first(&self) -> bool {
        self.is_first
    }

    /// What [`InFlightBudget::report`] needs to know.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

struct Waiting<'r>(&'r AtomicUsize);

impl<'r> Waiting<'r> {
    fn announce(waiting: &'r AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn both_limits_hold_and_an_oversized_message_goes_alone() {
        // (limits, sizes taken before, size asked for, whether there is room)
        let check = |(messages, bytes), before: &[usize], size: usize, expected: bool| {
            let budget = InFlightBudget::new(Limits::new(messages, bytes));
            for size in before {
                budget.try_take(*size).unwrap().keep();
            }
            assert_eq!(budget.try_take(size).is_some(), expected, "{messages} {bytes} {before:?} {size}");
            assert_eq!(budget.counts().in_flight, before.len() as u64);
        };
        check((2, 100), &[], 10, true);
        check((2, 100), &[10], 10, true);
        check((2, 100), &[10, 10], 10, false);
        check((9, 100), &[60], 40, true);
        check((9, 100), &[60], 41, false);
        check((9, 100), &[], 5_000, true);
        check((9, 100), &[1], 5_000, false);
        check((0, 0), &[], 1, true);
        check((u64::MAX, u64::MAX), &[1, 2, 3], usize::MAX, false);
    }

    #[test]
    fn room_that_is_not_used_is_given_back() {
        let budget = InFlightBudget::new(Limits::new(1, 10));
        drop(budget.try_take(10));
        budget.try_take(10).unwrap().keep();
        assert!(budget.try_take(10).is_none());
        budget.report(10, false);
        assert_eq!(budget.counts(), Counts { in_flight: 0, delivered: 0, failed: 1 });
        assert!(budget.try_take(10).is_some());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn many_tasks_that_wait_for_the_same_room_all_get_it() {
        let budget = Arc::new(InFlightBudget::new(Limits::new(1, 10)));
        let tasks: Vec<_> = (0..200)
            .map(|index| {
                let budget = Arc::clone(&budget);
                tokio::spawn(async move {
                    for turn in 0..50 {
                        let reservation = budget.take((index * 7 + turn) % 25).await;
                        let bytes = reservation.bytes();
                        reservation.keep();
                        tokio::task::yield_now().await;
                        budget.report(bytes, true);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(budget.counts(), Counts { in_flight: 0, delivered: 10_000, failed: 0 });
    }

    #[tokio::test]
    async fn a_task_that_stops_waiting_passes_its_turn_on() {
        let budget = InFlightBudget::new(Limits::new(1, 10));
        let reservation = budget.try_take(1).unwrap();
        {
            let mut first = std::pin::pin!(budget.take(1));
            let mut second = std::pin::pin!(budget.take(1));
            assert!(futures_util::poll!(first.as_mut()).is_pending());
            assert!(futures_util::poll!(second.as_mut()).is_pending());
            drop(reservation);
            // The first one has been woken but is never polled again; it is dropped after the second has tried.
            first.set(budget.take(1));
            let reservation = second.await;
            assert_eq!(budget.counts().in_flight, 1);
            drop(reservation);
        }
        assert_eq!(budget.counts().in_flight, 0);
    }
}
