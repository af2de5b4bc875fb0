//! Messages whose schemas the registry does not give, and what goes on meanwhile.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use kafka_typed::{CommitError, ConsumeError, MessageProblem, TypedConsumer};

use crate::cluster::{next, send_raw, send_to, soon, topic, values};
use crate::messages::Alert;
use crate::stub_registry::{Answer, StubRegistry, UNKNOWN, alert, payload};

/// An outage, as a proxy in front of the registry reports it.
fn outage() -> Answer {
    ("503 Service Unavailable", String::new())
}

fn unknown() -> Answer {
    ("404 Not Found", UNKNOWN.to_owned())
}

/// Sends alerts of these schemas and numbers to a partition.
async fn send(topic: &str, partition: i32, messages: &[(u32, i32)]) {
    let payloads: Vec<_> = messages.iter().map(|(id, number)| payload(*id, *number)).collect();
    let payloads: Vec<Option<&[u8]>> = payloads.iter().map(|payload| Some(&**payload)).collect();
    send_to(topic, partition, &payloads).await;
}

async fn numbers(consumer: &mut TypedConsumer<Alert>, count: usize) -> Vec<i32> {
    values(consumer, count).await.iter().map(|alert| alert.level).collect()
}

fn offset(error: &ConsumeError) -> i64 {
    error.bad_message().unwrap_or_else(|| panic!("{error:?}")).offset
}

#[tokio::test]
async fn a_caller_that_gives_up_stops_no_question() {
    let topic = topic("gives-up", 1);
    send(topic, 0, &[(1, 0), (1, 1)]).await;
    let registry = StubRegistry::closed(|_| alert()).await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    // Until the registry has been asked, and several times after that.
    let mut given_up_since = 0;
    while given_up_since < 5 {
        let message = tokio::time::timeout(Duration::from_millis(50), consumer.next()).await;
        assert!(message.is_err(), "{message:?}");
        given_up_since += registry.requests();
    }
    registry.open();
    assert_eq!(numbers(&mut consumer, 1).await, [0]);
    assert_eq!(numbers(&mut consumer, 1).await, [1]);
    assert_eq!(registry.requests(), 1);
}

