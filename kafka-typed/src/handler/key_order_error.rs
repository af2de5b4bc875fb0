//! Why a run cannot keep the order of keys through retry topics.

use std::sync::Arc;

use thiserror::Error;

/// Why a run cannot [keep the order of keys](crate::Run::keep_key_order) through its retry topics.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyOrderError {
    /// Messages are processed in no order.
    #[error(
        "`keep_key_order` keeps an order through retry topics, and `Order::None` has none: use `Order::Key` or `Order::Partition`"
    )]
    NoOrder,
    /// The topics are named by a pattern, so that their retry topics are not known at the start.
    #[error(
        "`keep_key_order` needs the names of the topics, and `{pattern}` is a pattern: name them, or leave `keep_key_order` out"
    )]
    Pattern {
        /// The pattern.
        pattern: Arc<str>,
    },
    /// A retry topic has another number of partitions than its topic.
    #[error(
        "topic `{topic}` has {partitions} partitions, and its retry topic `{retry_topic}` has {found}: give both the same number, since \
         `keep_key_order` keeps a message in the partition of the same number"
    )]
    Partitions {
        /// The topic.
        topic: Arc<str>,
        /// How many partitions it has.
        partitions: usize,
        /// Its retry topic.
        retry_topic: String,
        /// How many partitions that has.
        found: usize,
    },
    /// The group may give a partition of a topic and those of its retry topics to different members.
    #[error(
        "`keep_key_order` needs the assignor `range`, which gives a member the same partitions of a topic and of its retry topics: set \
         `{setting}` to `range` instead of `{value}`, for all members of the group"
    )]
    Assignor {
        /// The setting that decides.
        setting: &'static str,
        /// Its value.
        value: String,
    },
}
