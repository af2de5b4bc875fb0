//! Types of a user that generated code is told to use.

use std::collections::BTreeMap;

use avro_typed::uuid::Uuid;
use avro_typed::{Decode, DecodeError, DecodeUnion, Encode, EncodeError, PlanStep, Reader, Union, Writer, avro};
use serde::{Deserialize, Serialize, Serializer};

use super::generated::chosen::IntOrString;
use super::generated::chosen::com::acme::{Address, Level};

/// A type that is encoded as what it stands around.
macro_rules! newtype {
    ($name:ident $(<$parameter:ident>)?($inner:ty), [$($generics:tt)*] $marker:ty) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name $(<$parameter>)?(pub(crate) $inner);

        impl<$($generics)*> Encode<$marker> for $name $(<$parameter>)?
        where
            $inner: Encode<$marker>,
        {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                Encode::<$marker>::encode(&self.0, writer)
            }
        }

        impl<'a, $($generics)*> Decode<'a, $marker> for $name $(<$parameter>)?
        where
            $inner: Decode<'a, $marker>,
        {
            const MIN_SIZE: usize = <$inner as Decode<'a, $marker>>::MIN_SIZE;

            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                <$inner as Decode<'a, $marker>>::decode(reader).map(Self)
            }

            fn decode_resolved(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
                <$inner as Decode<'a, $marker>>::decode_resolved(reader, step).map(Self)
            }
        }
    };
}

newtype!(OrderId(String), [] avro::Str);
newtype!(ItemId(Uuid), [] avro::Uuid<avro::Str>);
newtype!(OwnAddress(Address), [] Address);
newtype!(OwnLevel(Level), [] Level);
newtype!(OwnUnion(IntOrString), [] IntOrString);
newtype!(Secret<T>(T), [T, A: ?Sized] A);
newtype!(Points<T>(Vec<T>), [T, A: ?Sized] avro::Array<A>);
newtype!(Labels<T>(BTreeMap<String, T>), [T, A: ?Sized] avro::Map<A>);

/// What stands for a union with null is asked for its branch.
impl Union for OwnUnion {
    const BRANCHES: usize = <IntOrString as Union>::BRANCHES;

    fn branch(&self) -> usize {
        self.0.branch()
    }

    fn encode_branch(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.0.encode_branch(writer)
    }

    fn serialize_branch<S: Serializer>(&self, index: u32, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_branch(index, serializer)
    }
}

impl<'a> DecodeUnion<'a> for OwnUnion {
    const BRANCHES: usize = <IntOrString as Union>::BRANCHES;

    fn decode_branch(branch: usize, reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        IntOrString::decode_branch(branch, reader).map(Self)
    }

    fn decode_branch_resolved(branch: usize, reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        IntOrString::decode_branch_resolved(branch, reader, step).map(Self)
    }
}

/// Instead of the record `com.acme.Money`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Money {
    pub(crate) cents: i64,
}

impl Encode for Money {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.field::<avro::Long, _>("cents", &self.cents)
    }
}

impl<'a> Decode<'a> for Money {
    const MIN_SIZE: usize = 1;

    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Money { cents: reader.field::<avro::Long, _>("cents")? })
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let mut cents = None;
        for field in step.field_steps()? {
            match field.index() {
                Some(0) => field.read_into::<avro::Long, _>(reader, "cents", &mut cents)?,
                _ => field.skip(reader)?,
            }
        }
        cents.map(|cents| Money { cents }).ok_or_else(|| step.missing("cents"))
    }
}
