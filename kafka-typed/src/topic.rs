//! What a topic holds, said once for both of its ends.

mod wire_formats;

use std::fmt;
use std::marker::PhantomData;

use avro_typed::topic::{TopicKey, TopicValue};
use schema_registry::{SubjectNameStrategy, WireFormat};

pub(crate) use wire_formats::{WireFormatChoice, WireFormats};

/// A topic with what its messages are: values of type `V` and keys of type `K`.
///
/// Producers and consumers that are made from the same definition cannot disagree:
///
/// ```
/// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
/// # use messages::test::Alert as SensorAlert;
/// use kafka_typed::{KafkaTyped, Topic};
///
/// const ALERTS: Topic<SensorAlert, String> = Topic::new("sensor-alert").subject("sensor-alert-value");
///
/// # async fn example(kafka: KafkaTyped, alert: SensorAlert) -> Result<(), Box<dyn std::error::Error>> {
/// let producer = kafka.producer(&ALERTS).build().await?;
/// producer.send(&alert).key("sensor-17").await?;
///
/// let mut consumer = kafka.consumer(&ALERTS).group("alert-desk").build().await?;
/// # Ok(())
/// # }
/// ```
///
/// The value is a type with an Avro schema, an `Option` of one where a message may be a tombstone, an enum with
/// `#[derive(TopicValue)]` where there are several, or `Vec<u8>` for bytes without a schema:
/// [`TopicValue`]. For keys see [`TopicKey`]; by default they are bytes.
pub struct Topic<V, K = Vec<u8>> {
    name: &'static str,
    subject: Subject,
    key_subject: Option<&'static str>,
    wire_formats: WireFormatChoice,
    dead_letters: Option<&'static str>,
    types: PhantomData<fn() -> (V, K)>,
}

/// How the subject of a value's schema is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Named(&'static str),
    TopicName,
    RecordName,
    TopicRecordName,
}

impl<V, K> Topic<V, K> {
    /// A topic of this name, whose subjects are `<name>-value` and `<name>-key`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            subject: Subject::TopicName,
            key_subject: None,
            wire_formats: WireFormatChoice { values: None, keys: None },
            dead_letters: None,
            types: PhantomData,
        }
    }

    /// Names the subject of the value's schema, where it does not follow from the topic.
    #[must_use]
    pub const fn subject(mut self, subject: &'static str) -> Self {
        self.subject = Subject::Named(subject);
        self
    }

    /// Names the subject after the record: `com.example.Order`. Where values have several types, each has its own.
    #[must_use]
    pub const fn subject_by_record(mut self) -> Self {
        self.subject = Subject::RecordName;
        self
    }

    /// Names the subject after the topic and the record: `orders-com.example.Order`. The default where values have
    /// several types.
    #[must_use]
    pub const fn subject_by_topic_and_record(mut self) -> Self {
        self.subject = Subject::TopicRecordName;
        self
    }

    /// Names the subject of the key's schema, where it does not follow from the topic. Only keys of an Avro type have
    /// one.
    #[must_use]
    pub const fn key_subject(mut self, subject: &'static str) -> Self {
        self.key_subject = Some(subject);
        self
    }

    /// Sets where the schema ids of values are, and of keys that have a schema. By default as
    /// [`KafkaTypedBuilder::wire_format`](crate::KafkaTypedBuilder::wire_format) has it.
    #[must_use]
    pub const fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_formats.values = Some(wire_format);
        self
    }

    /// Sets where the schema ids of keys are, when it is not where those of values are.
    #[must_use]
    pub const fn key_wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_formats.keys = Some(wire_format);
        self
    }

    /// Names the topic for messages that cannot be processed, which a handler's failure policy sends there.
    #[must_use]
    pub const fn dead_letters(mut self, topic: &'static str) -> Self {
        self.dead_letters = Some(topic);
        self
    }

    /// The name of the topic.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<V, K> Clone for Topic<V, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, K> Copy for Topic<V, K> {}

impl<V, K> fmt::Debug for Topic<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Topic")
            .field("name", &self.name)
            .field("subject", &self.subject)
            .field("wire_formats", &self.wire_formats)
            .finish_non_exhaustive()
    }
}

/// What a producer or a consumer needs to know of its topics, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSpec {
    pub(crate) names: TopicNames,
    pub(crate) subject: Option<SubjectNameStrategy>,
    pub(crate) key_subject: Option<String>,
    pub(crate) wire_formats: WireFormatChoice,
    pub(crate) dead_letters: Option<String>,
}

/// Which topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TopicNames {
    These(Vec<String>),
    /// All whose names match.
    Pattern(String),
}

impl TopicNames {
    /// The name of the only topic. Several, or a pattern, become what is not a name, and is refused as such.
    pub(crate) fn into_one(self) -> String {
        match self {
            Self::These(names) => names.join(","),
            Self::Pattern(pattern) => pattern,
        }
    }
}

impl TopicSpec {
    fn named(names: TopicNames) -> Self {
        let (subject, key_subject, dead_letters) = (None, None, None);
        Self { names, subject, key_subject, wire_formats: WireFormatChoice::default(), dead_letters }
    }
}

