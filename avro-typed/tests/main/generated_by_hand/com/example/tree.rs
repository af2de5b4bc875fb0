//! A recursive record: `nested` bounds the depth, and `Box` breaks the infinite size.

/// A node of a tree with an optional sibling and any number of children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// What the node is called.
    pub name: ::std::string::String,
    /// The next node on the same level. The default is `null`.
    pub next: ::core::option::Option<::std::boxed::Box<Node>>,
    /// The nodes below this one. The default is empty.
    pub children: ::std::vec::Vec<Node>,
}

impl Node {
    const FIELDS: &'static [&'static str] = &["name", "next", "children"];
}

impl ::avro_typed::AvroType for Node {
    const FULLNAME: &'static str = "com.example.tree.Node";

    fn schema() -> &'static avro_typed::TypeSchema {
        &avro_typed::TypeSchema {
            json: r#"{"type":"record","name":"Node","namespace":"com.example.tree","fields":[{"name":"name","type":"string"},{"name":"next","type":["null","Node"],"default":null},{"name":"children","type":{"type":"array","items":"Node"},"default":[]}]}"#,
            fingerprint_crc64: 0x97be_eed0_4c75_446e,
            fingerprint_sha256: [
                0xa8, 0x1c, 0x85, 0x48, 0x95, 0xd6, 0x78, 0x06, 0xd1, 0x6e, 0x39, 0xcc, 0x5f, 0xeb, 0x85, 0x98, 0x6b,
                0xe8, 0x67, 0xd4, 0xcd, 0xd8, 0x74, 0xf4, 0xe0, 0x08, 0xd9, 0x77, 0xc7, 0x9d, 0xfe, 0x50,
            ],
            released: &[],
        }
    }
}

impl ::avro_typed::Encode for Node {
    const NAME: &'static str = "Node";
    // Part of a cycle: `nested` bounds the depth. Not `#[inline]`, since a recursive function cannot be inlined anyway.
    fn encode(&self, writer: &mut ::avro_typed::Writer<'_>) -> ::core::result::Result<(), ::avro_typed::EncodeError> {
        writer.nested(|writer| {
            writer.field::<::avro_typed::avro::Str, _>("name", &self.name)?;
            writer.field::<::avro_typed::avro::Nullable<Node, 0>, _>("next", &self.next)?;
            writer.field::<::avro_typed::avro::Array<Node>, _>("children", &self.children)
        })
    }
}

impl<'a> ::avro_typed::Decode<'a> for Node {
    const NAME: &'static str = "Node";
    const MIN_SIZE: usize = 3;
    fn decode(reader: &mut ::avro_typed::Reader<'a>) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        reader.nested(|reader| {
            Ok(Self {
                name: reader.field::<::avro_typed::avro::Str, _>("name")?,
                next: reader.field::<::avro_typed::avro::Nullable<Node, 0>, _>("next")?,
                children: reader.field::<::avro_typed::avro::Array<Node>, _>("children")?,
            })
        })
    }
    fn decode_by_plan(
        reader: &mut ::avro_typed::Reader<'a>,
        step: ::avro_typed::PlanStep<'a>,
    ) -> ::core::result::Result<Self, ::avro_typed::DecodeError> {
        reader.nested(|reader| {
            let mut name = ::core::option::Option::None;
            let mut next = ::core::option::Option::None;
            let mut children = ::core::option::Option::None;
            for field in step.field_steps()? {
                match field.index() {
                    Some(0) => name = Some(field.read::<::avro_typed::avro::Str, _>(reader, "name")?),
                    Some(1) => next = Some(field.read::<::avro_typed::avro::Nullable<Node, 0>, _>(reader, "next")?),
                    Some(2) => children = Some(field.read::<::avro_typed::avro::Array<Node>, _>(reader, "children")?),
                    _ => field.skip(reader)?,
                }
            }
            Ok(Self {
                name: step.required(name, "name")?,
                next: step.required(next, "next")?,
                children: step.required(children, "children")?,
            })
        })
    }
}

impl ::avro_typed::serde::Serialize for Node {
    fn serialize<S: ::avro_typed::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        use ::avro_typed::serde::ser::SerializeStruct as _;
        let mut record = serializer.serialize_struct("Node", 3)?;
        record.serialize_field("name", &self.name)?;
        record.serialize_field("next", &self.next)?;
        record.serialize_field("children", &self.children)?;
        record.end()
    }
}

impl<'de> ::avro_typed::serde::Deserialize<'de> for Node {
    fn deserialize<D: ::avro_typed::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::avro_typed::__private::deserialize_record(deserializer, "Node", Self::FIELDS)
    }
}

impl<'de> ::avro_typed::__private::RecordFields<'de> for Node {
    fn from_fields<M: ::avro_typed::serde::de::MapAccess<'de>>(
        fields: &mut ::avro_typed::__private::Fields<M>,
    ) -> ::core::result::Result<Self, M::Error> {
        let mut name = ::core::option::Option::None;
        let mut next = ::core::option::Option::None;
        let mut children = ::core::option::Option::None;
        while let Some(field) = fields.next()? {
            match field {
                0 => fields.value(&mut name)?,
                1 => fields.value(&mut next)?,
                2 => fields.value(&mut children)?,
                _ => fields.ignore()?,
            }
        }
        Ok(Self {
            name: fields.required(name, "name")?,
            next: next.unwrap_or_else(|| ::core::option::Option::None),
            children: children.unwrap_or_else(|| ::std::vec::Vec::new()),
        })
    }
}

::avro_typed::__private_apache_avro!(Node);
