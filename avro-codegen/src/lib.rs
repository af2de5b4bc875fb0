//! Rust types with their own Avro codec, generated from `.avsc`, `.avpr` and `.avdl` files.
//!
//! This crate is the generator alone: a [`SchemaSet`](avro_model::SchemaSet) and [`Options`] in, Rust out. It is a pure
//! function that reads no files and prints nothing. In a build script, `avro-build` is what you want.
//!
//! ```
//! let text = r#"{"type": "record", "name": "com.acme.Ping", "fields": [{"name": "at", "type": "long"}]}"#;
//! let source = avro_model::Source::new("ping.avsc", text);
//! let set = avro_model::SchemaSet::parse(vec![source])?;
//! let code = avro_codegen::generate_file(&set, &avro_codegen::Options::new())?;
//! assert!(code.contains("pub struct Ping {"));
//! # Ok::<(), avro_model::Diagnostics>(())
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
//! [`Generator`] runs the passes in this order; each has a file or a folder of its name:
//!
//! 1. `check`: what Rust cannot express is an error.
//! 2. `lower`: the [`SchemaSet`](avro_model::SchemaSet) becomes a Rust-shaped model (`model`), in which every place of
//!    a type has its Rust type and its Avro encoding (`leaf`), as the options (`options`) choose.
//! 3. `naming`: every type, field, variant and module gets an identifier of its own in its scope.
//! 4. `emit`: the model becomes code, in its final layout.
//! 5. `format`: the code becomes the text of a file.
//!
//! `loader` finds the schema files, over a [`Files`] that has them, and `render` shows what is wrong with them.

mod check;
mod emit;
mod format;
mod generate;
mod leaf;
mod literal;
mod loader;
mod lower;
mod model;
mod naming;
mod options;
mod release;
mod render;

#[doc(hidden)]
pub use emit::CODE_VERSION;
pub use format::with_header;
pub use generate::{Generated, Generator, ModuleName, ModuleOfSources, check_supported, generate, generate_file};
pub use loader::{Entry, Files, Loaded, Loader};
pub use options::{
    Bytes, InvalidOption, InvalidOptionKind, Logical, Maps, Options, PatternError, Pointers, RustTextError, Strings,
    UnusedOption,
};
pub use release::{Release, Releases, TypeId};
pub use render::render;
