//! What librdkafka measures of the brokers that a client is connected to, when `statistics.interval.ms` is set.

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use rdkafka::Statistics;
use rdkafka::statistics::Broker;

/// librdkafka's name for what is not a broker.
const INTERNAL: &str = "internal";

/// Hands the statistics of a client to whatever collects metrics.
pub(crate) fn measured(statistics: &Statistics) {
    for broker in statistics.brokers.values().filter(|broker| broker.source != INTERNAL) {
        measured_of(&statistics.name, broker);
    }
}

fn measured_of(client: &str, broker: &Broker) {
    let labels = [("client", client.to_owned()), ("broker", broker.name.clone())];
    let with = |name, value| [&labels[..], &[(name, String::from(value))]].concat();
    gauge!("kafka_broker_up", &labels).set(if broker.state == "UP" { 1.0 } else { 0.0 });
    gauge!("kafka_broker_waiting_requests", &labels).set(number(broker.outbuf_cnt));
    gauge!("kafka_broker_in_flight_requests", &labels).set(number(broker.waitresp_cnt));
    if let Some(round_trip) = broker.rtt.as_ref().filter(|window| window.cnt > 0) {
        for (quantile, micros) in [("0.5", round_trip.p50), ("0.99", round_trip.p99)] {
            gauge!("kafka_broker_round_trip_seconds", &with("quantile", quantile)).set(number(micros) / 1e6);
        }
    }
    if let Some(throttle) = &broker.throttle {
        gauge!("kafka_broker_throttle_seconds", &labels).set(number(throttle.max) / 1e3);
    }
    for (kind, count) in [("send", broker.txerrs), ("receive", broker.rxerrs), ("timeout", broker.req_timeouts)] {
        counter!("kafka_broker_errors_total", &with("kind", kind)).absolute(count);
    }
    let disconnects = broker.disconnects.and_then(|count| u64::try_from(count).ok());
    counter!("kafka_broker_disconnects_total", &labels).absolute(disconnects.unwrap_or(0));
}

/// Exact up to 2^53.
#[allow(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
fn number(count: i64) -> f64 {
    count as f64
}

/// Tells the collector, if one is installed by now, what the metrics mean.
pub(crate) fn describe() {
    describe_gauge!("kafka_broker_up", "Whether a client is connected to a broker");
    describe_gauge!("kafka_broker_waiting_requests", "Requests that are not sent yet");
    describe_gauge!("kafka_broker_in_flight_requests", "Requests that are not answered yet");
    describe_gauge!("kafka_broker_round_trip_seconds", Unit::Seconds, "From a request to its answer, lately");
    describe_gauge!(
        "kafka_broker_throttle_seconds",
        Unit::Seconds,
        "The longest that a broker held a client up lately"
    );
    describe_counter!("kafka_broker_errors_total", "Requests that failed, by the kind");
    describe_counter!("kafka_broker_disconnects_total", "How often a connection was lost or closed");
}
