//! A record with unions of every form, bytes in containers, and all logical types.

/// Something that happened on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Field `payload`.
    pub payload: super::StringOrIntOrClick,
    /// Field `before`.
    pub before: ::core::option::Option<super::StringOrIntOrClick>,
    /// Field `between`.
    pub between: ::core::option::Option<super::StringOrIntOrClick>,
    /// Field `history`.
    pub history: ::std::vec::Vec<::core::option::Option<super::StringOrIntOrClick>>,
    /// Field `number`.
    pub number: super::IntOrLong,
    /// Field `raw`.
    pub raw: super::BytesOrString,
    /// Field `only`.
    pub only: ::avro_typed::Sole<::std::string::String>,
    /// Field `maybe`.
    pub maybe: ::core::option::Option<f64>,
    /// Field `parts`.
    pub parts: ::std::vec::Vec<::std::vec::Vec<u8>>,
    /// Field `keys`.
    pub keys: ::std::collections::BTreeMap<::std::string::String, ::std::vec::Vec<u8>>,
    /// Field `mark`.
    pub mark: ::core::option::Option<super::Mark>,
    /// Field `marks`.
    pub marks: ::std::vec::Vec<super::Mark>,
    /// Field `kind`.
    pub kind: super::Kind,
    /// Field `id`.
    pub id: ::avro_typed::uuid::Uuid,
    /// Field `session`.
    pub session: ::avro_typed::uuid::Uuid,
    /// Field `price`.
    pub price: ::avro_typed::rust_decimal::Decimal,
    /// Field `fee`.
    pub fee: ::avro_typed::rust_decimal::Decimal,
    /// Field `total`.
    pub total: ::core::option::Option<::avro_typed::bigdecimal::BigDecimal>,
    /// Field `tax`.
    pub tax: ::avro_typed::bigdecimal::BigDecimal,
    /// Field `exact`.
    pub exact: ::avro_typed::bigdecimal::BigDecimal,
    /// Field `lasted`.
    pub lasted: ::avro_typed::Duration,
    /// Field `day`.
    pub day: ::avro_typed::jiff::civil::Date,
    /// Field `timeMillis`.
    pub time_millis: ::avro_typed::jiff::civil::Time,
    /// Field `timeMicros`.
    pub time_micros: ::avro_typed::jiff::civil::Time,
    /// Field `atMillis`.
    pub at_millis: ::avro_typed::jiff::Timestamp,
    /// Field `atMicros`.
    pub at_micros: ::avro_typed::jiff::Timestamp,
    /// Field `atNanos`.
    pub at_nanos: ::avro_typed::jiff::Timestamp,
    /// Field `localMillis`.
    pub local_millis: ::avro_typed::jiff::civil::DateTime,
    /// Field `localMicros`.
    pub local_micros: ::avro_typed::jiff::civil::DateTime,
    /// Field `localNanos`.
    pub local_nanos: ::avro_typed::jiff::civil::DateTime,
}

impl Event {
    const FIELDS: &'static [&'static str] = &[
        "payload",
        "before",
        "between",
        "history",
        "number",
        "raw",
        "only",
        "maybe",
        "parts",
        "keys",
        "mark",
        "marks",
        "kind",
        "id",
        "session",
        "price",
        "fee",
        "total",
        "tax",
        "exact",
        "lasted",
        "day",
        "timeMillis",
        "timeMicros",
        "atMillis",
        "atMicros",
        "atNanos",
        "localMillis",
        "localMicros",
        "localNanos",
    ];
}

