//! The embedded registry's HTTP: from a request to a call of the store, and from its result to JSON.

mod config;
mod media_type;
mod mode;
mod schemas;
mod subjects;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{Request, StatusCode, header};
use axum::middleware::{from_fn, map_request, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::json;

use super::address::routed;
use super::kept::Kept;
use super::refusal::Refusal;
use super::store::Format;
use super::version::Include;
use crate::error_code::ErrorCode;
use crate::frame::SchemaId;
use crate::wire::{ErrorAnswer, MEDIA_TYPE};

/// A body larger than this is refused: schemas are far smaller.
const LARGEST_BODY: usize = 4 << 20;

/// Whose API this is.
const VERSION: &str = "8.0.0";

type Shared = State<Arc<Mutex<Kept>>>;
type Answer = Result<Response, Refusal>;

pub(super) fn router(kept: Kept, requests: Arc<AtomicU64>) -> Router {
    use config::{config, delete_config, delete_subject_config, set_config, set_subject_config, subject_config};
    use mode::{delete_subject_mode, mode, set_mode, set_subject_mode, subject_mode};
    use schemas::{by_guid, ids_of_guid, schema, schema_subjects, schema_text, schema_types, schema_versions, schemas};
    use subjects::{
        check, check_version, delete_subject, delete_version, latest_with_metadata, look_up, referenced_by,
    };
    use subjects::{register, subjects, version, version_text, versions};

    let routes = Router::new()
        .route("/", get(root))
        .route("/subjects", get(subjects))
        .route("/subjects/{subject}", post(look_up).delete(delete_subject))
        .route("/subjects/{subject}/metadata", get(latest_with_metadata))
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
        .route("/config", get(config).put(set_config).delete(delete_config))
        .route("/config/{subject}", get(subject_config).put(set_subject_config).delete(delete_subject_config))
        .route("/mode", get(mode).put(set_mode))
        .route("/mode/{subject}", get(subject_mode).put(set_subject_mode).delete(delete_subject_mode))
        .route("/contexts", get(contexts))
        .route("/v1/metadata/id", get(cluster))
        .route("/v1/metadata/version", get(registry_version))
        .route_layer(from_fn(media_type::negotiate))
        .with_state(Arc::new(Mutex::new(kept)));
    // A layer works on what its router has chosen a route for: the one that changes addresses needs a router of its
    // own.
    Router::new()
        .fallback_service(routes)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(map_response(errors_as_json))
        .layer(map_request(move |mut request: Request<Body>| {
            requests.fetch_add(1, Ordering::Relaxed);
            std::future::ready(routed(request.uri()).map(|address| {
                *request.uri_mut() = address;
                request
            }))
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

fn lock(store: &Shared) -> MutexGuard<'_, Kept> {
    // If a request ever panics, the others continue with the state that it left.
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An id that is not a number, or too large for one, makes an address that does not exist.
fn read_id(text: &str) -> Result<SchemaId, Refusal> {
    let id: i32 = text.parse().map_err(|_| Refusal::no_such_address())?;
    u32::try_from(id).map(SchemaId::new).map_err(|_| Refusal::schema_not_found())
}

/// For lists that can be of what is deleted alone.
fn include(query: &RawQuery) -> Include {
    if flag(query, "deletedOnly") { Include::DeletedOnly } else { is_deleted_wanted(query) }
}

fn is_deleted_wanted(query: &RawQuery) -> Include {
    if flag(query, "deleted") { Include::All } else { Include::Live }
}

fn format(query: &RawQuery) -> Format {
    Format::parse(parameter(query, "format").as_deref())
}

/// The part of a list that `offset` and `limit` ask for; a limit of zero or less means no limit.
fn page<T>(query: &RawQuery, list: Vec<T>) -> Result<Vec<T>, Refusal> {
    let number = |name| match parameter(query, name).filter(|text| !text.is_empty()) {
        Some(text) => text.parse::<i32>().map_err(|_| Refusal::no_such_address()),
        None => Ok(0),
    };
    let offset = usize::try_from(number("offset")?).unwrap_or(0);
    let limit = usize::try_from(number("limit")?).ok().filter(|limit| *limit > 0);
    Ok(list.into_iter().skip(offset).take(limit.unwrap_or(usize::MAX)).collect())
}

fn flag(query: &RawQuery, name: &'static str) -> bool {
    parameter(query, name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn parameter(query: &RawQuery, name: &'static str) -> Option<String> {
    parameters(query, name).next()
}

/// The values of a parameter that may come several times.
fn parameters(RawQuery(query): &RawQuery, name: &'static str) -> impl Iterator<Item = String> {
    let parameters = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    parameters.filter(move |(key, _)| key == name).map(|(_, value)| value.into_owned())
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
        let status = StatusCode::from_u16(self.status());
        debug_assert!(status.is_ok(), "{:?} begins with an HTTP status", self.code);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        refuse(status, self.code.number(), self.message)
    }
}

/// What the router refuses by itself (an unknown path, a wrong method, a body too large) gets a body of
/// the registry's form too.
async fn errors_as_json(response: Response) -> Response {
    let content_type = response.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes());
    let is_ours = content_type.is_some_and(|content_type| content_type.ends_with(b"json"));
    let status = response.status();
    if status.is_success() || is_ours {
        return response;
    }
    let message = format!("HTTP {status}");
    refuse(status, i32::from(status.as_u16()), message)
}
