//! What brokers know about a topic: its partitions, and the offsets that these have. Everything here blocks.

use std::time::{Duration, Instant};

use rdkafka::error::KafkaResult;
use rdkafka::metadata::{Metadata, MetadataPartition, MetadataTopic};
use rdkafka::types::RDKafkaErrorCode;

use super::error_code::KafkaErrorCode;

/// How long the brokers have for an answer about a topic, by default.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The partitions of a topic, in ascending order. `ask` gets the metadata within the time that it is given.
///
/// One that was created a moment ago has no leader yet, so that is asked again. One that the question itself creates
/// is unknown at first: Kafka answers before it has created it, so that where it `may_be_created`, that is asked again,
/// too.
pub(crate) fn partitions(
    topic: &str,
    may_be_created: bool,
    timeout: Duration,
    ask: impl Fn(Duration) -> KafkaResult<Metadata>,
) -> Result<Vec<i32>, KafkaErrorCode> {
    const PAUSE: Duration = Duration::from_millis(50);
    let until = Instant::now() + timeout;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let metadata = ask(left.max(PAUSE)).map_err(|error| KafkaErrorCode::of(&error))?;
        let found = metadata.topics().iter().find(|found| found.name() == topic);
        let problem = match (found, found.and_then(MetadataTopic::error)) {
            (None, _) => RDKafkaErrorCode::UnknownTopicOrPartition,
            (Some(_), Some(code)) => code.into(),
            (Some(found), None) if found.partitions().is_empty() => RDKafkaErrorCode::LeaderNotAvailable,
            (Some(found), None) => {
                let mut partitions: Vec<i32> = found.partitions().iter().map(MetadataPartition::id).collect();
                partitions.sort_unstable();
                return Ok(partitions);
            }
        };
        let may_pass = match problem {
            RDKafkaErrorCode::LeaderNotAvailable => true,
            RDKafkaErrorCode::UnknownTopicOrPartition => may_be_created,
            _ => false,
        };
        if !may_pass || left <= PAUSE {
            return Err(KafkaErrorCode::new(problem));
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use rdkafka::ClientConfig;
    use rdkafka::consumer::{BaseConsumer, Consumer};
    use rdkafka::mocking::MockCluster;
    use rdkafka::types::RDKafkaRespErr;

    use super::*;

    #[test]
    fn a_topic_that_the_question_creates_is_asked_for_again() {
        let mock = MockCluster::new(1).unwrap();
        let client: BaseConsumer =
            ClientConfig::new().set("bootstrap.servers", mock.bootstrap_servers()).create().unwrap();
        // (whether the topic may be created, how often it is asked for)
        for (may_be_created, questions) in [(true, 2), (false, 1)] {
            let topic = format!("fresh-{may_be_created}");
            let unknown = RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
            mock.topic_error(&topic, unknown).unwrap();
            let asked = Cell::new(0);
            let partitions = partitions(&topic, may_be_created, Duration::from_secs(60), |left| {
                asked.set(asked.get() + 1);
                let answer = client.fetch_metadata(Some(&topic), left);
                mock.topic_error(&topic, RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR).unwrap();
                answer
            });
            assert_eq!((partitions.is_ok(), asked.get()), (may_be_created, questions), "{topic}");
        }
    }
}
