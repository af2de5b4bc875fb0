//! The schemas that messages wait for. Each is asked for by a task of its own, which goes on whatever becomes of the
//! futures of the caller.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use schema_registry::{RegisteredSchema, RegistryError, SchemaId, SchemaRegistry};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::problem::MessageProblem;
use crate::locked::{LockMismatch, LockedIds};

/// The first wait after the registry gave no schema, which doubles up to the longest one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long the whole consumer waits for the registry. After that only the partitions whose messages wait do, which
/// costs them what they have fetched.
const GRACE: Duration = Duration::from_millis(100);

/// How long a schema that was refused is not asked for again.
const REFUSAL_LIFETIME: Duration = Duration::from_secs(5);

/// How many refusals are remembered. A topic of foreign payloads can hold any number of ids.
const REFUSAL_CAPACITY: usize = 1000;

/// How long an answer about one schema is doubted before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// The registry says that there is no such schema, or that it is of no use here.
    pub(crate) unknown: Duration,
    /// The registry, or what is in front of it, gives an answer that nothing follows from.
    pub(crate) unusable: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { unknown: Duration::from_secs(30), unusable: Duration::from_secs(300) }
    }
}

/// Why there is no schema.
#[derive(Clone, Debug)]
pub(crate) enum SchemaFailure {
    Registry(RegistryError),
    LockMismatch(LockMismatch),
}

impl From<SchemaFailure> for MessageProblem {
    fn from(failure: SchemaFailure) -> Self {
        match failure {
            SchemaFailure::Registry(error) => Self::Registry(error),
            SchemaFailure::LockMismatch(error) => Self::LockMismatch(error),
        }
    }
}

/// What a task has to tell.
pub(crate) enum News {
    /// The registry takes its time.
    Slow,
    /// The registry failed for the first time. It is asked again.
    Failed(SchemaFailure),
    Known(Arc<RegisteredSchema>),
    /// The schema is [refused](Asking::refused) for now.
    Refused,
    /// The runtime has ended, and with it the task.
    NoRuntime,
}

/// What is asked of the registry for one consumer.
pub(crate) struct Asking {
    registry: SchemaRegistry,
    /// What producers of the same handle took from the lock.
    locked: Arc<LockedIds>,
    runtime: Handle,
    patience: Patience,
    tasks: HashMap<SchemaId, Task>,
    refusals: HashMap<SchemaId, Refusal>,
    sender: mpsc::UnboundedSender<Message>,
    receiver: mpsc::UnboundedReceiver<Message>,
    /// How many tasks there were, so that nothing is heard from one that was given up.
    started: u64,
}

struct Task {
    number: u64,
    handle: AbortHandle,
    /// Whether it was slow, or failed.
    is_late: bool,
}

struct Message {
    id: SchemaId,
    task: u64,
    event: Event,
}

enum Event {
    Slow,
    Failed { failure: SchemaFailure, is_first: bool, doubted_since: Option<Instant> },
    Known(Arc<RegisteredSchema>),
    Refused(SchemaFailure),
    NoRuntime,
}

/// An answer about one schema that is doubted, or counts.
struct Refusal {
    since: Instant,
    /// The last answer, and when it was found to count.
    counts: Option<(Instant, SchemaFailure)>,
}