#[tokio::test]
async fn other_partitions_go_on_and_the_waiting_one_keeps_its_order() {
    let topic = topic("others-go-on", 2);
    send(topic, 0, &[(1, 0), (2, 1), (1, 2), (2, 3)]).await;
    send(topic, 1, &(10..40).map(|number| (1, number)).collect::<Vec<_>>()).await;
    let registry = StubRegistry::start(|id| if id == 1 { alert() } else { outage() }).await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    let (mut seen, mut errors) = (Vec::new(), Vec::new());
    while seen.len() < 31 {
        match next(&mut consumer).await {
            Ok(message) => seen.push(message.value.level),
            Err(error) => errors.push(error),
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, Vec::from_iter(std::iter::once(0).chain(10..40)));
    // It is reported once, though asked for again and again.
    if errors.is_empty() {
        errors.push(next(&mut consumer).await.unwrap_err());
    }
    assert!(errors.len() == 1 && errors[0].is_retriable() && offset(&errors[0]) == 1, "{errors:?}");

    registry.answer(|_| alert());
    assert_eq!(numbers(&mut consumer, 3).await, [1, 2, 3]);
    // What was purged when the partition was paused is read again, and nothing twice.
    send(topic, 0, &[(1, 4)]).await;
    assert_eq!(numbers(&mut consumer, 1).await, [4]);
}

#[tokio::test]
async fn a_batch_ends_before_a_message_that_waits_for_its_schema() {
    let topic = topic("batch-waits", 2);
    send(topic, 0, &[(1, 0), (1, 1), (2, 2), (1, 3)]).await;
    send_raw(topic, &[Some(b"bad")]).await;
    let registry = StubRegistry::start(|id| if id == 1 { alert() } else { outage() }).await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    let mut levels = Vec::new();
    let error = loop {
        match soon(consumer.next_batch(10, Duration::ZERO)).await.unwrap() {
            Ok(batch) => levels.extend(batch.values().map(|alert| alert.level)),
            Err(error) => break error,
        }
    };
    assert_eq!((&*levels, offset(&error)), (&[0, 1][..], 2));

    // The memory of the batch before is used again, and has nothing of it.
    registry.answer(|_| alert());
    let batch = soon(consumer.next_batch(3, Duration::from_secs(30))).await.unwrap().unwrap();
    let seen: Vec<_> = batch.into_iter().rev().map(|message| message.map(|message| message.value.level).ok()).collect();
    assert_eq!(seen, [None, Some(3), Some(2)]);
}

#[tokio::test]
async fn an_unknown_schema_is_doubted() {
    let topic = topic("doubted", 1);
    send(topic, 0, &[(1, 0), (1, 1)]).await;
    let mut asked = 0;
    let registry = StubRegistry::start(move |_| {
        asked += 1;
        if asked < 4 { unknown() } else { alert() }
    })
    .await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    assert!(error.is_retriable() && offset(&error) == 0, "{error:?}");
    assert_eq!(numbers(&mut consumer, 2).await, [0, 1]);
}

#[tokio::test]
async fn an_unknown_schema_counts_after_a_while_and_is_remembered() {
    let topic = topic("counts", 1);
    send(topic, 0, &[(7, 0), (7, 1), (7, 2), (1, 3)]).await;
    let registry = StubRegistry::start(|id| if id == 1 { alert() } else { unknown() }).await;
    let builder = registry.kafka().consumer::<Alert>(topic).unknown_schema_timeout(Duration::from_millis(300));
    let mut consumer = builder.build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    assert!(error.is_retriable() && offset(&error) == 0, "{error:?}");
    let error = next(&mut consumer).await.unwrap_err();
    assert!(!error.is_retriable() && offset(&error) == 0, "{error:?}");
    assert!(error.to_string().contains("does not provide"), "{error}");
    let asked = registry.requests();
    assert!(asked >= 2, "{asked}");
    for expected in [1, 2] {
        let error = next(&mut consumer).await.unwrap_err();
        assert!(!error.is_retriable() && offset(&error) == expected, "{error:?}");
    }
    assert_eq!(registry.requests(), asked, "the refusal is remembered");
    assert_eq!(numbers(&mut consumer, 1).await, [3]);
}

#[tokio::test]
async fn no_answer_about_one_schema_stops_a_partition_for_ever() {
    let garbled = r#"{"schema":"{\"type\":\"record\""}"#;
    let answers = [
        ("400 Bad Request", ""),
        ("403 Forbidden", r#"{"error_code":40301,"message":"no"}"#),
        ("404 Not Found", "<html>nothing here</html>"),
        ("422 Unprocessable Entity", r#"{"error_code":42201,"message":"no"}"#),
        ("200 OK", "<html>welcome</html>"),
        ("200 OK", garbled),
    ];
    for (index, (status, body)) in answers.into_iter().enumerate() {
        let name = format!("one-schema-{index}");
        let topic = topic(&name, 2);
        send(topic, 0, &[(2, 0), (1, 1)]).await;
        send(topic, 1, &[(1, 2)]).await;
        let registry = StubRegistry::start(move |id| if id == 1 { alert() } else { (status, body.to_owned()) }).await;
        let builder = registry.kafka().consumer::<Alert>(topic).unusable_schema_timeout(Duration::from_millis(400));
        let mut consumer = builder.build().await.unwrap();
        let (mut seen, mut retriable, mut bad) = (Vec::new(), 0, 0);
        while seen.len() < 2 {
            match next(&mut consumer).await {
                Ok(message) => seen.push(message.value.level),
                Err(error) if error.is_retriable() => retriable += 1,
                Err(error) => {
                    assert_eq!((offset(&error), seen.contains(&1)), (0, false), "{status}: {error:?}");
                    bad += 1;
                }
            }
        }
        seen.sort_unstable();
        assert_eq!((&*seen, retriable, bad), (&[1, 2][..], 1, 1), "{status} {body}");
    }
}

#[tokio::test]
async fn refused_credentials_are_an_outage() {
    let topic = topic("credentials", 1);
    send(topic, 0, &[(1, 0)]).await;
    let registry = StubRegistry::start(|_| ("401 Unauthorized", String::new())).await;
    let builder = registry.kafka().consumer::<Alert>(topic);
    let builder = builder.unusable_schema_timeout(Duration::ZERO).unknown_schema_timeout(Duration::ZERO);
    let mut consumer = builder.build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    assert!(error.is_retriable(), "{error:?}");
    let problem = &error.bad_message().unwrap().problem;
    assert!(matches!(problem, MessageProblem::Registry(error) if !error.is_not_found()), "{problem:?}");
    registry.answer(|_| alert());
    assert_eq!(numbers(&mut consumer, 1).await, [0]);
}

#[tokio::test]
async fn a_message_that_waits_can_be_skipped() {
    let topic = topic("skipped", 1);
    send(topic, 0, &[(2, 0), (1, 1)]).await;
    let registry = StubRegistry::start(|id| if id == 1 { alert() } else { outage() }).await;
    let builder = registry.kafka().consumer::<Alert>(topic).group(topic);
    let mut consumer = builder.build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    let waiting = error.bad_message().unwrap();
    assert!(consumer.skip(waiting), "{error:?}");
    assert!(!consumer.skip(waiting), "it is gone");
    assert_eq!(numbers(&mut consumer, 1).await, [1]);
    soon(consumer.commit()).await.unwrap();
    soon(consumer.close()).await.unwrap();
    send(topic, 0, &[(1, 2)]).await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    assert_eq!(numbers(&mut consumer, 1).await, [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_served_while_messages_wait() {
    let topic = topic("served", 2);
    send(topic, 0, &[(1, 0), (1, 1)]).await;
    send(topic, 1, &[(1, 2), (1, 3)]).await;
    let sick = StubRegistry::start(|_| outage()).await;
    let mut stuck = sick.kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let error = next(&mut stuck).await.unwrap_err();
    assert!(error.is_retriable(), "{error:?}");
    // It goes on asking for messages, as everybody does.
    let stuck = tokio::spawn(async move {
        let mut seen = Vec::new();
        loop {
            match stuck.next().await.unwrap() {
                Ok(message) => seen.push(message.value.level),
                Err(error) => assert!(error.is_retriable(), "{error:?}"),
            }
            if seen.len() == 2 {
                return (seen, stuck);
            }
        }
    });

    // Another member, whose registry is well, gets a partition long before the first one would be taken for dead.
    let well = StubRegistry::start(|_| alert()).await;
    let mut other = well.kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let mut seen = numbers(&mut other, 2).await;
    assert!(seen == [0, 1] || seen == [2, 3], "{seen:?}");
    // What waited of that partition was dropped, and what waits of the other one comes once the registry is back.
    sick.answer(|_| alert());
    let (rest, _stuck) = soon(stuck).await.unwrap();
    seen.extend(rest);
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partition_that_comes_back_is_not_paused_any_more() {
    let topic = topic("comes-back", 2);
    let numbered = |first| Vec::from_iter((first..first + 20).map(|number| (1, number)));
    send(topic, 0, &numbered(0)).await;
    send(topic, 1, &numbered(20)).await;
    let sick = StubRegistry::start(|_| outage()).await;
    let builder = sick.kafka().consumer::<Alert>(topic).group(topic).lane_capacity(1);
    let mut stuck = builder.build().await.unwrap();
    next(&mut stuck).await.unwrap_err();
    let control = stuck.control();
    // Its lanes stay full for so long that librdkafka is told to fetch no more.
    soon(async {
        while control.partitions().iter().filter(|partition| partition.is_backed_up).count() < 2 {
            // Polls: nobody is told of it.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let well = StubRegistry::start(|_| alert()).await;
    let mut other = well.kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let mut seen = numbers(&mut other, 1).await;
    drop(other);
    sick.answer(|_| alert());
    seen.extend(numbers(&mut stuck, 40).await);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, Vec::from_iter(0..40));
}

#[tokio::test]
async fn a_stream_waits_as_well() {
    let topic = topic("stream-waits", 1);
    send(topic, 0, &[(1, 0), (1, 1)]).await;
    let registry = StubRegistry::start(|_| outage()).await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    let mut stream = pin!(consumer.stream());
    assert!(soon(stream.next()).await.unwrap().unwrap_err().is_retriable());
    registry.answer(|_| alert());
    for expected in [0, 1] {
        assert_eq!(soon(stream.next()).await.unwrap().unwrap().value.level, expected);
    }
}

#[test]
fn a_consumer_works_outside_the_runtime_it_was_built_in_and_says_when_that_has_ended() {
    let topic = topic("outside", 1);
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (of_registry, of_consumer) = (runtime(), runtime());
    let registry = of_registry.block_on(StubRegistry::start(|_| alert()));
    of_registry.block_on(send(topic, 0, &[(1, 0), (2, 1)]));
    let kafka = registry.kafka();
    let mut consumer = of_consumer.block_on(kafka.consumer::<Alert>(topic).group(topic).build()).unwrap();

    let message = on_this_thread(consumer.next()).unwrap().unwrap();
    assert_eq!(message.value.level, 0);
    on_this_thread(consumer.commit()).unwrap();
    drop(of_consumer);
    let error = on_this_thread(consumer.next()).unwrap().unwrap_err();
    assert!(matches!(error, ConsumeError::NoRuntime { .. }) && error.is_fatal(), "{error:?}");
    assert!(error.to_string().contains("keep it running"), "{error}");
    assert!(on_this_thread(consumer.next()).is_none());
    let error = on_this_thread(consumer.commit()).unwrap_err();
    assert!(matches!(error, CommitError::NoRuntime { .. }), "{error:?}");
    // Nobody can wait for it any more, but it ends.
    let _ = on_this_thread(consumer.close());
}

/// Runs a future without any runtime.
fn on_this_thread<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park_timeout(Duration::from_secs(60)),
        }
    }
}

#[tokio::test]
async fn messages_of_many_unknown_schemas_pass_one_by_one() {
    let topic = topic("many-unknown", 1);
    let payloads: Vec<_> = (100..130).map(|id| payload(id, 0)).collect();
    let payloads: Vec<Option<&[u8]>> = payloads.iter().map(|payload| Some(&**payload)).collect();
    send_raw(topic, &payloads).await;
    let registry = StubRegistry::start(|_| unknown()).await;
    let builder = registry.kafka().consumer::<Alert>(topic).unknown_schema_timeout(Duration::ZERO);
    let mut consumer = builder.build().await.unwrap();
    for expected in 0..30 {
        let error = next(&mut consumer).await.unwrap_err();
        assert!(!error.is_retriable() && offset(&error) == expected, "{error:?}");
    }
    assert_eq!(registry.requests(), 30);
}
