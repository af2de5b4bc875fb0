//! The lines that our clients write to the log, from warnings on.

use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// The targets of our clients, and of librdkafka through them.
const TARGETS: [&str; 3] = ["kafka_typed", "schema_registry", "librdkafka"];

/// Collects the lines of this process.
#[derive(Clone, Default)]
pub(super) struct LogLines(Arc<Mutex<Vec<String>>>);

impl LogLines {
    /// Takes over the log for the rest of the process.
    pub(super) fn install() -> Self {
        let lines = Self::default();
        tracing_subscriber::registry().with(lines.clone()).init();
        lines
    }

    /// What was written since this was called last.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subscriber> Layer<S> for LogLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(line) = line_of(event) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }
}

/// Writes the lines of a process into a file, for the one that started it.
pub(super) fn write_to(path: &Path) {
    let file = File::options().create(true).append(true).open(path).expect("the log can be written");
    tracing_subscriber::registry().with(InFile(file)).init();
}

struct InFile(File);

impl<S: Subscriber> Layer<S> for InFile {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(line) = line_of(event) {
            let line = format!("{}\n", line.replace('\n', " "));
            std::io::Write::write_all(&mut &self.0, line.as_bytes()).expect("the log can be written");
        }
    }
}

/// `None` where it is not a warning of our clients.
fn line_of(event: &Event<'_>) -> Option<String> {
    let (level, target) = (*event.metadata().level(), event.metadata().target());
    // A level that is more verbose is a greater one.
    if level > Level::WARN || !TARGETS.iter().any(|name| target.starts_with(name)) {
        return None;
    }
    let mut line = Line { message: String::new(), fields: String::new() };
    event.record(&mut line);
    Some(format!("{level} {target}: {}{}", line.message, line.fields))
}

struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        }
        .expect("a String takes everything");
    }
}
