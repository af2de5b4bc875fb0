//! `cargo avro tail`: messages of a topic as JSON lines.

use std::collections::HashSet;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::Offset;
use rdkafka::types::RDKafkaErrorCode;
use serde_json::json;

use crate::answer::{Answer, counted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::headers::headers;
use crate::interruption::Interruption;
use crate::kafka::KafkaArguments;
use crate::key;
use crate::reader::{Message, Reader, ReaderArguments};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The topic.
    topic: String,
    /// Where to begin: `beginning`, `end`, an offset, or `-N`, the last N messages of each partition.
    #[arg(long, default_value = "end", allow_hyphen_values = true)]
    from: From,
    /// Only this partition.
    #[arg(long)]
    partition: Option<i32>,
    /// Stop after so many messages.
    #[arg(long)]
    count: Option<u64>,
    /// Stop at the end, instead of waiting for more.
    #[arg(long)]
    no_follow: bool,
    /// Print `{"key": …, "value": …}`, which `produce --keyed` reads. With --json there is always the key.
    #[arg(long)]
    key: bool,
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    kafka: KafkaArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Beginning,
    End,
    Offset(i64),
    Last(i64),
}

impl FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<From, String> {
        match (text, text.parse::<i64>()) {
            ("beginning", _) => Ok(From::Beginning),
            ("end", _) => Ok(From::End),
            (_, Ok(number)) if number < 0 => Ok(From::Last(number.saturating_neg())),
            (_, Ok(number)) => Ok(From::Offset(number)),
            _ => Err("write `beginning`, `end`, an offset, or `-N` for the last N messages".to_owned()),
        }
    }
}

/// Nothing is stored for the group and nobody joins it: librdkafka only wants a name.
const DEFAULTS: [(&str, &str); 6] = [
    ("group.id", "cargo-avro-tail"),
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("enable.partition.eof", "true"),
    ("auto.offset.reset", "earliest"),
    // Somebody is watching.
    ("fetch.wait.max.ms", "100"),
];

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let config = arguments.kafka.config(&DEFAULTS)?;
    let reader = arguments.reader.reader()?;
    let consumer: BaseConsumer = config.create().map_err(|error| arguments.kafka.failure(&error))?;
    let mut unfinished = assign(&consumer, arguments, answer)?;
    let interruption = Interruption::install();
    let (mut seen, mut failed) = (0, 0);
    while !interruption.is_wanted() && arguments.count.is_none_or(|count| seen < count) {
        match consumer.poll(Duration::from_millis(100)) {
            None => {}
            Some(Ok(message)) => {
                seen += 1;
                failed += u64::from(!print(&message, &reader, arguments, answer)?);
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                unfinished.remove(&partition);
                if arguments.no_follow && unfinished.is_empty() {
                    break;
                }
            }
            Some(Err(error)) if is_final(&error) => return Err(arguments.kafka.failure(&error)),
            // Brokers come and go; librdkafka goes on as soon as they are back.
            Some(Err(error)) => {
                let topic = arguments.topic.as_str();
                answer.error_beside(&json!({ "topic": topic }), topic, &[error.to_string()]);
            }
        }
    }
    Ok(if failed == 0 { Exit::Fine } else { Exit::Differs })
}

/// Whether nothing more will come.
fn is_final(error: &KafkaError) -> bool {
    let is_refusal = |code: RDKafkaErrorCode| {
        matches!(
            code,
            RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::UnknownTopic
                | RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::UnknownPartition
                // The fetcher asks for the same batch for ever.
                | RDKafkaErrorCode::NotImplemented
                | RDKafkaErrorCode::BadCompression
        )
    };
    matches!(error, KafkaError::MessageConsumptionFatal(_)) || error.rdkafka_error_code().is_some_and(is_refusal)
}

