//! Keeps a shared cache that fails out of the way for a while. No I/O.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether the shared cache works.
#[derive(Debug)]
pub(crate) struct Circuit {
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Works,
    /// `None` where the next try is too far in the future for the clock.
    Fails {
        next_try: Option<Instant>,
    },
}

impl Circuit {
    pub(crate) fn new(pause: Duration) -> Self {
        Self { pause, state: Mutex::new(State::Works) }
    }

    /// Whether a lookup may ask. While the cache fails, one lookup in each pause tries.
    pub(crate) fn allows(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Works => true,
            State::Fails { next_try } if next_try.is_none_or(|next_try| now < next_try) => false,
            State::Fails { .. } => {
                *state = State::Fails { next_try: now.checked_add(self.pause) };
                true
            }
        }
    }

    /// Returns whether that is new.
    pub(crate) fn succeeded(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(std::mem::replace(&mut *state, State::Works), State::Fails { .. })
    }

    /// Returns whether that is new.
    pub(crate) fn failed(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let fails = State::Fails { next_try: now.checked_add(self.pause) };
        matches!(std::mem::replace(&mut *state, fails), State::Works)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lookup_in_each_pause_tries_until_one_succeeds() {
        let (pause, start) = (Duration::from_secs(5), Instant::now());
        let circuit = Circuit::new(pause);
        assert!(circuit.allows(start));
        assert!(!circuit.succeeded(), "it has always worked");
        assert!(circuit.failed(start));
        assert!(!circuit.failed(start), "it failed already");
        assert!(!circuit.allows(start + pause / 2));
        assert!(circuit.allows(start + pause));
        assert!(!circuit.allows(start + pause), "one tries already");
        assert!(circuit.allows(start + 2 * pause), "the one that tried may have been dropped");
        assert!(circuit.succeeded());
        assert!(circuit.allows(start + 2 * pause));
    }

    #[test]
    fn a_pause_that_no_clock_can_hold_never_ends() {
        let start = Instant::now();
        let circuit = Circuit::new(Duration::MAX);
        assert!(circuit.failed(start));
        assert!(!circuit.allows(start + Duration::from_secs(3600)));
    }
}
