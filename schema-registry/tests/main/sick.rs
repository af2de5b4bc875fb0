//! Registries that fail, each in its own way: the error has the remedy.

use std::error::Error;
use std::time::{Duration, Instant};

use schema_registry::{RegistryError, SchemaId, SchemaRegistry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::scripted::{Reply, Scripted, dead_url, error, json};

async fn ask(url: &str) -> RegistryError {
    let client = SchemaRegistry::builder()
        .url(url)
        .retries(1)
        .retry_delay(Duration::from_millis(1), Duration::from_millis(2))
        .deadline(Duration::from_secs(5))
        .request_timeout(Duration::from_millis(400));
    let client = client.build().expect("a valid address");
    let start = Instant::now();
    let failed = client.schema_by_id(SchemaId::new(1)).await.expect_err(url);
    assert!(start.elapsed() < Duration::from_secs(30), "{failed} took {:?}", start.elapsed());
    failed
}

fn check(failed: &RegistryError, is_retriable: bool, remedy: &str) {
    let text = failed.to_string();
    assert!(text.contains("fetching schema 1") && text.contains(remedy), "{remedy}: {text}");
    assert_eq!(failed.is_retriable(), is_retriable, "{text}");
    let cause = failed.source().map(ToString::to_string);
    assert!(cause.is_none_or(|cause| !text.contains(&cause)), "{text} repeats its cause");
}

async fn check_reply(reply: Reply, is_retriable: bool, remedy: &str) {
    let server = Scripted::start(move |_, _| reply.clone()).await;
    check(&ask(&server.url).await, is_retriable, remedy);
}

/// A server that sends these bytes, whatever is asked, and hangs up; an empty text is never sent.
async fn raw(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if answer.is_empty() {
                silent.push(stream);
                continue;
            }
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    url
}

#[tokio::test]
async fn every_sick_registry_has_its_remedy() {
    let is_running = "is the registry running, and is its address right?";
    check(&ask(&dead_url().await).await, true, is_running);
    check(&ask("http://registry.invalid").await, true, is_running);
    check(&ask(&raw(b"").await).await, true, is_running);
    check(&ask(&raw(b"SSH-2.0-OpenSSH_9.6\r\n").await).await, true, is_running);
    check(&ask(&raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"schema\":").await).await, true, is_running);

    let failed = "the registry failed: try again later, and check its log; 2 tries in ";
    check_reply(error(500, 50001, "Error in the backend data store"), true, failed).await;
    check_reply((503, vec![], "<html>no backend</html>".to_owned()), true, failed).await;
    check_reply(error(429, 429, "slow down"), true, "the registry is overloaded: try again later").await;

    check_reply(error(401, 40101, "Unauthorized"), false, "give the client valid credentials").await;
    check_reply(error(403, 40301, "User is denied"), false, "the credentials lack the permission").await;
    let moved = (301, vec![("location", "https://registry.example".to_owned())], String::new());
    check_reply(moved, false, "redirects are not followed: use the address it leads to").await;
    check_reply((404, vec![], "<html>not here</html>".to_owned()), false, "check the address and its path").await;
    check_reply(error(404, 40403, "Schema 1 not found"), false, "use the registry that the data was written with")
        .await;

    let leads_to = "does the address lead to a registry";
    check_reply(json("<html>sign in</html>"), false, leads_to).await;
    check_reply(json(r#"{"artifacts": [], "count": 0}"#), false, leads_to).await;
    check_reply((200, vec![], "x".repeat((16 << 20) + 1)), false, leads_to).await;
    check_reply(json(r#"{"schema": "{\"type\":"}"#), false, "register a corrected version").await;
    let protobuf = json(r#"{"schema": "syntax = 'proto3';", "schemaType": "PROTOBUF"}"#);
    check_reply(protobuf, false, "is the topic or subject the right one?").await;
}
