//! Several messages at a time.

use std::pin::pin;
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};
use futures_util::future::{Either, select};
use tokio::runtime::Handle;

use super::consume_error::ConsumeError;
use super::message::TypedMessage;
use super::message_reader::{MessageReader, Received};
use crate::connection::lanes::DoneBy;

/// Messages that were received together, from [`TypedConsumer::next_batch`](crate::TypedConsumer::next_batch).
///
/// A message that could not be read is in its place as an error.
#[derive(Debug)]
#[must_use = "its messages come again unless they are reported as done"]
pub struct MessageBatch<V, K = Vec<u8>> {
    messages: Vec<Result<TypedMessage<V, K>, ConsumeError>>,
}

impl<V, K> MessageBatch<V, K> {
    /// A batch for the test of what processes it.
    ///
    /// ```
    /// use kafka_typed::{MessageBatch, TypedMessage};
    ///
    /// let batch = MessageBatch::new(vec![Ok(TypedMessage::new(21.5)), Ok(TypedMessage::new(22.0))]);
    /// assert_eq!(batch.values().sum::<f64>(), 43.5);
    /// ```
    pub fn new(messages: Vec<Result<TypedMessage<V, K>, ConsumeError>>) -> Self {
        Self { messages }
    }

    /// Reports that all of them are done, those that could not be read included.
    pub fn done(&self) {
        for message in &self.messages {
            match message {
                Ok(message) => message.done(),
                Err(error) => error.done(),
            }
        }
    }

    /// The messages that could be read.
    pub fn messages(&self) -> impl Iterator<Item = &TypedMessage<V, K>> {
        self.messages.iter().filter_map(|message| message.as_ref().ok())
    }

    /// The values of the messages that could be read.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.messages().map(|message| &message.value)
    }

    /// The messages that could not be read.
    pub fn errors(&self) -> impl Iterator<Item = &ConsumeError> {
        self.messages.iter().filter_map(|message| message.as_ref().err())
    }

    /// How many there are, those that could not be read included.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Every message in its order, with its own acknowledgement.
impl<V, K> IntoIterator for MessageBatch<V, K> {
    type Item = Result<TypedMessage<V, K>, ConsumeError>;
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.messages.into_iter()
    }
}

impl<'b, V, K> IntoIterator for &'b MessageBatch<V, K> {
    type Item = &'b Result<TypedMessage<V, K>, ConsumeError>;
    type IntoIter = std::slice::Iter<'b, Result<TypedMessage<V, K>, ConsumeError>>;

    fn into_iter(self) -> Self::IntoIter {
        self.messages.iter()
    }
}

/// The next batch: at least one message, and what comes within `wait` after it.
pub(super) async fn next<V: DecodeValue, K: DecodeKey>(
    reader: &mut MessageReader<V, K>,
    runtime: &Handle,
    max: usize,
    wait: Duration,
) -> Option<Result<MessageBatch<V, K>, ConsumeError>> {
    let first = match reader.next(DoneBy::Acknowledgement).await? {
        Ok(first) => first,
        Err(error) => return Some(Err(error)),
    };
    let mut messages = Vec::with_capacity(max.min(1_000));
    messages.push(first.into_result());
    take_ready(reader, max, &mut messages);
    if messages.len() < max && !wait.is_zero() {
        // The runtime's timer, whatever drives this future. Without a runtime nobody can wait.
        let mut time = runtime.spawn(async move { tokio::time::sleep(wait).await });
        while messages.len() < max && reader.interruption().is_none() {
            match select(&mut time, pin!(reader.wait())).await {
                Either::Left(_) => break,
                Either::Right((error, _)) => messages.extend(error.map(Err)),
            }
            take_ready(reader, max, &mut messages);
        }
        time.abort();
    }
    Some(Ok(MessageBatch { messages }))
}

fn take_ready<V: DecodeValue, K: DecodeKey>(
    reader: &mut MessageReader<V, K>,
    max: usize,
    messages: &mut Vec<Result<TypedMessage<V, K>, ConsumeError>>,
) {
    while messages.len() < max
        && let Some(received) = reader.take(DoneBy::Acknowledgement)
    {
        messages.push(Received::into_result(received));
    }
}
