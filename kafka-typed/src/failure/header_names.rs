//! The names of headers that tell of a failure: those of Spring Kafka and Kafka Connect, and two of this crate.

/// Names of Spring Kafka, whose records of retry topics have them without `dlt-`.
pub(super) struct SpringNames {
    pub(super) topic: &'static str,
    /// Four bytes.
    pub(super) partition: &'static str,
    /// Eight bytes.
    pub(super) offset: &'static str,
    /// Eight bytes.
    pub(super) timestamp: &'static str,
    pub(super) group: &'static str,
    pub(super) class: &'static str,
    pub(super) message: &'static str,
}

pub(super) const SPRING_DEAD_LETTER: SpringNames = SpringNames {
    topic: "kafka_dlt-original-topic",
    partition: "kafka_dlt-original-partition",
    offset: "kafka_dlt-original-offset",
    timestamp: "kafka_dlt-original-timestamp",
    group: "kafka_dlt-original-consumer-group",
    class: "kafka_dlt-exception-fqcn",
    message: "kafka_dlt-exception-message",
};

pub(super) const SPRING_RETRY: SpringNames = SpringNames {
    topic: "kafka_original-topic",
    partition: "kafka_original-partition",
    offset: "kafka_original-offset",
    timestamp: "kafka_original-timestamp",
    group: "kafka_original-consumer-group",
    class: "kafka_exception-fqcn",
    message: "kafka_exception-message",
};

/// What wraps the error of a listener in Spring, and is the class of all of them; the cause is what failed.
pub(super) const SPRING_WRAPPER: &str = "org.springframework.kafka.listener.ListenerExecutionFailedException";

/// The class of what caused Spring's exception.
pub(super) const SPRING_CAUSES: [&str; 2] = ["kafka_dlt-exception-cause-fqcn", "kafka_exception-cause-fqcn"];

/// Which delivery this is: four bytes, 2 in the first retry topic.
pub(super) const RETRY_DELIVERY: &str = "retry_topic-attempts";
/// When a record of a retry topic is due: the bytes of Java's `BigInteger`.
pub(super) const RETRY_DUE: &str = "retry_topic-backoff-timestamp";
/// The time of the record in its own topic: the bytes of Java's `BigInteger`.
pub(super) const RETRY_TIMESTAMP: &str = "retry_topic-original-timestamp";
/// How often a record was tried in all: four bytes. Spring has the name for the attempts of one delivery.
pub(super) const SPRING_ATTEMPTS: &str = "kafka_deliveryAttempt";

/// All of Kafka Connect's are text.
pub(super) mod connect {
    pub(in super::super) const TOPIC: &str = "__connect.errors.topic";
    pub(in super::super) const PARTITION: &str = "__connect.errors.partition";
    pub(in super::super) const OFFSET: &str = "__connect.errors.offset";
    /// A sink connector is what a group is here.
    pub(in super::super) const CONNECTOR: &str = "__connect.errors.connector.name";
    pub(in super::super) const STAGE: &str = "__connect.errors.stage";
    pub(in super::super) const EXECUTING_CLASS: &str = "__connect.errors.class.name";
    pub(in super::super) const CLASS: &str = "__connect.errors.exception.class.name";
    pub(in super::super) const MESSAGE: &str = "__connect.errors.exception.message";
    /// Connect itself has none.
    pub(in super::super) const ATTEMPTS: &str = "__connect.errors.attempts";
}

/// How often a message was sent back from a dead letter topic, as text.
pub(super) const REPLAYS: &str = "kafka_typed-replays";
/// Where a message that was sent back first came from, as `topic/partition@offset`.
pub(super) const FIRST_ORIGIN: &str = "kafka_typed-first-origin";

/// Whether a header tells of one failure, so that it ends with that: a replay removes it, and another failure replaces
/// it.
pub(super) fn tells_of_a_failure(name: &str) -> bool {
    const PREFIXES: [&str; 6] = [
        "kafka_dlt-",
        "kafka_original-",
        "kafka_exception-",
        "kafka_key-exception-",
        "retry_topic-",
        "__connect.errors.",
    ];
    name == SPRING_ATTEMPTS || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
