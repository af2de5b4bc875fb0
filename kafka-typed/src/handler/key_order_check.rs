//! Whether a run can keep the order of keys through its retry topics.

use std::sync::Arc;

use avro_typed::topic::{DecodeKey, DecodeValue};

use super::kept_order::KeptOrder;
use super::key_order_error::KeyOrderError;
use super::order::Order;
use super::run_error::RunProblem;
use crate::connection::ConnectionError;
use crate::connection::assignor::Assignor;
use crate::connection::consumer_client::Subscription;
use crate::consumer::partitioned::PartitionedConsumer;
use crate::failure::FailurePolicy;

/// The order of keys through the retry topics of these policies; `None` when they have none.
pub(super) async fn keep_order<V: DecodeValue, K: DecodeKey>(
    consumer: &PartitionedConsumer<V, K>,
    order: Order,
    policies: [&FailurePolicy; 2],
) -> Result<Option<KeptOrder>, RunProblem> {
    if policies.iter().all(|policy| policy.delays().is_empty()) {
        return Ok(None);
    }
    if order == Order::None {
        return Err(KeyOrderError::NoOrder.into());
    }
    let topics = match consumer.subscription() {
        Subscription::Topics(topics) => topics,
        Subscription::Pattern(pattern) => {
            return Err(KeyOrderError::Pattern { pattern: Arc::clone(pattern) }.into());
        }
    };
    let Assignor { setting, value } = consumer.assignor();
    if !consumer.assignor().is_range() {
        return Err(KeyOrderError::Assignor { setting, value: value.clone() }.into());
    }
    for topic in &**topics {
        let Some(partitions) = partitions(consumer, topic).await? else { continue };
        for retry_topic in policies.iter().flat_map(|policy| policy.retry_topics_of(topic)) {
            let found = self::partitions(consumer, &retry_topic.as_str().into()).await?;
            if let Some(found) = found.filter(|found| *found != partitions) {
                let topic = Arc::clone(topic);
                return Err(KeyOrderError::Partitions { topic, partitions, retry_topic, found }.into());
            }
        }
    }
    Ok(Some(KeptOrder::new(policies)))
}

/// How many partitions a topic has. `None` when brokers cannot be reached now, which are waited for, as for every
/// consumer.
async fn partitions<V: DecodeValue, K: DecodeKey>(
    consumer: &PartitionedConsumer<V, K>,
    topic: &Arc<str>,
) -> Result<Option<usize>, ConnectionError> {
    match consumer.partitions_of(topic).await {
        Ok(partitions) => Ok(Some(partitions.len())),
        Err(error @ ConnectionError::UnknownTopic { .. }) => Err(error),
        Err(error) => {
            tracing::warn!(topic = &**topic, %error, "how many partitions a topic has is not known");
            Ok(None)
        }
    }
}
