//! A fixed: a newtype over its bytes.

/// MD5 of the packing list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 16]);

impl ::avro_typed::AvroType for Digest {
    const FULLNAME: &'static str = "com.example.shop.Digest";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"fixed","name":"Digest","namespace":"com.example.shop","doc":"MD5 of the packing list.","size":16}"#,
            fingerprint_crc64: 0x5419_28a8_bc91_f95b,
            fingerprint_sha256: [
                0x9b, 0x68, 0xc8, 0x5e, 0x66, 0xa1, 0x7f, 0x09, 0x39, 0x0a, 0x51, 0x24, 0x90, 0x85, 0xb9, 0x1a, 0x57,
                0x68, 0xa1, 0x58, 0x98, 0xe4, 0xe7, 0x23, 0xcd, 0xec, 0x49, 0xe4, 0x30, 0x9a, 0xbb, 0x56,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Digest {
    const NAME: &'static str = "Digest";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.fixed(&self.0)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Digest {
    const NAME: &'static str = "Digest";
    const MIN_SIZE: usize = 16;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self(reader.fixed()?))
    }
}

impl ::avro_typed::serde::Serialize for Digest {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Digest {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_fixed(deserializer).map(Self)
    }
}

::avro_typed::__private_apache_avro!(Digest);
