//! What happens again and again: reported once, and then counted at growing intervals.

use std::time::{Duration, Instant};

/// How long after the first of its kind the others are summed up. Each interval is four times the one before, up to the
/// longest.
const FIRST_INTERVAL: Duration = Duration::from_secs(1);
const LONGEST_INTERVAL: Duration = Duration::from_secs(300);
/// Kinds beyond so many are not told apart from the oldest one's place: nobody may fill the memory with new ones.
const MOST_KINDS: usize = 64;

/// Counts events by their kind.
#[derive(Debug)]
pub(crate) struct Repeats<K> {
    kinds: Vec<Kind<K>>,
}

#[derive(Debug)]
struct Kind<K> {
    key: K,
    newest: String,
    times: u64,
    since: Instant,
    interval: Duration,
}

/// What has happened since the same was reported last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Summary<K> {
    pub(crate) key: K,
    /// The words of the newest event.
    pub(crate) newest: String,
    pub(crate) times: u64,
    pub(crate) during: Duration,
}

impl<K> Default for Repeats<K> {
    fn default() -> Self {
        Self { kinds: Vec::new() }
    }
}

impl<K: Clone + PartialEq> Repeats<K> {
    /// Whether an event of this kind can be told apart from others, without forgetting one of them. The last place is
    /// kept for a kind that all others count as.
    pub(crate) fn has_place_for(&self, key: &K) -> bool {
        self.kinds.len() < MOST_KINDS - 1 || self.kinds.iter().any(|kind| kind.key == *key)
    }

    /// Counts an event, and returns whether it is the first of its kind, which is to be logged at once.
    pub(crate) fn is_new(&mut self, key: &K, words: &str, now: Instant) -> bool {
        if let Some(kind) = self.kinds.iter_mut().find(|kind| kind.key == *key) {
            kind.times += 1;
            if kind.newest != words {
                words.clone_into(&mut kind.newest);
            }
            return false;
        }
        if self.kinds.len() == MOST_KINDS {
            self.kinds.remove(0);
        }
        let newest = words.to_owned();
        self.kinds.push(Kind { key: key.clone(), newest, times: 0, since: now, interval: FIRST_INTERVAL });
        true
    }

    /// What is to be summed up by now. A kind that has been quiet for its whole interval is forgotten, so that it is
    /// new again.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Summary<K>> {
        let mut summaries = Vec::new();
        self.kinds.retain_mut(|kind| {
            let during = now.saturating_duration_since(kind.since);
            if during < kind.interval {
                return true;
            }
            if kind.times == 0 {
                return false;
            }
            summaries.push(kind.summary(during));
            kind.times = 0;
            kind.since = now;
            kind.interval = (kind.interval * 4).min(LONGEST_INTERVAL);
            true
        });
        summaries
    }

    /// Forgets everything, and returns what was not summed up yet.
    pub(crate) fn end(&mut self, now: Instant) -> Vec<Summary<K>> {
        let unreported =
            |kind: Kind<K>| (kind.times > 0).then(|| kind.summary(now.saturating_duration_since(kind.since)));
        self.kinds.drain(..).filter_map(unreported).collect()
    }
}

impl<K: Clone> Kind<K> {
    fn summary(&self, during: Duration) -> Summary<K> {
        Summary { key: self.key.clone(), newest: self.newest.clone(), times: self.times, during }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_said_and_the_others_are_counted_at_growing_intervals() {
        let start = Instant::now();
        let mut repeats = Repeats::default();
        let mut reported = Vec::new();
        // Nineteen a second for ten minutes, as a client does whose broker is gone.
        for number in 0..19 * 600_u64 {
            let now = start + Duration::from_millis(number * 1000 / 19);
            if repeats.is_new(&"down", "1/1 brokers are down", now) {
                reported.push((0, 1));
            }
            for summary in repeats.due(now) {
                reported.push((now.duration_since(start).as_secs(), summary.times));
            }
        }
        let seconds: Vec<u64> = reported.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, [0, 1, 5, 21, 85, 341]);
        let unreported: u64 = repeats.end(start).iter().map(|summary| summary.times).sum();
        assert_eq!(reported.iter().map(|(_, times)| times).sum::<u64>() + unreported, 19 * 600);
    }

    #[test]
    fn kinds_are_told_apart_and_forgotten_when_they_are_quiet() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut repeats = Repeats::default();
        assert!(repeats.is_new(&1, "a", start) && repeats.is_new(&2, "b", start));
        assert!(!repeats.is_new(&1, "c", start));
        let summary = Summary { key: 1, newest: "c".to_owned(), times: 1, during: Duration::from_secs(1) };
        assert_eq!(repeats.due(after(1)), [summary]);
        assert!(repeats.is_new(&2, "b", after(1)), "it was quiet for a second");
        assert_eq!(repeats.due(after(9)), []);
        assert!(repeats.is_new(&1, "a", after(9)));
    }

    #[test]
    fn kinds_without_end_take_no_memory_without_end() {
        let mut repeats = Repeats::default();
        for number in 0..10_000 {
            assert!(repeats.is_new(&number, "", Instant::now()));
        }
        assert_eq!(repeats.kinds.len(), MOST_KINDS);
    }
}
