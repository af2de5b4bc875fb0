//! What must hold for any input. Each function takes bytes and panics where it does not hold.
//!
//! `cargo +nightly fuzz run NAME` has libFuzzer look for such bytes; the test of this crate runs the same functions on
//! mutations of [valid input](Target::seeds), with any compiler.

mod datum;
mod frame;
mod sample;
mod text;

pub use datum::{decode, json, resolved, views};
pub use frame::frames;
pub use text::{idl, schema};

avro_derive::include_schemas!("../../avro-typed/tests/schemas", views = true);

/// Something to fuzz.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// As `fuzz_targets/NAME.rs` has it.
    pub name: &'static str,
    /// Panics where what must hold does not.
    pub run: fn(&[u8]),
    /// Valid input.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: [Target; 7] = [
    Target { name: "decode", run: decode, seeds: sample::data },
    Target { name: "resolved", run: resolved, seeds: sample::written_data },
    Target { name: "views", run: views, seeds: sample::data },
    Target { name: "json", run: json, seeds: sample::data_and_json },
    Target { name: "schema", run: schema, seeds: sample::schemas },
    Target { name: "idl", run: idl, seeds: sample::idl },
    Target { name: "frames", run: frames, seeds: sample::frames },
];
