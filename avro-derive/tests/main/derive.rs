//! `#[derive(Avro)]`.

mod against_generated;
mod file;
mod generic;
mod hygiene;
mod schema;
mod shop;
mod subset;
