//! What the benchmarks measure: types generated from `schemas/`, and messages of those types.

pub mod messages;

avro_typed::include_schemas!();
