//! `cargo avro produce`: JSON lines to messages of a topic.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::Duration;

use avro_typed::json::from_json;
use clap::Args;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use kafka_typed::connection::{Connection, ProducerRecord};
use kafka_typed::{Delivery, DeliveryError};
use serde_json::{Value, json};

use crate::answer::{Answer, counted};
use crate::exit::Exit;
use crate::failure::{Failure, causes};
use crate::input;
use crate::interruption::Interruption;
use crate::kafka::{KafkaArguments, no_partition};
use crate::key;
use crate::runtime::runtime;
use crate::writer::{Writer, WriterArguments};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The topic.
    topic: String,
    /// A file with one JSON value a line, in Avro's JSON encoding; `-` is standard input. Fields that are not there
    /// take their defaults.
    #[arg(value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// The key of every message.
    #[arg(long, conflicts_with = "keyed")]
    key: Option<String>,
    /// Each line is `{"key": …, "value": …}`, as `tail --key` prints it; a value of null is a tombstone, which deletes
    /// the key.
    #[arg(long)]
    keyed: bool,
    /// The partition, instead of the one that the key chooses.
    #[arg(long)]
    partition: Option<i32>,
    /// Stop after so many messages.
    #[arg(long)]
    count: Option<u64>,
    #[command(flatten)]
    writer: WriterArguments,
    #[command(flatten)]
    kafka: KafkaArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let connection = arguments.kafka.connection(&[])?;
    let writer = arguments.writer.writer(Some(&arguments.topic))?;
    runtime()?.block_on(send(&connection, &writer, arguments, answer))
}

/// Sends the lines of the input, and reports what becomes of each.
async fn send(
    connection: &Connection,
    writer: &Writer,
    arguments: &Arguments,
    answer: &Answer,
) -> Result<Exit, Failure> {
    let topic = arguments.topic.as_str();
    let producer = connection.raw_producer(topic).build()?;
    // Asked first: otherwise every message would wait in vain for a broker that is not there.
    let partitions = producer.partitions(arguments.kafka.timeout()).await?;
    if let Some(partition) = arguments.partition.filter(|partition| !partitions.contains(partition)) {
        return Err(no_partition(topic, partition, partitions.len()));
    }
    let interruption = Interruption::install();
    let mut tally = Tally { sent: 0, failed: 0, arguments, answer };
    let mut deliveries = FuturesUnordered::new();
    let mut read = 0;
    let input = BufReader::new(input::open(&arguments.input)?);
    for (line, number) in input.lines().zip(1..) {
        if interruption.is_wanted() || arguments.count.is_some_and(|count| read >= count) {
            break;
        }
        let line = line.map_err(|error| Failure::file("read", &arguments.input, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        read += 1;
        match message(&line, writer, arguments) {
            Ok((key, payload)) => {
                let mut record = ProducerRecord::new(payload.as_deref());
                if let Some(key) = &key {
                    record = record.key(key);
                }
                if let Some(header) = writer.header.filter(|_| payload.is_some()) {
                    record = record.header(header.name(), header.value());
                }
                if let Some(partition) = arguments.partition {
                    record = record.partition(partition);
                }
                match producer.enqueue(record).await {
                    Ok(delivery) => deliveries.push(async move { (number, delivery.await) }),
                    Err(error) if error.is_too_large() => tally.failed_line(number, &causes(&error)),
                    Err(error) => return Err(error.into()),
                }
            }
            Err(reason) => tally.failed_line(number, &[reason]),
        }
        while let Some(Some((number, delivered))) = deliveries.next().now_or_never() {
            tally.take(number, delivered);
        }
    }
    let rest = async {
        while let Some((number, delivered)) = deliveries.next().await {
            tally.take(number, delivered);
        }
    };
    let patience = arguments.kafka.timeout().max(Duration::from_secs(30));
    // Whoever is out of patience learns below how many messages that concerns.
    let _ = tokio::time::timeout(patience, rest).await;
    if !deliveries.is_empty() {
        return Err(Failure::Message {
            exit: Exit::Unreachable,
            message: format!("the brokers did not acknowledge {}", counted(deliveries.len(), "message")),
            remedy: "they may have been written all the same: look with `cargo avro tail`".to_owned(),
        });
    }
    if !answer.as_json {
        answer.line(format!("{} sent to {topic}", counted(tally.sent, "message")));
    }
    Ok(if tally.failed == 0 { Exit::Fine } else { Exit::Differs })
}

type KeyAndPayload = (Option<Vec<u8>>, Option<Vec<u8>>);

/// The key and the payload that a line stands for.
fn message(line: &str, writer: &Writer, arguments: &Arguments) -> Result<KeyAndPayload, String> {
    let json: Value = serde_json::from_str(line).map_err(|error| format!("it is not JSON: {error}"))?;
    let (key, value) = match arguments.keyed {
        false => (arguments.key.clone().map(String::into_bytes), &json),
        true => {
            let Some(value) = json.get("value") else {
                return Err("it has no `value`; with --keyed a line is {\"key\": …, \"value\": …}".to_owned());
            };
            (key::from_json(json.get("key").unwrap_or(&Value::Null))?, value)
        }
    };
    if arguments.keyed && value.is_null() && key.is_some() {
        return Ok((key, None));
    }
    let datum = from_json(&writer.schema, value).map_err(|error| error.to_string())?;
    Ok((key, Some([writer.prefix.as_slice(), &datum].concat())))
}

/// What was sent, and what was not.
struct Tally<'t> {
    sent: usize,
    failed: usize,
    arguments: &'t Arguments,
    answer: &'t Answer,
}

impl Tally<'_> {
    fn failed_line(&mut self, line: usize, reasons: &[String]) {
        self.failed += 1;
        self.answer.error_beside(&json!({ "line": line }), &format!("line {line}"), reasons);
    }

    /// Reports what has become of a message.
    fn take(&mut self, line: usize, delivered: Result<Delivery, DeliveryError>) {
        let delivery = match delivered {
            Ok(delivery) => delivery,
            Err(error) => return self.failed_line(line, &causes(&error)),
        };
        self.sent += 1;
        if self.answer.as_json {
            let Delivery { partition, offset, .. } = delivery;
            let topic = &self.arguments.topic;
            self.answer.json(&json!({ "line": line, "topic": topic, "partition": partition, "offset": offset }));
        }
    }
}
