//! Rust types from Avro schemas, for build scripts.
//!
//! [`compile()`] is all there is to it:
//!
//! ```no_run
//! // build.rs
//! fn main() {
//!     avro_build::compile("schemas");
//! }
//! ```
//!
//! It reads every `.avsc`, `.avpr` and `.avdl` file of the folder, prints what is wrong with them as rustc prints its
//! own errors, and writes `avro_schemas.rs` into `OUT_DIR`, for `avro_typed::include_schemas!()`. What the types look
//! like is in the documentation of [`avro_codegen`], the generator that does the work between reading and writing.
//!
//! | to | use |
//! |---|---|
//! | choose Rust types, derives and names | the methods of [`Config`]; [`Options`] tells how patterns are written |
//! | stop a build whose schemas break what is released | a [`lock`] |
//! | put schema ids into the generated types | a [`lock`], or [`Config::registry`] with the feature `registry` |
//! | test that today's types read yesterday's bytes | [`Config::locked_version`] |
//! | have files that define the same type differently | [`Config::module`] |
//! | know what was read and written | [`Config::compile`] and its [`Report`] |
//!
//! Only this crate reads folders and writes files, and only with the feature `registry`, and when asked, it uses the
//! network. The pages `docs/generated-code.md` and `docs/evolution.md` of the repository tell it all in full.

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

mod config;
mod disk;
mod error;
pub mod lock;
mod registry;
mod report;
mod write;

pub use avro_codegen::{
    Bytes, Entry, Files, InvalidOption, InvalidOptionKind, Loaded, Loader, Logical, Maps, ModuleName, Options,
    PatternError, Pointers, RustTextError, Strings, UnusedOption, check_supported, render,
};
pub use config::{Config, ModuleSchemas, OnIncompatible, compile};
pub use disk::load_files;
pub use error::{Error, InvalidOptions};
pub use registry::{RegistryLookUpError, RegistryMode};
pub use report::Report;
