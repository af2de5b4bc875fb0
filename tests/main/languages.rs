//! Messages from and to programs in other languages, with their own libraries for Kafka and Avro. `cargo xtask
//! languages` prepares the programs of `tests/languages`, starts servers and names both in the environment. Without
//! that there is nothing to run.

mod exchange;
mod message;
mod normal;
mod program;
mod tally;

use std::sync::Arc;

use kafka_typed::{HandlerError, KafkaTyped, Transaction, TypedMessage};
use messages::com::example::customer::{Address, Customer, CustomerKey};
use messages::com::example::iot::SensorReading;
use messages::com::example::logs::{LogEvent, RequestServed, ServiceDeployed};
use messages::com::example::settlement::{CustomerOrder, SettledAmount};
use messages::{LogRecord, SensorAlert};
use serde_json::json;
use tokio::time::timeout;

use crate::end_to_end::fresh;
use crate::groups::write_transactions;
use crate::servers;
use exchange::{CONFLUENT, Exchange, FRAMINGS, Framing, ReadByOthers, boxed, keyed};
use message::Message;
use message::every::EveryType;
use program::Program;
use tally::{Row, Tally, table};

/// Has an array of commands, one for each language, each an array of a program and its arguments.
const COMMANDS: &str = "LANGUAGES";
/// Names the file for the table.
const TABLE: &str = "LANGUAGES_TABLE";

const CODECS: [&str; 4] = ["gzip", "snappy", "lz4", "zstd"];
const COMPRESSED: &str = "every type and `Customer`, with gzip, snappy, lz4 and zstd";
const TOMBSTONES: &str = "tombstones";
const AVRO_KEYS: &str = "keys with an Avro schema";

