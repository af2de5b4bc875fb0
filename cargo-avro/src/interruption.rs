//! Ctrl-C, and the signal to stop.

use tokio::sync::watch;

/// Whether this process should end.
#[derive(Clone)]
pub(crate) struct Interruption(watch::Receiver<bool>);

impl Interruption {
    /// Takes Ctrl-C and `kill` from now on: callers end in good order. The second one ends the process at once.
    pub(crate) fn install() -> Interruption {
        let (sender, wanted) = watch::channel(false);
        // Where handlers are not possible, the system ends the process as it always did.
        let _ = ctrlc::set_handler(move || {
            if sender.send_replace(true) {
                std::process::exit(130);
            }
        });
        Interruption(wanted)
    }

    pub(crate) fn is_wanted(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the process should.
    pub(crate) async fn wanted(&self) {
        // The sender is gone where handlers are not possible.
        if self.0.clone().wait_for(|wanted| *wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
