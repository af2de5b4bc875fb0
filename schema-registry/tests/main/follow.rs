//! Tests of the embedded registry as data: steps, and what Confluent's registry answers to each.

use schema_registry::server::Server;
use serde_json::Value;

use crate::http::ask;

/// A call, with further headers on lines of their own; its body; the status; and the answer, of which the members count
/// that are here (`null` for one that must not be there). Anything but an object counts as a whole.
pub(crate) type Step<'a> = (&'a str, &'a str, u16, Value);

/// Makes all steps on one registry that is empty at first.
pub(crate) async fn follow(steps: &[Step<'_>]) {
    let server = Server::start().await.expect("a free port on loopback");
    for (index, (call, body, status, expected)) in steps.iter().enumerate() {
        let (found, answer) = ask(&server, call, body).await;
        let at = format!("step {index}: {call} {body}: {found} {answer}");
        assert_eq!(found, *status, "{at}");
        match expected.as_object() {
            Some(members) => {
                members.iter().for_each(|(name, value)| assert_eq!(&answer[name], value, "`{name}` in {at}"))
            }
            None => assert_eq!(answer, *expected, "{at}"),
        }
    }
}
