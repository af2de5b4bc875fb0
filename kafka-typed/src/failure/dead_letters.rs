//! Sends records that could not be processed to a dead letter topic.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use super::failed_record::FailedRecord;
use super::failing::Failure;
use super::letter::{DeadLetterFormat, Letter};
use super::letter_error::LetterError;
use crate::connection::{Delivery, ProducerRecord, RawProducer};

/// How long a broker has to tell which partitions a topic has.
pub(super) const METADATA_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends records that could not be processed to a dead letter topic, as they came.
///
/// A dead letter has the key, the bytes, the headers and the time of the record. Further headers have its topic,
/// partition and offset, the class and the text of the error, how often it was tried, and the group. A record that
/// came from a retry topic, or was sent back from a dead letter topic before, has the topic, partition and offset that
/// it had at first.
///
/// With `run` a [`FailurePolicy`](crate::FailurePolicy) does all that. In a loop of one's own:
///
/// ```no_run
/// use kafka_typed::DeadLetters;
/// use kafka_typed::connection::Connection;
/// # use kafka_typed::HandlerError;
///
/// # fn process(payload: Option<&[u8]>) -> Result<(), HandlerError> { Ok(()) }
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let connection = Connection::from_env()?;
/// let dead_letters = DeadLetters::new(connection.raw_producer("orders-dlt").build()?).group("shop");
/// let mut orders = connection.raw_consumer("orders").group("shop").build()?;
/// while let Some(record) = orders.next().await {
///     let record = record?;
///     if let Err(error) = process(record.payload.as_deref()) {
///         // The record is done only once this has returned, so that it is not lost between the two.
///         dead_letters.send(&record, &error).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// A [`BadMessage`](crate::BadMessage) is both the record and the reason: `dead_letters.send(&message, &message)`.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    producer: RawProducer,
    group: Option<Arc<str>>,
    format: DeadLetterFormat,
    /// The partitions of the topic, where records keep theirs.
    partitions: Option<Arc<OnceCell<Vec<i32>>>>,
}

impl DeadLetters {
    /// Sends dead letters to the topic of this producer.
    pub fn new(producer: RawProducer) -> Self {
        Self { producer, group: None, format: DeadLetterFormat::default(), partitions: None }
    }

    /// Sets the group whose records these are.
    #[must_use]
    pub fn group(self, group: impl Into<Arc<str>>) -> Self {
        Self { group: Some(group.into()), ..self }
    }

    /// Sets whose headers dead letters have. Default: [Spring Kafka's](DeadLetterFormat::Spring).
    #[must_use]
    pub fn format(self, format: DeadLetterFormat) -> Self {
        Self { format, ..self }
    }

    /// Sends a record to the partition of the same number, where the dead letter topic has that; otherwise, and by
    /// default, the key chooses.
    #[must_use]
    pub fn keep_partition(self) -> Self {
        Self { partitions: Some(Arc::default()), ..self }
    }

    /// The dead letter topic.
    pub fn topic(&self) -> &Arc<str> {
        self.producer.topic()
    }

    /// Sends a record, and waits until a broker has acknowledged it.
    ///
    /// # Errors
    ///
    /// When it was not acknowledged. The record must not count as done then.
    pub async fn send<'r, 'e>(
        &self,
        record: impl Into<FailedRecord<'r>>,
        failure: impl Into<Failure<'e>>,
    ) -> Result<Delivery, LetterError> {
        let (record, failure) = (record.into(), failure.into());
        let delivered = self.producer.send(self.letter(record, &failure).await).await;
        delivered.map_err(|source| LetterError::not_delivered(&record, self.topic(), source))
    }

    /// The record to send, which keeps key, payload and time.
    pub(crate) async fn letter<'r>(&self, record: FailedRecord<'r>, failure: &Failure<'_>) -> ProducerRecord<'r> {
        let letter = Letter { record, failure: Some(failure), group: self.group.as_deref() };
        let headers = letter.dead_letter_headers(self.format);
        let mut sent = ProducerRecord::again(record.key, record.payload, &headers, record.timestamp);
        if let Some(partitions) = &self.partitions
            && same_partition(&self.producer, partitions, record.partition).await
        {
            sent = sent.partition(record.partition);
        }
        sent
    }

    /// What sends letters.
    pub(crate) fn producer(&self) -> &RawProducer {
        &self.producer
    }
}

/// Whether the topic of the producer has a partition of this number, which a broker is asked once. Without an answer
/// the key chooses.
pub(super) async fn same_partition(producer: &RawProducer, known: &OnceCell<Vec<i32>>, partition: i32) -> bool {
    let partitions = known.get_or_try_init(|| producer.partitions(METADATA_TIMEOUT)).await;
    partitions.is_ok_and(|partitions| partitions.contains(&partition))
}
