//! One partition, the messages of a key one after the other, and several keys at a time.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::sync::Notify;

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::{Place, Running};
use super::source::{Access, Read, Reader, Record};
use super::tasks::Tasks;
use super::work::Work;

/// How many keys of a partition can be processed at a time. Bounds what one partition takes of the memory and of the
/// handlers, and is enough for an even spread over the few cores and many waits of a consumer.
const LANES: usize = 64;

/// How many messages of a partition may wait in its lanes. When the messages of a key that is retried fill it, the
/// others wait too.
const MOST_WAITING: usize = 500;

/// What happens to a partition.
enum Event<R: Reader> {
    Read(Option<Vec<Read<R>>>),
    /// There is room for more messages.
    HasRoom,
    /// The task of a lane has ended.
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
    let lanes = Arc::new(Lanes::<R>::new());
    let mut halted = pin!(running.halted(place));
    let mut lost = pin!(place.access.lost());
    while !tasks.are_finished() {
        let room = lanes.room();
        let event = {
            let mut read = pin!(running.work.read_ahead(&mut reader, room));
            let mut freed = pin!(lanes.freed.notified());
            poll_fn(|context| {
                if let Poll::Ready(ended) = tasks.poll_ended(context) {
                    return Poll::Ready(Event::Ended(ended));
                }
                if lost.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Lost);
                }
                if !tasks.is_reading() {
                    return Poll::Pending;
                }
                if halted.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Halted);
                }
                match room {
                    0 => freed.as_mut().poll(context).map(|()| Event::HasRoom),
                    _ => read.as_mut().poll(context).map(Event::Read),
                }
            })
            .await
        };
        match event {
            Event::Read(Some(reads)) => {
                for lane in lanes.push(reads) {
                    let (running, place, lanes) = (Arc::clone(running), Arc::clone(place), Arc::clone(&lanes));
                    tasks.start(async move { drain(&running, &place, &lanes, lane).await });
                }
            }
            Event::HasRoom => {}
            Event::Ended(ended) => tasks.ended(running, ended),
            Event::Read(None) | Event::Halted => tasks.stop_reading(),
            Event::Lost => break,
        }
    }
    tasks.into_result()
}

/// Processes what is in a lane until that is empty, or one of its messages is not done: those behind that come again.
async fn drain<R: Reader, W: Work<R>, O: Outlet>(
    running: &Running<W, O>,
    place: &Place<R>,
    lanes: &Lanes<R>,
    lane: usize,
) -> Ended {
    let mut taken = VecDeque::new();
    let mut finished = 0;
    loop {
        lanes.take(lane, finished, running.work.most_taken(), &mut taken);
        if taken.is_empty() {
            return Ended::Done;
        }
        finished = taken.len();
        while let Some(first) = taken.front().map(|read| read.record.offset()) {
            // A handler that never waits would otherwise keep its thread from other tasks.
            tokio::task::coop::consume_budget().await;
            let Some(unit) = running.work.gather(&mut taken) else { break };
            match W::process(running, place, unit).await {
                Ended::Done => {}
                ended => {
                    place.started.end_at(first);
                    return ended;
                }
            }
        }
    }
}

/// The messages that wait for others of their lane.
struct Lanes<R: Reader> {
    waiting: Mutex<Waiting<R>>,
    /// Told when there is room again.
    freed: Notify,
}

struct Waiting<R: Reader> {
    lanes: Vec<Lane<R>>,
    /// In all lanes, with those that tasks have taken.
    count: usize,
}

struct Lane<R: Reader> {
    messages: VecDeque<Read<R>>,
    /// Whether it has a task, or is about to get one. One whose task has stopped at a message stays busy.
    is_busy: bool,
}

impl<R: Reader> Lanes<R> {
    fn new() -> Self {
        let lane = || Lane { messages: VecDeque::new(), is_busy: false };
        let lanes = std::iter::repeat_with(lane).take(LANES).collect();
        Self { waiting: Mutex::new(Waiting { lanes, count: 0 }), freed: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<R>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many messages may be added.
    fn room(&self) -> usize {
        MOST_WAITING.saturating_sub(self.lock().count)
    }

    /// Adds messages, and returns the lanes that need a task for that.
    fn push(&self, reads: Vec<Read<R>>) -> Vec<usize> {
        let mut ready = Vec::new();
        let mut waiting = self.lock();
        waiting.count += reads.len();
        for read in reads {
            let index = lane_of(&read.record);
            let lane = &mut waiting.lanes[index];
            lane.messages.push_back(read);
            if !std::mem::replace(&mut lane.is_busy, true) {
                ready.push(index);
            }
        }
        ready
    }

    /// Takes up to `most` messages of a lane, whose task has `finished` so many before. A lane that has none is free
    /// from then on.
    fn take(&self, index: usize, finished: usize, most: usize, taken: &mut VecDeque<Read<R>>) {
        let mut waiting = self.lock();
        let was_full = waiting.count >= MOST_WAITING;
        waiting.count -= finished;
        if was_full && waiting.count < MOST_WAITING {
            self.freed.notify_one();
        }
        let lane = &mut waiting.lanes[index];
        let count = lane.messages.len().min(most);
        taken.extend(lane.messages.drain(..count));
        lane.is_busy = count > 0;
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
