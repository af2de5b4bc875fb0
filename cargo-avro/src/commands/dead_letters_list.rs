//! `cargo avro dead-letters list`: how many messages failed, where and why.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::json;

use crate::answer::Answer;
use crate::dead_letter::{DeadLetter, SelectionArguments, UNKNOWN, reader, visit};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::kafka::KafkaArguments;
use crate::runtime::runtime;
use crate::time;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The dead letter topic.
    topic: String,
    /// Show each message, instead of counting them.
    #[arg(long)]
    messages: bool,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    kafka: KafkaArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let connection = arguments.kafka.connection(&[])?;
    let mut tallies = Tallies::default();
    let mut rows = Vec::new();
    let is_complete = runtime()?.block_on(async {
        let consumer = reader(&connection, &arguments.topic, arguments.kafka.timeout())?;
        visit(consumer, &arguments.selection, answer, |letter| match (arguments.messages, answer.as_json) {
            (false, _) => tallies.add(&letter),
            (true, true) => answer.json(&letter.as_json()),
            (true, false) => rows.push(row(&letter)),
        })
        .await
    })?;
    match (arguments.messages, answer.as_json) {
        (false, _) => tallies.print(answer),
        (true, true) => {}
        (true, false) => {
            let header = ["message", "time", "origin", "error class", "error", "attempts", "replays"];
            answer.table(&header, rows);
        }
    }
    if !is_complete {
        answer.warn("interrupted: there are more");
        return Ok(Exit::Differs);
    }
    Ok(Exit::Fine)
}

/// How much of an error a row has.
const LONGEST_ERROR: usize = 60;

fn row(letter: &DeadLetter) -> Vec<String> {
    let number = |number: Option<u32>| number.map_or_else(|| UNKNOWN.to_owned(), |number| number.to_string());
    let error = letter.told.error_message.as_deref().unwrap_or(UNKNOWN);
    let mut shown: String = error.chars().take(LONGEST_ERROR).collect();
    if shown.len() < error.len() {
        shown.push('…');
    }
    vec![
        letter.place(),
        letter.time(),
        letter.origin().map_or_else(|| UNKNOWN.to_owned(), ToString::to_string),
        letter.class().to_owned(),
        shown,
        number(letter.told.attempts),
        letter.told.replays.to_string(),
    ]
}

/// Messages by the topic that they come from and the class of their error.
#[derive(Default)]
pub(crate) struct Tallies(BTreeMap<(String, String), Tally>);

#[derive(Default)]
struct Tally {
    messages: u64,
    first: Option<i64>,
    last: Option<i64>,
}

impl Tallies {
    pub(crate) fn add(&mut self, letter: &DeadLetter) {
        let origin = letter.origin().map_or(UNKNOWN, |origin| &origin.topic);
        let tally = self.0.entry((origin.to_owned(), letter.class().to_owned())).or_default();
        tally.messages += 1;
        let time = letter.record.timestamp.map(|time| time.as_millis());
        tally.first = tally.first.into_iter().chain(time).min();
        tally.last = tally.last.into_iter().chain(time).max();
    }

    pub(crate) fn print(&self, answer: &Answer) {
        if answer.as_json {
            let known = |name: &String| (name != UNKNOWN).then(|| name.clone());
            let row = |((origin, class), tally): (&(String, String), &Tally)| {
                json!({
                    "origin": known(origin),
                    "class": known(class),
                    "messages": tally.messages,
                    "first": tally.first,
                    "last": tally.last,
                })
            };
            return answer.json(&self.0.iter().map(row).collect());
        }
        let time = |millis: Option<i64>| millis.map_or_else(|| UNKNOWN.to_owned(), time::text);
        let rows = self.0.iter().map(|((origin, class), tally)| {
            vec![origin.clone(), class.clone(), tally.messages.to_string(), time(tally.first), time(tally.last)]
        });
        answer.table(&["origin", "error class", "messages", "first", "last"], rows);
    }
}
