//! Ctrl-C, and the signal to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether this process should end.
#[derive(Clone)]
pub(crate) struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Takes Ctrl-C and `kill` from now on: callers of [`is_wanted`](Interruption::is_wanted) end in good order.
    pub(crate) fn install() -> Interruption {
        let wanted = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&wanted);
        // Where handlers are not possible, the system ends the process as it always did.
        let _ = ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        });
        Interruption(wanted)
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
