//! `cargo avro tail`: messages of a topic as JSON lines.

use std::str::FromStr;

use clap::Args;
use kafka_typed::connection::{ConsumerRecord, RawConsumer, ReceiveError, StartOffset};
use serde_json::json;

use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::{Failure, causes};
use crate::interruption::Interruption;
use crate::kafka::{self, KafkaArguments};
use crate::key;
use crate::reader::{Message, Reader, ReaderArguments, marked};
use crate::runtime::runtime;

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
    Last(u32),
}

impl FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<From, String> {
        match (text, text.parse::<i64>()) {
            ("beginning", _) => Ok(From::Beginning),
            ("end", _) => Ok(From::End),
            (_, Ok(number)) if number < 0 => Ok(From::Last(u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX))),
            (_, Ok(number)) => Ok(From::Offset(number)),
            _ => Err("write `beginning`, `end`, an offset, or `-N` for the last N messages".to_owned()),
        }
    }
}

/// Somebody is watching.
const DEFAULTS: [(&str, &str); 1] = [("fetch.wait.max.ms", "100")];

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let connection = arguments.kafka.connection(&DEFAULTS)?;
    let reader = arguments.reader.reader()?;
    let runtime = runtime()?;
    let mut consumer = runtime.block_on(async {
        let builder = connection.raw_consumer(&arguments.topic).timeout(arguments.kafka.timeout());
        let mut consumer = builder.setting("allow.auto.create.topics", "false").build()?;
        assign(&mut consumer, arguments, answer).await?;
        Ok::<_, Failure>(consumer)
    })?;
    let interruption = Interruption::install();
    let (mut seen, mut failed) = (0, 0);
    while !interruption.is_wanted() && arguments.count.is_none_or(|count| seen < count) {
        let next = runtime.block_on(async {
            match arguments.no_follow {
                true => tokio::time::timeout(kafka::PAUSE, consumer.next_until_end()).await,
                false => tokio::time::timeout(kafka::PAUSE, consumer.next()).await,
            }
        });
        match next {
            // Nothing came in time.
            Err(_) => {}
            Ok(None) => break,
            Ok(Some(Ok(record))) => {
                seen += 1;
                failed += u64::from(!print(&record, &reader, arguments, answer)?);
            }
            Ok(Some(Err(error))) if kafka::is_final(&error) => return Err(failure(error)),
            // Brokers come and go; librdkafka goes on as soon as they are back.
            Ok(Some(Err(error))) => {
                let topic = arguments.topic.as_str();
                answer.error_beside(&json!({ "topic": topic }), topic, &causes(&error));
            }
        }
    }
    Ok(if failed == 0 { Exit::Fine } else { Exit::Differs })
}

fn failure(error: ReceiveError) -> Failure {
    match &error {
        ReceiveError::Undecompressable { topic, source, .. } => Failure::refused(
            format!("a batch of topic `{topic}` cannot be decompressed, and nothing after it can be reached: {source}"),
            "for zstd install cargo-avro with --features zstd; otherwise begin after the batch with --from OFFSET",
        ),
        _ => error.into(),
    }
}

/// Begins with the partitions.
async fn assign(consumer: &mut RawConsumer, arguments: &Arguments, answer: &Answer) -> Result<(), Failure> {
    let topic = arguments.topic.as_str();
    let mut partitions = consumer.partitions().await?;
    if let Some(wanted) = arguments.partition {
        let count = partitions.len();
        partitions.retain(|partition| *partition == wanted);
        if partitions.is_empty() {
            return Err(kafka::no_partition(topic, wanted, count));
        }
    }
    let starts = starts(consumer, &partitions, arguments, answer).await?;
    Ok(consumer.assign(partitions.into_iter().zip(starts)).await?)
}

/// Where to begin in each partition. An offset that a partition does not have is reported, since brokers answer it with
/// the beginning.
async fn starts(
    consumer: &RawConsumer,
    partitions: &[i32],
    arguments: &Arguments,
    answer: &Answer,
) -> Result<Vec<StartOffset>, Failure> {
    let wanted = match arguments.from {
        From::Beginning => return Ok(vec![StartOffset::Beginning; partitions.len()]),
        From::End => return Ok(vec![StartOffset::End; partitions.len()]),
        From::Last(count) => return Ok(vec![StartOffset::Last(count); partitions.len()]),
        From::Offset(offset) => offset,
    };
    let topic = arguments.topic.as_str();
    let (mut starts, mut others) = (Vec::new(), Vec::new());
    for partition in partitions {
        let offsets = consumer.offsets(*partition).await?;
        if !(offsets.start..=offsets.end).contains(&wanted) {
            others.push(format!("partition {partition} has {} to {}", offsets.start, offsets.end));
        }
        starts.push(StartOffset::Offset(wanted.clamp(offsets.start, offsets.end.max(offsets.start))));
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
    Ok(starts)
}

/// Prints a message, or what is wrong with it; returns whether it could be read.
fn print(record: &ConsumerRecord, reader: &Reader, arguments: &Arguments, answer: &Answer) -> Result<bool, Failure> {
    let ConsumerRecord { topic, partition, offset, .. } = record;
    let read = match &record.payload {
        // A tombstone.
        None => Ok(Message { json: "null".to_owned(), id: None }),
        Some(payload) => reader.read_record(payload, &record.headers)?,
    };
    let value = match read {
        Ok(value) => value,
        Err(causes) => {
            let place = json!({ "topic": &**topic, "partition": partition, "offset": offset });
            answer.error_beside(&place, &format!("{topic}/{partition}@{offset}"), &causes);
            return Ok(false);
        }
    };
    // The JSON of the value is put in as it is, which keeps the order of its fields.
    let Message { json, id } = value;
    let key = key::to_json(record.key.as_deref());
    answer.json_text(&match (answer.as_json, arguments.key) {
        (true, _) => {
            let id = marked(id);
            let time = record.timestamp.map_or_else(|| "null".to_owned(), |time| time.as_millis().to_string());
            format!(
                "{{\"partition\":{partition},\"offset\":{offset},\"timestamp\":{time},\"key\":{key},{id},\"value\":{json}}}"
            )
        }
        (false, true) => format!("{{\"key\":{key},\"value\":{json}}}"),
        (false, false) => json,
    });
    Ok(true)
}
