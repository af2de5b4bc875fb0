//! What a plan consists of: plain data, compiled once per pair of schemas and run once per datum.

use super::mismatch::Mismatch;

/// The index of a [`RecordPlan`] in its plan. An index, because records may contain themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordPlanId(pub(crate) u32);

impl RecordPlanId {
    /// The position of the record's plan among the plan's records, counted from zero.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The index of a record's list of skips in its plan. An index, because records may contain themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SkipId(pub(crate) u32);

impl SkipId {
    /// The position of the record's skips among the plan's records to skip, counted from zero.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a value that was written with one type is read as another.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Both encodings are the same for this whole subtree: take the straight path.
    Read,
    /// Read the writer's primitive type and widen it to the reader's.
    Promote(Promotion),
    /// Read the writer's index into its symbols and look up the reader's: `None` where the reader has neither the
    /// symbol nor a default, which is an error when such a value is met.
    Enum(Box<[Option<u32>]>),
    /// Read an array whose items need this action.
    Array(Box<Action>),
    /// Read a map whose values need this action.
    Map(Box<Action>),
    /// Read a record, field by field as in the record's plan.
    Record(RecordPlanId),
    /// Read the writer's branch, then follow that branch's action. Each action is against the reader's type as it is,
    /// be that a union or not.
    WriterUnion(Box<[Action]>),
    /// The reader's type is a union and the writer's is not: the value goes to this branch of the reader's union.
    ReaderUnion {
        /// The index of the branch in the reader's union.
        branch: u32,
        /// How the value becomes a value of that branch.
        action: Box<Action>,
    },
    /// The value cannot be read. It is only below [`Action::WriterUnion`], where it matters if data takes that
    /// branch.
    Error(Box<Mismatch>),
}

/// A widening that Avro 1.12, "Schema Resolution", allows between primitive types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Promotion {
    /// `int` is read as `long`.
    IntToLong,
    /// `int` is read as `float`, rounded to the nearest.
    IntToFloat,
    /// `int` is read as `double`.
    IntToDouble,
    /// `long` is read as `float`, rounded to the nearest.
    LongToFloat,
    /// `long` is read as `double`, rounded to the nearest.
    LongToDouble,
    /// `float` is read as `double`.
    FloatToDouble,
    /// `string` is read as the `bytes` of its UTF-8.
    StringToBytes,
    /// `bytes` are read as `string`, and must be valid UTF-8.
    BytesToString,
}

/// How a writer's record is read as a reader's record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordPlan {
    /// The writer's fields in the order in which they were written, then the defaults of the fields that it did not
    /// write.
    pub steps: Box<[Step]>,
}

/// One field of a [`RecordPlan`]. Every field of the reader is the subject of exactly one step that is not a skip.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Read the next value into a field of the reader.
    Read {
        /// The index of the field in the reader's record.
        field: u32,
        /// How the value becomes one of the reader's field.
        action: Action,
    },
    /// Pass over the next values, which the reader has no field for: all up to the next field that it has.
    Skip(Box<[Skip]>),
    /// Decode the default of a reader's field that was not written. Consumes nothing of the datum.
    Default {
        /// The index of the field in the reader's record.
        field: u32,
        /// The default in Avro binary, as the reader's type encodes it.
        bytes: Box<[u8]>,
    },
}

/// How to pass over a value without looking into it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skip {
    /// The value occupies no bytes.
    Nothing,
    /// So many variable-length integers: an `int`, `long` or enum, or several of them in a row.
    Varints(usize),
    /// This many bytes: `boolean`, `float`, `double`, `fixed`, or several of them in a row.
    Fixed(usize),
    /// A length, then that many bytes: `bytes` or `string`. A string's UTF-8 is not checked.
    Bytes,
    /// Blocks of items. A block that has its size in bytes is passed over at once.
    Array(Box<Skip>),
    /// Blocks of a string key and a value. A block that has its size in bytes is passed over at once.
    Map(Box<Skip>),
    /// A branch index, then the value of that branch.
    Union(Box<[Skip]>),
    /// The fields of a record in order; see [`Plan::skips`](super::Plan::skips).
    Record(SkipId),
}

/// An index as plans store it. No schema that fits into memory has more fields, symbols or branches than that.
pub(super) fn narrow(index: usize) -> u32 {
    let narrow = u32::try_from(index);
    debug_assert!(narrow.is_ok(), "{index} does not fit into a plan");
    narrow.unwrap_or(u32::MAX)
}
