//! The schemas that messages wait for. Each is looked up by a task of its own, which does not depend on
//! the futures of the caller.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use schema_registry::{RegisteredSchema, RegistryError, SchemaRegistry, WireId};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::bad_message::MessageProblem;
use crate::locked::{LockMismatch, LockedIds};

/// The first wait after the registry gave no schema, which doubles up to the longest one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long a schema that was refused is not asked for again.
const REFUSAL_LIFETIME: Duration = Duration::from_secs(5);

/// How many refusals are remembered. A topic of foreign payloads can hold any number of ids.
const REFUSAL_CAPACITY: usize = 1000;

/// How long an answer about one schema is doubted before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// The registry answers that there is no such schema, or that it is not an Avro schema.
    pub(crate) unknown: Duration,
    /// The registry, or a proxy in front of it, gives an invalid answer.
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

/// A lookup of which something became.
pub(crate) struct FollowedLookup {
    pub(crate) id: WireId,
    /// What [`SchemaLookups::start`] returned.
    pub(crate) number: u64,
    pub(crate) event: LookupEvent,
}

/// What became of a lookup.
pub(crate) enum LookupEvent {
    /// The registry failed for the first time. It is asked again.
    Failed(SchemaFailure),
    Known(Arc<RegisteredSchema>),
    /// The schema is [refused](SchemaLookups::refused) for now.
    Refused,
    /// The runtime has ended, and with it the task.
    NoRuntime,
}

/// The lookups of one consumer.
pub(crate) struct SchemaLookups {
    registry: SchemaRegistry,
    /// What producers of the same handle took from the lock.
    locked: Arc<LockedIds>,
    runtime: Handle,
    patience: Patience,
    lookups: HashMap<WireId, Lookup>,
    refusals: HashMap<WireId, Refusal>,
    sender: mpsc::UnboundedSender<Report>,
    receiver: mpsc::UnboundedReceiver<Report>,
    /// How many tasks there were, so that nothing comes from one that was given up.
    started: u64,
    /// The schemas whose failure is in the log. Those of all readers of a consumer: what all partitions wait for is one
    /// line, and not one for each.
    reported: Arc<Mutex<HashSet<WireId>>>,
}

struct Lookup {
    number: u64,
    handle: AbortHandle,
}

struct Report {
    id: WireId,
    task: u64,
    event: TaskEvent,
}

enum TaskEvent {
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

impl SchemaLookups {
    pub(crate) fn new(registry: SchemaRegistry, locked: Arc<LockedIds>, runtime: Handle, patience: Patience) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (lookups, refusals, reported) = (HashMap::new(), HashMap::new(), Arc::default());
        Self { registry, locked, runtime, patience, lookups, refusals, sender, receiver, started: 0, reported }
    }

    /// Those of another reader of the same consumer, which begins without any.
    pub(crate) fn another(&self) -> Self {
        let Self { registry, locked, runtime, patience, reported, .. } = self;
        let mut another = Self::new(registry.clone(), Arc::clone(locked), runtime.clone(), *patience);
        another.reported = Arc::clone(reported);
        another
    }

    /// Whether the failure of a schema is not in the log yet.
    pub(crate) fn is_news(&self, id: WireId) -> bool {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    /// Whether no schema is looked up.
    pub(crate) fn is_empty(&self) -> bool {
        self.lookups.is_empty()
    }

    /// Looks a schema up, unless that is done already. Returns the number of the lookup.
    pub(crate) fn start(&mut self, id: WireId) -> u64 {
        if let Some(lookup) = self.lookups.get(&id) {
            return lookup.number;
        }
        self.started += 1;
        let number = self.started;
        let task = LookupTask { id, number, sender: self.sender.clone(), is_finished: false };
        let doubted_since = self.refusals.get(&id).map(|refusal| refusal.since);
        let (registry, locked, patience) = (self.registry.clone(), Arc::clone(&self.locked), self.patience);
        let lookup = async move { task.run(&registry, &locked, patience, doubted_since).await };
        let handle = self.runtime.spawn(lookup).abort_handle();
        self.lookups.insert(id, Lookup { number, handle });
        number
    }

    /// Why a schema is not worth waiting for now.
    pub(crate) fn refused(&self, id: WireId) -> Option<SchemaFailure> {
        let (when, failure) = self.refusals.get(&id)?.counts.as_ref()?;
        (when.elapsed() < REFUSAL_LIFETIME).then(|| failure.clone())
    }

    /// Looks no more for the schemas that nobody needs now, by the numbers of their lookups.
    pub(crate) fn keep(&mut self, is_needed: impl Fn(u64) -> bool) {
        let reported = &self.reported;
        self.lookups.retain(|id, lookup| {
            let keep = is_needed(lookup.number);
            if !keep {
                lookup.handle.abort();
                reported.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
            }
            keep
        });
    }

    /// What became of a lookup.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<FollowedLookup> {
        loop {
            let Some(Report { id, task: number, event }) = ready!(self.receiver.poll_recv(context)) else {
                debug_assert!(false, "a sender is kept");
                return Poll::Pending;
            };
            if self.lookups.get(&id).is_none_or(|lookup| lookup.number != number) {
                continue;
            }
            let event = match event {
                TaskEvent::Failed { failure, is_first, doubted_since } => {
                    self.doubt(id, doubted_since);
                    if !is_first {
                        continue;
                    }
                    LookupEvent::Failed(failure)
                }
                TaskEvent::Known(schema) => {
                    self.end(id);
                    self.refusals.remove(&id);
                    LookupEvent::Known(schema)
                }
                TaskEvent::Refused(failure) => {
                    self.end(id);
                    let now = Instant::now();
                    self.make_room();
                    let refusal = self.refusals.entry(id).or_insert(Refusal { since: now, counts: None });
                    refusal.counts = Some((now, failure));
                    LookupEvent::Refused
                }
                TaskEvent::NoRuntime => {
                    self.end(id);
                    LookupEvent::NoRuntime
                }
            };
            return Poll::Ready(FollowedLookup { id, number, event });
        }
    }

