//! The thread of a consumer that asks librdkafka for everything, and waits for nobody who processes it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::consumer::Consumer;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;
use tokio::sync::oneshot;

use super::Connection;
use super::assigned_partition::AssignedPartition;
use super::assignment::Assignment;
use super::consumer_client::{Client, commit};
use super::error_code::KafkaErrorCode;
use super::measurement::Pace;
use super::native;
use super::offsets::{OffsetStore, Start};
use super::poll_wake::PollWake;
use super::progress::Progress;
use super::receive_error::ReceiveError;

/// How often offsets are handed to librdkafka, which commits them, and how long the thread sleeps at most.
const STORE_EVERY: Duration = Duration::from_millis(200);
/// How often somebody who waits for the end is answered.
const CAUGHT_UP_EVERY: Duration = Duration::from_millis(20);
/// How long librdkafka may take to follow a seek. It asks no broker.
const SEEK_TIMEOUT: Duration = Duration::from_secs(10);

/// What the thread is asked to do between two looks at the queues.
pub(crate) enum Command {
    /// Reads these partitions instead of those before, each list from its own time.
    Assign { starts: Vec<Start>, answer: oneshot::Sender<Result<(), KafkaErrorCode>> },
    /// Goes on at these offsets.
    Seek { start: Start, answer: oneshot::Sender<Result<(), KafkaErrorCode>> },
    /// Reads a partition again from this offset on, unless it was given away or read from elsewhere meanwhile.
    Rewind { partition: Arc<AssignedPartition>, offset: i64, answer: oneshot::Sender<Result<(), KafkaErrorCode>> },
    /// Answers once everything up to these offsets is done.
    CatchUp { ends: TopicPartitionList, answer: oneshot::Sender<()> },
    /// Ends the client, and the thread with it. `commits` is whether what is stored is committed before.
    Close { commits: bool, answer: Box<dyn FnOnce(Result<(), KafkaErrorCode>) + Send> },
}

/// Where commands go.
#[derive(Clone)]
pub(crate) struct Commands {
    sender: Sender<Command>,
    assignment: Weak<Assignment>,
}

impl Commands {
    /// Returns whether the thread still runs.
    pub(crate) fn send(&self, command: Command) -> bool {
        let is_sent = self.sender.send(command).is_ok();
        if let Some(assignment) = self.assignment.upgrade() {
            assignment.wake().wake();
        }
        is_sent
    }
}

pub(crate) struct PollingThread {
    client: Arc<Client>,
    assignment: Arc<Assignment>,
    offsets: Arc<OffsetStore>,
    progress: Arc<Progress>,
    topic: Arc<str>,
    commands: Receiver<Command>,
    /// Those who wait until everything up to these offsets is done.
    catching_up: Vec<(TopicPartitionList, oneshot::Sender<()>)>,
    stored_at: Instant,
    pace: Pace,
    /// Outlives the client.
    connection: Connection,
}

impl PollingThread {
    /// Starts the thread of a client.
    pub(crate) fn start(
        client: Arc<Client>,
        (assignment, offsets, progress): (Arc<Assignment>, Arc<OffsetStore>, Arc<Progress>),
        topic: Arc<str>,
        connection: Connection,
    ) -> std::io::Result<Commands> {
        let (sender, commands) = channel();
        let handle = Commands { sender, assignment: Arc::downgrade(&assignment) };
        let (catching_up, stored_at, pace) = (Vec::new(), Instant::now(), Pace::new());
        let thread =
            Self { client, assignment, offsets, progress, topic, commands, catching_up, stored_at, pace, connection };
        std::thread::Builder::new().name("kafka-typed-poll".to_owned()).spawn(move || thread.run())?;
        Ok(handle)
    }

