//! What the benchmarks measure and how: types generated from `schemas/`, messages of those types, candidates that take
//! turns, and tables of what they took.

pub mod arguments;
pub mod measure;
pub mod messages;
pub mod report;

avro_typed::include_schemas!();
