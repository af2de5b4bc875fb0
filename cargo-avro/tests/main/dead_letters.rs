//! `cargo avro dead-letters`, with the broker and the registry of this process.

use kafka_typed::connection::{Connection, ConsumerRecord, ProducerRecord, RawProducer, StartOffset};
use kafka_typed::failure::DeadLetterFormat;
use kafka_typed::{DeadLetters, HandlerError, Timestamp};
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use schema_registry::{RecordPart, SchemaId, SchemaIdHeader, SchemaRegistry};
use tokio::runtime::Runtime;

use crate::project::{Project, Servers};

/// A customer of schema 1, which can be decoded.
const CUSTOMER: &[u8] = b"\0\0\0\0\x01\x22\x10555-0100";
const NOON: i64 = 1_774_958_400_000;

fn producer(servers: &Servers, topic: &str) -> RawProducer {
    let kafka = servers.embedded.kafka().expect("a handle");
    servers.wait(async { kafka.connection().raw_producer(topic).build().expect("a producer") })
}

/// Two dead letters of the topic `customer` that were received at noon and a minute later: one whose phone number was
/// refused, and one that is not Avro.
pub(crate) fn send_dead_letters(servers: &Servers, topic: &str, format: DeadLetterFormat) {
    let dead_letters = DeadLetters::new(producer(servers, topic)).group("shop").format(format);
    let refused = ConsumerRecord::new(Some(CUSTOMER.to_vec())).key("17").header("tenant", "acme").offset(7);
    let refused_error = HandlerError::from("the phone number 555-0100 is not in use").with_class("phone.unused");
    let damaged = ConsumerRecord::new(Some(b"\x05\xff".to_vec())).key([0, 159]).offset(9);
    let damaged_error = HandlerError::from("the datum ends too early\n\u{1b}[2J").with_class("decode");
    servers.wait(async {
        let refused = refused.topic("customer").timestamp(NOON);
        dead_letters.send(&refused, &refused_error).await.expect("acknowledged");
        let damaged = damaged.topic("customer").timestamp(NOON + 60_000);
        dead_letters.send(&damaged, &damaged_error).await.expect("acknowledged");
    });
}

/// Lets the commands of a project use these. The mock broker lets a member wait for about this long after another has
/// left.
fn serve(servers: &Servers, project: &mut Project) {
    servers.serve(project);
    project.set("KAFKA_SESSION_TIMEOUT_MS", "2000");
    project.set("KAFKA_HEARTBEAT_INTERVAL_MS", "500");
}

