//! Processing the messages of a consumer by a handler.

mod attempts;
mod batch_handler;
mod batches;
mod borrowed_handler;
pub(crate) mod consumer_source;
mod counts;
mod failing;
mod failure_log;
mod forwarding;
mod free;
mod handle;
mod in_order;
mod kept_order;
mod key_order_check;
mod key_order_error;
mod lanes;
mod line_up;
mod measurement;
mod order;
mod outlet;
pub(crate) mod post;
mod run;
mod run_error;
mod running;
mod signals;
pub(crate) mod source;
mod started;
mod stop;
mod supervisor;
mod tasks;
#[cfg(test)]
mod tests;
pub(crate) mod work;

use std::sync::Arc;

pub use batch_handler::{BatchError, BatchHandler};
pub use borrowed_handler::{BorrowedHandler, LentFunction};
pub use counts::{PartitionCounts, RunCounts, RunSummary};
pub use handle::Handler;
pub use key_order_error::KeyOrderError;
pub use order::Order;
pub use run::Run;
pub use run_error::{RunError, RunProblem};
pub use work::{Batches, Each, Lent};

/// A partition, by its topic and number.
type TopicPartition = (Arc<str>, i32);
