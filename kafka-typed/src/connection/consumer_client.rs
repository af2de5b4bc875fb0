//! A consumer's librdkafka client: how it starts, what it reads, and how it ends.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::assigned_partition::AssignedPartition;
use super::assignment::Assignment;
use super::assignor::Assignor;
use super::broker_token::BrokerToken;
use super::consumer_control::ConsumerControl;
use super::consumer_events::{ConsumerEvents, Continued};
use super::error_code::KafkaErrorCode;
use super::group_offsets::GroupOffsets;
use super::lane::LaneCapacity;
use super::lanes::Lanes;
use super::native;
use super::offsets::{self, OffsetStore, Start};
use super::poll_wake::PollWake;
use super::polling_thread::{Command, Commands, PollingThread};
use super::progress::Progress;
use super::settings::{self, Role};
use super::start_offset::StartOffset;
use super::token_feed::TokenClient;
use super::topic_metadata::partitions;
use super::{CommitError, Connection, ConnectionError};

/// The librdkafka client of a consumer.
pub(crate) type Client = BaseConsumer<ConsumerEvents>;

impl TokenClient for Client {
    fn set_token(&self, token: &BrokerToken, lifetime: Duration) -> Result<(), String> {
        native::set_token(self.client(), token, lifetime)
    }

    fn no_token(&self, reason: &str) {
        native::no_token(self.client(), reason);
    }
}

/// How long closing takes at most by default: less than the 30 seconds that Kubernetes gives a container to end.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a partition that the group takes away is kept by default for the messages that are in flight. Half the time
/// after which the group would take this consumer for dead is the most.
pub(crate) const REVOCATION_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a consumer that is dropped may hold up the thread that drops it.
const LONGEST_DROP: Duration = Duration::from_secs(1);

/// The client of one consumer, what it reads, its group, and the runtime that it was built in.
pub(crate) struct ConsumerClient {
    client: Arc<Client>,
    assignment: Arc<Assignment>,
    offsets: Arc<OffsetStore>,
    progress: Arc<Progress>,
    subscription: Subscription,
    /// Whether a topic that does not exist comes to be when it is asked for.
    may_create: bool,
    assignor: Assignor,
    /// Why its offsets cannot be committed by transactions: a setting, and what is wrong with it.
    contradiction: Option<(&'static str, &'static str)>,
    timeout: Duration,
    /// Ends the client, and so must have the last reference to it.
    ending: Ending,
}

/// Which topics a consumer reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subscription {
    Topics(Arc<[Arc<str>]>),
    /// All whose whole names match this regular expression.
    Pattern(Arc<str>),
}

/// How a consumer starts.
pub(crate) struct ConsumerOptions {
    pub(crate) subscription: Subscription,
    pub(crate) group: Option<Arc<str>>,
    /// Where a group's partitions begin.
    pub(crate) start: StartOffset,
    /// How long the brokers have for an answer about a topic.
    pub(crate) timeout: Duration,
    pub(crate) revocation_timeout: Duration,
    pub(crate) lane_capacity: LaneCapacity,
}

/// What is needed to end a client.
struct Ending {
    /// The topics, for people.
    topic: Arc<str>,
    group: Option<Arc<str>>,
    runtime: Handle,
    commands: Commands,
    /// Whether the client was told to end.
    is_told: bool,
    connection: Connection,
}

