//! How far the records of one partition are done. No I/O.

use std::collections::BTreeMap;

/// Which records of a partition are done, counted in the order in which they were handed out: their offsets have gaps
/// where the log was compacted and where transactions ended.
///
/// Its size follows from the records that are not done, not from those that are.
#[derive(Debug, Default)]
pub(crate) struct DoneOffsets {
    /// All records before this one are done, and it is not.
    first_open: u64,
    /// Runs of records that are done, after the first open one. The key is the first of the run.
    runs: BTreeMap<u64, Run>,
}

#[derive(Debug)]
struct Run {
    /// One past the last record.
    end: u64,
    last_offset: i64,
}

impl DoneOffsets {
    /// Notes that a record is done. Returns the offset of the last record up to which all are done, where this moved
    /// it.
    pub(crate) fn insert(&mut self, number: u64, offset: i64) -> Option<i64> {
        if number < self.first_open {
            return None;
        }
        if number == self.first_open {
            let run = self.runs.remove(&(number + 1)).unwrap_or(Run { end: number + 1, last_offset: offset });
            self.first_open = run.end;
            return Some(run.last_offset);
        }
        let before = self.runs.range_mut(..=number).next_back();
        if before.as_ref().is_some_and(|(_, run)| number < run.end) {
            return None;
        }
        let start = before.filter(|(_, run)| run.end == number).map_or(number, |(start, _)| *start);
        let run = self.runs.remove(&(number + 1)).unwrap_or(Run { end: number + 1, last_offset: offset });
        self.runs.insert(start, run);
        None
    }

    /// Whether a record is done.
    pub(crate) fn contains(&self, number: u64) -> bool {
        number < self.first_open || self.runs.range(..=number).next_back().is_some_and(|(_, run)| number < run.end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Offsets have gaps: the record with this number is at three times that.
    fn offset(number: u64) -> i64 {
        i64::try_from(number * 3).unwrap()
    }

    /// Finishes records in this order, and compares what is moved with a plain count.
    fn check(order: &[u64]) -> DoneOffsets {
        let mut offsets = DoneOffsets::default();
        let mut done = BTreeSet::new();
        let mut moved_to = None;
        for number in order {
            done.insert(*number);
            let last = (0..).take_while(|number| done.contains(number)).last();
            let expected = if last == moved_to { None } else { last };
            assert_eq!(offsets.insert(*number, offset(*number)), expected.map(offset), "{number} of {order:?}");
            for number in 0..8 {
                assert_eq!(offsets.contains(number), done.contains(&number), "{number} of {order:?}");
            }
            moved_to = last;
        }
        offsets
    }

    #[test]
    fn only_what_has_nothing_open_before_it_counts() {
        check(&[0, 1, 2, 3]);
        check(&[3, 2, 1, 0]);
        check(&[1, 3, 5, 4, 2, 0, 6]);
        check(&[0, 0, 2, 2, 1, 1]);
        check(&[5, 1, 2, 4, 3, 3, 0]);
    }

    #[test]
    fn every_order_of_six_records() {
        let mut order = [0, 1, 2, 3, 4, 5];
        // Heap's algorithm.
        let mut counters = [0; 6];
        check(&order);
        let mut index = 0;
        while index < order.len() {
            if counters[index] < index {
                order.swap(if index % 2 == 0 { 0 } else { counters[index] }, index);
                check(&order);
                counters[index] += 1;
                index = 0;
            } else {
                counters[index] = 0;
                index += 1;
            }
        }
    }

    #[test]
    fn one_record_that_is_never_done_costs_no_memory() {
        let order: Vec<u64> = (1..10_000).collect();
        let mut offsets = check_last(&order);
        assert_eq!(offsets.runs.len(), 1);
        assert_eq!(offsets.insert(0, 0), Some(offset(9_999)));
        assert_eq!(offsets.runs.len(), 0);
    }

    fn check_last(order: &[u64]) -> DoneOffsets {
        let mut offsets = DoneOffsets::default();
        for number in order {
            assert_eq!(offsets.insert(*number, offset(*number)), None);
        }
        offsets
    }
}
