//! Members of groups of each kind: cooperative, of KIP-848's protocol, and static. Against the servers that the
//! environment names, else against embedded ones.

use std::collections::BTreeSet;
use std::time::Duration;

use kafka_typed::{ConsumeError, KafkaTyped, MessageBatch, PartitionStatus, ReceiveError, TypedConsumer};
use messages::SensorAlert;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::alerts::{Sending, number_of};
use crate::reliability::until;
use crate::servers;

const PARTITIONS: u64 = 4;
const MESSAGES: u64 = 40;
/// Kafka's number of the error that a member gets whose name another one has taken.
const FENCED_INSTANCE_ID: i32 = 82;

const COOPERATIVE: [(&str, &str); 1] = [("partition.assignment.strategy", "cooperative-sticky")];
const CLASSIC: [(&str, &str); 1] = [("partition.assignment.strategy", "range")];
/// KIP-848: the brokers assign the partitions.
const CONSUMER: [(&str, &str); 1] = [("group.protocol", "consumer")];

/// A topic, with messages in each of its partitions, whose name its groups have, too.
async fn topic_with_messages(name: &str) -> Sending {
    let kafka = servers::connect().await;
    let topic = servers::create_topic(&kafka, name, PARTITIONS).await;
    let sending = Sending { kafka, topic, partitions: PARTITIONS, keys: PARTITIONS, bytes: 20 };
    sending.send(0..MESSAGES, Duration::ZERO).await;
    sending
}

async fn join(sending: &Sending, settings: &[(&str, &str)]) -> TypedConsumer<SensorAlert> {
    let mut consumer = sending.kafka.consumer::<SensorAlert>(&sending.topic).group(&sending.topic);
    for (name, value) in settings {
        consumer = consumer.setting(*name, *value);
    }
    if sending.kafka.embedded().is_some() && !settings.contains(&CONSUMER[0]) {
        // The embedded broker lets members wait for nearly as long as this whenever one joins.
        consumer = consumer.setting("session.timeout.ms", "1500").setting("heartbeat.interval.ms", "300");
    }
    // What is not done when a partition is taken away is not waited for.
    consumer.revocation_timeout(Duration::from_millis(100)).build().await.expect("a consumer")
}

fn partitions_of(consumer: &TypedConsumer<SensorAlert>) -> BTreeSet<i32> {
    consumer.control().partitions().iter().map(|status| status.partition).collect()
}

async fn until_assigned(consumers: [&TypedConsumer<SensorAlert>; 2]) {
    until("half of the partitions for each", async || {
        let shares = consumers.map(partitions_of);
        let are_halves = shares.iter().all(|share| share.len() == 2) && shares[0].is_disjoint(&shares[1]);
        are_halves.then_some(())
    })
    .await;
}

/// Takes so many messages, none of which is done.
async fn take(consumer: &mut TypedConsumer<SensorAlert>, count: usize) -> Vec<MessageBatch<SensorAlert>> {
    let mut batches: Vec<MessageBatch<SensorAlert>> = Vec::new();
    until("the messages", async || {
        let batch = consumer.next_batch(100, Duration::from_millis(100)).await.expect("it goes on");
        batches.push(batch.expect("good messages"));
        let taken: usize = batches.iter().map(MessageBatch::len).sum();
        (taken >= count).then_some(())
    })
    .await;
    batches
}

fn numbers_in(batches: &[MessageBatch<SensorAlert>]) -> BTreeSet<u64> {
    batches.iter().flat_map(MessageBatch::messages).map(number_of).collect()
}

/// The numbers of the messages of these partitions.
fn numbers_of(partitions: &BTreeSet<i32>, sending: &Sending) -> BTreeSet<u64> {
    (0..MESSAGES).filter(|number| partitions.contains(&sending.partition(*number))).collect()
}

/// How many messages are in flight in each partition.
fn in_flight(consumer: &TypedConsumer<SensorAlert>) -> Vec<u64> {
    consumer.control().partitions().iter().map(|status| status.in_flight).collect()
}

