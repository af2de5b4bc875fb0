//! A record that other records use.

/// Where to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// Street and number.
    pub street: ::std::string::String,
    /// City.
    pub city: ::std::string::String,
    /// Two letters. The default is `US`.
    pub country_code: ::std::string::String,
}

impl Address {
    const FIELDS: &'static [&'static str] = &["street", "city", "countryCode"];
}

impl ::avro_typed::AvroType for Address {
    const FULLNAME: &'static str = "com.example.shop.Address";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"record","name":"Address","namespace":"com.example.shop","doc":"Where to deliver.","fields":[{"name":"street","type":"string","doc":"Street and number."},{"name":"city","type":"string","doc":"City."},{"name":"countryCode","type":"string","doc":"Two letters.","default":"US"}]}"#,
            fingerprint_crc64: 0xb460_bfd0_17cf_f650,
            fingerprint_sha256: [
                0xae, 0xc1, 0x07, 0x6b, 0x83, 0x9c, 0xd5, 0xcd, 0x6f, 0x58, 0x7f, 0x82, 0xfc, 0x65, 0x4e, 0xce, 0x1e,
                0x26, 0x49, 0x9f, 0x1b, 0x7b, 0x0a, 0xd1, 0x3a, 0x30, 0xeb, 0xec, 0x20, 0x65, 0xd3, 0xf9,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Address {
    const NAME: &'static str = "Address";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.field::<::avro_typed::avro::Str, _>("street", &self.street)?;
        writer.field::<::avro_typed::avro::Str, _>("city", &self.city)?;
        writer.field::<::avro_typed::avro::Str, _>("countryCode", &self.country_code)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Address {
    const NAME: &'static str = "Address";
    const MIN_SIZE: usize = 3;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self {
            street: reader.field::<::avro_typed::avro::Str, _>("street")?,
            city: reader.field::<::avro_typed::avro::Str, _>("city")?,
            country_code: reader.field::<::avro_typed::avro::Str, _>("countryCode")?,
        })
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        let mut street = ::core::option::Option::None;
        let mut city = ::core::option::Option::None;
        let mut country_code = ::core::option::Option::None;
        for field in step.field_steps()? {
            match field.index() {
                Some(0) => street = Some(field.read::<::avro_typed::avro::Str, _>(reader, "street")?),
                Some(1) => city = Some(field.read::<::avro_typed::avro::Str, _>(reader, "city")?),
                Some(2) => country_code = Some(field.read::<::avro_typed::avro::Str, _>(reader, "countryCode")?),
                _ => field.skip(reader)?,
            }
        }
        Ok(Self {
            street: step.required(street, "street")?,
            city: step.required(city, "city")?,
            country_code: step.required(country_code, "countryCode")?,
        })
    }
}

impl ::avro_typed::serde::Serialize for Address {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::serde::ser::SerializeStruct as _;
        let mut record = serializer.serialize_struct("Address", 3)?;
        record.serialize_field("street", &self.street)?;
        record.serialize_field("city", &self.city)?;
        record.serialize_field("countryCode", &self.country_code)?;
        record.end()
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Address {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_record(deserializer, "Address", Self::FIELDS)
    }
}

impl<'de> ::avro_typed::__private::RecordFields<'de> for Address {
    fn from_fields<M: ::avro_typed::serde::de::MapAccess<'de>>(
        fields: &mut ::avro_typed::__private::Fields<M>,
    ) -> ::core::result::Result<Self, M::Error> {
        let mut street = ::core::option::Option::None;
        let mut city = ::core::option::Option::None;
        let mut country_code = ::core::option::Option::None;
        while let Some(field) = fields.next()? {
            match field {
                0 => fields.value(&mut street)?,
                1 => fields.value(&mut city)?,
                2 => fields.value(&mut country_code)?,
                _ => fields.ignore()?,
            }
        }
        Ok(Self {
            street: fields.required(street, "street")?,
            city: fields.required(city, "city")?,
            country_code: country_code.unwrap_or_else(|| ::std::string::String::from("US")),
        })
    }
}

::avro_typed::__private_apache_avro!(Address);
