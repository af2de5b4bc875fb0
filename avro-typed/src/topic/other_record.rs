//! A record of a type that nobody here knows.

use std::sync::Arc;

use avro_model::Schema;

/// A record of none of the types that a topic's value lists, for the variant of a
/// [`derive(TopicValue)`](super::TopicValue) enum that takes all others.
///
/// ```
/// use std::sync::Arc;
///
/// use avro_typed::model::Schema;
/// use avro_typed::topic::OtherRecord;
///
/// let schema = Schema::parse(r#"{"type":"record","name":"com.example.Logout","fields":[]}"#)?;
/// let record = OtherRecord::new(Arc::new(schema), Vec::new());
/// assert_eq!(record.fullname(), Some("com.example.Logout"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OtherRecord {
    /// The schema that it was written with.
    pub schema: Arc<Schema>,
    /// Its bytes, without the prefix that has the schema id.
    pub datum: Vec<u8>,
}

impl OtherRecord {
    /// A record that was written with this schema.
    #[must_use]
    pub fn new(schema: Arc<Schema>, datum: Vec<u8>) -> Self {
        OtherRecord { schema, datum }
    }

    /// The name of its type with its namespace, if its schema has a name.
    #[must_use]
    pub fn fullname(&self) -> Option<&str> {
        self.schema.fullname().map(|fullname| fullname.as_str())
    }
}
