//! A fixed that is a branch of a nullable union and an item of an array.

/// Four bytes of some meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark(pub [u8; 4]);

impl ::avro_typed::AvroType for Mark {
    const FULLNAME: &'static str = "com.example.event.Mark";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"fixed","name":"Mark","namespace":"com.example.event","size":4}"#,
            fingerprint_crc64: 0x8d22_15bb_623b_c652,
            fingerprint_sha256: [
                0x21, 0xa6, 0x4e, 0x31, 0x08, 0x04, 0x82, 0x0e, 0xa9, 0x95, 0xd0, 0x2c, 0xee, 0x57, 0x40, 0x16, 0x6c,
                0x92, 0x82, 0x27, 0x8a, 0x9e, 0x0d, 0x0e, 0x31, 0xc7, 0x47, 0xcb, 0xf9, 0x8f, 0x2b, 0x07,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Mark {
    const NAME: &'static str = "Mark";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.fixed(&self.0)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Mark {
    const NAME: &'static str = "Mark";
    const MIN_SIZE: usize = 4;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self(reader.fixed()?))
    }
}

impl ::avro_typed::serde::Serialize for Mark {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Mark {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_fixed(deserializer).map(Self)
    }
}

::avro_typed::__private_apache_avro!(Mark);
