//! What becomes of messages that cannot be processed: retries, retry topics and dead letter topics.
//!
//! A [`FailurePolicy`] is what a consumer does when a message cannot be decoded or its handler fails:
//!
//! ```
//! use std::time::Duration;
//!
//! use kafka_typed::{FailurePolicy, Retry};
//!
//! // Three retries in place, then one after ten seconds and one after five minutes, then the dead letter topic.
//! let policy = FailurePolicy::dead_letters()
//!     .retry(Retry::new(3).backoff(Duration::from_millis(100), Duration::from_secs(2)))
//!     .retry_topics([Duration::from_secs(10), Duration::from_secs(300)]);
//! ```
//!
//! Its parts can be used alone, in a loop over messages of one's own: [`FailurePolicy::next_step`] decides,
//! [`DeadLetters`] and [`RetryTopics`] send a record on as it came, [`FailureHeaders`] reads what they wrote, and
//! [`KeyOrder`] keeps the records of a key from overtaking those that are in retry topics.

mod dead_letters;
mod failed_record;
mod failing;
mod failure_headers;
mod handler_error;
mod header_names;
mod header_values;
mod key_order;
mod letter;
mod letter_error;
mod policy;
mod retry;
mod retry_topics;

pub use dead_letters::DeadLetters;
pub use failed_record::FailedRecord;
pub use failing::{Failure, FailureStage};
pub use failure_headers::{FailureHeaders, Origin, replay_headers};
pub use handler_error::HandlerError;
pub use key_order::KeyOrder;
pub use letter::DeadLetterFormat;
pub use letter_error::LetterError;
pub(crate) use policy::parts_of_retry_topic;
pub use policy::{FailurePolicy, NextStep, Progress};
pub use retry::Retry;
pub use retry_topics::RetryTopics;
