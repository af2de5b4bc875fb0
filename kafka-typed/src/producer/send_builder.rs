//! One message on its way out.

use std::borrow::Borrow;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use avro_typed::topic::{EncodeKey, EncodeValue, IntoKey, KeyArgument};
use rdkafka::message::OwnedHeaders;
use schema_registry::{RecordPart, is_id_header};
use tokio::task::coop;

use super::TypedProducer;
use super::encoders::{Encoders, with_encoders};
use crate::connection::in_flight_budget::Reservation;
use crate::connection::producer_record::with_header;
use crate::connection::waiting_record::WaitingRecord;
use crate::connection::{Delivery, DeliveryError, DeliveryFuture, Headers, Timestamp};
use crate::error::SendError;

/// A message that is about to be sent: add a key and headers, then `.await` it, or hand it over with
/// [`SendBuilder::enqueue`].
///
/// Made by [`TypedProducer::send`]. It is the future of its delivery, so that many can be awaited together, in no
/// particular order:
///
/// ```no_run
/// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
/// # use messages::test::Alert;
/// use futures_util::future::join_all;
/// # use kafka_typed::TypedProducer;
///
/// # async fn example(alerts: TypedProducer<Alert>, many: Vec<Alert>) -> Result<(), kafka_typed::SendError> {
/// for delivery in join_all(many.iter().map(|alert| alerts.send(alert).key("sensor-17"))).await {
///     println!("written at offset {}", delivery?.offset);
/// }
/// # Ok(())
/// # }
/// ```
///
/// Awaiting every message before the next is made is slow, whatever the machine: each waits for `linger.ms` and for the
/// broker.
#[must_use = "nothing is sent before this is awaited, or `enqueue` is called and awaited"]
pub struct SendBuilder<'p, V, K> {
    producer: &'p TypedProducer<V, K>,
    /// `None` is a tombstone.
    value: Option<&'p V>,
    key: Option<KeyArgument<'p, K>>,
    headers: Option<OwnedHeaders>,
    /// Whether schema ids are among the headers.
    has_id_header: bool,
    timestamp: Option<Timestamp>,
    partition: Option<i32>,
    step: Step<'p>,
}

/// How far a message has come, when it is awaited.
enum Step<'p> {
    New,
    /// Waits for room in the producer's budget. In a box, since a message seldom has to.
    Waiting(Pin<Box<dyn Future<Output = Result<Reservation<'p>, DeliveryError>> + Send + 'p>>),
    Sent(DeliveryFuture),
    /// It was handed over to someone else, or failed.
    Ended,
}

/// Nothing in it is pinned: what waits is in a box.
impl<V, K> Unpin for SendBuilder<'_, V, K> {}

impl<'p, V, K> SendBuilder<'p, V, K> {
    pub(super) fn new(producer: &'p TypedProducer<V, K>, value: Option<&'p V>) -> Self {
        Self {
            producer,
            value,
            key: None,
            headers: None,
            has_id_header: false,
            timestamp: None,
            partition: None,
            step: Step::New,
        }
    }

    /// Sets the key, of the type that the topic's keys have. Messages of one key go to one partition and stay in order.
    /// It is hashed as Java's client hashes it, so that producers in other languages choose the same partition.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # async fn example(alerts: kafka_typed::TypedProducer<Alert, i64>, alert: Alert, sensor: Option<i64>) -> Result<(), kafka_typed::SendError> {
    /// let mut message = alerts.send(&alert);
    /// if let Some(sensor) = sensor {
    ///     message = message.key(sensor);
    /// }
    /// message.await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn key(mut self, key: impl IntoKey<'p, K>) -> Self {
        self.key = Some(key.into_key());
        self
    }

    /// Adds a header. Names may repeat, and the order is kept.
    ///
    /// Headers that hold a schema id (`__value_schema_id`, `apicurio.value.globalId` and the like) are the producer's:
    /// what is given here under their names is left out where the producer encodes the value, or the key, by a schema
    /// of its own.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.add_header(name, Some(value.as_ref()))
    }

    /// Adds a header whose value is null, which is not the same as empty.
    pub fn null_header(self, name: &str) -> Self {
        self.add_header(name, None)
    }

    /// Adds all headers of a received message, those with a null value included, but not [its schema
    /// ids](Self::header).
    pub fn headers(self, headers: impl Borrow<Headers>) -> Self {
        headers.borrow().iter().fold(self, |message, (name, value)| message.add_header(name, value))
    }

    fn add_header(mut self, name: &str, value: Option<&[u8]>) -> Self {
        self.has_id_header |= [RecordPart::Key, RecordPart::Value].iter().any(|part| is_id_header(*part, name, value));
        self.headers = Some(with_header(self.headers, name, value));
        self
    }

    /// Sets the record's time, as milliseconds since 1970 or as a [`SystemTime`](std::time::SystemTime). Without this
    /// it is the time of sending. Times up to 1970 are an error when sending.
    pub fn timestamp(mut self, timestamp: impl Into<Timestamp>) -> Self {
        self.timestamp = Some(timestamp.into());
        self
    }

    /// Sets the partition, from zero. By default it follows from the key, and is any one where there is no key.
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }
}

