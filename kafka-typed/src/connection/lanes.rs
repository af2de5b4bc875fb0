//! Reading one record after the other, out of the lanes of all partitions in turn or of a single one.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::acknowledgement::Acknowledgement;
use super::assigned_partition::{AssignedPartition, PendingOffset};
use super::assignment::Assignment;
use super::consumer_records::ConsumerRecords;
use super::lane::Next;
use super::record_batch::{ReceivedRecord, RecordBatch, RecordRef};

/// How the caller reports that a record is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoneBy {
    /// By asking for the next one, or by its acknowledgement.
    AskingForTheNext,
    /// By its acknowledgement alone, since several are processed at a time.
    Acknowledgement,
    /// By whoever keeps its record, when the handler has answered.
    Handler,
}

/// Which lanes are read.
enum Scope {
    /// Those of all partitions that the consumer has.
    All,
    /// That of one, until its partition ends.
    One,
}

/// What a reader remembers between two records.
pub(crate) struct Lanes {
    assignment: Arc<Assignment>,
    scope: Scope,
    /// Of the assignment that the cursors are of.
    version: u64,
    cursors: Vec<Cursor>,
    /// The cursor that is read.
    at: usize,
    /// The record that was handed out last, until it counts as done.
    pending: Option<PendingOffset>,
}

/// How far one partition is read.
struct Cursor {
    partition: Arc<AssignedPartition>,
    batch: Option<Arc<RecordBatch>>,
    index: usize,
    /// What its next record has to wait for.
    blocked_by: Option<u64>,
}

impl Cursor {
    fn new(partition: Arc<AssignedPartition>) -> Self {
        Self { partition, batch: None, index: 0, blocked_by: None }
    }

    fn is_open(&self) -> bool {
        self.blocked_by.is_none() && !self.partition.is_held() && self.partition.is_active()
    }

    /// Whether there is a record to hand out.
    fn has_record(&mut self, assignment: &Assignment) -> bool {
        if !self.is_open() {
            return false;
        }
        if self.batch.is_none() {
            let (next, has_room) = self.partition.lane.take();
            if has_room {
                assignment.wake().wake();
            }
            match next {
                Next::Batch(batch) => (self.batch, self.index) = (Some(batch), 0),
                Next::Failure(error) => assignment.fail(error),
                Next::Nothing => {}
            }
        }
        self.batch.is_some()
    }

    fn record(&self) -> Option<RecordRef<'_>> {
        self.batch.as_ref()?.record(self.index)
    }
}

impl Lanes {
    pub(crate) fn all(assignment: Arc<Assignment>) -> Self {
        // No assignment has this version, so that the first look makes the cursors.
        Self { assignment, scope: Scope::All, version: u64::MAX, cursors: Vec::new(), at: 0, pending: None }
    }

    pub(crate) fn one(assignment: Arc<Assignment>, partition: Arc<AssignedPartition>) -> Self {
        let cursors = vec![Cursor::new(partition)];
        Self { assignment, scope: Scope::One, version: u64::MAX, cursors, at: 0, pending: None }
    }

    pub(crate) fn assignment(&self) -> &Arc<Assignment> {
        &self.assignment
    }

    /// Whether nothing more comes.
    pub(crate) fn has_ended(&self) -> bool {
        match self.scope {
            Scope::All => self.assignment.has_ended() || self.assignment.is_stopping(),
            Scope::One => !self.cursors.iter().any(|cursor| cursor.partition.is_active()),
        }
    }

    /// Moves to the next record that may be handed out. Returns whether there is one.
    pub(crate) fn find(&mut self) -> bool {
        self.follow();
        for _ in 0..self.cursors.len() {
            if self.at >= self.cursors.len() {
                self.at = 0;
            }
            let found = self.cursors.get_mut(self.at).is_some_and(|cursor| cursor.has_record(&self.assignment));
            if found {
                return true;
            }
            self.at += 1;
        }
        false
    }

