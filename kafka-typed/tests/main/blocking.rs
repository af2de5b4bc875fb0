//! Without an async runtime: ordinary functions and threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kafka_typed::blocking::{self, Wait};
use kafka_typed::failure::FailurePolicy;
use kafka_typed::{Order, Topic, TypedMessage};

use crate::cluster::{kafka, topic};
use crate::messages::Alert;

const ALERTS: Topic<Alert, String> = Topic::new("blocking");

#[test]
fn a_program_without_a_runtime_sends_receives_and_handles() {
    topic(ALERTS.name(), 2);
    let producer = kafka().producer(&ALERTS).build().wait().unwrap();
    let delivery = producer.send(&Alert::numbered(0)).key("sensor-0").wait().unwrap();
    assert_eq!(&*delivery.topic, ALERTS.name());
    for number in 1..20 {
        let alert = Alert::numbered(number);
        drop(producer.send(&alert).key(&alert.sensor_id).enqueue().wait().unwrap());
    }
    producer.flush(Duration::from_secs(30)).wait().unwrap();
    assert_eq!(producer.close().wait().unwrap().delivered, 20);

    let mut consumer = kafka().consumer(&ALERTS).group("blocking-reader").build().wait().unwrap();
    let mut levels: Vec<i32> =
        blocking::messages(&mut consumer).take(20).map(|message| message.unwrap().value.level).collect();
    levels.sort_unstable();
    assert_eq!(levels, Vec::from_iter(0..20));
    consumer.close().wait().unwrap();
}

#[test]
fn handlers_that_block_run_beside_each_other() {
    const WORK: Topic<Alert, String> = Topic::new("blocking-work");
    topic(WORK.name(), 2);
    topic("blocking-dead", 1);
    let producer = kafka().producer(&WORK).build().wait().unwrap();
    for number in 0..20 {
        let alert = Alert::numbered(number);
        producer.send(&alert).key(&alert.sensor_id).wait().unwrap();
    }
    let handled = Arc::new(Mutex::new(Vec::new()));
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let handle = {
        let (handled, most) = (Arc::clone(&handled), Arc::clone(&most));
        move |message: TypedMessage<Alert, String>| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Polls: nothing. It blocks its thread, which is what is tested, so that others begin meanwhile.
            std::thread::sleep(Duration::from_millis(20));
            running.fetch_sub(1, Ordering::SeqCst);
            match message.value.level {
                7 => Err("seven is refused"),
                8 => panic!("eight is worse"),
                level => {
                    handled.lock().unwrap().push(level);
                    Ok(())
                }
            }
        }
    };
    let consumer = kafka().consumer(&WORK).group("blocking-handler").build().wait().unwrap();
    let control = consumer.control();
    let watch = std::thread::spawn(move || {
        control.wait_until_caught_up().wait().unwrap();
        control.stop();
    });
    let run = consumer.run(blocking::handler(handle)).order(Order::Key);
    let summary = run.on_error(FailurePolicy::dead_letters_to("blocking-dead")).wait().unwrap();
    watch.join().unwrap();
    let mut handled = handled.lock().unwrap().clone();
    handled.sort_unstable();
    assert_eq!(handled, (0..20).filter(|level| ![7, 8].contains(level)).collect::<Vec<_>>());
    assert!(most.load(Ordering::SeqCst) > 1, "one after the other");
    assert_eq!(summary.total.dead_lettered, 2, "{summary:?}");
}
