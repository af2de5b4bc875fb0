//! Times several candidates against each other.

use std::time::{Duration, Instant};

/// How many times every candidate has its turn.
const ROUNDS: usize = 61;

/// How long a turn should take: long against the first passes of a turn, in which the caches still hold what the
/// candidate before needed, and short against the changes of a machine that does other things, too.
const TURN: Duration = Duration::from_millis(5);

/// Something to time. One call handles every message once.
pub(crate) struct Candidate<'c> {
    name: &'static str,
    pass: Box<dyn FnMut() + 'c>,
}

impl<'c> Candidate<'c> {
    pub(crate) fn new(name: &'static str, pass: impl FnMut() + 'c) -> Self {
        Candidate { name, pass: Box::new(pass) }
    }
}

/// What was measured of one candidate.
pub(crate) struct Measurement {
    pub(crate) name: &'static str,
    /// The median over all rounds.
    pub(crate) median_nanoseconds: f64,
    /// The shortest of all rounds: what a machine that does nothing else would show.
    pub(crate) least_nanoseconds: f64,
    /// The median, over all rounds, of this candidate's time over that of the first one in the same round.
    pub(crate) ratio_to_first: f64,
}

/// Measures the candidates in turns, so that whatever else the machine does meets all of them, and compares them within
/// each round.
pub(crate) fn measure(messages: usize, mut candidates: Vec<Candidate<'_>>) -> Vec<Measurement> {
    let passes: Vec<u32> = candidates.iter_mut().map(passes_per_turn).collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::with_capacity(ROUNDS); candidates.len()];
    for _ in 0..ROUNDS {
        for ((candidate, passes), times) in candidates.iter_mut().zip(&passes).zip(&mut times) {
            let start = Instant::now();
            for _ in 0..*passes {
                (candidate.pass)();
            }
            times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(*passes));
        }
    }
    let messages = f64::from(u32::try_from(messages).expect("the number of messages is small"));
    let first = times[0].clone();
    candidates
        .iter()
        .zip(times)
        .map(|(candidate, times)| Measurement {
            name: candidate.name,
            ratio_to_first: median(times.iter().zip(&first).map(|(time, first)| time / first).collect()),
            least_nanoseconds: times.iter().copied().fold(f64::INFINITY, f64::min) / messages,
            median_nanoseconds: median(times) / messages,
        })
        .collect()
}

/// Warms up, and counts how often the candidate fits into a turn.
fn passes_per_turn(candidate: &mut Candidate<'_>) -> u32 {
    (candidate.pass)();
    let start = Instant::now();
    let mut passes = 0;
    while start.elapsed() < TURN {
        (candidate.pass)();
        passes += 1;
    }
    passes
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
