//! Avro schemas: parse, link, canonical form, fingerprints, resolution plans, compatibility.
//!
//! This crate does no I/O: it takes text and gives data. [`Schema::parse`] reads one self-contained schema, at run time
//! for example from a registry; [`SchemaSet::parse`] reads many sources that refer to each other, and reports all that is
//! wrong with them, with places.

mod canonical;
mod collect;
pub mod compatibility;
mod default;
mod diagnostic;
mod error;
mod fingerprint;
mod json;
mod link;
mod locate;
mod logical;
mod name;
mod parse;
mod print;
mod raw;
pub mod resolution;
mod schema;
mod set;
mod suggest;

pub use default::{DefaultError, DefaultErrorKind, encode_default};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity, Source, SourceId, Span, position};
pub use error::SchemaError;
pub use fingerprint::crc64_avro;
pub use json::Json;
pub use locate::Step;
pub use logical::LogicalType;
pub use name::Fullname;
pub use schema::{
    Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, Order, Origin, Properties, Record, Schema, Type,
};
pub use set::{Root, SchemaSet};

/// How deeply JSON may be nested. Every walk over one schema text is recursive and relies on this bound; what may be longer,
/// such as a chain of definitions, is walked with a stack of its own.
const MAX_DEPTH: usize = 512;
