//! `cargo avro produce`: JSON lines to messages of a topic.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use avro_typed::json::from_json;
use clap::Args;
use rdkafka::ClientContext;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::types::RDKafkaErrorCode;
use serde_json::{Value, json};

use crate::answer::{Answer, counted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::interruption::Interruption;
use crate::kafka::KafkaArguments;
use crate::key;
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

const DEFAULTS: [(&str, &str); 3] =
    [("linger.ms", "5"), ("enable.idempotence", "true"), ("partitioner", "murmur2_random")];

/// What became of the messages, as the client says it.
#[derive(Default)]
struct Deliveries(Mutex<Vec<Delivery>>);

struct Delivery {
    line: usize,
    partition: i32,
    offset: i64,
    error: Option<KafkaError>,
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, line: Box<usize>) {
        let (message, error) = match result {
            Ok(message) => (message, None),
            Err((error, message)) => (message, Some(error.clone())),
        };
        let delivery = Delivery { line: *line, partition: message.partition(), offset: message.offset(), error };
        if let Ok(mut list) = self.0.lock() {
            list.push(delivery);
        }
    }
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let topic = arguments.topic.as_str();
    let config = arguments.kafka.config(&DEFAULTS)?;
    let writer = arguments.writer.writer(Some(topic))?;
    let producer: BaseProducer<Deliveries> =
        config.create_with_context(Deliveries::default()).map_err(|error| arguments.kafka.failure(&error))?;
    // Asked first: otherwise every message would wait in vain for a broker that is not there.
    let ask = |left| producer.client().fetch_metadata(Some(topic), left);
    let partitions = arguments.kafka.partitions(topic, true, ask)?;
    if let Some(partition) = arguments.partition.filter(|partition| !partitions.contains(partition)) {
        return Err(Failure::usage(
            format!("topic `{topic}` has no partition {partition}"),
            format!("it has {}, counted from 0", counted(partitions.len(), "partition")),
        ));
    }
    let interruption = Interruption::install();
    let mut tally = Tally { sent: 0, failed: 0, arguments, answer };
    let mut read = 0;
    let input = BufReader::new(input::open(&arguments.input)?);
    for (index, line) in input.lines().enumerate() {
        if interruption.is_wanted() || arguments.count.is_some_and(|count| read >= count) {
            break;
        }
        let line = line.map_err(|error| Failure::file("read", &arguments.input, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        read += 1;
        match message(&line, &writer, arguments) {
            Ok((key, payload)) => send(&producer, index + 1, key.as_deref(), payload.as_deref(), arguments)?,
            Err(reason) => tally.failed_line(index + 1, reason),
        }
        producer.poll(Duration::ZERO);
        tally.take(&producer);
    }
    let deadline = Instant::now() + arguments.kafka.timeout().max(Duration::from_secs(30));
    while producer.in_flight_count() > 0 && Instant::now() < deadline {
        producer.poll(Duration::from_millis(50));
        tally.take(&producer);
    }
    tally.take(&producer);
    let waiting = producer.in_flight_count();
    if waiting > 0 {
        return Err(Failure::Message {
            exit: Exit::Unreachable,
            message: format!(
                "the brokers did not acknowledge {}",
                counted(usize::try_from(waiting).unwrap_or(0), "message")
            ),
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
    let json: Value = serde_json::from_str(line).map_err(|error| format!("it is no JSON: {error}"))?;
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

/// Hands a message to the client, and waits while its queue is full.
fn send(
    producer: &BaseProducer<Deliveries>,
    line: usize,
    key: Option<&[u8]>,
    payload: Option<&[u8]>,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let mut record = BaseRecord::<[u8], [u8], Box<usize>>::with_opaque_to(&arguments.topic, Box::new(line));
    record.key = key;
    record.payload = payload;
    record.partition = arguments.partition;
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                producer.poll(Duration::from_millis(20));
                record = back;
            }
            Err((error, _)) => return Err(arguments.kafka.failure(&error)),
        }
    }
}

/// What was sent, and what was not.
struct Tally<'t> {
    sent: usize,
    failed: usize,
    arguments: &'t Arguments,
    answer: &'t Answer,
}

impl Tally<'_> {
    fn failed_line(&mut self, line: usize, reason: String) {
        self.failed += 1;
        self.answer.error_beside(&json!({ "line": line }), &format!("line {line}"), &[reason]);
    }

    /// Says what has become of messages since it was last asked.
    fn take(&mut self, producer: &BaseProducer<Deliveries>) {
        let list = producer.context().0.lock().map(|mut list| std::mem::take(&mut *list)).unwrap_or_default();
        for Delivery { line, partition, offset, error } in list {
            if let Some(error) = error {
                self.failed_line(line, format!("not sent to {}/{partition}: {error}", self.arguments.topic));
                continue;
            }
            self.sent += 1;
            if self.answer.as_json {
                let topic = &self.arguments.topic;
                let delivered = json!({ "line": line, "topic": topic, "partition": partition, "offset": offset });
                self.answer.json(&delivered);
            }
        }
    }
}
