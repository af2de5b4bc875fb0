//! A record that is a branch of unions.

/// Where somebody clicked.
#[derive(Clone, Debug, PartialEq)]
pub struct Click {
    /// Field `x`.
    pub x: i32,
    /// Field `y`.
    pub y: i32,
}

impl Click {
    const FIELDS: &'static [&'static str] = &["x", "y"];
}

impl ::avro_typed::AvroType for Click {
    const FULLNAME: &'static str = "com.example.event.Click";
    #[inline]
    fn schema() -> &'static ::avro_typed::TypeSchema {
        const {
            &::avro_typed::TypeSchema {
                json: r#"{"type":"record","name":"Click","namespace":"com.example.event","doc":"Where somebody clicked.","fields":[{"name":"x","type":"int"},{"name":"y","type":"int"}]}"#,
                fingerprint_crc64: 0x5d7c_1472_a7c9_045e,
                fingerprint_sha256: [
                    0x32, 0x6e, 0x21, 0xef, 0xa4, 0x13, 0xff, 0x2e, 0x74, 0xbf, 0x65, 0x73, 0x04, 0xd0, 0xe0, 0xd4,
                    0xe3, 0x6d, 0xe8, 0x8d, 0xc3, 0x87, 0xb9, 0x8b, 0x62, 0x48, 0xc9, 0xd7, 0x48, 0xbb, 0x7e, 0xba,
                ],
                released: &[],
            }
        }
    }
}

impl ::avro_typed::Encode for Click {
    const NAME: &'static str = "Click";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.field::<::avro_typed::avro::Int, _>("x", &self.x)?;
        writer.field::<::avro_typed::avro::Int, _>("y", &self.y)?;
        Ok(())
    }
}

impl<'a> ::avro_typed::Decode<'a> for Click {
    const NAME: &'static str = "Click";
    const MIN_SIZE: usize = 2;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self {
            x: reader.field::<::avro_typed::avro::Int, _>("x")?,
            y: reader.field::<::avro_typed::avro::Int, _>("y")?,
        })
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        let mut x = ::core::option::Option::None;
        let mut y = ::core::option::Option::None;
        for field in step.field_steps()? {
            match field.index() {
                Some(0) => x = Some(field.read::<::avro_typed::avro::Int, _>(reader, "x")?),
                Some(1) => y = Some(field.read::<::avro_typed::avro::Int, _>(reader, "y")?),
                _ => field.skip(reader)?,
            }
        }
        Ok(Self { x: step.required(x, "x")?, y: step.required(y, "y")? })
    }
}

impl ::avro_typed::serde::Serialize for Click {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::__private::As;
        use ::avro_typed::serde::ser::SerializeStruct as _;
        let mut record = serializer.serialize_struct("Click", 2)?;
        record.serialize_field("x", &As::<::avro_typed::avro::Int, _>::new(&self.x))?;
        record.serialize_field("y", &As::<::avro_typed::avro::Int, _>::new(&self.y))?;
        record.end()
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Click {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_record(deserializer, "Click", Self::FIELDS)
    }
}

impl<'de> ::avro_typed::__private::RecordFields<'de> for Click {
    fn from_fields<M: ::avro_typed::serde::de::MapAccess<'de>>(
        fields: &mut ::avro_typed::__private::Fields<M>,
    ) -> ::core::result::Result<Self, M::Error> {
        let mut x = ::core::option::Option::None;
        let mut y = ::core::option::Option::None;
        while let Some(field) = fields.next()? {
            match field {
                0 => fields.value_as::<::avro_typed::avro::Int, _>(&mut x)?,
                1 => fields.value_as::<::avro_typed::avro::Int, _>(&mut y)?,
                _ => fields.ignore()?,
            }
        }
        Ok(Self { x: fields.required(x, "x")?, y: fields.required(y, "y")? })
    }
}

::avro_typed::__private_apache_avro!(Click);
