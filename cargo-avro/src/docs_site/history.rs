//! What became of types and fields from version to version.

use avro_model::comparison::{ChangeKind, changes};
use avro_model::{DefinitionKind, Schema};

use super::catalog::{Catalog, SubjectEntry, TypeEntry};
use super::facts::code;
use crate::answer::counted;
use crate::markup::escaped;
use crate::verdict::Verdict;

/// How many subjects a note about a field names.
const MOST_SUBJECTS: usize = 4;

/// What changed between two schemas, and who can read whom.
pub(super) fn comparison(old: &Schema, new: &Schema, old_name: &str) -> String {
    let changes = changes(old, new);
    if changes.is_empty() {
        return "<p>No difference.</p>\n".to_owned();
    }
    let items = changes.iter().map(|change| {
        let class = match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            _ => "changed",
        };
        format!(
            "<li class=\"{class}\"><b>{sign} <span class=\"unseen\">{class}: </span></b>{path}: {what}</li>\n",
            sign = change.kind.sign(),
            path = code(&change.path),
            what = escaped(&change.what)
        )
    });
    let items: String = items.collect();
    let verdict = Verdict::of(old, new, old_name);
    let lines = verdict.lines().into_iter().map(|(is_good, line)| {
        let class = if is_good { "good" } else { "bad" };
        format!("<li class=\"{class}\">{}</li>\n", escaped(line.trim_start()))
    });
    let lines: String = lines.collect();
    let levels: Vec<&str> = verdict.levels().iter().map(|level| level.as_str()).collect();
    format!(
        "<ul class=\"changes\">\n{items}</ul>\n<ul class=\"verdict\">\n{lines}<li>levels that allow it: {}</li>\n</ul>\n",
        levels.join(", ")
    )
}

/// How many changes there are between two schemas, in words.
pub(super) fn count(old: &Schema, new: &Schema) -> String {
    match changes(old, new).len() {
        0 => "no difference".to_owned(),
        count => counted(count, "change"),
    }
}

/// How the schema files and the newest version of a subject differ.
pub(super) fn state(subject: &SubjectEntry<'_>) -> String {
    let Some(newest) = subject.newest() else { return "not released yet".to_owned() };
    let version = newest.locked.version;
    match subject.changes {
        None => format!("version {version} is the newest, and its type is not in the schema files"),
        Some(0) => format!("as version {version}, the newest"),
        Some(count) => format!("{} since version {version}, the newest", counted(count, "change")),
    }
}

/// Since when a field is released, where it was not there from the beginning.
pub(super) fn of_field(catalog: &Catalog<'_>, entry: &TypeEntry, field: &str, root: &str) -> Vec<String> {
    let (mut since, mut missing) = (Vec::new(), Vec::new());
    for presence in &entry.released_in {
        let Some(subject) = catalog.subjects.get(presence.subject) else { continue };
        // Only what follows the last version without the type or without the field.
        let newest_first = (0..subject.releases.len()).rev();
        let with_type = presence.releases.iter().rev().zip(newest_first).take_while(|((at, _), newest)| at == newest);
        let with_type: Vec<usize> = with_type.map(|((at, _), _)| *at).collect();
        let has_field = |(at, definition): &&(usize, usize)| {
            let definition =
                subject.releases.get(*at).and_then(|release| release.schema.definitions().get(*definition));
            definition.is_some_and(|definition| match &definition.kind {
                DefinitionKind::Record(record) => record.fields.iter().any(|one| one.name == field),
                _ => false,
            })
        };
        let with_field = presence.releases.iter().rev().take(with_type.len()).take_while(has_field);
        match with_field.last() {
            None if with_type.is_empty() => {}
            None => missing.push(catalog.subject_link(presence.subject, root)),
            Some((first, _)) if with_type.last() == Some(first) => {}
            Some((first, _)) => {
                let Some(version) = subject.releases.get(*first).map(|release| release.locked.version) else {
                    continue;
                };
                let (address, name) = (subject.version_address(root, version), escaped(&subject.name));
                since.push(format!("<a href=\"{address}\">{name} version {version}</a>"));
            }
        }
    }
    let mut notes = Vec::new();
    for (words, mut links) in [("since", since), ("not released yet in", missing)] {
        let others = links.len().saturating_sub(MOST_SUBJECTS);
        links.truncate(MOST_SUBJECTS);
        let rest = if others > 0 { format!(" and {} more", counted(others, "subject")) } else { String::new() };
        if !links.is_empty() {
            notes.push(format!("{words} {}{rest}", links.join(", ")));
        }
    }
    notes
}
