//! No room is left for the file in which the embedded registry keeps its content. The limit of a file's size does
//! that: it needs no file system of its own, and so no root.

use std::path::Path;
use std::process::Command;

use kafka_typed::schema_registry::server::Server;
use kafka_typed::schema_registry::{SchemaId, SchemaText};
use kafka_typed::{KafkaTyped, SchemaRegistry};

use super::row::Outcome;
use crate::reliability::child::{Child, Log};
use crate::reliability::until;

pub(super) const NAME: &str = "disk-full";
pub(super) const FAULT: &str = "the embedded registry's file cannot grow any more, and then can";

/// What the registry is called as a process.
pub(crate) const REGISTRY: &str = "faults-registry";
/// More than what fits into the limit.
const MOST: u32 = 5_000;

/// Serves until it is killed.
pub(crate) async fn serve(log: &Path) {
    let server = Server::builder().data(log.with_extension("data")).start().await.expect("a registry");
    Log::open(log).add(&server.url());
    std::future::pending::<()>().await;
}

/// Registers until that is refused, and looks for all that was answered, then and after another start.
pub(super) async fn run() -> Outcome {
    let (folder, kafka) = (tempfile::tempdir().expect("a folder"), KafkaTyped::from_env().expect("servers"));
    let mut limited = Command::new("sh");
    // Blocks of 512 or 1,024 bytes. Without the trap, the system ends a process that wants more.
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f 64; exec "$0" "$@""#]);
    limited.arg(std::env::current_exe().expect("this binary"));
    let (full, url) = start(limited, &kafka, &folder.path().join("full")).await;
    let registry = client(&url);

    let (mut ids, mut refusal) = (Vec::new(), None);
    while refusal.is_none() && ids.len() < MOST as usize {
        match register(&registry, ids.len()).await {
            Ok(id) => ids.push(id),
            Err(reason) => refusal = Some(reason),
        }
    }
    let mut outcome = Outcome { acknowledged: ids.len() as u64, ..Outcome::default() };
    outcome.load = format!("{} schemas until one is refused", ids.len());
    match &refusal {
        Some(reason) => outcome.notes.push(format!("the refusal: {reason}")),
        None => outcome.broken.push("nothing was refused".to_owned()),
    }
    outcome.lost = missing(&client(&url), &ids).await;
    drop(full);

    // The name of the log names the folder of the data.
    std::fs::rename(folder.path().join("full.data"), folder.path().join("room.data")).expect("the data");
    let room = Command::new(std::env::current_exe().expect("this binary"));
    let (_room, url) = start(room, &kafka, &folder.path().join("room")).await;
    let registry = client(&url);
    outcome.lost += missing(&registry, &ids).await;
    match register(&registry, ids.len()).await {
        Ok(id) if ids.contains(&id) => outcome.broken.push(format!("id {id} is given twice")),
        Ok(_) => {}
        Err(reason) => outcome.broken.push(format!("with room again, a schema is refused: {reason}")),
    }
    outcome
}

/// A registry in a process of its own, and its address.
async fn start(command: Command, kafka: &KafkaTyped, log: &Path) -> (Child, String) {
    let child = Child::start_by(command, REGISTRY, kafka, "none", log);
    let url = until("a registry", async || {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        text.ends_with('\n').then(|| text.trim().to_owned())
    })
    .await;
    (child, url)
}

/// A client that does not try again, and remembers nothing yet.
fn client(url: &str) -> SchemaRegistry {
    SchemaRegistry::builder().url(url).retries(0).build().expect("a client")
}

fn schema(number: usize) -> String {
    format!(r#"{{"type":"record","name":"Kept","doc":"Number {number}.","fields":[{{"name":"id","type":"long"}}]}}"#)
}

async fn register(registry: &SchemaRegistry, number: usize) -> Result<SchemaId, String> {
    let text = SchemaText::new(schema(number));
    registry.register(&format!("kept-{number}-value"), &text).await.map_err(|error| error.to_string())
}

/// How many schemas are not what they were registered as.
async fn missing(registry: &SchemaRegistry, ids: &[SchemaId]) -> u64 {
    let mut missing = 0;
    for (number, id) in ids.iter().enumerate() {
        let kept = registry.schema_by_id(*id).await;
        missing += u64::from(!kept.is_ok_and(|kept| kept.text().contains(&format!("Number {number}."))));
    }
    missing
}
