//! Leaves: types that hold no other generated type. Everything that there is to know about one of them is in this file
//! and in [`default`], as tables: what Avro encodes ([`Encoding`]) and what Rust holds ([`RustType`]) are chosen apart.

mod calendar;
pub(crate) mod default;
mod digits;
pub(crate) mod encoded;

use std::borrow::Cow;

use avro_model::{Kind, LogicalType};

use crate::options::{Bytes, Strings};

/// The largest precision that `rust_decimal::Decimal` holds whatever the digits are.
const MAX_SMALL_DECIMAL_PRECISION: u32 = 28;

/// A type that holds no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Leaf {
    pub(crate) encoding: Encoding,
    pub(crate) rust: RustType,
}

/// What Avro encodes a leaf as; the runtime has a marker type for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed { size: usize },
    Decimal { storage: Storage, precision: u32, scale: u32 },
    BigDecimal,
    Uuid { storage: Storage },
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Duration,
}

/// What a logical type that may annotate several types is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Storage {
    Bytes,
    String,
    Fixed { size: usize },
}

/// What Rust holds. Which of these implement the traits for which [`Encoding`] is the runtime's choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RustType {
    Unit,
    Bool,
    I32,
    I64,
    F32,
    F64,
    ByteVec,
    String,
    ByteArray { size: usize },
    BoxStr,
    ArcStr,
    CompactStr,
    BoxBytes,
    ArcBytes,
    SharedBytes,
    RustDecimal,
    BigDecimal,
    Uuid,
    JiffDate,
    JiffTime,
    JiffTimestamp,
    JiffDateTime,
    ChronoDate,
    ChronoTime,
    ChronoTimestamp,
    ChronoDateTime,
    Duration,
}

/// What generated code has to know of a Rust type.
struct Traits {
    /// With `$` for the path of the runtime crate.
    path: &'static str,
    is_eq: bool,
    is_hash: bool,
    /// Whether its own serde impls write what is wanted; otherwise they are the runtime's, by the marker.
    has_own_serde: bool,
}

impl Leaf {
    /// The leaf for `encoding` when nothing else is asked for.
    pub(crate) fn new(encoding: Encoding) -> Leaf {
        Leaf { encoding, rust: encoding.default_rust_type() }
    }
}

impl Encoding {
    /// The encoding of an unnamed type; `None` for those that hold others.
    pub(crate) fn of(kind: &Kind, logical: Option<LogicalType>) -> Option<Encoding> {
        Some(match (kind, logical) {
            (Kind::Bytes, Some(LogicalType::Decimal { precision, scale })) => {
                Encoding::Decimal { storage: Storage::Bytes, precision, scale }
            }
            (Kind::Bytes, Some(LogicalType::BigDecimal)) => Encoding::BigDecimal,
            (Kind::String, Some(LogicalType::Uuid)) => Encoding::Uuid { storage: Storage::String },
            (Kind::Int, Some(LogicalType::Date)) => Encoding::Date,
            (Kind::Int, Some(LogicalType::TimeMillis)) => Encoding::TimeMillis,
            (Kind::Long, Some(LogicalType::TimeMicros)) => Encoding::TimeMicros,
            (Kind::Long, Some(LogicalType::TimestampMillis)) => Encoding::TimestampMillis,
            (Kind::Long, Some(LogicalType::TimestampMicros)) => Encoding::TimestampMicros,
            (Kind::Long, Some(LogicalType::TimestampNanos)) => Encoding::TimestampNanos,
            (Kind::Long, Some(LogicalType::LocalTimestampMillis)) => Encoding::LocalTimestampMillis,
            (Kind::Long, Some(LogicalType::LocalTimestampMicros)) => Encoding::LocalTimestampMicros,
            (Kind::Long, Some(LogicalType::LocalTimestampNanos)) => Encoding::LocalTimestampNanos,
            (Kind::Null, _) => Encoding::Null,
            (Kind::Boolean, _) => Encoding::Boolean,
            (Kind::Int, _) => Encoding::Int,
            (Kind::Long, _) => Encoding::Long,
            (Kind::Float, _) => Encoding::Float,
            (Kind::Double, _) => Encoding::Double,
            (Kind::Bytes, _) => Encoding::Bytes,
            (Kind::String, _) => Encoding::String,
            (Kind::Array(_) | Kind::Map(_) | Kind::Union(_) | Kind::Named(_), _) => return None,
        })
    }

    /// The encoding of a fixed: with a logical type, that type's.
    pub(crate) fn of_fixed(size: usize, logical: Option<LogicalType>) -> Encoding {
        let storage = Storage::Fixed { size };
        match logical {
            Some(LogicalType::Decimal { precision, scale }) => Encoding::Decimal { storage, precision, scale },
            Some(LogicalType::Uuid) => Encoding::Uuid { storage },
            Some(LogicalType::Duration) => Encoding::Duration,
            _ => Encoding::Fixed { size },
        }
    }

