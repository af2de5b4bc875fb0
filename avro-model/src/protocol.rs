//! Protocols: named types and the messages that are made of them (specification, "Protocol Declaration").

use crate::name::Fullname;
use crate::schema::{DefinitionId, Field, Properties, Type};
use crate::source::SourceId;

/// A protocol of a [`SchemaSet`](crate::SchemaSet), whose definitions its ids stand for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Protocol {
    /// The source that declares it.
    pub source: SourceId,
    /// Its fullname.
    pub name: Fullname,
    /// What it is for.
    pub doc: Option<String>,
    /// Every attribute that the specification does not reserve, in the order of the source.
    pub properties: Properties,
    /// The named types that it declares, and those of the files that it imports at the place of the import. No type
    /// twice.
    pub types: Vec<DefinitionId>,
    /// The messages that it declares, and those of the protocols that it imports at the place of the import. Of several
    /// with one name the last counts, at the place of the first, as in Java.
    pub messages: Vec<Message>,
}

/// A message of a protocol.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub doc: Option<String>,
    /// Every attribute that the specification does not reserve, in the order of the source.
    pub properties: Properties,
    /// The parameters, which are fields of a record that has no name.
    pub request: Vec<Field>,
    /// The type of the answer; null where there is none.
    pub response: Type,
    /// The errors that it may give, each declared as one. What stands for an error on the wire is a union of string and
    /// these.
    pub errors: Vec<DefinitionId>,
    /// Whether nobody waits for an answer; then the response is null and there are no errors.
    pub one_way: bool,
}
