//! Several messages at a time.

use std::collections::{VecDeque, vec_deque};
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};
use futures_util::future::{Either, select};
use tokio::runtime::Handle;

use super::consume_error::ConsumeError;
use super::message::TypedMessage;
use super::message_reader::{MessageReader, acknowledgement_of};
use crate::connection::Acknowledgement;
use crate::connection::lanes::DoneBy;

/// What a batch has for each message.
type Item<V, K> = Result<TypedMessage<V, K>, ConsumeError>;

/// Messages that were received together, from [`TypedConsumer::next_batch`](crate::TypedConsumer::next_batch).
///
/// A message that could not be read is in its place as an error.
#[must_use = "its messages come again unless they are reported as done"]
pub struct MessageBatch<V, K = Vec<u8>> {
    messages: VecDeque<Item<V, K>>,
    /// Where the memory of the list goes afterwards.
    spare: Option<SpareList<V, K>>,
}

/// The memory of an earlier batch's list, for the next one.
///
/// A list of hundreds of messages is large, and glibc puts all small pieces of its heap together whenever it is asked
/// for something large, to take them apart again for the values of the messages.
pub(crate) struct SpareList<V, K>(Arc<Mutex<VecDeque<Item<V, K>>>>);

impl<V, K> SpareList<V, K> {
    /// Longer lists are not kept.
    const LONGEST: usize = 4096;

    fn take(&self) -> VecDeque<Item<V, K>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `list` is empty.
    fn put(&self, list: VecDeque<Item<V, K>>) {
        if list.capacity() <= Self::LONGEST {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = list;
        }
    }
}

impl<V, K> Default for SpareList<V, K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<V, K> Clone for SpareList<V, K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
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
        Self { messages: messages.into(), spare: None }
    }

    /// Reports that all of them are done, those that could not be read included.
    pub fn done(&self) {
        Acknowledgement::done_all(self.messages.iter().filter_map(acknowledgement_of));
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

impl<V, K> Drop for MessageBatch<V, K> {
    fn drop(&mut self) {
        self.messages.clear();
        if let Some(spare) = &self.spare {
            spare.put(std::mem::take(&mut self.messages));
        }
    }
}

impl<V: fmt::Debug, K: fmt::Debug> fmt::Debug for MessageBatch<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MessageBatch").field("messages", &self.messages).finish_non_exhaustive()
    }
}

/// Every message in its order, with its own acknowledgement.
impl<V, K> IntoIterator for MessageBatch<V, K> {
    type Item = Result<TypedMessage<V, K>, ConsumeError>;
    type IntoIter = MessagesOfBatch<V, K>;

    fn into_iter(self) -> Self::IntoIter {
        MessagesOfBatch(self)
    }
}

/// The messages of a [`MessageBatch`], one after the other.
#[derive(Debug)]
pub struct MessagesOfBatch<V, K = Vec<u8>>(MessageBatch<V, K>);

impl<V, K> Iterator for MessagesOfBatch<V, K> {
    type Item = Result<TypedMessage<V, K>, ConsumeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.messages.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl<V, K> DoubleEndedIterator for MessagesOfBatch<V, K> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.messages.pop_back()
    }
}

impl<V, K> ExactSizeIterator for MessagesOfBatch<V, K> {}

impl<'b, V, K> IntoIterator for &'b MessageBatch<V, K> {
    type Item = &'b Result<TypedMessage<V, K>, ConsumeError>;
    type IntoIter = vec_deque::Iter<'b, Result<TypedMessage<V, K>, ConsumeError>>;

    fn into_iter(self) -> Self::IntoIter {
        self.messages.iter()
    }
}

/// The next batch: at least one message, and what comes within `wait` after it.
pub(super) async fn next<V: DecodeValue, K: DecodeKey>(
    reader: &mut MessageReader<V, K>,
    spare: &SpareList<V, K>,
    runtime: &Handle,
    max: usize,
    wait: Duration,
) -> Option<Result<MessageBatch<V, K>, ConsumeError>> {
    let first = match reader.next(DoneBy::Acknowledgement).await? {
        Ok(first) => first,
        Err(error) => return Some(Err(error)),
    };
    let mut batch = MessageBatch { messages: spare.take(), spare: Some(spare.clone()) };
    let messages = &mut batch.messages;
    messages.reserve(max.min(1_000));
    messages.push_back(first.into_result());
    reader.take_many(max, messages);
    if messages.len() < max && !wait.is_zero() {
        // The runtime's timer, whatever drives this future. Without a runtime nobody can wait.
        let mut time = runtime.spawn(async move { tokio::time::sleep(wait).await });
        while messages.len() < max && reader.interruption().is_none() {
            match select(&mut time, pin!(reader.wait())).await {
                Either::Left(_) => break,
                Either::Right((error, _)) => messages.extend(error.map(Err)),
            }
            reader.take_many(max, messages);
        }
        time.abort();
    }
    Some(Ok(batch))
}
