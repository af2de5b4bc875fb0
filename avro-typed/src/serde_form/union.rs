//! Unions: with one branch, with `null` and one other, and those that have a generated enum.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, EnumAccess, Error, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{As, DeserializeAs, SerializeAs, Value};
use crate::avro::{self, Nullable, NullableUnion};
use crate::impls::union::{with_null, without_null};
use crate::invariant::always;
use crate::union::{Sole, Union};

impl<A: ?Sized, T: SerializeAs<A>, const NULL_BRANCH: usize> SerializeAs<Nullable<A, NULL_BRANCH>> for Option<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            None => serializer.serialize_none(),
            Some(value) => serializer.serialize_some(&As::<A, T>::new(value)),
        }
    }
}

impl<'de, A, T, const NULL_BRANCH: usize> DeserializeAs<'de, Nullable<A, NULL_BRANCH>> for Option<T>
where
    A: ?Sized,
    T: DeserializeAs<'de, A>,
{
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: Option<Value<A, T>> = Deserialize::deserialize(deserializer)?;
        Ok(value.map(|value| value.0))
    }
}

/// What formats are told that a union without a name is called.
const UNION: &str = "union";

/// The name of the only branch, which no format needs.
const SOLE: &str = "value";
const SOLE_NAMES: &[&str] = &[SOLE];

impl<A: ?Sized, T: SerializeAs<A>> SerializeAs<avro::Sole<A>> for Sole<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.0.serialize_as(serializer);
        }
        serializer.serialize_newtype_variant(UNION, 0, SOLE, &As::<A, T>::new(&self.0))
    }
}

impl<'de, A: ?Sized, T: DeserializeAs<'de, A>> DeserializeAs<'de, avro::Sole<A>> for Sole<T> {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return T::deserialize_as(deserializer).map(Sole);
        }
        deserializer.deserialize_enum(UNION, SOLE_NAMES, SoleVisitor::<A, T>(PhantomData, PhantomData))
    }
}

struct SoleVisitor<A: ?Sized, T>(PhantomData<T>, PhantomData<A>);

impl<'de, A: ?Sized, T: DeserializeAs<'de, A>> Visitor<'de> for SoleVisitor<A, T> {
    type Value = Sole<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the only branch of a union")
    }

    fn visit_enum<E: EnumAccess<'de>>(self, access: E) -> Result<Sole<T>, E::Error> {
        let (_, access) = access.variant_seed(BranchOf { names: SOLE_NAMES, null_branch: None })?;
        branch_value::<A, T, _>(access).map(Sole)
    }
}

/// A generated union that can be deserialized.
pub trait DeserializeUnion<'de>: Sized {
    /// The name of the Rust type.
    const NAME: &'static str;

    /// The names of the branches that are not `null`: of a named type its full name, else that of the type's kind.
    const BRANCH_NAMES: &'static [&'static str];

    /// Reads the value of this branch, counted without `null`.
    ///
    /// # Errors
    ///
    /// What the format returns.
    fn deserialize_branch<V: VariantAccess<'de>>(branch: usize, access: V) -> Result<Self, V::Error>;
}

/// Serializes a value of a union without `null`.
///
/// # Errors
///
/// What the format returns.
pub fn serialize_union<U: Union, S: Serializer>(value: &U, serializer: S) -> Result<S::Ok, S::Error> {
    value.serialize_branch(variant_index(value.branch()), serializer)
}

/// Deserializes a value of a union without `null`.
///
/// # Errors
///
/// What the format returns, and for an unknown branch.
pub fn deserialize_union<'de, U: DeserializeUnion<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<U, D::Error> {
    deserializer.deserialize_enum(U::NAME, U::BRANCH_NAMES, UnionVisitor(PhantomData))
}

/// Deserializes the value of a branch as the Avro type `A`.
///
/// # Errors
///
/// What the format returns.
pub fn branch_value<'de, A, T, V>(access: V) -> Result<T, V::Error>
where
    A: ?Sized,
    T: DeserializeAs<'de, A>,
    V: VariantAccess<'de>,
{
    access.newtype_variant::<Value<A, T>>().map(|value| value.0)
}

/// The error for a branch that a union does not have. Generated code needs it to be complete, and never gets there.
#[cold]
pub fn no_such_variant<E: Error>(branch: usize) -> E {
    E::custom(format_args!("the union has no branch {branch}"))
}

struct UnionVisitor<U>(PhantomData<U>);

impl<'de, U: DeserializeUnion<'de>> Visitor<'de> for UnionVisitor<U> {
    type Value = U;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a branch of the union {}", U::NAME)
    }

    fn visit_enum<E: EnumAccess<'de>>(self, access: E) -> Result<U, E::Error> {
        let (branch, access) = access.variant_seed(BranchOf { names: U::BRANCH_NAMES, null_branch: None })?;
        U::deserialize_branch(always(branch, 0, "only the branch null has no position among the others"), access)
    }
}