    fn run(mut self) {
        loop {
            while let Ok(command) = self.commands.try_recv() {
                match command {
                    Command::Assign { starts, answer } => {
                        // Nobody waits any longer when the future was dropped; and so below.
                        let _ = answer.send(self.assign(&starts));
                    }
                    Command::Seek { start, answer } => {
                        let _ = answer.send(self.seek(&start));
                    }
                    Command::Rewind { partition, offset, answer } => {
                        let _ = answer.send(self.rewind(&partition, offset));
                    }
                    Command::CatchUp { ends, answer } => self.catching_up.push((ends, answer)),
                    Command::Close { commits, answer } => return self.close(commits, answer),
                }
            }
            self.serve_events();
            let has_more = self.fill_lanes();
            let wait = self.look_at_the_time();
            if !has_more {
                self.assignment.wake().wait(wait);
            }
        }
    }

    /// Lets librdkafka call back: rebalances, commits, the log.
    fn serve_events(&self) {
        loop {
            match self.client.poll(Duration::ZERO) {
                Some(Err(error)) => self.assignment.fail(ReceiveError::new(&self.topic, &error)),
                Some(Ok(message)) => {
                    use rdkafka::message::Message;
                    debug_assert!(
                        false,
                        "partition {} has a queue of its own, and its record came by another",
                        message.partition()
                    );
                }
                None if native::consumer_queue_length(&*self.client) == 0 => return,
                None => {}
            }
        }
    }

    /// Returns whether there is more at once.
    fn fill_lanes(&self) -> bool {
        let mut has_more = false;
        for feed in self.client.context().feeds().iter_mut() {
            has_more |= feed.fill();
        }
        has_more
    }

    /// Does what is due, and returns how long nothing will be.
    fn look_at_the_time(&mut self) -> Duration {
        let now = Instant::now();
        let mut wait = STORE_EVERY;
        let since_stored = now.duration_since(self.stored_at);
        if since_stored >= STORE_EVERY {
            self.offsets.store(&*self.client);
            self.progress.look(&self.assignment, now);
            self.stored_at = now;
        } else {
            wait = STORE_EVERY - since_stored;
        }
        if self.pace.is_due(now) {
            self.measure();
        }
        self.pause_and_resume(now);
        self.catching_up.retain(|(_, answer)| !answer.is_closed());
        if !self.catching_up.is_empty() {
            self.answer_caught_up();
            wait = wait.min(CAUGHT_UP_EVERY);
        }
        wait
    }

    fn measure(&self) {
        for feed in self.client.context().feeds().iter_mut() {
            let end = native::known_end(&*self.client, &feed.partition.topic, feed.partition.partition);
            feed.measure(end);
        }
    }

    fn pause_and_resume(&self, now: Instant) {
        let mut feeds = self.client.context().feeds();
        for feed in feeds.iter_mut().filter(|feed| feed.is_full() || feed.is_paused()) {
            let (should_pause, should_resume) = (feed.should_pause(now), feed.should_resume());
            if !should_pause && !should_resume {
                continue;
            }
            let mut list = TopicPartitionList::new();
            let (topic, partition) = (Arc::clone(&feed.partition.topic), feed.partition.partition);
            list.add_partition(&topic, partition);
            let done = if should_pause { self.client.pause(&list) } else { self.client.resume(&list) };
            match done {
                Ok(()) => {
                    feed.set_paused(should_pause);
                    let what = if should_pause { "paused" } else { "resumed" };
                    tracing::info!(
                        topic = &*topic,
                        partition,
                        "{what}: fetching a partition whose messages are not processed"
                    );
                }
                Err(error) => {
                    tracing::warn!(topic = &*topic, partition, %error, "failed: the partition could not be paused or resumed");
                }
            }
        }
    }

    fn assign(&self, starts: &[Start]) -> Result<(), KafkaErrorCode> {
        let context = self.client.context();
        self.assignment.revoke_all();
        context.feeds().clear();
        let mut partitions = TopicPartitionList::new();
        for Start { offsets, not_before } in starts {
            let elements = offsets.elements();
            context.add_feeds(&self.client, elements.iter().map(|element| (element.topic(), element.partition())));
            context.feeds().iter_mut().filter(|feed| feed.is_in(offsets)).for_each(|feed| feed.begin_at(*not_before));
            for element in elements {
                let added = partitions.add_partition_offset(element.topic(), element.partition(), element.offset());
                added.map_err(|error| KafkaErrorCode::of(&error))?;
            }
        }
        self.client.assign(&partitions).map_err(|error| KafkaErrorCode::of(&error))
    }

