//! Calls about configs, of the registry, a context or a subject.

use axum::extract::{Path, RawQuery};

use super::{Answer, Shared, flag, lock, ok};
use crate::server::config::ConfigRequest;
use crate::server::config_and_mode::scope;
use crate::server::request::read_body;
use crate::server::subject::Subject;

pub(super) async fn config(store: Shared) -> Answer {
    ok(&lock(&store).own_config(&Subject::parse(""))?)
}

pub(super) async fn subject_config(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let (store, scope) = (lock(&store), Subject::parse(&subject));
    ok(&match flag(&query, "defaultToGlobal") {
        true => store.effective_config(&scope),
        false => store.own_config(&scope)?,
    })
}

pub(super) async fn set_config(store: Shared, body: String) -> Answer {
    put_config(&store, None, &body)
}

pub(super) async fn set_subject_config(store: Shared, Path(subject): Path<String>, body: String) -> Answer {
    put_config(&store, Some(&subject), &body)
}

fn put_config(store: &Shared, subject: Option<&str>, body: &str) -> Answer {
    let request: ConfigRequest = read_body(body)?;
    let config = request.config()?;
    let scope = scope(subject)?;
    lock(store).change(|store| store.set_config(&scope, config))?;
    ok(&request)
}

pub(super) async fn delete_config(store: Shared) -> Answer {
    ok(&lock(&store).change(|store| store.delete_config(&Subject::parse("")))?)
}

pub(super) async fn delete_subject_config(store: Shared, Path(subject): Path<String>) -> Answer {
    ok(&lock(&store).change(|store| store.delete_config(&Subject::parse(&subject)))?)
}
