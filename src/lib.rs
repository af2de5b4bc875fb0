//! The messages of the reference application: one Rust type for every type in `schemas/`, generated when the package is
//! built.
//!
//! ```
//! use messages::{SensorAlert, SeverityLevel};
//!
//! let alert = SensorAlert {
//!     sensor_id: "cold-store-3".into(),
//!     alert_type: "TEMPERATURE_HIGH".into(),
//!     timestamp: 1_760_000_000_000,
//!     severity: SeverityLevel::Critical,
//!     message: "7.5 °C, limit 4.0 °C".into(),
//! };
//! let bytes = avro_typed::to_vec(&alert)?;
//! assert_eq!(avro_typed::from_slice::<SensorAlert>(&bytes)?, alert);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where some fields have a default, those that have none are named, and the rest is filled in:
//!
//! ```
//! use avro_typed::jiff::Timestamp;
//! use messages::com::example::logs::{Level, LogEvent, LogEventRequired};
//!
//! let required =
//!     LogEventRequired { timestamp: Timestamp::UNIX_EPOCH, service: "api".into(), message: "started".into() };
//! let event = LogEvent { level: Level::Info, ..required.with_defaults() };
//! assert_eq!(event.trace_id, None);
//! ```
//!
//! One that is forgotten does not compile, and the error names it:
//!
//! ```compile_fail,E0063
//! use avro_typed::jiff::Timestamp;
//! use messages::com::example::logs::LogEventRequired;
//!
//! let required = LogEventRequired { timestamp: Timestamp::UNIX_EPOCH, service: "api".into() };
//! ```

avro_typed::include_schemas!();
