//! Reads the text of a source in its language.

use crate::code::Code;
use crate::collect::Collector;
use crate::document::{Body, Document};
use crate::idl;
use crate::import::Import;
use crate::language::Language;
use crate::raw::{self, Node, Value};
use crate::source::{Source, SourceId};

/// Whether this is the answer of a registry, which has the schema inside: `{"subject": …, "id": 1, "schema": "…"}`.
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

/// What `source` imports, in the order of its text, so that a caller can load it. Only IDL (`.avdl`) has imports. A
/// text with a syntax error gives the imports before the error; [`SchemaSet::parse`](crate::SchemaSet::parse) reports
/// it.
///
/// ```
/// use avro_model::{ImportKind, Source, imports};
///
/// let text = r#"protocol Orders { import schema "money.avsc"; }"#;
/// let imports = imports(&Source::new("orders.avdl", text));
/// assert_eq!(imports[0].kind, ImportKind::Schema);
/// assert_eq!(imports[0].path, "money.avsc");
/// ```
#[must_use]
pub fn imports(source: &Source) -> Vec<Import> {
    match Language::of(&source.path) {
        Language::Idl => idl::imports(&source.text),
        Language::Schema | Language::Protocol => Vec::new(),
    }
}
