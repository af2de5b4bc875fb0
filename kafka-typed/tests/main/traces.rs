//! One trace, from a request through a producer, a handler, a dead letter and a replay.

use std::time::Duration;

use kafka_typed::connection::{ConsumerRecord, ProducerRecord};
use kafka_typed::failure::replay_headers;
use kafka_typed::{BatchError, FailurePolicy, HandlerError, Transaction, TypedMessage};
use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry::{Key, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::{Instrument, Level};
use tracing_subscriber::layer::SubscriberExt;

use crate::cluster::{kafka, records, soon, topic};
use crate::messages::Alert;
use crate::own_process;
use crate::run::consumer;

/// Collects the spans of this process. A span may end on a thread of librdkafka's, which has to know who wants it.
fn collect() -> (InMemorySpanExporter, SdkTracerProvider) {
    global::set_text_map_propagator(TraceContextPropagator::new());
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let wanted = tracing_subscriber::filter::Targets::new()
        .with_target("kafka_typed::messages", Level::DEBUG)
        .with_target("main", Level::INFO);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(wanted).with(layer)).unwrap();
    (exporter, provider)
}

/// The spans that have ended, once so many of this name have: the last end is that of a delivery report, which nobody
/// waits for.
async fn spans(exporter: &InMemorySpanExporter, name: &str, count: usize) -> Vec<SpanData> {
    let waiting = async {
        loop {
            let spans = exporter.get_finished_spans().unwrap();
            if spans.iter().filter(|span| span.name == name).count() >= count {
                return spans;
            }
            // Polls: the exporter announces nothing.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    soon(waiting).await
}

/// Runs the test of this name in a process of its own, with a runtime.
fn in_own_process(test: &str, body: impl Future<Output = ()>) {
    if own_process::run(test).is_none() {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(body);
    }
}

#[test]
fn a_trace_goes_on_through_the_headers_of_messages() {
    in_own_process("traces::a_trace_goes_on_through_the_headers_of_messages", follow_a_trace());
}

#[test]
fn a_batch_refers_to_the_traces_of_its_messages() {
    in_own_process("traces::a_batch_refers_to_the_traces_of_its_messages", follow_a_batch());
}

#[test]
fn a_trace_goes_on_through_a_transaction() {
    in_own_process("traces::a_trace_goes_on_through_a_transaction", follow_a_transaction());
}

fn attribute(span: &SpanData, name: &'static str) -> Option<String> {
    span.attributes.iter().find(|found| found.key == Key::from_static_str(name)).map(|found| found.value.to_string())
}

/// Processes as many messages as there are in the topic. The first attempt fails.
async fn run(name: &str, dead_letters: &str, fails: bool) {
    let handler = move |_: TypedMessage<Alert>| async move {
        if fails { Err(HandlerError::permanent("never").with_class("Unusable")) } else { Ok(()) }
    };
    let consumer = consumer(name, name).await;
    let control = consumer.control();
    let caught_up = async move { control.wait_until_caught_up().await.unwrap() };
    let policy = FailurePolicy::dead_letters_to(dead_letters);
    soon(consumer.run(handler).on_error(policy).stop_when(caught_up).into_future()).await.unwrap();
}

async fn follow_a_trace() {
    let (name, dead_letters) = (topic("traced", 1), topic("traced-dlt", 1));
    let (exporter, provider) = collect();
    let producer = kafka().producer::<Alert>(name).build().await.unwrap();
    let request = tracing::info_span!("request");
    let alert = Alert::numbered(7);
    soon(async { producer.send(&alert).await }.instrument(request)).await.unwrap();
    run(name, dead_letters, true).await;

    // As `cargo avro dead-letters replay` does it.
    let letter: ConsumerRecord = records(dead_letters, 0).await.remove(0);
    let headers = replay_headers(&letter.headers);
    let replayed = ProducerRecord::new(letter.payload.as_deref()).headers(&headers);
    soon(producer.raw().send(replayed)).await.unwrap();
    run(name, dead_letters, false).await;

    provider.force_flush().unwrap();
    let spans = spans(&exporter, "process traced", 2).await;
    let names: Vec<&str> = spans.iter().map(|span| &*span.name).collect();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let [request] = named("request")[..] else { panic!("{names:?}") };
    let [sent, resent] = named("send traced")[..] else { panic!("{names:?}") };
    let [failed, processed] = named("process traced")[..] else { panic!("{names:?}") };
    let [letter] = named("send traced-dlt")[..] else { panic!("{names:?}") };
    for (span, parent) in [(sent, request), (failed, sent), (letter, failed), (resent, letter), (processed, resent)] {
        assert_eq!(span.span_context.trace_id(), request.span_context.trace_id(), "{}", span.name);
        assert_eq!(span.parent_span_id, parent.span_context.span_id(), "{} after {}", span.name, parent.name);
    }
    assert_eq!((&sent.span_kind, &failed.span_kind), (&SpanKind::Producer, &SpanKind::Consumer));
    assert!(matches!(failed.status, Status::Error { .. }) && processed.status == Status::Unset);
    let check = |span, name, value: &str| assert_eq!(attribute(span, name).as_deref(), Some(value), "{name}");
    check(sent, "messaging.system", "kafka");
    check(sent, "messaging.operation.type", "send");
    check(sent, "messaging.destination.name", "traced");
    check(sent, "messaging.destination.partition.id", "0");
    check(sent, "messaging.kafka.offset", "0");
    check(failed, "messaging.operation.type", "process");
    check(failed, "messaging.consumer.group.name", "traced");
    check(failed, "error.type", "Unusable");
    check(processed, "messaging.kafka.offset", "1");
    assert_eq!(attribute(processed, "error.type"), None);
}

async fn follow_a_batch() {
    let name = topic("traced-batch", 1);
    let (exporter, provider) = collect();
    let producer = kafka().producer::<Alert>(name).build().await.unwrap();
    for number in 0..3 {
        soon(producer.send(&Alert::numbered(number)).into_future()).await.unwrap();
    }
    let consumer = consumer(name, name).await;
    let control = consumer.control();
    let caught_up = async move { control.wait_until_caught_up().await.unwrap() };
    let handler = async |_: Vec<TypedMessage<Alert>>| Ok::<_, BatchError>(());
    soon(consumer.run_batches(handler).stop_when(caught_up).into_future()).await.unwrap();

    provider.force_flush().unwrap();
    let spans = spans(&exporter, "send traced-batch", 3).await;
    let sent: Vec<_> =
        spans.iter().filter(|span| span.name == "send traced-batch").map(|span| &span.span_context).collect();
    let batches = spans.iter().filter(|span| span.name == "process traced-batch");
    let linked: Vec<_> = batches.flat_map(|batch| batch.links.iter().map(|link| link.span_context.span_id())).collect();
    assert_eq!(linked, sent.iter().map(|context| context.span_id()).collect::<Vec<_>>());
    assert_eq!(linked.len(), 3);
}

/// What is sent in a transaction, and a letter in it, are sent by another task than the one that processes.
async fn follow_a_transaction() {
    let (name, doubled, dead_letters) = (topic("traced-in", 1), topic("traced-out", 1), topic("traced-in-dlt", 1));
    let (exporter, provider) = collect();
    let producer = kafka().producer::<Alert>(name).build().await.unwrap();
    for number in [7, 8] {
        soon(producer.send(&Alert::numbered(number)).into_future()).await.unwrap();
    }
    let transactions = kafka().transactional("traced-1").build().unwrap();
    let doubles = kafka().producer::<Alert>(doubled).build_transactional(&transactions).await.unwrap();
    let handler = move |alert: TypedMessage<Alert>, transaction: Transaction| {
        let doubles = doubles.clone();
        async move {
            transaction.send(&doubles, &alert.value).await?;
            if alert.value.level == 8 { Err(HandlerError::permanent("never")) } else { Ok(()) }
        }
    };
    let consumer = consumer(name, name).await;
    let control = consumer.control();
    let caught_up = async move { control.wait_until_caught_up().await.unwrap() };
    let run = consumer.run_transactional(&transactions, handler).on_error(FailurePolicy::dead_letters_to(dead_letters));
    soon(run.stop_when(caught_up).into_future()).await.unwrap();

    provider.force_flush().unwrap();
    let mut spans = spans(&exporter, "process traced-in", 2).await;
    spans.sort_by_key(|span| attribute(span, "messaging.kafka.offset"));
    let of_name = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let (processed, sent) = (of_name("process traced-in"), [of_name("send traced-out"), of_name("send traced-in-dlt")]);
    assert_eq!(processed.len(), 2, "{spans:?}");
    for (process, sent) in processed.into_iter().zip(sent) {
        let [sent] = sent[..] else { panic!("an attempt that fails sends nothing: {sent:?}") };
        assert_eq!(sent.span_context.trace_id(), process.span_context.trace_id());
        assert_eq!(sent.parent_span_id, process.span_context.span_id());
    }
}
