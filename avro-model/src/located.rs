//! JSON files that hold a schema among other things: their members, with places.

use crate::code::Code;
use crate::collect::Collector;
use crate::diagnostic::{Diagnostics, Severity};
use crate::json::Json;
use crate::raw::{self, Value};
use crate::source::{Source, SourceId, Span};

/// A member of the JSON object of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocatedMember {
    /// Its key, unescaped.
    pub key: String,
    /// Its value.
    pub value: Json,
    /// Where the value is.
    pub span: Span,
}

/// The members of the JSON object that `source` holds, in the order of the text: for files that have a schema in one of
/// them, whose own text and place are wanted.
///
/// # Errors
///
/// When the text is not JSON or not an object, and when one of its keys appears twice.
///
/// ```
/// use avro_model::{Source, located_members};
///
/// let text = r#"{"version": 1, "schema": "long"}"#;
/// let members = located_members(&Source::new("1.json", text))?;
/// assert_eq!(members[1].key, "schema");
/// assert_eq!(&text[members[1].span.start..members[1].span.end], "\"long\"");
/// # Ok::<(), avro_model::Diagnostics>(())
/// ```
pub fn located_members(source: &Source) -> Result<Vec<LocatedMember>, Diagnostics> {
    let mut collector = Collector::default();
    let node = raw::read(&source.text, SourceId(0), &mut collector);
    let mut members = Vec::new();
    match node.as_ref().map(|node| (&node.value, node)) {
        Some((Value::Object(object), _)) => {
            members.extend(object.members.iter().map(|member| LocatedMember {
                key: member.key.as_ref().to_owned(),
                value: member.node.to_json(),
                span: member.node.span,
            }));
        }
        Some((_, node)) => {
            let found = format!("found {}", node.describe());
            collector.error(Code::INVALID_JSON, (SourceId(0), node.span), "expected a JSON object", found);
        }
        None => {}
    }
    let (mut list, mut is_wrong) = collector.finish();
    // Inside a member, such as the schema of others, the last of two keys counts. Of the members themselves each
    // appears once.
    for diagnostic in list.iter_mut().filter(|diagnostic| diagnostic.code == Code::DUPLICATE_KEY) {
        let start = diagnostic.primary.span.start;
        if !members.iter().any(|member| (member.span.start..member.span.end).contains(&start)) {
            diagnostic.severity = Severity::Error;
            is_wrong = true;
        }
    }
    match is_wrong {
        true => Err(Diagnostics::new(vec![source.clone()], list)),
        false => Ok(members),
    }
}
