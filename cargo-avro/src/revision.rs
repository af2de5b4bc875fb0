//! Schemas against those of a revision of the repository.

use std::collections::{HashMap, HashSet};

use avro_build::lock::codes::RELEASED_TYPE_IS_GONE;
use avro_build::lock::type_name_of;
use avro_model::compatibility::{self, Baseline, BaselineName, CompatibilityLevel, SchemaInText, explain};
use avro_model::{Diagnostic, Diagnostics, Label, Schema, SchemaSet, SourceId, Span, Step};

use crate::compared::{Compared, ComparedType};
use crate::types::{self, FoundType};

/// Compares `set` with `old`, the schemas at `revision`, of which each type is taken as released.
pub(crate) fn check(set: &SchemaSet, old: &SchemaSet, level: CompatibilityLevel, revision: &str) -> Compared {
    let mut sources = set.sources().to_vec();
    sources.extend_from_slice(old.sources());
    let mut compared = Compared { types: Vec::new(), diagnostics: Diagnostics::new(sources, Vec::new()) };
    let successors = Successors::new(set);
    for before in compared_types(old) {
        let mut one = ComparedType {
            subject: before.name.clone(),
            type_name: None,
            level,
            newest: BaselineName::Named(revision.to_owned()),
            same_as: None,
            differences: Vec::new(),
        };
        let old_schema = old.schema_of(&before.ty);
        match successors.of(&before) {
            None => compared.diagnostics.list.push(gone(old, &before, &old_schema, revision, set)),
            Some(now) => {
                one.type_name = Some(now.name.clone());
                let new_schema = set.schema_of(&now.ty);
                if new_schema.to_json() == old_schema.to_json() {
                    one.same_as = Some(one.newest.clone());
                } else {
                    let baseline = Baseline::named(revision, &old_schema);
                    one.differences = compatibility::check(level, &new_schema, &[baseline]);
                    let new_text = SchemaInText::new(set, &new_schema, now.source);
                    let old_text = SchemaInText::new(old, &old_schema, before.source);
                    for explanation in explain(&one.differences, new_text, |_| Some(old_text)) {
                        let help = format!("{}; the level of `{}` is {level}", explanation.help, before.name);
                        let text = format!("{revision}: {}", explanation.old.text);
                        let there = behind(Label::new(explanation.old.source, explanation.old.span, text), set);
                        let diagnostic = Diagnostic::error(explanation.code, explanation.message, explanation.new);
                        compared.diagnostics.list.push(diagnostic.with_secondary(there).with_help(help));
                    }
                }
            }
        }
        compared.types.push(one);
    }
    compared
}

/// The types of files, and all types that these do not contain, by their names.
fn compared_types(set: &SchemaSet) -> Vec<FoundType> {
    let roots: HashSet<String> = set.roots().iter().map(|root| type_name_of(set, root)).collect();
    let mut contained: HashSet<String> = HashSet::new();
    let mut compared = Vec::new();
    let (first, others): (Vec<_>, Vec<_>) = types::all(set).into_iter().partition(|found| roots.contains(&found.name));
    // What a file defines last mostly uses what comes before.
    for found in first.into_iter().chain(others.into_iter().rev()) {
        if roots.contains(&found.name) || !contained.contains(&found.name) {
            let schema = set.schema_of(&found.ty);
            contained.extend(schema.definitions().iter().map(|definition| definition.name.to_string()));
            compared.push(found);
        }
    }
    compared.sort_by(|one, other| one.name.cmp(&other.name));
    compared
}

/// The types of today by the names that they may have had.
struct Successors {
    types: HashMap<String, FoundType>,
    /// What an alias stands for.
    aliases: HashMap<String, String>,
}

impl Successors {
    fn new(set: &SchemaSet) -> Successors {
        let mut aliases = HashMap::new();
        for definition in set.definitions() {
            for alias in &definition.aliases {
                aliases.entry(alias.to_string()).or_insert_with(|| definition.name.to_string());
            }
        }
        Successors { types: types::all(set).into_iter().map(|found| (found.name.clone(), found)).collect(), aliases }
    }

    fn of(&self, before: &FoundType) -> Option<&FoundType> {
        let by_alias = || self.types.get(self.aliases.get(&before.name)?);
        self.types.get(&before.name).or_else(by_alias)
    }
}

/// A label in the sources of the revision, which follow those of `set`.
fn behind(label: Label, set: &SchemaSet) -> Label {
    Label::new(SourceId(label.source.0 + set.sources().len()), label.span, label.text)
}

fn gone(old: &SchemaSet, before: &FoundType, schema: &Schema, revision: &str, set: &SchemaSet) -> Diagnostic {
    const TEXT: &str = "it was here";
    let name = &before.name;
    let definition = schema.definitions().iter().find(|definition| definition.name.as_str() == name);
    let label = match definition {
        Some(definition) => old.label(definition, &[Step::Key("name")], TEXT),
        None => Label::new(before.source, Span { start: 0, end: 0 }, TEXT),
    };
    let message = format!("`{name}` is gone since {revision}");
    Diagnostic::warning(RELEASED_TYPE_IS_GONE, message, behind(label, set))
        .with_help(format!("if it was renamed, give the new name the alias `{name}`"))
}