/// `T` is `U` or a pointer to it.
impl<U: ?Sized, T: Union, const NULL_BRANCH: usize> SerializeAs<NullableUnion<U, NULL_BRANCH>> for Option<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_human_readable = serializer.is_human_readable();
        match self {
            None if is_human_readable => serializer.serialize_none(),
            None => serializer.serialize_unit_variant(UNION, variant_index(NULL_BRANCH), NULL),
            Some(value) if is_human_readable => serializer.serialize_some(&Branch::<T, NULL_BRANCH>(value)),
            Some(value) => Branch::<T, NULL_BRANCH>(value).serialize(serializer),
        }
    }
}

/// A value of a union with `null`.
struct Branch<'v, T, const NULL_BRANCH: usize>(&'v T);

impl<T: Union, const NULL_BRANCH: usize> Serialize for Branch<'_, T, NULL_BRANCH> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_branch(variant_index(with_null(self.0.branch(), NULL_BRANCH)), serializer)
    }
}

impl<'de, U: ?Sized, T: DeserializeUnion<'de>, const NULL_BRANCH: usize>
    DeserializeAs<'de, NullableUnion<U, NULL_BRANCH>> for Option<T>
{
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = NullableVisitor::<T, NULL_BRANCH>(PhantomData);
        if deserializer.is_human_readable() {
            return deserializer.deserialize_option(visitor);
        }
        deserializer.deserialize_enum(T::NAME, NullableVisitor::<T, NULL_BRANCH>::NAMES, visitor)
    }
}

/// The name of the branch without values.
const NULL: &str = "null";

struct NullableVisitor<T, const NULL_BRANCH: usize>(PhantomData<T>);

impl<'de, T: DeserializeUnion<'de>, const NULL_BRANCH: usize> NullableVisitor<T, NULL_BRANCH> {
    /// The names of all branches. Some deserializers look the name of a branch up there by its position.
    ///
    /// A constant array cannot have a length that depends on `T`, so it is as long as is needed at most, and cut.
    const NAMES: &'static [&'static str] = match T::BRANCH_NAMES.len() {
        0..8 => Self::NAMES_OF_8.split_at(T::BRANCH_NAMES.len() + 1).0,
        8..64 => Self::NAMES_OF_64.split_at(T::BRANCH_NAMES.len() + 1).0,
        64..1024 => Self::NAMES_OF_1024.split_at(T::BRANCH_NAMES.len() + 1).0,
        _ => T::BRANCH_NAMES,
    };
    const NAMES_OF_8: &'static [&'static str] = &names_with_null::<8>(T::BRANCH_NAMES, NULL_BRANCH);
    const NAMES_OF_64: &'static [&'static str] = &names_with_null::<64>(T::BRANCH_NAMES, NULL_BRANCH);
    const NAMES_OF_1024: &'static [&'static str] = &names_with_null::<1024>(T::BRANCH_NAMES, NULL_BRANCH);
}

/// The names with that of `null` at its position, as far as they fit.
const fn names_with_null<const SIZE: usize>(
    names: &'static [&'static str],
    null_branch: usize,
) -> [&'static str; SIZE] {
    let mut all = [NULL; SIZE];
    let mut branch = 0;
    while branch < names.len() {
        let position = with_null(branch, null_branch);
        if position < SIZE {
            all[position] = names[branch];
        }
        branch += 1;
    }
    all
}

impl<'de, T: DeserializeUnion<'de>, const NULL_BRANCH: usize> Visitor<'de> for NullableVisitor<T, NULL_BRANCH> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "null or a branch of the union {}", T::NAME)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserialize_union(deserializer).map(Some)
    }

    fn visit_enum<E: EnumAccess<'de>>(self, access: E) -> Result<Option<T>, E::Error> {
        let seed = BranchOf { names: T::BRANCH_NAMES, null_branch: Some(NULL_BRANCH) };
        match access.variant_seed(seed)? {
            (Some(branch), access) => T::deserialize_branch(branch, access).map(Some),
            (None, access) => access.unit_variant().map(|()| None),
        }
    }
}

/// Reads the name or the position of a branch as its position among those that are not `null`, or `None` for `null`.
struct BranchOf {
    names: &'static [&'static str],
    null_branch: Option<usize>,
}

impl<'de> DeserializeSeed<'de> for BranchOf {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for BranchOf {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "one of {}", self.names.join(", "))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        if self.null_branch.is_some() && name == NULL {
            return Ok(None);
        }
        let branch = self.names.iter().position(|known| *known == name);
        branch.map(Some).ok_or_else(|| E::unknown_variant(name, self.names))
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Option<usize>, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }

    fn visit_u64<E: Error>(self, position: u64) -> Result<Option<usize>, E> {
        let branch = usize::try_from(position).map(|position| match self.null_branch {
            Some(null_branch) => without_null(position, null_branch),
            None => Some(position),
        });
        match branch {
            Ok(None) => Ok(None),
            Ok(Some(branch)) if branch < self.names.len() => Ok(Some(branch)),
            _ => Err(E::unknown_variant(&position.to_string(), self.names)),
        }
    }
}

/// The position of a branch or a symbol as formats get it.
pub(crate) fn variant_index(position: usize) -> u32 {
    always(u32::try_from(position).ok(), u32::MAX, "no schema that fits into memory has more branches or symbols")
}
