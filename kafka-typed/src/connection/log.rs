//! What librdkafka reports, as `tracing` events with the target `librdkafka`.
//!
//! It repeats itself as long as something lasts, many times a second. Here the first line of a kind is logged, and then
//! how many followed, at growing intervals.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;

use super::error_code::KafkaErrorCode;
use super::repeats::{Repeats, Summary};

/// librdkafka's name for log lines about settings.
const SETTING_WARNING: &str = "CONFWARN";

/// The log of one client.
#[derive(Debug, Default)]
pub(crate) struct ClientLog {
    repeats: Mutex<Repeats<Key>>,
    /// Whether the last that was heard of the brokers is that they are away.
    is_away: AtomicBool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Client(RDKafkaErrorCode),
    Line { is_error: bool, facility: String, thread: String },
}

impl ClientLog {
    pub(crate) fn line(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        if facility == SETTING_WARNING {
            // One set of settings serves producers and consumers, so that a setting of the other kind is not a mistake.
            tracing::debug!(target: "librdkafka", facility, "{message}");
            return;
        }
        let is_error = match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                true
            }
            RDKafkaLogLevel::Warning => false,
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                return tracing::info!(target: "librdkafka", facility, "{message}");
            }
            RDKafkaLogLevel::Debug => return tracing::debug!(target: "librdkafka", facility, "{message}"),
        };
        // Lines begin with the thread, which is one for each broker: `[thrd:kafka:9092/1]: …`.
        let thread = message.split_once("]:").map_or("", |(thread, _)| thread);
        let key = Key::Line { is_error, facility: facility.to_owned(), thread: thread.to_owned() };
        if !self.is_new(&key, message) {
            tracing::debug!(target: "librdkafka", facility, "{message}");
        } else if is_error {
            tracing::error!(target: "librdkafka", facility, "{message}");
        } else {
            tracing::warn!(target: "librdkafka", facility, "{message}");
        }
    }

    /// An error of the client as a whole, such as a broker that is gone. librdkafka keeps trying, so that it is a
    /// warning.
    pub(crate) fn client_error(&self, error: &KafkaError, reason: &str) {
        let code = KafkaErrorCode::of(error).code();
        if code == RDKafkaErrorCode::AllBrokersDown {
            self.is_away.store(true, Ordering::Relaxed);
        }
        if self.is_new(&Key::Client(code), reason) {
            tracing::warn!(target: "librdkafka", %error, "{reason}");
        } else {
            tracing::debug!(target: "librdkafka", %error, "{reason}");
        }
    }

    /// Notes that a broker has answered. Costs next to nothing unless they were away.
    pub(crate) fn answered(&self) {
        if self.is_away.load(Ordering::Relaxed) && self.is_away.swap(false, Ordering::Relaxed) {
            self.end();
            tracing::info!(target: "librdkafka", "the brokers answer again");
        }
    }

    /// Whether the last that was heard of the brokers is that none of them can be reached.
    pub(crate) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }

    /// Sums up what is due. A client without a thread that calls this does it when there is something to log.
    pub(crate) fn sum_up(&self) {
        let due = self.repeats().due(Instant::now());
        due.iter().for_each(report);
    }

    fn is_new(&self, key: &Key, words: &str) -> bool {
        let now = Instant::now();
        let (is_new, due) = {
            let mut repeats = self.repeats();
            (repeats.is_new(key, words, now), repeats.due(now))
        };
        due.iter().for_each(report);
        is_new
    }

    fn end(&self) {
        let unreported = self.repeats().end(Instant::now());
        unreported.iter().for_each(report);
    }

    fn repeats(&self) -> MutexGuard<'_, Repeats<Key>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ClientLog {
    fn drop(&mut self) {
        self.end();
    }
}

fn report(summary: &Summary<Key>) {
    let Summary { key, newest, times, during } = summary;
    match key {
        Key::Line { is_error: true, facility, .. } => {
            tracing::error!(target: "librdkafka", facility, times, ?during, "again: {newest}");
        }
        Key::Line { facility, .. } => {
            tracing::warn!(target: "librdkafka", facility, times, ?during, "again: {newest}");
        }
        Key::Client(code) => tracing::warn!(target: "librdkafka", error = %code, times, ?during, "again: {newest}"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    /// What is logged at info level and above on this thread meanwhile.
    pub(crate) fn captured(work: impl FnOnce()) -> String {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
        tracing::subscriber::with_default(subscriber, work);
        let text = lines.0.lock().unwrap().clone();
        String::from_utf8(text).unwrap()
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'w> MakeWriter<'w> for Lines {
        type Writer = Lines;

        fn make_writer(&'w self) -> Lines {
            self.clone()
        }
    }

    #[test]
    fn brokers_that_are_down_are_said_once_and_so_is_their_return() {
        let down = KafkaError::Global(RDKafkaErrorCode::AllBrokersDown);
        let text = captured(|| {
            let log = ClientLog::default();
            for _ in 0..500 {
                log.client_error(&down, "1/1 brokers are down");
                log.line(RDKafkaLogLevel::Error, "FAIL", "[thrd:a:1/1]: a:1/1: Connect failed");
                log.line(RDKafkaLogLevel::Error, "FAIL", "[thrd:b:1/2]: b:1/2: Connect failed");
            }
            log.answered();
            log.answered();
            log.client_error(&down, "1/1 brokers are down");
        });
        let lines = |words: &str| text.lines().filter(|line| line.contains(words)).count();
        let first = |words: &str| text.lines().filter(|line| line.contains(words) && !line.contains("again")).count();
        // Before and after the brokers have answered; a slow machine sums up in between.
        assert_eq!(first("1/1 brokers are down"), 2, "{text}");
        assert_eq!((first("Connect failed"), lines("the brokers answer again")), (2, 1), "{text}");
        assert!(lines("again: 1/1 brokers are down") >= 1 && text.lines().count() < 30, "{text}");
    }
}
