//! The order of a key through retry topics, on the embedded broker.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kafka_typed::connection::PartitionStatus;
use kafka_typed::{
    BatchError, ConsumerControl, FailurePolicy, HandlerError, KeyOrderError, Order, Retry, RunProblem, RunSummary,
    TopicPattern, TypedConsumer, TypedMessage,
};
use tokio::sync::watch;

use crate::cluster::{kafka, soon, topic};
use crate::messages::Alert;
use crate::run::{consumer, send};

const MESSAGES: i32 = 120;
const PARTITIONS: i32 = 2;
const DELAYS: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(250)];

/// What the handlers of one topic have seen.
struct Seen {
    attempts: Mutex<HashMap<i32, u32>>,
    /// How many attempts a message has before the last one.
    before_the_last: u32,
    /// The messages that have ended, in this order.
    ended: watch::Sender<Vec<i32>>,
}

impl Seen {
    /// Message 3 of every key fails in place, in each retry topic, and for ever. Message 5 fails once.
    fn handle(&self, number: i32) -> Result<(), HandlerError> {
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap();
            let attempt = attempts.entry(number).or_default();
            *attempt += 1;
            *attempt
        };
        match number / 10 {
            3 if attempt <= self.before_the_last => return Err("not yet".into()),
            3 => {
                self.end(number);
                return Err("never".into());
            }
            5 if attempt == 1 => return Err("not yet".into()),
            _ => self.end(number),
        }
        Ok(())
    }

    /// What comes again after a restart has ended before.
    fn end(&self, number: i32) {
        self.ended.send_if_modified(|ended| {
            let is_new = !ended.contains(&number);
            if is_new {
                ended.push(number);
            }
            is_new
        });
    }

    /// Resolves once so many messages have ended.
    fn until(&self, count: usize) -> impl Future<Output = ()> + Send + 'static {
        let mut ended = self.ended.subscribe();
        async move {
            let _ = ended.wait_for(|ended| ended.len() >= count).await;
        }
    }
}

/// Topics with retry topics, as many partitions each, and messages of ten keys.
async fn prepare(name: &str, delays: &[Duration], numbers: std::ops::Range<i32>) -> Arc<Seen> {
    topic(name, PARTITIONS);
    topic(&format!("{name}-dlt"), 1);
    for retry_topic in policy(name, delays).retry_topics_of(name) {
        topic(&retry_topic, PARTITIONS);
    }
    send(name, numbers, PARTITIONS).await;
    // It is tried twice at first.
    let before_the_last = 1 + u32::try_from(delays.len()).unwrap();
    Arc::new(Seen { attempts: Mutex::default(), before_the_last, ended: watch::Sender::new(Vec::new()) })
}

fn policy(name: &str, delays: &[Duration]) -> FailurePolicy {
    let retry = Retry::new(1).backoff(Duration::ZERO, Duration::from_millis(1));
    FailurePolicy::dead_letters_to(format!("{name}-dlt")).retry(retry).retry_topics(delays.iter().copied())
}

