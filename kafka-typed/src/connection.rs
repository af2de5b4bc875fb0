//! The floor that knows no schema: brokers, settings and what librdkafka is asked.
//!
//! Everything that a schema is needed for is built on it, and it imports nothing of that.
//!
//! ```no_run
//! use kafka_typed::connection::{Connection, StartOffset};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let connection = Connection::from_env()?;
//! let mut orders = connection.raw_consumer("orders").build()?;
//! orders.assign_all(StartOffset::Beginning).await?;
//! while let Some(record) = orders.next_until_end().await {
//!     let record = record?;
//!     println!("{:?} has {} bytes", record.key, record.payload.unwrap_or_default().len());
//! }
//! # Ok(())
//! # }
//! ```

pub(crate) mod acknowledgement;
pub(crate) mod assigned_partition;
pub(crate) mod assignment;
pub(crate) mod assignor;
pub(crate) mod broker_statistics;
pub(crate) mod broker_token;
pub(crate) mod consumer_client;
mod consumer_control;
pub(crate) mod consumer_events;
pub(crate) mod consumer_record;
pub(crate) mod consumer_records;
mod delivery;
mod delivery_progress;
mod done_offsets;
pub(crate) mod environment;
mod error;
pub(crate) mod error_code;
mod feed;
pub(crate) mod group_offsets;
mod handle;
mod health;
pub(crate) mod in_flight_budget;
pub(crate) mod keep_alive;
pub(crate) mod lane;
pub(crate) mod lanes;
pub(crate) mod log;
pub(crate) mod measurement;
#[allow(unsafe_code, reason = "the one place that calls librdkafka itself")]
pub(crate) mod native;
mod offsets;
pub(crate) mod oidc;
#[allow(unsafe_code, reason = "the queue of a partition is asked for many records at once")]
mod partition_queue;
mod poll_wake;
mod polling_thread;
mod producer_client;
mod producer_events;
pub(crate) mod producer_record;
#[allow(unsafe_code, reason = "a topic is found by its handle, which rdkafka's producers have no form of")]
mod producer_topic;
mod progress;
mod raw_consumer;
mod raw_producer;
mod receive_error;
pub(crate) mod record;
pub(crate) mod record_batch;
pub(crate) mod repeats;
mod setting_names;
pub(crate) mod settings;
pub(crate) mod start_offset;
mod token_feed;
pub(crate) mod topic_metadata;
pub(crate) mod trace;
pub(crate) mod transaction_client;
mod undelivered;
pub(crate) mod waiting_record;

pub use acknowledgement::Acknowledgement;
pub use broker_token::BrokerToken;
pub use consumer_control::ConsumerControl;
pub use consumer_record::ConsumerRecord;
pub use consumer_records::{ConsumerRecordRef, ConsumerRecords};
pub use delivery::{Delivery, DeliveryFuture};
pub use error::{CloseError, CommitError, ConnectionError, DeliveryError, FlushError};
pub use error_code::KafkaErrorCode;
pub use handle::{Connection, ConnectionBuilder};
pub use health::{ConsumerHealth, PartitionStatus, ProducerHealth};
pub use in_flight_budget::Counts;
pub use producer_record::ProducerRecord;
pub use raw_consumer::{RawConsumer, RawConsumerBuilder};
pub use raw_producer::{RawProducer, RawProducerBuilder};
pub use receive_error::ReceiveError;
pub use record::{Headers, Timestamp};
pub use start_offset::StartOffset;
pub use undelivered::UndeliveredRecord;
