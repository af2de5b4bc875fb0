//! The types that the generator makes of `tests/schemas`: the contract between the generator and this crate.

avro_derive::include_schemas!("tests/schemas", views = true);
