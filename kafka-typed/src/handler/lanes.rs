//! One partition, several messages or batches at a time.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::task::{JoinError, JoinSet};

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::{Place, Running};
use super::source::{Access, Read, Reader, Record};
use super::work::Work;

/// How many keys of a partition can be processed at a time. Bounds what one partition takes of the memory and of the
/// handlers, and is enough for an even spread over the few cores and many waits of a consumer.
const LANES: usize = 64;

/// How many messages of a partition may wait in its lanes. When the messages of a key that is retried fill it, the
/// others wait too.
const MOST_WAITING: usize = 500;

/// Which messages may be processed at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concurrency {
    /// Those of different keys.
    Keys,
    /// All, so many at a time.
    Free { most: usize },
}

/// What happens to a partition.
enum Event<U> {
    Read(Option<U>),
    /// A task has ended, of this lane, where it was one's.
    Ended(Option<usize>, Ended),
    Halted,
    Lost,
}

/// Processes a partition until it is revoked or the run ends.
pub(super) async fn process_in_lanes<R: Reader, W: Work<R>, O: Outlet>(
    running: &Arc<Running<W, O>>,
    place: &Arc<Place<R>>,
    mut reader: R,
    concurrency: Concurrency,
) -> Result<(), RunProblem> {
    let mut tasks = JoinSet::new();
    let mut lanes = Lanes::<R>::new();
    let mut problem = None;
    let mut is_reading = true;
    let mut halted = pin!(running.halted(place));
    let mut lost = pin!(place.access.lost());
    let start = |tasks: &mut JoinSet<(Option<usize>, Ended)>, lane: Option<usize>, unit: W::Unit| {
        let (running, place) = (Arc::clone(running), Arc::clone(place));
        tasks.spawn(async move { (lane, W::process(&running, &place, unit).await) });
    };
    loop {
        if !is_reading && tasks.is_empty() {
            return problem.map_or(Ok(()), Err);
        }
        let has_room = match concurrency {
            Concurrency::Keys => lanes.waiting < MOST_WAITING,
            Concurrency::Free { most } => tasks.len() < most,
        };
        let event = {
            let mut read = pin!(running.work.read(&mut reader));
            poll_fn(|context| {
                if let Poll::Ready(Some(ended)) = tasks.poll_join_next(context) {
                    let (lane, ended) = ended.unwrap_or_else(go_on_panicking);
                    return Poll::Ready(Event::Ended(lane, ended));
                }
                if lost.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Lost);
                }
                if !is_reading {
                    return Poll::Pending;
                }
                if halted.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Halted);
                }
                match has_room {
                    true => read.as_mut().poll(context).map(Event::Read),
                    false => Poll::Pending,
                }
            })
            .await
        };
        match event {
            Event::Read(Some(unit)) => {
                if concurrency != Concurrency::Keys {
                    start(&mut tasks, None, unit);
                    continue;
                }
                for read in running.work.split(unit) {
                    lanes.push(read);
                }
                while let Some(lane) = lanes.next_ready() {
                    if let Some(unit) = lanes.take(lane, |waiting| running.work.gather(waiting)) {
                        start(&mut tasks, Some(lane), unit);
                    }
                }
            }
            Event::Ended(lane, Ended::Done) => {
                let unit = lane.and_then(|lane| lanes.take(lane, |waiting| running.work.gather(waiting)));
                if let Some(unit) = unit {
                    start(&mut tasks, lane, unit);
                }
            }
            Event::Ended(_, Ended::Failed(found)) => {
                // The whole run stops with it: what else is in flight has until the deadline, and nothing is started.
                running.stop.set();
                problem.get_or_insert(found);
                is_reading = false;
                lanes.clear();
            }
            Event::Read(None) | Event::Halted | Event::Ended(_, Ended::GivenBack) => {
                is_reading = false;
                lanes.clear();
            }
            Event::Lost => return problem.map_or(Ok(()), Err),
        }
    }
}

/// A handler's panic is caught where it runs. What is left is a panic while a value is dropped, or an error of this
/// floor.
fn go_on_panicking(error: JoinError) -> (Option<usize>, Ended) {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // Nobody aborts a single task.
        Err(_) => (None, Ended::GivenBack),
    }
}

/// The messages that wait for others of their lane.
struct Lanes<R: Reader> {
    lanes: Vec<Lane<R>>,
    waiting: usize,
    /// Lanes that have messages and no task.
    ready: VecDeque<usize>,
}

struct Lane<R: Reader> {
    waiting: VecDeque<Read<R>>,
    /// Whether it has a task, or is about to get one.
    is_busy: bool,
}

impl<R: Reader> Lanes<R> {
    fn new() -> Self {
        let lane = || Lane { waiting: VecDeque::new(), is_busy: false };
        Self { lanes: std::iter::repeat_with(lane).take(LANES).collect(), waiting: 0, ready: VecDeque::new() }
    }

    fn push(&mut self, read: Read<R>) {
        let index = lane_of(&read.record);
        let lane = &mut self.lanes[index];
        lane.waiting.push_back(read);
        self.waiting += 1;
        if !lane.is_busy {
            lane.is_busy = true;
            self.ready.push_back(index);
        }
    }

    fn next_ready(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// Takes what a lane's next task processes. A lane that has nothing is free from then on.
    fn take<U>(&mut self, index: usize, gather: impl FnOnce(&mut VecDeque<Read<R>>) -> Option<U>) -> Option<U> {
        let lane = &mut self.lanes[index];
        let before = lane.waiting.len();
        let unit = gather(&mut lane.waiting);
        self.waiting -= before - lane.waiting.len();
        lane.is_busy = unit.is_some();
        unit
    }

    /// What was not started comes again.
    fn clear(&mut self) {
        *self = Self::new();
    }
}

/// The lane of a key. Records without a key are spread evenly.
fn lane_of(record: &impl Record) -> usize {
    let number = match record.key() {
        Some(key) => {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            hasher.finish()
        }
        None => record.offset().unsigned_abs(),
    };
    usize::try_from(number % LANES as u64).unwrap_or(0)
}
