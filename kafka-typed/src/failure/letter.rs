//! The headers of a record that goes to a dead letter topic or a retry topic.

use super::failed_record::FailedRecord;
use super::failing::{Failure, FailureStage};
use super::failure_headers::{FailureHeaders, Origin, without_failure};
use super::header_names::{
    RETRY_DELIVERY, RETRY_DUE, RETRY_TIMESTAMP, SPRING_ATTEMPTS, SPRING_DEAD_LETTER, SPRING_RETRY, SpringNames, connect,
};
use super::header_values::big_integer_bytes;
use super::policy::parts_of_retry_topic;
use crate::connection::{Headers, Timestamp};

/// Whose headers a dead letter has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeadLetterFormat {
    /// Spring Kafka's: `kafka_dlt-original-topic`, `kafka_dlt-exception-message`, and so on; numbers are bytes.
    #[default]
    Spring,
    /// Kafka Connect's: `__connect.errors.topic`, `__connect.errors.exception.message`, and so on; numbers are text.
    Connect,
}

/// A record that has failed, and why.
#[derive(Clone, Copy)]
pub(super) struct Letter<'l> {
    pub(super) record: FailedRecord<'l>,
    /// `None` for a record that only waits for others of its key.
    pub(super) failure: Option<&'l Failure<'l>>,
    pub(super) group: Option<&'l str>,
}

impl<'l> Letter<'l> {
    /// The headers of the record, and those that tell of the failure.
    pub(super) fn dead_letter_headers(self, format: DeadLetterFormat) -> Headers {
        let mut headers = without_failure(self.record.headers, |_| false);
        match format {
            DeadLetterFormat::Spring => {
                self.push_spring(&mut headers, &SPRING_DEAD_LETTER);
                push(&mut headers, SPRING_ATTEMPTS, self.attempts().to_be_bytes());
            }
            DeadLetterFormat::Connect => self.push_connect(&mut headers),
        }
        headers
    }

    /// The headers of the record, and those that a retry topic needs.
    pub(super) fn retry_headers(self, delivery: u32, due: Timestamp) -> Headers {
        let mut headers = without_failure(self.record.headers, |_| false);
        self.push_spring(&mut headers, &SPRING_RETRY);
        push(&mut headers, SPRING_ATTEMPTS, self.attempts().to_be_bytes());
        push(&mut headers, RETRY_DELIVERY, delivery.to_be_bytes());
        push(&mut headers, RETRY_DUE, big_integer_bytes(due.as_millis()));
        if let Some(timestamp) = self.record.timestamp {
            push(&mut headers, RETRY_TIMESTAMP, big_integer_bytes(timestamp.as_millis()));
        }
        headers
    }

    fn push_spring(self, headers: &mut Headers, names: &SpringNames) {
        let Origin { topic, partition, offset } = self.origin();
        push(headers, names.topic, topic);
        if let Some(partition) = partition {
            push(headers, names.partition, partition.to_be_bytes());
        }
        if let Some(offset) = offset {
            push(headers, names.offset, offset.to_be_bytes());
        }
        if let Some(timestamp) = self.record.timestamp {
            push(headers, names.timestamp, timestamp.as_millis().to_be_bytes());
        }
        if let Some(group) = self.group {
            push(headers, names.group, group);
        }
        if let Some(failure) = self.failure {
            push(headers, names.class, failure.class());
            push(headers, names.message, failure.message());
        }
    }

    fn push_connect(self, headers: &mut Headers) {
        let Origin { topic, partition, offset } = self.origin();
        push(headers, connect::TOPIC, topic);
        if let Some(partition) = partition {
            push(headers, connect::PARTITION, partition.to_string());
        }
        if let Some(offset) = offset {
            push(headers, connect::OFFSET, offset.to_string());
        }
        if let Some(group) = self.group {
            push(headers, connect::CONNECTOR, group);
        }
        if let Some(failure) = self.failure {
            // Connect's names for the stages that these two are for it.
            let (stage, executing_class) = match failure.stage() {
                FailureStage::Decode => ("VALUE_CONVERTER", "kafka_typed::TypedConsumer"),
                FailureStage::Handle => ("TASK_PUT", "kafka_typed::Handler"),
            };
            push(headers, connect::STAGE, stage);
            push(headers, connect::EXECUTING_CLASS, executing_class);
            push(headers, connect::CLASS, failure.class());
            push(headers, connect::MESSAGE, failure.message());
        }
        push(headers, connect::ATTEMPTS, self.attempts().to_string());
    }

    /// Where the record was received that failed first: a retry, or a replay from a dead letter topic, keeps it.
    fn origin(self) -> Origin {
        let FailedRecord { topic, partition, offset, headers, .. } = self.record;
        let told = FailureHeaders::first_origin(headers).or_else(|| FailureHeaders::read(headers).origin);
        told.filter(|origin| is_of(&origin.topic, topic)).unwrap_or_else(|| {
            let known = |offset: i64| (offset >= 0).then_some(offset);
            Origin::new(topic, Some(partition).filter(|partition| *partition >= 0), known(offset))
        })
    }

