//! Transactions on the embedded broker, which answers to them, and hides nothing of one that is aborted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kafka_typed::connection::ConsumerRecord;
use kafka_typed::failure::FailureHeaders;
use kafka_typed::{
    BatchError, ConnectionError, FailurePolicy, HandlerError, Retry, RunProblem, SendError, SetupError, Topic,
    Transaction, TransactionalHandler, TransactionalProblem, TransactionalProducer, TransactionalSummary, TypedMessage,
};
use tokio::sync::mpsc;

use crate::cluster::{kafka, send_to, soon, topic};
use crate::messages::{Alert, Tree};
use crate::run::{consumer, done, records, send, until};

/// Sends each alert on with the number's double, and reports its number.
struct Doubles {
    doubles: TransactionalProducer<Alert, i32>,
    seen: mpsc::UnboundedSender<i32>,
    attempts: AtomicU32,
}

impl TransactionalHandler<Alert> for Doubles {
    async fn handle(&self, alert: TypedMessage<Alert>, transaction: Transaction) -> Result<(), HandlerError> {
        let number = alert.value.level;
        transaction.send(&self.doubles, &Alert::numbered(2 * number)).key(number).partition(alert.partition).await?;
        match number {
            3 if self.attempts.fetch_add(1, Ordering::Relaxed) < 2 => return Err(HandlerError::from("not yet")),
            4 => panic!("it cannot be"),
            5 => return Err(HandlerError::permanent("never")),
            _ => self.seen.send(number)?,
        }
        Ok(())
    }
}