    fn seek(&self, Start { offsets, not_before }: &Start) -> Result<(), KafkaErrorCode> {
        let mut feeds = self.client.context().feeds();
        for element in offsets.elements() {
            let is_it = |feed: &super::feed::Feed| {
                *feed.partition.topic == *element.topic() && feed.partition.partition == element.partition()
            };
            let Some(feed) = feeds.iter_mut().find(|feed| is_it(feed)) else {
                return Err(KafkaErrorCode::new(RDKafkaErrorCode::State));
            };
            if feed.is_paused() {
                let mut list = TopicPartitionList::new();
                list.add_partition(element.topic(), element.partition());
                self.client.resume(&list).map_err(|error| KafkaErrorCode::of(&error))?;
                feed.set_paused(false);
            }
            let sought = self.client.seek(element.topic(), element.partition(), element.offset(), SEEK_TIMEOUT);
            sought.map_err(|error| KafkaErrorCode::of(&error))?;
            feed.begin_again(&self.assignment);
            feed.begin_at(*not_before);
        }
        Ok(())
    }

    fn rewind(&self, partition: &Arc<AssignedPartition>, offset: i64) -> Result<(), KafkaErrorCode> {
        let AssignedPartition { topic, partition: number, .. } = &**partition;
        let is_here = self.assignment.partition(topic, *number).is_some_and(|now| Arc::ptr_eq(&now, partition));
        if !is_here || partition.has_ended() {
            return Ok(());
        }
        let mut offsets = TopicPartitionList::new();
        let added = offsets.add_partition_offset(topic, *number, Offset::Offset(offset));
        added.map_err(|error| KafkaErrorCode::of(&error))?;
        self.seek(&Start { offsets, not_before: None })
    }

    fn answer_caught_up(&mut self) {
        let assignment = &self.assignment;
        let is_there = |ends: &TopicPartitionList| {
            ends.elements().iter().all(|end| {
                let Offset::Offset(offset) = end.offset() else { return true };
                // Another member of the group has it meanwhile.
                let Some(partition) = assignment.partition(end.topic(), end.partition()) else { return true };
                partition.done_before().is_some_and(|done| done >= offset)
            })
        };
        let (there, waiting) = std::mem::take(&mut self.catching_up).into_iter().partition(|(ends, _)| is_there(ends));
        self.catching_up = waiting;
        there.into_iter().for_each(|(_, answer): (_, oneshot::Sender<()>)| {
            let _ = answer.send(());
        });
    }

    fn close(self, commits: bool, answer: Box<dyn FnOnce(Result<(), KafkaErrorCode>) + Send>) {
        let Self { client, assignment, offsets, connection, .. } = self;
        assignment.stop();
        offsets.store(&*client);
        assignment.end();
        let committed = if commits { commit_between_rebalances(&client, assignment.wake()) } else { Ok(()) };
        assignment.revoke_all();
        // Queues are gone before their consumer is.
        client.context().feeds().clear();
        // In this order: the embedded servers outlive their clients.
        drop(client);
        drop(connection);
        answer(committed);
    }
}

/// Commits what is stored. While the group rebalances, brokers take no offsets: that passes soon.
fn commit_between_rebalances(client: &Client, wake: &PollWake) -> Result<(), KafkaErrorCode> {
    const PATIENCE: Duration = Duration::from_secs(5);
    const PAUSE: Duration = Duration::from_millis(50);
    let until = Instant::now() + PATIENCE;
    loop {
        match commit(client) {
            Err(error) if error.code() == RDKafkaErrorCode::RebalanceInProgress && Instant::now() < until => {
                wake.wait(PAUSE);
                // Its own part in the rebalance. Errors were reported before, and nothing more is handed out.
                let _event = client.poll(Duration::ZERO);
            }
            committed => return committed,
        }
    }
}
