//! The offsets of a consumer's group, where transactions commit them.

use std::sync::{Arc, Weak};

use rdkafka::Offset;
use rdkafka::consumer::{CommitMode, Consumer, ConsumerGroupMetadata};
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;
use tokio::sync::oneshot;

use super::assigned_partition::AssignedPartition;
use super::assignment::{Assignment, BeforeRevocation};
use super::consumer_client::Client;
use super::error_code::KafkaErrorCode;
use super::native;
use super::polling_thread::{Command, Commands};

/// Which member of a group a consumer is at a moment.
pub(crate) type Membership = ConsumerGroupMetadata;

/// The offsets of a consumer's group, for whoever commits them. It does not keep the consumer going.
pub(crate) struct GroupOffsets {
    pub(crate) client: Weak<Client>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) commands: Commands,
    pub(crate) is_mock: bool,
}

impl GroupOffsets {
    /// Sets what is called before partitions are given away.
    pub(crate) fn set_before_revocation(&self, call: BeforeRevocation) {
        self.assignment.set_before_revocation(call);
    }

    /// Which member of the group this consumer is now. Brokers take offsets of none that is not a member any more, and
    /// partitions go to others only when this changes. `None` when it is not a member.
    pub(crate) fn membership(&self) -> Option<Membership> {
        let client = self.client.upgrade()?;
        let membership = client.group_metadata();
        // One that has just lost its membership has an empty one, which brokers take for somebody without a group and
        // do not check. A member that has joined again since has lost its partitions before, which the caller looks at.
        membership.filter(|_| native::is_member(&*client))
    }

    /// Reads a partition again from this offset on. Does nothing where it was given away meanwhile.
    pub(crate) async fn rewind(&self, partition: &Arc<AssignedPartition>, offset: i64) -> Result<(), KafkaErrorCode> {
        let (answer, rewound) = oneshot::channel();
        self.commands.send(Command::Rewind { partition: Arc::clone(partition), offset, answer });
        // Without an answer the consumer has ended, and so has the partition.
        rewound.await.unwrap_or(Ok(()))
    }

    /// Nothing that was read counts any more.
    pub(crate) fn give_up(&self) {
        self.assignment.revoke_all();
    }

    /// Whether the broker answers to transactions, and forgets their offsets, as the mock broker does.
    pub(crate) fn forgets_offsets(&self) -> bool {
        self.is_mock
    }

    /// Commits what a transaction has committed, for a broker that forgets that. Blocks.
    pub(crate) fn remember(&self, offsets: &TopicPartitionList) {
        let Some(client) = self.client.upgrade() else { return };
        if let Err(error) = client.commit(offsets, CommitMode::Sync) {
            tracing::debug!(%error, "the embedded broker does not remember the offsets of a transaction");
        }
    }
}

/// Offsets as librdkafka takes them: of the next record of each partition.
pub(crate) fn offsets_of<'p>(
    partitions: impl Iterator<Item = (&'p str, i32, i64)>,
) -> Result<TopicPartitionList, KafkaErrorCode> {
    let mut offsets = TopicPartitionList::new();
    for (topic, partition, offset) in partitions {
        let added = offsets.add_partition_offset(topic, partition, Offset::Offset(offset));
        added.map_err(|_| KafkaErrorCode::new(RDKafkaErrorCode::InvalidArgument))?;
    }
    Ok(offsets)
}
