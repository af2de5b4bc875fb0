//! The one test binary of this crate.

mod allocation;
mod apache;
mod decoding;
mod encoding;
mod events;
#[allow(unreachable_pub, reason = "generated code is for any crate")]
mod generated;
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
mod reuse;
mod samples;
mod serde_forms;
mod topic;
mod unions;
mod views;
