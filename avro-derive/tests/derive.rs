//! `#[derive(Avro)]`.

mod codec;
mod file;
mod generic;
mod hygiene;
mod schema;
mod shop;
