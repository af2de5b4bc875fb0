//! Times several candidates against each other.

use std::fmt;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// How long a turn should take: long against the first passes of a turn, in which the caches still hold what the
/// candidate before needed, and short against the changes of a machine that does other things, too.
const TURN: Duration = Duration::from_millis(5);

/// Something to time. One pass handles every message once.
pub struct Candidate<'c> {
    name: &'static str,
    target: Option<f64>,
    turn: Box<dyn FnMut(u32) -> Cost + 'c>,
}

impl<'c> Candidate<'c> {
    /// A candidate whose passes need no preparation.
    pub fn new(name: &'static str, mut pass: impl FnMut() + 'c) -> Self {
        let turn = move |passes| {
            let stopwatch = Stopwatch::start();
            for _ in 0..passes {
                pass();
            }
            stopwatch.look()
        };
        Candidate { name, target: None, turn: Box::new(turn) }
    }

    /// A candidate that prepares each of its passes, and times what is after that.
    pub fn timed(name: &'static str, mut pass: impl FnMut() -> Cost + 'c) -> Self {
        let turn = move |passes| {
            let mut cost = Cost::default();
            for _ in 0..passes {
                cost += pass();
            }
            cost
        };
        Candidate { name, target: None, turn: Box::new(turn) }
    }

    /// How many times the time of the first candidate this one should take at most.
    #[must_use]
    pub fn at_most(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Candidate").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What something took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// The time on the wall.
    pub elapsed: Duration,
    /// The processor's time of all threads of this process.
    pub processor: Duration,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.elapsed += other.elapsed;
        self.processor += other.processor;
    }
}

/// Finds out what something takes.
#[derive(Debug)]
pub struct Stopwatch {
    start: Instant,
    processor: Duration,
}

impl Stopwatch {
    /// Starts here.
    #[must_use]
    pub fn start() -> Self {
        Self { processor: processor_time(), start: Instant::now() }
    }

    /// What was taken since the start.
    #[must_use]
    pub fn look(&self) -> Cost {
        let elapsed = self.start.elapsed();
        Cost { elapsed, processor: processor_time().saturating_sub(self.processor) }
    }
}

/// The processor's time that all threads of this process have taken so far.
#[must_use]
pub fn processor_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

/// What was measured of one candidate.
#[derive(Debug)]
pub struct Measurement {
    /// The candidate.
    pub name: &'static str,
    /// The median over all rounds.
    pub median_nanoseconds: f64,
    /// The shortest of all rounds: what a machine that does nothing else would show.
    pub least_nanoseconds: f64,
    /// The median of the processor's time of all threads.
    pub processor_nanoseconds: f64,
    /// The median, over all rounds, of this candidate's time over that of the first one in the same round.
    pub ratio_to_first: f64,
    /// The same of the processor's time of all threads, which other work of the machine changes less.
    pub processor_ratio_to_first: f64,
    /// What that ratio should be at most.
    pub target: Option<f64>,
}

/// Measures the candidates in turns, so that whatever else the machine does meets all of them, and compares them within
/// each round.
///
/// # Panics
///
/// When there is no candidate, or `messages` or `rounds` is zero or huge.
#[must_use]
pub fn measure(messages: usize, rounds: usize, mut candidates: Vec<Candidate<'_>>) -> Vec<Measurement> {
    let passes: Vec<u32> = candidates.iter_mut().map(passes_per_turn).collect();
    let mut costs: Vec<Vec<Cost>> = vec![Vec::with_capacity(rounds); candidates.len()];
    for _ in 0..rounds {
        for ((candidate, passes), costs) in candidates.iter_mut().zip(&passes).zip(&mut costs) {
            costs.push((candidate.turn)(*passes));
        }
    }
    let messages = f64::from(u32::try_from(messages).expect("the number of messages is small"));
    let nanoseconds = |time: Duration, passes| time.as_secs_f64() * 1e9 / f64::from(passes) / messages;
    let times = |costs: &[Cost], passes| -> (Vec<f64>, Vec<f64>) {
        costs.iter().map(|cost| (nanoseconds(cost.elapsed, passes), nanoseconds(cost.processor, passes))).unzip()
    };
    let (first_elapsed, first_processor) = times(&costs[0], passes[0]);
    candidates
        .iter()
        .zip(costs)
        .zip(passes)
        .map(|((candidate, costs), passes)| {
            let (elapsed, processor) = times(&costs, passes);
            Measurement {
                name: candidate.name,
                ratio_to_first: median_ratio(&elapsed, &first_elapsed),
                processor_ratio_to_first: median_ratio(&processor, &first_processor),
                least_nanoseconds: elapsed.iter().copied().fold(f64::INFINITY, f64::min),
                processor_nanoseconds: median(processor),
                median_nanoseconds: median(elapsed),
                target: candidate.target,
            }
        })
        .collect()
}

/// Warms up, and counts how many passes fit into a turn.
fn passes_per_turn(candidate: &mut Candidate<'_>) -> u32 {
    (candidate.turn)(1);
    let mut total = Cost::default();
    let mut passes = 0;
    while total.elapsed < TURN {
        total += (candidate.turn)(1);
        passes += 1;
    }
    passes
}

fn median_ratio(times: &[f64], first: &[f64]) -> f64 {
    median(times.iter().zip(first).map(|(time, first)| time / first).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