impl ConsumerClient {
    /// Starts a client that reads nothing yet.
    pub(crate) fn start(
        connection: &Connection,
        mut config: ClientConfig,
        options: ConsumerOptions,
    ) -> Result<Self, ConnectionError> {
        let ConsumerOptions { subscription, group, start, timeout, revocation_timeout, lane_capacity } = options;
        let runtime = Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
        let topic: Arc<str> = match &subscription {
            Subscription::Topics(topics) => match &**topics {
                [topic] => Arc::clone(topic),
                topics => topics.join(", ").into(),
            },
            Subscription::Pattern(pattern) => Arc::clone(pattern),
        };
        match &group {
            Some(group) => config.set("group.id", &**group),
            None => config.set("group.id", anonymous_group(&topic)).set("enable.auto.commit", "false"),
        };
        // The lanes and whoever waits for the end want to know it.
        config.set("enable.partition.eof", "true");
        let assignor = Assignor::of(&config);
        let contradiction = settings::contradicts_transactions(&config);
        let may_create = config.get("allow.auto.create.topics") == Some("true");
        let session =
            config.get("session.timeout.ms").and_then(|millis| millis.parse().ok()).map(Duration::from_millis);
        let revocation_timeout = session.map_or(revocation_timeout, |session| revocation_timeout.min(session / 2));
        let wake = Arc::new(PollWake::default());
        let assignment = Arc::new(Assignment::new(group.is_some(), lane_capacity, Arc::clone(&wake)));
        let offsets = Arc::new(OffsetStore::new(group.is_some(), Arc::clone(&assignment)));
        let (timeouts, is_mock) = ((timeout, revocation_timeout), connection.keep_alive().is_mock());
        let events = ConsumerEvents::new(
            Arc::clone(&topic),
            start,
            timeouts,
            is_mock,
            Arc::clone(&assignment),
            Arc::clone(&offsets),
            connection.tokens().cloned(),
        );
        let mut client: Client = config.create_with_context(events).map_err(|error| client_failed(&error))?;
        client.set_nonempty_callback(move || wake.wake());
        let client = Arc::new(client);
        if let Some(tokens) = connection.tokens() {
            let client: Weak<Client> = Arc::downgrade(&client);
            tokens.add(client)?;
        }
        let progress = Arc::new(Progress::new());
        let shared = (Arc::clone(&assignment), Arc::clone(&offsets), Arc::clone(&progress));
        let commands = PollingThread::start(Arc::clone(&client), shared, Arc::clone(&topic), connection.clone());
        let commands = commands.map_err(|source| ConnectionError::System {
            what: "the polling thread of a consumer could not be started",
            source,
        })?;
        tracing::info!(topic = &*topic, group = group.as_deref(), "{} starts", Role::Consumer);
        let ending = Ending { topic, group, runtime, commands, is_told: false, connection: connection.clone() };
        Ok(Self {
            client,
            assignment,
            offsets,
            progress,
            subscription,
            may_create,
            assignor,
            contradiction,
            timeout,
            ending,
        })
    }

    /// Leaves it to transactions to commit offsets, from now on.
    ///
    /// # Errors
    ///
    /// When there is no group, or a setting says otherwise.
    pub(crate) fn commit_by_transactions(&self) -> Result<GroupOffsets, ConnectionError> {
        if self.ending.group.is_none() {
            return Err(ConnectionError::Missing {
                what: "group, which transactions commit offsets for",
                method: "group",
            });
        }
        if let Some((setting, reason)) = self.contradiction {
            return Err(ConnectionError::InvalidSetting { setting: setting.to_owned(), reason: reason.to_owned() });
        }
        self.offsets.turn_off();
        Ok(GroupOffsets {
            client: Arc::downgrade(&self.client),
            assignment: Arc::clone(&self.assignment),
            commands: self.ending.commands.clone(),
            is_mock: self.ending.connection.keep_alive().is_mock(),
        })
    }

    /// The topics, for people.
    pub(crate) fn topic(&self) -> &Arc<str> {
        &self.ending.topic
    }

    pub(crate) fn group(&self) -> Option<&str> {
        self.ending.group.as_deref()
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.ending.runtime
    }

    /// Reads all partitions in turn. There is one for each client.
    pub(crate) fn lanes(&self) -> Lanes {
        Lanes::all(Arc::clone(&self.assignment))
    }

    pub(crate) fn assignment(&self) -> &Arc<Assignment> {
        &self.assignment
    }

    /// What others may ask of the consumer.
    pub(crate) fn control(&self) -> ConsumerControl {
        ConsumerControl {
            assignment: Arc::clone(&self.assignment),
            client: Arc::downgrade(&self.client),
            commands: self.ending.commands.clone(),
            progress: Arc::clone(&self.progress),
            runtime: self.ending.runtime.clone(),
            bootstrap_servers: self.ending.connection.bootstrap_servers().into(),
            timeout: self.timeout,
            is_mock: self.ending.connection.keep_alive().is_mock(),
        }
    }

    /// Lets the group assign partitions.
    pub(crate) fn subscribe(&self) -> Result<(), ConnectionError> {
        let subscribed = match &self.subscription {
            Subscription::Topics(topics) => {
                let topics: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
                self.client.subscribe(&topics)
            }
            // librdkafka takes what begins so for a regular expression.
            Subscription::Pattern(pattern) => self.client.subscribe(&[&format!("^({pattern})$")]),
        };
        subscribed.map_err(|error| client_failed(&error))
    }

    pub(crate) fn assignor(&self) -> &Assignor {
        &self.assignor
    }