impl<V, K> From<&Topic<V, K>> for TopicSpec {
    fn from(topic: &Topic<V, K>) -> Self {
        Self {
            names: TopicNames::These(vec![topic.name.to_owned()]),
            subject: match topic.subject {
                Subject::Named(subject) => Some(SubjectNameStrategy::Named(subject.to_owned())),
                Subject::TopicName => None,
                Subject::RecordName => Some(SubjectNameStrategy::RecordName),
                Subject::TopicRecordName => Some(SubjectNameStrategy::TopicRecordName),
            },
            key_subject: topic.key_subject.map(str::to_owned),
            wire_formats: topic.wire_formats,
            dead_letters: topic.dead_letters.map(str::to_owned),
        }
    }
}

/// The types of a topic's messages: a [`Topic`], or a value alone, whose keys are bytes.
///
/// Where the name is known at run time only, the definition's type is named at the call:
/// `kafka.producer::<Topic<Order, i64>>(name)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name the types of a topic's messages",
    label = "neither a value of a topic, nor a `Topic<V, K>` with one and a key",
    note = "values are generated and derived types, an `Option` of one, an enum with `#[derive(TopicValue)]`, and `Vec<u8>`; keys implement `TopicKey`"
)]
pub trait TopicTypes {
    /// The type of the values.
    type Value: TopicValue;
    /// The type of the keys.
    type Key: TopicKey;
}

impl<V: TopicValue, K: TopicKey> TopicTypes for Topic<V, K> {
    type Value = V;
    type Key = K;
}

impl<V: TopicValue> TopicTypes for V {
    type Value = V;
    type Key = Vec<u8>;
}

/// Says which topic a producer sends to: a [`Topic`], or a name, where the type of the values is named at the call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a topic",
    label = "not a topic",
    note = "give a `&Topic<V, K>`, or a name together with the type of the values: `kafka.producer::<Order>(\"orders\")`"
)]
pub trait OneTopic<D> {
    /// What there is to know of it.
    fn into_spec(self) -> TopicSpec;
}

/// Says which topics a consumer reads: what names [one](OneTopic), a list of these, or a [`TopicPattern`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name topics",
    label = "not a topic, nor several",
    note = "give a `&Topic<V, K>`, or a name, names or a pattern together with the type of the values: `kafka.consumer::<Order>(\"orders\")`"
)]
pub trait Topics<D> {
    /// What there is to know of them.
    fn into_spec(self) -> TopicSpec;
}

/// All topics whose names match a regular expression, by librdkafka's rules (POSIX extended), also those that are
/// created later. For consumers with a group.
///
/// ```
/// use kafka_typed::TopicPattern;
///
/// let pattern = TopicPattern::new("orders-.*");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPattern(String);

impl TopicPattern {
    /// Topics whose whole name matches.
    #[must_use]
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }
}

impl<V: TopicValue, K: TopicKey> OneTopic<Topic<V, K>> for &Topic<V, K> {
    fn into_spec(self) -> TopicSpec {
        self.into()
    }
}

impl<V: TopicValue, K: TopicKey> Topics<Topic<V, K>> for &Topic<V, K> {
    fn into_spec(self) -> TopicSpec {
        self.into()
    }
}

/// The subjects and the wire formats of the first count for all.
impl<V: TopicValue, K: TopicKey, const N: usize> Topics<Topic<V, K>> for [&Topic<V, K>; N] {
    fn into_spec(self) -> TopicSpec {
        let names = TopicNames::These(self.iter().map(|topic| topic.name.to_owned()).collect());
        let first = self.first().map(|topic| TopicSpec::from(*topic));
        first.map_or_else(|| TopicSpec::named(names.clone()), |first| TopicSpec { names: names.clone(), ..first })
    }
}

impl<D: TopicTypes> Topics<D> for TopicPattern {
    fn into_spec(self) -> TopicSpec {
        TopicSpec::named(TopicNames::Pattern(self.0))
    }
}

/// Names of topics that are known at run time only.
macro_rules! named {
    ($($name:ty),*) => {
        $(impl<D: TopicTypes> OneTopic<D> for $name {
            fn into_spec(self) -> TopicSpec {
                TopicSpec::named(TopicNames::These(vec![self.into()]))
            }
        }

        impl<D: TopicTypes> Topics<D> for $name {
            fn into_spec(self) -> TopicSpec {
                TopicSpec::named(TopicNames::These(vec![self.into()]))
            }
        }

        impl<D: TopicTypes> Topics<D> for Vec<$name> {
            fn into_spec(self) -> TopicSpec {
                TopicSpec::named(TopicNames::These(self.into_iter().map(Into::into).collect()))
            }
        }

        impl<D: TopicTypes, const N: usize> Topics<D> for [$name; N] {
            fn into_spec(self) -> TopicSpec {
                TopicSpec::named(TopicNames::These(self.into_iter().map(Into::into).collect()))
            }
        })*
    };
}

named!(&str, &String, String);
