//! Compile-time-checked Avro messages on Kafka.
//!
//! Types that are generated from Avro schemas go in and come out; what is not of the topic's type does not compile.
//! Schemas are registered with a Confluent-compatible schema registry, and messages that were written by other versions
//! of a schema are resolved. What fails is retried, and kept in a dead letter topic.
//!
//! ```no_run
//! use kafka_typed::{FailurePolicy, HandlerError, KafkaTyped, Retry, Topic, TypedMessage};
//! # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
//! # use messages::test::Alert as SensorAlert;
//!
//! const ALERTS: Topic<SensorAlert, String> = Topic::new("sensor-alert").dead_letters("sensor-alert-dlt");
//!
//! async fn show(message: TypedMessage<SensorAlert, String>) -> Result<(), HandlerError> {
//!     println!("{:?} from {:?}", message.value, message.key);
//!     Ok(())
//! }
//!
//! # async fn example(alert: SensorAlert) -> Result<(), Box<dyn std::error::Error>> {
//! let kafka = KafkaTyped::from_env()?;
//!
//! let alerts = kafka.producer(&ALERTS).build().await?;
//! alerts.send(&alert).key("sensor-17").await?;
//! alerts.close().await?;
//!
//! let alerts = kafka.consumer(&ALERTS).group("alert-desk").build().await?;
//! alerts
//!     .run(show)
//!     .on_error(FailurePolicy::dead_letters().retry(Retry::new(3)))
//!     .on_bad_message(FailurePolicy::dead_letters())
//!     .stop_on_signal()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | what a topic is: its values, keys and subjects | [`Topic`], [`avro_typed::topic`] |
//! | sending | [`TypedProducer`], [`SendBuilder`], [`Registration`] |
//! | receiving, in a loop of one's own | [`TypedConsumer`], [`ConsumerBuilder`] |
//! | receiving, with a handler | [`Run`], [`Handler`], [`BatchHandler`], [`Order`] |
//! | exactly once | [`KafkaTyped::transactional`], [`TransactionalRun`], [`TransactionalHandler`] |
//! | what fails | [`FailurePolicy`], [`Retry`], [`DeadLetters`], [`BadMessage`] |
//! | pausing, seeking, lag, health, stopping | [`ConsumerControl`] |
//! | whether what is sent gets on | [`TypedProducer::health`] |
//! | records without schemas | [`connection`] |
//!
//! # Features
//!
//! - `embedded`: a broker and a registry inside this process; see the module `embedded`.
//! - `blocking`: producers, consumers and handlers for programs without an async runtime; see the module `blocking`.
//! - `zstd` (default): zstd compression. The library is built along, by a C compiler alone. Without it, a consumer
//!   cannot go past the first zstd batch of a topic.
//!
//! - `ssl`: TLS, and SASL's SCRAM and OAUTHBEARER, with the system's OpenSSL; `ssl-vendored`: the same with an OpenSSL
//!   that is built along, which takes perl.
//! - `gssapi`: Kerberos.
//!
//! gzip, snappy and lz4 compression and SASL's PLAIN are always there.
//!
//! # Settings
//!
//! librdkafka does the talking, and any of its [settings] can be set: in the environment, for a [`KafkaTyped`], or for
//! one producer or consumer. A few have other defaults here:
//!
//! | setting | here | why |
//! |---|---|---|
//! | `linger.ms` | 5 | Messages share a batch, which takes a hundred thousand of them a second and more; a single one is late by 5 ms. |
//! | `enable.idempotence` | true | What librdkafka sends again after a lost answer is not written twice, and keeps its order, within `message.timeout.ms`; see [`TypedProducer`]. Java's default. |
//! | `partitioner` | `murmur2_random` | A key goes to the partition that Java's client would choose. |
//! | `queue.buffering.max.messages` | 100,000 | [`SendBuilder::enqueue`] waits beyond that, for each producer. |
//! | `queue.buffering.max.kbytes` | 131,072 | The same, and 128 MiB instead of 1 GiB. |
//! | `auto.offset.reset` | `earliest` | A new group reads what is there already, instead of losing it. |
//! | `enable.auto.offset.store` | false | See [`TypedConsumer`]: at least once. Cannot be changed. |
//! | `enable.partition.eof` | true | For [`next_until_end`](TypedConsumer::next_until_end) and [`wait_until_caught_up`](ConsumerControl::wait_until_caught_up). Cannot be changed. |
//! | `allow.auto.create.topics` | true | A consumer may come before the first message, where the brokers create topics. Java's default. |
//! | `queued.max.messages.kbytes` | 8,192 | What is fetched ahead of slow handlers, for each partition: 8 MiB instead of 64. |
//!
//! [settings]: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
//!
//! # Log
//!
//! Events go to `tracing`: one at debug level per message sent or received, failures as warnings or errors, and what
//! librdkafka itself reports under the target `librdkafka`. What repeats itself (brokers that are down, messages that
//! are not delivered) is logged once, and then summed up after 1, 4, 16, 64, 256 and every 300 seconds; each single one
//! is there at debug level.
//!
//! # What is not here
//!
//! OpenTelemetry.

#![deny(unsafe_code)]

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod connection;
mod consumer;
#[cfg(feature = "embedded")]
pub mod embedded;
mod environment;
mod error;
pub mod failure;
mod handler;
mod kafka;
mod locked;
mod oauth;
mod producer;
mod registration;
mod topic;
mod transaction;

pub use connection::{
    Acknowledgement, CloseError, CommitError, ConnectionError, ConsumerControl, ConsumerHealth, Counts, Delivery,
    DeliveryError, DeliveryFuture, FlushError, Headers, KafkaErrorCode, PartitionStatus, ProducerHealth, ReceiveError,
    StartOffset, Timestamp, UndeliveredRecord,
};
pub use consumer::{
    BadMessage, BorrowedBatch, BorrowedMessage, BorrowedMessages, ConsumeError, ConsumerBuilder, MessageBatch,
    MessageProblem, MessagesOfBatch, TypedConsumer, TypedMessage,
};
pub use error::{SendError, SetupError};
pub use failure::{DeadLetters, FailurePolicy, HandlerError, Retry, RetryTopics};
pub use handler::{
    BatchError, BatchHandler, Batches, BorrowedHandler, Each, Handler, KeyOrderError, Lent, LentFunction, Order,
    PartitionCounts, Run, RunCounts, RunError, RunProblem, RunSummary,
};
pub use kafka::{KafkaTyped, KafkaTypedBuilder};
pub use locked::LockMismatch;
pub use producer::{Outgoing, ProducerBuilder, ProducerSchema, SendBuilder, SendFailure, SendReport, TypedProducer};
pub use registration::Registration;
pub use topic::{OneTopic, Topic, TopicPattern, TopicSpec, TopicTypes, Topics};
pub use transaction::{
    Transaction, TransactionError, TransactionSend, TransactionalBatchHandler, TransactionalHandler,
    TransactionalProblem, TransactionalProducer, TransactionalRun, TransactionalRunError, TransactionalSummary,
    Transactions, TransactionsBuilder,
};

pub use avro_typed::model::resolution::RecordNames;
pub use schema_registry::{SchemaId, SchemaRegistry, SubjectNameStrategy, WireFormat, WireId};

pub use avro_typed;
pub use schema_registry;