/// A project with dead letters in `customer-dlt`, and one more there that does not say anything of its failure.
fn project(servers: &Servers, format: DeadLetterFormat) -> Project {
    let mut project = Project::of_customers();
    serve(servers, &mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    servers.embedded.create_topic("customer-dlt", 1).expect("it is new");
    project.run(&["register", "com.example.Customer", "--subject", "customer-value"]).expect(0);
    send_dead_letters(servers, "customer-dlt", format);
    let foreign = producer(servers, "customer-dlt");
    servers.wait(async { foreign.send(ProducerRecord::new(None)).await.expect("acknowledged") });
    project
}

#[test]
fn dead_letters_are_counted_and_listed() {
    for format in [DeadLetterFormat::Spring, DeadLetterFormat::Connect] {
        let servers = Servers::start();
        let project = project(&servers, format);
        let list = |more: &[&str]| project.run(&[&["dead-letters", "list", "customer-dlt", "--json"], more].concat());

        let counts = list(&[]).expect(0).json();
        let of = |index: usize, name: &str| counts[index][name].clone();
        assert_eq!((of(0, "origin"), of(0, "class"), of(0, "messages")), (().into(), ().into(), 1.into()));
        assert_eq!(
            (of(1, "origin"), of(1, "class"), of(1, "first")),
            ("customer".into(), "decode".into(), (NOON + 60_000).into())
        );
        assert_eq!((of(2, "class"), of(2, "last")), ("phone.unused".into(), NOON.into()));

        let messages = list(&["--messages"]).expect(0).json_lines();
        assert_eq!(messages.len(), 3);
        let first = &messages[0];
        assert_eq!(first["origin"], serde_json::json!({ "topic": "customer", "partition": 0, "offset": 7 }));
        assert_eq!((&first["group"], &first["attempts"], &first["replays"]), (&"shop".into(), &1.into(), &0.into()));
        assert_eq!(first["message"], "the phone number 555-0100 is not in use");
        let people = project.run(&["dead-letters", "list", "customer-dlt", "--messages"]).expect(0);
        assert!(people.out.contains("too early\\n\\u{1b}[2J"), "{}", people.out);

        let check = |selection: &[&str], offsets: &[i64]| {
            let found = list(&[&["--messages"], selection].concat()).expect(0).json_lines();
            let found: Vec<_> = found.iter().map(|message| message["offset"].as_i64().expect("a number")).collect();
            assert_eq!(found, offsets, "{selection:?}");
        };
        check(&["--origin", "customer"], &[0, 1]);
        check(&["--class", "decode"], &[1]);
        check(&["--since", "2026-03-31T12:01:00Z", "--until", "2026-04-01"], &[1]);
        check(&["--until", "1774958400001"], &[0]);
        check(&["--origin", "orders"], &[]);
        check(&["--partition", "0"], &[0, 1, 2]);
        list(&["--partition", "1"]).expect(2);
    }
}

#[test]
fn one_message_is_shown_with_all_about_it() {
    let servers = Servers::start();
    let mut project = project(&servers, DeadLetterFormat::Spring);
    let refused = project.run(&["dead-letters", "show", "customer-dlt", "0", "0"]).expect(0);
    insta::assert_snapshot!("dead_letter_that_was_refused", refused.out);
    let damaged = project.run(&["dead-letters", "show", "customer-dlt", "0", "1"]).expect(0);
    insta::assert_snapshot!("dead_letter_that_is_damaged", damaged.out);
    let refused = project.run(&["dead-letters", "show", "customer-dlt", "0", "0", "--json"]).expect(0).json();
    assert_eq!(
        (&refused["id"], &refused["value"]["phone"], &refused["key"]),
        (&1.into(), &"555-0100".into(), &"17".into())
    );
    assert_eq!(refused["headers"][0], serde_json::json!({ "name": "tenant", "value": "acme" }));
    let damaged = project.run(&["dead-letters", "show", "customer-dlt", "0", "1", "--json"]).expect(0).json();
    assert_eq!((&damaged["payload"], &damaged["value"]), (&"0x05ff".into(), &().into()));
    assert!(damaged["problem"].as_str().is_some_and(|problem| problem.contains("0x05")), "{damaged}");
    let tombstone = project.run(&["dead-letters", "show", "customer-dlt", "0", "2"]).expect(0);
    assert!(tombstone.out.ends_with("key: null\nnull\n"), "{}", tombstone.out);

    let gone = project.run(&["dead-letters", "show", "customer-dlt", "0", "3"]).expect(2);
    assert!(gone.errors.contains("it has the offsets 0 to 2"), "{}", gone.errors);
    project.run(&["dead-letters", "show", "customer-dlt", "4", "0"]).expect(2);
    // Without a registry that answers, everything else is shown all the same.
    project.set("SCHEMA_REGISTRY_URL", "http://127.0.0.1:9");
    let alone = project.run(&["dead-letters", "show", "customer-dlt", "0", "0"]).expect(0);
    assert!(alone.out.contains("value: 0x000000000122103535352d30313030\n"), "{}", alone.out);
}

/// The records of the topic `customer`.
fn sent_back(servers: &Servers) -> Vec<ConsumerRecord> {
    let kafka = servers.embedded.kafka().expect("a handle");
    servers.wait(async {
        let mut consumer = kafka.connection().raw_consumer("customer").build().expect("a consumer");
        consumer.assign_all(StartOffset::Beginning).await.expect("the topic is there");
        let mut records = Vec::new();
        while let Some(record) = consumer.next_until_end().await {
            records.push(record.expect("a record"));
        }
        records
    })
}

#[test]
fn a_message_is_sent_back_with_the_schema_id_in_its_header() {
    let servers = Servers::start();
    let project = project(&servers, DeadLetterFormat::Connect);
    let registry = SchemaRegistry::new(servers.embedded.schema_registry_url()).expect("a client");
    let schema = servers.wait(registry.schema_by_id(SchemaId::new(1))).expect("it is registered");
    let header = SchemaIdHeader::new(RecordPart::Value, schema.guid().into());
    let (_, datum) = CUSTOMER.split_at(5);
    let letters = DeadLetters::new(producer(&servers, "customer-dlt")).format(DeadLetterFormat::Connect);
    let letter = ConsumerRecord::new(Some(datum.to_vec())).topic("customer").header(header.name(), header.value());
    servers.wait(async { letters.send(&letter, &HandlerError::from("refused")).await.expect("acknowledged") });

    let shown = project.run(&["dead-letters", "show", "customer-dlt", "0", "3"]).expect(0);
    assert!(shown.out.contains(&format!("schema GUID: {}\n", schema.guid())), "{}", shown.out);
    let replay = ["dead-letters", "replay", "customer-dlt", "--partition", "0", "--offset", "3"];
    assert_eq!(project.run(&replay).expect(0).out, "1 message sent back: 1 to customer\n");
    let records = sent_back(&servers);
    assert_eq!(
        (records[0].payload.as_deref(), records[0].headers.get(header.name())),
        (Some(datum), Some(header.value()))
    );
    let tail = project.run(&["tail", "customer", "--from", "beginning", "--no-follow"]).expect(0);
    assert_eq!(tail.out, "{\"id\":17,\"phone\":\"555-0100\"}\n");
}

#[test]
fn messages_are_sent_back_once() {
    let servers = Servers::start();
    let project = project(&servers, DeadLetterFormat::Spring);
    let replay = |more: &[&str]| project.run(&[&["dead-letters", "replay", "customer-dlt"], more].concat());
    let tried = replay(&["--dry-run"]).expect(1);
    assert!(
        tried.out.contains("phone.unused   1") && tried.errors.contains("customer-dlt/0@2: its headers do not"),
        "{tried:?}"
    );
    assert_eq!(sent_back(&servers), []);

    assert_eq!(replay(&["--count", "1"]).expect(0).out, "1 message sent back: 1 to customer\n");
    let rest = replay(&["--json"]).expect(1);
    let lines = rest.json_lines();
    assert_eq!(
        lines,
        [serde_json::json!({
            "partition": 0, "offset": 1, "to": { "topic": "customer", "partition": 0, "offset": 1 }
        })]
    );
    assert!(rest.errors.contains("--to TOPIC"), "{}", rest.errors);
    assert_eq!(replay(&[]).expect(0).out, "0 messages sent back\n");

    let records = sent_back(&servers);
    assert_eq!(records.len(), 2);
    let refused = &records[0];
    assert_eq!((refused.key.as_deref(), refused.payload.as_deref()), (Some(&b"17"[..]), Some(CUSTOMER)));
    assert_eq!(refused.timestamp, Some(Timestamp::from(NOON)));
    let names: Vec<_> = refused.headers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["tenant", "kafka_typed-replays", "kafka_typed-first-origin"]);
    assert_eq!(refused.headers.get("kafka_typed-first-origin"), Some(&b"customer/0@7"[..]));

    // Who names a message means it, whatever was sent back before.
    assert_eq!(replay(&["--partition", "0", "--offset", "0"]).expect(0).out, "1 message sent back: 1 to customer\n");
    let missing = replay(&["--partition", "0", "--offset", "7", "--offset", "1"]).expect(1);
    assert_eq!(missing.out, "1 message sent back: 1 to customer\n");
    assert!(missing.errors.contains("customer-dlt/0@7: there is no message at this offset"), "{}", missing.errors);
    // Another selection has a group of its own.
    assert_eq!(replay(&["--class", "decode"]).expect(0).out, "1 message sent back: 1 to customer\n");
    assert_eq!(replay(&["--class", "decode"]).expect(0).out, "0 messages sent back\n");
    assert_eq!(sent_back(&servers).len(), 5);
}

