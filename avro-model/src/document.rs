//! What one source says, as JSON trees, whatever language it is written in.

use crate::code::Code;
use crate::collect::Collector;
use crate::idl;
use crate::import::PlacedImport;
use crate::raw::{self, Node, Value};
use crate::source::{Source, SourceId};

/// The language of a source, which the extension of its path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// The JSON of a schema: `.avsc`, and every path that says nothing else.
    Schema,
    /// The JSON of a protocol: `.avpr`.
    Protocol,
    /// Avro IDL: `.avdl`.
    Idl,
}

impl Language {
    pub(crate) fn of(path: &str) -> Language {
        match path.rsplit_once('.') {
            Some((_, extension)) if extension.eq_ignore_ascii_case("avpr") => Language::Protocol,
            Some((_, extension)) if extension.eq_ignore_ascii_case("avdl") => Language::Idl,
            _ => Language::Schema,
        }
    }
}

/// What a source says.
pub(crate) struct Document<'t> {
    pub(crate) body: Body<'t>,
    /// Only the IDL has imports.
    pub(crate) imports: Vec<PlacedImport>,
}

pub(crate) enum Body<'t> {
    /// The schema of a source that has just one.
    Schema(Node<'t>),
    /// The object of a protocol.
    Protocol(Node<'t>),
    /// The schema syntax of the IDL.
    Named(Named<'t>),
}

/// Named types, and perhaps a schema that uses them.
#[derive(Default)]
pub(crate) struct Named<'t> {
    /// The namespace of names that bring none.
    pub(crate) namespace: Option<Node<'t>>,
    pub(crate) main: Option<Node<'t>>,
    pub(crate) types: Vec<Node<'t>>,
}

/// Whether this is what a registry says about a schema, and not the schema: `{"subject": …, "id": 1, "schema": "…"}`.
fn is_registry_answer(node: &Node<'_>) -> bool {
    let Value::Object(object) = &node.value else { return false };
    let schema = object.get("schema").map(|schema| &schema.value);
    object.get("type").is_none() && matches!(schema, Some(Value::String(_) | Value::Object(_) | Value::Array(_)))
}

fn report_registry_answer(node: &Node<'_>, id: SourceId, collector: &mut Collector) {
    let Value::Object(object) = &node.value else { return };
    let Some(member) = object.members.iter().find(|member| member.key == "schema") else { return };
    let value = match member.node.value {
        Value::String(_) => "the JSON in the string that is the value of `schema`",
        _ => "the value of `schema`",
    };
    collector
        .error(
            Code::INVALID_SCHEMA,
            (id, member.key_span),
            "this is the answer of a schema registry, which has the schema inside",
            "the schema is in here",
        )
        .help(format!("fetch the schema with `cargo avro pull`, or keep only {value} in the file"));
}

/// Reads a source; `None` when it cannot be read: the reason is in `collector` then.
pub(crate) fn read<'t>(source: &'t Source, id: SourceId, collector: &mut Collector) -> Option<Document<'t>> {
    let body = match Language::of(&source.path) {
        Language::Schema => {
            let node = raw::read(&source.text, id, collector)?;
            if is_registry_answer(&node) {
                report_registry_answer(&node, id, collector);
                return None;
            }
            Body::Schema(node)
        }
        Language::Protocol => Body::Protocol(raw::read(&source.text, id, collector)?),
        Language::Idl => return idl::read(&source.text, id, collector),
    };
    Some(Document { body, imports: Vec::new() })
}