impl<V: EncodeValue, K: EncodeKey> SendBuilder<'_, V, K> {
    /// Hands the message over to be sent in the background, and returns a future for its delivery. This is how to
    /// send many messages: go on with the next one, and await deliveries later or count on [`TypedProducer::flush`].
    ///
    /// Waits while `queue.buffering.max.messages` or `queue.buffering.max.kbytes` are on their way already.
    /// When the future of this call is dropped before it has answered, the message is not sent.
    ///
    /// # Errors
    ///
    /// When the value or the key cannot be encoded, the message is too large, librdkafka refuses it, or the producer
    /// was closed. Nothing has been sent then.
    pub async fn enqueue(mut self) -> Result<DeliveryFuture, SendError> {
        poll_fn(|context| self.poll_hand_over(context)).await
    }

    /// Encodes the message to be sent later, whatever becomes of what it was made from.
    pub(crate) fn put_aside(self) -> Result<WaitingRecord, SendError> {
        let Self { producer, value, key, headers, has_id_header, timestamp, partition, .. } = self;
        with_encoders(|encoders| {
            let (mut record, marking) = producer.shared.encode(value, key.as_ref(), encoders)?;
            record.headers = marking.apply(headers, has_id_header);
            (record.timestamp, record.partition) = (timestamp, partition);
            Ok(WaitingRecord::new(&producer.shared.records, record)?)
        })
    }

    /// Hands the message over, once there is room for it.
    fn poll_hand_over(&mut self, context: &mut Context<'_>) -> Poll<Result<DeliveryFuture, SendError>> {
        loop {
            let reservation = match &mut self.step {
                Step::New => {
                    // A loop that only sends would otherwise never let other tasks of its thread run.
                    ready!(coop::poll_proceed(context)).made_progress();
                    self.producer.shared.records.check_open()?;
                    None
                }
                Step::Waiting(room) => Some(ready!(room.as_mut().poll(context))?),
                Step::Sent(_) | Step::Ended => {
                    debug_assert!(false, "a message was polled after it was handed over");
                    return Poll::Pending;
                }
            };
            // Encoding anew after waiting costs less than keeping every message that waits: the queue is full rarely,
            // or for long.
            match with_encoders(|encoders| self.hand_over(encoders, reservation))? {
                HandOver::Done(delivery) => return Poll::Ready(Ok(delivery)),
                HandOver::NoRoom { size } => {
                    self.step = Step::Waiting(Box::pin(self.producer.shared.records.reserve(size)));
                }
            }
        }
    }

    fn hand_over(
        &mut self,
        encoders: &mut Encoders,
        reservation: Option<Reservation<'_>>,
    ) -> Result<HandOver, SendError> {
        let Self { producer, value, key, headers, has_id_header, timestamp, partition, .. } = self;
        let records = &producer.shared.records;
        let (mut record, marking) = producer.shared.encode(*value, key.as_ref(), encoders)?;
        let size = record.size();
        records.check(size, *timestamp).inspect_err(|error| records.failed_to_send(error.kind(), error))?;
        let Some(reservation) = reservation.or_else(|| records.try_reserve(size)) else {
            return Ok(HandOver::NoRoom { size });
        };
        record.headers = marking.apply(headers.take(), *has_id_header);
        record.timestamp = *timestamp;
        record.partition = *partition;
        Ok(HandOver::Done(records.hand_over(record, reservation)?))
    }
}

/// What has become of an attempt.
enum HandOver {
    Done(DeliveryFuture),
    /// The producer's budget has no room for a message of this size.
    NoRoom {
        size: usize,
    },
}

/// Sends the message and waits for its delivery report. Dropped before that, the message is not sent, or is on its way
/// with nobody waiting for it.
impl<V: EncodeValue, K: EncodeKey> Future for SendBuilder<'_, V, K> {
    type Output = Result<Delivery, SendError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Step::Sent(delivery) = &mut this.step {
            return Pin::new(delivery).poll(context).map_err(SendError::from);
        }
        let mut delivery = match ready!(this.poll_hand_over(context)) {
            Ok(delivery) => delivery,
            Err(error) => {
                this.step = Step::Ended;
                return Poll::Ready(Err(error));
            }
        };
        let polled = Pin::new(&mut delivery).poll(context);
        this.step = Step::Sent(delivery);
        polled.map_err(SendError::from)
    }
}

impl<V, K> fmt::Debug for SendBuilder<'_, V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SendBuilder")
            .field("topic", self.producer.shared.records.topic())
            .field("timestamp", &self.timestamp)
            .field("partition", &self.partition)
            .finish_non_exhaustive()
    }
}
