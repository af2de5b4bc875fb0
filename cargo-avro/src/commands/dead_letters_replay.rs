//! `cargo avro dead-letters replay`: messages back to the topics that they come from.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use clap::Args;
use kafka_typed::connection::{Connection, ProducerRecord, RawConsumer, RawProducer, StartOffset};
use kafka_typed::failure::replay_headers;
use kafka_typed::{CommitError, DeliveryError, DeliveryFuture};
use serde_json::json;

use super::dead_letters_list::Tallies;
use crate::answer::{Answer, counted};
use crate::dead_letter::{DeadLetter, SelectionArguments, ends, reader};
use crate::exit::Exit;
use crate::failure::{Failure, causes};
use crate::interruption::Interruption;
use crate::kafka::{self, KafkaArguments};
use crate::progress;
use crate::runtime::runtime;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The dead letter topic.
    topic: String,
    #[command(flatten)]
    selection: SelectionArguments,
    /// Only the message at this offset of --partition, whether it was sent back before or not; may be given several
    /// times.
    #[arg(long = "offset", value_name = "OFFSET", requires = "partition")]
    offsets: Vec<i64>,
    /// Send them to this topic, instead of the one that each comes from.
    #[arg(long, value_name = "TOPIC")]
    to: Option<String>,
    /// Stop after so many messages.
    #[arg(long)]
    count: Option<u64>,
    /// The consumer group that remembers what was sent back; by default one for this topic and selection.
    #[arg(long, conflicts_with = "offsets")]
    group: Option<String>,
    /// Send nothing, and show what would be sent.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    kafka: KafkaArguments,
}

/// Where a run was killed, the next one waits until the group has noticed it.
const DEFAULTS: [(&str, &str); 3] =
    [("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "1000"), ("fetch.wait.max.ms", "100")];

/// How many messages are on their way at once, and at most sent again after a run that was killed.
const CHUNK: usize = 500;

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let connection = arguments.kafka.connection(&DEFAULTS)?;
    runtime()?.block_on(replay(&connection, arguments, answer))
}

async fn replay(connection: &Connection, arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let plain = reader(connection, &arguments.topic, arguments.kafka.timeout())?;
    let partition = if arguments.offsets.is_empty() { None } else { arguments.selection.partition };
    // What comes later, such as a message that fails again, is for another run.
    let ends = ends(&plain, partition).await?;
    let mut replay = Replay {
        connection,
        arguments,
        answer,
        targets: HashMap::new(),
        on_their_way: Vec::new(),
        would_be_sent: Tallies::default(),
        sent: BTreeMap::new(),
        chosen: 0,
        failed: 0,
    };
    let exit = match arguments.offsets.is_empty() {
        true => replay.in_group(ends).await?,
        false => replay.of_offsets(plain, &ends).await?,
    };
    replay.report();
    Ok(exit)
}

struct Replay<'r> {
    connection: &'r Connection,
    arguments: &'r Arguments,
    answer: &'r Answer,
    targets: HashMap<String, Target>,
    on_their_way: Vec<(Place, DeliveryFuture)>,
    would_be_sent: Tallies,
    /// How many messages by topic.
    sent: BTreeMap<String, usize>,
    /// How many messages were sent, or would be.
    chosen: u64,
    failed: usize,
}

fn not_committed(error: CommitError) -> Failure {
    Failure::Error(Exit::Unreachable, Box::new(error))
}

/// A topic that messages are sent back to.
struct Target {
    producer: RawProducer,
    partitions: Vec<i32>,
}

/// Where a message is in the dead letter topic.
#[derive(Clone, Copy)]
struct Place {
    partition: i32,
    offset: i64,
}

