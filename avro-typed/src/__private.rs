//! What generated code needs and nobody else should use: it may change in any version.
//!
//! Generated types implement serde's traits by hand-emitted code, not by derive macros; these functions keep that code
//! short.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::{Deserialize, Serializer};

use crate::decode::Decode;
use crate::invariant::always;
use crate::limits::Limits;
use crate::reader::Reader;
use crate::serde_form::variant_index;

#[cfg(feature = "apache-avro-022")]
pub use crate::apache::apache_schema;
// For derived types.
pub use crate::describe::{
    Definition, DefinitionKind, Definitions, FieldDefinition, Name, NamedKind, Shape, cached_schema, decode_record,
    encode_record, type_schema,
};
pub use crate::serde_form::{
    As, DeserializeAs, DeserializeUnion, Plain, SerializeAs, Value, branch_value, deserialize_union, no_such_variant,
    serialize_union,
};
pub use crate::topic::derived::{decode as decode_topic_type, has_new_name};
pub use crate::union::{
    decode_union, decode_union_by_plan, decode_union_by_plan_into, decode_union_into, encode_union, no_such_branch,
};
pub use crate::view::{owned_array, owned_map};
pub use crate::wide::{
    read_field, read_field_into, read_field_step, read_group, serialize_group, update_field_step, write_field,
};

/// A generated record, made from named fields.
pub trait RecordFields<'de>: Sized {
    /// Reads all fields and fills in defaults.
    ///
    /// # Errors
    ///
    /// What the format returns, and when a field is missing or doubled.
    fn from_fields<M: MapAccess<'de>>(fields: &mut Fields<M>) -> Result<Self, M::Error>;
}

/// The fields of a record while they are read.
#[derive(Debug)]
pub struct Fields<M> {
    map: M,
    names: &'static [&'static str],
    /// The position of the current field in `names`.
    current: usize,
    /// The position of the field that comes next when fields come in their order.
    expected: usize,
}

impl<'de, M: MapAccess<'de>> Fields<M> {
    /// The position of the next field in the record's list, or the list's length for a field that is not in it.
    ///
    /// # Errors
    ///
    /// What the format returns.
    #[expect(clippy::should_implement_trait, reason = "it is fallible, and its item borrows nothing")]
    pub fn next(&mut self) -> Result<Option<usize>, M::Error> {
        let next = self.map.next_key_seed(NamePosition { names: self.names, expected: self.expected })?;
        if let Some(position) = next {
            self.current = position;
            self.expected = position.saturating_add(1);
        }
        Ok(next)
    }

    /// Reads the current field's value.
    ///
    /// # Errors
    ///
    /// What the format returns, and when the field was there before.
    pub fn value<T: Deserialize<'de>>(&mut self, slot: &mut Option<T>) -> Result<(), M::Error> {
        if slot.is_some() {
            return Err(self.duplicate());
        }
        *slot = Some(self.map.next_value()?);
        Ok(())
    }

    fn duplicate(&self) -> M::Error {
        M::Error::duplicate_field(always(self.names.get(self.current).copied(), "", "values are read of known fields"))
    }

    /// Reads the current field's value as the Avro type `A`.
    ///
    /// # Errors
    ///
    /// What the format returns, and when the field was there before.
    pub fn value_as<A: ?Sized, T: DeserializeAs<'de, A>>(&mut self, slot: &mut Option<T>) -> Result<(), M::Error> {
        if slot.is_some() {
            return Err(self.duplicate());
        }
        let value: Value<A, T> = self.map.next_value()?;
        *slot = Some(value.0);
        Ok(())
    }

    /// Passes over the value of a field that is not in the list.
    ///
    /// # Errors
    ///
    /// What the format returns.
    pub fn ignore(&mut self) -> Result<(), M::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }

    /// The error for a field that is missing and has no default.
    #[cold]
    pub fn missing(&self, name: &'static str) -> M::Error {
        M::Error::missing_field(name)
    }

    /// Reads a group of fields, or makes values of what was read: a function of its own for each group, so that
    /// compilers take time for groups and not for all fields at once.
    ///
    /// # Errors
    ///
    /// What `read` returns.
    #[inline(never)]
    pub fn group<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, M::Error>) -> Result<T, M::Error> {
        read(self)
    }

    /// The value of a field that has a default.
    pub fn or_default<T>(&self, value: Option<T>, default: fn() -> T) -> T {
        value.unwrap_or_else(default)
    }

    /// The value of a field that has no default.
    ///
    /// # Errors
    ///
    /// When the field is missing.
    pub fn required<T>(&self, value: Option<T>, name: &'static str) -> Result<T, M::Error> {
        value.ok_or_else(|| M::Error::missing_field(name))
    }
}

/// Deserializes a generated record whose fields have these names.
///
/// # Errors
///
/// What the format returns, and when a field is missing or doubled.
pub fn deserialize_record<'de, T, D>(
    deserializer: D,
    name: &'static str,
    names: &'static [&'static str],
) -> Result<T, D::Error>
where
    T: RecordFields<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_struct(name, names, RecordVisitor { name, names, record: PhantomData })
}

