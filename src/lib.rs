//! The messages of the reference application: one Rust type for every type in `schemas/`, generated when the package is built.
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

avro_typed::include_schemas!();
