//! Which messages wait for which.

/// In which order a run processes messages.
///
/// | | waits for | at a time |
/// |---|---|---|
/// | `Partition` | all messages before it in its partition | one message, or batch, of each partition |
/// | `Key` | those of its key before it in its partition | [`max_in_flight`](crate::Run::max_in_flight) |
/// | `None` | nothing | the same |
///
/// Whatever the order, the offset of a message is stored when all before it in its partition are done, so that after a
/// crash with `Key` or `None` some messages come again that were processed already. A rebalance or an orderly end
/// avoids that, as far as there is [time](crate::Run#how-it-ends).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// One after the other within each partition. Partitions are independent.
    #[default]
    Partition,
    /// One after the other within each key. Messages without a key are independent. The keys of a partition share 64
    /// lanes, so that one that is retried holds up a few others too.
    Key,
    /// None.
    None,
}
