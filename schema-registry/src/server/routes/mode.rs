//! Calls about modes, of the registry, a context or a subject.

use axum::extract::{Path, RawQuery};
use serde::Deserialize;

use super::{Answer, Shared, flag, lock, ok};
use crate::mode::{Mode, UnknownMode};
use crate::server::config_and_mode::scope;
use crate::server::refusal::Refusal;
use crate::server::request::read_body;
use crate::server::subject::Subject;
use crate::wire::ModeBody;

pub(super) async fn mode(store: Shared) -> Answer {
    ok(&ModeBody { mode: lock(&store).own_mode(&Subject::parse(""))? })
}

pub(super) async fn subject_mode(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let (store, scope) = (lock(&store), Subject::parse(&subject));
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
    let scope = scope(subject)?;
    lock(store).change(|store| store.set_mode(&scope, mode, flag(query, "force")))?;
    ok(&ModeBody { mode })
}

pub(super) async fn delete_subject_mode(store: Shared, Path(subject): Path<String>) -> Answer {
    let mode = lock(&store).change(|store| store.delete_mode(&Subject::parse(&subject)))?;
    ok(&ModeBody { mode })
}

/// The mode as text, since one that is unknown is another mistake than JSON of the wrong form.
#[derive(Deserialize)]
struct ModeRequest {
    mode: Option<String>,
}

fn read_mode(body: &str) -> Result<Mode, Refusal> {
    let ModeRequest { mode } = read_body(body)?;
    let mode = mode.ok_or_else(|| Refusal::invalid_mode("the body has no `mode`"))?;
    mode.parse().map_err(|error: UnknownMode| Refusal::invalid_mode(&error.to_string()))
}