impl ::avro_typed::AvroType for Event {
    const FULLNAME: &'static str = "com.example.event.Event";
    #[inline]
    fn schema() -> &'static ::avro_typed::TypeSchema {
        const {
            &::avro_typed::TypeSchema {
                json: r#"{"type":"record","name":"Event","namespace":"com.example.event","doc":"Something that happened on a page.","fields":[{"name":"payload","type":["string","int",{"type":"record","name":"Click","doc":"Where somebody clicked.","fields":[{"name":"x","type":"int"},{"name":"y","type":"int"}]}]},{"name":"before","type":["null","string","int","Click"]},{"name":"between","type":["string","null","int","Click"]},{"name":"history","type":{"type":"array","items":["string","int","Click","null"]}},{"name":"number","type":["int","long"]},{"name":"raw","type":["bytes","string"]},{"name":"only","type":["string"]},{"name":"maybe","type":["double","null"]},{"name":"parts","type":{"type":"array","items":"bytes"}},{"name":"keys","type":{"type":"map","values":"bytes"}},{"name":"mark","type":["null",{"type":"fixed","name":"Mark","size":4}]},{"name":"marks","type":{"type":"array","items":"Mark"}},{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["HUMAN","ROBOT"]}},{"name":"id","type":{"type":"string","logicalType":"uuid"}},{"name":"session","type":{"type":"fixed","name":"Session","size":16,"logicalType":"uuid"}},{"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"fee","type":{"type":"fixed","name":"Fee","size":8,"logicalType":"decimal","precision":18,"scale":4}},{"name":"total","type":["null",{"type":"bytes","logicalType":"decimal","precision":40,"scale":6}]},{"name":"tax","type":{"type":"fixed","name":"Tax","size":17,"logicalType":"decimal","precision":38,"scale":10}},{"name":"exact","type":{"type":"bytes","logicalType":"big-decimal"}},{"name":"lasted","type":{"type":"fixed","name":"Lasted","size":12,"logicalType":"duration"}},{"name":"day","type":{"type":"int","logicalType":"date"}},{"name":"timeMillis","type":{"type":"int","logicalType":"time-millis"}},{"name":"timeMicros","type":{"type":"long","logicalType":"time-micros"}},{"name":"atMillis","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"atMicros","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"atNanos","type":{"type":"long","logicalType":"timestamp-nanos"}},{"name":"localMillis","type":{"type":"long","logicalType":"local-timestamp-millis"}},{"name":"localMicros","type":{"type":"long","logicalType":"local-timestamp-micros"}},{"name":"localNanos","type":{"type":"long","logicalType":"local-timestamp-nanos"}}]}"#,
                fingerprint_crc64: 0xe0a6_93a1_cb66_12bd,
                fingerprint_sha256: [
                    0xf4, 0xfc, 0x8e, 0x41, 0x27, 0xc2, 0x98, 0xe9, 0xc9, 0xcc, 0x3b, 0xfb, 0x00, 0xeb, 0xe4, 0x42,
                    0x6f, 0x3d, 0x36, 0xc4, 0xd3, 0xf1, 0x26, 0x14, 0xe6, 0x90, 0xb1, 0xb9, 0x5b, 0xc3, 0xa1, 0xee,
                ],
                released: &[],
            }
        }
    }
}

