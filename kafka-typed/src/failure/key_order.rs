//! Keeps the records of a key in their order although some of them are in retry topics.

use std::hash::{BuildHasher, RandomState};

/// Counters for each retry topic: 128 KiB. With a thousand keys in retry topics, three of a hundred other keys share a
/// counter with one of them.
const COUNTERS: usize = 1 << 15;

/// Which keys have records in which retry topic, so that later records of these keys can be sent there as well, behind
/// them, instead of overtaking them.
///
/// [`Run::keep_key_order`](crate::Run::keep_key_order) does all of this; it is here for loops of one's own.
///
/// The consumer asks [`behind`](Self::behind) before it processes a record, whichever topic it is from. When that names
/// a retry topic, the record goes there without being tried. The consumer reports each record that it
/// [sends](Self::sent) to a retry topic, and each of these that has [left](Self::left) it: processed, skipped, in the
/// dead letter topic, or on its way to another retry topic.
///
/// What that guarantees, and when:
///
/// - Records of one key are processed in the order in which they are in their topic, and a record that ends in the dead
///   letter topic does so before the next one of its key is processed.
/// - All records of a key pass one value of this type: their topic and its retry topics have the same number of
///   partitions, records keep their partition, and one member of the group has the same partition of all of them, which
///   the assignor `range` provides, the default of librdkafka.
/// - It counts what this process has seen. When a partition is assigned, the records that are in its retry topics
///   already have to be [counted](Self::sent) before the first record of its own topic is processed.
/// - It is the number of records of a key that is bounded by Kafka's topics, not by memory: the counters take the same
///   room for any number of keys and records. Keys that share a counter are taken for one, which only means that a
///   record waits without need.
///
/// ```
/// use kafka_typed::failure::KeyOrder;
///
/// let mut order = KeyOrder::new(2);
/// assert_eq!(order.behind(b"sensor-17", None), None);
///
/// // The first record of the key has failed, and is in the first retry topic.
/// order.sent(b"sensor-17", 0);
/// assert_eq!(order.behind(b"sensor-17", None), Some(0), "the next one goes there as well");
/// order.sent(b"sensor-17", 0);
///
/// // The first one is due, fails again, and goes to the second retry topic.
/// order.left(b"sensor-17", 0);
/// order.sent(b"sensor-17", 1);
/// assert_eq!(order.behind(b"sensor-17", Some(0)), Some(1), "the next one must not overtake it");
/// ```
#[derive(Debug)]
pub struct KeyOrder {
    hasher: RandomState,
    /// For each retry topic; empty before the first record is sent there.
    topics: Vec<Vec<u32>>,
}

impl KeyOrder {
    /// No key has records in any of so many retry topics.
    pub fn new(retry_topics: usize) -> Self {
        Self { hasher: RandomState::new(), topics: vec![Vec::new(); retry_topics] }
    }

    /// The retry topic that a record of this key has to go to instead of being processed, because others of its key are
    /// there that come before it. `from` is the retry topic that the record is from, and `None` for its own topic.
    pub fn behind(&self, key: &[u8], from: Option<usize>) -> Option<usize> {
        let counter = self.counter(key);
        let first = from.map_or(0, |from| from.saturating_add(1));
        let mut later = self.topics.iter().enumerate().skip(first);
        later.find(|(_, counters)| counters.get(counter).is_some_and(|count| *count > 0)).map(|(index, _)| index)
    }

    /// Reports that a record of this key is in, or on its way to, this retry topic.
    pub fn sent(&mut self, key: &[u8], retry_topic: usize) {
        let counter = self.counter(key);
        let Some(counters) = self.topics.get_mut(retry_topic) else { return };
        if counters.is_empty() {
            counters.resize(COUNTERS, 0);
        }
        if let Some(count) = counters.get_mut(counter) {
            *count = count.saturating_add(1);
        }
    }

