//! Tests of what the page shows and does not test itself: they belong to its project, and not to this crate.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use kafka_typed::blocking::Wait;
use kafka_typed::connection::ProducerRecord;
use kafka_typed::embedded::Embedded;
use kafka_typed::failure::{NextStep, Progress};
use kafka_typed::{ConsumerControl, FailurePolicy, HandlerError, KafkaTyped, Timestamp, TypedConsumer};

use crate::com::example::shop::{Payment, Refund};
use crate::customers::Customers;
use crate::ledger::Ledger;
use crate::topics::{EVENTS, Event, PAYMENTS};
use crate::{
    consuming, delivery, events, failures, handling, memory, operating, ordering, producing, refunding, service,
    threads,
};

type Tested = Result<(), Box<dyn Error>>;

const COUNT: i64 = 20;

async fn with_payments() -> Result<KafkaTyped, Box<dyn Error>> {
    let kafka = Embedded::start().await?.kafka()?;
    let payment = |id| Payment { payment_id: id, customer: format!("customer-{}", id % 3), cents: 100 };
    let payments: Vec<Payment> = (0..COUNT).map(payment).collect();
    let (many, others) = payments.split_at(10);
    let (batch, stream) = others.split_at(5);
    let with_keys = stream.iter().map(|payment| (payment.customer.clone(), payment.clone()));
    assert_eq!(producing::many(&kafka, many).await?, 10);
    producing::batch(&kafka, batch).await?;
    assert_eq!(producing::all(&kafka, futures_util::stream::iter(with_keys)).await?, 5);
    Ok(kafka)
}

async fn consumer(
    kafka: &KafkaTyped,
) -> Result<(TypedConsumer<Payment, String>, ConsumerControl), Box<dyn Error>> {
    let consumer = consuming::consumer(kafka, "checks").await?;
    let control = consumer.control();
    Ok((consumer, control))
}

/// Lets a loop read everything that is there, and then ends it.
async fn to_the_end<T>(control: ConsumerControl, reading: impl Future<Output = T>) -> Result<T, Box<dyn Error>> {
    let stop = async {
        let caught_up = control.wait_until_caught_up().await;
        control.stop();
        caught_up
    };
    let (read, caught_up) = tokio::join!(reading, stop);
    caught_up?;
    Ok(read)
}

fn all_booked(ledger: &Ledger) -> bool {
    (0..3).map(|customer| ledger.paid_by(&format!("customer-{customer}"))).sum::<i64>() == COUNT * 100
}

#[tokio::test]
async fn every_loop_reads_everything() -> Tested {
    let kafka = with_payments().await?;
    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    to_the_end(control, consuming::one_by_one(payments, &ledger)).await?;
    assert!(all_booked(&ledger));

    let kafka = with_payments().await?;
    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    to_the_end(control, consuming::four_at_a_time(payments, &ledger)).await?;
    assert!(all_booked(&ledger));

    let kafka = with_payments().await?;
    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    to_the_end(control, consuming::in_batches(payments, &ledger)).await??;
    assert!(all_booked(&ledger));

    let kafka = with_payments().await?;
    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    to_the_end(control, delivery::in_tens(payments, &ledger)).await??;
    assert!(all_booked(&ledger));
    Ok(())
}

#[tokio::test]
async fn payments_are_booked_by_customer() -> Tested {
    let kafka = with_payments().await?;
    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    let summary = to_the_end(control, ordering::by_customer(payments, ledger.clone())).await??;
    assert_eq!(summary.total.processed, 20);
    assert!(all_booked(&ledger));
    Ok(())
}

#[tokio::test]
async fn each_payment_is_refunded_once() -> Tested {
    let kafka = with_payments().await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async {
        let _ = stopped.await;
    };
    let all_refunded = async {
        let mut refunds = kafka.consumer(&refunding::REFUNDS).group("refund-readers").build().await?;
        let mut ids = std::collections::BTreeSet::new();
        while ids.len() < usize::try_from(COUNT)? {
            let refund = refunds.next().await.ok_or("no more refunds")??;
            assert_eq!((refund.key, refund.value.cents), (Some(refund.value.payment_id), 10));
            assert!(ids.insert(refund.value.payment_id), "{ids:?}");
        }
        drop(stop);
        Ok::<_, Box<dyn Error>>(())
    };
    let (summary, read) = tokio::join!(refunding::refund(&kafka, "1", stopped), all_refunded);
    read?;
    assert_eq!(summary?.run.total.processed, 20);
    Ok(())
}

#[tokio::test]
async fn little_memory_is_enough_for_many_payments() -> Tested {
    let kafka = Embedded::start().await?.kafka()?;
    let payments = memory::small_producer(&kafka).await?;
    for id in 0..500 {
        drop(payments.send(&Payment { payment_id: id, customer: "ada".into(), cents: 1 }).enqueue().await?);
        assert!(payments.counts().in_flight <= 10);
    }
    assert_eq!(payments.close().await?.delivered, 500);

    let ledger = Ledger::default();
    let payments = memory::small_consumer(&kafka).await?;
    let control = payments.control();
    to_the_end(control.clone(), async {
        consuming::one_by_one(payments, &ledger).await;
    })
    .await?;
    assert_eq!(ledger.paid_by("ada"), 500);
    Ok(())
}

#[tokio::test]
async fn a_service_ends_with_the_rest_of_its_program() -> Tested {
    let kafka = with_payments().await?;
    let (payments, control) = consumer(&kafka).await?;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let rest = async { ended.await.unwrap_or_default() };
    let run = tokio::spawn(service::serve(payments, Ledger::default(), rest));
    control.wait_until_caught_up().await?;
    end.send(()).map_err(|()| "it has ended")?;
    let total = run.await??.total;
    assert_eq!((total.processed, total.given_back), (20, 0));
    Ok(())
}

