//! From handlers to whoever has the transaction: what was sent, and the message that it follows from, as one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::ledger::Origin;

/// How many messages may have been processed and wait for the transaction.
const MOST_WAITING: usize = 1_000;

/// Where handlers leave what they have sent, and messages report that they are done.
pub(super) struct DeliveryGate<G, T> {
    events: UnboundedSender<Event<G, T>>,
    /// What was sent for messages that are not reported as done yet, for each partition. Nothing waits between the two,
    /// so that there is one at most.
    sent: Mutex<OfPartitions<T>>,
    room: Arc<Semaphore>,
}

type OfPartitions<T> = HashMap<(Arc<str>, i32), Sent<T>>;

/// What was sent for one message, or for those of a batch.
struct Sent<T> {
    /// The offset of the last message.
    through: i64,
    messages: u64,
    records: Vec<T>,
    room: Option<OwnedSemaphorePermit>,
}

/// What whoever has the transaction is told.
pub(super) enum Event<G, T> {
    Done(Unit<G, T>),
    /// Partitions are about to be given away: what is done is to be committed now.
    Settle(mpsc::SyncSender<()>),
    /// Nothing more comes.
    Close(oneshot::Sender<()>),
}

/// Messages of one partition that were processed, and what follows from them.
pub(super) struct Unit<G, T> {
    pub(super) origin: G,
    /// The offset of the message after them.
    pub(super) next: i64,
    pub(super) messages: u64,
    pub(super) records: Vec<T>,
    /// Given back once they are part of the transaction.
    pub(super) room: Option<OwnedSemaphorePermit>,
}

impl<G: Origin, T> DeliveryGate<G, T> {
    pub(super) fn new() -> (Self, UnboundedReceiver<Event<G, T>>) {
        let (events, received) = unbounded_channel();
        let (sent, room) = (Mutex::default(), Arc::new(Semaphore::new(MOST_WAITING)));
        (Self { events, sent, room }, received)
    }

    /// Waits until one more may wait for the transaction.
    pub(super) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.room).acquire_owned().await.ok()
    }

    /// Leaves what was sent for so many messages, the last of which is at this offset, until they are done.
    pub(super) fn leave(
        &self,
        (topic, partition, through): (&Arc<str>, i32, i64),
        messages: u64,
        records: Vec<T>,
        room: Option<OwnedSemaphorePermit>,
    ) {
        let sent = Sent { through, messages, records, room };
        self.sent().insert((Arc::clone(topic), partition), sent);
    }

    /// A message is done: it and what was sent for it are to be part of the transaction.
    pub(super) fn done(&self, origin: &G, offset: i64) {
        let mut unit = Unit { origin: origin.clone(), next: offset + 1, messages: 1, records: Vec::new(), room: None };
        {
            let mut all = self.sent();
            let place = (Arc::clone(origin.topic()), origin.partition());
            match all.get(&place).map(|sent| sent.through) {
                // The others of the batch follow at once, and all of them count together.
                Some(through) if offset < through => return,
                Some(through) if offset == through => {
                    if let Some(Sent { messages, records, room, .. }) = all.remove(&place) {
                        (unit.messages, unit.records, unit.room) = (messages, records, room);
                    }
                }
                _ => {}
            }
        }
        // Without a receiver the run has ended, and nothing counts any more.
        let _ = self.events.send(Event::Done(unit));
    }

    /// Lets what is done be committed, and waits for that. Blocks.
    pub(super) fn settle(&self, timeout: Duration) {
        let (settled, answer) = mpsc::sync_channel(1);
        if self.events.send(Event::Settle(settled)).is_ok() && answer.recv_timeout(timeout).is_err() {
            tracing::warn!(
                ?timeout,
                "a transaction was not committed before its partitions are given away: it is aborted if their next owner needs that"
            );
        }
    }

    /// Nothing more comes. Resolves once everything is committed or aborted, or that has failed.
    pub(super) async fn close(&self) {
        let (closed, answer) = oneshot::channel();
        if self.events.send(Event::Close(closed)).is_ok() {
            let _ = answer.await;
        }
    }

    fn sent(&self) -> MutexGuard<'_, OfPartitions<T>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
