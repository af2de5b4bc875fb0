//! What was acknowledged and what was read, by the numbers of the messages.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Written by all clients of a row.
pub(super) struct Ledger(Mutex<Inner>);

struct Inner {
    /// By number.
    messages: Vec<Message>,
    /// The highest number that was read of each partition.
    highest: HashMap<u64, u64>,
    counts: Counts,
    /// Acknowledged, and not read yet.
    waiting: u64,
    last_read: Instant,
}

#[derive(Clone, Copy, Default)]
struct Message {
    is_acknowledged: bool,
    times_read: u32,
}

/// What a ledger has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) acknowledged: u64,
    /// Different messages.
    pub(super) read: u64,
    /// Sent, and not acknowledged.
    pub(super) refused: u64,
    pub(super) doubled: u64,
    /// Read for the first time after a later one of their partition.
    pub(super) disordered: u64,
    /// The longest time without a message that was read for the first time.
    pub(super) longest_stall: Duration,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Inner {
            messages: Vec::new(),
            highest: HashMap::new(),
            counts: Counts::default(),
            waiting: 0,
            last_read: Instant::now(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn acknowledged(&self, number: u64) {
        let mut inner = self.lock();
        let message = inner.message(number);
        if !std::mem::replace(&mut message.is_acknowledged, true) {
            let is_waiting = message.times_read == 0;
            inner.counts.acknowledged += 1;
            inner.waiting += u64::from(is_waiting);
        }
    }

    pub(super) fn refused(&self) {
        self.lock().counts.refused += 1;
    }

    /// A message of a partition was read, or one for which no order holds.
    pub(super) fn read(&self, number: u64, partition: Option<u64>) {
        let mut inner = self.lock();
        let message = inner.message(number);
        message.times_read += 1;
        if message.times_read > 1 {
            inner.counts.doubled += 1;
            return;
        }
        let was_waiting = message.is_acknowledged;
        inner.waiting -= u64::from(was_waiting);
        inner.counts.read += 1;
        inner.counts.longest_stall = inner.counts.longest_stall.max(inner.last_read.elapsed());
        inner.last_read = Instant::now();
        if let Some(partition) = partition {
            let highest = inner.highest.entry(partition).or_insert(number);
            let is_late = *highest > number;
            *highest = number.max(*highest);
            inner.counts.disordered += u64::from(is_late);
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// How many are acknowledged and not read: lost, once nothing more comes.
    pub(super) fn waiting(&self) -> u64 {
        self.lock().waiting
    }
}

impl Inner {
    fn message(&mut self, number: u64) -> &mut Message {
        let index = usize::try_from(number).expect("numbers are counted from 0");
        if self.messages.len() <= index {
            self.messages.resize(index + 1, Message::default());
        }
        &mut self.messages[index]
    }
}

#[test]
fn a_ledger_sees_what_is_lost_doubled_and_out_of_order() {
    let ledger = Ledger::new();
    (0..6).for_each(|number| ledger.acknowledged(number));
    ledger.refused();
    // Of two partitions: 3 is behind 5, 4 is lost, and 0 is there again.
    for number in [0, 2, 1, 5, 3, 0] {
        ledger.read(number, Some(number % 2));
    }
    let Counts { acknowledged, read, refused, doubled, disordered, .. } = ledger.counts();
    assert_eq!((acknowledged, read, refused, doubled, disordered, ledger.waiting()), (6, 5, 1, 1, 1, 1));
    ledger.read(4, None);
    assert_eq!((ledger.waiting(), ledger.counts().disordered), (0, 1), "it was late, and has no order");
}
