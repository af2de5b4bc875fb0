//! Where a consumer begins to read a partition.

use rdkafka::Offset;

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
}

impl StartOffset {
    /// The offset to ask librdkafka for when a group assigns a partition, or `None` for the group's own.
    pub(crate) fn in_group(self) -> Option<Offset> {
        (self != Self::Committed).then(|| self.into())
    }
}

impl From<StartOffset> for Offset {
    fn from(start: StartOffset) -> Self {
        match start {
            StartOffset::Committed => Self::Stored,
            StartOffset::Beginning => Self::Beginning,
            StartOffset::End => Self::End,
            StartOffset::Offset(offset) => Self::Offset(offset),
            StartOffset::Last(count) => Self::OffsetTail(i64::from(count)),
        }
    }
}