    /// The attempts at all deliveries of the record so far.
    fn attempts(self) -> u32 {
        let before = match parts_of_retry_topic(self.record.topic) {
            Some(_) => FailureHeaders::read(self.record.headers).attempts.unwrap_or(0),
            None => 0,
        };
        before.saturating_add(self.failure.map_or(0, Failure::attempts))
    }
}

/// Whether what is in `topic` may come from `origin`. Handlers send received headers on with other values to other
/// topics, and a replay must not bring those to the origin of the message that they were made from.
fn is_of(origin: &str, topic: &str) -> bool {
    let Some(suffix) = topic.strip_prefix(origin) else { return false };
    if suffix.is_empty() || parts_of_retry_topic(topic).is_some_and(|(own, _)| own == origin) {
        return true;
    }
    let Some(suffix) = suffix.strip_prefix(['-', '.', '_']) else { return false };
    let is_letter = |letter: &char| letter.is_ascii_alphabetic();
    let letters: String = suffix.chars().filter(is_letter).map(|letter| letter.to_ascii_lowercase()).collect();
    matches!(letters.as_str(), "dlt" | "dlq" | "deadletter" | "deadletters" | "deadlettertopic" | "deadletterqueue")
}

fn push(headers: &mut Headers, name: &str, value: impl Into<Vec<u8>>) {
    headers.push(name.to_owned(), Some(value.into()));
}

#[cfg(test)]
mod tests {
    use crate::connection::ProducerRecord;
    use proptest::option;
    use proptest::prelude::*;

    use super::super::{HandlerError, replay_headers};
    use super::*;
    use crate::connection::ConsumerRecord;

    const NAMES: [&str; 12] = [
        "tenant",
        "kafka_dlt-original-topic",
        "kafka_dlt-original-offset",
        "kafka_original-partition",
        "kafka_original-topic",
        "retry_topic-attempts",
        "retry_topic-backoff-timestamp",
        "kafka_deliveryAttempt",
        "__connect.errors.topic",
        "__connect.errors.offset",
        "kafka_typed-first-origin",
        "kafka_typed-replays",
    ];

