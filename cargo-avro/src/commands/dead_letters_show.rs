//! `cargo avro dead-letters show`: one message, with everything about it.

use clap::Args;
use kafka_typed::connection::{ConsumerRecord, RawConsumer, StartOffset};
use schema_registry::{SchemaId, WireId};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::dead_letter::{DeadLetter, UNKNOWN, reader};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::kafka::{KafkaArguments, no_partition};
use crate::key;
use crate::payload::Form;
use crate::reader::{Message, ReaderArguments};
use crate::runtime::runtime;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The dead letter topic.
    topic: String,
    /// The partition of the message.
    partition: i32,
    /// Its offset.
    offset: i64,
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    kafka: KafkaArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let connection = arguments.kafka.connection(&[])?;
    let record = runtime()?.block_on(async {
        let consumer = reader(&connection, &arguments.topic, arguments.kafka.timeout())?;
        find(consumer, arguments).await
    })?;
    let letter = DeadLetter::new(record);
    let value = read(&letter.record, arguments);
    match answer.as_json {
        true => print_json(&letter, value, answer),
        false => print(&letter, value, answer),
    }
    Ok(Exit::Fine)
}

async fn find(mut consumer: RawConsumer, arguments: &Arguments) -> Result<ConsumerRecord, Failure> {
    let Arguments { topic, partition, offset, .. } = arguments;
    let partitions = consumer.partitions().await?;
    if !partitions.contains(partition) {
        return Err(no_partition(topic, *partition, partitions.len()));
    }
    let offsets = consumer.offsets(*partition).await?;
    if !offsets.contains(offset) {
        return Err(Failure::usage(
            format!("partition {partition} of topic `{topic}` has no message at offset {offset}"),
            match offsets.is_empty() {
                true => "it has no messages".to_owned(),
                false => format!("it has the offsets {} to {}", offsets.start, offsets.end - 1),
            },
        ));
    }
    consumer.assign([(*partition, StartOffset::Offset(*offset))]).await?;
    match tokio::time::timeout(arguments.kafka.timeout(), consumer.next_until_end()).await {
        Ok(Some(Ok(record))) if record.offset == *offset => Ok(record),
        Ok(Some(Err(error))) => Err(error.into()),
        Ok(_) => Err(Failure::refused(
            format!("partition {partition} of topic `{topic}` no longer has the message at offset {offset}"),
            "compaction has removed it; list the others with `cargo avro dead-letters list TOPIC --messages`",
        )),
        Err(_) => Err(Failure::Message {
            exit: Exit::Unreachable,
            message: format!("the message did not come within {} seconds", arguments.kafka.timeout().as_secs()),
            remedy: "check whether the brokers can be reached, or give --timeout more".to_owned(),
        }),
    }
}

/// The value, or why it can only be shown as bytes. The command succeeds all the same: what cannot be read is what dead
/// letter topics are for.
fn read(record: &ConsumerRecord, arguments: &Arguments) -> Result<Message, String> {
    let Some(payload) = &record.payload else { return Ok(Message { json: "null".to_owned(), id: None }) };
    let read = arguments.reader.reader().and_then(|reader| reader.read_record(payload, &record.headers));
    match read {
        Ok(Ok(message)) => Ok(message),
        Ok(Err(causes)) => Err(causes.join(": ")),
        Err(failure) => Err(failure.text().0.join(": ")),
    }
}

fn print(letter: &DeadLetter, value: Result<Message, String>, answer: &Answer) {
    let unknown = || UNKNOWN.to_owned();
    let told = &letter.told;
    let lines = [
        ("time", letter.time()),
        ("origin", letter.origin().map_or_else(unknown, ToString::to_string)),
        ("group", told.group.clone().unwrap_or_else(unknown)),
        ("error class", letter.class().to_owned()),
        ("error", told.error_message.clone().unwrap_or_else(unknown)),
        ("attempts", told.attempts.map_or_else(unknown, |attempts| attempts.to_string())),
        ("replays", told.replays.to_string()),
    ];
    for (name, value) in lines {
        answer.line(format!("{name}: {value}"));
    }
    for (name, value) in letter.record.headers.iter() {
        answer.line(format!("header {name}: {}", bytes(value)));
    }
    answer.line(format!("key: {}", bytes(letter.record.key.as_deref())));
    match value {
        Ok(message) => {
            if let Some(id) = message.id {
                answer.line(match id {
                    WireId::Guid(guid) => format!("schema GUID: {guid}"),
                    WireId::GlobalId(id) => format!("schema globalId: {id}"),
                    id => format!("schema id: {id}"),
                });
            }
            answer.json_text(&message.json);
        }
        Err(reason) => {
            answer.line(format!("value: {}", hex(letter.record.payload.as_deref().unwrap_or_default())));
            answer.line(format!("it cannot be decoded: {reason}"));
        }
    }
}

fn print_json(letter: &DeadLetter, value: Result<Message, String>, answer: &Answer) {
    let mut object = match letter.as_json() {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let headers = letter.record.headers.iter();
    let headers = headers.map(|(name, value)| json!({ "name": name, "value": key::to_json(value) }));
    object.insert("headers".to_owned(), headers.collect());
    object.insert("key".to_owned(), key::to_json(letter.record.key.as_deref()));
    object.insert("payload".to_owned(), letter.record.payload.as_deref().map(hex).into());
    if let Err(reason) = &value {
        object.insert("problem".to_owned(), json!(reason));
    }
    let id = value.as_ref().ok().and_then(|message| message.id);
    object.insert("id".to_owned(), id.and_then(WireId::id).map(SchemaId::get).into());
    if let Some(guid) = id.and_then(WireId::guid) {
        object.insert("guid".to_owned(), json!(guid.to_string()));
    }
    let object = Value::Object(object).to_string();
    // The JSON of the value is put in as it is, which keeps the order of its fields.
    let value = value.map_or_else(|_| "null".to_owned(), |message| message.json);
    answer.json_text(&format!("{},\"value\":{value}}}", object.strip_suffix('}').unwrap_or(&object)));
}

/// Text as it is, and other bytes as hexadecimal digits.
fn bytes(value: Option<&[u8]>) -> String {
    let Some(value) = value else { return "null".to_owned() };
    match std::str::from_utf8(value) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => hex(value),
    }
}

fn hex(value: &[u8]) -> String {
    format!("0x{}", Form::Hex.text_of(value))
}
