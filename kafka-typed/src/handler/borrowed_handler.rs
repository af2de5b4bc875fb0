//! What processes one message that is lent.

use std::future::Future;

use avro_typed::topic::{ViewKey, ViewValue};

use crate::consumer::BorrowedMessage;
use crate::failure::HandlerError;

/// Processes messages that are lent, one at a time: an async function of a [`BorrowedMessage`], or a type with what it
/// needs to do so. The value is a view, such as `SensorAlertRef<'_>`, and so is the key. As
/// [`Handler`](crate::Handler) otherwise.
///
/// ```
/// # mod messages { avro_derive::include_schemas!("tests/schemas/alert", views = true); }
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use kafka_typed::{BorrowedHandler, BorrowedMessage, HandlerError};
/// use messages::test::{Alert, AlertRef};
///
/// /// How many alerts there were of each level.
/// #[derive(Default)]
/// struct Levels(Mutex<HashMap<i32, u64>>);
///
/// impl BorrowedHandler<Alert, String> for Levels {
///     async fn handle(&self, message: BorrowedMessage<'_, AlertRef<'_>, &str>) -> Result<(), HandlerError> {
///         if message.value.message.is_empty() {
///             return Err(HandlerError::permanent("the alert has no message"));
///         }
///         *self.0.lock().unwrap().entry(message.value.level).or_default() += 1;
///         Ok(())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let levels = Levels::default();
/// let alert = AlertRef { sensor_id: "sensor-17", level: 3, message: "hot" };
/// levels.handle(BorrowedMessage::new(alert, Some("sensor-17"))).await.unwrap();
/// assert_eq!(levels.0.lock().unwrap()[&3], 1);
/// # });
/// ```
///
/// # Functions and closures
///
/// `async fn store(message: BorrowedMessage<'_, AlertRef<'_>, &str>) -> Result<(), E>` is such a handler, for any
/// error, and so is an `async |message: BorrowedMessage<'_, AlertRef<'_>, &str>| …` that captures nothing. A closure
/// that captures something is not: its future borrows from the message and from the closure, and Rust cannot express
/// yet that such a future may be sent to another thread. What handlers share is in a type that implements this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle lent messages with values of type `{V}` and keys of type `{K}`",
    label = "not a handler of these messages",
    note = "a handler of lent messages is an async function of `BorrowedMessage<'_, ValueView, KeyView>` that returns `Result<(), E>`, where `E` is any error, or a type that implements `BorrowedHandler<V, K>`; its future has to be `Send`",
    note = "a closure that captures something is not one: implement `BorrowedHandler<V, K>` for a type that has what it captures"
)]
pub trait BorrowedHandler<V: ViewValue, K: ViewKey = Vec<u8>>: Send + Sync + 'static {
    /// Processes a message, which may be lent for the time of this call. It is done when this returns `Ok`.
    ///
    /// # Errors
    ///
    /// When it could not be processed. What happens then is up to the run's [policy](crate::Run::on_error).
    fn handle<'m>(
        &self,
        message: BorrowedMessage<'m, V::View<'m>, K::View<'m>>,
    ) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

impl<V: ViewValue, K: ViewKey, F> BorrowedHandler<V, K> for F
where
    F: for<'m> LentFunction<BorrowedMessage<'m, V::View<'m>, K::View<'m>>> + Send + Sync + 'static,
{
    fn handle<'m>(
        &self,
        message: BorrowedMessage<'m, V::View<'m>, K::View<'m>>,
    ) -> impl Future<Output = Result<(), HandlerError>> + Send {
        self.call(message)
    }
}

/// An async function of one kind of argument, whose future may be another type for each lifetime of it.
pub trait LentFunction<M> {
    /// Calls it.
    fn call(&self, message: M) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

impl<M, F, A, E> LentFunction<M> for F
where
    F: Fn(M) -> A,
    A: Future<Output = Result<(), E>> + Send,
    E: Into<HandlerError>,
{
    fn call(&self, message: M) -> impl Future<Output = Result<(), HandlerError>> + Send {
        let handling = self(message);
        async move { handling.await.map_err(Into::into) }
    }
}