impl ::avro_typed::Encode for Event {
    const NAME: &'static str = "Event";
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.field::<super::StringOrIntOrClick, _>("payload", &self.payload)?;
        writer.field::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 0>, _>("before", &self.before)?;
        writer.field::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 1>, _>("between", &self.between)?;
        writer.field::<::avro_typed::avro::Array<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 3>>, _>(
            "history",
            &self.history,
        )?;
        writer.field::<super::IntOrLong, _>("number", &self.number)?;
        writer.field::<super::BytesOrString, _>("raw", &self.raw)?;
        writer.field::<::avro_typed::avro::Sole<::avro_typed::avro::Str>, _>("only", &self.only)?;
        writer.field::<::avro_typed::avro::Nullable<::avro_typed::avro::Double, 1>, _>("maybe", &self.maybe)?;
        writer.field::<::avro_typed::avro::Array<::avro_typed::avro::Bytes>, _>("parts", &self.parts)?;
        writer.field::<::avro_typed::avro::Map<::avro_typed::avro::Bytes>, _>("keys", &self.keys)?;
        writer.field::<::avro_typed::avro::Nullable<super::Mark, 0>, _>("mark", &self.mark)?;
        writer.field::<::avro_typed::avro::Array<super::Mark>, _>("marks", &self.marks)?;
        writer.field::<super::Kind, _>("kind", &self.kind)?;
        writer.field::<::avro_typed::avro::Uuid<::avro_typed::avro::Str>, _>("id", &self.id)?;
        writer.field::<::avro_typed::avro::Uuid<::avro_typed::avro::Fixed<16>>, _>("session", &self.session)?;
        writer.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>("price", &self.price)?;
        writer.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 4>, _>("fee", &self.fee)?;
        writer
            .field::<::avro_typed::avro::Nullable<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 40, 6>, 0>, _>(
                "total",
                &self.total,
            )?;
        writer.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<17>, 38, 10>, _>("tax", &self.tax)?;
        writer.field::<::avro_typed::avro::BigDecimal, _>("exact", &self.exact)?;
        writer.field::<::avro_typed::avro::Duration, _>("lasted", &self.lasted)?;
        writer.field::<::avro_typed::avro::Date, _>("day", &self.day)?;
        writer.field::<::avro_typed::avro::TimeMillis, _>("timeMillis", &self.time_millis)?;
        writer.field::<::avro_typed::avro::TimeMicros, _>("timeMicros", &self.time_micros)?;
        writer.field::<::avro_typed::avro::TimestampMillis, _>("atMillis", &self.at_millis)?;
        writer.field::<::avro_typed::avro::TimestampMicros, _>("atMicros", &self.at_micros)?;
        writer.field::<::avro_typed::avro::TimestampNanos, _>("atNanos", &self.at_nanos)?;
        writer.field::<::avro_typed::avro::LocalTimestampMillis, _>("localMillis", &self.local_millis)?;
        writer.field::<::avro_typed::avro::LocalTimestampMicros, _>("localMicros", &self.local_micros)?;
        writer.field::<::avro_typed::avro::LocalTimestampNanos, _>("localNanos", &self.local_nanos)?;
        Ok(())
    }
}

