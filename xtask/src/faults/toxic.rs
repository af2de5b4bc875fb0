//! What is wrong with a connection, as tests request it.

use std::time::Duration;

/// What a proxy does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toxic {
    /// Everything gets through.
    Healthy,
    /// Connections are closed, and so is every new one.
    Cut,
    /// Whatever is read waits for so long, and for its share of so many bytes a second, before it is sent on.
    Slow { latency: Duration, bytes_per_second: u32 },
    /// Bytes of all connections are swallowed, and nobody learns of it. What was swallowed once stays half open until
    /// it is closed, as behind a gateway that has forgotten a connection.
    HalfOpen,
    /// Requests of HTTP are answered here.
    Answer(HttpAnswer),
}

/// Answers of a registry in trouble, or of something before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpAnswer {
    /// 429, with `Retry-After`.
    TooManyRequests,
    /// 500, as a registry says it whose store is away.
    ServerError,
    /// 200 with a page, as a login portal does.
    Html,
    /// 404 with a page, as a proxy does that does not know the host.
    NotFound,
}

impl Toxic {
    /// `healthy`, `cut`, `half-open`, `slow MILLISECONDS BYTES_PER_SECOND`, `429`, `500`, `html` or `404`.
    pub(crate) fn from_words(words: &[&str]) -> Option<Toxic> {
        Some(match words {
            ["healthy"] => Toxic::Healthy,
            ["cut"] => Toxic::Cut,
            ["half-open"] => Toxic::HalfOpen,
            ["slow", latency, bytes_per_second] => Toxic::Slow {
                latency: Duration::from_millis(latency.parse().ok()?),
                bytes_per_second: bytes_per_second.parse().ok().filter(|bytes| *bytes > 0)?,
            },
            ["429"] => Toxic::Answer(HttpAnswer::TooManyRequests),
            ["500"] => Toxic::Answer(HttpAnswer::ServerError),
            ["html"] => Toxic::Answer(HttpAnswer::Html),
            ["404"] => Toxic::Answer(HttpAnswer::NotFound),
            _ => return None,
        })
    }
}

impl HttpAnswer {
    /// The whole answer, after which the connection is closed.
    pub(crate) fn text(self) -> String {
        const JSON: &str = "application/vnd.schemaregistry.v1+json";
        const PAGE: &str = "text/html";
        let (status, extra, kind, body) = match self {
            Self::TooManyRequests => (
                "429 Too Many Requests",
                "Retry-After: 1\r\n",
                JSON,
                r#"{"error_code":42901,"message":"Too many requests"}"#,
            ),
            Self::ServerError => (
                "500 Internal Server Error",
                "",
                JSON,
                r#"{"error_code":50001,"message":"Error in the backend data store"}"#,
            ),
            Self::Html => ("200 OK", "", PAGE, "<html><body><h1>Sign in</h1></body></html>"),
            Self::NotFound => ("404 Not Found", "", PAGE, "<html><body><h1>404 Not Found</h1></body></html>"),
        };
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n{extra}Content-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    }
}

/// Whether this is a whole request of HTTP: its head, and as much of its body as the head announces.
pub(crate) fn is_whole_request(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]);
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.filter_map(|(_, value)| value.trim().parse().ok()).next().unwrap_or_default();
    bytes.len() - (end + 4) >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toxics_are_named() {
        let check = |text: &str, expected| {
            assert_eq!(Toxic::from_words(&text.split(' ').collect::<Vec<_>>()), expected, "{text}");
        };
        check("healthy", Some(Toxic::Healthy));
        check("half-open", Some(Toxic::HalfOpen));
        let slow = Toxic::Slow { latency: Duration::from_millis(50), bytes_per_second: 1000 };
        check("slow 50 1000", Some(slow));
        check("429", Some(Toxic::Answer(HttpAnswer::TooManyRequests)));
        for unknown in ["", "slow", "slow 50", "slow 50 0", "slow x 1", "503", "cut now"] {
            check(unknown, None);
        }
    }

    #[test]
    fn answers_announce_their_length() {
        for answer in [HttpAnswer::TooManyRequests, HttpAnswer::ServerError, HttpAnswer::Html, HttpAnswer::NotFound] {
            let text = answer.text();
            let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
            assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{text}");
        }
    }

    #[test]
    fn a_request_is_whole_with_its_body() {
        let check = |text: &str, expected| assert_eq!(is_whole_request(text.as_bytes()), expected, "{text:?}");
        check("", false);
        check("GET / HTTP/1.1\r\nHost: a\r\n", false);
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true);
        check("POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{", false);
        check("POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}", true);
    }
}