    /// Headers of which many are nonsense.
    fn headers() -> impl Strategy<Value = Headers> {
        let value = prop_oneof![
            Just(b"orders".to_vec()),
            Just(b"orders/3@17".to_vec()),
            any::<[u8; 4]>().prop_map(Vec::from),
            any::<[u8; 8]>().prop_map(Vec::from),
            any::<Vec<u8>>(),
        ];
        let header = (proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), option::of(value));
        proptest::collection::vec(header, 0..12).prop_map(|headers| headers.into_iter().collect())
    }

    fn record() -> impl Strategy<Value = ConsumerRecord> {
        let bytes = || option::of(any::<Vec<u8>>());
        let place = (0..i32::MAX, 0..i64::MAX, option::of(any::<i64>()));
        (bytes(), bytes(), headers(), place).prop_map(|(key, payload, headers, (partition, offset, timestamp))| {
            let mut record = ConsumerRecord::new(payload).topic("orders").partition(partition).offset(offset);
            (record.key, record.headers) = (key, headers);
            record.timestamp = timestamp.map(Timestamp::from);
            record
        })
    }

    fn error() -> HandlerError {
        HandlerError::from("the amount is negative").with_class("shop.amount")
    }

    fn others(headers: &Headers) -> Vec<(&str, Option<&[u8]>)> {
        headers.iter().filter(|(name, _)| *name == "tenant").collect()
    }

    proptest! {
        #[test]
        fn dead_letters_are_read_back(record in record(), is_connect: bool, attempts in 1_u32..1000) {
            let error = error();
            let failure = Failure::from(&error).after_attempts(attempts);
            let letter = Letter { record: (&record).into(), failure: Some(&failure), group: Some("shop") };
            let format = if is_connect { DeadLetterFormat::Connect } else { DeadLetterFormat::Spring };
            let headers = letter.dead_letter_headers(format);
            let found = FailureHeaders::read(&headers);
            prop_assert_eq!(found.origin, Some(letter.origin()));
            prop_assert_eq!(found.group.as_deref(), Some("shop"));
            prop_assert_eq!(found.error_class.as_deref(), Some("shop.amount"));
            prop_assert_eq!(found.error_message.as_deref(), Some("the amount is negative"));
            prop_assert_eq!(found.attempts, Some(attempts));
            prop_assert_eq!((found.delivery, found.due), (None, None));
            prop_assert_eq!(found.replays, FailureHeaders::read(&record.headers).replays);
            prop_assert_eq!(others(&headers), others(&record.headers));

            let FailedRecord { key, payload, timestamp, .. } = letter.record;
            let sent = ProducerRecord::again(key, payload, &headers, timestamp);
            prop_assert_eq!((sent.key, sent.payload), (record.key.as_deref(), record.payload.as_deref()));
            prop_assert_eq!(sent.timestamp, record.timestamp.filter(|timestamp| timestamp.as_millis() > 0));
        }

        #[test]
        fn records_of_retry_topics_are_read_back(record in record(), delivery in 2_u32..100, due: i64) {
            let error = error();
            let failure = Failure::from(&error).after_attempts(3);
            let letter = Letter { record: (&record).into(), failure: Some(&failure), group: None };
            let found = FailureHeaders::read(&letter.retry_headers(delivery, due.into()));
            prop_assert_eq!(found.origin, Some(letter.origin()));
            prop_assert_eq!((found.delivery, found.due), (Some(delivery), Some(due.into())));
            prop_assert_eq!((found.attempts, found.group), (Some(3), None));
        }

        #[test]
        fn a_replay_and_another_failure_keep_the_first_origin(record in record(), is_connect: bool, offset in 0..i64::MAX) {
            let error = error();
            let failure = Failure::from(&error);
            let format = if is_connect { DeadLetterFormat::Connect } else { DeadLetterFormat::Spring };
            let letter = Letter { record: (&record).into(), failure: Some(&failure), group: None };
            let headers = letter.dead_letter_headers(format);

            let mut replayed = ConsumerRecord::new(None).topic("orders").offset(offset);
            replayed.headers = replay_headers(&headers);
            prop_assert_eq!(others(&replayed.headers), others(&record.headers));
            let found = FailureHeaders::read(&replayed.headers);
            prop_assert_eq!((found.origin, found.error_class, found.attempts), (None, None, None));
            prop_assert_eq!(found.replays, FailureHeaders::read(&record.headers).replays.saturating_add(1));

            let again = Letter { record: (&replayed).into(), failure: Some(&failure), group: None };
            prop_assert_eq!(again.origin(), letter.origin());
        }
    }

    #[test]
    fn a_message_that_fails_in_retry_topics_keeps_its_origin_and_counts_its_attempts() {
        let error = error();
        let failure = Failure::from(&error).after_attempts(4);
        let mut record = ConsumerRecord::new(None).topic("orders").partition(3).offset(17).timestamp(5);
        let letter = Letter { record: (&record).into(), failure: Some(&failure), group: Some("shop") };
        record = ConsumerRecord { headers: letter.retry_headers(2, 99.into()), ..record.clone() };
        record = record.topic("orders-retry-10s").partition(0).offset(2);

        let failure = Failure::from(&error);
        let letter = Letter { record: (&record).into(), failure: Some(&failure), group: Some("shop") };
        let headers = letter.dead_letter_headers(DeadLetterFormat::Spring);
        let found = FailureHeaders::read(&headers);
        assert_eq!(found.origin, Some(Origin::new("orders", Some(3), Some(17))));
        assert_eq!((found.attempts, found.delivery, found.due), (Some(5), None, None));
        let value = |name: &str| headers.get(name).map(<[u8]>::to_vec);
        assert_eq!(value("kafka_dlt-original-partition"), Some(vec![0, 0, 0, 3]));
        assert_eq!(value("kafka_dlt-original-offset"), Some(vec![0, 0, 0, 0, 0, 0, 0, 17]));
        assert_eq!(value("kafka_dlt-original-timestamp"), Some(vec![0, 0, 0, 0, 0, 0, 0, 5]));
        assert_eq!(value("kafka_original-topic"), None);
    }

    #[test]
    fn headers_that_were_sent_on_to_another_topic_do_not_name_the_origin() {
        let check = |topic: &str, origin: &str| {
            let record = ConsumerRecord::new(None)
                .topic(topic)
                .partition(1)
                .offset(9)
                .header("kafka_dlt-original-topic", "orders")
                .header("kafka_dlt-original-offset", [0, 0, 0, 0, 0, 0, 0, 17]);
            let (error, group) = (error(), None);
            let letter = Letter { record: (&record).into(), failure: Some(&(&error).into()), group };
            assert_eq!(letter.origin().to_string(), origin, "{topic}");
        };
        check("orders", "orders/?@17");
        check("orders-retry-5m", "orders/?@17");
        check("orders-dlt", "orders/?@17");
        check("orders.DLT", "orders/?@17");
        check("orders-dead-letters", "orders/?@17");
        check("orders-enriched", "orders-enriched/1@9");
        check("orders-enriched-retry-5m", "orders-enriched-retry-5m/1@9");
        check("ordersdlt", "ordersdlt/1@9");
        check("audit", "audit/1@9");
    }
}
