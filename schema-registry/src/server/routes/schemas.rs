//! Calls about schemas, by id, by GUID and all of them.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;

use super::{Answer, Shared, flag, format, is_deleted_wanted, lock, ok, page, parameter, read_id, respond};
use crate::server::schema_type::SchemaType;
use crate::server::subject::Subject;
use crate::server::version::VersionName;
use crate::wire::VersionAnswer;

pub(super) async fn schema_types() -> Answer {
    ok(&SchemaType::ALL.map(SchemaType::as_str))
}

/// An element of the list of all schemas.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    answer: VersionAnswer,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
}

pub(super) async fn schemas(store: Shared, query: RawQuery) -> Answer {
    let rule_type = parameter(&query, "ruleType").filter(|rule_type| !rule_type.is_empty());
    let store = lock(&store);
    let prefix = parameter(&query, "subjectPrefix").unwrap_or_default();
    let include = is_deleted_wanted(&query);
    let aliases = if flag(&query, "aliases") { store.aliases(&prefix) } else { BTreeMap::new() };
    let mut subjects: BTreeSet<_> = store.subjects(&prefix, include).into_iter().collect();
    subjects.extend(aliases.keys().cloned());
    let mut answers = Vec::new();
    for name in subjects {
        let subject = Subject::parse(&name);
        // An alias can be that of a subject which does not exist.
        let mut numbers = store.versions(&subject, include).unwrap_or_default();
        if flag(&query, "latestOnly") {
            numbers = numbers.split_off(numbers.len().saturating_sub(1));
        }
        for number in numbers {
            let answer = store.version(&subject, VersionName::Number(number), include, format(&query))?;
            let rules = answer.schema.rule_set.as_ref();
            if rule_type.as_ref().is_none_or(|wanted| rules.is_some_and(|rules| rules.has_type(wanted))) {
                answers.push(Listed { answer, aliases: aliases.get(&name).cloned().unwrap_or_default() });
            }
        }
    }
    ok(&page(&query, answers)?)
}

pub(super) async fn schema(store: Shared, Path(id): Path<String>, query: RawQuery) -> Answer {
    let store = lock(&store);
    let subject = parameter(&query, "subject");
    let answer = store.schema(read_id(&id)?, subject.as_deref())?.answer(format(&query));
    if !flag(&query, "fetchMaxId") {
        return ok(&answer);
    }
    let mut answer = json!(answer);
    if let Some(members) = answer.as_object_mut() {
        members.insert("maxId".to_owned(), json!(store.largest_id(subject.as_deref())));
    }
    ok(&answer)
}

pub(super) async fn schema_text(store: Shared, Path(id): Path<String>, query: RawQuery) -> Answer {
    let subject = parameter(&query, "subject");
    let text = lock(&store).schema(read_id(&id)?, subject.as_deref())?.text_in(format(&query));
    Ok(respond(StatusCode::OK, text))
}

pub(super) async fn schema_subjects(store: Shared, Path(id): Path<String>, query: RawQuery) -> Answer {
    let subject = parameter(&query, "subject");
    let uses = lock(&store).uses(read_id(&id)?, subject.as_deref(), is_deleted_wanted(&query))?;
    let mut subjects: Vec<_> = uses.into_iter().map(|found| found.subject).collect();
    subjects.dedup();
    ok(&page(&query, subjects)?)
}

pub(super) async fn schema_versions(store: Shared, Path(id): Path<String>, query: RawQuery) -> Answer {
    let subject = parameter(&query, "subject");
    let uses = lock(&store).uses(read_id(&id)?, subject.as_deref(), is_deleted_wanted(&query))?;
    ok(&page(&query, uses)?)
}

pub(super) async fn by_guid(store: Shared, Path(guid): Path<String>, query: RawQuery) -> Answer {
    ok(&lock(&store).schema_by_guid(&guid)?.answer(format(&query)))
}

pub(super) async fn ids_of_guid(store: Shared, Path(guid): Path<String>) -> Answer {
    ok(&lock(&store).ids_of_guid(&guid)?)
}
