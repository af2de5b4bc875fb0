//! Messages of a dead letter topic, and which of them a command is about.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use kafka_typed::connection::{Connection, ConsumerRecord, RawConsumer, StartOffset};
use kafka_typed::failure::{FailureHeaders, Origin};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::failure::{Failure, causes};
use crate::interruption::Interruption;
use crate::kafka;
use crate::time;

#[derive(Args)]
pub(crate) struct SelectionArguments {
    /// Only messages that come from this topic.
    #[arg(long, value_name = "TOPIC")]
    origin: Option<String>,
    /// Only messages with this class of error.
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// Only this partition of the dead letter topic.
    #[arg(long)]
    pub(crate) partition: Option<i32>,
    /// Only messages of this time and later: `2026-03-31T12:00:00Z`, a day in UTC, or milliseconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    since: Option<i64>,
    /// Only messages before this time.
    #[arg(long, value_name = "TIME", value_parser = time::parse, allow_hyphen_values = true)]
    until: Option<i64>,
}

impl SelectionArguments {
    pub(crate) fn contains(&self, letter: &DeadLetter) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| wanted.is_none() || wanted.as_deref() == found;
        let time = letter.record.timestamp.map(|time| time.as_millis());
        is(&self.origin, letter.origin().map(|origin| origin.topic.as_str()))
            && is(&self.class, letter.told.error_class.as_deref())
            && self.partition.is_none_or(|partition| partition == letter.record.partition)
            && self.since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && self.until.is_none_or(|until| time.is_some_and(|time| time < until))
    }

    /// What is selected, in a text that is the same for the same selection; empty for everything.
    pub(crate) fn name(&self) -> String {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let parts = [
            ("origin", self.origin.clone()),
            ("class", self.class.clone()),
            ("partition", self.partition.map(|partition| partition.to_string())),
            ("since", number(self.since)),
            ("until", number(self.until)),
        ];
        let parts = parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        parts.collect::<Vec<_>>().join("&")
    }
}

/// A message with what its headers tell of its failure.
pub(crate) struct DeadLetter {
    pub(crate) record: ConsumerRecord,
    pub(crate) told: FailureHeaders,
}

impl DeadLetter {
    pub(crate) fn new(record: ConsumerRecord) -> DeadLetter {
        let told = FailureHeaders::read(&record.headers);
        DeadLetter { record, told }
    }

    /// Where the message was received that failed.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.told.origin.as_ref()
    }

    pub(crate) fn class(&self) -> &str {
        self.told.error_class.as_deref().unwrap_or(UNKNOWN)
    }

    /// The place in the dead letter topic, `partition@offset`.
    pub(crate) fn place(&self) -> String {
        format!("{}@{}", self.record.partition, self.record.offset)
    }

    pub(crate) fn time(&self) -> String {
        self.record.timestamp.map_or_else(|| UNKNOWN.to_owned(), |timestamp| time::text(timestamp.as_millis()))
    }

    /// The place, and what is told of the failure.
    pub(crate) fn as_json(&self) -> Value {
        let origin = self.origin();
        json!({
            "partition": self.record.partition,
            "offset": self.record.offset,
            "timestamp": self.record.timestamp.map(|time| time.as_millis()),
            "origin": origin.map(|origin| {
                json!({ "topic": origin.topic, "partition": origin.partition, "offset": origin.offset })
            }),
            "group": self.told.group,
            "class": self.told.error_class,
            "message": self.told.error_message,
            "attempts": self.told.attempts,
            "replays": self.told.replays,
        })
    }
}

/// For what headers do not tell.
pub(crate) const UNKNOWN: &str = "-";

/// A consumer that creates no topic.
pub(crate) fn reader(connection: &Connection, topic: &str, timeout: Duration) -> Result<RawConsumer, Failure> {
    let builder = connection.raw_consumer(topic).timeout(timeout);
    Ok(builder.setting("allow.auto.create.topics", "false").build()?)
}

/// The partitions that have messages, with the offset after the last one.
pub(crate) async fn ends(consumer: &RawConsumer, partition: Option<i32>) -> Result<BTreeMap<i32, i64>, Failure> {
    let partitions = consumer.partitions().await?;
    if let Some(wanted) = partition.filter(|wanted| !partitions.contains(wanted)) {
        return Err(kafka::no_partition(consumer.topic(), wanted, partitions.len()));
    }
    let mut ends = BTreeMap::new();
    for found in partitions.into_iter().filter(|found| partition.is_none_or(|wanted| wanted == *found)) {
        let offsets = consumer.offsets(found).await?;
        if !offsets.is_empty() {
            ends.insert(found, offsets.end);
        }
    }
    Ok(ends)
}

/// Visits every message that the topic has now, and that is selected. Returns whether that was not interrupted.
pub(crate) async fn visit(
    mut consumer: RawConsumer,
    selection: &SelectionArguments,
    answer: &Answer,
    mut visitor: impl FnMut(DeadLetter),
) -> Result<bool, Failure> {
    let interruption = Interruption::install();
    let mut ends = ends(&consumer, selection.partition).await?;
    consumer.assign(ends.keys().map(|partition| (*partition, StartOffset::Beginning))).await?;
    while !ends.is_empty() {
        if interruption.is_wanted() {
            return Ok(false);
        }
        match tokio::time::timeout(kafka::PAUSE, consumer.next_until_end()).await {
            // Nothing came in time.
            Err(_) => {}
            Ok(None) => break,
            Ok(Some(Err(error))) if kafka::is_final(&error) => return Err(error.into()),
            Ok(Some(Err(error))) => {
                let topic = consumer.topic();
                answer.error_beside(&json!({ "topic": topic }), topic, &causes(&error));
            }
            Ok(Some(Ok(record))) => {
                let Some(end) = ends.get(&record.partition).copied() else { continue };
                if record.offset + 1 >= end {
                    ends.remove(&record.partition);
                }
                let letter = DeadLetter::new(record);
                if letter.record.offset < end && selection.contains(&letter) {
                    visitor(letter);
                }
            }
        }
    }
    Ok(true)
}
