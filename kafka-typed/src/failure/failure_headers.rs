//! What the headers of a record tell of its failure.

use std::fmt;

use super::header_names::{
    FIRST_ORIGIN, REPLAYS, RETRY_DELIVERY, RETRY_DUE, SPRING_ATTEMPTS, SPRING_CAUSES, SPRING_DEAD_LETTER, SPRING_RETRY,
    SPRING_WRAPPER, SpringNames, connect, tells_of_a_failure,
};
use super::header_values::{big_integer, integer, long, text};
use crate::connection::{Headers, Timestamp};

/// What the headers of a dead letter, or of a record in a retry topic, tell of its failure.
///
/// Spring Kafka's and Kafka Connect's headers are read, whoever wrote them. What is missing or cannot be read is
/// `None`; nothing about them is an error.
///
/// ```
/// use kafka_typed::connection::ConsumerRecord;
/// use kafka_typed::failure::FailureHeaders;
///
/// let record = ConsumerRecord::new(None)
///     .header("__connect.errors.topic", "orders")
///     .header("__connect.errors.offset", "17")
///     .header("__connect.errors.partition", "nonsense");
/// let origin = FailureHeaders::read(&record.headers).origin.unwrap();
/// assert_eq!((origin.topic.as_str(), origin.partition, origin.offset), ("orders", None, Some(17)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureHeaders {
    /// Where the record was received that failed first.
    pub origin: Option<Origin>,
    /// The group whose member has failed to process it; of Kafka Connect, the connector.
    pub group: Option<String>,
    /// The [class](crate::HandlerError#class) of the error.
    pub error_class: Option<String>,
    /// What the error says.
    pub error_message: Option<String>,
    /// How often it was tried in all.
    pub attempts: Option<u32>,
    /// Of a record in a retry topic: which delivery this is, 2 in the first one.
    pub delivery: Option<u32>,
    /// Of a record in a retry topic: when it is to be tried again.
    pub due: Option<Timestamp>,
    /// How often it was sent back from a dead letter topic.
    pub replays: u32,
}

/// Where a record was received that failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Origin {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: Option<i32>,
    /// The offset.
    pub offset: Option<i64>,
}

impl Origin {
    pub(super) fn new(topic: &str, partition: Option<i32>, offset: Option<i64>) -> Self {
        Self { topic: topic.to_owned(), partition, offset }
    }

    /// Reads what [`Display`](fmt::Display) writes.
    fn parse(text: &str) -> Option<Self> {
        let (topic, place) = text.split_once('/')?;
        let (partition, offset) = place.split_once('@')?;
        let number = |text: &str| (text != "?").then(|| text.parse::<i64>().ok().filter(|number| *number >= 0));
        let partition = number(partition).flatten().and_then(|partition| i32::try_from(partition).ok());
        (!topic.is_empty()).then(|| Self::new(topic, partition, number(offset).flatten()))
    }
}

/// `topic/partition@offset`, with `?` for what is not known.
impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.topic)?;
        match self.partition {
            Some(partition) => write!(formatter, "/{partition}")?,
            None => formatter.write_str("/?")?,
        }
        match self.offset {
            Some(offset) => write!(formatter, "@{offset}"),
            None => formatter.write_str("@?"),
        }
    }
}

impl FailureHeaders {
    /// Reads them. A record that has not failed has nothing of all this.
    pub fn read(headers: &Headers) -> Self {
        Self {
            origin: [&SPRING_DEAD_LETTER, &SPRING_RETRY]
                .into_iter()
                .find_map(|names| spring_origin(headers, names))
                .or_else(|| connect_origin(headers)),
            group: first_text(headers, [SPRING_DEAD_LETTER.group, SPRING_RETRY.group, connect::CONNECTOR]),
            error_class: error_class(headers),
            error_message: first_text(headers, [SPRING_DEAD_LETTER.message, SPRING_RETRY.message, connect::MESSAGE]),
            attempts: count(headers, SPRING_ATTEMPTS).or_else(|| count(headers, connect::ATTEMPTS)),
            delivery: count(headers, RETRY_DELIVERY),
            due: headers.get(RETRY_DUE).and_then(big_integer).map(Timestamp::from),
            replays: headers.get(REPLAYS).and_then(text).and_then(|replays| replays.parse().ok()).unwrap_or(0),
        }
    }