    /// What schemas call it: its logical type, or else its type.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Encoding::Null => "null",
            Encoding::Boolean => "boolean",
            Encoding::Int => "int",
            Encoding::Long => "long",
            Encoding::Float => "float",
            Encoding::Double => "double",
            Encoding::Bytes => "bytes",
            Encoding::String => "string",
            Encoding::Fixed { .. } => "fixed",
            Encoding::Decimal { .. } => "decimal",
            Encoding::BigDecimal => "big-decimal",
            Encoding::Uuid { .. } => "uuid",
            Encoding::Date => "date",
            Encoding::TimeMillis => "time-millis",
            Encoding::TimeMicros => "time-micros",
            Encoding::TimestampMillis => "timestamp-millis",
            Encoding::TimestampMicros => "timestamp-micros",
            Encoding::TimestampNanos => "timestamp-nanos",
            Encoding::LocalTimestampMillis => "local-timestamp-millis",
            Encoding::LocalTimestampMicros => "local-timestamp-micros",
            Encoding::LocalTimestampNanos => "local-timestamp-nanos",
            Encoding::Duration => "duration",
        }
    }

    /// The same without the logical type: what is on the wire.
    pub(crate) fn underlying(self) -> Encoding {
        match self {
            Encoding::Decimal { storage, .. } | Encoding::Uuid { storage } => match storage {
                Storage::Bytes => Encoding::Bytes,
                Storage::String => Encoding::String,
                Storage::Fixed { size } => Encoding::Fixed { size },
            },
            Encoding::BigDecimal => Encoding::Bytes,
            Encoding::Date | Encoding::TimeMillis => Encoding::Int,
            Encoding::TimeMicros
            | Encoding::TimestampMillis
            | Encoding::TimestampMicros
            | Encoding::TimestampNanos
            | Encoding::LocalTimestampMillis
            | Encoding::LocalTimestampMicros
            | Encoding::LocalTimestampNanos => Encoding::Long,
            Encoding::Duration => Encoding::Fixed { size: 12 },
            plain => plain,
        }
    }

    /// The Rust type when nothing else is asked for. What one of these does not hold, the runtime refuses; nothing is
    /// rounded.
    fn default_rust_type(self) -> RustType {
        match self {
            Encoding::Null => RustType::Unit,
            Encoding::Boolean => RustType::Bool,
            Encoding::Int => RustType::I32,
            Encoding::Long => RustType::I64,
            Encoding::Float => RustType::F32,
            Encoding::Double => RustType::F64,
            Encoding::Bytes => RustType::ByteVec,
            Encoding::String => RustType::String,
            Encoding::Fixed { size } => RustType::ByteArray { size },
            Encoding::Decimal { precision, .. } if precision <= MAX_SMALL_DECIMAL_PRECISION => RustType::RustDecimal,
            Encoding::Decimal { .. } | Encoding::BigDecimal => RustType::BigDecimal,
            Encoding::Uuid { .. } => RustType::Uuid,
            Encoding::Date => RustType::JiffDate,
            Encoding::TimeMillis | Encoding::TimeMicros => RustType::JiffTime,
            Encoding::TimestampMillis | Encoding::TimestampMicros | Encoding::TimestampNanos => RustType::JiffTimestamp,
            Encoding::LocalTimestampMillis | Encoding::LocalTimestampMicros | Encoding::LocalTimestampNanos => {
                RustType::JiffDateTime
            }
            Encoding::Duration => RustType::Duration,
        }
    }

    /// The leaf with chrono's type for the date or the time; for others, with the Rust type that they always have.
    pub(crate) fn with_chrono(self) -> Leaf {
        let rust = match self.default_rust_type() {
            RustType::JiffDate => RustType::ChronoDate,
            RustType::JiffTime => RustType::ChronoTime,
            RustType::JiffTimestamp => RustType::ChronoTimestamp,
            RustType::JiffDateTime => RustType::ChronoDateTime,
            other => other,
        };
        Leaf { encoding: self, rust }
    }

    /// The type that means it in generated code, where `avro` is the runtime's module of that name.
    pub(crate) fn marker(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Encoding::Null => "avro::Null",
            Encoding::Boolean => "avro::Boolean",
            Encoding::Int => "avro::Int",
            Encoding::Long => "avro::Long",
            Encoding::Float => "avro::Float",
            Encoding::Double => "avro::Double",
            Encoding::Bytes => "avro::Bytes",
            Encoding::String => "avro::Str",
            Encoding::Fixed { size } => return Cow::Owned(format!("avro::Fixed<{size}>")),
            Encoding::Decimal { storage, precision, scale } => {
                return Cow::Owned(format!("avro::Decimal<{}, {precision}, {scale}>", storage.marker()));
            }
            Encoding::BigDecimal => "avro::BigDecimal",
            Encoding::Uuid { storage } => return Cow::Owned(format!("avro::Uuid<{}>", storage.marker())),
            Encoding::Date => "avro::Date",
            Encoding::TimeMillis => "avro::TimeMillis",
            Encoding::TimeMicros => "avro::TimeMicros",
            Encoding::TimestampMillis => "avro::TimestampMillis",
            Encoding::TimestampMicros => "avro::TimestampMicros",
            Encoding::TimestampNanos => "avro::TimestampNanos",
            Encoding::LocalTimestampMillis => "avro::LocalTimestampMillis",
            Encoding::LocalTimestampMicros => "avro::LocalTimestampMicros",
            Encoding::LocalTimestampNanos => "avro::LocalTimestampNanos",
            Encoding::Duration => "avro::Duration",
        })
    }

    /// The least number of bytes of a value (specification, "Binary Encoding").
    pub(crate) fn min_size(self) -> usize {
        match self.underlying() {
            Encoding::Null => 0,
            Encoding::Float => 4,
            Encoding::Double => 8,
            Encoding::Fixed { size } => size,
            // A number, or a length of zero.
            _ => 1,
        }
    }
}

