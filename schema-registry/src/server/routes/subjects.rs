//! Calls about subjects and their versions.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;

use super::{Answer, Shared, flag, format, include, lock, ok, page, parameter, read_schema, respond};
use crate::server::version::VersionName;

pub(super) async fn subjects(store: Shared, query: RawQuery) -> Answer {
    let prefix = parameter(&query, "subjectPrefix").unwrap_or_default();
    ok(&page(&query, lock(&store).subjects(&prefix, include(&query))))
}

pub(super) async fn versions(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    ok(&page(&query, lock(&store).versions(&subject, include(&query))?))
}

pub(super) async fn register(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    ok(&lock(&store).register(&subject, &read_schema(&body)?, flag(&query, "normalize"))?)
}

pub(super) async fn look_up(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    let request = read_schema(&body)?;
    ok(&lock(&store).look_up(&subject, &request, flag(&query, "normalize"), include(&query), format(&query))?)
}

pub(super) async fn version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    ok(&lock(&store).version(&subject, VersionName::parse(&version)?, include(&query), format(&query))?)
}

pub(super) async fn version_text(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    let answer = lock(&store).version(&subject, VersionName::parse(&version)?, include(&query), format(&query))?;
    Ok(respond(StatusCode::OK, answer.schema.schema))
}

pub(super) async fn referenced_by(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    ok(&page(&query, lock(&store).referenced_by(&subject, VersionName::parse(&version)?)?))
}

pub(super) async fn delete_subject(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    ok(&lock(&store).delete_subject(&subject, flag(&query, "permanent"))?)
}

pub(super) async fn delete_version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
) -> Answer {
    ok(&lock(&store).delete_version(&subject, VersionName::parse(&version)?, flag(&query, "permanent"))?)
}

pub(super) async fn check(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    let request = read_schema(&body)?;
    ok(&lock(&store).check(&subject, None, &request, flag(&query, "normalize"), flag(&query, "verbose"))?)
}

pub(super) async fn check_version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
    body: String,
) -> Answer {
    let version = VersionName::parse(&version)?;
    let request = read_schema(&body)?;
    ok(&lock(&store).check(&subject, Some(version), &request, flag(&query, "normalize"), flag(&query, "verbose"))?)
}