    pub(crate) fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    /// Lets the group assign the partitions of further topics as well: names, or regular expressions that begin with
    /// `^`. Those that `is_further` tells are begun where the group has stopped, wherever this consumer begins.
    ///
    /// # Errors
    ///
    /// When the group assigns none so far.
    pub(crate) fn subscribe_also(&self, further: &[String], is_further: Continued) -> Result<(), ConnectionError> {
        let before = self.client.subscription().map_err(|error| client_failed(&error))?;
        if before.count() == 0 {
            return Err(ConnectionError::Missing { what: "group to subscribe for", method: "group" });
        }
        self.client.context().set_continued(is_further);
        let elements = before.elements();
        let topics: Vec<&str> =
            elements.iter().map(|topic| topic.topic()).chain(further.iter().map(String::as_str)).collect();
        self.client.subscribe(&topics).map_err(|error| client_failed(&error))
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.ending.connection
    }

    /// Reads all partitions that the topics have now, without joining a group.
    pub(crate) async fn assign_all(&self, start: StartOffset) -> Result<(), ConnectionError> {
        let Subscription::Topics(topics) = &self.subscription else {
            return Err(ConnectionError::Missing { what: "group, which a pattern needs", method: "group" });
        };
        let mut all = Vec::new();
        for topic in &**topics {
            let partitions = self.partitions(topic).await?;
            all.extend(partitions.into_iter().map(|partition| (Arc::clone(topic), partition, start)));
        }
        self.assign(all).await
    }

    /// Reads these partitions instead of those before, without joining a group.
    ///
    /// Their end is asked for here: librdkafka would look for it when it first fetches, and pass over what was sent
    /// meanwhile.
    pub(crate) async fn assign(&self, all: Vec<(Arc<str>, i32, StartOffset)>) -> Result<(), ConnectionError> {
        let mut starts = Vec::with_capacity(all.len());
        for (topic, partition, start) in &all {
            let start = match start {
                StartOffset::End => StartOffset::Offset(self.offsets(topic, *partition).await?.end),
                start => *start,
            };
            starts.push(self.start_of(topic, *partition, start).await?);
        }
        let (answer, assigned) = oneshot::channel();
        self.ending.commands.send(Command::Assign { starts, answer });
        // Without an answer the consumer has ended.
        assigned.await.unwrap_or(Err(KafkaErrorCode::new(RDKafkaErrorCode::State))).map_err(|source| {
            ConnectionError::Kafka {
                what: format!("assigning partitions of topic `{}`", self.topic()),
                bootstrap_servers: self.ending.connection.bootstrap_servers().to_owned(),
                source,
            }
        })
    }

    async fn start_of(&self, topic: &Arc<str>, partition: i32, start: StartOffset) -> Result<Start, ConnectionError> {
        let how = (self.timeout, self.ending.connection.keep_alive().is_mock());
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, partition);
        if !matches!(start, StartOffset::Timestamp(_)) {
            return offsets::of_start(&*self.client, &list, start, how).map_err(|error| client_failed(&error));
        }
        let what = || format!("asking where partition {partition} of topic `{topic}` begins");
        self.ask(topic, what, move |client| {
            offsets::of_start(client, &list, start, how).map_err(|error| KafkaErrorCode::of(&error))
        })
        .await
    }

    /// The partitions of a topic.
    pub(crate) async fn partitions(&self, topic: &Arc<str>) -> Result<Vec<i32>, ConnectionError> {
        let (name, may_create, timeout) = (Arc::clone(topic), self.may_create, self.timeout);
        let what = || format!("asking for the partitions of topic `{topic}`");
        self.ask(topic, what, move |client| {
            partitions(&name, may_create, timeout, |left| client.fetch_metadata(Some(&name), left))
        })
        .await
    }

    /// The offsets that a partition has: the first one, and that of the record that is sent next.
    pub(crate) async fn offsets(&self, topic: &Arc<str>, partition: i32) -> Result<Range<i64>, ConnectionError> {
        let (name, timeout) = (Arc::clone(topic), self.timeout);
        let what = || format!("asking for the offsets of partition {partition} of topic `{topic}`");
        self.ask(topic, what, move |client| match client.fetch_watermarks(&name, partition, timeout) {
            Ok((first, end)) => Ok(first..end),
            Err(error) => Err(KafkaErrorCode::of(&error)),
        })
        .await
    }

    async fn ask<A: Send + 'static>(
        &self,
        topic: &Arc<str>,
        what: impl Fn() -> String,
        question: impl FnOnce(&Client) -> Result<A, KafkaErrorCode> + Send + 'static,
    ) -> Result<A, ConnectionError> {
        let client = Arc::clone(&self.client);
        // Waiting for the broker's answer blocks the thread. The task fails only when the runtime has ended.
        let asked = self.ending.runtime.spawn_blocking(move || question(&client)).await;
        let bootstrap_servers = self.ending.connection.bootstrap_servers().to_owned();
        asked.map_err(|_| ConnectionError::NoRuntime)?.map_err(|source| match source.code() {
            RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => {
                ConnectionError::UnknownTopic { topic: topic.to_string(), bootstrap_servers }
            }
            _ => ConnectionError::Kafka { what: what(), bootstrap_servers, source },
        })
    }

    /// Reports that the record which was handed out last is done.
    pub(crate) fn store(&self, lanes: &mut Lanes) -> Result<(), CommitError> {
        self.ending.group()?;
        let Some(pending) = lanes.pending() else {
            return Ok(());
        };
        pending.done().map_err(|source| {
            let AssignedPartition { topic, partition, .. } = &*pending.partition;
            CommitError::Store { topic: Arc::clone(topic), partition: *partition, source }
        })?;
        lanes.take_pending();
        Ok(())
    }

    /// Commits what is done, and waits for the broker's answer.
    pub(crate) async fn commit(&self) -> Result<(), CommitError> {
        let group = self.ending.group()?;
        let (client, offsets) = (Arc::clone(&self.client), Arc::clone(&self.offsets));
        // Waiting for the broker's answer blocks the thread.
        let committed = self.ending.runtime.spawn_blocking(move || {
            offsets.store(&*client);
            commit(&client)
        });
        // The task fails only when the runtime has ended.
        let committed = committed.await.map_err(|_| CommitError::NoRuntime { topic: Arc::clone(self.topic()) })?;
        self.ending.committed(group, committed)
    }

    /// Commits what is stored and leaves the group. Both go on in the background when the time is over.
    pub(crate) async fn close(self, timeout: Duration) -> Result<(), CommitError> {
        let Self { client, ending, .. } = self;
        drop(client);
        ending.close(timeout).await
    }
}

