//! The embedded registry's HTTP, as clients other than ours see it.

use std::time::{Duration, Instant};

use schema_registry::server::Server;
use schema_registry::{Guid, SchemaRegistry};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::registry;

/// Sends these bytes as they are, and gives the status, the head and the body of the answer.
async fn send(server: &Server, request: &[u8]) -> (u16, String, String) {
    let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
    stream.write_all(request).await.expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server answers and closes");
    let answer = String::from_utf8(answer).expect("the answer is text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    (status, head.to_ascii_lowercase(), body.to_owned())
}

/// Asks with the headers on the lines below the call, if there are any. An answer goes in the type that was asked for.
pub(crate) async fn ask(server: &Server, call: &str, body: &str) -> (u16, Value) {
    let length = body.len();
    let (line, headers) = call.split_once('\n').unwrap_or((call, ""));
    let headers: String = headers.lines().map(|header| format!("{header}\r\n")).collect();
    let request =
        format!("{line} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
    let (status, head, body) = send(server, request.as_bytes()).await;
    let asked = headers.strip_prefix("Accept: ").map(str::trim).filter(|asked| asked.starts_with("application/"));
    let content_type = asked.unwrap_or("application/vnd.schemaregistry.v1+json");
    assert!(head.contains(&format!("content-type: {content_type}")), "{call}: {head}");
    (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{call}: {body}: {error}")))
}

pub(crate) async fn check(server: &Server, call: &str, body: &str, expected: Value) {
    assert_eq!(ask(server, call, body).await, (200, expected), "{call}");
}

pub(crate) async fn check_error(server: &Server, call: &str, body: &str, status: u16, error_code: i32) {
    let (found, answer) = ask(server, call, body).await;
    assert_eq!((found, &answer["error_code"]), (status, &json!(error_code)), "{call}: {answer}");
    assert!(answer["message"].as_str().is_some_and(|message| !message.is_empty()), "{call}: {answer}");
}

/// A version as answers have it.
pub(crate) fn version(subject: &str, version: u32, id: u32, text: &str) -> Value {
    let guid = Guid::of(text, []).to_string();
    json!({ "subject": subject, "version": version, "id": id, "guid": guid, "schema": text })
}

/// The answer to a registration.
pub(crate) fn registered(version: u32, id: u32, text: &str) -> Value {
    json!({ "version": version, "id": id, "guid": Guid::of(text, []).to_string(), "schema": text })
}

/// A schema as answers by id and by GUID have it.
pub(crate) fn schema(text: &str) -> Value {
    json!({ "guid": Guid::of(text, []).to_string(), "schema": text })
}

pub(crate) const INT: &str = r#"{"schema": "{\"type\": \"int\"}"}"#;
pub(crate) const LONG: &str = r#"{"schema": "\"long\"", "schemaType": "AVRO"}"#;

#[tokio::test]
async fn every_endpoint_answers_in_its_form() {
    let (server, _) = registry().await;
    let version_1 = version("s", 1, 1, r#""int""#);
    let version_2 = version("s", 2, 2, r#""long""#);
    check(&server, "GET /", "", json!({})).await;
    check(&server, "GET /contexts", "", json!(["."])).await;
    check(&server, "GET /schemas/types", "", json!(["JSON", "PROTOBUF", "AVRO"])).await;
    check(&server, "POST /subjects/s/versions", INT, registered(1, 1, r#""int""#)).await;
    check(&server, "POST /subjects/s/versions?normalize=true", LONG, registered(2, 2, r#""long""#)).await;
    check(&server, "POST /subjects/t/versions", LONG, registered(1, 2, r#""long""#)).await;
    check(&server, "POST /subjects/s", INT, version_1.clone()).await;
    check(&server, "GET /subjects", "", json!(["s", "t"])).await;
    check(&server, "GET /subjects?subjectPrefix=t", "", json!(["t"])).await;
    check(&server, "GET /subjects/s/versions", "", json!([1, 2])).await;
    check(&server, "GET /subjects/s/versions/1", "", version_1.clone()).await;
    check(&server, "GET /subjects/s/versions/latest", "", version_2.clone()).await;
    check(&server, "GET /subjects/s/versions/-1", "", version_2.clone()).await;
    check(&server, "GET /subjects/s/versions/1/schema", "", json!("int")).await;
    check(&server, "GET /subjects/s/versions/1/referencedby", "", json!([])).await;
    check(&server, "GET /schemas/ids/1", "", schema(r#""int""#)).await;
    check(&server, "GET /schemas/ids/1/schema", "", json!("int")).await;
    check(&server, "GET /schemas/ids/2/subjects", "", json!(["s", "t"])).await;
    let uses = json!([{ "subject": "s", "version": 2 }, { "subject": "t", "version": 1 }]);
    check(&server, "GET /schemas/ids/2/versions", "", uses).await;
    check(&server, "GET /schemas?subjectPrefix=s", "", json!([version_1, version_2])).await;
    check(&server, "GET /schemas?subjectPrefix=s&latestOnly=true", "", json!([version_2])).await;
    let compatible = json!({ "is_compatible": true });
    check(&server, "POST /compatibility/subjects/s/versions/latest", LONG, compatible).await;
    let (_, answer) = ask(&server, "POST /compatibility/subjects/s/versions?verbose=true", INT).await;
    assert_eq!(answer["is_compatible"], false);
    assert!(answer["messages"][0].as_str().is_some_and(|message| message.contains("TYPE_MISMATCH")), "{answer}");
}

#[tokio::test]
async fn settings_are_asked_for_set_and_taken_back() {
    let (server, _) = registry().await;
    check(&server, "GET /config", "", json!({ "compatibilityLevel": "BACKWARD" })).await;
    let full = r#"{"compatibility": "FULL"}"#;
    check(&server, "PUT /config", full, json!({ "compatibility": "FULL" })).await;
    check(&server, "GET /config", "", json!({ "compatibilityLevel": "FULL" })).await;
    check_error(&server, "GET /config/s", "", 404, 40408).await;
    check(&server, "GET /config/s?defaultToGlobal=true", "", json!({ "compatibilityLevel": "FULL" })).await;
    check(&server, "PUT /config/s", r#"{"compatibility": "NONE"}"#, json!({ "compatibility": "NONE" })).await;
    check(&server, "GET /config/s", "", json!({ "compatibilityLevel": "NONE" })).await;
    check(&server, "DELETE /config/s", "", json!({ "compatibilityLevel": "NONE" })).await;
    check_error(&server, "DELETE /config/s", "", 404, 40401).await;
    check(&server, "DELETE /config", "", json!({ "compatibilityLevel": "FULL" })).await;
    check(&server, "GET /config", "", json!({ "compatibilityLevel": "BACKWARD" })).await;
    check_error(&server, "PUT /config", r#"{"compatibility": "SIDEWAYS"}"#, 422, 42203).await;

    check(&server, "GET /mode", "", json!({ "mode": "READWRITE" })).await;
    check_error(&server, "GET /mode/s", "", 404, 40409).await;
    let read_only = r#"{"mode": "READONLY"}"#;
    check(&server, "PUT /mode/s", read_only, json!({ "mode": "READONLY" })).await;
    check(&server, "GET /mode/s", "", json!({ "mode": "READONLY" })).await;
    check_error(&server, "POST /subjects/s/versions", INT, 422, 42205).await;
    check(&server, "POST /subjects/t/versions", INT, registered(1, 1, r#""int""#)).await;
    check(&server, "DELETE /mode/s", "", json!({ "mode": "READONLY" })).await;
    check(&server, "PUT /mode", r#"{"mode": "READONLY_OVERRIDE"}"#, json!({ "mode": "READONLY_OVERRIDE" })).await;
    check_error(&server, "DELETE /subjects/t", "", 422, 42205).await;
    check(&server, "GET /mode/s?defaultToGlobal=true", "", json!({ "mode": "READONLY_OVERRIDE" })).await;
    check(&server, "PUT /mode", r#"{"mode": "READWRITE"}"#, json!({ "mode": "READWRITE" })).await;
    check_error(&server, "PUT /mode", r#"{"mode": "IMPORT"}"#, 422, 42205).await;
    check_error(&server, "PUT /mode", r#"{"mode": "EXPORT"}"#, 422, 42204).await;
    check_error(&server, "PUT /mode", r#""IMPORT""#, 400, 400).await;
}

#[tokio::test]
async fn deleting_is_soft_first_and_then_for_good() {
    let (server, _) = registry().await;
    for (call, body) in [("POST /subjects/s/versions", INT), ("POST /subjects/s/versions", LONG)] {
        ask(&server, call, body).await;
    }
    check_error(&server, "DELETE /subjects/s/versions/1?permanent=true", "", 404, 40407).await;
    check(&server, "DELETE /subjects/s/versions/1", "", json!(1)).await;
    check_error(&server, "DELETE /subjects/s/versions/1", "", 404, 40406).await;
    check_error(&server, "GET /subjects/s/versions/1", "", 404, 40402).await;
    check(&server, "GET /subjects/s/versions", "", json!([2])).await;
    check(&server, "GET /subjects/s/versions?deleted=true", "", json!([1, 2])).await;
    check(&server, "GET /subjects/s/versions?deletedOnly=true", "", json!([1])).await;
    check_error(&server, "POST /subjects/s", INT, 404, 40403).await;
    let deleted = version("s", 1, 1, r#""int""#);
    check(&server, "POST /subjects/s?deleted=true", INT, deleted).await;
    check(&server, "GET /schemas/ids/1", "", schema(r#""int""#)).await;
    check(&server, "DELETE /subjects/s/versions/1?permanent=true", "", json!(1)).await;
    check_error(&server, "GET /schemas/ids/1", "", 404, 40403).await;
    check_error(&server, "DELETE /subjects/s?permanent=true", "", 404, 40405).await;
    check(&server, "DELETE /subjects/s", "", json!([2])).await;
    check_error(&server, "DELETE /subjects/s", "", 404, 40404).await;
    check_error(&server, "GET /subjects/s/versions", "", 404, 40401).await;
    check(&server, "GET /subjects", "", json!([])).await;
    check(&server, "GET /subjects?deleted=true", "", json!(["s"])).await;
    check(&server, "GET /subjects?deletedOnly=true", "", json!(["s"])).await;
    // Nothing is live, so that nothing is incompatible; numbers go on where they were.
    check(&server, "POST /subjects/s/versions", INT, registered(3, 3, r#""int""#)).await;
    check(&server, "GET /subjects/s/versions", "", json!([3])).await;
    check(&server, "DELETE /subjects/s", "", json!([3])).await;
    check(&server, "DELETE /subjects/s?permanent=true", "", json!([2, 3])).await;
    check_error(&server, "DELETE /subjects/s", "", 404, 40401).await;
}

#[tokio::test]
async fn odd_requests_get_errors_in_the_registrys_form() {
    let (server, _) = registry().await;
    check_error(&server, "GET /nowhere", "", 404, 404).await;
    check_error(&server, "PATCH /subjects", "", 405, 405).await;
    check_error(&server, "POST /subjects/s/versions", "[1]", 400, 400).await;
    check_error(&server, "POST /subjects/s/versions", &"[".repeat(200_000), 400, 400).await;
    check_error(&server, "POST /subjects/s/versions", r#"{"schema": ""}"#, 422, 42201).await;
    let thrift = r#"{"schema": "struct S {}", "schemaType": "THRIFT"}"#;
    check_error(&server, "POST /subjects/s/versions", thrift, 422, 42201).await;
    let deep = format!(r#"{{"schema": "{}"}}"#, r#"{\"type\":\"array\",\"items\":"#.repeat(30_000));
    check_error(&server, "POST /subjects/s/versions", &deep, 422, 42201).await;
    check_error(&server, "POST /subjects/%00/versions", INT, 422, 42208).await;
    check_error(&server, "POST /subjects/__GLOBAL/versions", INT, 422, 42208).await;
    check_error(&server, "GET /subjects/%FF/versions", "", 400, 400).await;
    for version in ["0", "-2", "2147483648", "newest", "1e3", "%20"] {
        check_error(&server, &format!("GET /subjects/s/versions/{version}"), "", 422, 42202).await;
    }
    check(&server, "GET /subjects?subjectPrefix=%FF&deleted=perhaps&&=", "", json!([])).await;
}

#[tokio::test]
async fn bodies_are_bounded_and_need_no_media_type() {
    let (server, _) = registry().await;
    const HEAD: &str = "POST /subjects/s/versions HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length:";
    // One byte too many, so that the server has read everything when it notices.
    let too_large = (4 << 20) + 1;
    let request = format!("{HEAD} {too_large}\r\n\r\n{}", " ".repeat(too_large));
    let (status, _, body) = send(&server, request.as_bytes()).await;
    assert_eq!(status, 413, "{body}");
    assert!(body.contains(r#""error_code":413"#), "{body}");
    let no_text = [HEAD.as_bytes(), b" 1\r\n\r\n\xff"].concat();
    let (status, _, body) = send(&server, &no_text).await;
    assert_eq!(status, 400, "{body}");
    for media_type in ["application/json", "application/octet-stream"] {
        let length = INT.len();
        let request = format!("{HEAD} {length}\r\ncontent-type: {media_type}\r\n\r\n{INT}");
        let (status, _, body) = send(&server, request.as_bytes()).await;
        assert_eq!(status, 200, "{media_type}: {body}");
    }
}

#[tokio::test]
async fn a_server_that_is_shut_down_frees_its_port() {
    let (server, client) = registry().await;
    let address = server.address();
    assert_eq!(server.url(), format!("http://{address}"));
    client.subjects().await.expect("it runs");
    // The client keeps its connection, which must not keep the server.
    server.shutdown().await;
    let again = Server::start_on(address).await.expect("the port is free again");
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_a_request_does_not_hold_the_server() {
    let (server, client) = registry().await;
    client.subjects().await.expect("it runs");
    let halves: [&[u8]; 3] = [b"GET /subj", b"POST /subjects/s/versions HTTP/1.1\r\ncontent-length: 9\r\n\r\n{", b""];
    let mut connections = Vec::new();
    for half in halves {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        stream.write_all(half).await.expect("the server reads");
        connections.push(stream);
    }
    // The server has seen them when it has answered somebody who came later.
    client.subjects().await.expect("it runs");
    tokio::time::timeout(Duration::from_secs(30), server.shutdown()).await.expect("it waits only a second");
    for mut stream in connections {
        let mut rest = Vec::new();
        // An end or a reset: either way nobody waits forever.
        let _ = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await.expect("closed");
    }
}

#[test]
fn a_server_outlives_the_runtime_that_started_it() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (server, client) = runtime().block_on(registry());
    for expected in [1, 1, 2] {
        // Each runtime ends with its block, as each `#[tokio::test]` has its own.
        let text = if expected == 1 { r#""int""# } else { r#""long""# };
        client.clear_caches();
        let id = runtime().block_on(client.register("s", &text.into())).expect("the server still runs");
        assert_eq!(id.get(), expected);
    }
    let other = SchemaRegistry::new(&server.url()).expect("a valid address");
    assert_eq!(runtime().block_on(other.subjects()).expect("the server still runs"), ["s"]);
}

#[tokio::test]
async fn a_server_that_is_dropped_stops() {
    let server = Server::start().await.expect("a free port on loopback");
    let address = server.address();
    drop(server);
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).await.is_ok() {
        assert!(Instant::now() < deadline, "it still listens");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let first = Server::start().await.expect("a free port on loopback");
    let second = Server::builder().address(first.address()).start().await;
    assert_eq!(second.map(|server| server.url()).map_err(|error| error.kind()), Err(std::io::ErrorKind::AddrInUse));
}