#[tokio::test]
async fn a_consumer_that_is_paused_waits() -> Tested {
    let kafka = with_payments().await?;
    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    let run = tokio::spawn(handling::book(payments, ledger.clone()));
    control.wait_until_caught_up().await?;
    let has_no_lag = async {
        while operating::lag(&control) != Some(0) {
            // Polls: where a partition without messages ends is known once it was fetched from.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), has_no_lag).await?;

    let (resume, resumed) = tokio::sync::oneshot::channel::<()>();
    let paused = operating::pause_until(&control, async { resumed.await.unwrap_or_default() });
    let send_and_resume = async {
        assert!(control.partitions().iter().all(|status| status.is_paused));
        producing::one(&kafka).await?;
        assert_eq!(ledger.paid_by("ada"), 0);
        resume.send(()).map_err(|()| "it waits")?;
        Ok::<_, Box<dyn Error>>(())
    };
    let ((), sent) = tokio::join!(paused, send_and_resume);
    sent?;
    control.wait_until_caught_up().await?;
    assert_eq!(ledger.paid_by("ada"), 1200);

    let partitions = control.partitions();
    let all = partitions.iter().filter_map(|status| status.end).max().ok_or("there are payments")?;
    let longest = partitions.iter().find(|status| status.end == Some(all)).ok_or("there are payments")?;
    operating::replay_from(&control, longest.partition, all - 1).await?;
    control.wait_until_caught_up().await?;
    control.stop();
    assert_eq!(run.await??.total.processed, 22);
    Ok(())
}

#[test]
fn a_program_without_a_runtime_sends_and_receives() -> Tested {
    let kafka = Embedded::start().wait()?.kafka()?;
    let payment = Payment { payment_id: 1, customer: "ada".into(), cents: 100 };
    threads::pay(&kafka, &payment)?;
    assert_eq!(threads::first(&kafka, 1)?, [payment]);

    let payments = consuming::consumer(&kafka, "threads").wait()?;
    let control = payments.control();
    let printing = std::thread::spawn(|| threads::print_all(payments));
    control.wait_until_caught_up().wait()?;
    control.stop();
    assert_eq!(printing.join().map_err(|_| "it panicked")??.total.processed, 1);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_booked_becomes_a_dead_letter() -> Tested {
    let kafka = with_payments().await?;
    let producer = kafka.producer(&PAYMENTS).build().await?;
    producer.send(&Payment { payment_id: 1, customer: "ada".into(), cents: -1 }).key("ada").await?;
    producer.raw().send(ProducerRecord::new(Some(b"not a payment"))).await?;

    let ledger = Ledger::default();
    let (payments, control) = consumer(&kafka).await?;
    let summary = to_the_end(control, handling::book(payments, ledger.clone())).await??;

    assert_eq!((summary.total.processed, summary.total.dead_lettered), (20, 2));
    assert!(all_booked(&ledger));
    Ok(())
}

#[test]
fn policies_decide_as_the_page_tells() {
    assert_eq!(failures::patient().retry_topics_of("payments"), ["payments-retry-10s", "payments-retry-1m"]);
    let outage = HandlerError::from(std::io::Error::other("the database is away"));
    let next = |policy: FailurePolicy, error: &HandlerError| {
        policy.next_step(error, Progress::new(1, 1000), Timestamp::from(1))
    };
    assert!(matches!(next(failures::stubborn(), &outage), NextStep::RetryIn(_)));
    assert_eq!(next(failures::stubborn(), &HandlerError::from("a bug")), NextStep::Fail);
    assert!(matches!(next(failures::patient(), &outage), NextStep::RetryTopic { index: 0, .. }));
}

#[tokio::test]
async fn events_of_each_type_are_handled() -> Tested {
    let kafka = Embedded::start().await?.kafka()?;
    let producer = kafka.producer(&EVENTS).build().await?;
    let payment = Payment { payment_id: 1, customer: "ada".into(), cents: 100 };
    producer.send(&Event::from(payment)).key(1).await?;
    producer.send(&Event::from(Refund { payment_id: 1, cents: 50 })).key(1).await?;

    let consumer = kafka.consumer(&EVENTS).group("checks").build().await?;
    let control = consumer.control();
    let run = consumer.run(events::on_event);
    let summary = to_the_end(control, async { run.await }).await??;

    assert_eq!(summary.total.processed, 2);
    Ok(())
}

#[tokio::test]
async fn the_cache_has_who_is_still_there() -> Tested {
    let kafka = Embedded::start().await?.kafka()?;
    producing::with_tombstones(&kafka).await?;

    let customers = Customers::start(&kafka).await?;

    assert_eq!(customers.get("ada").map(|customer| customer.name).as_deref(), Some("ada"));
    assert_eq!(customers.get("ben"), None);
    Ok(())
}

#[tokio::test]
async fn the_last_hour_is_booked_again() -> Tested {
    let kafka = with_payments().await?;
    let (payments, control) = consumer(&kafka).await?;
    let run = tokio::spawn(handling::book(payments, Ledger::default()));
    control.wait_until_caught_up().await?;
    assert!(operating::is_alive(&control) && operating::is_ready(&control));

    operating::replay_last_hour(&control).await?;
    control.wait_until_caught_up().await?;
    control.stop();

    assert_eq!(run.await??.total.processed, 40);
    assert!(!operating::is_alive(&control));

    let producer = kafka.producer(&PAYMENTS).build().await?;
    assert!(operating::sender_is_alive(&producer) && operating::sender_is_ready(&producer));
    producer.close().await?;
    assert!(!operating::sender_is_alive(&producer) && !operating::sender_is_ready(&producer));
    Ok(())
}
