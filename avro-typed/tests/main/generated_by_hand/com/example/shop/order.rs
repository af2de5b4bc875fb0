//! A record that has one field of every kind.

/// One order, as the shop sends it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Number of the order.
    pub id: i64,
    /// Who ordered.
    pub customer: ::std::string::String,
    /// How many parcels.
    pub parcels: i32,
    /// Weight in kilograms.
    pub weight: f64,
    /// Already paid?
    pub paid: bool,
    /// How urgent.
    pub level: super::Level,
    /// Where to deliver.
    pub address: super::Address,
    /// What the customer wrote. The default is `null`.
    pub note: ::core::option::Option<::std::string::String>,
    /// Words to find it by. The default is empty.
    pub tags: ::std::vec::Vec<::std::string::String>,
    /// Earlier addresses, by name.
    pub addresses: ::std::collections::HashMap<::std::string::String, super::Address>,
    /// What it costs.
    pub total: ::avro_typed::rust_decimal::Decimal,
    /// What was paid in advance.
    pub deposit: ::core::option::Option<::avro_typed::rust_decimal::Decimal>,
    /// When it was made.
    pub created_at: ::avro_typed::jiff::Timestamp,
    /// MD5 of the packing list.
    pub digest: super::Digest,
    /// The scanned signature.
    pub signature: ::std::vec::Vec<u8>,
}

impl Order {
    const FIELDS: &'static [&'static str] = &[
        "id",
        "customer",
        "parcels",
        "weight",
        "paid",
        "level",
        "address",
        "note",
        "tags",
        "addresses",
        "total",
        "deposit",
        "createdAt",
        "digest",
        "signature",
    ];
}

