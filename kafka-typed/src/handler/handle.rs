//! What processes one message.

use std::future::Future;

use crate::consumer::TypedMessage;
use crate::failure::HandlerError;

/// Processes messages one at a time: an async function of a message, or a type with what it needs to do so.
///
/// A function may return any error, see [`HandlerError`]:
///
/// ```no_run
/// # use kafka_typed::avro_typed::topic::{DecodeKey, DecodeValue};
/// # use kafka_typed::{TypedConsumer, TypedMessage};
/// # async fn example<V: DecodeValue + Send + 'static>(orders: TypedConsumer<V>) -> Result<(), kafka_typed::RunError> {
/// async fn store<V>(message: TypedMessage<V>) -> Result<(), std::io::Error> {
///     // …
///     # Ok(())
/// }
///
/// orders.run(store).await?;
/// # Ok(())
/// # }
/// ```
///
/// # State
///
/// What handlers share, such as a pool of connections, is in a type that implements this. It is a test of one function,
/// without Kafka, whether it does what it should:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use kafka_typed::{Handler, HandlerError, TypedMessage};
///
/// struct Reading {
///     celsius: f64,
/// }
///
/// #[derive(Default)]
/// struct Latest {
///     by_sensor: Mutex<HashMap<String, f64>>,
/// }
///
/// impl Handler<Reading, String> for Latest {
///     async fn handle(&self, message: TypedMessage<Reading, String>) -> Result<(), HandlerError> {
///         let Some(sensor) = message.key else {
///             return Err(HandlerError::permanent("the reading names no sensor"));
///         };
///         self.by_sensor.lock().unwrap().insert(sensor, message.value.celsius);
///         Ok(())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let latest = Latest::default();
/// let reading = || TypedMessage::keyed(Reading { celsius: 21.5 }, "attic");
/// latest.handle(reading()).await.unwrap();
/// assert_eq!(latest.by_sensor.lock().unwrap()["attic"], 21.5);
///
/// let mut nameless = reading();
/// nameless.key = None;
/// assert!(latest.handle(nameless).await.unwrap_err().is_permanent());
/// # });
/// ```
///
/// # Several types of messages
///
/// Where a topic has records of several types, its value is an enum with
/// [`TopicValue`](crate::avro_typed::topic::TopicValue), and the handler a `match` of its variants: one that is
/// forgotten does not compile.
///
/// # Cancellation
///
/// A handler that is still running when its partition is given to another consumer, or the run ends, has some time to
/// finish. After that its future is dropped, and the message comes again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle messages with values of type `{V}` and keys of type `{K}`",
    label = "not a handler of these messages",
    note = "a handler is an async function of `TypedMessage<V, K>` that returns `Result<(), E>`, where `E` is any error, or a type that implements `Handler<V, K>`; its future has to be `Send`"
)]
pub trait Handler<V, K = Vec<u8>>: Send + Sync + 'static {
    /// Processes a message. It is done when this returns `Ok`.
    ///
    /// # Errors
    ///
    /// When it could not be processed. What happens then is up to the run's
    /// [policy](crate::Run::on_error).
    fn handle(&self, message: TypedMessage<V, K>) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

impl<V, K, F, A, E> Handler<V, K> for F
where
    F: Fn(TypedMessage<V, K>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(), E>> + Send,
    E: Into<HandlerError>,
    V: Send,
    K: Send,
{
    async fn handle(&self, message: TypedMessage<V, K>) -> Result<(), HandlerError> {
        self(message).await.map_err(Into::into)
    }
}
