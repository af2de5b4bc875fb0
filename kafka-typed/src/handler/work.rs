//! What is done with what was read: message by message, or in batches.

use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;

use avro_typed::topic::{ViewKey, ViewValue};

use super::attempts::Ended;
use super::batch_handler::BatchHandler;
use super::borrowed_handler::BorrowedHandler;
use super::failing::Failed;
use super::handle::Handler;
use super::outlet::Outlet;
use super::running::{Place, Running, Seat};
use super::source::{Message, Read, Reader};
use crate::consumer::lent::LentRecord;
use crate::failure::HandlerError;

/// How many messages of a partition may be in batches. Bounds the memory that these take.
const MOST_IN_BATCHES: usize = 5_000;

/// How many messages a lane's task takes at a time: enough that taking them costs little for each, and few enough that
/// slow ones do not keep others from being read.
const MOST_TAKEN: usize = 16;

/// What is done with what was read.
pub(crate) trait Work<R: Reader>: Send + Sync + Sized + 'static {
    /// What a handler is called with.
    type Unit: Send + 'static;

    /// The next one of a partition.
    fn read(&self, reader: &mut R) -> impl Future<Output = Option<Self::Unit>> + Send;

    /// The next messages of a partition, which wait for others of their keys: at least one, and about `room`.
    fn read_ahead(&self, reader: &mut R, room: usize) -> impl Future<Output = Option<Vec<Read<R>>>> + Send;

    /// How many messages of a lane its task takes at a time.
    fn most_taken(&self) -> usize;

    /// The next one of messages that wait, of which there is at least one.
    fn gather(&self, waiting: &mut VecDeque<Read<R>>) -> Option<Self::Unit>;

    /// How many of a partition may be on their way when nothing orders them, of which no more are processed at a time.
    fn most_units(&self, max_in_flight: usize) -> usize;

    /// Calls the handler with a single message.
    fn handle_one(&self, message: Message<R>) -> impl Future<Output = Result<(), Failed>> + Send;

    /// Processes one to its end.
    fn process<'r, O: Outlet>(
        running: &'r Running<Self, O>,
        place: &Place<R>,
        unit: Self::Unit,
        seat: &mut Seat<'r>,
    ) -> impl Future<Output = Ended> + Send;
}

/// Messages are processed one at a time.
#[derive(Clone, Copy, Debug)]
pub struct Each<H> {
    pub(crate) handler: H,
}

/// How messages are read and taken that are processed one at a time.
macro_rules! one_at_a_time {
    () => {
        type Unit = Read<R>;

        fn read(&self, reader: &mut R) -> impl Future<Output = Option<Read<R>>> + Send {
            reader.next()
        }

        fn read_ahead(&self, reader: &mut R, room: usize) -> impl Future<Output = Option<Vec<Read<R>>>> + Send {
            reader.next_batch(room, Duration::ZERO)
        }

        fn most_taken(&self) -> usize {
            MOST_TAKEN
        }

        fn gather(&self, waiting: &mut VecDeque<Read<R>>) -> Option<Read<R>> {
            waiting.pop_front()
        }

        fn most_units(&self, max_in_flight: usize) -> usize {
            max_in_flight
        }

        fn process<'r, O: Outlet>(
            running: &'r Running<Self, O>,
            place: &Place<R>,
            unit: Read<R>,
            seat: &mut Seat<'r>,
        ) -> impl Future<Output = Ended> + Send {
            running.process(place, unit, seat)
        }
    };
}

impl<R: Reader, H: Handler<R::Value, R::Key>> Work<R> for Each<H> {
    one_at_a_time!();

    async fn handle_one(&self, message: Message<R>) -> Result<(), Failed> {
        self.handler.handle(message).await.map_err(Failed::Handler)
    }
}

/// Messages are lent, one at a time.
#[derive(Clone, Copy, Debug)]
pub struct Lent<H> {
    pub(crate) handler: H,
}

impl<V, K, R, H> Work<R> for Lent<H>
where
    V: ViewValue + 'static,
    K: ViewKey + 'static,
    R: Reader<Value = LentRecord<V, K>>,
    H: BorrowedHandler<V, K>,
{
    one_at_a_time!();

    async fn handle_one(&self, message: Message<R>) -> Result<(), Failed> {
        let handling = match message.value.view() {
            Some(Ok(view)) => self.handler.handle(view),
            Some(Err(bad)) => return Err(Failed::Bad(bad)),
            None => return Err(gone()),
        };
        handling.await.map_err(Failed::Handler)
    }
}

#[cold]
fn gone() -> Failed {
    debug_assert!(false, "a record is kept until it is done");
    Failed::Handler(HandlerError::permanent("the record of the message is gone: this is an error of kafka-typed"))
}

/// Messages are processed in batches.
#[derive(Clone, Copy, Debug)]
pub struct Batches<H> {
    pub(crate) handler: H,
    pub(crate) max: usize,
    pub(crate) wait: Duration,
}

impl<R: Reader, H: BatchHandler<R::Value, R::Key>> Work<R> for Batches<H> {
    type Unit = Vec<Read<R>>;

    fn read(&self, reader: &mut R) -> impl Future<Output = Option<Vec<Read<R>>>> + Send {
        reader.next_batch(self.max, self.wait)
    }

    fn read_ahead(&self, reader: &mut R, _: usize) -> impl Future<Output = Option<Vec<Read<R>>>> + Send {
        reader.next_batch(self.max, self.wait)
    }

    fn most_taken(&self) -> usize {
        self.max
    }

    fn gather(&self, waiting: &mut VecDeque<Read<R>>) -> Option<Vec<Read<R>>> {
        let count = waiting.len().min(self.max);
        (count > 0).then(|| waiting.drain(..count).collect())
    }

    fn most_units(&self, max_in_flight: usize) -> usize {
        max_in_flight.min(MOST_IN_BATCHES / self.max).max(1)
    }

    async fn handle_one(&self, message: Message<R>) -> Result<(), Failed> {
        self.handler.handle(vec![message]).await.map_err(|error| Failed::Handler(error.into_error()))
    }

    fn process<'r, O: Outlet>(
        running: &'r Running<Self, O>,
        place: &Place<R>,
        unit: Vec<Read<R>>,
        seat: &mut Seat<'r>,
    ) -> impl Future<Output = Ended> + Send {
        running.process_batch(place, unit, seat)
    }
}
