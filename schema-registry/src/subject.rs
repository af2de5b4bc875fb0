//! Which subject the schema of a topic's keys or values is registered under. No I/O.

use std::fmt;

/// The two parts of a Kafka record that can have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordPart {
    /// The record's key.
    Key,
    /// The record's value.
    Value,
}

impl fmt::Display for RecordPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Key => "key",
            Self::Value => "value",
        })
    }
}

/// How the subject of a schema is named. The first three are Confluent's strategies of the same names.
///
/// ```
/// use schema_registry::{RecordPart, SubjectNameStrategy};
///
/// let subject = SubjectNameStrategy::TopicName.subject("orders", RecordPart::Value, None)?;
/// assert_eq!(subject, "orders-value");
/// let subject = SubjectNameStrategy::Named("customer-value".into())
///     .subject("customer-data", RecordPart::Value, None)?;
/// assert_eq!(subject, "customer-value");
/// # Ok::<(), schema_registry::SubjectError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubjectNameStrategy {
    /// `<topic>-key` or `<topic>-value`: one record type per topic.
    #[default]
    TopicName,
    /// The fullname of the record type: the type evolves in the same way on every topic.
    RecordName,
    /// `<topic>-<fullname>`: several record types on one topic, each evolving separately.
    TopicRecordName,
    /// This subject and no other.
    Named(String),
}

impl SubjectNameStrategy {
    /// The subject for the schema of `part` of the records on `topic`. `fullname` is the Avro fullname of
    /// that schema, or `None` when the schema has no name (a string key, say).
    ///
    /// # Errors
    /// [`SubjectError`] when the strategy needs a fullname and there is none, or the subject would be empty.
    pub fn subject(&self, topic: &str, part: RecordPart, fullname: Option<&str>) -> Result<String, SubjectError> {
        let nameless = || SubjectError::Nameless { topic: topic.to_owned(), part };
        let subject = match self {
            Self::TopicName => format!("{topic}-{part}"),
            Self::RecordName => fullname.ok_or_else(nameless)?.to_owned(),
            Self::TopicRecordName => format!("{topic}-{}", fullname.ok_or_else(nameless)?),
            Self::Named(subject) => subject.clone(),
        };
        if subject.is_empty() {
            return Err(SubjectError::Empty { topic: topic.to_owned(), part });
        }
        Ok(subject)
    }
}

/// Why a subject could not be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectError {
    /// The strategy names the subject by the record type, but the schema is not of a named type.
    #[error(
        "the {part} schema of topic `{topic}` has no name, so a subject cannot be named after it: \
         use SubjectNameStrategy::TopicName or ::Named"
    )]
    Nameless {
        /// The topic in question.
        topic: String,
        /// The part of the record in question.
        part: RecordPart,
    },
    /// The subject would be the empty text.
    #[error("the subject for the {part} schema of topic `{topic}` is empty: give it a name")]
    Empty {
        /// The topic in question.
        topic: String,
        /// The part of the record in question.
        part: RecordPart,
    },
}
