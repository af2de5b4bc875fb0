//! Rust types with their own Avro codec, generated from `.avsc`, `.avpr` and `.avdl` files.
//!
//! In `build.rs`, [`compile()`] is all there is to it:
//!
//! ```no_run
//! fn main() {
//!     avro_codegen::compile("schemas");
//! }
//! ```
//!
//! # What is generated
//!
//! One Rust module for each namespace, nested, and types of the null namespace at the top, with paths between them that
//! are relative, so that the code can be included in any module. A record becomes a struct, an enum an enum, a fixed a
//! struct around its bytes. Every type implements `avro_typed::AvroType` (schema, fullname and fingerprints), `Encode`
//! and `Decode` (the straight-line codec), serde's `Serialize` and `Deserialize` with the Avro names, `Debug`, `Clone`
//! and `PartialEq`, where its parts allow `Eq` and `Hash`, and where the schema has defaults for everything `Default`.
//!
//! | Avro | Rust |
//! |---|---|
//! | null, boolean, int, long, float, double | `()`, `bool`, `i32`, `i64`, `f32`, `f64` |
//! | string, bytes | `String`, `Vec<u8>` |
//! | array, map | `Vec<T>`, `HashMap<String, T>` |
//! | `["null", T]`, `[T, "null"]` | `Option<T>` |
//! | other unions | an enum with a variant for each branch, with null an `Option` of it |
//! | decimal | `rust_decimal::Decimal`, from 29 digits on `bigdecimal::BigDecimal` |
//! | big-decimal, uuid | `bigdecimal::BigDecimal`, `uuid::Uuid` |
//! | date, time, timestamp, local timestamp | `Date`, `Time`, `Timestamp` and `DateTime` of jiff |
//! | duration | `avro_typed::Duration` |
//!
//! `["null"]` and `["string"]`, unions of one branch, are an `avro_typed::Sole` of its type. Most of this can be chosen
//! otherwise, for all or for single places: [`Options`]. Recursive types have a `Box` where one is needed. The page
//! `docs/generated-code.md` of the repository tells it in full.
//!
//! # Defaults
//!
//! A record with fields of both kinds, with and without a default, has a second struct for the required ones, so that
//! the compiler names what is missing: `Order { note, ..OrderRequired { id, total }.with_defaults() }`. That is checked
//! as a builder is, without a macro that runs in the user's build, with the names at the call, and the error is rustc's
//! own.
//!
//! # Names
//!
#![doc = include_str!("names.md")]
//!
//! # How
//!
//! [`SchemaSet`](avro_model::SchemaSet) → a Rust-shaped model → checks → code. All of this is a pure function
//! ([`generate()`], [`generate_file`]); only [`Config`] and [`lock`] touch files, and with them the feature `io`; only
//! those who ask for it touch a network, with the feature `registry`.
//!
//! # Evolution
//!
//! What is released stands in [`schemas.lock/`](lock), and [`Config`] refuses schemas that may not follow it. The page
//! `docs/evolution.md` of the repository shows how.

#![allow(clippy::needless_doctest_main, reason = "the examples are build scripts as they are")]

/// The build scripts in the pages of `docs/` compile.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/generated-code.md")]
    struct GeneratedCode;
    #[doc = include_str!("../../docs/from-rsgen-avro.md")]
    struct FromRsgenAvro;
    #[doc = include_str!("../../docs/evolution.md")]
    struct Evolution;
}

mod check;
mod code;
mod defaults;
mod emit;
mod encoded;
mod facts;
mod format;
mod generate;
mod graph;
mod ident;
mod leaf;
mod literal;
mod lower;
mod model;
mod modules;
mod naming;
mod options;
mod recursion;
mod released;
mod render;
mod source;
mod volume;
mod walk;

#[cfg(feature = "io")]
mod config;
#[cfg(feature = "io")]
mod error;
#[cfg(feature = "io")]
pub mod lock;
#[cfg(feature = "io")]
mod registry;
#[cfg(feature = "io")]
mod report;
#[cfg(feature = "io")]
mod write;

#[cfg(feature = "io")]
pub use config::{Compatibility, Config, ModuleSchemas, compile};
#[cfg(feature = "io")]
pub use error::Error;
pub use generate::{Generated, check_supported, generate, generate_file, generate_with_warnings};
pub use options::{
    Bytes, InvalidOption, InvalidOptionKind, InvalidOptions, Logical, Maps, Options, PatternError, Pointers,
    RustTextError, Strings, UnusedOption,
};
#[cfg(feature = "io")]
pub use registry::{Registry, RegistryLookUpError};
pub use render::render;
#[cfg(feature = "io")]
pub use report::Report;
#[cfg(feature = "io")]
pub use source::load_files;
pub use source::{Entry, Files, Loaded, Loader};
