//! Where a consumer begins to read a partition.

use rdkafka::Offset;

use super::record::Timestamp;

/// Where a consumer begins to read a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartOffset {
    /// Where the group stopped. What happens without such an offset is up to `auto.offset.reset`.
    Committed,
    /// At the first record.
    Beginning,
    /// With the records that are sent after the consumer has started.
    End,
    /// At this offset. Where the partition does not have it, `auto.offset.reset` counts.
    Offset(i64),
    /// With the last so many records.
    Last(u32),
    /// At the first record of this time or later, and with the next one that comes where there is none.
    Timestamp(Timestamp),
}

impl From<StartOffset> for Offset {
    fn from(start: StartOffset) -> Self {
        match start {
            StartOffset::Committed => Self::Stored,
            StartOffset::Beginning => Self::Beginning,
            StartOffset::End => Self::End,
            StartOffset::Offset(offset) => Self::Offset(offset),
            StartOffset::Last(count) => Self::OffsetTail(i64::from(count)),
            // The brokers are asked for its offset: `offsets::of_start`.
            StartOffset::Timestamp(_) => Self::Invalid,
        }
    }
}
