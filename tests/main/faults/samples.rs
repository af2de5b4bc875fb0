//! Memory, descriptors and threads of this process, over a time.

use std::time::{Duration, Instant};

/// How often they are noted.
const EVERY: Duration = Duration::from_millis(500);
/// How much more memory than in the first half may be used in the second one: the ledger of a row grows, too.
const MEMORY_GROWTH_KIB: u64 = 16 * 1024;
/// How many more descriptors and threads: connections and blocking threads come and go.
const OTHER_GROWTH: u64 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    memory_kib: u64,
    descriptors: u64,
    threads: u64,
}

impl Sample {
    fn of_this_process() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of Linux");
            line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
        };
        let descriptors = std::fs::read_dir("/proc/self/fd").expect("Linux").count() as u64;
        Self { memory_kib: number("VmRSS:"), descriptors, threads: number("Threads:") }
    }
}

#[derive(Default)]
pub(super) struct Samples {
    taken: Vec<Sample>,
    last: Option<Instant>,
}

impl Samples {
    /// Notes what there is now, unless that was done just before.
    pub(super) fn take(&mut self) {
        if self.last.is_none_or(|last| last.elapsed() >= EVERY) {
            self.taken.push(Sample::of_this_process());
            self.last = Some(Instant::now());
        }
    }

    /// The highest of each half.
    fn halves(&self) -> [Sample; 2] {
        let halves = self.taken.split_at(self.taken.len() / 2);
        let highest = |half: &[Sample], of: fn(&Sample) -> u64| half.iter().map(of).max().unwrap_or_default();
        [halves.0, halves.1].map(|half| Sample {
            memory_kib: highest(half, |sample| sample.memory_kib),
            descriptors: highest(half, |sample| sample.descriptors),
            threads: highest(half, |sample| sample.threads),
        })
    }

    pub(super) fn note(&self) -> String {
        let [first, second] = self.halves();
        format!(
            "at most in the first and in the second half: {} and {} MiB of memory, {} and {} descriptors, {} and {} threads",
            first.memory_kib / 1024,
            second.memory_kib / 1024,
            first.descriptors,
            second.descriptors,
            first.threads,
            second.threads
        )
    }

    /// What grows.
    pub(super) fn complaints(&self) -> Vec<String> {
        let [first, second] = self.halves();
        let grows = [
            ("memory", second.memory_kib > first.memory_kib + MEMORY_GROWTH_KIB),
            ("the number of descriptors", second.descriptors > first.descriptors + OTHER_GROWTH),
            ("the number of threads", second.threads > first.threads + OTHER_GROWTH),
        ];
        grows
            .into_iter()
            .filter(|(_, grows)| *grows)
            .map(|(what, _)| format!("{what} grows: {}", self.note()))
            .collect()
    }
}

#[test]
fn what_grows_from_one_half_to_the_other_is_reported() {
    let check = |samples: &[(u64, u64, u64)], expected: &[&str]| {
        let taken = samples
            .iter()
            .map(|(memory_kib, descriptors, threads)| Sample {
                memory_kib: *memory_kib,
                descriptors: *descriptors,
                threads: *threads,
            })
            .collect();
        let complaints = Samples { taken, last: None }.complaints();
        assert_eq!(complaints.len(), expected.len(), "{complaints:?}");
        assert!(
            complaints.iter().zip(expected).all(|(complaint, begin)| complaint.starts_with(begin)),
            "{complaints:?}"
        );
    };
    check(&[(10, 5, 3), (20, 6, 4), (20, 10, 8), (30, 5, 3)], &[]);
    check(
        &[(0, 5, 3), (0, 6, 4), (MEMORY_GROWTH_KIB + 1, 11, 9)],
        &["memory", "the number of descr", "the number of thr"],
    );
    Sample::of_this_process();
}
