//! Which media types requests may come in, and in which one the answer goes.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::refuse;
use crate::wire::MEDIA_TYPE;

/// All of them are the same JSON; an answer goes in the first one that the client takes.
const ANSWERS: [&str; 3] = [MEDIA_TYPE, "application/vnd.schemaregistry+json", "application/json"];

/// Another media type that a body may have: the one of clients that set none.
const ANYTHING: &str = "application/octet-stream";

/// Refuses bodies that call themselves anything but JSON, and clients that do not take JSON.
pub(super) async fn negotiate(request: Request, next: Next) -> Response {
    let has_body = matches!(*request.method(), Method::POST | Method::PUT);
    if has_body && !is_understood(request.headers()) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, 415, "HTTP 415 Unsupported Media Type".to_owned());
    }
    let Some(answer_type) = answer_type(request.headers()) else {
        return refuse(StatusCode::NOT_ACCEPTABLE, 406, "HTTP 406 Not Acceptable".to_owned());
    };
    let mut response = next.run(request).await;
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == MEDIA_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(answer_type));
    }
    response
}

fn is_understood(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return true };
    let name = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ANSWERS.contains(&name.as_str()) || name == ANYTHING
}

/// The type that the client prefers, by its own weights first.
fn answer_type(headers: &HeaderMap) -> Option<&'static str> {
    let accepted: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accepted = accepted.join(",");
    if accepted.trim().is_empty() {
        return Some(MEDIA_TYPE);
    }
    let weighted = ANSWERS.into_iter().map(|name| (name, weight(&accepted, name)));
    // Of several with the same weight, the first.
    weighted
        .rev()
        .filter(|(_, weight)| *weight > 0.0)
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(name, _)| name)
}

/// How much a client prefers a type: the weight of the most precise of its ranges.
fn weight(accepted: &str, name: &str) -> f32 {
    let ranges = accepted.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let pattern = parts.next().unwrap_or_default().to_ascii_lowercase();
        let precision = match pattern.as_str() {
            "*/*" => 0,
            "application/*" => 1,
            exact if exact == name => 2,
            _ => return None,
        };
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |weight| weight.trim().parse().ok());
        Some((precision, weight.unwrap_or(0.0)))
    });
    ranges.max_by_key(|(precision, _)| *precision).map_or(0.0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{ANSWERS, answer_type, is_understood};

    #[test]
    fn answers_go_in_the_type_that_the_client_likes_best() {
        let [first, second, json] = ANSWERS.map(Some);
        for (accept, expected) in [
            (None, first),
            (Some(""), first),
            (Some("*/*"), first),
            (Some("application/json"), json),
            (Some("application/json, application/vnd.schemaregistry+json"), second),
            (Some("application/vnd.schemaregistry.v1+json;q=0.1, application/json"), json),
            (Some("text/html, application/*;q=0.5"), first),
            (Some("Application/JSON; charset=utf-8"), json),
            (Some("*/*, application/vnd.schemaregistry.v1+json;q=0"), second),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
            (Some("application/json;q=much"), None),
        ] {
            let accept = accept.map(|accept| (header::ACCEPT, HeaderValue::from_static(accept)));
            assert_eq!(answer_type(&accept.clone().into_iter().collect()), expected, "{accept:?}");
        }
        let both = [(header::ACCEPT, "text/html"), (header::ACCEPT, "application/json")];
        let mut headers = HeaderMap::new();
        for (name, value) in both {
            headers.append(name, HeaderValue::from_static(value));
        }
        assert_eq!(answer_type(&headers), json, "of two lines");
    }

    #[test]
    fn bodies_are_json_by_name_or_by_silence() {
        for (content_type, expected) in [
            (None, true),
            (Some("application/vnd.schemaregistry.v1+json"), true),
            (Some("APPLICATION/JSON;charset=UTF-8"), true),
            (Some("application/octet-stream"), true),
            (Some("text/plain"), false),
            (Some("application/x-www-form-urlencoded"), false),
            (Some(""), false),
        ] {
            let header =
                content_type.map(|content_type| (header::CONTENT_TYPE, HeaderValue::from_static(content_type)));
            assert_eq!(is_understood(&header.into_iter().collect()), expected, "{content_type:?}");
        }
    }
}
