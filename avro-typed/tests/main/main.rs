//! The one test binary of this crate.

mod allocation;
mod apache;
mod decoding;
mod encoding;
mod events;
#[allow(
    unreachable_pub,
    dead_code,
    clippy::redundant_closure,
    clippy::unnecessary_lazy_evaluations,
    clippy::unwrap_or_default,
    reason = "generated code says the same for its own modules"
)]
mod generated_by_hand;
mod generated_types;
mod hostile;
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_lossless,
    reason = "random numbers are cut to random sizes"
)]
mod json;
mod logical;
mod properties;
mod representations;
mod resolution;
mod samples;
mod serde_forms;
mod unions;