    /// Reports that a record of this key is no longer in this retry topic. One that was not reported as sent, such as
    /// the second copy of a record after a crash, changes nothing where no other is counted.
    pub fn left(&mut self, key: &[u8], retry_topic: usize) {
        let counter = self.counter(key);
        let count = self.topics.get_mut(retry_topic).and_then(|counters| counters.get_mut(counter));
        if let Some(count) = count {
            *count = count.saturating_sub(1);
        }
    }

    /// Forgets all records of a retry topic, so that they can be counted anew.
    pub fn clear(&mut self, retry_topic: usize) {
        if let Some(counters) = self.topics.get_mut(retry_topic) {
            *counters = Vec::new();
        }
    }

    /// Whether no key has records in a retry topic.
    pub fn is_empty(&self) -> bool {
        self.topics.iter().flatten().all(|count| *count == 0)
    }

    fn counter(&self, key: &[u8]) -> usize {
        let hash = self.hasher.hash_one(key).to_le_bytes();
        usize::from(u16::from_le_bytes([hash[0], hash[1]])) % COUNTERS
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, VecDeque};

    use proptest::prelude::*;

    use super::*;

    const TOPICS: usize = 3;

    proptest! {
        /// Plays a consumer whose handler fails at random, on queues of numbered records instead of topics.
        #[test]
        fn records_of_a_key_end_in_their_order(
            keys in proptest::collection::vec(0_u8..4, 1..60),
            choices in proptest::collection::vec((0..=TOPICS, any::<bool>()), 1..40),
        ) {
            let mut order = KeyOrder::new(TOPICS);
            // The topic itself, and its retry topics.
            let mut queues: Vec<VecDeque<(usize, u8)>> = vec![VecDeque::new(); TOPICS + 1];
            queues[0] = keys.iter().copied().enumerate().collect();
            let mut ended: HashMap<u8, Vec<usize>> = HashMap::new();
            let mut choices = choices.into_iter().cycle();
            while queues.iter().any(|queue| !queue.is_empty()) {
                let Some((queue, fails)) = choices.next() else { break };
                let queue = (queue..=TOPICS).chain(0..queue).find(|queue| !queues[*queue].is_empty()).unwrap_or(0);
                let Some((number, key)) = queues[queue].pop_front() else { break };
                let from = queue.checked_sub(1);
                let target = match order.behind(&[key], from) {
                    Some(behind) => Some(behind),
                    None => (fails && queue < TOPICS).then_some(queue),
                };
                if let Some(from) = from {
                    order.left(&[key], from);
                }
                match target {
                    Some(target) => {
                        order.sent(&[key], target);
                        queues[target + 1].push_back((number, key));
                    }
                    None => ended.entry(key).or_default().push(number),
                }
            }
            prop_assert_eq!(ended.values().map(Vec::len).sum::<usize>(), keys.len());
            for numbers in ended.values() {
                prop_assert!(numbers.is_sorted(), "{:?}", ended);
            }
            prop_assert!(order.is_empty());
        }
    }

    #[test]
    fn counters_take_no_memory_before_a_failure() {
        let mut order = KeyOrder::new(2);
        assert!(order.is_empty() && order.topics.iter().all(|counters| counters.capacity() == 0));
        order.sent(b"a", 9);
        assert!(order.is_empty(), "there is no such topic");
        order.sent(b"a", 1);
        assert_eq!((order.topics[0].len(), order.topics[1].len()), (0, COUNTERS));
        assert_eq!(
            (order.behind(b"a", None), order.behind(b"a", Some(0)), order.behind(b"a", Some(1))),
            (Some(1), Some(1), None)
        );
        order.left(b"a", 0);
        order.clear(1);
        assert_eq!(order.behind(b"a", None), None);
        order.left(b"a", 1);
        order.sent(b"a", 1);
        assert_eq!(order.behind(b"a", None), Some(1), "what left without having been sent is not owed");
    }
}
