//! The text of a lock file to a version.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use avro_model::{Diagnostic, Diagnostics, Json, Label, LocatedMember, Source, SourceId, Span, located_members};

use super::codes::INVALID_LOCK;
use super::{LockFile, LockedReference, LockedVersion, layout};

/// Reads a lock file. What is wrong points into the only source, `source`.
pub(super) fn parse(source: Source) -> Result<(LockedVersion, LockFile), Vec<Diagnostic>> {
    if source.text.trim().is_empty() {
        let place = Span { start: 0, end: 0 };
        return Err(vec![problem(place, "the file is empty".to_owned(), "expected a version".to_owned())]);
    }
    let members = located_members(&source).map_err(|Diagnostics { list, .. }| list)?;
    let whole = Span { start: 0, end: source.text.len().min(1) };
    let mut reader = Reader { members: &members, whole, problems: Vec::new() };
    let subject = reader.text("subject", "the subject, such as \"customer-value\"");
    let version =
        reader.required("version", "the version, a number from 1 on", |json| number(json).filter(|it| *it > 0));
    let type_name = reader.text("type", "the fullname of the type, such as \"com.acme.Customer\"");
    let compatibility = reader.parsed("compatibility", "a compatibility level, such as \"BACKWARD\"");
    let guid = reader.parsed("guid", "the GUID of the schema");
    let ids = reader.optional("ids", "the id in each registry, as in {\"default\": 17}", ids);
    let references = reader.optional(
        "references",
        "the referenced types, as in [{\"name\": \"com.acme.City\", \"subject\": \"city\", \"version\": 1}]",
        |json| array(json, reference),
    );
    let schema = reader.required("schema", "the schema", |_| Some(()));
    let problems = reader.problems;
    let (Some(subject), Some(version), Some(type_name), Some(compatibility)) =
        (subject, version, type_name, compatibility)
    else {
        return Err(problems);
    };
    let (Some(guid), Some(ids), Some(references), Some(())) = (guid, ids, references, schema) else {
        return Err(problems);
    };
    let span = members.iter().find(|member| member.key == "schema").map_or(whole, |member| member.span);
    let text = source.text.get(span.start..span.end);
    debug_assert!(text.is_some(), "a span outside of its text");
    let schema = layout::compact(text.unwrap_or_default());
    let version = LockedVersion { subject, version, type_name, compatibility, guid, ids, references, schema };
    Ok((version, LockFile { source, schema: span }))
}

/// Where the value of a key is in a lock file; the start of the file, when there is no such key.
pub(super) fn span_of(source: &Source, key: &str) -> Span {
    let members = located_members(source);
    debug_assert!(members.is_ok(), "a lock file that was read and is not JSON");
    members
        .unwrap_or_default()
        .iter()
        .find(|member| member.key == key)
        .map_or(Span { start: 0, end: 1 }, |member| member.span)
}

struct Reader<'m> {
    members: &'m [LocatedMember],
    /// Where to point for what is not there.
    whole: Span,
    problems: Vec<Diagnostic>,
}

impl<'m> Reader<'m> {
    fn member(&self, key: &str) -> Option<&'m LocatedMember> {
        self.members.iter().find(|member| member.key == key)
    }

    fn text(&mut self, key: &str, expected: &str) -> Option<String> {
        self.required(key, expected, |json| json.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// A text that means something.
    fn parsed<T: FromStr<Err: Display>>(&mut self, key: &str, expected: &str) -> Option<T> {
        let text = self.text(key, expected)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let span = self.member(key).map_or(self.whole, |member| member.span);
                self.problems.push(problem(span, error.to_string(), format!("expected {expected}")));
                None
            }
        }
    }

    fn required<T>(&mut self, key: &str, expected: &str, read: impl FnOnce(&Json) -> Option<T>) -> Option<T> {
        if self.member(key).is_none() {
            self.problems.push(problem(
                self.whole,
                format!("the key `{key}` is missing"),
                format!("expected {expected}"),
            ));
            return None;
        }
        self.present(key, expected, read)
    }

    /// What may be left out, and is empty then.
    fn optional<T: Default>(&mut self, key: &str, expected: &str, read: impl FnOnce(&Json) -> Option<T>) -> Option<T> {
        if self.member(key).is_none() {
            return Some(T::default());
        }
        self.present(key, expected, read)
    }

    fn present<T>(&mut self, key: &str, expected: &str, read: impl FnOnce(&Json) -> Option<T>) -> Option<T> {
        let member = self.member(key)?;
        let value = read(&member.value);
        if value.is_none() {
            let message = format!("`{key}` is not what it should be");
            self.problems.push(problem(member.span, message, format!("expected {expected}")));
        }
        value
    }
}

/// Something wrong in the only source.
pub(super) fn problem(span: Span, message: String, label: String) -> Diagnostic {
    // The error that all of them become has the remedy.
    Diagnostic::error(INVALID_LOCK, message, Label::new(SourceId(0), span, label))
}

fn number(json: &Json) -> Option<u32> {
    match json {
        Json::Number(text) => text.parse().ok(),
        _ => None,
    }
}

fn ids(json: &Json) -> Option<BTreeMap<String, u32>> {
    match json {
        Json::Object(members) => members.iter().map(|(name, id)| Some((name.clone(), number(id)?))).collect(),
        _ => None,
    }
}

fn array<T>(json: &Json, read: impl Fn(&Json) -> Option<T>) -> Option<Vec<T>> {
    match json {
        Json::Array(items) => items.iter().map(read).collect(),
        _ => None,
    }
}

fn reference(json: &Json) -> Option<LockedReference> {
    let text = |key| json.get(key).and_then(Json::as_str).map(str::to_owned);
    Some(LockedReference {
        name: text("name")?,
        subject: text("subject")?,
        version: json.get("version").and_then(number)?,
    })
}