/// When another member joins, the first one gives two partitions away and keeps what it does in the others.
async fn check_that_kept_partitions_go_on(name: &str, settings: &[(&str, &str)]) {
    let sending = topic_with_messages(name).await;
    let mut first = join(&sending, settings).await;
    let taken = take(&mut first, 40).await;
    assert_eq!(numbers_in(&taken), (0..MESSAGES).collect());

    let mut second = join(&sending, settings).await;
    until_assigned([&first, &second]).await;

    assert_eq!(in_flight(&first), [10, 10], "what it keeps was never taken away");
    taken.iter().for_each(MessageBatch::done);
    let again = take(&mut second, 20).await;
    assert_eq!(numbers_in(&again), numbers_of(&partitions_of(&second), &sending), "what was given up comes again");
    again.iter().for_each(MessageBatch::done);
    first.close().await.expect("its offsets are committed");
    second.close().await.expect("its offsets are committed");
    servers::until_committed(&sending.kafka, &sending.topic, &sending.topic, PARTITIONS, MESSAGES).await;
}

/// The embedded broker refuses offsets while members join and leave.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cooperative_member_keeps_what_it_does_while_another_joins() {
    if is_embedded().await {
        return;
    }
    check_that_kept_partitions_go_on("cooperative", &COOPERATIVE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_of_the_consumer_protocol_keeps_what_it_does_while_another_joins() {
    check_that_kept_partitions_go_on("kip-848", &CONSUMER).await;
}

/// With the eager protocol that is not so, which shows what the other two are worth.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_eager_member_gives_up_everything_while_another_joins() {
    let sending = topic_with_messages("eager").await;
    let mut first = join(&sending, &CLASSIC).await;
    let taken = take(&mut first, 40).await;

    let mut second = join(&sending, &CLASSIC).await;
    until_assigned([&first, &second]).await;

    taken.iter().for_each(MessageBatch::done);
    let (first_again, second_again) = tokio::join!(take(&mut first, 20), take(&mut second, 20));
    for (member, again) in [(&first, &first_again), (&second, &second_again)] {
        assert_eq!(numbers_in(again), numbers_of(&partitions_of(member), &sending));
    }
}

/// Neither a partition without messages nor one whose messages were done before is a mystery.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_has_nothing_to_do_has_no_lag() {
    let kafka = servers::connect().await;
    let topic = servers::create_topic(&kafka, "no-lag", PARTITIONS).await;
    let sending = Sending { kafka, topic, partitions: PARTITIONS, keys: PARTITIONS, bytes: 20 };
    sending.send(0..PARTITIONS - 1, Duration::ZERO).await;
    let mut first = join(&sending, &COOPERATIVE).await;
    let taken = take(&mut first, 3).await;
    let control = first.control();
    until("the end of the empty partition", async || {
        let lags: Vec<Option<u64>> = control.partitions().iter().map(PartitionStatus::lag).collect();
        (lags == [Some(1), Some(1), Some(1), Some(0)]).then_some(())
    })
    .await;
    taken.iter().for_each(MessageBatch::done);
    until("the end of all partitions", async || (control.lag() == Some(0)).then_some(())).await;
    first.close().await.expect("its offsets are committed");

    let second = join(&sending, &COOPERATIVE).await;
    let control = second.control();
    until("that it has nothing to do", async || {
        (control.partitions().len() == 4 && control.lag() == Some(0)).then_some(())
    })
    .await;
    sending.send(PARTITIONS..PARTITIONS + 1, Duration::ZERO).await;
    until("the message that comes then", async || (control.lag() == Some(1)).then_some(())).await;
}

