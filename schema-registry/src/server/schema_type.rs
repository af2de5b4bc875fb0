//! The types of schemas that the embedded registry stores. It understands Avro alone: the others are stored and served
//! as they came. No I/O.

use std::fmt;

use super::refusal::Refusal;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum SchemaType {
    #[default]
    Avro,
    Json,
    Protobuf,
}

impl SchemaType {
    /// In the order in which Confluent's registry lists them.
    pub(crate) const ALL: [Self; 3] = [Self::Json, Self::Protobuf, Self::Avro];

    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Refusal> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::Avro) };
        let found = Self::ALL.into_iter().find(|known| known.as_str() == text);
        found.ok_or_else(|| Refusal::unusable_schema(&format!("type {text} is not one of AVRO, JSON and PROTOBUF")))
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Json => "JSON",
            Self::Protobuf => "PROTOBUF",
        }
    }

    /// As answers name it, which leave out that a schema is Avro.
    pub(crate) fn in_answer(self) -> Option<String> {
        (self != Self::Avro).then(|| self.as_str().to_owned())
    }
}

impl fmt::Display for SchemaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