/// A list of what an expression makes of each type of message.
macro_rules! of_each_type {
    ($of:ident($($argument:expr),*)) => {
        [
            $of::<EveryType>($($argument),*).await,
            $of::<Address>($($argument),*).await,
            $of::<Customer>($($argument),*).await,
            $of::<CustomerKey>($($argument),*).await,
            $of::<CustomerOrder>($($argument),*).await,
            $of::<LogEvent>($($argument),*).await,
            $of::<LogRecord>($($argument),*).await,
            $of::<RequestServed>($($argument),*).await,
            $of::<SensorAlert>($($argument),*).await,
            $of::<SensorReading>($($argument),*).await,
            $of::<ServiceDeployed>($($argument),*).await,
            $of::<SettledAmount>($($argument),*).await,
        ]
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_in_other_languages_read_what_rust_writes_and_the_other_way_round() {
    let Ok(commands) = std::env::var(COMMANDS) else {
        println!("`cargo xtask languages` names the programs");
        return;
    };
    let commands: Vec<Vec<String>> = serde_json::from_str(&commands).expect("an array of commands");
    let kafka = servers::connect().await;
    let sent: Arc<[SentByRust]> = sent_by_rust(&kafka).await.into();
    let running: Vec<_> =
        commands.into_iter().map(|command| tokio::spawn(rows_of(command, kafka.clone(), Arc::clone(&sent)))).collect();
    let mut rows = Vec::new();
    for rows_of_language in running {
        rows.extend(rows_of_language.await.expect("no panic"));
    }
    println!("\n{}", table(&rows));
    let faults: String = rows.iter().filter(|row| !row.is_right()).map(Row::faults).collect();
    assert!(!rows.is_empty() && faults.is_empty(), "{faults}");
    if let Ok(file) = std::env::var(TABLE) {
        std::fs::write(file, table(&rows)).expect("the table can be written");
    }
}

/// What is sent once, for the programs of all languages.
struct SentByRust {
    what: String,
    exchanges: Vec<Box<dyn ReadByOthers>>,
}

async fn sent_by_rust(kafka: &KafkaTyped) -> Vec<SentByRust> {
    let mut all = Vec::new();
    for framing in FRAMINGS {
        let exchanges = of_each_type!(sent(kafka, framing, "none")).into();
        all.push(SentByRust { what: every_type_with(framing), exchanges });
    }
    let mut exchanges = Vec::new();
    for codec in CODECS {
        exchanges.push(sent::<EveryType>(kafka, CONFLUENT, codec).await);
        exchanges.push(sent::<Customer>(kafka, CONFLUENT, codec).await);
    }
    all.push(SentByRust { what: COMPRESSED.to_owned(), exchanges });
    let exchanges = [boxed(kafka, "tombstones", tombstones()).await, boxed(kafka, "keys", avro_keys()).await];
    let whats = [TOMBSTONES, AVRO_KEYS];
    all.extend(
        whats
            .into_iter()
            .zip(exchanges)
            .map(|(what, exchange)| SentByRust { what: what.to_owned(), exchanges: vec![exchange] }),
    );
    all
}

/// Samples of a type, sent by Rust.
async fn sent<V: Message + 'static>(
    kafka: &KafkaTyped,
    framing: Framing,
    codec: &'static str,
) -> Box<dyn ReadByOthers> {
    let exchange = Exchange::new(kafka, V::SCHEMA, framing, codec, keyed::<V>()).await;
    exchange.send(kafka).await;
    Box::new(exchange)
}

/// All rows of a language.
async fn rows_of(command: Vec<String>, kafka: KafkaTyped, sent: Arc<[SentByRust]>) -> Vec<Row> {
    let mut program = Program::start(&command).await;
    let (language, libraries) = (program.language.clone(), program.libraries.clone());
    let mut rows = Vec::new();
    let mut row = |direction: &str, what: &str, tallies: Vec<Tally>| {
        let mut tally = Tally::default();
        tallies.into_iter().for_each(|part| tally.add(part));
        let (language, libraries) = (language.clone(), libraries.clone());
        rows.push(Row { language, libraries, direction: direction.to_owned(), what: what.to_owned(), tally });
    };
    for SentByRust { what, exchanges } in &*sent {
        let mut tallies = Vec::new();
        for exchange in exchanges {
            tallies.push(exchange.read_by(&mut program).await);
        }
        row("from Rust", what, tallies);
    }
    for framing in FRAMINGS {
        let tallies = of_each_type!(received(&kafka, &mut program, framing, "none"));
        row("to Rust", &every_type_with(framing), tallies.into());
    }
    let mut tallies = Vec::new();
    for codec in CODECS {
        tallies.push(received::<EveryType>(&kafka, &mut program, CONFLUENT, codec).await);
        tallies.push(received::<Customer>(&kafka, &mut program, CONFLUENT, codec).await);
    }
    row("to Rust", COMPRESSED, tallies);
    let exchange = Exchange::new(&kafka, "tombstones", CONFLUENT, "none", tombstones()).await;
    row("to Rust", TOMBSTONES, vec![exchange.received(&kafka, &mut program, json!({})).await]);
    let exchange = Exchange::new(&kafka, "keys", CONFLUENT, "none", avro_keys()).await;
    row("to Rust", AVRO_KEYS, vec![exchange.received(&kafka, &mut program, json!({})).await]);
    if program.has_transactions {
        let exchange = Exchange::new(&kafka, "transactions", CONFLUENT, "none", keyed::<Customer>()).await;
        let aborted = exchange.sent_by(&mut program, json!({ "transaction": "abort" })).await;
        let mut tally = exchange.received(&kafka, &mut program, json!({ "transaction": "commit" })).await;
        if let Err(error) = aborted {
            tally.fault(error);
        }
        row("to Rust", "a transaction that is committed, behind an aborted one of the same messages", vec![tally]);
        let tally = in_a_transaction(&kafka).await.read_by(&mut program).await;
        row("from Rust", "a transactional run, behind a transaction that is aborted", vec![tally]);
    }
    rows
}

/// What a transactional run sends for each message of another topic, behind a transaction that is aborted.
async fn in_a_transaction(kafka: &KafkaTyped) -> impl ReadByOthers + use<> {
    let exchange = Exchange::new(kafka, "transactional-run", CONFLUENT, "none", keyed::<Customer>()).await;
    let (bootstrap_servers, topic) = (kafka.bootstrap_servers().to_owned(), exchange.name);
    let aborting = move || write_transactions(&bootstrap_servers, topic, &["aborted"]);
    tokio::task::spawn_blocking(aborting).await.expect("a transaction is aborted");

    let numbers = fresh("languages-numbers");
    servers::create_topic_named(kafka, &numbers, 1).await;
    let producer = kafka.producer::<Vec<u8>>(&numbers).build().await.expect("a producer");
    for number in 0..exchange.messages.len() {
        drop(producer.send(&number.to_string().into_bytes()).enqueue().await.expect("room in the queue"));
    }
    producer.close().await.expect("everything is delivered");

    let transactions = kafka.transactional(exchange.name).build().expect("a transactional id");
    let customers = kafka.producer(&exchange.topic).build_transactional(&transactions).await.expect("a producer");
    let messages: Arc<[(String, Customer)]> = keyed::<Customer>().into();
    let handler = move |number: TypedMessage<Vec<u8>>, transaction: Transaction| {
        let (messages, customers) = (Arc::clone(&messages), customers.clone());
        async move {
            let number: usize = std::str::from_utf8(&number.value)?.parse()?;
            let (key, customer) = &messages[number];
            transaction.send(&customers, customer).key(key).await?;
            Ok::<_, HandlerError>(())
        }
    };
    let consumer = kafka.consumer::<Vec<u8>>(&numbers).group(&numbers).build().await.expect("a consumer");
    let control = consumer.control();
    let caught_up = async move { control.wait_until_caught_up().await.expect("all of them are done") };
    let run = consumer.run_transactional(&transactions, handler).stop_when(caught_up);
    timeout(servers::PATIENCE, run).await.expect("the run ends in time").expect("everything is committed");
    exchange
}

/// Samples of a type, sent by a program and read by Rust.
async fn received<V: Message + 'static>(
    kafka: &KafkaTyped,
    program: &mut Program,
    framing: Framing,
    codec: &'static str,
) -> Tally {
    let exchange = Exchange::new(kafka, V::SCHEMA, framing, codec, keyed::<V>()).await;
    exchange.received(kafka, program, json!({})).await
}

fn every_type_with((framing, _): Framing) -> String {
    match framing {
        "confluent" => "`schemas/` and every type, Confluent framing".to_owned(),
        _ => "the same, four bytes of id without a magic byte".to_owned(),
    }
}

/// Every third message is a tombstone.
fn tombstones() -> Vec<(String, Option<Customer>)> {
    let keep = |(index, (key, value))| (key, if index % 3 == 2 { None } else { Some(value) });
    keyed::<Customer>().into_iter().enumerate().map(keep).collect()
}

fn avro_keys() -> Vec<(CustomerKey, Customer)> {
    CustomerKey::samples().into_iter().zip(Customer::samples()).collect()
}
