//! The rows.

use super::row::{Clients, Load, Permitted, Row, Sized, Step};
use Step::{Further, KillConsumer, KillProducer, NewSchema, OtherMember, Request, RestartBroker, Sample, Times};

/// Of rows whose faults take their time.
const STEADY: Sized<Load> =
    Sized { quick: Load { messages: 4_000, rate: 2_000 }, full: Load { messages: 40_000, rate: 2_000 } };

/// Until everything that a row sends at least is acknowledged.
const TO_THE_END: Step = Further(100);

fn lasts(quick: u64, full: u64) -> Step {
    Step::For(Sized { quick, full })
}

fn permitted(doubled: bool, stall: (u64, u64), log_lines: usize) -> Permitted {
    Permitted { doubled, stall: Sized { quick: stall.0, full: stall.1 }, log_lines }
}

/// All rows, in their order.
pub(super) fn all() -> Vec<Row> {
    [brokers(), networks(), registries(), processes()].into_iter().flatten().collect()
}

fn brokers() -> Vec<Row> {
    vec![
        Row {
            name: "broker-killed",
            fault: "one broker after the other is killed with -9 and restarted",
            clients: Clients::Here,
            load: Sized { quick: Load { messages: 30_000, rate: 5_000 }, full: Load { messages: 1_000_000, rate: 0 } },
            before: vec![],
            steps: vec![Times(Sized { quick: 1, full: 6 }, vec![Further(12), RestartBroker]), TO_THE_END],
            permitted: permitted(true, (20, 20), 60),
        },
        Row {
            name: "brokers-away",
            fault: "all brokers are killed with -9, and restarted after {time}",
            clients: Clients::Here,
            load: STEADY,
            before: vec![],
            steps: vec![Further(30), Request("kill 0 1 2"), lasts(5_000, 60_000), Request("start 0 1 2"), TO_THE_END],
            // The minute, the start of the brokers, and then the 45 s that a group waits for the member of before.
            permitted: permitted(true, (60, 180), 40),
        },
        Row {
            name: "broker-unknown",
            fault: "the first address of a broker resolves to nothing at start",
            clients: Clients::HereWithUnknownBroker,
            load: STEADY,
            before: vec![],
            steps: vec![TO_THE_END],
            permitted: permitted(false, (15, 15), 10),
        },
    ]
}

fn networks() -> Vec<Row> {
    let network = |name, fault, toxic, permitted| Row {
        name,
        fault,
        clients: Clients::Here,
        load: STEADY,
        before: vec![],
        steps: vec![Further(30), Request(toxic), lasts(2_000, 20_000), Request("brokers healthy"), TO_THE_END],
        permitted,
    };
    vec![
        network(
            "network-cut",
            "the network to the brokers is cut for {time}",
            "brokers cut",
            permitted(true, (15, 35), 20),
        ),
        network(
            "network-slow",
            "the network to the brokers is slow for {time}: 200 ms and 500 kB/s",
            "brokers slow 200 500000",
            permitted(false, (5, 5), 4),
        ),
        network(
            "network-half-open",
            "the network to the brokers is half open: it swallows bytes for {time}, and its connections stay so",
            "brokers half-open",
            permitted(true, (20, 120), 30),
        ),
    ]
}

/// At start, and then when there is a schema that the consumer has not met.
fn registries() -> Vec<Row> {
    let registry = |name, fault, outage: Vec<Step>| {
        let end = Request("registry healthy");
        let steps = [outage.clone(), vec![end.clone(), Further(30), NewSchema], outage.clone(), vec![end, TO_THE_END]];
        Row {
            name,
            fault,
            clients: Clients::Here,
            load: STEADY,
            // The first step of an outage is there before the clients are.
            before: outage[..1].to_vec(),
            steps: steps.concat(),
            // One for each outage, one for the messages that wait, however many partitions they are of, and two of
            // brokers that have just been started.
            permitted: permitted(false, (10, 25), if name == "registry-flapping" { 16 } else { 5 }),
        }
    };
    let answers = |toxic| vec![Request(toxic), lasts(1_000, 10_000)];
    let pause = lasts(200, 200);
    let flapping = Times(
        Sized { quick: 4, full: 25 },
        vec![Request("registry cut"), pause.clone(), Request("registry healthy"), pause],
    );
    vec![
        registry(
            "registry-down",
            "the registry is away for {time}, at start and in the middle",
            answers("registry cut"),
        ),
        registry("registry-slow", "the registry takes 2 s for an answer", answers("registry slow 1000 100000")),
        registry("registry-429", "the registry answers 429 with `Retry-After: 1`", answers("registry 429")),
        registry("registry-500", "the registry answers 500", answers("registry 500")),
        registry("registry-html", "what is in front of the registry answers 200 with a page", answers("registry html")),
        registry("registry-404", "what is in front of the registry answers 404 with a page", answers("registry 404")),
        registry(
            "registry-flapping",
            "the registry comes and goes every 200 ms",
            vec![Request("registry cut"), flapping],
        ),
    ]
}

fn processes() -> Vec<Row> {
    let row = |name, fault, clients, steps, permitted| Row {
        name,
        fault,
        clients,
        load: Sized { quick: Load { messages: 8_000, rate: 2_000 }, full: Load { messages: 100_000, rate: 4_000 } },
        before: vec![],
        steps,
        permitted,
    };
    let kills = |kill| vec![Times(Sized { quick: 2, full: 9 }, vec![Further(10), kill]), TO_THE_END];
    let storm = vec![Times(Sized { quick: 8, full: 60 }, vec![OtherMember, lasts(300, 300)]), TO_THE_END];
    vec![
        row(
            "rebalance-storm",
            "another member joins, and the oldest one leaves, all the time",
            Clients::Here,
            storm,
            permitted(true, (15, 15), 10),
        ),
        row(
            "consumer-killed",
            "the consumer is killed with -9 again and again",
            Clients::ConsumerElsewhere,
            kills(KillConsumer),
            permitted(true, (20, 20), 10),
        ),
        row(
            "producer-killed",
            "the producer is killed with -9 again and again, and sends what was not acknowledged",
            Clients::ProducerElsewhere,
            kills(KillProducer),
            permitted(true, (10, 10), 4),
        ),
        row(
            "poison",
            "one of 100 messages cannot be decoded and becomes a dead letter",
            Clients::HereWithPoison,
            vec![TO_THE_END],
            permitted(false, (5, 5), 12),
        ),
        row(
            "soak",
            "nothing fails for {time}",
            Clients::Here,
            vec![lasts(5_000, 30_000), Sample(Sized { quick: 15_000, full: 570_000 })],
            permitted(false, (3, 5), 0),
        ),
    ]
}