impl Asking {
    pub(crate) fn new(registry: SchemaRegistry, locked: Arc<LockedIds>, runtime: Handle, patience: Patience) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (tasks, refusals) = (HashMap::new(), HashMap::new());
        Self { registry, locked, runtime, patience, tasks, refusals, sender, receiver, started: 0 }
    }

    /// Asks for a schema, unless that is done already. Says whether its messages have to wait for longer than a moment.
    pub(crate) fn ask(&mut self, id: SchemaId) -> bool {
        if let Some(task) = self.tasks.get(&id) {
            return task.is_late;
        }
        self.started += 1;
        let number = self.started;
        let report = Report { id, number, sender: self.sender.clone(), is_finished: false };
        let doubted_since = self.refusals.get(&id).map(|refusal| refusal.since);
        let (registry, locked, patience) = (self.registry.clone(), Arc::clone(&self.locked), self.patience);
        let task = async move { report.run(&registry, &locked, patience, doubted_since).await };
        let handle = self.runtime.spawn(task).abort_handle();
        self.tasks.insert(id, Task { number, handle, is_late: false });
        false
    }

    /// Why a schema is not worth waiting for now.
    pub(crate) fn refused(&self, id: SchemaId) -> Option<SchemaFailure> {
        let (when, failure) = self.refusals.get(&id)?.counts.as_ref()?;
        (when.elapsed() < REFUSAL_LIFETIME).then(|| failure.clone())
    }

    /// Asks no more for the schemas that nobody needs now.
    pub(crate) fn keep(&mut self, is_needed: impl Fn(SchemaId) -> bool) {
        self.tasks.retain(|id, task| {
            let keep = is_needed(*id);
            if !keep {
                task.handle.abort();
            }
            keep
        });
    }

    /// What a task has to tell.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(SchemaId, News)> {
        loop {
            // Never `None`, since a sender is kept.
            let Some(Message { id, task: number, event }) = ready!(self.receiver.poll_recv(context)) else {
                return Poll::Pending;
            };
            let Some(task) = self.tasks.get_mut(&id).filter(|task| task.number == number) else {
                continue;
            };
            let news = match event {
                Event::Slow => {
                    task.is_late = true;
                    News::Slow
                }
                Event::Failed { failure, is_first, doubted_since } => {
                    task.is_late = true;
                    self.doubt(id, doubted_since);
                    if !is_first {
                        continue;
                    }
                    News::Failed(failure)
                }
                Event::Known(schema) => {
                    self.tasks.remove(&id);
                    self.refusals.remove(&id);
                    News::Known(schema)
                }
                Event::Refused(failure) => {
                    self.tasks.remove(&id);
                    let now = Instant::now();
                    self.make_room();
                    let refusal = self.refusals.entry(id).or_insert(Refusal { since: now, counts: None });
                    refusal.counts = Some((now, failure));
                    News::Refused
                }
                Event::NoRuntime => {
                    self.tasks.remove(&id);
                    News::NoRuntime
                }
            };
            return Poll::Ready((id, news));
        }
    }

    /// Remembers since when an answer is doubted, for tasks to come.
    fn doubt(&mut self, id: SchemaId, since: Option<Instant>) {
        match since {
            None => drop(self.refusals.remove(&id)),
            Some(since) => {
                self.make_room();
                self.refusals.entry(id).or_insert(Refusal { since, counts: None });
            }
        }
    }

    fn make_room(&mut self) {
        if self.refusals.len() < REFUSAL_CAPACITY {
            return;
        }
        let oldest = self.refusals.iter().min_by_key(|(_, refusal)| refusal.since).map(|(id, _)| *id);
        oldest.and_then(|id| self.refusals.remove(&id));
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        for task in self.tasks.values() {
            task.handle.abort();
        }
    }
}

/// A task's side.
struct Report {
    id: SchemaId,
    number: u64,
    sender: mpsc::UnboundedSender<Message>,
    is_finished: bool,
}

impl Report {
    /// Asks until the registry gives the schema, or its refusal counts.
    async fn run(
        mut self,
        registry: &SchemaRegistry,
        locked: &LockedIds,
        patience: Patience,
        mut doubted_since: Option<Instant>,
    ) {
        let (mut wait, mut is_first) = (FIRST_WAIT, true);
        loop {
            let mut asking = pin!(ask(registry, locked, self.id));
            let answer = match tokio::time::timeout(GRACE, &mut asking).await {
                Ok(answer) => answer,
                Err(_) => {
                    self.send(Event::Slow);
                    asking.await
                }
            };
            let failure = match answer {
                Ok(schema) => {
                    if !is_first {
                        tracing::info!(schema = %self.id, "the registry gives the schema again, and its messages go on");
                    }
                    return self.finish(Event::Known(schema));
                }
                Err(failure) => failure,
            };
            let pause = match patience.limit(&failure) {
                // Nothing about this schema: whatever was answered before is doubted anew.
                None => {
                    doubted_since = None;
                    wait
                }
                Some(limit) => {
                    let since = *doubted_since.get_or_insert_with(Instant::now);
                    let left = limit.saturating_sub(since.elapsed());
                    if left.is_zero() {
                        return self.finish(Event::Refused(failure));
                    }
                    wait.min(left)
                }
            };
            self.send(Event::Failed { failure, is_first, doubted_since });
            tokio::time::sleep(pause).await;
            wait = (wait * 2).min(LONGEST_WAIT);
            is_first = false;
        }
    }

    fn send(&self, event: Event) {
        // Nobody listens only when the consumer is gone.
        let _ = self.sender.send(Message { id: self.id, task: self.number, event });
    }

    fn finish(&mut self, event: Event) {
        self.is_finished = true;
        self.send(event);
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if !self.is_finished {
            self.send(Event::NoRuntime);
        }
    }
}

async fn ask(
    registry: &SchemaRegistry,
    locked: &LockedIds,
    id: SchemaId,
) -> Result<Arc<RegisteredSchema>, SchemaFailure> {
    let schema = registry.schema_by_id(id).await.map_err(SchemaFailure::Registry)?;
    locked.check(&schema).map_err(SchemaFailure::LockMismatch)?;
    Ok(schema)
}

impl Patience {
    /// After what time the failure counts. `None` when it is not about the schema, such as an outage or refused
    /// credentials: that passes or is mended by somebody, and no message may be skipped for it.
    fn limit(self, failure: &SchemaFailure) -> Option<Duration> {
        let error = match failure {
            SchemaFailure::LockMismatch(_) => return Some(self.unusable),
            SchemaFailure::Registry(error) => error,
        };
        match error {
            error if error.is_unknown_schema() => Some(self.unknown),
            RegistryError::UnsupportedSchemaType { .. } | RegistryError::TooManyReferences { .. } => Some(self.unknown),
            error if error.is_about_one_schema() => Some(self.unusable),
            _ => None,
        }
    }
}
