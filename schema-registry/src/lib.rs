//! A client of the Confluent Schema Registry, its caches, and the wire format that carries schema ids.
//!
//! [`SchemaRegistry`] is the client: asynchronous, cheap to clone, lazy (nothing is fetched before it is
//! needed), with every answer that cannot change cached, in memory and, by choice, in a [`SharedCache`].
//! [`WireFormat`] and [`SubjectNameStrategy`] do no I/O. With the feature `server`, `server::Server` is a
//! registry in this process, for development and tests: it speaks the same HTTP API on loopback, so that
//! other processes can use it too.
//!
//! ```no_run
//! use schema_registry::{SchemaRegistry, SchemaText, WireFormat};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let registry = SchemaRegistry::new("http://localhost:8081")?;
//! let id = registry.register("greeting-value", &SchemaText::from(r#""string""#)).await?;
//! let prefix = WireFormat::Confluent.prefix(id);
//! let writer = registry.schema_by_id(id).await?;
//! assert_eq!(writer.text(), r#""string""#);
//! # Ok(())
//! # }
//! ```
//!
//! Deliberately absent: this crate knows neither Kafka nor how a datum is encoded, it has no blocking
//! API, and it does not read environment variables ([`RegistrySettings`] gets their values).

/// The Rust of this page compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/registry.md")]
struct RegistryPage;

mod access_token;
mod address;
mod builder;
mod cache;
mod circuit;
mod client;
mod client_credentials;
mod compatibility;
mod context;
mod error;
mod error_code;
mod frame;
mod header;
mod http_client;
mod link;
mod login;
mod measurement;
mod metadata;
mod mode;
mod operation;
mod raw_schema;
#[cfg(feature = "redis")]
mod redis_cache;
mod retry;
mod rule_set;
mod schema;
#[cfg(feature = "server")]
pub mod server;
mod settings;
mod shared_cache;
mod shared_entry;
mod shared_lookup;
mod statistics;
mod subject;
mod subject_config;
mod tls;
mod token_error;
mod token_source;
mod transport;
mod variable;
mod wire;
mod wire_id;

pub use access_token::AccessToken;
pub use avro_model::Guid;
pub use avro_model::compatibility::{CompatibilityLevel, UnknownCompatibilityLevel};
pub use builder::SchemaRegistryBuilder;
pub use client::{Deletion, SchemaRegistry};
pub use client_credentials::ClientCredentials;
pub use compatibility::{CheckAgainst, Compatibility};
pub use context::{Context, InvalidContext, SchemaKey};
pub use error::RegistryError;
pub use error_code::ErrorCode;
pub use frame::{FrameError, Prefix, SchemaId, WireFormat};
pub use header::{SchemaIdHeader, id_in_headers, is_id_header};
pub use login::{Login, LoginError};
pub use mode::{Mode, UnknownMode};
pub use operation::Effort;
pub use raw_schema::{RawSchema, RawVersion, SchemaDifference};
#[cfg(feature = "redis")]
pub use redis_cache::RedisCache;
pub use schema::{
    RegisterOptions, Registered, RegisteredSchema, SchemaReference, SchemaText, SchemaUse, SubjectVersion,
};
pub use settings::{DEFAULT_REGISTRY, RegistrySettings, RegistrySettingsError};
pub use shared_cache::{SharedCache, SharedCacheFuture, SharedCacheOptions};
pub use statistics::{CacheKind, CacheLookups, CacheStatistics};
pub use subject::{RecordPart, SubjectError, SubjectNameStrategy};
pub use subject_config::SubjectConfig;
pub use token_error::TokenError;
pub use token_source::TokenSource;
pub use variable::RegistryVariable;
pub use wire_id::WireId;