    /// The record that was [found](Self::find).
    pub(crate) fn record(&self) -> Option<RecordRef<'_>> {
        self.cursors.get(self.at)?.record()
    }

    /// The same, kept alive.
    pub(crate) fn received(&self) -> Option<ReceivedRecord> {
        let cursor = self.cursors.get(self.at)?;
        Some(ReceivedRecord::new(cursor.batch.as_ref()?, cursor.index))
    }

    /// Hands out the record that was found, unless its partition ends at this moment.
    pub(crate) fn hand_out(&mut self, done_by: DoneBy) -> Option<Acknowledgement> {
        let pending = self.record()?.pending();
        if !self.hand_out_many(1) {
            return None;
        }
        Some(match done_by {
            DoneBy::Acknowledgement => Acknowledgement::new(pending, true),
            DoneBy::Handler => Acknowledgement::new(pending, false),
            DoneBy::AskingForTheNext => {
                self.pending = Some(pending.clone());
                Acknowledgement::new(pending, false)
            }
        })
    }

    /// The record that was found and those that came with it and are after it.
    pub(crate) fn records(&self) -> impl Iterator<Item = RecordRef<'_>> {
        let cursor = self.cursors.get(self.at);
        let found = cursor.and_then(|cursor| Some((cursor.batch.as_ref()?, cursor.index)));
        found.into_iter().flat_map(|(batch, index)| batch.records_from(index))
    }

    /// Hands out so many of these [records](Self::records), which exist. Returns whether their partition does not end
    /// at this moment.
    pub(crate) fn hand_out_many(&mut self, count: usize) -> bool {
        let Some(cursor) = self.cursors.get_mut(self.at) else {
            return false;
        };
        let last = cursor.batch.as_ref().and_then(|batch| batch.record(cursor.index + count.checked_sub(1)?));
        debug_assert!(last.is_some(), "as many records as are handed out were found");
        if !last.is_some_and(|last| cursor.partition.hand_out(last.number(), last.offset())) {
            cursor.batch = None;
            return false;
        }
        cursor.index += count;
        if cursor.batch.as_ref().is_some_and(|batch| batch.len() <= cursor.index) {
            cursor.batch = None;
            // The others come first now.
            self.at += 1;
        }
        true
    }

    /// Hands out up to `max` of these records as they are, unless their partition ends at this moment.
    pub(crate) fn hand_out_lent(&mut self, max: usize) -> Option<ConsumerRecords> {
        let cursor = self.cursors.get(self.at)?;
        let (batch, start) = (Arc::clone(cursor.batch.as_ref()?), cursor.index);
        let end = start.saturating_add(max.max(1)).min(batch.len());
        self.hand_out_many(end - start).then(|| ConsumerRecords::new(batch, start..end))
    }

    /// Lets the record that was found wait for something, and its partition with it.
    pub(crate) fn block(&mut self, reason: u64) {
        if let Some(cursor) = self.cursors.get_mut(self.at) {
            cursor.blocked_by = Some(reason);
        }
    }

    /// The records that wait, and what for.
    pub(crate) fn blocked(&self) -> impl Iterator<Item = (u64, RecordRef<'_>)> {
        self.cursors.iter().filter_map(|cursor| Some((cursor.blocked_by?, cursor.record()?)))
    }

    /// Lets no record wait for this any longer.
    pub(crate) fn unblock(&mut self, reason: u64) {
        for cursor in self.cursors.iter_mut().filter(|cursor| cursor.blocked_by == Some(reason)) {
            cursor.blocked_by = None;
        }
    }

    /// Goes past a record that waits. Returns whether it was still there.
    pub(crate) fn skip(&mut self, topic: &str, partition: i32, offset: i64) -> bool {
        let is_it = |cursor: &Cursor| {
            cursor.blocked_by.is_some()
                && cursor.partition.partition == partition
                && *cursor.partition.topic == *topic
                && cursor.record().is_some_and(|record| record.offset() == offset)
        };
        let Some(at) = self.cursors.iter().position(is_it) else {
            return false;
        };
        let before = std::mem::replace(&mut self.at, at);
        if let Some(cursor) = self.cursors.get_mut(at) {
            cursor.blocked_by = None;
        }
        let acknowledgement = self.hand_out(DoneBy::Handler);
        if let Some(acknowledgement) = &acknowledgement {
            acknowledgement.done();
        }
        self.at = before;
        acknowledgement.is_some()
    }

    /// Whether everything was handed out, up to the end of every partition. False while there is none.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.follow();
        let is_at_end = |cursor: &Cursor| cursor.batch.is_none() && cursor.partition.lane.end().is_some();
        // The end is looked at first: what comes afterwards takes it back.
        !self.cursors.is_empty()
            && self.cursors.iter().all(|cursor| is_at_end(cursor) && cursor.partition.lane.len() == 0)
    }

    /// Waits until there may be something: a record, a change of the assignment, a failure, an end.
    pub(crate) fn poll_change(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // Registered before looking, so that nothing is missed.
        if matches!(self.scope, Scope::All) {
            self.assignment.register(context);
        }
        let mut is_there = false;
        for cursor in &self.cursors {
            is_there |= cursor.partition.lane.register(context) && cursor.is_open();
        }
        let has_changed = match self.scope {
            Scope::All => self.version != self.assignment.version(),
            Scope::One => self.has_ended(),
        };
        if is_there || has_changed { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The record that `next` handed out last, while nothing else reports that it is done.
    pub(crate) fn pending(&self) -> Option<&PendingOffset> {
        self.pending.as_ref()
    }

    /// Notes that the record which was handed out last is done.
    pub(crate) fn take_pending(&mut self) -> Option<PendingOffset> {
        self.pending.take()
    }

    /// The caller asks for the next record, so that the one before is done.
    pub(crate) async fn ask_for_the_next(&mut self) {
        if let Some(pending) = self.pending.take()
            && let Err(error) = pending.done()
        {
            // A group that has taken the partition away is not a reason to stop: its new owner reads the record again.
            let AssignedPartition { topic, partition, .. } = &*pending.partition;
            tracing::debug!(topic = &**topic, partition, %error, "done, but the partition was taken away");
        }
        // A topic with many records would otherwise never let other tasks of this thread run.
        tokio::task::coop::consume_budget().await;
    }

    /// Takes over what has changed in the assignment.
    fn follow(&mut self) {
        let version = self.assignment.version();
        if version == self.version || matches!(self.scope, Scope::One) {
            return;
        }
        self.version = version;
        let partitions = self.assignment.partitions();
        self.cursors.retain(|cursor| partitions.iter().any(|partition| Arc::ptr_eq(partition, &cursor.partition)));
        for partition in partitions {
            if !self.cursors.iter().any(|cursor| Arc::ptr_eq(&partition, &cursor.partition)) {
                self.cursors.push(Cursor::new(partition));
            }
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        // Nobody will say that it is done, so that nobody has to wait for it.
        if let Some(pending) = self.pending.take() {
            pending.given_up();
        }
    }
}
