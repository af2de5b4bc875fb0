//! The embedded registry's HTTP: from a request to a call of the store, and from its result to JSON.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{Request, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::store::{Include, Mode, Store, VersionName};
use crate::compatibility::CompatibilityLevel;
use crate::error_code::ErrorCode;
use crate::frame::SchemaId;
use crate::wire::{ErrorAnswer, IdAnswer, LevelAnswer, LevelRequest, MEDIA_TYPE, SchemaAnswer, SchemaRequest};

/// A body larger than this is refused: schemas are far smaller.
const LARGEST_BODY: usize = 4 << 20;

type Shared = State<Arc<Mutex<Store>>>;
type Answer = Result<Response, Refusal>;

pub(super) fn router(requests: Arc<AtomicU64>) -> Router {
    Router::new()
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
        .route("/compatibility/subjects/{subject}/versions", post(check))
        .route("/compatibility/subjects/{subject}/versions/{version}", post(check_version))
        .route("/config", get(level).put(set_level).delete(reset_level))
        .route("/config/{subject}", get(subject_level).put(set_subject_level).delete(delete_subject_level))
        .route("/mode", get(mode).put(set_mode).delete(reset_mode))
        .route("/mode/{subject}", get(subject_mode).put(set_subject_mode).delete(delete_subject_mode))
        .route("/contexts", get(contexts))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(map_response(errors_as_json))
        .layer(axum::middleware::map_request(move |request: Request<Body>| {
            requests.fetch_add(1, Ordering::Relaxed);
            std::future::ready(request)
        }))
        .with_state(Arc::default())
}

async fn root() -> Answer {
    ok(&json!({}))
}

async fn contexts() -> Answer {
    ok(&json!(["."]))
}

async fn schema_types() -> Answer {
    ok(&json!(["AVRO"]))
}

async fn subjects(store: Shared, query: RawQuery) -> Answer {
    let prefix = parameter(&query, "subjectPrefix").unwrap_or_default();
    ok(&lock(&store).subjects(&prefix, include(&query)))
}

async fn versions(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    ok(&lock(&store).versions(&subject, include(&query))?)
}

async fn register(store: Shared, Path(subject): Path<String>, body: String) -> Answer {
    let id = lock(&store).register(&subject, &read_schema(&body)?)?;
    ok(&IdAnswer { id })
}

async fn look_up(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    ok(&lock(&store).look_up(&subject, &read_schema(&body)?, include(&query))?)
}

async fn version(store: Shared, Path((subject, version)): Path<(String, String)>, query: RawQuery) -> Answer {
    ok(&lock(&store).version(&subject, VersionName::parse(&version)?, include(&query))?)
}

async fn version_text(store: Shared, Path((subject, version)): Path<(String, String)>, query: RawQuery) -> Answer {
    let answer = lock(&store).version(&subject, VersionName::parse(&version)?, include(&query))?;
    Ok(respond(StatusCode::OK, answer.schema.schema))
}

async fn referenced_by(store: Shared, Path((subject, version)): Path<(String, String)>) -> Answer {
    ok(&lock(&store).referenced_by(&subject, VersionName::parse(&version)?)?)
}

async fn delete_subject(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    ok(&lock(&store).delete_subject(&subject, flag(&query, "permanent"))?)
}

async fn delete_version(store: Shared, Path((subject, version)): Path<(String, String)>, query: RawQuery) -> Answer {
    ok(&lock(&store).delete_version(&subject, VersionName::parse(&version)?, flag(&query, "permanent"))?)
}

async fn schemas(store: Shared, query: RawQuery) -> Answer {
    let store = lock(&store);
    let prefix = parameter(&query, "subjectPrefix").unwrap_or_default();
    let include = include(&query);
    let mut answers = Vec::new();
    for subject in store.subjects(&prefix, include) {
        let mut numbers = store.versions(&subject, include)?;
        if flag(&query, "latestOnly") {
            numbers = numbers.split_off(numbers.len().saturating_sub(1));
        }
        for number in numbers {
            answers.push(store.version(&subject, VersionName::Number(number), include)?);
        }
    }
    ok(&answers)
}

async fn schema(store: Shared, Path(id): Path<String>) -> Answer {
    ok(&SchemaAnswer::from(&**lock(&store).schema(read_id(&id)?)?))
}

async fn schema_text(store: Shared, Path(id): Path<String>) -> Answer {
    Ok(respond(StatusCode::OK, lock(&store).schema(read_id(&id)?)?.text.clone()))
}

