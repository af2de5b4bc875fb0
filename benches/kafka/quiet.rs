//! Waiting until the threads of this process have nothing left to do.

use std::thread;
use std::time::{Duration, Instant};

use benches::measure::processor_time;

/// How long one look takes.
const LOOK: Duration = Duration::from_millis(20);

/// How many looks in a row must see nothing happen.
const LOOKS: u32 = 2;

/// A machine that is busy with something else should not hold up the measurement for ever.
const LIMIT: Duration = Duration::from_secs(5);

/// Waits until librdkafka has fetched all that it can, and the broker has taken all that it was sent.
pub(crate) fn wait() {
    let start = Instant::now();
    let mut quiet = 0;
    while quiet < LOOKS && start.elapsed() < LIMIT {
        let before = processor_time();
        thread::sleep(LOOK);
        let is_quiet = processor_time().saturating_sub(before) < LOOK / 20;
        quiet = if is_quiet { quiet + 1 } else { 0 };
    }
}