impl ::avro_typed::AvroType for Order {
    const FULLNAME: &'static str = "com.example.shop.Order";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"record","name":"Order","namespace":"com.example.shop","doc":"One order, as the shop sends it.","fields":[{"name":"id","type":"long"},{"name":"customer","type":"string"},{"name":"parcels","type":"int"},{"name":"weight","type":"double"},{"name":"paid","type":"boolean"},{"name":"level","type":{"type":"enum","name":"Level","doc":"How urgent an order is.","symbols":["LOW","NORMAL","HIGH"],"default":"NORMAL"}},{"name":"address","type":{"type":"record","name":"Address","doc":"Where to deliver.","fields":[{"name":"street","type":"string","doc":"Street and number."},{"name":"city","type":"string","doc":"City."},{"name":"countryCode","type":"string","doc":"Two letters.","default":"US"}]}},{"name":"note","type":["null","string"],"default":null},{"name":"tags","type":{"type":"array","items":"string"},"default":[]},{"name":"addresses","type":{"type":"map","values":"Address"}},{"name":"total","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"deposit","type":[{"type":"fixed","name":"Money","size":8,"logicalType":"decimal","precision":18,"scale":2},"null"]},{"name":"createdAt","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"digest","type":{"type":"fixed","name":"Digest","doc":"MD5 of the packing list.","size":16}},{"name":"signature","type":"bytes"}]}"#,
            fingerprint_crc64: 0xa9f2_b0da_34b2_25b4,
            fingerprint_sha256: [
                0xc2, 0x80, 0x33, 0x89, 0x10, 0x6b, 0x83, 0x93, 0xbc, 0x24, 0x5f, 0x28, 0x80, 0x57, 0xe0, 0x04, 0x0e,
                0xf5, 0xe5, 0x6b, 0xd8, 0x23, 0x20, 0xc1, 0x1b, 0x83, 0x29, 0x06, 0xec, 0xb2, 0x34, 0x02,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Order {
    const NAME: &'static str = "Order";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.field::<::avro_typed::avro::Long, _>("id", &self.id)?;
        writer.field::<::avro_typed::avro::Str, _>("customer", &self.customer)?;
        writer.field::<::avro_typed::avro::Int, _>("parcels", &self.parcels)?;
        writer.field::<::avro_typed::avro::Double, _>("weight", &self.weight)?;
        writer.field::<::avro_typed::avro::Boolean, _>("paid", &self.paid)?;
        writer.field::<super::Level, _>("level", &self.level)?;
        writer.field::<super::Address, _>("address", &self.address)?;
        writer.field::<::avro_typed::avro::Nullable<::avro_typed::avro::Str, 0>, _>("note", &self.note)?;
        writer.field::<::avro_typed::avro::Array<::avro_typed::avro::Str>, _>("tags", &self.tags)?;
        writer.field::<::avro_typed::avro::Map<super::Address>, _>("addresses", &self.addresses)?;
        writer.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>("total", &self.total)?;
        writer.field::<::avro_typed::avro::Nullable<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 2>, 1>, _>(
            "deposit",
            &self.deposit,
        )?;
        writer.field::<::avro_typed::avro::TimestampMillis, _>("createdAt", &self.created_at)?;
        writer.field::<super::Digest, _>("digest", &self.digest)?;
        writer.field::<::avro_typed::avro::Bytes, _>("signature", &self.signature)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Order {
    const NAME: &'static str = "Order";
    // The sum of the smallest sizes: 1+1+1+8+1+1+3+1+1+1+1+1+1+16+1.
    const MIN_SIZE: usize = 39;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(
            Self {
                id: reader.field::<::avro_typed::avro::Long, _>("id")?,
                customer: reader.field::<::avro_typed::avro::Str, _>("customer")?,
                parcels: reader.field::<::avro_typed::avro::Int, _>("parcels")?,
                weight: reader.field::<::avro_typed::avro::Double, _>("weight")?,
                paid: reader.field::<::avro_typed::avro::Boolean, _>("paid")?,
                level: reader.field::<super::Level, _>("level")?,
                address: reader.field::<super::Address, _>("address")?,
                note: reader.field::<::avro_typed::avro::Nullable<::avro_typed::avro::Str, 0>, _>("note")?,
                tags: reader.field::<::avro_typed::avro::Array<::avro_typed::avro::Str>, _>("tags")?,
                addresses: reader.field::<::avro_typed::avro::Map<super::Address>, _>("addresses")?,
                total: reader.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>("total")?,
                deposit:
                    reader.field::<::avro_typed::avro::Nullable<
                        ::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 2>,
                        1,
                    >, _>("deposit")?,
                created_at: reader.field::<::avro_typed::avro::TimestampMillis, _>("createdAt")?,
                digest: reader.field::<super::Digest, _>("digest")?,
                signature: reader.field::<::avro_typed::avro::Bytes, _>("signature")?,
            },
        )
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        let mut id = ::core::option::Option::None;
        let mut customer = ::core::option::Option::None;
        let mut parcels = ::core::option::Option::None;
        let mut weight = ::core::option::Option::None;
        let mut paid = ::core::option::Option::None;
        let mut level = ::core::option::Option::None;
        let mut address = ::core::option::Option::None;
        let mut note = ::core::option::Option::None;
        let mut tags = ::core::option::Option::None;
        let mut addresses = ::core::option::Option::None;
        let mut total = ::core::option::Option::None;
        let mut deposit = ::core::option::Option::None;
        let mut created_at = ::core::option::Option::None;
        let mut digest = ::core::option::Option::None;
        let mut signature = ::core::option::Option::None;
        for field in step.field_steps()? {
            match field.index() {
                Some(0) => id = Some(field.read::<::avro_typed::avro::Long, _>(reader, "id")?),
                Some(1) => customer = Some(field.read::<::avro_typed::avro::Str, _>(reader, "customer")?),
                Some(2) => parcels = Some(field.read::<::avro_typed::avro::Int, _>(reader, "parcels")?),
                Some(3) => weight = Some(field.read::<::avro_typed::avro::Double, _>(reader, "weight")?),
                Some(4) => paid = Some(field.read::<::avro_typed::avro::Boolean, _>(reader, "paid")?),
                Some(5) => level = Some(field.read::<super::Level, _>(reader, "level")?),
                Some(6) => address = Some(field.read::<super::Address, _>(reader, "address")?),
                Some(7) => {
                    note = Some(
                        field.read::<::avro_typed::avro::Nullable<::avro_typed::avro::Str, 0>, _>(reader, "note")?,
                    )
                }
                Some(8) => {
                    tags = Some(field.read::<::avro_typed::avro::Array<::avro_typed::avro::Str>, _>(reader, "tags")?)
                }
                Some(9) => {
                    addresses = Some(field.read::<::avro_typed::avro::Map<super::Address>, _>(reader, "addresses")?)
                }
                Some(10) => {
                    total =
                        Some(field.read::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>(
                            reader, "total",
                        )?)
                }
                Some(11) => {
                    deposit = Some(field.read::<::avro_typed::avro::Nullable<
                        ::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 2>,
                        1,
                    >, _>(reader, "deposit")?)
                }
                Some(12) => {
                    created_at = Some(field.read::<::avro_typed::avro::TimestampMillis, _>(reader, "createdAt")?)
                }
                Some(13) => digest = Some(field.read::<super::Digest, _>(reader, "digest")?),
                Some(14) => signature = Some(field.read::<::avro_typed::avro::Bytes, _>(reader, "signature")?),
                _ => field.skip(reader)?,
            }
        }
        Ok(Self {
            id: step.required(id, "id")?,
            customer: step.required(customer, "customer")?,
            parcels: step.required(parcels, "parcels")?,
            weight: step.required(weight, "weight")?,
            paid: step.required(paid, "paid")?,
            level: step.required(level, "level")?,
            address: step.required(address, "address")?,
            note: step.required(note, "note")?,
            tags: step.required(tags, "tags")?,
            addresses: step.required(addresses, "addresses")?,
            total: step.required(total, "total")?,
            deposit: step.required(deposit, "deposit")?,
            created_at: step.required(created_at, "createdAt")?,
            digest: step.required(digest, "digest")?,
            signature: step.required(signature, "signature")?,
        })
    }
}

impl ::avro_typed::serde::Serialize for Order {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::__private::As;
        use ::avro_typed::serde::ser::SerializeStruct as _;
        let mut record = serializer.serialize_struct("Order", 15)?;
        record.serialize_field("id", &self.id)?;
        record.serialize_field("customer", &self.customer)?;
        record.serialize_field("parcels", &self.parcels)?;
        record.serialize_field("weight", &self.weight)?;
        record.serialize_field("paid", &self.paid)?;
        record.serialize_field("level", &self.level)?;
        record.serialize_field("address", &self.address)?;
        record.serialize_field("note", &self.note)?;
        record.serialize_field("tags", &self.tags)?;
        record.serialize_field("addresses", &self.addresses)?;
        record.serialize_field(
            "total",
            &As::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>::new(&self.total),
        )?;
        record.serialize_field("deposit", &As::<::avro_typed::avro::Nullable<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 2>, 1>, _>::new(&self.deposit))?;
        record.serialize_field("createdAt", &As::<::avro_typed::avro::TimestampMillis, _>::new(&self.created_at))?;
        record.serialize_field("digest", &self.digest)?;
        record.serialize_field("signature", &As::<::avro_typed::avro::Bytes, _>::new(&self.signature))?;
        record.end()
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Order {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_record(deserializer, "Order", Self::FIELDS)
    }
}

impl<'de> ::avro_typed::__private::RecordFields<'de> for Order {
    fn from_fields<M: ::avro_typed::serde::de::MapAccess<'de>>(
        fields: &mut ::avro_typed::__private::Fields<M>,
    ) -> ::core::result::Result<Self, M::Error> {
        let mut id = ::core::option::Option::None;
        let mut customer = ::core::option::Option::None;
        let mut parcels = ::core::option::Option::None;
        let mut weight = ::core::option::Option::None;
        let mut paid = ::core::option::Option::None;
        let mut level = ::core::option::Option::None;
        let mut address = ::core::option::Option::None;
        let mut note = ::core::option::Option::None;
        let mut tags = ::core::option::Option::None;
        let mut addresses = ::core::option::Option::None;
        let mut total = ::core::option::Option::None;
        let mut deposit = ::core::option::Option::None;
        let mut created_at = ::core::option::Option::None;
        let mut digest = ::core::option::Option::None;
        let mut signature = ::core::option::Option::None;
        while let Some(field) = fields.next()? {
            match field {
                0 => fields.value(&mut id)?,
                1 => fields.value(&mut customer)?,
                2 => fields.value(&mut parcels)?,
                3 => fields.value(&mut weight)?,
                4 => fields.value(&mut paid)?,
                5 => fields.value(&mut level)?,
                6 => fields.value(&mut address)?,
                7 => fields.value(&mut note)?,
                8 => fields.value(&mut tags)?,
                9 => fields.value(&mut addresses)?,
                10 => {
                    fields.value_as::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>(&mut total)?
                }
                11 => {
                    fields.value_as::<::avro_typed::avro::Nullable<
                        ::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 2>,
                        1,
                    >, _>(&mut deposit)?
                }
                12 => fields.value_as::<::avro_typed::avro::TimestampMillis, _>(&mut created_at)?,
                13 => fields.value(&mut digest)?,
                14 => fields.value_as::<::avro_typed::avro::Bytes, _>(&mut signature)?,
                _ => fields.ignore()?,
            }
        }
        Ok(Self {
            id: fields.required(id, "id")?,
            customer: fields.required(customer, "customer")?,
            parcels: fields.required(parcels, "parcels")?,
            weight: fields.required(weight, "weight")?,
            paid: fields.required(paid, "paid")?,
            level: fields.required(level, "level")?,
            address: fields.required(address, "address")?,
            note: note.unwrap_or_else(|| ::core::option::Option::None),
            tags: tags.unwrap_or_else(|| ::std::vec::Vec::new()),
            addresses: fields.required(addresses, "addresses")?,
            total: fields.required(total, "total")?,
            deposit: fields.required(deposit, "deposit")?,
            created_at: fields.required(created_at, "createdAt")?,
            digest: fields.required(digest, "digest")?,
            signature: fields.required(signature, "signature")?,
        })
    }
}

::avro_typed::__private_apache_avro!(Order);
