//! A union whose branches differ in size only.

/// A union of `int` and `long`.
#[derive(Clone, Debug, PartialEq)]
pub enum IntOrLong {
    /// Branch `int`.
    Int(i32),
    /// Branch `long`.
    Long(i64),
}

impl ::avro_typed::Union for IntOrLong {
    const BRANCHES: usize = 2;
    #[inline]
    fn branch(&self) -> usize {
        match self {
            Self::Int(_) => 0,
            Self::Long(_) => 1,
        }
    }
    #[inline]
    fn encode_branch(
        &self,
        writer: &mut ::avro_typed::Writer<'_>,
    ) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        match self {
            Self::Int(value) => writer.field::<::avro_typed::avro::Int, _>("int", value),
            Self::Long(value) => writer.field::<::avro_typed::avro::Long, _>("long", value),
        }
    }
    fn serialize_branch<S: ::avro_typed::serde::Serializer>(
        &self,
        index: u32,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::__private::As;
        match self {
            Self::Int(value) => serializer.serialize_newtype_variant(
                "IntOrLong",
                index,
                "int",
                &As::<::avro_typed::avro::Int, _>::new(value),
            ),
            Self::Long(value) => serializer.serialize_newtype_variant(
                "IntOrLong",
                index,
                "long",
                &As::<::avro_typed::avro::Long, _>::new(value),
            ),
        }
    }
}

impl<'a> ::avro_typed::DecodeUnion<'a> for IntOrLong {
    #[inline]
    fn decode_branch(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        match branch {
            0 => Ok(Self::Int(reader.field::<::avro_typed::avro::Int, _>("int")?)),
            1 => Ok(Self::Long(reader.field::<::avro_typed::avro::Long, _>("long")?)),
            _ => Err(::avro_typed::__private::no_such_branch(reader, branch, 2)),
        }
    }
    fn decode_branch_resolved(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        match branch {
            0 => Ok(Self::Int(step.field::<::avro_typed::avro::Int, _>(reader, "int")?)),
            1 => Ok(Self::Long(step.field::<::avro_typed::avro::Long, _>(reader, "long")?)),
            _ => Err(::avro_typed::__private::no_such_branch(reader, branch, 2)),
        }
    }
}

impl ::avro_typed::Encode for IntOrLong {
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        ::avro_typed::__private::encode_union(self, writer)
    }
}

impl<'a> ::avro_typed::Decode<'a> for IntOrLong {
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

impl ::avro_typed::serde::Serialize for IntOrLong {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        ::avro_typed::__private::serialize_union(self, serializer)
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for IntOrLong {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_union(deserializer)
    }
}

impl<'de> ::avro_typed::__private::DeserializeUnion<'de> for IntOrLong {
    const NAME: &'static str = "IntOrLong";
    const BRANCH_NAMES: &'static [&'static str] = &["int", "long"];
    fn deserialize_branch<V: ::avro_typed::serde::de::VariantAccess<'de>>(
        branch: usize,
        access: V,
    ) -> ::core::result::Result<Self, V::Error> {
        use ::avro_typed::__private::branch_value;
        match branch {
            0 => branch_value::<::avro_typed::avro::Int, _, _>(access).map(Self::Int),
            1 => branch_value::<::avro_typed::avro::Long, _, _>(access).map(Self::Long),
            _ => Err(::avro_typed::__private::no_such_variant(branch)),
        }
    }
}
