//! How runs end, and what becomes of partitions that move between members, on the embedded broker.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kafka_typed::{HandlerError, Order, TypedMessage};
use tokio::sync::{Notify, mpsc};

use crate::cluster::{kafka, soon, topic};
use crate::messages::Alert;
use crate::run::{consumer, send, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_finished_in_time_is_given_back_and_comes_again() {
    let name = topic("run-gives-back", 1);
    send(name, 0..10, 1).await;
    let (started, mut is_started) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert>| {
        let _ = started.send(());
        async move {
            if message.value.level == 5 {
                std::future::pending::<()>().await;
            }
            Ok::<_, HandlerError>(())
        }
    };
    let six = async move {
        for _ in 0..6 {
            is_started.recv().await;
        }
    };
    let running = consumer(name, name).await.run(handler).stop_when(six).drain_timeout(Duration::from_secs(4));
    let summary = soon(running.into_future()).await.unwrap();
    assert_eq!((summary.total.processed, summary.total.given_back), (5, 1));

    let (seen, numbers) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert>| {
        let sent = seen.send(message.value.level);
        async move { sent }
    };
    let running = consumer(name, name).await.run(handler).stop_when(until(numbers, 5));
    assert_eq!(soon(running.into_future()).await.unwrap().total.processed, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_keys_keep_their_order_when_members_come_and_go() {
    let name = topic("run-rebalances", 4);
    send(name, 0..400, 4).await;
    let seen: Arc<Mutex<Vec<i32>>> = Arc::default();
    let (sender, numbers) = mpsc::unbounded_channel();
    let handler = || {
        let (seen, sender) = (Arc::clone(&seen), sender.clone());
        move |message: TypedMessage<Alert>| {
            let (seen, sender) = (Arc::clone(&seen), sender.clone());
            async move {
                // Long enough that members join and leave meanwhile.
                tokio::task::yield_now().await;
                let number = message.value.level;
                seen.lock().unwrap().push(number);
                sender.send(number)
            }
        }
    };
    let (all, stopped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let stop = |notify: &Arc<Notify>| {
        let notify = Arc::clone(notify);
        async move { notify.notified().await }
    };
    let first = consumer(name, name).await.run(handler()).order(Order::Key).stop_when(stop(&all));
    let first = tokio::spawn(first.into_future());
    let second = consumer(name, name).await.run(handler()).order(Order::Key).stop_when(stop(&stopped));
    let second = tokio::spawn(second.into_future());
    send(name, 400..800, 4).await;
    stopped.notify_one();
    soon(second).await.unwrap().unwrap();
    send(name, 800..1200, 4).await;
    soon(until(numbers, 1200)).await;
    all.notify_one();
    soon(first).await.unwrap().unwrap();

    let seen = seen.lock().unwrap();
    let numbers: BTreeSet<_> = seen.iter().copied().collect();
    assert_eq!(numbers, (0..1200).collect());
    // What could not be committed while the group changed comes again, in its order too.
    let mut known = BTreeSet::new();
    for number in &*seen {
        // The one before it of its key in its partition.
        let before = number - 20;
        assert!(before < 0 || known.contains(&before), "{number} before {before}");
        known.insert(*number);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_slower_than_the_poll_interval_keeps_its_partition() {
    let name = topic("run-slow", 1);
    send(name, 0..2, 1).await;
    let builder = kafka().consumer::<Alert>(name).group(name);
    let builder = builder.setting("session.timeout.ms", "1000").setting("max.poll.interval.ms", "1000");
    let slow = builder.setting("heartbeat.interval.ms", "200").build().await.unwrap();
    let started = Arc::new(AtomicU32::new(0));
    let (seen, numbers) = mpsc::unbounded_channel();
    let counted = Arc::clone(&started);
    let handler = move |message: TypedMessage<Alert>| {
        counted.fetch_add(1, Ordering::Relaxed);
        let seen = seen.clone();
        async move {
            if message.value.level == 0 {
                // Polls: a second member would get the message, which nothing reports when it does not happen.
                tokio::time::sleep(Duration::from_secs(3)).await;
            }
            seen.send(message.value.level)
        }
    };
    let summary = soon(slow.run(handler).stop_when(until(numbers, 2)).into_future()).await.unwrap();
    assert_eq!((summary.total.processed, started.load(Ordering::Relaxed)), (2, 2));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_a_run() {
    let name = topic("run-signal", 1);
    send(name, 0..1, 1).await;
    let handler = async |_: TypedMessage<Alert>| {
        let kill = std::process::Command::new("kill").arg("-TERM").arg(std::process::id().to_string()).status();
        assert!(kill?.success());
        Ok::<_, HandlerError>(())
    };
    let summary = soon(consumer(name, name).await.run(handler).stop_on_signal().into_future()).await.unwrap();
    assert_eq!(summary.total.processed, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_ends_with_its_consumer_and_with_its_future() {
    let name = topic("run-stops", 1);
    send(name, 0..1, 1).await;
    let (seen, mut numbers) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert>| {
        let seen = seen.clone();
        async move { seen.send(message.value.level) }
    };
    let stopping = consumer(name, name).await;
    let control = stopping.control();
    let running = tokio::spawn(stopping.run(handler.clone()).into_future());
    assert_eq!(soon(numbers.recv()).await, Some(0));
    control.stop();
    assert_eq!(soon(running).await.unwrap().unwrap().total.processed, 1);

    let running = tokio::spawn(consumer(name, "other").await.run(handler).into_future());
    assert_eq!(soon(numbers.recv()).await, Some(0));
    running.abort();
    assert!(soon(running).await.unwrap_err().is_cancelled());
    assert_eq!(soon(numbers.recv()).await, None, "the handler is dropped");
}
