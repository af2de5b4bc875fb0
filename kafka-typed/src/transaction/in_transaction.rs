//! Handlers as the floor below calls them, each in its transaction, and letters that are part of it.

use std::sync::Arc;

use super::delivery_gate::DeliveryGate;
use super::handle::{TransactionalBatchHandler, TransactionalHandler};
use super::scope::Transaction;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::waiting_record::WaitingRecord;
use crate::connection::{Connection, ConsumerRecord, DeliveryError, ProducerRecord, RawProducer};
use crate::consumer::TypedMessage;
use crate::failure::HandlerError;
use crate::handler::post::Post;
use crate::handler::{BatchError, BatchHandler, Handler};

/// The gate of a run.
pub(super) type Gate = DeliveryGate<Arc<AssignedPartition>, WaitingRecord>;

/// A handler that is called with a transaction.
pub(super) struct InTransaction<H> {
    pub(super) handler: H,
    pub(super) gate: Arc<Gate>,
    pub(super) id: Arc<str>,
}

impl<V, K, H> Handler<V, K> for InTransaction<H>
where
    V: Send + 'static,
    K: Send + 'static,
    H: TransactionalHandler<V, K>,
{
    async fn handle(&self, message: TypedMessage<V, K>) -> Result<(), HandlerError> {
        let (topic, partition, offset) = (Arc::clone(&message.topic), message.partition, message.offset);
        let transaction = Transaction::new(&self.id);
        let handled = self.handler.handle(message, transaction.clone()).await;
        let records = transaction.end();
        handled?;
        let room = self.gate.room().await;
        self.gate.leave((&topic, partition, offset), 1, records, room);
        Ok(())
    }
}

impl<V, K, H> BatchHandler<V, K> for InTransaction<H>
where
    V: Send + 'static,
    K: Send + 'static,
    H: TransactionalBatchHandler<V, K>,
{
    async fn handle(&self, messages: Vec<TypedMessage<V, K>>) -> Result<(), BatchError> {
        let offsets: Vec<i64> = messages.iter().map(|message| message.offset).collect();
        let Some((topic, partition)) = messages.first().map(|first| (Arc::clone(&first.topic), first.partition)) else {
            debug_assert!(false, "a batch has a message");
            return Ok(());
        };
        let transaction = Transaction::new(&self.id);
        let handled = self.handler.handle(messages, transaction.clone()).await;
        let records = transaction.end();
        // Those before the one that failed are done, with what was sent.
        let done = match &handled {
            Ok(()) => offsets.len(),
            Err(error) => error.index().filter(|index| *index < offsets.len()).unwrap_or(0),
        };
        if let Some(last) = done.checked_sub(1).and_then(|last| offsets.get(last)) {
            let room = self.gate.room().await;
            self.gate.leave((&topic, partition, *last), done as u64, records, room);
        }
        handled
    }
}

/// Lets letters be part of the transaction.
pub(super) struct InTheTransaction {
    pub(super) gate: Arc<Gate>,
    /// That of the transactional id.
    pub(super) connection: Connection,
}

impl Post for InTheTransaction {
    fn connection<'c>(&'c self, _: &'c Connection) -> &'c Connection {
        &self.connection
    }

    async fn post(
        &self,
        failed: &ConsumerRecord,
        producer: &RawProducer,
        letter: ProducerRecord<'_>,
    ) -> Result<(), DeliveryError> {
        let letter = WaitingRecord::new(producer, letter)?;
        self.gate.leave((&failed.topic, failed.partition, failed.offset), 1, vec![letter], None);
        Ok(())
    }
}
