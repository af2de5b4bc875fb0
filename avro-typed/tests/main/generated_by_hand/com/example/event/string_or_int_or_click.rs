//! A union with a named branch, used without `null` and with it in two places.

/// A union of `string`, `int` and `com.example.event.Click`.
#[derive(Clone, Debug, PartialEq)]
pub enum StringOrIntOrClick {
    /// Branch `string`.
    String(::std::string::String),
    /// Branch `int`.
    Int(i32),
    /// Branch `com.example.event.Click`.
    Click(super::Click),
}

impl ::avro_typed::Union for StringOrIntOrClick {
    const BRANCHES: usize = 3;
    #[inline]
    fn branch(&self) -> usize {
        match self {
            Self::String(_) => 0,
            Self::Int(_) => 1,
            Self::Click(_) => 2,
        }
    }
    #[inline]
    fn encode_branch(
        &self,
        writer: &mut ::avro_typed::Writer<'_>,
    ) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        match self {
            Self::String(value) => writer.field::<::avro_typed::avro::Str, _>("string", value),
            Self::Int(value) => writer.field::<::avro_typed::avro::Int, _>("int", value),
            Self::Click(value) => writer.field::<super::Click, _>("Click", value),
        }
    }
    fn serialize_branch<S: ::avro_typed::serde::Serializer>(
        &self,
        index: u32,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::__private::As;
        match self {
            Self::String(value) => serializer.serialize_newtype_variant(
                "StringOrIntOrClick",
                index,
                "string",
                &As::<::avro_typed::avro::Str, _>::new(value),
            ),
            Self::Int(value) => serializer.serialize_newtype_variant(
                "StringOrIntOrClick",
                index,
                "int",
                &As::<::avro_typed::avro::Int, _>::new(value),
            ),
            Self::Click(value) => serializer.serialize_newtype_variant(
                "StringOrIntOrClick",
                index,
                "com.example.event.Click",
                &As::<super::Click, _>::new(value),
            ),
        }
    }
}

impl<'a> ::avro_typed::DecodeUnion<'a> for StringOrIntOrClick {
    #[inline]
    fn decode_branch(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        match branch {
            0 => Ok(Self::String(reader.field::<::avro_typed::avro::Str, _>("string")?)),
            1 => Ok(Self::Int(reader.field::<::avro_typed::avro::Int, _>("int")?)),
            2 => Ok(Self::Click(reader.field::<super::Click, _>("Click")?)),
            _ => Err(::avro_typed::__private::no_such_branch(reader, branch, 3)),
        }
    }
    fn decode_branch_resolved(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        match branch {
            0 => Ok(Self::String(step.field::<::avro_typed::avro::Str, _>(reader, "string")?)),
            1 => Ok(Self::Int(step.field::<::avro_typed::avro::Int, _>(reader, "int")?)),
            2 => Ok(Self::Click(step.field::<super::Click, _>(reader, "Click")?)),
            _ => Err(::avro_typed::__private::no_such_branch(reader, branch, 3)),
        }
    }
}

impl ::avro_typed::Encode for StringOrIntOrClick {
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        ::avro_typed::__private::encode_union(self, writer)
    }
}

impl<'a> ::avro_typed::Decode<'a> for StringOrIntOrClick {
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

impl ::avro_typed::serde::Serialize for StringOrIntOrClick {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        ::avro_typed::__private::serialize_union(self, serializer)
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for StringOrIntOrClick {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_union(deserializer)
    }
}

impl<'de> ::avro_typed::__private::DeserializeUnion<'de> for StringOrIntOrClick {
    const NAME: &'static str = "StringOrIntOrClick";
    const BRANCH_NAMES: &'static [&'static str] = &["string", "int", "com.example.event.Click"];
    fn deserialize_branch<V: ::avro_typed::serde::de::VariantAccess<'de>>(
        branch: usize,
        access: V,
    ) -> ::core::result::Result<Self, V::Error> {
        use ::avro_typed::__private::branch_value;
        match branch {
            0 => branch_value::<::avro_typed::avro::Str, _, _>(access).map(Self::String),
            1 => branch_value::<::avro_typed::avro::Int, _, _>(access).map(Self::Int),
            2 => branch_value::<super::Click, _, _>(access).map(Self::Click),
            _ => Err(::avro_typed::__private::no_such_variant(branch)),
        }
    }
}