impl Storage {
    fn marker(self) -> Cow<'static, str> {
        match self {
            Storage::Bytes => Encoding::Bytes.marker(),
            Storage::String => Encoding::String.marker(),
            Storage::Fixed { size } => Encoding::Fixed { size }.marker(),
        }
    }
}

impl RustType {
    pub(crate) fn of_string(choice: Strings) -> RustType {
        match choice {
            Strings::String => RustType::String,
            Strings::BoxStr => RustType::BoxStr,
            Strings::ArcStr => RustType::ArcStr,
            Strings::CompactString => RustType::CompactStr,
        }
    }

    pub(crate) fn of_bytes(choice: Bytes) -> RustType {
        match choice {
            Bytes::Vec => RustType::ByteVec,
            Bytes::BoxSlice => RustType::BoxBytes,
            Bytes::ArcSlice => RustType::ArcBytes,
            Bytes::Bytes => RustType::SharedBytes,
        }
    }

    fn traits(&self) -> Traits {
        let ours = |path| Traits { path, is_eq: true, is_hash: true, has_own_serde: true };
        let by_marker = |path| Traits { has_own_serde: false, ..ours(path) };
        match self {
            RustType::Unit => ours("()"),
            RustType::Bool => ours("bool"),
            RustType::I32 => ours("i32"),
            RustType::I64 => ours("i64"),
            // Floating-point numbers have no total equality.
            RustType::F32 => Traits { is_eq: false, is_hash: false, ..ours("f32") },
            RustType::F64 => Traits { is_eq: false, is_hash: false, ..ours("f64") },
            RustType::ByteVec => by_marker("::std::vec::Vec<u8>"),
            RustType::BoxBytes => by_marker("::std::boxed::Box<[u8]>"),
            RustType::ArcBytes => by_marker("::std::sync::Arc<[u8]>"),
            RustType::SharedBytes => by_marker("$::bytes::Bytes"),
            RustType::String => ours("::std::string::String"),
            RustType::BoxStr => ours("::std::boxed::Box<str>"),
            RustType::CompactStr => ours("$::compact_str::CompactString"),
            // serde has impls for `Arc` only with a feature that is not ours to switch on.
            RustType::ArcStr => by_marker("::std::sync::Arc<str>"),
            // The size is put in by `path`.
            RustType::ByteArray { .. } => by_marker(""),
            RustType::RustDecimal => by_marker("$::rust_decimal::Decimal"),
            RustType::BigDecimal => by_marker("$::bigdecimal::BigDecimal"),
            RustType::Uuid => by_marker("$::uuid::Uuid"),
            RustType::JiffDate => by_marker("$::jiff::civil::Date"),
            RustType::JiffTime => by_marker("$::jiff::civil::Time"),
            RustType::JiffTimestamp => by_marker("$::jiff::Timestamp"),
            RustType::JiffDateTime => by_marker("$::jiff::civil::DateTime"),
            RustType::ChronoDate => by_marker("$::chrono::NaiveDate"),
            RustType::ChronoTime => by_marker("$::chrono::NaiveTime"),
            RustType::ChronoTimestamp => by_marker("$::chrono::DateTime<$::chrono::Utc>"),
            RustType::ChronoDateTime => by_marker("$::chrono::NaiveDateTime"),
            RustType::Duration => by_marker("$::Duration"),
        }
    }

    /// Its absolute path, where `runtime` is that of the runtime crate.
    pub(crate) fn path(&self, runtime: &str) -> Cow<'static, str> {
        if let RustType::ByteArray { size } = self {
            return Cow::Owned(format!("[u8; {size}]"));
        }
        let path = self.traits().path;
        if path.contains('$') { Cow::Owned(path.replace('$', runtime)) } else { Cow::Borrowed(path) }
    }

    pub(crate) fn is_eq(&self) -> bool {
        self.traits().is_eq
    }

    pub(crate) fn is_hash(&self) -> bool {
        self.traits().is_hash
    }

    pub(crate) fn has_own_serde(&self) -> bool {
        self.traits().has_own_serde
    }
}
