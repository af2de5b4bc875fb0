//! Credentials: sent as they were given, and never printed.

use schema_registry::{ErrorCode, SchemaRegistry, SchemaRegistryBuilder};

use crate::scripted::{Scripted, error, json};

async fn check(configure: impl Fn(&Scripted) -> SchemaRegistryBuilder, expected: Option<&str>) {
    let server = Scripted::start(|_, _| json("[]")).await;
    let client = configure(&server).build().expect("a valid address");
    client.subjects().await.expect("the script answers");
    let asked = server.asked();
    assert_eq!(asked[0].header("authorization"), expected);
    assert!(!format!("{client:?}").contains("secret"), "{client:?}");
}

#[tokio::test]
async fn credentials_arrive_as_they_were_given() {
    check(|server| SchemaRegistry::builder().url(&server.url), None).await;
    let basic = Some("Basic YW5uOnNlY3JldA==");
    check(|server| SchemaRegistry::builder().url(&server.url).basic_auth("ann", "secret"), basic).await;
    let in_address = |server: &Scripted| server.url.replace("http://", "http://ann:secret@");
    check(|server| SchemaRegistry::builder().url(in_address(server)), basic).await;
    // The address is the more particular of the two.
    check(|server| SchemaRegistry::builder().bearer_auth("token").url(in_address(server)), basic).await;
    let bearer = Some("Bearer secret");
    check(|server| SchemaRegistry::builder().url(&server.url).bearer_auth("secret"), bearer).await;
}

#[tokio::test]
async fn refused_credentials_are_an_error_that_is_not_tried_again() {
    let server = Scripted::start(|_, _| error(401, 40101, "Unauthorized")).await;
    let url = server.url.replace("http://", "http://ann:secret@");
    let client = SchemaRegistry::new(&url).expect("a valid address");
    let refused = client.subjects().await.expect_err("401");
    assert_eq!(refused.code(), Some(ErrorCode::Other(40101)));
    assert!(!refused.is_retriable());
    assert_eq!(server.count(), 1);
    assert!(refused.to_string().contains("give the client valid credentials"), "{refused}");
    assert!(!format!("{refused} {refused:?}").contains("secret"), "{refused:?}");
}
