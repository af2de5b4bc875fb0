//! Producers that send in transactions alone.

use std::fmt;
use std::sync::Arc;

use avro_typed::topic::{EncodeKey, EncodeValue};

use super::transactions::Transactions;
use crate::error::SetupError;
use crate::producer::{ProducerBuilder, ProducerSchema, TypedProducer};

/// Sends values of type `V` with keys of type `K` to one topic, in the [`Transaction`](crate::Transaction) that a
/// handler is given, and not without one. Made by [`ProducerBuilder::build_transactional`].
///
/// Cheap to clone. Bytes without a schema, such as the payloads of received messages, are values of the type
/// `Vec<u8>` or `Option<Vec<u8>>`.
pub struct TransactionalProducer<V, K = Vec<u8>> {
    typed: TypedProducer<V, K>,
    id: Arc<str>,
}

impl<V: EncodeValue, K: EncodeKey> ProducerBuilder<V, K> {
    /// [`build`](Self::build), for a producer of these transactions.
    ///
    /// All producers of a transactional id share one client, so that settings are given where that is
    /// [built](crate::TransactionsBuilder::setting).
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build), and when the builder was given settings or is to keep what is not delivered.
    pub async fn build_transactional(
        self,
        transactions: &Transactions,
    ) -> Result<TransactionalProducer<V, K>, SetupError> {
        let typed = self.of_transactions(transactions.connection())?.build().await?;
        Ok(TransactionalProducer { typed, id: Arc::clone(transactions.shared_id()) })
    }
}

impl<V, K> TransactionalProducer<V, K> {
    /// The topic that this producer sends to.
    pub fn topic(&self) -> &str {
        self.typed.topic()
    }

    /// The schemas of the values' types, as [`TypedProducer::schemas`] has them.
    pub fn schemas(&self) -> &[ProducerSchema] {
        self.typed.schemas()
    }

    /// The schema of the keys, where they are of an Avro type.
    pub fn key_schema(&self) -> Option<&ProducerSchema> {
        self.typed.key_schema()
    }

    pub(super) fn typed(&self) -> &TypedProducer<V, K> {
        &self.typed
    }

    pub(super) fn id(&self) -> &Arc<str> {
        &self.id
    }
}

impl<V, K> Clone for TransactionalProducer<V, K> {
    fn clone(&self) -> Self {
        Self { typed: self.typed.clone(), id: Arc::clone(&self.id) }
    }
}

impl<V, K> fmt::Debug for TransactionalProducer<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TransactionalProducer")
            .field("id", &self.id)
            .field("producer", &self.typed)
            .finish_non_exhaustive()
    }
}
