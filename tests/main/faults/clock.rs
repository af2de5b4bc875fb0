//! The clock is set back while a client of the registry remembers something for a time.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use kafka_typed::schema_registry::{SchemaId, SchemaText};
use kafka_typed::{KafkaTyped, SchemaRegistry};

use super::row::Outcome;
use super::run::direct_registry;
use crate::control::Control;
use crate::end_to_end::fresh;
use crate::reliability::child::{self, Child, Log};
use crate::reliability::{until, work};

pub(super) const NAME: &str = "clock-back";
pub(super) const FAULT: &str =
    "the clock is set back by an hour while an unknown schema and a latest version are remembered";

/// What the client is called as a process; the id that it asks for follows, and its topic is a subject.
pub(crate) const CLIENT: &str = "faults-clock-";
/// How long it remembers what is the latest version. What is unknown, it remembers for five seconds by default.
const LATEST: Duration = Duration::from_secs(1);
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Asks again and again. Notes whether the schema is known, what is the latest version, and whether the clock is
/// behind.
pub(crate) async fn ask(role: &str, kafka: &KafkaTyped, subject: &str, log: &Path) {
    let id = SchemaId::new(role.trim_start_matches(CLIENT).parse().expect("an id"));
    let url = std::env::var("SCHEMA_REGISTRY_URL").expect("the parent names it");
    let registry = SchemaRegistry::builder().url(url).latest_ttl(LATEST).build().expect("a client");
    let (log, began) = (Log::open(log), SystemTime::now());
    loop {
        let is_known = kafka.registry().schema_by_id(id).await.is_ok();
        let latest = registry.latest(subject).await.map_or(0, |latest| latest.version());
        let is_behind = SystemTime::now() < began;
        log.add(&format!("{} {latest} {}", u8::from(is_known), u8::from(is_behind)));
        work(ASK_EVERY).await;
    }
}

/// Waits for what was remembered to be forgotten.
pub(super) async fn run(control: &Control) -> Outcome {
    let (folder, kafka) = (tempfile::tempdir().expect("a folder"), KafkaTyped::from_env().expect("servers"));
    let registry = SchemaRegistry::builder().url(direct_registry()).build().expect("a client");
    let subject = fresh("faults-clock-value");
    let schema = |version: u32| {
        let fields = r#""fields": [{"name": "id", "type": "long"}]"#;
        SchemaText::new(format!(r#"{{"type": "record", "name": "Timed", "doc": "Version {version}.", {fields}}}"#))
    };
    let id = registry.register(&subject, &schema(1)).await.expect("an id");

    let (library, behind) = (folder.path().join("clock.so"), folder.path().join("behind"));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/clock.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", source, "-o"]).arg(&library).status();
    assert!(compiled.expect("a C compiler, which librdkafka needs, too").success(), "{source} can be compiled");
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.env("LD_PRELOAD", library).env("FAULTS_CLOCK", &behind);
    let log = folder.path().join("asked");
    let last = || child::lines(&log).pop().unwrap_or_default();

    control.request("registry 404").await;
    let _client = Child::start_by(command, &format!("{CLIENT}{}", id.get()), &kafka, &subject, &log);
    until("a first question", async || (last() == [0, 0, 0]).then_some(())).await;
    std::fs::write(&behind, "").expect("a file");
    until("a clock that is behind", async || (last().last() == Some(&1)).then_some(())).await;
    control.request("registry healthy").await;
    let healthy = Instant::now();
    until("a schema that is known", async || (last() == [1, 1, 1]).then_some(())).await;
    let known = healthy.elapsed();
    registry.register(&subject, &schema(2)).await.expect("an id");
    let registered = Instant::now();
    until("the next version", async || (last() == [1, 2, 1]).then_some(())).await;
    let newest = registered.elapsed();
    Outcome {
        load: "a client that asks 20 times a second".to_owned(),
        acknowledged: 2,
        longest_stall: known.max(newest),
        notes: vec![format!(
            "an unknown schema was asked for again within {:.1} s, the latest version within {:.1} s",
            known.as_secs_f64(),
            newest.as_secs_f64()
        )],
        ..Outcome::default()
    }
}
