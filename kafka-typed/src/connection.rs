//! The floor that knows no schema: brokers, settings and what librdkafka is asked.
//!
//! Everything that a schema is needed for stands on it, and it imports nothing of that.

pub(crate) mod environment;
mod error;
pub(crate) mod in_flight_budget;
pub(crate) mod log;
#[allow(unsafe_code, reason = "the one place that calls librdkafka itself")]
pub(crate) mod native;
pub(crate) mod record;
pub(crate) mod repeats;
mod setting_names;
pub(crate) mod settings;

pub use error::{CloseError, CommitError, ConnectionError, FlushError};
pub use in_flight_budget::Counts;
pub use record::{Headers, Timestamp};