async fn schema_subjects(store: Shared, Path(id): Path<String>, query: RawQuery) -> Answer {
    let mut subjects: Vec<_> =
        lock(&store).uses(read_id(&id)?, include(&query))?.into_iter().map(|(subject, _)| subject).collect();
    subjects.dedup();
    ok(&subjects)
}

async fn schema_versions(store: Shared, Path(id): Path<String>, query: RawQuery) -> Answer {
    let uses = lock(&store).uses(read_id(&id)?, include(&query))?;
    let uses: Vec<_> =
        uses.into_iter().map(|(subject, version)| json!({ "subject": subject, "version": version })).collect();
    ok(&uses)
}

async fn check(store: Shared, Path(subject): Path<String>, query: RawQuery, body: String) -> Answer {
    ok(&lock(&store).check(&subject, None, &read_schema(&body)?, flag(&query, "verbose"))?)
}

async fn check_version(
    store: Shared,
    Path((subject, version)): Path<(String, String)>,
    query: RawQuery,
    body: String,
) -> Answer {
    let version = VersionName::parse(&version)?;
    ok(&lock(&store).check(&subject, Some(version), &read_schema(&body)?, flag(&query, "verbose"))?)
}

async fn level(store: Shared) -> Answer {
    ok(&LevelAnswer { level: lock(&store).level() })
}

async fn set_level(store: Shared, body: String) -> Answer {
    let level = read_level(&body)?;
    lock(&store).set_level(level);
    ok(&LevelRequest { level })
}

async fn reset_level(store: Shared) -> Answer {
    let mut store = lock(&store);
    let level = store.level();
    store.set_level(CompatibilityLevel::Backward);
    ok(&LevelAnswer { level })
}

async fn subject_level(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let store = lock(&store);
    let level = match flag(&query, "defaultToGlobal") {
        true => store.effective_level(&subject),
        false => store.subject_level(&subject)?,
    };
    ok(&LevelAnswer { level })
}

async fn set_subject_level(store: Shared, Path(subject): Path<String>, body: String) -> Answer {
    let level = read_level(&body)?;
    lock(&store).set_subject_level(&subject, level)?;
    ok(&LevelRequest { level })
}

async fn delete_subject_level(store: Shared, Path(subject): Path<String>) -> Answer {
    ok(&LevelAnswer { level: lock(&store).delete_subject_level(&subject)? })
}

async fn mode(store: Shared) -> Answer {
    ok(&json!({ "mode": lock(&store).mode() }))
}

async fn set_mode(store: Shared, body: String) -> Answer {
    let mode = read_mode(&body)?;
    lock(&store).set_mode(mode);
    ok(&json!({ "mode": mode }))
}

async fn reset_mode(store: Shared) -> Answer {
    let mut store = lock(&store);
    let mode = store.mode();
    store.set_mode(Mode::Readwrite);
    ok(&json!({ "mode": mode }))
}

async fn subject_mode(store: Shared, Path(subject): Path<String>, query: RawQuery) -> Answer {
    let store = lock(&store);
    let mode = match flag(&query, "defaultToGlobal") {
        true => store.effective_mode(&subject),
        false => store.subject_mode(&subject)?,
    };
    ok(&json!({ "mode": mode }))
}

async fn set_subject_mode(store: Shared, Path(subject): Path<String>, body: String) -> Answer {
    let mode = read_mode(&body)?;
    lock(&store).set_subject_mode(&subject, mode)?;
    ok(&json!({ "mode": mode }))
}

async fn delete_subject_mode(store: Shared, Path(subject): Path<String>) -> Answer {
    ok(&json!({ "mode": lock(&store).delete_subject_mode(&subject)? }))
}

fn lock(store: &Shared) -> MutexGuard<'_, Store> {
    // Should a request ever panic, the others go on with what it left behind.
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_schema(body: &str) -> Result<SchemaRequest<'static>, Refusal> {
    serde_json::from_str(body).map_err(|error| Refusal::malformed(&error.to_string()))
}

fn read_level(body: &str) -> Result<CompatibilityLevel, Refusal> {
    let request: LevelRequest =
        serde_json::from_str(body).map_err(|error| Refusal::invalid_level(&error.to_string()))?;
    Ok(request.level)
}

fn read_mode(body: &str) -> Result<Mode, Refusal> {
    let invalid = |error: serde_json::Error| Refusal::invalid_mode(&error.to_string());
    let mut request: Value = serde_json::from_str(body).map_err(invalid)?;
    let mode = request.get_mut("mode").map_or(Value::Null, Value::take);
    serde_json::from_value(mode).map_err(invalid)
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
