//! The retry topics and dead letter topics of a run.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use avro_typed::topic::{DecodeKey, DecodeValue};

use super::failing::Failed;
use super::kept_order::RetryStage;
use super::outlet::{Arrival, Destination, Outlet, Sending, TopicRole};
use super::post::Post;
use super::run_error::RunProblem;
use crate::connection::consumer_client::Subscription;
use crate::connection::{
    Connection, ConnectionError, ConsumerControl, ConsumerRecord, RawProducer, StartOffset, Timestamp,
};
use crate::consumer::ConsumeError;
use crate::consumer::partitioned::PartitionedConsumer;
use crate::failure::{DeadLetters, FailureHeaders, FailurePolicy, LetterError, RetryTopics, parts_of_retry_topic};

/// How long the brokers have to tell that a topic exists.
const TOPIC_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends messages that failed to other topics, and knows those that come back.
pub(super) struct Forwarding<P> {
    post: P,
    on_error: Route,
    on_bad_message: Route,
    /// Topics that are read for themselves, whatever their names are like.
    own_topics: Vec<Arc<str>>,
    has_retry_topics: bool,
    connection: Connection,
    control: ConsumerControl,
}

/// Where one policy sends messages.
struct Route {
    retry_topics: RetryTopics,
    dead_letters: Option<DeadLetters>,
}

impl<P: Post> Forwarding<P> {
    /// Checks that the topics exist to which the policies send, and lets the consumer read the retry topics as well.
    /// With `keeps_partition` a message has the same partition there.
    pub(super) async fn start<V: DecodeValue, K: DecodeKey>(
        consumer: &PartitionedConsumer<V, K>,
        on_error: &FailurePolicy,
        on_bad_message: &FailurePolicy,
        keeps_partition: bool,
        post: P,
    ) -> Result<Self, RunProblem> {
        let connection = post.connection(consumer.connection());
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
            check(&connection.raw_producer(topic.as_str()).build()?).await?;
        }
        let has_retry_topics = !names.is_empty();
        let (on_error, on_bad_message) = (
            Route::of(consumer, connection, on_error, keeps_partition).await?,
            Route::of(consumer, connection, on_bad_message, keeps_partition).await?,
        );
        for topic in [&on_error, &on_bad_message].into_iter().filter_map(Route::dead_letter_topic) {
            if own_topics.contains(topic) {
                return Err(RunProblem::DeadLettersComeBack { topic: Arc::clone(topic) });
            }
        }
        if has_retry_topics {
            let own = own_topics.clone();
            let is_further = move |topic: &str| is_retry_topic(&own, topic);
            consumer.subscribe_also(&names, Box::new(is_further))?;
        }
        let (connection, control) = (consumer.connection().clone(), consumer.control());
        Ok(Self { post, on_error, on_bad_message, own_topics, has_retry_topics, connection, control })
    }

    fn routes(&self) -> [&Route; 2] {
        [&self.on_error, &self.on_bad_message]
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
        connection: &Connection,
        policy: &FailurePolicy,
        keeps_partition: bool,
    ) -> Result<Self, RunProblem> {
        let mut retry_topics = RetryTopics::new(connection.clone(), policy);
        if let Some(group) = consumer.group() {
            retry_topics = retry_topics.group(group);
        }
        if keeps_partition {
            retry_topics = retry_topics.keep_partition();
        }
        if !policy.has_dead_letters() {
            return Ok(Self { retry_topics, dead_letters: None });
        }
        let Some(topic) = policy.dead_letter_topic().or(consumer.dead_letters()) else {
            return Err(RunProblem::NoDeadLetterTopic { topic: Arc::clone(consumer.topic()) });
        };
        let producer = connection.raw_producer(&**topic).build()?;
        check(&producer).await?;
        let dead_letters = DeadLetters::new(producer);
        let dead_letters = match consumer.group() {
            Some(group) => dead_letters.group(group),
            None => dead_letters,
        };
        Ok(Self { retry_topics, dead_letters: Some(dead_letters) })
    }
}

impl Route {
    fn dead_letter_topic(&self) -> Option<&Arc<str>> {
        self.dead_letters.as_ref().map(DeadLetters::topic)
    }
}

