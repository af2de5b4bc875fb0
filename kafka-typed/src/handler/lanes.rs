//! One partition, the messages of a key one after the other, and several keys at a time.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::{Place, Running, Seat};
use super::source::{Access, Read, Reader, Record};
use super::tasks::Tasks;
use super::work::Work;

/// How many keys of a partition can be processed at a time. Bounds what one partition takes of the memory and of the
/// handlers, and is enough for an even spread over the few cores and many waits of a consumer.
const LANES: usize = 64;

/// How many messages of a partition may wait in its lanes. When the messages of a key that is retried fill it, the
/// others wait too.
const MOST_WAITING: usize = 500;

/// At how many waiting messages a partition is read again that had the most: not before there is room for several.
const READ_AGAIN_AT: usize = 400;

/// What happens to a partition.
enum Event<R: Reader> {
    Read(Option<Vec<Read<R>>>),
    /// There is room for more messages, or lanes need another task.
    Changed,
    /// A task has ended.
    Ended(Ended),
    Halted,
    Lost,
}

/// Processes a partition until it is revoked or the run ends.
pub(super) async fn process_in_lanes<R: Reader, W: Work<R>, O: Outlet>(
    running: &Arc<Running<W, O>>,
    place: &Arc<Place<R>>,
    mut reader: R,
) -> Result<(), RunProblem> {
    let mut tasks = Tasks::new();
    let lanes = Arc::new(Lanes::<R>::new(Handle::current().metrics().num_workers()));
    let mut halted = pin!(running.halted(place));
    let mut lost = pin!(place.access.lost());
    loop {
        for _ in 0..lanes.add_tasks() {
            let (running, place, lanes) = (Arc::clone(running), Arc::clone(place), Arc::clone(&lanes));
            tasks.start(async move { drain(&running, &place, &lanes).await });
        }
        if tasks.are_finished() {
            return tasks.into_result();
        }
        let room = lanes.room();
        let event = {
            let mut read = pin!(running.work.read_ahead(&mut reader, room));
            let mut changed = pin!(lanes.changed.notified());
            poll_fn(|context| {
                if let Poll::Ready(ended) = tasks.poll_ended(context) {
                    return Poll::Ready(Event::Ended(ended));
                }
                if lost.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Lost);
                }
                if changed.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Changed);
                }
                if !tasks.is_reading() {
                    return Poll::Pending;
                }
                if halted.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Halted);
                }
                match room {
                    0 => Poll::Pending,
                    _ => read.as_mut().poll(context).map(Event::Read),
                }
            })
            .await
        };
        match event {
            Event::Read(Some(reads)) => lanes.push(reads),
            Event::Changed => {}
            Event::Ended(ended) => tasks.ended(running, ended),
            Event::Read(None) | Event::Halted => tasks.stop_reading(),
            Event::Lost => return tasks.into_result(),
        }
    }
}

/// Processes what is in the lanes, some messages of one and then of the next, until no lane needs this task, or a
/// message is not done: those behind that in its lane come again.
async fn drain<R: Reader, W: Work<R>, O: Outlet>(running: &Running<W, O>, place: &Place<R>, lanes: &Lanes<R>) -> Ended {
    let (mut taken, mut before, is_queued) = (VecDeque::new(), None, AtomicBool::new(false));
    let mut seat = Seat::telling(&is_queued);
    while let Some(lane) = lanes.take(before, running.work.most_taken(), &mut taken) {
        before = Some((lane, taken.len()));
        let processing = process(running, place, &mut taken, &mut seat);
        match lanes.replaced_while_waiting(processing, &is_queued).await {
            Ended::Done => {}
            ended => {
                lanes.task_ends();
                return ended;
            }
        }
    }
    Ended::Done
}

/// Processes some messages of a lane.
async fn process<'r, R: Reader, W: Work<R>, O: Outlet>(
    running: &'r Running<W, O>,
    place: &Place<R>,
    taken: &mut VecDeque<Read<R>>,
    seat: &mut Seat<'r>,
) -> Ended {
    while let Some(first) = taken.front().map(|read| read.record.offset()) {
        // A handler that never waits would otherwise keep its thread from other tasks.
        tokio::task::coop::consume_budget().await;
        let Some(unit) = running.work.gather(taken) else { break };
        match W::process(running, place, unit, seat).await {
            Ended::Done => {}
            ended => {
                place.started.end_at(first);
                return ended;
            }
        }
    }
    Ended::Done
}