impl Replay<'_> {
    /// Every message that is selected and that the group has not passed yet, up to the ends.
    async fn in_group(&mut self, mut ends: BTreeMap<i32, i64>) -> Result<Exit, Failure> {
        let interruption = Interruption::install();
        let bar = progress::bar("messages", self.messages(&ends));
        let mut consumer = self.member()?;
        let control = consumer.control();
        let topic = self.arguments.topic.as_str();
        let mut idle = Duration::ZERO;
        // Whether the message that came last is one that this run passes.
        let mut is_passed = false;
        while !ends.is_empty() && !interruption.is_wanted() && self.has_room() {
            let record = match tokio::time::timeout(kafka::PAUSE, consumer.next_until_end()).await {
                Err(_) if idle >= self.arguments.kafka.timeout() && control.partitions().is_empty() => {
                    return Err(self.no_partitions());
                }
                // Where a partition is paused, those of which the group has passed everything do not report their end.
                Err(_) if idle >= self.arguments.kafka.timeout() => break,
                Err(_) => {
                    idle += kafka::PAUSE;
                    continue;
                }
                Ok(None) => break,
                Ok(Some(Err(error))) if kafka::is_final(&error) => return Err(error.into()),
                Ok(Some(Err(error))) => {
                    self.answer.error_beside(&json!({ "topic": topic }), topic, &causes(&error));
                    continue;
                }
                Ok(Some(Ok(record))) => record,
            };
            idle = Duration::ZERO;
            let (partition, offset) = (record.partition, record.offset);
            let end = ends.get(&partition).copied().unwrap_or(0);
            if offset + 1 >= end {
                control.pause(topic, partition);
                ends.remove(&partition);
            }
            is_passed = offset < end;
            if !is_passed {
                // The next run begins with it.
                control.seek(topic, partition, StartOffset::Offset(offset)).await?;
                continue;
            }
            let letter = DeadLetter::new(record);
            if self.arguments.selection.contains(&letter)
                && let Err(failure) = self.send_back(&letter).await
            {
                self.deliver().await?;
                // Closing passes what came before this one.
                self.close(consumer).await?;
                return Err(failure);
            }
            bar.inc(1);
            if self.on_their_way.len() >= CHUNK {
                self.deliver().await?;
                consumer.commit().await.map_err(not_committed)?;
            }
        }
        bar.finish_and_clear();
        self.deliver().await?;
        if is_passed && !self.arguments.dry_run {
            consumer.commit().await.map_err(not_committed)?;
        }
        self.close(consumer).await?;
        if interruption.is_wanted() {
            self.answer.warn("interrupted: run it again to go on");
            return Ok(Exit::Differs);
        }
        Ok(self.exit())
    }

    fn no_partitions(&self) -> Failure {
        Failure::Message {
            exit: Exit::Unreachable,
            message: format!("the group gave no partition within {} seconds", self.arguments.kafka.timeout().as_secs()),
            remedy: "wait until another run of this command has ended, or give --timeout more".to_owned(),
        }
    }

    async fn close(&self, consumer: RawConsumer) -> Result<(), Failure> {
        match self.arguments.dry_run {
            // Dropping a consumer commits nothing.
            true => drop(consumer),
            false => consumer.close().await.map_err(not_committed)?,
        }
        Ok(())
    }

    /// The messages at the offsets that were given, whatever a group has passed.
    async fn of_offsets(&mut self, mut consumer: RawConsumer, ends: &BTreeMap<i32, i64>) -> Result<Exit, Failure> {
        let Some((partition, end)) = ends.first_key_value() else { return Ok(self.missing(&self.arguments.offsets)) };
        let mut left = self.arguments.offsets.clone();
        left.sort_unstable();
        left.dedup();
        let mut missing = Vec::new();
        while let Some(offset) = left.first().copied().filter(|offset| offset < end && self.has_room()) {
            left.remove(0);
            consumer.assign([(*partition, StartOffset::Offset(offset.max(0)))]).await?;
            match consumer.next_until_end().await {
                Some(Ok(record)) if record.offset == offset => {
                    let letter = DeadLetter::new(record);
                    if self.arguments.selection.contains(&letter) {
                        self.send_back(&letter).await?;
                    }
                }
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(_)) | None => missing.push(offset),
            }
        }
        self.deliver().await?;
        missing.extend(left.into_iter().filter(|offset| offset >= end));
        Ok(if missing.is_empty() { self.exit() } else { self.missing(&missing) })
    }

    fn missing(&self, offsets: &[i64]) -> Exit {
        let Arguments { topic, selection, .. } = self.arguments;
        let partition = selection.partition.unwrap_or(0);
        for offset in offsets {
            let place = json!({ "topic": topic, "partition": partition, "offset": offset });
            let reason = "there is no message at this offset".to_owned();
            self.answer.error_beside(&place, &format!("{topic}/{partition}@{offset}"), &[reason]);
        }
        Exit::Differs
    }

    /// A member of the group that remembers what was sent back.
    fn member(&self) -> Result<RawConsumer, Failure> {
        let Arguments { topic, selection, kafka, .. } = self.arguments;
        let group = self.arguments.group.clone().unwrap_or_else(|| match selection.name() {
            name if name.is_empty() => format!("cargo-avro-replay/{topic}"),
            name => format!("cargo-avro-replay/{topic}?{name}"),
        });
        let builder = self.connection.raw_consumer(topic).timeout(kafka.timeout()).group(group);
        let builder = builder.setting("allow.auto.create.topics", "false").setting("auto.offset.reset", "earliest");
        // What was passed counts once it is acknowledged.
        Ok(builder.setting("enable.auto.commit", "false").build()?)
    }

    /// Hands a message over to be sent back. One that cannot be sent is reported; an error ends the command.
    async fn send_back(&mut self, letter: &DeadLetter) -> Result<(), Failure> {
        let place = Place { partition: letter.record.partition, offset: letter.record.offset };
        let Some(topic) = self.arguments.to.clone().or_else(|| Some(letter.origin()?.topic.clone())) else {
            let reason = "its headers do not tell which topic it comes from; name one with --to TOPIC".to_owned();
            self.failed(place, &[reason]);
            return Ok(());
        };
        self.target(&topic).await?;
        self.chosen += 1;
        if self.arguments.dry_run {
            self.would_be_sent.add(letter);
            return Ok(());
        }
        let Some(target) = self.targets.get(&topic) else { return Ok(()) };
        let headers = replay_headers(&letter.record.headers);
        let mut record = ProducerRecord::new(letter.record.payload.as_deref()).headers(&headers);
        if let Some(key) = &letter.record.key {
            record = record.key(key);
        }
        if let Some(time) = letter.record.timestamp.filter(|time| time.as_millis() > 0) {
            record = record.timestamp(time);
        }
        let partition = letter.origin().filter(|origin| origin.topic == topic).and_then(|origin| origin.partition);
        if let Some(partition) = partition.filter(|partition| target.partitions.contains(partition)) {
            record = record.partition(partition);
        }
        match target.producer.enqueue(record).await {
            Ok(delivery) => self.on_their_way.push((place, delivery)),
            Err(error) if error.is_too_large() => self.failed(place, &causes(&error)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Starts a producer of a topic, which has to be there: a misspelled one is not created.
    async fn target(&mut self, topic: &str) -> Result<(), Failure> {
        if self.targets.contains_key(topic) {
            return Ok(());
        }
        let partitions = reader(self.connection, topic, self.arguments.kafka.timeout())?.partitions().await?;
        let producer = self.connection.raw_producer(topic).build()?;
        self.targets.insert(topic.to_owned(), Target { producer, partitions });
        Ok(())
    }

    /// Waits until everything that was sent is acknowledged. When something is not, the group passes none of it, and
    /// the next run sends it once more.
    async fn deliver(&mut self) -> Result<(), Failure> {
        let mut undelivered: Option<DeliveryError> = None;
        for (place, delivery) in std::mem::take(&mut self.on_their_way) {
            let delivery = match delivery.await {
                Ok(delivery) => delivery,
                Err(error) => {
                    self.failed(place, &causes(&error));
                    undelivered = Some(error);
                    continue;
                }
            };
            *self.sent.entry(delivery.topic.to_string()).or_default() += 1;
            if self.answer.as_json {
                self.answer.json(&json!({
                    "partition": place.partition,
                    "offset": place.offset,
                    "to": { "topic": &*delivery.topic, "partition": delivery.partition, "offset": delivery.offset },
                }));
            }
        }
        undelivered.map_or(Ok(()), |error| Err(error.into()))
    }

    fn failed(&mut self, Place { partition, offset }: Place, reasons: &[String]) {
        self.failed += 1;
        let topic = self.arguments.topic.as_str();
        let place = json!({ "topic": topic, "partition": partition, "offset": offset });
        self.answer.error_beside(&place, &format!("{topic}/{partition}@{offset}"), reasons);
    }

    fn has_room(&self) -> bool {
        self.arguments.count.is_none_or(|count| self.chosen < count)
    }

    /// How many messages there are at most.
    fn messages(&self, ends: &BTreeMap<i32, i64>) -> usize {
        let most = self.arguments.count.unwrap_or(u64::MAX);
        let all = ends.values().fold(0_u64, |sum, end| sum.saturating_add(u64::try_from(*end).unwrap_or(0)));
        usize::try_from(all.min(most)).unwrap_or(usize::MAX)
    }

    fn exit(&self) -> Exit {
        if self.failed == 0 { Exit::Fine } else { Exit::Differs }
    }

    fn report(&self) {
        if self.arguments.dry_run {
            self.would_be_sent.print(self.answer);
        } else if !self.answer.as_json {
            let all = counted(self.sent.values().sum(), "message");
            let topics: Vec<_> = self.sent.iter().map(|(topic, count)| format!("{count} to {topic}")).collect();
            let colon = if topics.is_empty() { "" } else { ": " };
            self.answer.line(format!("{all} sent back{colon}{}", topics.join(", ")));
        }
    }
}
