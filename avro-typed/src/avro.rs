//! Names of Avro types as Rust types, to say what a value is written as.
//!
//! No value of them is ever made. A named Avro type (record, enum, fixed) needs no marker: the generated type is its own.

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

/// `bytes`, a length and that many bytes. The Rust types are `Vec<u8>` and, borrowed, `&[u8]`.
#[derive(Debug)]
pub enum Bytes {}

/// `string`, a length and that many bytes of UTF-8. The Rust types are `String` and, borrowed, `&str`.
#[derive(Debug)]
pub enum Str {}

/// `fixed` of `SIZE` bytes. The Rust type is `[u8; SIZE]`, which generated code wraps in a type with the schema's name.
#[derive(Debug)]
pub enum Fixed<const SIZE: usize> {}

/// `array` with items of `A`. The Rust type is `Vec<T>`.
#[derive(Debug)]
pub struct Array<A: ?Sized>(PhantomData<fn() -> A>);

/// `map` with values of `A`. The Rust types are `HashMap<String, T>` and `BTreeMap<String, T>`.
#[derive(Debug)]
pub struct Map<A: ?Sized>(PhantomData<fn() -> A>);

/// A union of `null` and `A`; `NULL_BRANCH` is the position of `null` in it, 0 or 1. The Rust type is `Option<T>`.
#[derive(Debug)]
pub struct Nullable<A: ?Sized, const NULL_BRANCH: usize>(PhantomData<fn() -> A>);

/// `decimal` over `A`, which is [`Bytes`] or [`Fixed`]. The Rust type is [`rust_decimal::Decimal`].
///
/// A value must have at most `PRECISION` digits, `SCALE` of them after the point, without rounding.
#[derive(Debug)]
pub struct Decimal<A: ?Sized, const PRECISION: u32, const SCALE: u32>(PhantomData<fn() -> A>);

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
#[derive(Debug)]
pub enum TimestampMillis {}

/// `timestamp-micros` over `long`: microseconds since 1970 in UTC. The Rust type is [`jiff::Timestamp`].
#[derive(Debug)]
pub enum TimestampMicros {}

/// `timestamp-nanos` over `long`: nanoseconds since 1970 in UTC. The Rust type is [`jiff::Timestamp`].
#[derive(Debug)]
pub enum TimestampNanos {}

/// `local-timestamp-millis` over `long`: milliseconds since 1970 on some clock. The Rust type is [`jiff::civil::DateTime`].
#[derive(Debug)]
pub enum LocalTimestampMillis {}

/// `local-timestamp-micros` over `long`: microseconds since 1970 on some clock. The Rust type is [`jiff::civil::DateTime`].
#[derive(Debug)]
pub enum LocalTimestampMicros {}

/// `local-timestamp-nanos` over `long`: nanoseconds since 1970 on some clock. The Rust type is [`jiff::civil::DateTime`].
#[derive(Debug)]
pub enum LocalTimestampNanos {}
