//! Avro schemas: parse, link, canonical form, fingerprints, resolution plans, compatibility.
//!
//! This crate does no I/O: it takes text and gives data. [`Schema::parse`] reads one self-contained schema, at run time
//! for example from a registry; [`SchemaSet::parse`] reads many sources that refer to each other, and reports all that
//! is wrong with them, with places.
//!
//! # Languages
//!
//! A source is the JSON of a schema (`.avsc`), the JSON of a protocol (`.avpr`) or Avro IDL (`.avdl`). All three give
//! the same model, and names mean the same in all of them: a schema may use a type of the IDL, and the other way round.
//!
//! | source | [`roots`](SchemaSet::roots) | [`protocols`](SchemaSet::protocols) | [`types_of`](SchemaSet::types_of) |
//! |---|---|---|---|
//! | `.avsc` | its schema | | the named types in it |
//! | `.avpr` | | itself | its types, and those inside them |
//! | `.avdl`, a protocol | | itself, with the messages of protocols that it imports | its types, and those of its imports |
//! | `.avdl`, `schema T;` and named types | `T` | | the same |
//! | `.avdl`, only named types | | | the same |
//!
//! [`SchemaSet::json_of`] gives a source as JSON, as Java's tools make it.
//!
//! Imports bring types into a protocol's list, not into scope: every name of every source is known everywhere. A caller
//! that reads files asks [`imports()`] which others it has to load.
//!
//! ```
//! use avro_model::{SchemaSet, Source, SourceId};
//!
//! let source = |path: &str, text: &str| Source::new(path, text);
//! let set = SchemaSet::parse(vec![
//!     source("shop.avdl", r#"
//!         @namespace("acme")
//!         protocol Shop {
//!             import schema "money.avsc";
//!             /** What is sold. */
//!             record Article { string name; Money price; string? note = null; }
//!             array<Article> list(int most = 10);
//!         }
//!     "#),
//!     source("money.avsc", r#"{"type": "fixed", "name": "acme.Money", "size": 8}"#),
//! ])?;
//! let names: Vec<&str> = set.types_of(SourceId(0)).iter().map(|id| set.definition(*id).name.as_str()).collect();
//! assert_eq!(names, ["acme.Money", "acme.Article"]);
//! assert_eq!(set.protocols()[0].messages[0].name, "list");
//! # Ok::<(), avro_model::Diagnostics>(())
//! ```

mod canonical;
mod code;
mod collect;
pub mod comparison;
pub mod compatibility;
mod default;
mod diagnostic;
mod document;
mod error;
mod fingerprint;
mod graph;
mod guid;
mod idl;
mod import;
mod json;
mod language;
mod leniency;
mod link;
pub mod lint;
mod locate;
mod located;
mod logical;
mod name;
mod normal;
mod parse;
mod parts;
mod print;
mod protocol;
mod raw;
mod read_source;
mod references;
pub mod resolution;
mod schema;
mod set;
mod source;
mod suggest;

pub use code::Code;
pub use default::{DefaultError, DefaultErrorKind, encode_default};
pub use diagnostic::{Diagnostic, Diagnostics, Label, Severity};
pub use error::SchemaError;
pub use fingerprint::crc64_avro;
pub use graph::components;
pub use guid::{Guid, GuidError};
pub use import::{Import, ImportKind};
pub use json::Json;
pub use leniency::Leniency;
pub use locate::Step;
pub use located::{LocatedMember, located_members};
pub use logical::LogicalType;
pub use name::Fullname;
pub use parts::SchemaPart;
pub use protocol::{Message, Protocol};
pub use read_source::imports;
pub use references::TypeReference;
pub use schema::{
    Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, Order, Origin, Properties, Record, Root, Schema, Type,
};
pub use set::SchemaSet;
pub use source::{Source, SourceId, Span, position};
pub use suggest::closest;

/// How deeply JSON may be nested. Every walk over one schema text is recursive and relies on this bound; what may be
/// longer, such as a chain of definitions, is walked with a stack of its own.
const MAX_DEPTH: usize = 512;