#[test]
fn a_topic_that_is_not_there_is_not_created_and_the_next_run_goes_on() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    serve(&servers, &mut project);
    servers.embedded.create_topic("customer-dlt", 1).expect("it is new");
    let missing = producer(&servers, "customer-dlt");
    let record = |origin: &'static str| ProducerRecord::new(None).header("kafka_dlt-original-topic", origin);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    servers.wait(async {
        for origin in ["customer", "customer", "no such topic", "customer"] {
            missing.send(record(origin)).await.expect("acknowledged");
        }
    });
    let replay = ["dead-letters", "replay", "customer-dlt"];
    let failed = project.run(&replay).expect(2);
    assert!(failed.errors.contains("`no such topic` cannot be a topic"), "{}", failed.errors);
    assert_eq!(sent_back(&servers).len(), 2);
    // The first two were passed, and the third was not.
    let other = project.run(&[&replay[..], &["--to", "customer"]].concat()).expect(0);
    assert_eq!(other.out, "2 messages sent back: 2 to customer\n");
}

/// Whoever processes them fails again at once.
#[test]
fn what_fails_again_meanwhile_is_left_for_the_next_run() {
    let servers = Servers::start();
    let project = project(&servers, DeadLetterFormat::Spring);
    for _ in 0..20 {
        send_dead_letters(&servers, "customer-dlt", DeadLetterFormat::Spring);
    }
    let kafka = servers.embedded.kafka().expect("a handle");
    let dead_letters = DeadLetters::new(producer(&servers, "customer-dlt"));
    let mut customers = servers.wait(async {
        let mut consumer = kafka.connection().raw_consumer("customer").build().expect("a consumer");
        consumer.assign_all(StartOffset::Beginning).await.expect("the topic is there");
        consumer
    });
    let failing = servers.spawn(async move {
        while let Some(record) = customers.next().await {
            let error = HandlerError::from("again").with_class("again");
            dead_letters.send(&record.expect("a record"), &error).await.expect("acknowledged");
        }
    });
    let replay = |more: &[&str]| project.run(&[&["dead-letters", "replay", "customer-dlt"], more].concat());
    assert_eq!(replay(&[]).expect(1).out, "42 messages sent back: 42 to customer\n");
    // Polls: that the last one has failed again.
    let again = || {
        project
            .run(&["dead-letters", "list", "customer-dlt", "--class", "again", "--json", "--messages"])
            .expect(0)
            .json_lines()
    };
    let mut found = again();
    for _ in 0..100 {
        if found.len() >= 42 {
            break;
        }
        found = again();
    }
    failing.abort();
    assert_eq!(found.len(), 42);
    for message in &found {
        assert!(matches!(message["origin"]["offset"].as_i64(), Some(7 | 9)), "{message}");
        assert_eq!((&message["origin"]["topic"], &message["replays"]), (&"customer".into(), &1.into()));
    }
    assert_eq!(replay(&[]).expect(0).out, "42 messages sent back: 42 to customer\n");
}

