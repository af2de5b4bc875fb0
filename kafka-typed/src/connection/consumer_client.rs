//! A consumer's librdkafka client: how it starts, what it reads, and how it ends.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::Offset;
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::assignment::Assignment;
use super::consumer_events::ConsumerEvents;
use super::error_code::KafkaErrorCode;
use super::native;
use super::polling::{Messages, Polling};
use super::settings::Role;
use super::start_offset::StartOffset;
use super::topic_metadata::partitions;
use super::{CommitError, Connection, ConnectionError};

/// The librdkafka client of a consumer.
pub(crate) type Client = StreamConsumer<ConsumerEvents>;

/// How long closing takes at most by default: less than the 30 seconds that Kubernetes gives a container to end.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a consumer that is dropped may hold up the thread that drops it.
const LONGEST_DROP: Duration = Duration::from_secs(1);

/// The client of one consumer, what it reads, its group, and the runtime that it was built in.
pub(crate) struct ConsumerClient {
    client: Arc<Client>,
    assignment: Arc<Assignment>,
    topics: Arc<[Arc<str>]>,
    /// Whether a topic that does not exist comes to be when it is asked for.
    may_create: bool,
    timeout: Duration,
    /// Ends the client, and so must have the last reference to it.
    ending: Ending,
}

/// How a consumer starts.
pub(crate) struct ConsumerOptions {
    pub(crate) topics: Arc<[Arc<str>]>,
    pub(crate) group: Option<Arc<str>>,
    /// Where a group's partitions begin.
    pub(crate) start: StartOffset,
    /// How long the brokers have for an answer about a topic.
    pub(crate) timeout: Duration,
}

/// What is needed to end a client.
struct Ending {
    /// The topics, for people.
    topic: Arc<str>,
    group: Option<Arc<str>>,
    runtime: Handle,
    assignment: Arc<Assignment>,
    client: Option<Arc<Client>>,
    /// Outlives the client.
    connection: Connection,
}

impl ConsumerClient {
    /// Starts a client that reads nothing yet.
    pub(crate) fn start(
        connection: &Connection,
        mut config: ClientConfig,
        options: ConsumerOptions,
    ) -> Result<Self, ConnectionError> {
        let ConsumerOptions { topics, group, start, timeout } = options;
        let runtime = Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
        let topic: Arc<str> = match &*topics {
            [topic] => Arc::clone(topic),
            topics => topics.join(", ").into(),
        };
        match &group {
            Some(group) => config.set("group.id", &**group),
            None => config.set("group.id", anonymous_group(&topic)).set("enable.auto.commit", "false"),
        };
        let may_create = config.get("allow.auto.create.topics") == Some("true");
        let assignment = Arc::new(Assignment::new(group.is_some()));
        let events = ConsumerEvents::new(Arc::clone(&topic), start, Arc::clone(&assignment));
        let client: Arc<Client> = Arc::new(config.create_with_context(events).map_err(|error| client_failed(&error))?);
        assignment.attach(&client);
        tracing::info!(topic = &*topic, group = group.as_deref(), "{} starts", Role::Consumer);
        let ending = Ending {
            topic,
            group,
            runtime,
            assignment: Arc::clone(&assignment),
            client: Some(Arc::clone(&client)),
            connection: connection.clone(),
        };
        Ok(Self { client, assignment, topics, may_create, timeout, ending })
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

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    /// What comes in, for [`Polling::poll`].
    pub(crate) fn messages(&self) -> Messages<'_> {
        self.client.stream()
    }

    /// What polling remembers. There is one for each client.
    pub(crate) fn polling(&self) -> Polling {
        Polling::new(Arc::clone(self.topic()), self.topics.len() == 1, Arc::clone(&self.assignment))
    }

    /// Lets the group assign partitions.
    pub(crate) fn subscribe(&self) -> Result<(), ConnectionError> {
        let topics: Vec<&str> = self.topics.iter().map(|topic| &**topic).collect();
        self.client.subscribe(&topics).map_err(|error| client_failed(&error))
    }

