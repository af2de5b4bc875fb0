//! What processes several messages at once.

use std::fmt;
use std::future::Future;

use crate::consumer::TypedMessage;
use crate::failure::HandlerError;

/// Processes messages of one partition in batches: an async function of a list of messages, or a type with what it
/// needs to do so. As [`Handler`](crate::Handler) otherwise.
///
/// ```
/// use kafka_typed::{BatchError, BatchHandler, TypedMessage};
///
/// /// Rows that are written by one statement, all or none.
/// struct Table;
///
/// impl Table {
///     async fn insert(&self, rows: &[i64]) -> Result<(), std::io::Error> {
///         # Ok(())
///     }
/// }
///
/// impl BatchHandler<i64> for Table {
///     async fn handle(&self, messages: Vec<TypedMessage<i64>>) -> Result<(), BatchError> {
///         if let Some(index) = messages.iter().position(|message| message.value < 0) {
///             // Those before it are written, and the rest comes in the next batch.
///             let rows: Vec<_> = messages[..index].iter().map(|message| message.value).collect();
///             self.insert(&rows).await?;
///             return Err(BatchError::at(index, "the amount is negative"));
///         }
///         let rows: Vec<_> = messages.iter().map(|message| message.value).collect();
///         Ok(self.insert(&rows).await?)
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let batch = [1, -1, 2].map(TypedMessage::new).into();
/// assert_eq!(Table.handle(batch).await.unwrap_err().index(), Some(1));
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle batches of messages with values of type `{V}` and keys of type `{K}`",
    label = "not a handler of such batches",
    note = "a handler of batches is an async function of `Vec<TypedMessage<V, K>>` that returns `Result<(), E>`, where `E` is any error or `BatchError`, or a type that implements `BatchHandler<V, K>`; its future has to be `Send`"
)]
pub trait BatchHandler<V, K = Vec<u8>>: Send + Sync + 'static {
    /// Processes messages, at least one, in the order of their offsets. All are done when this returns `Ok`.
    ///
    /// # Errors
    ///
    /// When they could not be processed, see [`BatchError`].
    fn handle(&self, messages: Vec<TypedMessage<V, K>>) -> impl Future<Output = Result<(), BatchError>> + Send;
}

impl<V, K, F, A, E> BatchHandler<V, K> for F
where
    F: Fn(Vec<TypedMessage<V, K>>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(), E>> + Send,
    E: Into<BatchError>,
    V: Send,
    K: Send,
{
    async fn handle(&self, messages: Vec<TypedMessage<V, K>>) -> Result<(), BatchError> {
        self(messages).await.map_err(Into::into)
    }
}

/// A batch was not processed, or not all of it. Any error becomes one by `?`.
///
/// - [`BatchError::at`] names the message that failed. Those before it are done. It goes through the run's
///   [policy](crate::Run::on_error) alone, and the rest comes again, with it as long as it is retried in place.
/// - Without an index, the whole batch is tried again as often as the policy retries in place. Then each of its
///   messages goes the policy's further way, into a retry topic or to its end.
pub struct BatchError {
    index: Option<usize>,
    error: HandlerError,
}

impl BatchError {
    /// The message at this place of the batch failed; all before it were processed.
    pub fn at(index: usize, error: impl Into<HandlerError>) -> Self {
        Self { index: Some(index), error: error.into() }
    }

    /// The place of the message that failed, where it is known.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// What happened.
    pub fn error(&self) -> &HandlerError {
        &self.error
    }

    pub(super) fn into_error(self) -> HandlerError {
        self.error
    }
}

impl<E: Into<HandlerError>> From<E> for BatchError {
    fn from(error: E) -> Self {
        Self { index: None, error: error.into() }
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, formatter)
    }
}

impl fmt::Debug for BatchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.index {
            write!(formatter, "message {index} of the batch: ")?;
        }
        fmt::Debug::fmt(&self.error, formatter)
    }
}