/// Runs until `stop` resolves.
async fn run(
    consumer: TypedConsumer<Alert>,
    policy: FailurePolicy,
    (order, in_batches): (Order, bool),
    seen: &Arc<Seen>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> RunSummary {
    let seen = Arc::clone(seen);
    let ended = if in_batches {
        let handler = move |messages: Vec<TypedMessage<Alert>>| {
            let seen = Arc::clone(&seen);
            async move {
                for (index, message) in messages.iter().enumerate() {
                    seen.handle(message.value.level).map_err(|error| BatchError::at(index, error))?;
                }
                Ok::<_, BatchError>(())
            }
        };
        let running = consumer.run_batches(handler).max(7).order(order).on_error(policy);
        soon(running.keep_key_order().stop_when(stop).into_future()).await
    } else {
        let handler = move |message: TypedMessage<Alert>| {
            let seen = Arc::clone(&seen);
            async move { seen.handle(message.value.level) }
        };
        let running = consumer.run(handler).order(order).on_error(policy);
        soon(running.keep_key_order().stop_when(stop).into_future()).await
    };
    ended.unwrap()
}

/// Resolves once all that is in the topic itself is done.
async fn all_of_its_own(control: ConsumerControl, topic: &'static str) {
    let is_done = |part: &PartitionStatus| part.end.is_some_and(|end| end > 0 && part.done == Some(end));
    loop {
        let mut partitions = control.partitions();
        partitions.retain(|part| &*part.topic == topic);
        if !partitions.is_empty() && partitions.iter().all(is_done) {
            return;
        }
        // Polls: a run announces only that everything is done, retry topics included.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Every message has ended, those of each key in their order.
fn check(seen: &Seen, case: &str) {
    let ended = seen.ended.borrow();
    let mut by_key: HashMap<i32, Vec<i32>> = HashMap::new();
    for number in &*ended {
        by_key.entry(number % 10).or_default().push(*number);
    }
    assert_eq!(by_key.values().map(Vec::len).sum::<usize>(), MESSAGES as usize, "{case}");
    for (key, numbers) in &by_key {
        assert!(numbers.is_sorted(), "{case}, key {key}: {numbers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_messages_of_a_key_wait_behind_the_one_that_failed() {
    for (name, order, in_batches) in [
        ("kept-by-partition", Order::Partition, false),
        ("kept-by-key", Order::Key, false),
        ("kept-in-batches", Order::Partition, true),
        ("kept-by-key-in-batches", Order::Key, true),
    ] {
        let seen = prepare(name, &DELAYS, 0..MESSAGES).await;
        let summary = run(
            consumer(name, name).await,
            policy(name, &DELAYS),
            (order, in_batches),
            &seen,
            seen.until(MESSAGES as usize),
        )
        .await;
        check(&seen, name);
        let total = summary.total;
        assert_eq!((total.dead_lettered, total.given_back), (10, 0), "{name}: {summary:?}");
        assert_eq!(total.processed, 110, "{name}");
        // Of every key the message that failed once or twice, and what came behind it.
        assert!(total.deferred > 10 * (2 + 1), "{name}: {total}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_that_wait_in_retry_topics_are_known_after_a_restart() {
    // Longer than the group needs to begin anew.
    const LONG: [Duration; 1] = [Duration::from_secs(5)];
    for (name, order) in [("kept-again", Order::Partition), ("kept-again-by-key", Order::Key)] {
        let seen = prepare(name, &LONG, 0..45).await;
        let policy = || policy(name, &LONG);
        // Message 3 of every key waits, and message 4 of half of them behind it.
        let first = consumer(name, name).await;
        let all = all_of_its_own(first.control(), name);
        let before = run(first, policy(), (order, false), &seen, all).await;
        assert!(before.total.deferred >= 10, "{name}: {before:?}");
        send(name, 45..MESSAGES, PARTITIONS).await;
        let after =
            run(consumer(name, name).await, policy(), (order, false), &seen, seen.until(MESSAGES as usize)).await;
        check(&seen, name);
        assert!(after.total.deferred > 10, "{name}: what came behind waited, {after:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_order_of_keys_needs_is_checked_first() {
    let name = topic("kept-checks", 2);
    topic("kept-checks-retry-1s", 3);
    let handler = async |_: TypedMessage<Alert>| Ok::<_, HandlerError>(());
    let policy = || FailurePolicy::skip().retry_topics([Duration::from_secs(1)]);
    let problem = async |consumer: TypedConsumer<Alert>, order: Order| {
        let run = consumer.run(handler).order(order).on_error(policy()).keep_key_order();
        match soon(run.into_future()).await.unwrap_err().problem {
            RunProblem::KeyOrder(error) => error,
            problem => panic!("{problem:?}"),
        }
    };
    let error = problem(consumer(name, name).await, Order::None).await;
    assert!(matches!(error, KeyOrderError::NoOrder), "{error}");
    let error = problem(consumer(name, name).await, Order::Key).await;
    assert!(matches!(error, KeyOrderError::Partitions { partitions: 2, found: 3, .. }), "{error}");
    let builder = kafka().consumer::<Alert>(name).group(name);
    let builder = builder.setting("partition.assignment.strategy", "cooperative-sticky");
    let error = problem(builder.build().await.unwrap(), Order::Key).await;
    assert!(
        error.to_string().contains("`partition.assignment.strategy` to `range` instead of `cooperative"),
        "{error}"
    );
    let pattern = kafka().consumer::<Alert>(TopicPattern::new("kept-.*")).group(name).build().await.unwrap();
    let error = problem(pattern, Order::Key).await;
    assert!(matches!(error, KeyOrderError::Pattern { .. }), "{error}");

    // Without retry topics there is nothing to keep.
    let run = consumer(name, name).await.run(handler).order(Order::None).keep_key_order();
    soon(run.stop_when(std::future::ready(())).into_future()).await.unwrap();
}
