//! Calls about levels and modes, of the registry, a context or a subject.

use axum::extract::{Path, RawQuery};
use serde_json::Value;

use super::{Answer, Shared, flag, lock, ok};
use crate::CompatibilityLevel;
use crate::mode::Mode;
use crate::server::refusal::Refusal;
use crate::server::settings::scope;
use crate::wire::{LevelAnswer, LevelRequest, ModeBody};

pub(super) async fn level(store: Shared) -> Answer {
    ok(&LevelAnswer { level: lock(&store).own_level(&scope(None)?)? })
}

pub(super) async fn subject_level(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let (store, scope) = (lock(&store), scope(Some(&subject))?);
    let level = match flag(&query, "defaultToGlobal") {
        true => store.effective_level(&scope),
        false => store.own_level(&scope)?,
    };
    ok(&LevelAnswer { level })
}

pub(super) async fn set_level(store: Shared, body: String) -> Answer {
    put_level(&store, None, &body)
}

pub(super) async fn set_subject_level(store: Shared, Path(subject): Path<String>, body: String) -> Answer {
    put_level(&store, Some(&subject), &body)
}

fn put_level(store: &Shared, subject: Option<&str>, body: &str) -> Answer {
    let level = read_level(body)?;
    lock(store).set_level(&scope(subject)?, level)?;
    ok(&LevelRequest { level })
}

pub(super) async fn delete_level(store: Shared) -> Answer {
    ok(&LevelAnswer { level: lock(&store).delete_level(&scope(None)?)? })
}

pub(super) async fn delete_subject_level(store: Shared, Path(subject): Path<String>) -> Answer {
    ok(&LevelAnswer { level: lock(&store).delete_level(&scope(Some(&subject))?)? })
}

pub(super) async fn mode(store: Shared) -> Answer {
    ok(&ModeBody { mode: lock(&store).own_mode(&scope(None)?)? })
}

pub(super) async fn subject_mode(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let (store, scope) = (lock(&store), scope(Some(&subject))?);
    let mode = match flag(&query, "defaultToGlobal") {
        true => store.effective_mode(&scope),
        false => store.own_mode(&scope)?,
    };
    ok(&ModeBody { mode })
}

pub(super) async fn set_mode(store: Shared, query: RawQuery, body: String) -> Answer {
    put_mode(&store, None, &query, &body)
}

pub(super) async fn set_subject_mode(
    store: Shared,
    Path(subject): Path<String>,
    query: RawQuery,
    body: String,
) -> Answer {
    put_mode(&store, Some(&subject), &query, &body)
}

fn put_mode(store: &Shared, subject: Option<&str>, query: &RawQuery, body: &str) -> Answer {
    let mode = read_mode(body)?;
    lock(store).set_mode(&scope(subject)?, mode, flag(query, "force"))?;
    ok(&ModeBody { mode })
}

pub(super) async fn delete_mode(store: Shared) -> Answer {
    ok(&ModeBody { mode: lock(&store).delete_mode(&scope(None)?)? })
}

pub(super) async fn delete_subject_mode(store: Shared, Path(subject): Path<String>) -> Answer {
    ok(&ModeBody { mode: lock(&store).delete_mode(&scope(Some(&subject))?)? })
}

fn read_level(body: &str) -> Result<CompatibilityLevel, Refusal> {
    let request: LevelRequest =
        serde_json::from_str(body).map_err(|error| Refusal::invalid_level(&error.to_string()))?;
    Ok(request.level)
}

fn read_mode(body: &str) -> Result<Mode, Refusal> {
    let request: Value = serde_json::from_str(body).map_err(|error| Refusal::invalid_mode(&error.to_string()))?;
    let Some(mode) = request.get("mode").and_then(Value::as_str) else {
        return Err(Refusal::invalid_mode("the body has no text `mode`"));
    };
    mode.parse().map_err(|error: crate::mode::UnknownMode| Refusal::invalid_mode(&error.to_string()))
}
