//! Ctrl-C, SIGTERM and SIGHUP as a flag that every wait looks at, so that servers are stopped by their guards and not
//! orphaned.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::Error;

/// Whether this process was asked to stop.
#[derive(Clone)]
pub(crate) struct Interruption {
    asked: Arc<AtomicBool>,
}

impl Interruption {
    /// Takes over the signals for the rest of the process; can be called once.
    pub(crate) fn install() -> Result<Interruption, Error> {
        let interruption = Interruption { asked: Arc::new(AtomicBool::new(false)) };
        let asked = interruption.asked.clone();
        ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed)).map_err(Error::Signal)?;
        Ok(interruption)
    }

    /// An error once the process was asked to stop.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.asked.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        Ok(())
    }

    /// One that no signal sets.
    #[cfg(test)]
    pub(crate) fn never() -> Interruption {
        Interruption { asked: Arc::new(AtomicBool::new(false)) }
    }

    /// One that is already set.
    #[cfg(test)]
    pub(crate) fn at_once() -> Interruption {
        Interruption { asked: Arc::new(AtomicBool::new(true)) }
    }
}
