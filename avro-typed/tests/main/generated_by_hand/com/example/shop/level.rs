//! An enum with a default symbol.

/// How urgent an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Symbol `LOW`.
    Low,
    /// Symbol `NORMAL`.
    Normal,
    /// Symbol `HIGH`.
    High,
}

impl Level {
    /// The Avro symbols, in the order of the schema.
    pub const SYMBOLS: &'static [&'static str] = &["LOW", "NORMAL", "HIGH"];

    /// The Avro symbol of this value.
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Normal => "NORMAL",
            Self::High => "HIGH",
        }
    }

    #[inline]
    fn from_index(index: usize) -> Self {
        match index {
            0 => Self::Low,
            1 => Self::Normal,
            _ => Self::High,
        }
    }
}

impl ::avro_typed::AvroType for Level {
    const FULLNAME: &'static str = "com.example.shop.Level";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"enum","name":"Level","namespace":"com.example.shop","doc":"How urgent an order is.","symbols":["LOW","NORMAL","HIGH"],"default":"NORMAL"}"#,
            fingerprint_crc64: 0x85c2_dc74_7a34_d4a5,
            fingerprint_sha256: [
                0x63, 0x20, 0x3e, 0x22, 0xfa, 0x76, 0xf3, 0xf4, 0x20, 0x12, 0x81, 0xa4, 0xcb, 0xcc, 0x3f, 0x92, 0xea,
                0x4f, 0xef, 0x1c, 0xe6, 0x90, 0x89, 0xf7, 0x08, 0x0e, 0x78, 0x6b, 0xa6, 0x86, 0xc0, 0xbd,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Level {
    const NAME: &'static str = "Level";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.enum_index(*self as usize)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Level {
    const NAME: &'static str = "Level";
    const MIN_SIZE: usize = 1;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self::from_index(reader.enum_index(3, "com.example.shop.Level")?))
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self::from_index(step.enum_index(reader, 3, "com.example.shop.Level")?))
    }
}

impl ::avro_typed::serde::Serialize for Level {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        ::avro_typed::__private::serialize_symbol(serializer, "Level", *self as usize, self.as_str())
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Level {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_symbol(deserializer, "Level", Self::SYMBOLS).map(Self::from_index)
    }
}

::avro_typed::__private_apache_avro!(Level);