/// librdkafka wants a group even where none is joined and nothing is committed.
fn anonymous_group(topic: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("kafka-typed-{topic}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn client_failed(error: &KafkaError) -> ConnectionError {
    ConnectionError::Client { role: "consumer", reason: error.to_string() }
}

impl Ending {
    fn group(&self) -> Result<Arc<str>, CommitError> {
        self.group.clone().ok_or_else(|| CommitError::NoGroup { topic: Arc::clone(&self.topic) })
    }

    fn committed(&self, group: Arc<str>, result: Result<(), KafkaErrorCode>) -> Result<(), CommitError> {
        result.map_err(|source| CommitError::Commit { topic: Arc::clone(&self.topic), group, source })
    }

    async fn close(mut self, timeout: Duration) -> Result<(), CommitError> {
        let late = CommitError::CloseTimeout { topic: Arc::clone(&self.topic), timeout };
        let (sender, receiver) = oneshot::channel();
        let commits = self.group.is_some();
        self.end(commits, move |committed| {
            // Nobody waits any longer when the time is over.
            let _ = sender.send(committed);
        });
        // The runtime's timer, whatever drives this future. Without a runtime nobody can wait.
        let answer = self.runtime.spawn(async move { tokio::time::timeout(timeout, receiver).await }).await;
        match (answer, self.group.clone()) {
            (Ok(Ok(Ok(committed))), Some(group)) => self.committed(group, committed),
            (Ok(Ok(Ok(_))), None) => Ok(()),
            _ => Err(late),
        }
    }

    /// Ends the client, on its polling thread: all of that blocks, for minutes when no broker answers.
    fn end(&mut self, commits: bool, ended: impl FnOnce(Result<(), KafkaErrorCode>) + Send + 'static) {
        self.is_told = true;
        self.commands.send(Command::Close { commits, answer: Box::new(ended) });
    }
}

/// Leaves the group without committing more than what is stored.
impl Drop for Ending {
    fn drop(&mut self) {
        if self.is_told {
            return;
        }
        let (sender, receiver) = mpsc::channel();
        self.end(false, move |_| {
            // Nobody waits any longer when the time is over.
            let _ = sender.send(());
        });
        if receiver.recv_timeout(LONGEST_DROP) == Err(mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!(
                topic = &*self.topic,
                group = self.group.as_deref(),
                "the group is left in the background, since no broker answers: call `close` to wait for it"
            );
        }
    }
}

pub(crate) fn commit(client: &Client) -> Result<(), KafkaErrorCode> {
    match client.commit_consumer_state(CommitMode::Sync) {
        Ok(()) => Ok(()),
        Err(error) if nothing_to_commit(&error) => Ok(()),
        Err(error) => Err(KafkaErrorCode::of(&error)),
    }
}

/// Whether a commit failed only because no offset was stored since the last one.
pub(crate) fn nothing_to_commit(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::NoOffset)
}

impl fmt::Debug for ConsumerClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConsumerClient")
            .field("topic", self.topic())
            .field("group", &self.ending.group)
            .finish_non_exhaustive()
    }
}
