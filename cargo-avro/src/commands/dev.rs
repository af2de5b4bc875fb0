//! `cargo avro dev`: a broker and a registry for development.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use kafka_typed::embedded::Embedded;
use schema_registry::server::Server;
use serde_json::{Value, json};

use super::register;
use crate::answer::Answer;
use crate::arguments::LockArguments;
use crate::exit::Exit;
use crate::failure::{Failure, causes};
use crate::interruption::Interruption;
use crate::runtime::runtime;
use crate::shared_types::SharedTypeArguments;
use crate::subjects::SubjectArguments;

/// What nobody should find out by trying.
const LIMITS: &str = "The broker is librdkafka's mock cluster: it is for clients that are built on librdkafka, kafkajs and \
     franz-go, not for Java. It has no transactions, no log compaction, no look-up by time, no administration beyond topics, no \
     TLS and no SASL; it keeps about 5 MiB of each partition, and forgets all messages when it stops. The registry \
     speaks the API of Confluent's; it compares Avro schemas only, executes no rules and has no authentication. Both listen on \
     the loopback interface only.";

#[derive(Args)]
#[command(after_help = LIMITS)]
pub(crate) struct Arguments {
    /// Keep the registry's subjects, ids, levels and modes in this folder [default: forget them].
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Let changes of the registry survive a power failure, which takes milliseconds for each.
    #[arg(long, requires = "data")]
    fsync: bool,
    /// The broker's port; 0 means a free one.
    #[arg(long, value_name = "PORT", default_value_t = 9092)]
    kafka_port: u16,
    /// The registry's port; 0 means a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8081)]
    registry_port: u16,
    /// Create a topic; may be given several times. A topic that is used without having been created gets four
    /// partitions.
    #[arg(long = "topic", value_name = "NAME[:PARTITIONS]", value_parser = topic)]
    topics: Vec<Topic>,
    /// Register the schemas of this folder, as `cargo avro register` does; the lock stays as it is.
    #[arg(long, value_name = "FOLDER")]
    seed: Option<PathBuf>,
    #[command(flatten)]
    subjects: SubjectArguments,
    #[command(flatten)]
    shared_types: SharedTypeArguments,
    #[command(flatten)]
    lock: LockArguments,
}

#[derive(Clone)]
struct Topic {
    name: String,
    partitions: i32,
}

fn topic(text: &str) -> Result<Topic, String> {
    let (name, partitions) = text.split_once(':').unwrap_or((text, "1"));
    match partitions.parse() {
        Ok(partitions) if partitions > 0 && !name.is_empty() => Ok(Topic { name: name.to_owned(), partitions }),
        _ => Err("write the name and the number of partitions, as in orders:3".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    // From here on the servers stop in good order.
    let interruption = Interruption::install();
    let runtime = runtime()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.registry_port));
    let mut registry = Server::builder().address(address).fsync(arguments.fsync);
    if let Some(folder) = &arguments.data {
        registry = registry.data(folder);
    }
    let kafka_port = Some(arguments.kafka_port).filter(|port| *port != 0);
    let embedded = runtime.block_on(Embedded::start_with(kafka_port, registry)).map_err(|error| {
        Failure::refused(
            causes(&error).join(": "),
            "check the folder of --data, and whether the ports are in use: --kafka-port 0 --registry-port 0 takes free ones",
        )
    })?;
    for Topic { name, partitions } in &arguments.topics {
        embedded.create_topic(name, *partitions)?;
    }
    let (seeded, exit) = seed(arguments, &embedded, answer)?;
    if let Some(record) = embedded.schema_registry_server().incomplete_record() {
        answer.warn(record);
    }
    tell(arguments, &embedded, &seeded, answer);
    if exit != Exit::Fine {
        return Ok(exit);
    }
    runtime.block_on(interruption.wanted());
    answer.note("stopped");
    Ok(Exit::Fine)
}

fn seed(arguments: &Arguments, embedded: &Embedded, answer: &Answer) -> Result<(Vec<Value>, Exit), Failure> {
    let Some(folder) = &arguments.seed else { return Ok((Vec::new(), Exit::Fine)) };
    let Arguments { subjects, shared_types, lock, .. } = arguments;
    let url = embedded.schema_registry_url();
    let seed = register::Arguments::seed(folder, url, subjects.clone(), shared_types.clone(), lock.clone());
    register::register_all(&seed, answer)
}

fn tell(arguments: &Arguments, embedded: &Embedded, seeded: &[Value], answer: &Answer) {
    let variables = [
        ("KAFKA_BOOTSTRAP_SERVERS", embedded.bootstrap_servers()),
        ("SCHEMA_REGISTRY_URL", embedded.schema_registry_url()),
    ];
    let data = arguments.data.as_ref().map(|folder| folder.display().to_string());
    if answer.as_json {
        let topics = arguments.topics.iter().map(|topic| json!({ "name": topic.name, "partitions": topic.partitions }));
        let topics: Vec<_> = topics.collect();
        let environment: serde_json::Map<String, Value> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let dropped = embedded.schema_registry_server().incomplete_record().map(ToString::to_string);
        return answer.json(&json!({
            "environment": environment, "data": data, "dropped": dropped, "topics": topics, "seeded": seeded,
        }));
    }
    let topics: Vec<String> =
        arguments.topics.iter().map(|Topic { name, partitions }| format!("{name}:{partitions}")).collect();
    let kept = data.unwrap_or_else(|| "in memory only: --data FOLDER keeps subjects and ids".to_owned());
    let mut rows = vec![
        vec!["broker".to_owned(), embedded.bootstrap_servers().to_owned()],
        vec!["registry".to_owned(), embedded.schema_registry_url().to_owned()],
        vec!["data".to_owned(), kept],
    ];
    if !topics.is_empty() {
        rows.push(vec!["topics".to_owned(), topics.join(", ")]);
    }
    if let Some(folder) = &arguments.seed {
        rows.push(vec!["schemas".to_owned(), format!("{} of {}", seeded.len(), folder.display())]);
    }
    answer.table(&["", "for development only"], rows);
    for (name, value) in variables {
        answer.line(format!("export {name}={value}"));
    }
    answer.note("Ctrl-C stops it; `cargo avro dev --help` lists what these servers do not have");
}