/// A static member that is started again gets what it had, and the others notice nothing.
async fn check_static_membership(name: &str, settings: &[(&str, &str)]) {
    let sending = topic_with_messages(name).await;
    let as_member = |id| [settings, &[("group.instance.id", id)]].concat();
    let mut first = join(&sending, &as_member("desk-1")).await;
    let mut second = join(&sending, &as_member("desk-2")).await;
    until_assigned([&first, &second]).await;
    let of_first = partitions_of(&first);
    take(&mut first, 20).await.iter().for_each(MessageBatch::done);
    let taken = take(&mut second, 20).await;

    first.close().await.expect("its offsets are committed");
    sending.send(MESSAGES..2 * MESSAGES, Duration::ZERO).await;
    let mut first = join(&sending, &as_member("desk-1")).await;

    let new = take(&mut first, 20).await;
    let expected: BTreeSet<u64> =
        (MESSAGES..2 * MESSAGES).filter(|number| of_first.contains(&sending.partition(*number))).collect();
    assert_eq!(numbers_in(&new), expected, "it goes on where it was");
    assert_eq!(in_flight(&second), [10, 10], "the other one was never disturbed");
    new.iter().chain(&taken).for_each(MessageBatch::done);
    take(&mut second, 20).await.iter().for_each(MessageBatch::done);
    first.close().await.expect("its offsets are committed");
    second.close().await.expect("its offsets are committed");
    servers::until_committed(&sending.kafka, &sending.topic, &sending.topic, PARTITIONS, 2 * MESSAGES).await;
}

/// The embedded broker takes a member that comes back for a new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_member_comes_back_to_its_partitions() {
    if is_embedded().await {
        return;
    }
    check_static_membership("static", &COOPERATIVE).await;
}

/// Two processes with one name are a mistake of who has set them up, which the first one reports.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_member_ends_when_another_takes_its_name() {
    if is_embedded().await {
        return;
    }
    let sending = topic_with_messages("fenced").await;
    let settings = [COOPERATIVE[0], ("group.instance.id", "desk-1")];
    let mut first = join(&sending, &settings).await;
    take(&mut first, 40).await.iter().for_each(MessageBatch::done);

    let mut second = join(&sending, &settings).await;
    drop(take(&mut second, 1).await);

    let error = until("an error", async || first.next().await.expect("an error comes before the end").err()).await;
    assert!(error.is_fatal(), "{error:?}");
    let ConsumeError::Receive(ReceiveError::Fatal { source, .. }) = &error else { panic!("{error:?}") };
    assert_eq!(source.number(), FENCED_INSTANCE_ID, "{error:?}");
}

/// Markers of transactions take offsets, and so do messages of those that were aborted. The embedded broker has none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offsets_without_messages_hold_nothing_up() {
    if is_embedded().await {
        return;
    }
    let kafka = servers::connect().await;
    let topic = servers::create_topic(&kafka, "transactions", 1).await;
    let (servers_of_kafka, written) = (kafka.bootstrap_servers().to_owned(), topic.clone());
    let payloads = ["committed", "aborted", "committed"];
    let writing = tokio::task::spawn_blocking(move || write_transactions(&servers_of_kafka, &written, &payloads));
    writing.await.expect("the transactions are written");

    let mut consumer = kafka.consumer::<Vec<u8>>(&topic).group(&topic).build().await.expect("a consumer");
    let control = consumer.control();
    let mut seen = Vec::new();
    while let Some(message) = consumer.next_until_end().await {
        seen.push(message.expect("bytes").value);
    }
    assert_eq!(seen, [b"committed", b"committed"]);
    control.wait_until_caught_up().await.expect("everything is done");
    assert_eq!(control.lag(), Some(0), "{:?}", control.partitions());
    consumer.close().await.expect("its offsets are committed");
    // A message and a marker for each transaction, up to the last message.
    servers::until_committed(&kafka, &topic, &topic, 1, 5).await;
}

/// Writes each payload in a transaction of its own, which is aborted where the payload says so.
pub(crate) fn write_transactions(bootstrap_servers: &str, topic: &str, payloads: &[&str]) {
    const TIMEOUT: Duration = Duration::from_secs(30);
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap_servers).set("transactional.id", topic);
    let producer: BaseProducer = config.create().expect("a client");
    producer.init_transactions(TIMEOUT).expect("transactions");
    for payload in payloads {
        producer.begin_transaction().expect("a transaction");
        producer.send(BaseRecord::<str, str>::to(topic).payload(*payload)).expect("room in the queue");
        producer.flush(TIMEOUT).expect("it is delivered");
        let ended = match *payload {
            "aborted" => producer.abort_transaction(TIMEOUT),
            _ => producer.commit_transaction(TIMEOUT),
        };
        ended.expect("the end of a transaction");
    }
}

async fn is_embedded() -> bool {
    let kafka: KafkaTyped = servers::connect().await;
    kafka.embedded().is_some()
}
