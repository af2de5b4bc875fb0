//! What processes messages in a transaction.

use std::future::Future;

use super::scope::Transaction;
use crate::consumer::TypedMessage;
use crate::failure::HandlerError;
use crate::handler::BatchError;

/// Processes messages one at a time, each with the [`Transaction`] that it sends in: an async function of both, or a
/// type with the producers that it needs. As [`Handler`](crate::Handler) otherwise.
///
/// What it does elsewhere, in a database for example, is not part of the transaction, and happens again when the
/// message is processed again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle messages with values of type `{V}` and keys of type `{K}` in a transaction",
    label = "not a handler of these messages",
    note = "such a handler is an async function of `TypedMessage<V, K>` and `Transaction` that returns `Result<(), E>`, where `E` is any error, or a type that implements `TransactionalHandler<V, K>`; its future has to be `Send`"
)]
pub trait TransactionalHandler<V, K = Vec<u8>>: Send + Sync + 'static {
    /// Processes a message. When this returns `Ok`, the message is done together with what was sent.
    ///
    /// # Errors
    ///
    /// When it could not be processed. Nothing was sent then. What happens is up to the run's
    /// [policy](crate::TransactionalRun::on_error).
    fn handle(
        &self,
        message: TypedMessage<V, K>,
        transaction: Transaction,
    ) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

impl<V, K, F, A, E> TransactionalHandler<V, K> for F
where
    F: Fn(TypedMessage<V, K>, Transaction) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(), E>> + Send,
    E: Into<HandlerError>,
    V: Send,
    K: Send,
{
    async fn handle(&self, message: TypedMessage<V, K>, transaction: Transaction) -> Result<(), HandlerError> {
        self(message, transaction).await.map_err(Into::into)
    }
}

/// Processes messages of one partition in batches, each with the [`Transaction`] that it sends in. As
/// [`BatchHandler`](crate::BatchHandler) otherwise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle batches of messages with values of type `{V}` and keys of type `{K}` in a transaction",
    label = "not a handler of such batches",
    note = "such a handler is an async function of `Vec<TypedMessage<V, K>>` and `Transaction` that returns `Result<(), E>`, where `E` is any error or `BatchError`, or a type that implements `TransactionalBatchHandler<V, K>`; its future has to be `Send`"
)]
pub trait TransactionalBatchHandler<V, K = Vec<u8>>: Send + Sync + 'static {
    /// Processes messages, at least one, in the order of their offsets. When this returns `Ok`, all are done together
    /// with what was sent.
    ///
    /// # Errors
    ///
    /// When they could not be processed, see [`BatchError`]. With [`BatchError::at`] what was sent belongs to the
    /// messages before the one that failed, which are done. Otherwise nothing was sent.
    fn handle(
        &self,
        messages: Vec<TypedMessage<V, K>>,
        transaction: Transaction,
    ) -> impl Future<Output = Result<(), BatchError>> + Send;
}

impl<V, K, F, A, E> TransactionalBatchHandler<V, K> for F
where
    F: Fn(Vec<TypedMessage<V, K>>, Transaction) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(), E>> + Send,
    E: Into<BatchError>,
    V: Send,
    K: Send,
{
    async fn handle(&self, messages: Vec<TypedMessage<V, K>>, transaction: Transaction) -> Result<(), BatchError> {
        self(messages, transaction).await.map_err(Into::into)
    }
}
