//! The Rust types that can be chosen.

/// The Rust type of `string`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strings {
    /// `String`.
    #[default]
    String,
    /// `Box<str>`: a word smaller than `String`, and cannot grow.
    BoxStr,
    /// `Arc<str>`: a clone shares the text.
    ArcStr,
    /// `compact_str::CompactString`: a text of up to 24 bytes is in place, so that it takes no allocation to read. The
    /// feature `compact-str-010` of avro-typed has to be on.
    CompactString,
}

/// The Rust type of `bytes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bytes {
    /// `Vec<u8>`.
    #[default]
    Vec,
    /// `Box<[u8]>`: a word smaller than `Vec<u8>`, and cannot grow.
    BoxSlice,
    /// `Arc<[u8]>`: a clone shares the bytes.
    ArcSlice,
    /// `bytes::Bytes`: clones and slices share the bytes. The feature `bytes` of avro-typed has to be on.
    Bytes,
}

/// The Rust type of `map`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Maps {
    /// `HashMap<String, T>`.
    #[default]
    HashMap,
    /// `BTreeMap<String, T>`: sorted, so that equal maps have equal bytes; and `Hash` where its values are.
    BTreeMap,
    /// `HashMap<String, T, avro_typed::FastRandomState>`: keys take less time to hash. It is not made to withstand
    /// people who choose keys that collide. The feature `fast-hash` of avro-typed has to be on.
    FastHashMap,
    /// `Vec<(String, T)>`: the entries in the order in which they were written, which takes the least time to read. A
    /// key that a writer has written twice is there twice, and to find one means to look at all.
    Vec,
}

/// What points to a value that is not in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pointers {
    /// `Box<T>`.
    #[default]
    Box,
    /// `Arc<T>`: a clone shares the value.
    Arc,
}

/// The Rust type of a logical type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Logical {
    /// The type that avro-typed has for it, such as `jiff::Timestamp` or `rust_decimal::Decimal`.
    #[default]
    Default,
    /// The type that the logical type annotates: `i64` for a `timestamp-millis`, bytes for a `decimal`.
    Underlying,
    /// chrono's type for a date or a time; logical types of other kinds are not concerned. The feature `chrono-04` of
    /// avro-typed has to be on.
    Chrono,
}
