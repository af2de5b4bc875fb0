//! The embedded registry's HTTP: from a request to a call of the store, and from its result to JSON.

mod schemas;
mod settings;
mod subjects;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{Request, StatusCode, header};
use axum::middleware::{map_request, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::json;

use super::address::without_context;
use super::refusal::Refusal;
use super::store::{Format, Store};
use super::version::Include;
use crate::error_code::ErrorCode;
use crate::frame::SchemaId;
use crate::wire::{ErrorAnswer, MEDIA_TYPE, SchemaRequest};

/// A body larger than this is refused: schemas are far smaller.
const LARGEST_BODY: usize = 4 << 20;

/// Whose API this is.
const VERSION: &str = "8.0.0";

type Shared = State<Arc<Mutex<Store>>>;
type Answer = Result<Response, Refusal>;

pub(super) fn router(requests: Arc<AtomicU64>) -> Router {
    use schemas::{by_guid, ids_of_guid, schema, schema_subjects, schema_text, schema_types, schema_versions, schemas};
    use settings::{delete_level, delete_mode, level, mode, set_level, set_mode};
    use settings::{delete_subject_level, delete_subject_mode, set_subject_level, set_subject_mode};
    use settings::{subject_level, subject_mode};
    use subjects::{check, check_version, delete_subject, delete_version, look_up, referenced_by};
    use subjects::{register, subjects, version, version_text, versions};

    let routes = Router::new()
        .route("/", get(root))
        .route("/subjects", get(subjects))
        .route("/subjects/{subject}", post(look_up).delete(delete_subject))
        .route("/subjects/{subject}/versions", get(versions).post(register))
        .route("/subjects/{subject}/versions/{version}", get(version).delete(delete_version))
        .route("/subjects/{subject}/versions/{version}/schema", get(version_text))
        .route("/subjects/{subject}/versions/{version}/referencedby", get(referenced_by))
        .route("/schemas", get(schemas))
        .route("/schemas/types", get(schema_types))
        .route("/schemas/ids/{id}", get(schema))
        .route("/schemas/ids/{id}/schema", get(schema_text))
        .route("/schemas/ids/{id}/subjects", get(schema_subjects))
        .route("/schemas/ids/{id}/versions", get(schema_versions))
        .route("/schemas/guids/{guid}", get(by_guid))
        .route("/schemas/guids/{guid}/ids", get(ids_of_guid))
        .route("/compatibility/subjects/{subject}/versions", post(check))
        .route("/compatibility/subjects/{subject}/versions/{version}", post(check_version))
        .route("/config", get(level).put(set_level).delete(delete_level))
        .route("/config/{subject}", get(subject_level).put(set_subject_level).delete(delete_subject_level))
        .route("/mode", get(mode).put(set_mode).delete(delete_mode))
        .route("/mode/{subject}", get(subject_mode).put(set_subject_mode).delete(delete_subject_mode))
        .route("/contexts", get(contexts))
        .route("/v1/metadata/id", get(cluster))
        .route("/v1/metadata/version", get(registry_version))
        .with_state(Arc::default());
    // A layer works on what its router has chosen a route for: the one that changes addresses needs a router of its own.
    Router::new()
        .fallback_service(routes)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(map_response(errors_as_json))
        .layer(map_request(move |mut request: Request<Body>| {
            requests.fetch_add(1, Ordering::Relaxed);
            if let Some(address) = without_context(request.uri()) {
                *request.uri_mut() = address;
            }
            std::future::ready(request)
        }))
}

async fn root() -> Answer {
    ok(&json!({}))
}

async fn contexts(store: Shared) -> Answer {
    ok(&lock(&store).contexts())
}

async fn cluster() -> Answer {
    let clusters = json!({ "kafka-cluster": "embedded", "schema-registry-cluster": "schema-registry" });
    ok(&json!({ "scope": { "path": [], "clusters": clusters }, "id": "" }))
}

async fn registry_version() -> Answer {
    ok(&json!({ "version": VERSION, "commitId": concat!("embedded-", env!("CARGO_PKG_VERSION")) }))
}

fn lock(store: &Shared) -> MutexGuard<'_, Store> {
    // Should a request ever panic, the others go on with what it left behind.
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_schema(body: &str) -> Result<SchemaRequest<'static>, Refusal> {
    serde_json::from_str(body).map_err(|error| Refusal::malformed(&error.to_string()))
}

fn read_id(text: &str) -> Result<SchemaId, Refusal> {
    text.parse().map(SchemaId::new).map_err(|_| Refusal::schema_not_found())
}

fn include(query: &RawQuery) -> Include {
    if flag(query, "deletedOnly") {
        return Include::DeletedOnly;
    }
    if flag(query, "deleted") { Include::All } else { Include::Live }
}

fn format(query: &RawQuery) -> Format {
    Format::parse(parameter(query, "format").as_deref())
}

/// The part of a list that `offset` and `limit` ask for.
fn page<T>(query: &RawQuery, list: Vec<T>) -> Vec<T> {
    let number = |name| parameter(query, name).and_then(|text| text.parse().ok());
    list.into_iter().skip(number("offset").unwrap_or(0)).take(number("limit").unwrap_or(usize::MAX)).collect()
}

fn flag(query: &RawQuery, name: &str) -> bool {
    parameter(query, name).is_some_and(|value| value == "true")
}

fn parameter(RawQuery(query): &RawQuery, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_deref()?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn ok(answer: &impl Serialize) -> Answer {
    match serde_json::to_string(answer) {
        Ok(body) => Ok(respond(StatusCode::OK, body)),
        Err(error) => Err(Refusal { code: ErrorCode::StoreFailed, message: error.to_string() }),
    }
}

fn respond(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
}

fn refuse(status: StatusCode, error_code: i32, message: String) -> Response {
    respond(status, json!(ErrorAnswer { error_code, message }).to_string())
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        refuse(status, self.code.number(), self.message)
    }
}

/// What the router refuses by itself (an unknown path, a wrong method, a body too large) gets a body of
/// the registry's form too.
async fn errors_as_json(response: Response) -> Response {
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == MEDIA_TYPE);
    let status = response.status();
    if status.is_success() || is_ours {
        return response;
    }
    let message = format!("HTTP {status}");
    refuse(status, i32::from(status.as_u16()), message)
}