impl<'a> ::avro_typed::Decode<'a> for Event {
    const NAME: &'static str = "Event";
    const MIN_SIZE: usize = 1;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Ok(Self {
            payload: reader.field::<super::StringOrIntOrClick, _>("payload")?,
            before: reader.field::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 0>, _>("before")?,
            between: reader.field::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 1>, _>("between")?,
            history: reader.field::<::avro_typed::avro::Array<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 3>>, _>("history")?,
            number: reader.field::<super::IntOrLong, _>("number")?,
            raw: reader.field::<super::BytesOrString, _>("raw")?,
            only: reader.field::<::avro_typed::avro::Sole<::avro_typed::avro::Str>, _>("only")?,
            maybe: reader.field::<::avro_typed::avro::Nullable<::avro_typed::avro::Double, 1>, _>("maybe")?,
            parts: reader.field::<::avro_typed::avro::Array<::avro_typed::avro::Bytes>, _>("parts")?,
            keys: reader.field::<::avro_typed::avro::Map<::avro_typed::avro::Bytes>, _>("keys")?,
            mark: reader.field::<::avro_typed::avro::Nullable<super::Mark, 0>, _>("mark")?,
            marks: reader.field::<::avro_typed::avro::Array<super::Mark>, _>("marks")?,
            kind: reader.field::<super::Kind, _>("kind")?,
            id: reader.field::<::avro_typed::avro::Uuid<::avro_typed::avro::Str>, _>("id")?,
            session: reader.field::<::avro_typed::avro::Uuid<::avro_typed::avro::Fixed<16>>, _>("session")?,
            price: reader.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>("price")?,
            fee: reader.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 4>, _>("fee")?,
            total: reader.field::<::avro_typed::avro::Nullable<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 40, 6>, 0>, _>("total")?,
            tax: reader.field::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<17>, 38, 10>, _>("tax")?,
            exact: reader.field::<::avro_typed::avro::BigDecimal, _>("exact")?,
            lasted: reader.field::<::avro_typed::avro::Duration, _>("lasted")?,
            day: reader.field::<::avro_typed::avro::Date, _>("day")?,
            time_millis: reader.field::<::avro_typed::avro::TimeMillis, _>("timeMillis")?,
            time_micros: reader.field::<::avro_typed::avro::TimeMicros, _>("timeMicros")?,
            at_millis: reader.field::<::avro_typed::avro::TimestampMillis, _>("atMillis")?,
            at_micros: reader.field::<::avro_typed::avro::TimestampMicros, _>("atMicros")?,
            at_nanos: reader.field::<::avro_typed::avro::TimestampNanos, _>("atNanos")?,
            local_millis: reader.field::<::avro_typed::avro::LocalTimestampMillis, _>("localMillis")?,
            local_micros: reader.field::<::avro_typed::avro::LocalTimestampMicros, _>("localMicros")?,
            local_nanos: reader.field::<::avro_typed::avro::LocalTimestampNanos, _>("localNanos")?,
        })
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        let mut payload = ::core::option::Option::None;
        let mut before = ::core::option::Option::None;
        let mut between = ::core::option::Option::None;
        let mut history = ::core::option::Option::None;
        let mut number = ::core::option::Option::None;
        let mut raw = ::core::option::Option::None;
        let mut only = ::core::option::Option::None;
        let mut maybe = ::core::option::Option::None;
        let mut parts = ::core::option::Option::None;
        let mut keys = ::core::option::Option::None;
        let mut mark = ::core::option::Option::None;
        let mut marks = ::core::option::Option::None;
        let mut kind = ::core::option::Option::None;
        let mut id = ::core::option::Option::None;
        let mut session = ::core::option::Option::None;
        let mut price = ::core::option::Option::None;
        let mut fee = ::core::option::Option::None;
        let mut total = ::core::option::Option::None;
        let mut tax = ::core::option::Option::None;
        let mut exact = ::core::option::Option::None;
        let mut lasted = ::core::option::Option::None;
        let mut day = ::core::option::Option::None;
        let mut time_millis = ::core::option::Option::None;
        let mut time_micros = ::core::option::Option::None;
        let mut at_millis = ::core::option::Option::None;
        let mut at_micros = ::core::option::Option::None;
        let mut at_nanos = ::core::option::Option::None;
        let mut local_millis = ::core::option::Option::None;
        let mut local_micros = ::core::option::Option::None;
        let mut local_nanos = ::core::option::Option::None;
        for field in step.field_steps()? {
            match field.index() {
                Some(0) => payload = Some(field.read::<super::StringOrIntOrClick, _>(reader, "payload")?),
                Some(1) => {
                    before =
                        Some(field.read::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 0>, _>(
                            reader, "before",
                        )?)
                }
                Some(2) => {
                    between = Some(field.read::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 1>, _>(
                        reader, "between",
                    )?)
                }
                Some(3) => {
                    history = Some(field.read::<::avro_typed::avro::Array<
                        ::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 3>,
                    >, _>(reader, "history")?)
                }
                Some(4) => number = Some(field.read::<super::IntOrLong, _>(reader, "number")?),
                Some(5) => raw = Some(field.read::<super::BytesOrString, _>(reader, "raw")?),
                Some(6) => {
                    only = Some(field.read::<::avro_typed::avro::Sole<::avro_typed::avro::Str>, _>(reader, "only")?)
                }
                Some(7) => {
                    maybe = Some(
                        field
                            .read::<::avro_typed::avro::Nullable<::avro_typed::avro::Double, 1>, _>(reader, "maybe")?,
                    )
                }
                Some(8) => {
                    parts =
                        Some(field.read::<::avro_typed::avro::Array<::avro_typed::avro::Bytes>, _>(reader, "parts")?)
                }
                Some(9) => {
                    keys = Some(field.read::<::avro_typed::avro::Map<::avro_typed::avro::Bytes>, _>(reader, "keys")?)
                }
                Some(10) => mark = Some(field.read::<::avro_typed::avro::Nullable<super::Mark, 0>, _>(reader, "mark")?),
                Some(11) => marks = Some(field.read::<::avro_typed::avro::Array<super::Mark>, _>(reader, "marks")?),
                Some(12) => kind = Some(field.read::<super::Kind, _>(reader, "kind")?),
                Some(13) => {
                    id = Some(field.read::<::avro_typed::avro::Uuid<::avro_typed::avro::Str>, _>(reader, "id")?)
                }
                Some(14) => {
                    session = Some(
                        field.read::<::avro_typed::avro::Uuid<::avro_typed::avro::Fixed<16>>, _>(reader, "session")?,
                    )
                }
                Some(15) => {
                    price =
                        Some(field.read::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>(
                            reader, "price",
                        )?)
                }
                Some(16) => {
                    fee =
                        Some(field.read::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 4>, _>(
                            reader, "fee",
                        )?)
                }
                Some(17) => {
                    total = Some(field.read::<::avro_typed::avro::Nullable<
                        ::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 40, 6>,
                        0,
                    >, _>(reader, "total")?)
                }
                Some(18) => {
                    tax =
                        Some(field.read::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<17>, 38, 10>, _>(
                            reader, "tax",
                        )?)
                }
                Some(19) => exact = Some(field.read::<::avro_typed::avro::BigDecimal, _>(reader, "exact")?),
                Some(20) => lasted = Some(field.read::<::avro_typed::avro::Duration, _>(reader, "lasted")?),
                Some(21) => day = Some(field.read::<::avro_typed::avro::Date, _>(reader, "day")?),
                Some(22) => time_millis = Some(field.read::<::avro_typed::avro::TimeMillis, _>(reader, "timeMillis")?),
                Some(23) => time_micros = Some(field.read::<::avro_typed::avro::TimeMicros, _>(reader, "timeMicros")?),
                Some(24) => at_millis = Some(field.read::<::avro_typed::avro::TimestampMillis, _>(reader, "atMillis")?),
                Some(25) => at_micros = Some(field.read::<::avro_typed::avro::TimestampMicros, _>(reader, "atMicros")?),
                Some(26) => at_nanos = Some(field.read::<::avro_typed::avro::TimestampNanos, _>(reader, "atNanos")?),
                Some(27) => {
                    local_millis =
                        Some(field.read::<::avro_typed::avro::LocalTimestampMillis, _>(reader, "localMillis")?)
                }
                Some(28) => {
                    local_micros =
                        Some(field.read::<::avro_typed::avro::LocalTimestampMicros, _>(reader, "localMicros")?)
                }
                Some(29) => {
                    local_nanos = Some(field.read::<::avro_typed::avro::LocalTimestampNanos, _>(reader, "localNanos")?)
                }
                _ => field.skip(reader)?,
            }
        }
        Ok(Self {
            payload: step.required(payload, "payload")?,
            before: step.required(before, "before")?,
            between: step.required(between, "between")?,
            history: step.required(history, "history")?,
            number: step.required(number, "number")?,
            raw: step.required(raw, "raw")?,
            only: step.required(only, "only")?,
            maybe: step.required(maybe, "maybe")?,
            parts: step.required(parts, "parts")?,
            keys: step.required(keys, "keys")?,
            mark: step.required(mark, "mark")?,
            marks: step.required(marks, "marks")?,
            kind: step.required(kind, "kind")?,
            id: step.required(id, "id")?,
            session: step.required(session, "session")?,
            price: step.required(price, "price")?,
            fee: step.required(fee, "fee")?,
            total: step.required(total, "total")?,
            tax: step.required(tax, "tax")?,
            exact: step.required(exact, "exact")?,
            lasted: step.required(lasted, "lasted")?,
            day: step.required(day, "day")?,
            time_millis: step.required(time_millis, "timeMillis")?,
            time_micros: step.required(time_micros, "timeMicros")?,
            at_millis: step.required(at_millis, "atMillis")?,
            at_micros: step.required(at_micros, "atMicros")?,
            at_nanos: step.required(at_nanos, "atNanos")?,
            local_millis: step.required(local_millis, "localMillis")?,
            local_micros: step.required(local_micros, "localMicros")?,
            local_nanos: step.required(local_nanos, "localNanos")?,
        })
    }
}

