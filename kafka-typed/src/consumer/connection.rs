//! A consumer's librdkafka client, and how it ends.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::lane::{Client, Lanes};
use crate::connection::CommitError;
use crate::kafka::KeepAlive;

/// How long a consumer that is dropped may hold up the thread that drops it.
const LONGEST_DROP: Duration = Duration::from_secs(1);

/// The client of one consumer, its group, and the runtime that it was built in.
pub(crate) struct Connection {
    pub(crate) topic: Arc<str>,
    pub(crate) group: Option<Arc<str>>,
    pub(crate) runtime: Handle,
    lanes: Arc<Lanes>,
    client: Option<Arc<Client>>,
    keep_alive: KeepAlive,
}

impl Connection {
    pub(crate) fn new(
        (topic, group): (Arc<str>, Option<Arc<str>>),
        (client, lanes): (Arc<Client>, Arc<Lanes>),
        runtime: Handle,
        keep_alive: KeepAlive,
    ) -> Self {
        Self { topic, group, runtime, lanes, client: Some(client), keep_alive }
    }

    pub(crate) fn group(&self) -> Result<Arc<str>, CommitError> {
        self.group.clone().ok_or_else(|| CommitError::NoGroup { topic: Arc::clone(&self.topic) })
    }

    /// Commits what is stored, and waits for the broker's answer.
    pub(crate) async fn commit(&self) -> Result<(), CommitError> {
        let group = self.group()?;
        let Some(client) = self.client.clone() else {
            return Ok(());
        };
        // Waiting for the broker's answer blocks the thread.
        let committed = self.runtime.spawn_blocking(move || commit(&client)).await;
        // The task fails only when the runtime has ended.
        self.committed(group, committed.unwrap_or(Err(RDKafkaErrorCode::Fail)))
    }

    fn committed(&self, group: Arc<str>, result: Result<(), RDKafkaErrorCode>) -> Result<(), CommitError> {
        result.map_err(|source| CommitError::Commit { topic: Arc::clone(&self.topic), group, source })
    }

    /// Commits what is stored and leaves the group. Both go on in the background when the time is over.
    pub(crate) async fn close(mut self, timeout: Duration) -> Result<(), CommitError> {
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
        self.lanes.close();
        let keep_alive = std::mem::take(&mut self.keep_alive);
        let end = move || {
            let answer = last(&client);
            // Both at once, in this order: the embedded servers outlive their clients.
            drop((client, keep_alive));
            ended(answer);
        };
        if let Err(error) = thread::Builder::new().name("kafka-typed-close".to_owned()).spawn(end) {
            // The closure is gone, and the client with it.
            tracing::warn!(topic = &*self.topic, %error, "there is no thread to leave the group on, which took a while therefore");
        }
    }
}

/// Leaves the group without committing more than what is stored.
impl Drop for Connection {
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

fn commit(client: &Client) -> Result<(), RDKafkaErrorCode> {
    match client.commit_consumer_state(CommitMode::Sync) {
        Ok(()) => Ok(()),
        Err(error) if nothing_to_commit(&error) => Ok(()),
        Err(error) => Err(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail)),
    }
}

/// Whether a commit failed only because no offset was stored since the last one.
pub(crate) fn nothing_to_commit(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::NoOffset)
}