struct RecordVisitor<T> {
    name: &'static str,
    names: &'static [&'static str],
    record: PhantomData<T>,
}

impl<'de, T: RecordFields<'de>> Visitor<'de> for RecordVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "record {}", self.name)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        T::from_fields(&mut Fields { map, names: self.names, current: 0, expected: 0 })
    }

    /// Formats that write no names give the fields in their order.
    fn visit_seq<S: SeqAccess<'de>>(self, seq: S) -> Result<T, S::Error> {
        let end = self.names.len();
        self.visit_map(Positions { seq, next: 0, end })
    }
}

/// A sequence as a map whose keys are the positions.
struct Positions<S> {
    seq: S,
    next: usize,
    end: usize,
}

impl<'de, S: SeqAccess<'de>> MapAccess<'de> for Positions<S> {
    type Error = S::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, S::Error> {
        if self.next == self.end {
            return Ok(None);
        }
        let key = seed.deserialize((self.next as u64).into_deserializer())?;
        self.next += 1;
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, S::Error> {
        debug_assert!(self.next > 0, "a value follows its key");
        let position = self.next.saturating_sub(1);
        let missing = || S::Error::invalid_length(position, &"all fields of the record");
        self.seq.next_element_seed(seed)?.ok_or_else(missing)
    }
}

/// Reads a name as its position in a list, or as the list's length if it is not in it.
struct NamePosition {
    names: &'static [&'static str],
    /// Where to look first. Most formats write fields in their order, and a wide record has many names to look through.
    expected: usize,
}

impl NamePosition {
    fn of(&self, name: &[u8]) -> usize {
        let is_name = |known: &&'static str| known.as_bytes() == name;
        if self.names.get(self.expected).is_some_and(is_name) {
            return self.expected;
        }
        self.names.iter().position(is_name).unwrap_or(self.names.len())
    }
}

impl<'de> DeserializeSeed<'de> for NamePosition {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NamePosition {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "one of {}", self.names.join(", "))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        Ok(self.of(name.as_bytes()))
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<usize, E> {
        Ok(self.of(name))
    }

    fn visit_u64<E: Error>(self, position: u64) -> Result<usize, E> {
        Ok(usize::try_from(position).unwrap_or(usize::MAX).min(self.names.len()))
    }
}

/// Serializes an enum's symbol.
///
/// # Errors
///
/// What the format returns.
pub fn serialize_symbol<S: Serializer>(
    serializer: S,
    name: &'static str,
    index: usize,
    symbol: &'static str,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_unit_variant(name, variant_index(index), symbol)
}

/// Deserializes an enum's symbol as its position among the symbols.
///
/// # Errors
///
/// What the format returns, and for an unknown symbol.
pub fn deserialize_symbol<'de, D: Deserializer<'de>>(
    deserializer: D,
    name: &'static str,
    symbols: &'static [&'static str],
) -> Result<usize, D::Error> {
    deserializer.deserialize_enum(name, symbols, SymbolVisitor { name, symbols })
}

struct SymbolVisitor {
    name: &'static str,
    symbols: &'static [&'static str],
}

impl<'de> Visitor<'de> for SymbolVisitor {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a symbol of enum {}", self.name)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<usize, A::Error> {
        let (index, variant) = access.variant_seed(SymbolPosition(self.symbols))?;
        variant.unit_variant()?;
        Ok(index)
    }
}

/// Reads a symbol as its position; an unknown one is an error.
struct SymbolPosition(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for SymbolPosition {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for SymbolPosition {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "one of {}", self.0.join(", "))
    }

    fn visit_str<E: Error>(self, symbol: &str) -> Result<usize, E> {
        let position = self.0.iter().position(|known| *known == symbol);
        position.ok_or_else(|| E::unknown_variant(symbol, self.0))
    }

    fn visit_bytes<E: Error>(self, symbol: &[u8]) -> Result<usize, E> {
        self.visit_str(&String::from_utf8_lossy(symbol))
    }

    fn visit_u64<E: Error>(self, position: u64) -> Result<usize, E> {
        match usize::try_from(position) {
            Ok(index) if index < self.0.len() => Ok(index),
            _ => Err(E::unknown_variant(&position.to_string(), self.0)),
        }
    }
}

/// Deserializes the bytes of a fixed, from bytes or from a sequence of numbers, as which text formats write them.
///
/// # Errors
///
/// What the format returns, and when there are not exactly `SIZE` bytes.
pub fn deserialize_fixed<'de, D: Deserializer<'de>, const SIZE: usize>(
    deserializer: D,
) -> Result<[u8; SIZE], D::Error> {
    DeserializeAs::<crate::avro::Fixed<SIZE>>::deserialize_as(deserializer)
}

/// A default that has no literal in Rust, decoded from the bytes that the generator made of it.
///
/// # Panics
///
/// When the bytes are not such a value. The generator checks them.
#[must_use]
pub fn default<As: ?Sized, T: Decode<'static, As>>(datum: &'static [u8]) -> T {
    match T::decode(&mut Reader::new(datum, Limits::default())) {
        Ok(value) => value,
        Err(error) => panic!("the generator wrote a default that cannot be decoded: {error}"),
    }
}
