//! The JSON of a schema as a tree in which every value and every key knows its place.
//!
//! The grammar is that of RFC 8259, with what Java's Avro also takes: a byte order mark, and `//` and `/* */` comments.
//! A text of the IDL is read into the same tree, by [`idl`](crate::idl): as its JSON, with places in the IDL.

mod escape;
mod members;
mod read;
mod tree;

pub(crate) use escape::{Unicode, report_lone_surrogate, unicode_escape};
pub(crate) use members::Members;
pub(crate) use read::read;
pub(crate) use tree::{Member, Node, Object, Value};
