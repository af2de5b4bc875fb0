//! Exactly once: messages are read, what follows from them is sent, and both count together or not at all.

mod coordinator;
mod delivery_gate;
mod error;
mod handle;
mod in_transaction;
mod ledger;
mod measurement;
mod producer;
mod run;
mod scope;
mod source;
mod summary;
#[cfg(test)]
mod tests;
mod transactions;

pub use error::{TransactionError, TransactionalProblem, TransactionalRunError};
pub use handle::{TransactionalBatchHandler, TransactionalHandler};
pub use producer::TransactionalProducer;
pub use run::TransactionalRun;
pub use scope::{Transaction, TransactionSend};
pub use summary::TransactionalSummary;
pub use transactions::{Transactions, TransactionsBuilder};
