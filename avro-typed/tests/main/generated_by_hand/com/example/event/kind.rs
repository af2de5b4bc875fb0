//! An enum without a default symbol.

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Symbol `HUMAN`.
    Human,
    /// Symbol `ROBOT`.
    Robot,
}

impl Kind {
    /// The Avro symbols, in the order of the schema.
    pub const SYMBOLS: &'static [&'static str] = &["HUMAN", "ROBOT"];

    /// The Avro symbol of this value.
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "HUMAN",
            Self::Robot => "ROBOT",
        }
    }

    #[inline]
    fn from_index(index: usize) -> Self {
        match index {
            0 => Self::Human,
            _ => Self::Robot,
        }
    }
}

impl ::avro_typed::AvroType for Kind {
    const FULLNAME: &'static str = "com.example.event.Kind";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"enum","name":"Kind","namespace":"com.example.event","symbols":["HUMAN","ROBOT"]}"#,
            fingerprint_crc64: 0x4f20_5365_7688_214e,
            fingerprint_sha256: [
                0x5c, 0x34, 0x1d, 0xf9, 0x5f, 0xea, 0x93, 0xc7, 0xc9, 0xd2, 0xd2, 0x3f, 0xc3, 0x6b, 0x7b, 0x67, 0x73,
                0xfa, 0x34, 0x8e, 0xa5, 0x08, 0x29, 0x5c, 0xd5, 0xde, 0x7b, 0xf1, 0xb3, 0x7d, 0x69, 0x71,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Kind {
    const NAME: &'static str = "Kind";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.enum_index(*self as usize)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Kind {
    const NAME: &'static str = "Kind";
    const MIN_SIZE: usize = 1;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self::from_index(reader.enum_index(2, "com.example.event.Kind")?))
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self::from_index(step.enum_index(reader, 2, "com.example.event.Kind")?))
    }
}

impl ::avro_typed::serde::Serialize for Kind {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        ::avro_typed::__private::serialize_symbol(serializer, "Kind", *self as usize, self.as_str())
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Kind {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_symbol(deserializer, "Kind", Self::SYMBOLS).map(Self::from_index)
    }
}

::avro_typed::__private_apache_avro!(Kind);
