//! What is measured of the requests to a registry, for whatever collects metrics.

use std::sync::Arc;
use std::time::Duration;

use metrics::{SharedString, Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};
use reqwest::Method;

use crate::error::RegistryError;

/// The name of a call in metrics and spans. There are as many as the registry has routes, whatever is asked for.
pub(crate) fn call_name(method: &Method, path: &[&str]) -> &'static str {
    let (is_read, is_deletion) = (method == Method::GET, method == Method::DELETE);
    match path {
        ["schemas", "ids", _] => "schema_by_id",
        ["schemas", "ids", ..] => "uses_of_id",
        ["schemas", "guids", _] => "schema_by_guid",
        ["schemas", "guids", ..] => "ids_of_guid",
        ["search", "versions"] => "schema_by_global_id",
        ["subjects"] => "subjects",
        ["subjects", _, "metadata"] => "latest_with_metadata",
        ["subjects", _] if is_deletion => "delete_subject",
        ["subjects", _] => "look_up",
        ["subjects", _, "versions"] if is_read => "versions",
        ["subjects", _, "versions"] => "register",
        ["subjects", _, "versions", _] if is_deletion => "delete_version",
        ["subjects", _, "versions", "latest"] => "latest",
        ["subjects", _, "versions", ..] => "version",
        ["compatibility", ..] => "compatibility",
        ["config", ..] if is_read => "config",
        ["config", ..] => "set_config",
        ["mode", ..] if is_read => "mode",
        ["mode", ..] => "set_mode",
        ["contexts"] => "contexts",
        _ => "other",
    }
}

/// Counts a request and its time, waiting for its turn included.
pub(crate) fn request(registry: &Arc<str>, operation: &'static str, took: Duration, error: Option<&RegistryError>) {
    let labels = [
        ("registry", SharedString::from_shared(Arc::clone(registry))),
        ("operation", operation.into()),
        ("result", result(error).into()),
    ];
    counter!("schema_registry_requests_total", &labels).increment(1);
    histogram!("schema_registry_request_duration_seconds", &labels).record(took.as_secs_f64());
}

fn result(error: Option<&RegistryError>) -> &'static str {
    match error {
        None => "success",
        Some(RegistryError::Transport { .. }) => "unreachable",
        Some(RegistryError::Http { status: 404, .. }) => "not_found",
        Some(error) if error.is_retriable() => "failed",
        Some(_) => "refused",
    }
}

/// Tells the collector, if one is installed by now, what the metrics mean.
pub(crate) fn describe() {
    describe_counter!("schema_registry_requests_total", "Requests to the schema registry");
    describe_histogram!(
        "schema_registry_request_duration_seconds",
        Unit::Seconds,
        "How long the schema registry took to answer a request"
    );
    describe_counter!("schema_registry_cache_lookups_total", "Lookups in the caches of the schema registry's client");
    describe_gauge!("schema_registry_cache_entries", "What the client of the schema registry has in memory");
    describe_gauge!("schema_registry_shared_cache_available", "Whether the shared cache of schemas works");
    describe_histogram!(
        "schema_registry_shared_cache_duration_seconds",
        Unit::Seconds,
        "How long the shared cache of schemas took to answer"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_have_names_of_which_there_are_few() {
        let check = |method: Method, path: &[&str], name| assert_eq!(call_name(&method, path), name, "{path:?}");
        check(Method::GET, &["schemas", "ids", "7"], "schema_by_id");
        check(Method::GET, &["schemas", "ids", "7", "versions"], "uses_of_id");
        check(Method::GET, &["subjects", "a", "versions"], "versions");
        check(Method::POST, &["subjects", "a", "versions"], "register");
        check(Method::POST, &["subjects", "a"], "look_up");
        check(Method::DELETE, &["subjects", "a"], "delete_subject");
        check(Method::GET, &["subjects", "a", "versions", "latest"], "latest");
        check(Method::GET, &["subjects", "latest", "versions", "3"], "version");
        check(Method::DELETE, &["subjects", "a", "versions", "3"], "delete_version");
        check(Method::PUT, &["config", "a"], "set_config");
        check(Method::GET, &["mode"], "mode");
        check(Method::GET, &["search", "versions"], "schema_by_global_id");
        check(Method::GET, &["v1", "metadata", "id"], "other");
    }
}