/// The messages that wait for others of their lane.
///
/// Lanes have no tasks of their own, which would cost more to start and to wake than most messages take. As many tasks
/// compute as the runtime has threads, and go from lane to lane; whenever one of them waits for something, another one
/// takes its place, as long as there are lanes for it.
struct Lanes<R: Reader> {
    waiting: Mutex<Waiting<R>>,
    /// How many tasks compute at a time.
    most_computing: usize,
    /// Told when there is room again, and when another task may start.
    changed: Notify,
}

struct Waiting<R: Reader> {
    lanes: Vec<Lane<R>>,
    /// The lanes that have messages and no task, in the order of their turns.
    ready: VecDeque<usize>,
    /// The tasks that do not wait for anything.
    computing: usize,
    /// In all lanes, with those that tasks have taken.
    count: usize,
    /// Whether there was no room for more, and has not been enough since.
    is_full: bool,
}

struct Lane<R: Reader> {
    messages: VecDeque<Read<R>>,
    /// Whether it is ready or has a task. One whose task has stopped at a message stays busy.
    is_busy: bool,
}

impl<R: Reader> Lanes<R> {
    fn new(most_computing: usize) -> Self {
        let lane = || Lane { messages: VecDeque::new(), is_busy: false };
        let lanes = std::iter::repeat_with(lane).take(LANES).collect();
        let waiting = Waiting { lanes, ready: VecDeque::new(), computing: 0, count: 0, is_full: false };
        Self { waiting: Mutex::new(waiting), most_computing, changed: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<R>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many messages may be added. `changed` tells when a full one has room again.
    fn room(&self) -> usize {
        let mut waiting = self.lock();
        waiting.is_full |= waiting.count >= MOST_WAITING;
        if waiting.is_full { 0 } else { MOST_WAITING - waiting.count }
    }

    /// Adds messages.
    fn push(&self, reads: Vec<Read<R>>) {
        let mut waiting = self.lock();
        let Waiting { lanes, ready, count, .. } = &mut *waiting;
        *count += reads.len();
        for read in reads {
            let index = lane_of(&read.record);
            let lane = &mut lanes[index];
            lane.messages.push_back(read);
            if !std::mem::replace(&mut lane.is_busy, true) {
                ready.push_back(index);
            }
        }
    }

    /// How many tasks are to start, which count from now on.
    fn add_tasks(&self) -> usize {
        let mut waiting = self.lock();
        let added = self.missing_tasks(&waiting);
        waiting.computing += added;
        added
    }

    fn missing_tasks(&self, waiting: &Waiting<R>) -> usize {
        self.most_computing.saturating_sub(waiting.computing).min(waiting.ready.len())
    }

    /// Takes up to `most` messages of the next lane for a task, and returns which lane that is. Before, the task has
    /// finished so many of another lane. `None` when the task is to end.
    fn take(&self, before: Option<(usize, usize)>, most: usize, taken: &mut VecDeque<Read<R>>) -> Option<usize> {
        let mut waiting = self.lock();
        let Waiting { lanes, ready, computing, count, is_full } = &mut *waiting;
        if let Some((index, finished)) = before {
            let lane = &mut lanes[index];
            lane.is_busy = !lane.messages.is_empty();
            if lane.is_busy {
                ready.push_back(index);
            }
            *count -= finished;
            if *is_full && *count <= READ_AGAIN_AT {
                *is_full = false;
                self.changed.notify_one();
            }
        }
        // A task that has waited may be one too many, since another one has taken its place.
        let next = if *computing > self.most_computing { None } else { ready.pop_front() };
        match next {
            Some(index) => {
                let messages = &mut lanes[index].messages;
                taken.extend(messages.drain(..messages.len().min(most)));
            }
            None => *computing -= 1,
        }
        next
    }

    /// A task ends whose lane goes on being busy.
    fn task_ends(&self) {
        self.lock().computing -= 1;
    }

    /// Lets another task take the place of the one that processes something, whenever that waits. Not when it
    /// `is_queued` for a permit, which the other one would have to wait for, too.
    async fn replaced_while_waiting<F: Future>(&self, processing: F, is_queued: &AtomicBool) -> F::Output {
        let mut processing = pin!(processing);
        let mut has_waited = false;
        poll_fn(|context| {
            if has_waited {
                self.lock().computing += 1;
            }
            let polled = processing.as_mut().poll(context);
            has_waited = polled.is_pending() && !is_queued.load(Ordering::Relaxed);
            if has_waited {
                let mut waiting = self.lock();
                waiting.computing -= 1;
                if self.missing_tasks(&waiting) > 0 {
                    self.changed.notify_one();
                }
            }
            polled
        })
        .await
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