    /// Reads all partitions that the topics have now, without joining a group.
    pub(crate) async fn assign_all(&self, start: StartOffset) -> Result<(), ConnectionError> {
        let mut all = Vec::new();
        for topic in &*self.topics {
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
        let mut list = TopicPartitionList::with_capacity(all.len());
        for (topic, partition, start) in &all {
            let offset = match start {
                StartOffset::End => Offset::Offset(self.offsets(topic, *partition).await?.end),
                start => (*start).into(),
            };
            list.add_partition_offset(topic, *partition, offset).map_err(|error| client_failed(&error))?;
        }
        self.assignment.close();
        self.assignment.assign(all.iter().map(|(topic, partition, _)| (&**topic, *partition)));
        self.client.assign(&list).map_err(|error| client_failed(&error))
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
    pub(crate) fn store(&self, polling: &mut Polling) -> Result<(), CommitError> {
        self.ending.group()?;
        let error = |(topic, partition, source)| Err(CommitError::Store { topic, partition, source });
        match polling.pending() {
            // Before the rebalance shows, which takes a question for the next record.
            Some(pending) if self.client.assignment_lost() || !native::is_member(&*self.client) => {
                let (topic, partition) = (Arc::clone(&pending.partition.topic), pending.partition.partition);
                error((topic, partition, KafkaErrorCode::new(RDKafkaErrorCode::AssignmentLost)))
            }
            _ => polling.done().or_else(error),
        }
    }

    /// Commits what is stored, and waits for the broker's answer.
    pub(crate) async fn commit(&self) -> Result<(), CommitError> {
        let group = self.ending.group()?;
        let client = Arc::clone(&self.client);
        // Waiting for the broker's answer blocks the thread.
        let committed = self.ending.runtime.spawn_blocking(move || commit(&client)).await;
        // The task fails only when the runtime has ended.
        let committed = committed.map_err(|_| CommitError::NoRuntime { topic: Arc::clone(self.topic()) })?;
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
        let has_group = self.group.is_some();
        self.end(
            move |client| if has_group { commit(client) } else { Ok(()) },
            move |committed| {
                // Nobody waits any longer when the time is over.
                let _ = sender.send(committed);
            },
        );
        // The runtime's timer, whatever drives this future. Without a runtime nobody can wait.
        let answer = self.runtime.spawn(async move { tokio::time::timeout(timeout, receiver).await }).await;
        match (answer, self.group.clone()) {
            (Ok(Ok(Ok(committed))), Some(group)) => self.committed(group, committed),
            (Ok(Ok(Ok(_))), None) => Ok(()),
            _ => Err(late),
        }
    }

    /// Does the last things with the client and ends it, on a thread of its own: all of that blocks, for minutes when
    /// no broker answers.
    fn end<A: Send + 'static>(
        &mut self,
        last: impl FnOnce(&Client) -> A + Send + 'static,
        ended: impl FnOnce(A) + Send + 'static,
    ) {
        let Some(client) = self.client.take() else {
            return;
        };
        self.assignment.close();
        let connection = self.connection.clone();
        let end = move || {
            let answer = last(&client);
            // In this order: the embedded servers outlive their clients.
            drop((client, connection));
            ended(answer);
        };
        if let Err(error) = thread::Builder::new().name("kafka-typed-close".to_owned()).spawn(end) {
            // The closure is gone, and the client with it.
            tracing::warn!(topic = &*self.topic, %error, "no thread could be started to leave the group on, so that leaving it blocked this one");
        }
    }
}

/// Leaves the group without committing more than what is stored.
impl Drop for Ending {
    fn drop(&mut self) {
        if self.client.is_none() {
            return;
        }
        let (sender, receiver) = mpsc::channel();
        self.end(
            |_| (),
            move |()| {
                // Nobody waits any longer when the time is over.
                let _ = sender.send(());
            },
        );
        if receiver.recv_timeout(LONGEST_DROP) == Err(mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!(
                topic = &*self.topic,
                group = self.group.as_deref(),
                "the group is left in the background, since no broker answers: call `close` to wait for it"
            );
        }
    }
}

fn commit(client: &Client) -> Result<(), KafkaErrorCode> {
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
