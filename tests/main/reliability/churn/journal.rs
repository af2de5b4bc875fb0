//! What handlers have done with each message, and in which order.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use super::fate::Fate;

/// Written by the handlers of all members.
#[derive(Default)]
pub(super) struct Journal(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    messages: HashMap<u64, Entry>,
    /// How many messages have ended, and so how late it is.
    ended: u64,
}

#[derive(Default)]
struct Entry {
    /// When it was started for the first time, and when it ended for the first time.
    first_started: u64,
    first_ended: Option<u64>,
    succeeded: u64,
    failed: u64,
    /// Of these, by the member that tried it last.
    failed_here: u32,
    member: u64,
}

/// What was found in a journal.
pub(super) struct Found {
    /// Successes.
    pub(super) processed: u64,
    /// Successes of messages that had one already.
    pub(super) again: u64,
    /// Messages that have failed and then succeeded.
    pub(super) recovered: u64,
    pub(super) lost: Vec<u64>,
    /// Messages that were started before the one in front of them had ended.
    pub(super) disordered: Vec<u64>,
    pub(super) retried_wrongly: Vec<u64>,
}

impl Journal {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().expect("no panic while it is written")
    }

    /// Notes that a member tries a message. Returns how many attempts have failed before.
    pub(super) fn started(&self, number: u64, member: u64) -> u64 {
        let mut entries = self.entries();
        let now = entries.ended;
        let entry =
            entries.messages.entry(number).or_insert_with(|| Entry { first_started: now, member, ..Entry::default() });
        if entry.member != member {
            (entry.member, entry.failed_here) = (member, 0);
        }
        entry.failed
    }

    pub(super) fn ended_attempt(&self, number: u64, member: u64, is_good: bool) {
        let mut entries = self.entries();
        let now = entries.ended + 1;
        let entry = entries.messages.get_mut(&number).expect("it was started");
        if is_good {
            entry.succeeded += 1;
        } else {
            entry.failed += 1;
            entry.failed_here += u32::from(entry.member == member);
        }
        let is_dead = Fate::of(number).attempts_until_dead().is_some_and(|attempts| entry.failed_here >= attempts);
        if entry.first_ended.is_none() && (is_good || is_dead) {
            entry.first_ended = Some(now);
            entries.ended = now;
        }
    }

    /// How many messages have succeeded or are dead.
    pub(super) fn ended(&self) -> u64 {
        self.entries().ended
    }

    /// Checks the journal of so many messages. Where they have an order, those that are `lanes` apart are in one lane.
    pub(super) fn check(&self, messages: u64, lanes: Option<u64>, dead_letters: &HashMap<u64, u64>) -> Found {
        let entries = self.entries();
        let none = Entry::default();
        let of = |number: u64| entries.messages.get(&number).unwrap_or(&none);
        let is_lost = |number: &u64| match Fate::of(*number).attempts_until_dead() {
            Some(_) => !dead_letters.contains_key(number),
            None => of(*number).succeeded == 0,
        };
        let is_disordered = |number: &u64| {
            let before = lanes.and_then(|lanes| number.checked_sub(lanes)).map(of);
            before.is_some_and(|before| before.first_ended.is_none_or(|ended| ended > of(*number).first_started))
        };
        let is_retried_wrongly = |number: &u64| match Fate::of(*number) {
            Fate::FailsFirst(times) => of(*number).failed != times || dead_letters.contains_key(number),
            // Each dead letter says of how many attempts it is; members that left may have made some more.
            fate @ (Fate::FailsAlways | Fate::FailsForGood) => {
                of(*number).succeeded > 0 || of(*number).failed < u64::from(fate.attempts_until_dead().unwrap_or(0))
            }
            Fate::Good | Fate::Slow => of(*number).failed > 0 || dead_letters.contains_key(number),
        };
        let all = || entries.messages.values();
        Found {
            processed: all().map(|entry| entry.succeeded).sum(),
            again: all().map(|entry| entry.succeeded.saturating_sub(1)).sum(),
            recovered: all().filter(|entry| entry.failed > 0 && entry.succeeded > 0).count() as u64,
            lost: (0..messages).filter(is_lost).collect(),
            disordered: (0..messages).filter(is_disordered).collect(),
            retried_wrongly: (0..messages).filter(is_retried_wrongly).collect(),
        }
    }
}
