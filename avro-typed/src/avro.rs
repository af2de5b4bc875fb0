//! Names of Avro types as Rust types: what a value is written as.
//!
//! No value of them is ever made. A named Avro type (record, enum, fixed) needs no marker: the generated type is its
//! own.

use std::marker::PhantomData;

/// `null`, of no bytes. The Rust type is `()`.
#[derive(Debug)]
pub enum Null {}

/// `boolean`, one byte. The Rust type is `bool`.
#[derive(Debug)]
pub enum Boolean {}

/// `int`, a zigzag varint of 32 bits. The Rust type is `i32`.
#[derive(Debug)]
pub enum Int {}

/// `long`, a zigzag varint of 64 bits. The Rust type is `i64`.
#[derive(Debug)]
pub enum Long {}

/// `float`, four bytes. The Rust type is `f32`.
#[derive(Debug)]
pub enum Float {}

/// `double`, eight bytes. The Rust type is `f64`.
#[derive(Debug)]
pub enum Double {}

/// `bytes`, a length and that many bytes. The Rust types are `Vec<u8>`, `Box<[u8]>`, `Arc<[u8]>` and, borrowed,
/// `&[u8]`.
#[derive(Debug)]
pub enum Bytes {}

/// `string`, a length and that many bytes of UTF-8. The Rust types are `String`, `Box<str>`, `Arc<str>` and, borrowed,
/// `&str`.
#[derive(Debug)]
pub enum Str {}

/// `fixed` of `SIZE` bytes. The Rust type is `[u8; SIZE]`, which generated code wraps in a type with the schema's name.
#[derive(Debug)]
pub enum Fixed<const SIZE: usize> {}

/// `array` with items of `A`. The Rust type is `Vec<T>`.
#[derive(Debug)]
pub struct Array<A: ?Sized>(PhantomData<fn() -> A>);

/// `map` with values of `A`. The Rust types are `HashMap<String, T>` with any hasher, `BTreeMap<String, T>`, and
/// `Vec<(String, T)>`, which has the entries as they were written.
#[derive(Debug)]
pub struct Map<A: ?Sized>(PhantomData<fn() -> A>);

/// A union of `null` and `A`; `NULL_BRANCH` is the position of `null` in it, 0 or 1. The Rust type is `Option<T>`.
#[derive(Debug)]
pub struct Nullable<A: ?Sized, const NULL_BRANCH: usize>(PhantomData<fn() -> A>);

/// A union of the one type `A`. The Rust type is [`Sole<T>`](crate::Sole).
#[derive(Debug)]
pub struct Sole<A: ?Sized>(PhantomData<fn() -> A>);

/// A union of `null` and two or more other types; `U` is the generated enum of those, and `NULL_BRANCH` the position of
/// `null` among all of them. The Rust type is `Option<U>`.
///
/// A union of several types without `null` needs no marker: the generated enum is its own.
#[derive(Debug)]
pub struct NullableUnion<U: ?Sized, const NULL_BRANCH: usize>(PhantomData<fn() -> U>);

/// `decimal` over `A`, which is [`Bytes`] or [`Fixed`]. The Rust types are [`rust_decimal::Decimal`], for up to 28
/// digits, and [`bigdecimal::BigDecimal`].
///
/// A value must have at most `PRECISION` digits, `SCALE` of them after the point, without rounding.
#[derive(Debug)]
pub struct Decimal<A: ?Sized, const PRECISION: u32, const SCALE: u32>(PhantomData<fn() -> A>);

/// `big-decimal` over `bytes`: a decimal that brings its scale along. The Rust type is [`bigdecimal::BigDecimal`].
///
/// The unscaled integer may have up to [`MAX_SIZE`](BigDecimal::MAX_SIZE) bytes, and the scale may be up to
/// [`MAX_SCALE`](BigDecimal::MAX_SCALE) away from zero.
#[derive(Debug)]
pub enum BigDecimal {}

impl BigDecimal {
    /// How many bytes the unscaled integer may have: about 9,860 digits. Comparing and printing take time that grows
    /// faster than the number of digits.
    pub const MAX_SIZE: usize = 4096;

    /// How far the scale may be from zero. That is wider than IEEE's decimal128 with its exponents from -6,176 to
    /// 6,111. A few bytes of input could announce a scale of 2^31, and comparing or hashing such a number writes out
    /// its zeros.
    pub const MAX_SCALE: i32 = 10_000;
}

/// `uuid` over `A`, which is [`Str`] or [`Fixed<16>`](Fixed). The Rust type is [`uuid::Uuid`].
///
/// Text is written in lower case with hyphens, and read in either case with hyphens.
#[derive(Debug)]
pub struct Uuid<A: ?Sized>(PhantomData<fn() -> A>);

/// `duration` over a `fixed` of 12 bytes: months, days and milliseconds. The Rust type is
/// [`Duration`](crate::Duration).
#[derive(Debug)]
pub enum Duration {}

/// `date` over `int`: days since 1970-01-01. The Rust type is [`jiff::civil::Date`].
#[derive(Debug)]
pub enum Date {}

/// `time-millis` over `int`: milliseconds since midnight. The Rust type is [`jiff::civil::Time`].
#[derive(Debug)]
pub enum TimeMillis {}

/// `time-micros` over `long`: microseconds since midnight. The Rust type is [`jiff::civil::Time`].
#[derive(Debug)]
pub enum TimeMicros {}

/// `timestamp-millis` over `long`: milliseconds since 1970 in UTC. The Rust type is [`jiff::Timestamp`].
///
/// That type ends at 9999-12-30T22:00:00.999999999Z; a later moment is an error when it is read. chrono's
/// `DateTime<Utc>`, with feature `chrono-04`, reaches further.
#[derive(Debug)]
pub enum TimestampMillis {}

/// `timestamp-micros` over `long`: microseconds since 1970 in UTC. The Rust type is [`jiff::Timestamp`].
///
/// That type ends at 9999-12-30T22:00:00.999999999Z; a later moment is an error when it is read. chrono's
/// `DateTime<Utc>`, with feature `chrono-04`, reaches further.
#[derive(Debug)]
pub enum TimestampMicros {}

/// `timestamp-nanos` over `long`: nanoseconds since 1970 in UTC. The Rust type is [`jiff::Timestamp`].
#[derive(Debug)]
pub enum TimestampNanos {}

/// `local-timestamp-millis` over `long`: milliseconds since 1970 on some clock. The Rust type is
/// [`jiff::civil::DateTime`].
#[derive(Debug)]
pub enum LocalTimestampMillis {}

/// `local-timestamp-micros` over `long`: microseconds since 1970 on some clock. The Rust type is
/// [`jiff::civil::DateTime`].
#[derive(Debug)]
pub enum LocalTimestampMicros {}

/// `local-timestamp-nanos` over `long`: nanoseconds since 1970 on some clock. The Rust type is
/// [`jiff::civil::DateTime`].
#[derive(Debug)]
pub enum LocalTimestampNanos {}
