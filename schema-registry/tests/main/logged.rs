//! What a test logs, as text.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

/// With one collector alone, `tracing` takes the word of the first thread that gets to a line of the log for whether
/// anybody wants it, and other threads have no collector.
static SECOND_COLLECTOR: LazyLock<Dispatch> = LazyLock::new(|| {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::sink);
    Dispatch::new(subscriber.finish())
});

#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    /// Collects what this thread logs from `level` on, until the guard is dropped.
    pub(crate) fn collect(level: tracing::Level) -> (Self, DefaultGuard) {
        LazyLock::force(&SECOND_COLLECTOR);
        let logged = Self::default();
        let writer = logged.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        (logged, guard)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no test panics while it holds this").clone()).expect("text")
    }

    /// How many times this was logged.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.text().matches(part).count()
    }
}

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics while it holds this").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