impl ::avro_typed::serde::Serialize for Event {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::__private::As;
        use ::avro_typed::serde::ser::SerializeStruct as _;
        let mut record = serializer.serialize_struct("Event", 30)?;
        record.serialize_field("payload", &As::<super::StringOrIntOrClick, _>::new(&self.payload))?;
        record.serialize_field(
            "before",
            &As::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 0>, _>::new(&self.before),
        )?;
        record.serialize_field(
            "between",
            &As::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 1>, _>::new(&self.between),
        )?;
        record.serialize_field(
            "history",
            &As::<::avro_typed::avro::Array<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 3>>, _>::new(
                &self.history,
            ),
        )?;
        record.serialize_field("number", &As::<super::IntOrLong, _>::new(&self.number))?;
        record.serialize_field("raw", &As::<super::BytesOrString, _>::new(&self.raw))?;
        record.serialize_field("only", &As::<::avro_typed::avro::Sole<::avro_typed::avro::Str>, _>::new(&self.only))?;
        record.serialize_field(
            "maybe",
            &As::<::avro_typed::avro::Nullable<::avro_typed::avro::Double, 1>, _>::new(&self.maybe),
        )?;
        record.serialize_field(
            "parts",
            &As::<::avro_typed::avro::Array<::avro_typed::avro::Bytes>, _>::new(&self.parts),
        )?;
        record
            .serialize_field("keys", &As::<::avro_typed::avro::Map<::avro_typed::avro::Bytes>, _>::new(&self.keys))?;
        record.serialize_field("mark", &As::<::avro_typed::avro::Nullable<super::Mark, 0>, _>::new(&self.mark))?;
        record.serialize_field("marks", &As::<::avro_typed::avro::Array<super::Mark>, _>::new(&self.marks))?;
        record.serialize_field("kind", &As::<super::Kind, _>::new(&self.kind))?;
        record.serialize_field("id", &As::<::avro_typed::avro::Uuid<::avro_typed::avro::Str>, _>::new(&self.id))?;
        record.serialize_field(
            "session",
            &As::<::avro_typed::avro::Uuid<::avro_typed::avro::Fixed<16>>, _>::new(&self.session),
        )?;
        record.serialize_field(
            "price",
            &As::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>::new(&self.price),
        )?;
        record.serialize_field(
            "fee",
            &As::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 4>, _>::new(&self.fee),
        )?;
        record.serialize_field("total", &As::<::avro_typed::avro::Nullable<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 40, 6>, 0>, _>::new(&self.total))?;
        record.serialize_field(
            "tax",
            &As::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<17>, 38, 10>, _>::new(&self.tax),
        )?;
        record.serialize_field("exact", &As::<::avro_typed::avro::BigDecimal, _>::new(&self.exact))?;
        record.serialize_field("lasted", &As::<::avro_typed::avro::Duration, _>::new(&self.lasted))?;
        record.serialize_field("day", &As::<::avro_typed::avro::Date, _>::new(&self.day))?;
        record.serialize_field("timeMillis", &As::<::avro_typed::avro::TimeMillis, _>::new(&self.time_millis))?;
        record.serialize_field("timeMicros", &As::<::avro_typed::avro::TimeMicros, _>::new(&self.time_micros))?;
        record.serialize_field("atMillis", &As::<::avro_typed::avro::TimestampMillis, _>::new(&self.at_millis))?;
        record.serialize_field("atMicros", &As::<::avro_typed::avro::TimestampMicros, _>::new(&self.at_micros))?;
        record.serialize_field("atNanos", &As::<::avro_typed::avro::TimestampNanos, _>::new(&self.at_nanos))?;
        record.serialize_field(
            "localMillis",
            &As::<::avro_typed::avro::LocalTimestampMillis, _>::new(&self.local_millis),
        )?;
        record.serialize_field(
            "localMicros",
            &As::<::avro_typed::avro::LocalTimestampMicros, _>::new(&self.local_micros),
        )?;
        record
            .serialize_field("localNanos", &As::<::avro_typed::avro::LocalTimestampNanos, _>::new(&self.local_nanos))?;
        record.end()
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Event {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_record(deserializer, "Event", Self::FIELDS)
    }
}