#[test]
fn what_no_broker_acknowledges_is_sent_by_the_next_run() {
    let mock = MockCluster::new(1).expect("a broker");
    let mut project = Project::new(&[]);
    project.set("KAFKA_BOOTSTRAP_SERVERS", &mock.bootstrap_servers());
    for topic in ["customer", "customer-dlt"] {
        mock.create_topic(topic, 1, 1).expect("it is new");
    }
    let runtime = Runtime::new().expect("threads");
    runtime.block_on(async {
        let connection = Connection::builder().bootstrap_servers(mock.bootstrap_servers()).build().expect("settings");
        let letters = connection.raw_producer("customer-dlt").build().expect("a producer");
        let letter = ProducerRecord::new(None).header("kafka_dlt-original-topic", "customer");
        letters.send(letter).await.expect("acknowledged");
    });
    let refusal = RDKafkaRespErr::RD_KAFKA_RESP_ERR_INVALID_RECORD;
    mock.request_errors(RDKafkaApiKey::Produce, &[refusal]);

    let replay = ["dead-letters", "replay", "customer-dlt"];
    let failed = project.run(&replay).expect(1);
    assert!(
        failed.errors.starts_with("error: customer-dlt/0@0: a message for topic `customer` was not delivered"),
        "{failed:?}"
    );
    assert_eq!(project.run(&replay).expect(0).out, "1 message sent back: 1 to customer\n");
}
