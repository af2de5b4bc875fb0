//! A union whose branches are written alike but for their position.

/// A union of `bytes` and `string`.
#[derive(Clone, Debug, PartialEq)]
pub enum BytesOrString {
    /// Branch `bytes`.
    Bytes(::std::vec::Vec<u8>),
    /// Branch `string`.
    String(::std::string::String),
}

impl ::avro_typed::Union for BytesOrString {
    const BRANCHES: usize = 2;
    #[inline]
    fn branch(&self) -> usize {
        match self {
            Self::Bytes(_) => 0,
            Self::String(_) => 1,
        }
    }
    #[inline]
    fn encode_branch(
        &self,
        writer: &mut ::avro_typed::Writer<'_>,
    ) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        match self {
            Self::Bytes(value) => writer.field::<::avro_typed::avro::Bytes, _>("bytes", value),
            Self::String(value) => writer.field::<::avro_typed::avro::Str, _>("string", value),
        }
    }
    fn serialize_branch<S: ::avro_typed::serde::Serializer>(
        &self,
        index: u32,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::__private::As;
        match self {
            Self::Bytes(value) => serializer.serialize_newtype_variant(
                "BytesOrString",
                index,
                "bytes",
                &As::<::avro_typed::avro::Bytes, _>::new(value),
            ),
            Self::String(value) => serializer.serialize_newtype_variant(
                "BytesOrString",
                index,
                "string",
                &As::<::avro_typed::avro::Str, _>::new(value),
            ),
        }
    }
}

impl<'a> ::avro_typed::DecodeUnion<'a> for BytesOrString {
    #[inline]
    fn decode_branch(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        match branch {
            0 => Ok(Self::Bytes(reader.field::<::avro_typed::avro::Bytes, _>("bytes")?)),
            1 => Ok(Self::String(reader.field::<::avro_typed::avro::Str, _>("string")?)),
            _ => Err(::avro_typed::__private::no_such_branch(reader, branch, 2)),
        }
    }
    fn decode_branch_resolved(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        match branch {
            0 => Ok(Self::Bytes(step.field::<::avro_typed::avro::Bytes, _>(reader, "bytes")?)),
            1 => Ok(Self::String(step.field::<::avro_typed::avro::Str, _>(reader, "string")?)),
            _ => Err(::avro_typed::__private::no_such_branch(reader, branch, 2)),
        }
    }
}

impl ::avro_typed::Encode for BytesOrString {
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        ::avro_typed::__private::encode_union(self, writer)
    }
}

impl<'a> ::avro_typed::Decode<'a> for BytesOrString {
    // One for the position, and the smallest size of a branch.
    const MIN_SIZE: usize = 2;
    #[inline]
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        ::avro_typed::__private::decode_union(reader)
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        ::avro_typed::__private::decode_union_by_plan(reader, step)
    }
}

impl ::avro_typed::serde::Serialize for BytesOrString {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        ::avro_typed::__private::serialize_union(self, serializer)
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for BytesOrString {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_union(deserializer)
    }
}

impl<'de> ::avro_typed::__private::DeserializeUnion<'de> for BytesOrString {
    const NAME: &'static str = "BytesOrString";
    const BRANCH_NAMES: &'static [&'static str] = &["bytes", "string"];
    fn deserialize_branch<V: ::avro_typed::serde::de::VariantAccess<'de>>(
        branch: usize,
        access: V,
    ) -> ::core::result::Result<Self, V::Error> {
        use ::avro_typed::__private::branch_value;
        match branch {
            0 => branch_value::<::avro_typed::avro::Bytes, _, _>(access).map(Self::Bytes),
            1 => branch_value::<::avro_typed::avro::Str, _, _>(access).map(Self::String),
            _ => Err(::avro_typed::__private::no_such_variant(branch)),
        }
    }
}
