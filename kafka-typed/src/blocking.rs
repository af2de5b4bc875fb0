//! The same producers, consumers and handlers for programs without an async runtime. Feature `blocking`.
//!
//! [`Wait::wait`] waits for whatever this crate returns as a future. What has to go on in the background (questions to
//! the registry, timers) runs on one thread that the first call starts, and that lives as long as the process.
//!
//! ```
//! use kafka_typed::blocking::Wait;
//! use kafka_typed::embedded::Embedded;
//! # use std::error::Error;
//! # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
//! # use messages::test::Alert;
//!
//! fn main() -> Result<(), Box<dyn Error>> {
//!     let kafka = Embedded::start().wait()?.kafka()?;
//!
//!     let producer = kafka.producer::<Alert>("alerts").build().wait()?;
//!     let alert = Alert { sensor_id: "attic".into(), level: 3, message: "hot".into() };
//!     producer.send(&alert).key("attic").wait()?;
//!
//!     let mut consumer = kafka.consumer::<Alert>("alerts").group("desk").build().wait()?;
//!     let message = consumer.next().wait().ok_or("the consumer has ended")??;
//!     assert_eq!(message.value, alert);
//!     consumer.close().wait()?;
//!     Ok(())
//! }
//! ```
//!
//! A handler is an ordinary function: [`handler`] runs it on threads for what blocks.
//!
//! ```no_run
//! use kafka_typed::blocking::{self, Wait};
//! # use kafka_typed::{FailurePolicy, TypedConsumer, TypedMessage};
//! # use kafka_typed::avro_typed::topic::DecodeValue;
//!
//! fn store<V>(message: TypedMessage<V>) -> Result<(), std::io::Error> {
//!     // …
//!     # Ok(())
//! }
//!
//! # fn example<V: DecodeValue + Send + 'static>(orders: TypedConsumer<V>) -> Result<(), kafka_typed::RunError> {
//! orders.run(blocking::handler(store)).on_error(FailurePolicy::skip()).stop_on_signal().wait()?;
//! # Ok(())
//! # }
//! ```

use std::future::{Future, IntoFuture};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use avro_typed::topic::{DecodeKey, DecodeValue};
use tokio::runtime::{Builder, Runtime};

use crate::consumer::{ConsumeError, TypedConsumer, TypedMessage};
use crate::failure::HandlerError;
use crate::handler::Handler;

/// Waits for a future, on this thread.
pub trait Wait: IntoFuture + Sized {
    /// Blocks the thread until the future is done. Not for async code, whose executor could do nothing meanwhile.
    ///
    /// # Panics
    ///
    /// When the system gives the process no thread, the first time that this is called.
    fn wait(self) -> Self::Output {
        let _entered = runtime().enter();
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut future = pin!(self.into_future());
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl<F: IntoFuture> Wait for F {}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What goes on in the background of blocking programs.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("kafka-typed-blocking").enable_all().build();
        runtime.unwrap_or_else(|error| panic!("no thread for the background could be started: {error}"))
    })
}

/// The messages of a consumer, one after the other: each is done when the next one is asked for, as with
/// [`TypedConsumer::next`].
///
/// ```no_run
/// use kafka_typed::blocking;
/// # use kafka_typed::{TypedConsumer, avro_typed::topic::DecodeValue};
/// # fn example<V: DecodeValue + std::fmt::Debug>(mut alerts: TypedConsumer<V>) {
/// for message in blocking::messages(&mut alerts) {
///     match message {
///         Ok(message) => println!("{:?}", message.value),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # }
/// ```
pub fn messages<V: DecodeValue, K: DecodeKey>(
    consumer: &mut TypedConsumer<V, K>,
) -> impl Iterator<Item = Result<TypedMessage<V, K>, ConsumeError>> {
    std::iter::from_fn(|| consumer.next().wait())
}

/// A handler that blocks its thread: a function of a message. It runs on a thread for that, of which there are as many
/// as messages may be processed at a time.
pub fn handler<F>(handle: F) -> BlockingHandler<F> {
    BlockingHandler { handle: Arc::new(handle) }
}

/// A [`Handler`] out of a function that blocks. Made by [`handler`].
#[derive(Debug)]
pub struct BlockingHandler<F> {
    handle: Arc<F>,
}

impl<V, K, E, F> Handler<V, K> for BlockingHandler<F>
where
    V: Send + 'static,
    K: Send + 'static,
    F: Fn(TypedMessage<V, K>) -> Result<(), E> + Send + Sync + 'static,
    E: Into<HandlerError>,
{
    async fn handle(&self, message: TypedMessage<V, K>) -> Result<(), HandlerError> {
        let handle = Arc::clone(&self.handle);
        let handled = tokio::task::spawn_blocking(move || handle(message).map_err(Into::into)).await;
        handled.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => Err(error.into()),
        })
    }
}
