//! Ctrl-C, and the signal to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

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

    /// Takes Ctrl-C and `kill` from now on, for a command that does nothing but wait for them.
    ///
    /// # Errors
    /// Where handlers are not possible.
    pub(crate) fn channel() -> Result<mpsc::Receiver<()>, ctrlc::Error> {
        let (sender, receiver) = mpsc::channel();
        ctrlc::set_handler(move || {
            // Nobody waits any more when the command is ending already.
            let _ = sender.send(());
        })?;
        Ok(receiver)
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