    /// Forgets a lookup that has ended: the next failure of its schema is another one.
    fn end(&mut self, id: WireId) {
        self.lookups.remove(&id);
        self.reported.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Remembers since when an answer is doubted, for tasks to come.
    fn doubt(&mut self, id: WireId, since: Option<Instant>) {
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

impl Drop for SchemaLookups {
    fn drop(&mut self) {
        for lookup in self.lookups.values() {
            lookup.handle.abort();
        }
    }
}

/// The task's side of a lookup.
struct LookupTask {
    id: WireId,
    number: u64,
    sender: mpsc::UnboundedSender<Report>,
    is_finished: bool,
}

impl LookupTask {
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
            let failure = match ask(registry, locked, self.id).await {
                Ok(schema) => {
                    if !is_first {
                        tracing::info!(schema = %self.id, "the registry provides the schema again, and its messages go on");
                    }
                    return self.finish(TaskEvent::Known(schema));
                }
                Err(failure) => failure,
            };
            let pause = match patience.limit(&failure) {
                // Nothing about this schema: what was answered before is doubted anew.
                None => {
                    doubted_since = None;
                    wait
                }
                Some(limit) => {
                    let since = *doubted_since.get_or_insert_with(Instant::now);
                    let left = limit.saturating_sub(since.elapsed());
                    if left.is_zero() {
                        return self.finish(TaskEvent::Refused(failure));
                    }
                    wait.min(left)
                }
            };
            self.send(TaskEvent::Failed { failure, is_first, doubted_since });
            tokio::time::sleep(pause).await;
            wait = (wait * 2).min(LONGEST_WAIT);
            is_first = false;
        }
    }

    fn send(&self, event: TaskEvent) {
        // Nobody listens only when the consumer is gone.
        let _ = self.sender.send(Report { id: self.id, task: self.number, event });
    }

    fn finish(&mut self, event: TaskEvent) {
        self.is_finished = true;
        self.send(event);
    }
}

impl Drop for LookupTask {
    fn drop(&mut self) {
        if !self.is_finished {
            self.send(TaskEvent::NoRuntime);
        }
    }
}

async fn ask(
    registry: &SchemaRegistry,
    locked: &LockedIds,
    id: WireId,
) -> Result<Arc<RegisteredSchema>, SchemaFailure> {
    let schema = registry.schema_by_wire_id(id).await.map_err(SchemaFailure::Registry)?;
    locked.check(&schema).map_err(SchemaFailure::LockMismatch)?;
    Ok(schema)
}

impl Patience {
    /// After what time the failure counts. `None` when it is not about the schema, such as an outage or refused
    /// credentials: that passes or is fixed by somebody, and no message may be skipped for it.
    fn limit(self, failure: &SchemaFailure) -> Option<Duration> {
        let error = match failure {
            SchemaFailure::LockMismatch(_) => return Some(self.unusable),
            SchemaFailure::Registry(error) => error,
        };
        match error {
            error if error.is_unknown_schema() => Some(self.unknown),
            RegistryError::UnsupportedSchemaType { .. }
            | RegistryError::TooManyReferences { .. }
            | RegistryError::NotApicurio { .. } => Some(self.unknown),
            error if error.is_about_one_schema() => Some(self.unusable),
            _ => None,
        }
    }
}
