//! The retry topics and dead letter topics of a run.

use std::sync::Arc;
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue};

use super::failing::Failed;
use super::outlet::{Arrival, Destination, Outlet};
use super::run_error::RunProblem;
use crate::connection::consumer_client::Subscription;
use crate::connection::{ConnectionError, ConsumerRecord, RawProducer};
use crate::consumer::partitioned::PartitionedConsumer;
use crate::failure::{DeadLetters, FailureHeaders, FailurePolicy, LetterError, RetryTopics, topic_of_retries};

/// How long the brokers have to tell that a topic exists.
const TOPIC_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends messages that failed to other topics, and knows those that come back.
pub(super) struct Forwarding {
    on_error: Route,
    on_bad_message: Route,
    /// Topics that are read for themselves, whatever their names are like.
    own_topics: Vec<Arc<str>>,
    has_retry_topics: bool,
}

/// Where one policy sends messages.
struct Route {
    retry_topics: RetryTopics,
    dead_letters: Option<DeadLetters>,
}

impl Forwarding {
    /// Checks that the topics exist to which the policies send, and lets the consumer read the retry topics as well.
    pub(super) async fn start<V: DecodeValue, K: DecodeKey>(
        consumer: &PartitionedConsumer<V, K>,
        on_error: &FailurePolicy,
        on_bad_message: &FailurePolicy,
    ) -> Result<Self, RunProblem> {
        let own_topics = match consumer.subscription() {
            Subscription::Topics(topics) => topics.to_vec(),
            Subscription::Pattern(_) => Vec::new(),
        };
        let mut names: Vec<String> = Vec::new();
        for policy in [on_error, on_bad_message] {
            let further = match consumer.subscription() {
                Subscription::Topics(topics) => topics.iter().flat_map(|topic| policy.retry_topics_of(topic)).collect(),
                // The names follow from the delays alone.
                Subscription::Pattern(pattern) => policy.retry_topics_of(&format!("^({pattern})")),
            };
            for topic in further {
                let topic = if own_topics.is_empty() { format!("{topic}$") } else { topic };
                if !names.contains(&topic) {
                    names.push(topic);
                }
            }
        }
        for topic in names.iter().filter(|_| !own_topics.is_empty()) {
            check(&consumer.connection().raw_producer(topic.as_str()).build()?).await?;
        }
        if !names.is_empty() {
            consumer.subscribe_also(&names)?;
        }
        let (on_error, on_bad_message) =
            (Route::of(consumer, on_error).await?, Route::of(consumer, on_bad_message).await?);
        Ok(Self { on_error, on_bad_message, own_topics, has_retry_topics: !names.is_empty() })
    }

    fn route(&self, failed: &Failed) -> &Route {
        match failed {
            Failed::Handler(_) => &self.on_error,
            Failed::Bad(_) => &self.on_bad_message,
        }
    }
}

impl Route {
    async fn of<V: DecodeValue, K: DecodeKey>(
        consumer: &PartitionedConsumer<V, K>,
        policy: &FailurePolicy,
    ) -> Result<Self, RunProblem> {
        let mut retry_topics = RetryTopics::new(consumer.connection().clone(), policy);
        if let Some(group) = consumer.group() {
            retry_topics = retry_topics.group(group);
        }
        if !policy.has_dead_letters() {
            return Ok(Self { retry_topics, dead_letters: None });
        }
        let Some(topic) = policy.dead_letter_topic().or(consumer.dead_letters()) else {
            return Err(RunProblem::NoDeadLetterTopic { topic: Arc::clone(consumer.topic()) });
        };
        let producer = consumer.connection().raw_producer(&**topic).build()?;
        check(&producer).await?;
        let dead_letters = DeadLetters::new(producer);
        let dead_letters = match consumer.group() {
            Some(group) => dead_letters.group(group),
            None => dead_letters,
        };
        Ok(Self { retry_topics, dead_letters: Some(dead_letters) })
    }
}

/// A topic that does not exist is an error before a message needs it. Brokers that create topics create it here.
async fn check(producer: &RawProducer) -> Result<(), ConnectionError> {
    match producer.partitions(TOPIC_TIMEOUT).await {
        Ok(_) => Ok(()),
        Err(error @ ConnectionError::UnknownTopic { .. }) => Err(error),
        // Brokers that cannot be reached now are waited for, as for every consumer.
        Err(error) => {
            tracing::warn!(topic = &**producer.topic(), %error, "whether a topic for failed messages exists is not known");
            Ok(())
        }
    }
}

impl Outlet for Forwarding {
    async fn send(
        &self,
        record: &ConsumerRecord,
        to: Destination,
        failed: &Failed,
        attempts: u32,
    ) -> Result<(), LetterError> {
        let Route { retry_topics, dead_letters } = self.route(failed);
        let failure = failed.as_failure().after_attempts(attempts);
        match (to, dead_letters) {
            (Destination::RetryTopic { index, due }, _) => retry_topics.send(record, failure, index, due).await?,
            (Destination::DeadLetters, Some(dead_letters)) => dead_letters.send(record, failure).await?,
            (Destination::DeadLetters, None) => {
                debug_assert!(false, "a policy without dead letters sends none");
                let (topic, target) = (Arc::clone(&record.topic), Arc::from(""));
                let ConsumerRecord { partition, offset, .. } = *record;
                let source = ConnectionError::InvalidTopic { topic: String::new() };
                return Err(LetterError::NoProducer { topic, partition, offset, target, source });
            }
        };
        Ok(())
    }

    fn arrival(&self, record: &ConsumerRecord) -> Arrival {
        let FailureHeaders { delivery, due, .. } = FailureHeaders::read(&record.headers);
        let is_ours = self.on_error.retry_topics.is_for(&record.headers);
        // One without a number is from the first retry topic.
        Arrival { delivery: delivery.unwrap_or(2), due, is_ours }
    }

    fn is_retry_topic(&self, topic: &str) -> bool {
        self.has_retry_topics && topic_of_retries(topic).is_some() && !self.own_topics.iter().any(|own| **own == *topic)
    }
}
