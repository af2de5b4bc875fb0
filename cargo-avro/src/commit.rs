//! Schemas against those of a commit: as if each type had been released there, in one version.

use std::collections::HashSet;

use avro_build::lock::codes::RELEASED_TYPE_IS_GONE;
use avro_build::lock::{Lock, LockCheck, LockedVersion, type_name_of};
use avro_model::compatibility::{CompatibilityLevel, Difference};
use avro_model::resolution::{MismatchKind, Place};
use avro_model::{Diagnostic, Label, SchemaSet, SourceId, Span, Step};

use crate::failure::Failure;
use crate::types::{self, FoundType};
use crate::versions::guid_of;

/// Compares `set` with `old`, the schemas at `reference`.
pub(crate) fn check(
    set: &SchemaSet,
    old: &SchemaSet,
    level: CompatibilityLevel,
    reference: &str,
) -> Result<LockCheck, Failure> {
    let mut check = as_lock(old, level)?.check(set, &[], &[])?;
    let offset = set.sources().len();
    check.diagnostics.sources.truncate(offset);
    check.diagnostics.sources.extend_from_slice(old.sources());
    let differences = check
        .subjects
        .iter()
        .flat_map(|subject| subject.differences.iter().map(|difference| (subject.subject.as_str(), difference)));
    let mut differences = differences.collect::<Vec<_>>().into_iter();
    let gone = check.subjects.iter().filter(|subject| subject.type_name.is_none()).map(|subject| &subject.subject);
    let mut gone = gone.cloned().collect::<Vec<String>>().into_iter();
    for diagnostic in &mut check.diagnostics.list {
        // There are as many of each kind as there are subjects and differences, in their order.
        if diagnostic.code == RELEASED_TYPE_IS_GONE {
            if let Some(name) = gone.next() {
                say_gone(diagnostic, old, &name, reference, offset);
            }
        } else if let Some((subject, difference)) = differences.next() {
            point_into_commit(diagnostic, old, subject, difference, offset);
        }
        say_commit(diagnostic, reference);
    }
    Ok(check)
}

/// The schemas as first versions of subjects that are called like their types: those of files, and all types that these
/// do not contain.
fn as_lock(set: &SchemaSet, level: CompatibilityLevel) -> Result<Lock, Failure> {
    let roots: HashSet<String> = set.roots().iter().map(|root| type_name_of(set, root)).collect();
    let mut contained: HashSet<String> = HashSet::new();
    let mut versions = Vec::new();
    let (first, others): (Vec<_>, Vec<_>) = types::all(set).into_iter().partition(|found| roots.contains(&found.name));
    // What a file defines last mostly uses what stands before.
    for FoundType { name, ty, .. } in first.into_iter().chain(others.into_iter().rev()) {
        if !roots.contains(&name) && contained.contains(&name) {
            continue;
        }
        let schema = set.schema_of(&ty);
        contained.extend(schema.definitions().iter().map(|definition| definition.name.to_string()));
        let text = schema.to_json();
        let guid = guid_of(&text, &[]);
        let version = LockedVersion::new(&name, 1, &name, guid, text).with_compatibility(level);
        versions.push((version, name));
    }
    Ok(Lock::of(versions)?)
}

/// The label in the old schema stands in the file of the commit.
fn point_into_commit(
    diagnostic: &mut Diagnostic,
    old: &SchemaSet,
    subject: &str,
    difference: &Difference,
    offset: usize,
) {
    let Some(found) = types::find(old, subject) else { return };
    let label = old.label_at(&old.schema_of(&found.ty), found.source, &old_place(difference), "");
    if let Some(first) = diagnostic.secondary.first_mut() {
        let text = std::mem::take(&mut first.text);
        *first = Label { source: SourceId(label.source.0 + offset), span: label.span, text };
    }
}

fn old_place(difference: &Difference) -> Place {
    let mismatch = &difference.mismatch;
    if !difference.reader_is_new() {
        return mismatch.reader.clone();
    }
    let mut writer = mismatch.writer.clone();
    if mismatch.kind == MismatchKind::ReaderFieldMissingDefaultValue {
        // A field that is not there has no place: its record's name says more than the brace that the record starts
        // with.
        writer.path.push_str("/name");
    }
    writer
}

fn say_gone(diagnostic: &mut Diagnostic, old: &SchemaSet, name: &str, reference: &str, offset: usize) {
    diagnostic.message = format!("`{name}` is gone since {reference}");
    diagnostic.help = Some(format!("if it was renamed, give the new name the alias `{name}`"));
    let Some(found) = types::find(old, name) else { return };
    let schema = old.schema_of(&found.ty);
    let definition = schema.definitions().iter().find(|definition| definition.name.as_str() == name);
    let label = match definition {
        Some(definition) => old.label(definition, &[Step::Key("name")], "it was here"),
        None => Label { source: found.source, span: Span { start: 0, end: 0 }, text: "it was here".to_owned() },
    };
    diagnostic.primary = Label { source: SourceId(label.source.0 + offset), ..label };
}

/// There, nothing has a version but the commit.
fn say_commit(diagnostic: &mut Diagnostic, reference: &str) {
    let labels = diagnostic.secondary.iter_mut().chain([&mut diagnostic.primary]).map(|label| &mut label.text);
    for text in labels.chain([&mut diagnostic.message]).chain(&mut diagnostic.help) {
        *text = text.replace("version 1", reference);
    }
}