    /// Where a record was received that was sent back from a dead letter topic later.
    pub(super) fn first_origin(headers: &Headers) -> Option<Origin> {
        Origin::parse(headers.get(FIRST_ORIGIN).and_then(text)?)
    }
}

/// The headers of a record that is sent back to its topic from a dead letter topic: what tells of its failure is
/// removed, the replay is counted, and where it first came from is kept, for the case that it fails again.
///
/// ```
/// use kafka_typed::connection::ConsumerRecord;
/// use kafka_typed::failure::{FailureHeaders, replay_headers};
///
/// let dead_letter = ConsumerRecord::new(None)
///     .header("tenant", "acme")
///     .header("kafka_dlt-original-topic", "orders")
///     .header("kafka_dlt-exception-message", "the amount is negative");
/// let headers = replay_headers(&dead_letter.headers);
/// assert_eq!(headers.get("tenant"), Some(&b"acme"[..]));
/// assert_eq!(headers.get("kafka_dlt-exception-message"), None);
/// assert_eq!(FailureHeaders::read(&headers).replays, 1);
/// ```
pub fn replay_headers(headers: &Headers) -> Headers {
    let found = FailureHeaders::read(headers);
    let first_origin = FailureHeaders::first_origin(headers).or(found.origin);
    let mut replayed = without_failure(headers, |name| matches!(name, REPLAYS | FIRST_ORIGIN));
    replayed.push(REPLAYS.to_owned(), Some(found.replays.saturating_add(1).to_string().into_bytes()));
    if let Some(origin) = first_origin {
        replayed.push(FIRST_ORIGIN.to_owned(), Some(origin.to_string().into_bytes()));
    }
    replayed
}

/// The headers that do not tell of a failure, but for these others.
pub(super) fn without_failure(headers: &Headers, also: impl Fn(&str) -> bool) -> Headers {
    let others = headers.iter().filter(|(name, _)| !tells_of_a_failure(name) && !also(name));
    others.map(|(name, value)| (name.to_owned(), value.map(<[u8]>::to_vec))).collect()
}

fn spring_origin(headers: &Headers, names: &SpringNames) -> Option<Origin> {
    let topic = headers.get(names.topic).and_then(text)?;
    let partition = headers.get(names.partition).and_then(integer).filter(|partition| *partition >= 0);
    let offset = headers.get(names.offset).and_then(long).filter(|offset| *offset >= 0);
    Some(Origin::new(topic, partition, offset))
}

fn connect_origin(headers: &Headers) -> Option<Origin> {
    let number = |name| headers.get(name).and_then(text)?.parse::<i64>().ok().filter(|number| *number >= 0);
    let topic = headers.get(connect::TOPIC).and_then(text)?;
    let partition = number(connect::PARTITION).and_then(|partition| i32::try_from(partition).ok());
    Some(Origin::new(topic, partition, number(connect::OFFSET)))
}

/// Spring wraps the error of a listener, which is then the cause.
fn error_class(headers: &Headers) -> Option<String> {
    let class = first_text(headers, [SPRING_DEAD_LETTER.class, SPRING_RETRY.class, connect::CLASS])?;
    if class == SPRING_WRAPPER
        && let Some(cause) = SPRING_CAUSES.iter().find_map(|name| headers.get(name).and_then(text))
    {
        return Some(cause.to_owned());
    }
    Some(class)
}

fn first_text<const N: usize>(headers: &Headers, names: [&str; N]) -> Option<String> {
    names.iter().find_map(|name| headers.get(name).and_then(text)).map(str::to_owned)
}

/// A number from 1.
fn count(headers: &Headers, name: &str) -> Option<u32> {
    headers.get(name).and_then(integer).and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0)
}