/// Begins with the partitions, and gives their numbers.
fn assign(consumer: &BaseConsumer, arguments: &Arguments, answer: &Answer) -> Result<HashSet<i32>, Failure> {
    let topic = arguments.topic.as_str();
    let ask = |left| consumer.fetch_metadata(Some(topic), left);
    let mut partitions = arguments.kafka.partitions(topic, false, ask)?;
    if let Some(wanted) = arguments.partition {
        let count = partitions.len();
        partitions.retain(|partition| *partition == wanted);
        if partitions.is_empty() {
            return Err(Failure::usage(
                format!("topic `{topic}` has no partition {wanted}"),
                format!("it has {}, counted from 0", counted(count, "partition")),
            ));
        }
    }
    let mut list = TopicPartitionList::new();
    for (partition, offset) in first_offsets(consumer, &partitions, arguments, answer)? {
        list.add_partition_offset(topic, partition, offset).map_err(|error| arguments.kafka.failure(&error))?;
    }
    consumer.assign(&list).map_err(|error| arguments.kafka.failure(&error))?;
    Ok(partitions.into_iter().collect())
}

/// Where to begin in each partition. An offset that a partition does not have is said, since brokers answer it with the
/// beginning.
fn first_offsets(
    consumer: &BaseConsumer,
    partitions: &[i32],
    arguments: &Arguments,
    answer: &Answer,
) -> Result<Vec<(i32, Offset)>, Failure> {
    let wanted = match arguments.from {
        From::Beginning => return Ok(of_each(partitions, Offset::Beginning)),
        From::End => return Ok(of_each(partitions, Offset::End)),
        From::Last(count) => return Ok(of_each(partitions, Offset::OffsetTail(count))),
        From::Offset(offset) => offset,
    };
    let topic = arguments.topic.as_str();
    let (mut offsets, mut others) = (Vec::new(), Vec::new());
    for partition in partitions {
        let bounds = consumer.fetch_watermarks(topic, *partition, arguments.kafka.timeout());
        let (first, end) = bounds.map_err(|error| arguments.kafka.failure(&error))?;
        if !(first..=end).contains(&wanted) {
            others.push(format!("partition {partition} has {first} to {end}"));
        }
        offsets.push((*partition, Offset::Offset(wanted.clamp(first, end.max(first)))));
    }
    if others.len() == partitions.len() {
        return Err(Failure::usage(
            format!("no partition of topic `{topic}` has the offset {wanted}: {}", others.join(", ")),
            "offsets count the messages of a partition, from 0; to begin at a time is not supported",
        ));
    }
    if !others.is_empty() {
        answer.warn(format!(
            "not every partition has the offset {wanted}, and the nearest is taken: {}",
            others.join(", ")
        ));
    }
    Ok(offsets)
}

fn of_each(partitions: &[i32], offset: Offset) -> Vec<(i32, Offset)> {
    partitions.iter().map(|partition| (*partition, offset)).collect()
}

/// Prints a message, or what is wrong with it; says whether it could be read.
fn print(
    message: &BorrowedMessage<'_>,
    reader: &Reader,
    arguments: &Arguments,
    answer: &Answer,
) -> Result<bool, Failure> {
    let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
    let read = match message.payload() {
        // A tombstone.
        None => Ok(Message { json: "null".to_owned(), id: None }),
        Some(payload) => reader.read_record(payload, &headers(message))?,
    };
    let value = match read {
        Ok(value) => value,
        Err(causes) => {
            let place = json!({ "topic": topic, "partition": partition, "offset": offset });
            answer.error_beside(&place, &format!("{topic}/{partition}@{offset}"), &causes);
            return Ok(false);
        }
    };
    // The JSON of the value is put in as it is, which keeps the order of its fields.
    let Message { json, id } = value;
    let key = key::to_json(message.key());
    answer.json_text(&match (answer.as_json, arguments.key) {
        (true, _) => {
            let id = id.map_or_else(|| "null".to_owned(), |id| id.to_string());
            let time = message.timestamp().to_millis().map_or_else(|| "null".to_owned(), |millis| millis.to_string());
            format!(
                "{{\"partition\":{partition},\"offset\":{offset},\"timestamp\":{time},\"key\":{key},\"id\":{id},\"value\":{json}}}"
            )
        }
        (false, true) => format!("{{\"key\":{key},\"value\":{json}}}"),
        (false, false) => json,
    });
    Ok(true)
}
