//! A union without branches.

/// A union without branches, and so without values.
#[derive(Clone, Debug, PartialEq)]
pub enum Nothing {}

impl ::avro_typed::Union for Nothing {
    const BRANCHES: usize = 0;
    #[inline]
    fn branch(&self) -> usize {
        match *self {}
    }
    #[inline]
    fn encode_branch(
        &self,
        _writer: &mut ::avro_typed::Writer<'_>,
    ) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        match *self {}
    }
    fn serialize_branch<S: ::avro_typed::serde::Serializer>(
        &self,
        _index: u32,
        _serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        match *self {}
    }
}

impl<'a> ::avro_typed::DecodeUnion<'a> for Nothing {
    #[inline]
    fn decode_branch(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Err(::avro_typed::__private::no_such_branch(reader, branch, 0))
    }
    fn decode_branch_resolved(
        branch: usize,
        reader: &mut ::avro_typed::Reader<'a>,
        _step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        Err(::avro_typed::__private::no_such_branch(reader, branch, 0))
    }
}

impl ::avro_typed::Encode for Nothing {
    #[inline]
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        ::avro_typed::__private::encode_union(self, writer)
    }
}

impl<'a> ::avro_typed::Decode<'a> for Nothing {
    const MIN_SIZE: usize = 1;
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

impl ::avro_typed::serde::Serialize for Nothing {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        ::avro_typed::__private::serialize_union(self, serializer)
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Nothing {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_union(deserializer)
    }
}

impl<'de> ::avro_typed::__private::DeserializeUnion<'de> for Nothing {
    const NAME: &'static str = "Nothing";
    const BRANCH_NAMES: &'static [&'static str] = &[];
    fn deserialize_branch<V: ::avro_typed::serde::de::VariantAccess<'de>>(
        branch: usize,
        _access: V,
    ) -> ::core::result::Result<Self, V::Error> {
        Err(::avro_typed::__private::no_such_variant(branch))
    }
}
