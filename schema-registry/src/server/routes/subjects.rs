//! Calls about subjects and their versions.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;

use super::{Answer, Shared, flag, format, include, is_deleted_wanted, lock, ok, page, parameter, parameters, respond};
use crate::server::request::{SchemaRequest, read_body};
use crate::server::subject::Subject;
use crate::server::version::VersionName;

pub(super) async fn subjects(store: Shared, query: RawQuery) -> Answer {
    let prefix = parameter(&query, "subjectPrefix").unwrap_or_default();
    ok(&page(&query, lock(&store).subjects(&prefix, include(&query)))?)
}

pub(super) async fn versions(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let store = lock(&store);
    let subject = store.subject(&subject);
    if flag(&query, "deletedAsNegative") {
        return ok(&page(&query, store.signed_versions(&subject, include(&query))?)?);
    }
    ok(&page(&query, store.versions(&subject, include(&query))?)?)
}

pub(super) async fn register(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    let request: SchemaRequest = read_body(&body)?;
    let mut store = lock(&store);
    let subject = Subject::checked(store.subject(&subject).as_str())?;
    ok(&store.change(|store| store.register(&subject, &request, flag(&query, "normalize")))?)
}

pub(super) async fn look_up(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    let request: SchemaRequest = read_body(&body)?;
    let store = lock(&store);
    let subject = store.subject(&subject);
    ok(&store.look_up(&subject, &request, flag(&query, "normalize"), is_deleted_wanted(&query), format(&query))?)
}

pub(super) async fn latest_with_metadata(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let properties: Vec<_> = parameters(&query, "key").zip(parameters(&query, "value")).collect();
    let store = lock(&store);
    let subject = store.subject(&subject);
    ok(&store.latest_with(&subject, &properties, is_deleted_wanted(&query), format(&query))?)
}

pub(super) async fn version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    let version = VersionName::parse(&version)?;
    let store = lock(&store);
    ok(&store.version(&store.subject(&subject), version, is_deleted_wanted(&query), format(&query))?)
}

pub(super) async fn version_text(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    let version = VersionName::parse(&version)?;
    let store = lock(&store);
    let answer = store.version(&store.subject(&subject), version, is_deleted_wanted(&query), format(&query))?;
    Ok(respond(StatusCode::OK, answer.schema.schema))
}

pub(super) async fn referenced_by(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    let version = VersionName::parse(&version)?;
    let store = lock(&store);
    ok(&page(&query, store.referenced_by(&store.subject(&subject), version)?)?)
}

pub(super) async fn delete_subject(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let mut store = lock(&store);
    let subject = store.subject(&subject);
    ok(&store.change(|store| store.delete_subject(&subject, flag(&query, "permanent")))?)
}

pub(super) async fn delete_version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    let version = VersionName::parse(&version)?;
    let mut store = lock(&store);
    let subject = store.subject(&subject);
    ok(&store.change(|store| store.delete_version(&subject, version, flag(&query, "permanent")))?)
}

pub(super) async fn check(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    let request: SchemaRequest = read_body(&body)?;
    let store = lock(&store);
    let subject = store.subject(&subject);
    ok(&store.check(&subject, None, &request, flag(&query, "normalize"), flag(&query, "verbose"))?)
}

pub(super) async fn check_version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
    body: String,
) -> Answer {
    let request: SchemaRequest = read_body(&body)?;
    let version = VersionName::parse(&version)?;
    let store = lock(&store);
    let subject = store.subject(&subject);
    ok(&store.check(&subject, Some(version), &request, flag(&query, "normalize"), flag(&query, "verbose"))?)
}