impl<'de> ::avro_typed::__private::RecordFields<'de> for Event {
    fn from_fields<M: ::avro_typed::serde::de::MapAccess<'de>>(
        fields: &mut ::avro_typed::__private::Fields<M>,
    ) -> ::core::result::Result<Self, M::Error> {
        let mut payload = ::core::option::Option::None;
        let mut before = ::core::option::Option::None;
        let mut between = ::core::option::Option::None;
        let mut history = ::core::option::Option::None;
        let mut number = ::core::option::Option::None;
        let mut raw = ::core::option::Option::None;
        let mut only = ::core::option::Option::None;
        let mut maybe = ::core::option::Option::None;
        let mut parts = ::core::option::Option::None;
        let mut keys = ::core::option::Option::None;
        let mut mark = ::core::option::Option::None;
        let mut marks = ::core::option::Option::None;
        let mut kind = ::core::option::Option::None;
        let mut id = ::core::option::Option::None;
        let mut session = ::core::option::Option::None;
        let mut price = ::core::option::Option::None;
        let mut fee = ::core::option::Option::None;
        let mut total = ::core::option::Option::None;
        let mut tax = ::core::option::Option::None;
        let mut exact = ::core::option::Option::None;
        let mut lasted = ::core::option::Option::None;
        let mut day = ::core::option::Option::None;
        let mut time_millis = ::core::option::Option::None;
        let mut time_micros = ::core::option::Option::None;
        let mut at_millis = ::core::option::Option::None;
        let mut at_micros = ::core::option::Option::None;
        let mut at_nanos = ::core::option::Option::None;
        let mut local_millis = ::core::option::Option::None;
        let mut local_micros = ::core::option::Option::None;
        let mut local_nanos = ::core::option::Option::None;
        while let Some(field) = fields.next()? {
            match field {
                0 => fields.value_as::<super::StringOrIntOrClick, _>(&mut payload)?,
                1 => fields.value_as::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 0>, _>(&mut before)?,
                2 => fields.value_as::<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 1>, _>(&mut between)?,
                3 => fields.value_as::<::avro_typed::avro::Array<::avro_typed::avro::NullableUnion<super::StringOrIntOrClick, 3>>, _>(&mut history)?,
                4 => fields.value_as::<super::IntOrLong, _>(&mut number)?,
                5 => fields.value_as::<super::BytesOrString, _>(&mut raw)?,
                6 => fields.value_as::<::avro_typed::avro::Sole<::avro_typed::avro::Str>, _>(&mut only)?,
                7 => fields.value_as::<::avro_typed::avro::Nullable<::avro_typed::avro::Double, 1>, _>(&mut maybe)?,
                8 => fields.value_as::<::avro_typed::avro::Array<::avro_typed::avro::Bytes>, _>(&mut parts)?,
                9 => fields.value_as::<::avro_typed::avro::Map<::avro_typed::avro::Bytes>, _>(&mut keys)?,
                10 => fields.value_as::<::avro_typed::avro::Nullable<super::Mark, 0>, _>(&mut mark)?,
                11 => fields.value_as::<::avro_typed::avro::Array<super::Mark>, _>(&mut marks)?,
                12 => fields.value_as::<super::Kind, _>(&mut kind)?,
                13 => fields.value_as::<::avro_typed::avro::Uuid<::avro_typed::avro::Str>, _>(&mut id)?,
                14 => fields.value_as::<::avro_typed::avro::Uuid<::avro_typed::avro::Fixed<16>>, _>(&mut session)?,
                15 => fields.value_as::<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 12, 2>, _>(&mut price)?,
                16 => fields.value_as::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<8>, 18, 4>, _>(&mut fee)?,
                17 => fields.value_as::<::avro_typed::avro::Nullable<::avro_typed::avro::Decimal<::avro_typed::avro::Bytes, 40, 6>, 0>, _>(&mut total)?,
                18 => fields.value_as::<::avro_typed::avro::Decimal<::avro_typed::avro::Fixed<17>, 38, 10>, _>(&mut tax)?,
                19 => fields.value_as::<::avro_typed::avro::BigDecimal, _>(&mut exact)?,
                20 => fields.value_as::<::avro_typed::avro::Duration, _>(&mut lasted)?,
                21 => fields.value_as::<::avro_typed::avro::Date, _>(&mut day)?,
                22 => fields.value_as::<::avro_typed::avro::TimeMillis, _>(&mut time_millis)?,
                23 => fields.value_as::<::avro_typed::avro::TimeMicros, _>(&mut time_micros)?,
                24 => fields.value_as::<::avro_typed::avro::TimestampMillis, _>(&mut at_millis)?,
                25 => fields.value_as::<::avro_typed::avro::TimestampMicros, _>(&mut at_micros)?,
                26 => fields.value_as::<::avro_typed::avro::TimestampNanos, _>(&mut at_nanos)?,
                27 => fields.value_as::<::avro_typed::avro::LocalTimestampMillis, _>(&mut local_millis)?,
                28 => fields.value_as::<::avro_typed::avro::LocalTimestampMicros, _>(&mut local_micros)?,
                29 => fields.value_as::<::avro_typed::avro::LocalTimestampNanos, _>(&mut local_nanos)?,
                _ => fields.ignore()?,
            }
        }
        Ok(Self {
            payload: fields.required(payload, "payload")?,
            before: fields.required(before, "before")?,
            between: fields.required(between, "between")?,
            history: fields.required(history, "history")?,
            number: fields.required(number, "number")?,
            raw: fields.required(raw, "raw")?,
            only: fields.required(only, "only")?,
            maybe: fields.required(maybe, "maybe")?,
            parts: fields.required(parts, "parts")?,
            keys: fields.required(keys, "keys")?,
            mark: fields.required(mark, "mark")?,
            marks: fields.required(marks, "marks")?,
            kind: fields.required(kind, "kind")?,
            id: fields.required(id, "id")?,
            session: fields.required(session, "session")?,
            price: fields.required(price, "price")?,
            fee: fields.required(fee, "fee")?,
            total: fields.required(total, "total")?,
            tax: fields.required(tax, "tax")?,
            exact: fields.required(exact, "exact")?,
            lasted: fields.required(lasted, "lasted")?,
            day: fields.required(day, "day")?,
            time_millis: fields.required(time_millis, "timeMillis")?,
            time_micros: fields.required(time_micros, "timeMicros")?,
            at_millis: fields.required(at_millis, "atMillis")?,
            at_micros: fields.required(at_micros, "atMicros")?,
            at_nanos: fields.required(at_nanos, "atNanos")?,
            local_millis: fields.required(local_millis, "localMillis")?,
            local_micros: fields.required(local_micros, "localMicros")?,
            local_nanos: fields.required(local_nanos, "localNanos")?,
        })
    }
}

::avro_typed::__private_apache_avro!(Event);