/// Whether messages of this topic are those that come back, by its name. One that is read for itself is not.
fn is_retry_topic(own_topics: &[Arc<str>], topic: &str) -> bool {
    parts_of_retry_topic(topic).is_some() && !own_topics.iter().any(|own| **own == *topic)
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

impl<P: Post> Outlet for Forwarding<P> {
    async fn send(&self, record: &ConsumerRecord, sending: Sending<'_>) -> Result<(), LetterError> {
        let (to, failed, attempts) = match sending {
            Sending::Failed { to, failed, attempts } => (to, failed, attempts),
            Sending::Behind(RetryStage { index, delay }) => {
                let has_topic = |route: &&Route| route.retry_topics.delays().get(index) == Some(&delay);
                let route = self.routes().into_iter().find(has_topic).unwrap_or(&self.on_error);
                // It waits for those before it, and for nothing else.
                let due = Timestamp::from(SystemTime::now());
                let (producer, letter) = route.retry_topics.letter(record.into(), None, index, due).await?;
                let posted = self.post.post(record, &producer, letter).await;
                return posted.map_err(|source| LetterError::not_delivered(&record.into(), producer.topic(), source));
            }
        };
        let Route { retry_topics, dead_letters } = self.route(failed);
        let failure = failed.as_failure().after_attempts(attempts);
        let (producer, letter) = match (to, dead_letters) {
            (Destination::RetryTopic { index, due }, _) => {
                retry_topics.letter(record.into(), Some(&failure), index, due).await?
            }
            (Destination::DeadLetters, Some(dead_letters)) => {
                (dead_letters.producer().clone(), dead_letters.letter(record.into(), &failure).await)
            }
            (Destination::DeadLetters, None) => {
                debug_assert!(false, "a policy without dead letters sends none");
                let (topic, target) = (Arc::clone(&record.topic), Arc::from(""));
                let ConsumerRecord { partition, offset, .. } = *record;
                let source = ConnectionError::InvalidTopic { topic: String::new() };
                return Err(LetterError::NoProducer { topic, partition, offset, target, source });
            }
        };
        let posted = self.post.post(record, &producer, letter).await;
        posted.map_err(|source| LetterError::not_delivered(&record.into(), producer.topic(), source))
    }

    fn arrival(&self, record: &ConsumerRecord) -> Arrival {
        let FailureHeaders { delivery, attempts, due, .. } = FailureHeaders::read(&record.headers);
        let is_ours = self.on_error.retry_topics.is_for(&record.headers);
        // One without a number is from the first retry topic.
        let was_tried = delivery.is_none() || attempts.is_some();
        Arrival { delivery: delivery.unwrap_or(2), was_tried, due, is_ours }
    }

    fn role(&self, topic: &str) -> TopicRole {
        let is_dead_letters = |route: &Route| route.dead_letter_topic().is_some_and(|found| **found == *topic);
        // A pattern may match retry topics whether this run has some or not. What is for another group there is not
        // for this one.
        let may_have_retries = self.has_retry_topics || self.own_topics.is_empty();
        match () {
            () if self.routes().into_iter().any(is_dead_letters) => TopicRole::DeadLetters,
            () if may_have_retries && is_retry_topic(&self.own_topics, topic) => TopicRole::Retries,
            () => TopicRole::Own,
        }
    }

    async fn each_waiting(
        &self,
        topic: &Arc<str>,
        partition: i32,
        mut each: impl FnMut(&[u8], Arrival) + Send,
    ) -> Result<(), RunProblem> {
        let offsets = self.control.uncommitted(topic, partition).await?;
        if offsets.is_empty() {
            return Ok(());
        }
        let mut reader = self.connection.raw_consumer(&**topic).build()?;
        reader.assign([(partition, StartOffset::Offset(offsets.start))]).await?;
        while let Some(record) = reader.next_until_end().await {
            let record = record.map_err(ConsumeError::from)?;
            if record.offset >= offsets.end {
                break;
            }
            if let Some(key) = &record.key {
                each(key, self.arrival(&record));
            }
            if record.offset + 1 == offsets.end {
                break;
            }
        }
        // It has no group, and nothing to commit.
        reader.close().await?;
        Ok(())
    }
}