fn number(record: &ConsumerRecord) -> i32 {
    i32::from_be_bytes(record.key.as_deref().unwrap().try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_attempts_that_succeed_send_and_failures_leave_with_the_transaction() {
    const ORDERS: Topic<Alert> = Topic::new("transaction-orders").dead_letters("transaction-orders-dlt");
    const DOUBLES: Topic<Alert, i32> = Topic::new("transaction-doubles");
    topic("transaction-orders-dlt", 1);
    topic(DOUBLES.name(), 2);
    send(topic(ORDERS.name(), 2), 0..200, 2).await;
    send_to(ORDERS.name(), 1, &[Some(b"no Avro")]).await;
    send(ORDERS.name(), 200..210, 2).await;

    let transactions = kafka().transactional("transaction-orders-1").build().unwrap();
    let doubles = kafka().producer(&DOUBLES).build_transactional(&transactions).await.unwrap();
    let (seen, numbers) = mpsc::unbounded_channel();
    let handler = Doubles { doubles, seen, attempts: AtomicU32::new(0) };
    let policy =
        FailurePolicy::dead_letters().retry(Retry::new(2).backoff(Duration::from_millis(1), Duration::from_millis(5)));
    let orders = kafka().consumer(&ORDERS).group("transaction-orders").build().await.unwrap();
    let running = orders
        .run_transactional(&transactions, handler)
        .on_error(policy)
        .on_bad_message(FailurePolicy::dead_letters())
        .commit_every(50, Duration::from_millis(20))
        .stop_when(until(numbers, 208));
    let TransactionalSummary { run, committed, aborted, .. } = soon(running.into_future()).await.unwrap();

    assert_eq!((run.total.processed, run.total.dead_lettered, aborted), (208, 3, 0));
    assert!(committed >= 5, "{committed} transactions for 211 messages, 50 in each at most");
    assert_eq!(done(ORDERS.name(), "transaction-orders", 2).await, 211);
    let mut by_partition: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for record in records(DOUBLES.name(), 208).await {
        by_partition.entry(record.partition).or_default().push(number(&record));
    }
    for (partition, numbers) in by_partition {
        let expected = (0..210).filter(|number| number % 2 == partition && ![4, 5].contains(number));
        assert_eq!(numbers, expected.collect::<Vec<_>>(), "each once, in their order");
    }
    let mut reasons: Vec<_> = records("transaction-orders-dlt", 3)
        .await
        .iter()
        .map(|letter| FailureHeaders::read(&letter.headers).error_message.unwrap())
        .collect();
    reasons.sort_unstable();
    assert_eq!(reasons[..2], ["never", "the handler panicked: it cannot be"]);
    assert!(reasons[2].contains("(7 bytes) has no schema id"), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_send_for_those_that_are_done() {
    const DOUBLES: Topic<Alert, i32> = Topic::new("transaction-batch-doubles");
    let name = topic("transaction-batches", 1);
    topic(DOUBLES.name(), 1);
    topic("transaction-batches-dlt", 1);
    send(name, 0..100, 1).await;
    let transactions = kafka().transactional("transaction-batches-1").build().unwrap();
    let doubles = kafka().producer(&DOUBLES).build_transactional(&transactions).await.unwrap();
    let (seen, numbers) = mpsc::unbounded_channel();
    let handler = move |alerts: Vec<TypedMessage<Alert>>, transaction: Transaction| {
        let (seen, doubles) = (seen.clone(), doubles.clone());
        async move {
            for (index, alert) in alerts.iter().enumerate() {
                let number = alert.value.level;
                if number % 10 == 7 {
                    return Err(BatchError::at(index, HandlerError::permanent("seven")));
                }
                let double = Alert::numbered(2 * number);
                transaction.send(&doubles, &double).key(number).await.map_err(BatchError::from)?;
                seen.send(number).map_err(BatchError::from)?;
            }
            Ok(())
        }
    };
    let running = consumer(name, name)
        .await
        .run_transactional_batches(&transactions, handler)
        .max(15)
        .on_error(FailurePolicy::dead_letters_to("transaction-batches-dlt"))
        .commit_every(4, Duration::from_millis(20))
        .stop_when(until(numbers, 90));
    let summary = soon(running.into_future()).await.unwrap();
    assert_eq!((summary.run.total.processed, summary.run.total.dead_lettered, summary.aborted), (90, 10, 0));
    assert_eq!(done(name, name, 1).await, 100);
    let sent: Vec<_> = records(DOUBLES.name(), 90).await.iter().map(number).collect();
    assert_eq!(sent, (0..100).filter(|number| number % 10 != 7).collect::<Vec<_>>());
    assert_eq!(records("transaction-batches-dlt", 10).await.len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_come_back_from_retry_topics_and_keys_may_be_records() {
    const TREES: Topic<Alert, Tree> = Topic::new("transaction-trees");
    let name = topic("transaction-retries", 1);
    topic(TREES.name(), 1);
    topic("transaction-retries-retry-10ms", 1);
    send(name, 0..10, 1).await;
    let transactions = kafka().transactional("transaction-retries-1").build().unwrap();
    let trees = kafka().producer(&TREES).build_transactional(&transactions).await.unwrap();
    let (seen, numbers) = mpsc::unbounded_channel();
    let handler = move |alert: TypedMessage<Alert>, transaction: Transaction| {
        let (seen, trees) = (seen.clone(), trees.clone());
        async move {
            if alert.value.level % 2 == 0 && !alert.topic.ends_with("10ms") {
                return Err(HandlerError::from("later"));
            }
            transaction.send(&trees, &alert.value).key(Tree::of_depth(alert.value.level + 1)).await?;
            seen.send(alert.value.level)?;
            Ok(())
        }
    };
    let policy = FailurePolicy::fail().retry_topics([Duration::from_millis(10)]);
    let running = consumer(name, name)
        .await
        .run_transactional(&transactions, handler)
        .on_error(policy)
        .stop_when(until(numbers, 10));
    let summary = soon(running.into_future()).await.unwrap();
    assert_eq!((summary.run.total.processed, summary.run.total.deferred), (10, 5));
    let mut trees = kafka().consumer(&TREES).from_beginning().build().await.unwrap();
    for _ in 0..10 {
        let tree = soon(trees.next()).await.unwrap().unwrap();
        assert_eq!(tree.key, Some(Tree::of_depth(tree.value.level + 1)));
    }
    assert_eq!(done(name, name, 1).await, 10);
}

/// A run that fails commits what was processed before, and another one may use the same transactions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_fails_says_which_message_it_was_and_another_goes_on_there() {
    let name = topic("transaction-failing", 1);
    send(name, 0..10, 1).await;
    let transactions = kafka().transactional("transaction-failing-1").build().unwrap();
    let failing = async |alert: TypedMessage<Alert>, _: Transaction| match alert.value.level {
        6 => Err(HandlerError::from("no")),
        _ => Ok(()),
    };
    let run = consumer(name, name).await.run_transactional(&transactions, failing);
    let error = soon(run.into_future()).await.unwrap_err();
    assert_eq!(error.message(), Some((name, 0, 6)), "{error}");
    assert_eq!((error.summary.run.total.processed, error.summary.committed > 0), (6, true));
    assert!(error.transaction().is_none() && !error.is_fenced());
    assert_eq!(done(name, name, 1).await, 6);

    let (seen, numbers) = mpsc::unbounded_channel();
    let rest = move |alert: TypedMessage<Alert>, _: Transaction| {
        let sent = seen.send(alert.value.level);
        async move { sent }
    };
    let run = consumer(name, name).await.run_transactional(&transactions, rest).stop_when(until(numbers, 4));
    assert_eq!(soon(run.into_future()).await.unwrap().run.total.processed, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_contradicts_transactions_is_an_error() {
    let name = topic("transaction-settings", 1);
    let setting = |error: ConnectionError| match error {
        ConnectionError::InvalidSetting { setting, .. } => setting,
        error => panic!("{error}"),
    };
    let builder = |id: &str| kafka().transactional(id);
    assert_eq!(setting(builder("").build().unwrap_err()), "transactional.id");
    let not_idempotent = builder("transaction-settings-1").setting("enable.idempotence", "false");
    assert_eq!(setting(not_idempotent.build().unwrap_err()), "enable.idempotence");
    let by_hand = kafka().producer::<Alert>(name).setting("transactional.id", "a").build().await.unwrap_err();
    assert!(by_hand.to_string().contains("call `.transactional(..)`"), "{by_hand}");

    let transactions = builder("transaction-settings-1").build().unwrap();
    let own = kafka().producer::<Alert>(name).setting("linger.ms", "7").build_transactional(&transactions).await;
    let SetupError::Connection(own) = own.unwrap_err() else { panic!("another kind") };
    assert_eq!(setting(own), "linger.ms");

    let nothing = async |_: TypedMessage<Alert>, _: Transaction| Ok::<(), HandlerError>(());
    for (given, value) in [("isolation.level", "read_uncommitted"), ("enable.auto.commit", "true")] {
        let consumer = kafka().consumer::<Alert>(name).group(name).setting(given, value).build().await.unwrap();
        let error = soon(consumer.run_transactional(&transactions, nothing).into_future()).await.unwrap_err();
        let TransactionalProblem::Run(RunProblem::Connection(error)) = error.problem else { panic!("another kind") };
        assert_eq!(setting(error), given);
    }
    let without_group = kafka().consumer::<Alert>(name).build().await.unwrap();
    let error = soon(without_group.run_transactional(&transactions, nothing).into_future()).await.unwrap_err();
    assert!(error.to_string().contains("call `.group(..)`"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_out_of_its_transaction() {
    let name = topic("transaction-late", 1);
    topic("transaction-late-calls", 1);
    send(name, 0..1, 1).await;
    let transactions = kafka().transactional("transaction-late-1").build().unwrap();
    let others = kafka().transactional("transaction-late-2").build().unwrap();
    let build = async |transactions| {
        kafka().producer::<Alert>("transaction-late-calls").build_transactional(transactions).await.unwrap()
    };
    let (calls, others_calls) = (build(&transactions).await, build(&others).await);
    let (seen, mut all) = mpsc::unbounded_channel();
    let of_other = others_calls.clone();
    let handler = move |alert: TypedMessage<Alert>, transaction: Transaction| {
        let (seen, of_other) = (seen.clone(), of_other.clone());
        async move {
            let error = transaction.send(&of_other, &alert.value).await.unwrap_err();
            assert!(matches!(error, SendError::OtherTransactions { .. }), "{error}");
            seen.send((alert, transaction))
        }
    };
    let (leave, left) = tokio::sync::oneshot::channel();
    let run = consumer(name, name).await.run_transactional(&transactions, handler).stop_when(left);
    let running = tokio::spawn(run.into_future());
    let (alert, transaction) = soon(all.recv()).await.unwrap();
    // The handler has given its transaction away, and returns.
    leave.send(()).unwrap();
    soon(running).await.unwrap().unwrap();
    let error = transaction.send(&calls, &alert.value).await.unwrap_err();
    assert!(matches!(error, SendError::TransactionEnded { .. }), "{error}");

    let in_a_test = Transaction::default();
    in_a_test.send(&calls, &alert.value).await.unwrap();
    assert_eq!(in_a_test.sent(), 1);
}
