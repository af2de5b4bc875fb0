//! Contexts: subjects, ids and settings of their own, named in the path or in the subject.

use schema_registry::{CompatibilityLevel, ErrorCode, Guid, SchemaId, SchemaReference, SchemaRegistry, SchemaText};
use serde_json::json;

use crate::http::{INT, LONG, ask, check, check_error, registered, schema, version};
use crate::scripted::{Scripted, error, json as json_reply};
use crate::{record, registry};

#[tokio::test]
async fn a_context_in_the_path_is_that_of_the_subject() {
    let (server, _) = registry().await;
    let (int, long) = (r#""int""#, r#""long""#);
    check(&server, "POST /subjects/s/versions", LONG, registered(1, 1, long)).await;
    check(&server, "POST /contexts/x/subjects/s/versions", INT, registered(1, 1, int)).await;
    check(&server, "POST /subjects/:.x:t/versions", LONG, registered(1, 2, long)).await;
    check(&server, "GET /contexts", "", json!([".", ".x"])).await;

    for path in ["/contexts/x/subjects/s", "/contexts/.x/subjects/s", "/subjects/:.x:s", "/contexts/x/subjects/:.x:s"] {
        check(&server, &format!("GET {path}/versions/latest"), "", version(":.x:s", 1, 1, int)).await;
        check(&server, &format!("POST {path}"), INT, version(":.x:s", 1, 1, int)).await;
        check_error(&server, &format!("POST {path}"), LONG, 404, 40403).await;
    }
    check(&server, "GET /subjects/s/versions/1", "", version("s", 1, 1, long)).await;
    check(&server, "GET /subjects/:.:s/versions/1", "", version("s", 1, 1, long)).await;

    check(&server, "GET /subjects", "", json!([":.x:s", ":.x:t", "s"])).await;
    check(&server, "GET /contexts/x/subjects", "", json!([":.x:s", ":.x:t"])).await;
    check(&server, "GET /contexts/x/subjects?subjectPrefix=t", "", json!([":.x:t"])).await;
    check(&server, "GET /subjects?subjectPrefix=:.x:", "", json!([":.x:s", ":.x:t"])).await;
    check(&server, "GET /subjects?subjectPrefix=:*:s", "", json!([":.x:s", "s"])).await;
    check(&server, "GET /subjects?subjectPrefix=:*:&offset=1&limit=1", "", json!([":.x:t"])).await;
    check(&server, "GET /contexts/x/schemas?subjectPrefix=s", "", json!([version(":.x:s", 1, 1, int)])).await;

    check(&server, "DELETE /contexts/x/subjects/s", "", json!([1])).await;
    check(&server, "GET /subjects", "", json!([":.x:t", "s"])).await;
}

#[tokio::test]
async fn ids_count_in_each_context() {
    let (server, _) = registry().await;
    ask(&server, "POST /subjects/s/versions", LONG).await;
    ask(&server, "POST /contexts/x/subjects/only/versions", INT).await;
    let (int, long) = (schema(r#""int""#), schema(r#""long""#));
    check(&server, "GET /schemas/ids/1", "", long.clone()).await;
    check(&server, "GET /contexts/x/schemas/ids/1", "", int.clone()).await;
    check(&server, "GET /schemas/ids/1?subject=:.x:", "", int.clone()).await;
    check(&server, "GET /schemas/ids/1?subject=:.x:only", "", int.clone()).await;
    // A subject that only another context has leads there.
    check(&server, "GET /schemas/ids/1?subject=only", "", int).await;
    check(&server, "GET /schemas/ids/1?subject=nowhere", "", long).await;
    check(&server, "GET /contexts/x/schemas/ids/1/subjects", "", json!([":.x:only"])).await;
    check(&server, "GET /contexts/x/schemas/ids/1/schema", "", json!("int")).await;
    check_error(&server, "GET /contexts/y/schemas/ids/1", "", 404, 40403).await;
    check_error(&server, "GET /contexts/x/schemas/ids/2", "", 404, 40403).await;
    let (_, answer) = ask(&server, "GET /schemas/ids/1?fetchMaxId=true", "").await;
    assert_eq!(answer["maxId"], 1);
}

#[tokio::test]
async fn a_guid_is_the_same_everywhere() {
    let (server, client) = registry().await;
    for call in ["POST /subjects/s/versions", "POST /subjects/s/versions", "POST /contexts/x/subjects/s/versions"] {
        ask(&server, call, LONG).await;
    }
    ask(&server, "POST /contexts/x/subjects/u/versions", INT).await;
    let (int, long) = (Guid::of(r#""int""#, []), Guid::of(r#""long""#, []));
    let ids = json!([{ "context": ".", "id": 1 }, { "context": ".x", "id": 1 }]);
    check(&server, &format!("GET /schemas/guids/{long}"), "", schema(r#""long""#)).await;
    check(&server, &format!("GET /schemas/guids/{long}/ids"), "", ids).await;
    check(&server, &format!("GET /schemas/guids/{int}/ids"), "", json!([{ "context": ".x", "id": 2 }])).await;
    for guid in ["", "seven", "00000000-0000-0000-0000-000000000000"] {
        check_error(&server, &format!("GET /schemas/guids/{guid}/ids"), "", 404, 40403).await;
    }

    let by_guid = client.schema_by_guid(long).await.expect("known by its GUID");
    assert_eq!((by_guid.guid(), by_guid.id(), by_guid.text()), (long, SchemaId::new(1), r#""long""#));
    let before = server.requests();
    client.schema_by_guid(long).await.expect("remembered");
    assert_eq!(server.requests(), before);
    // Another kind of identity, which is remembered apart.
    assert_eq!(client.schema_by_id(SchemaId::new(1)).await.expect("known").guid(), long);
    assert_eq!(server.requests(), before + 1);
    let unknown = client.schema_by_guid(Guid::of("nothing", [])).await.expect_err("no such schema");
    assert_eq!(unknown.code(), Some(ErrorCode::SchemaNotFound), "{unknown}");
    assert_eq!(client.schema_by_guid(int).await.expect("in another context").id(), SchemaId::new(2));
}

#[tokio::test]
async fn a_client_can_live_in_a_context() {
    let (server, outside) = registry().await;
    let inside = SchemaRegistry::new(&format!("{}/contexts/x", server.url())).expect("a valid address");
    outside.register("s", &record("Outside", &[])).await.expect("registered");
    let city = SchemaText::from(r#"{"type":"record","name":"City","fields":[]}"#);
    let id = inside.register("city", &city).await.expect("registered");
    assert_eq!(id, SchemaId::new(1));
    let reference = SchemaReference::new("City", "city", 1);
    let home = SchemaText::from(r#"{"type":"array","items":"City"}"#).with_references([reference]);
    let id = inside.register("home", &home).await.expect("a reference is meant in its own context");

    assert_eq!(inside.schema_by_id(id).await.expect("linked").schema().definitions().len(), 1);
    assert_eq!(inside.latest("home").await.expect("there").subject(), ":.x:home");
    assert_eq!(inside.subjects().await.expect("listed"), [":.x:city", ":.x:home"]);
    let guid = inside.schema_by_id(id).await.expect("known").guid();
    assert_eq!(inside.schema_by_guid(guid).await.expect("known").id(), id);
    assert_eq!(inside.uses_of(id).await.expect("used")[0].subject, ":.x:home");
    // From outside the subject has the context, also for what it refers to.
    let home = outside.latest(":.x:home").await.expect("there");
    assert_eq!(home.schema().schema().definitions().len(), 1);
    assert_eq!(outside.contexts().await.expect("listed"), [".", ".x"]);
    assert_eq!(outside.subjects_with_prefix(":.x:h").await.expect("listed"), [":.x:home"]);
    let demanded = inside.delete_version("city", 1, Default::default()).await.expect_err("home refers to it");
    assert_eq!(demanded.code(), Some(ErrorCode::ReferenceExists), "{demanded}");
}

#[tokio::test]
async fn a_setting_of_a_context_counts_for_its_subjects() {
    let (server, outside) = registry().await;
    let inside = SchemaRegistry::new(&format!("{}/contexts/.x", server.url())).expect("a valid address");
    assert_eq!(inside.global_compatibility_level().await.expect("a level"), CompatibilityLevel::Backward);
    inside.set_global_compatibility_level(CompatibilityLevel::None).await.expect("set");
    outside.set_global_compatibility_level(CompatibilityLevel::Full).await.expect("set");
    assert_eq!(inside.global_compatibility_level().await.expect("a level"), CompatibilityLevel::None);
    assert_eq!(inside.compatibility_level("s").await.expect("a level"), CompatibilityLevel::None);
    assert_eq!(outside.compatibility_level("s").await.expect("a level"), CompatibilityLevel::Full);
    inside.set_compatibility_level("s", CompatibilityLevel::Forward).await.expect("set");
    assert_eq!(outside.compatibility_level(":.x:s").await.expect("a level"), CompatibilityLevel::Forward);
    inside.reset_compatibility_level("s").await.expect("taken back");
    assert_eq!(inside.compatibility_level("s").await.expect("a level"), CompatibilityLevel::None);
    check(&server, "DELETE /contexts/x/config", "", json!({ "compatibilityLevel": "NONE" })).await;
    // What is set for the registry is set for the default context alone.
    check(&server, "GET /config/:.x:s?defaultToGlobal=true", "", json!({ "compatibilityLevel": "BACKWARD" })).await;
    check_error(&server, "GET /config/:.x:", "", 404, 40408).await;

    let read_only = r#"{"mode": "READONLY"}"#;
    check(&server, "PUT /contexts/x/mode", read_only, json!({ "mode": "READONLY" })).await;
    check_error(&server, "POST /contexts/x/subjects/s/versions", INT, 422, 42205).await;
    check_error(&server, "PUT /contexts/x/config/s", r#"{"compatibility": "FULL"}"#, 422, 42205).await;
    check(&server, "POST /subjects/s/versions", INT, registered(1, 1, r#""int""#)).await;
}

/// Two records of the same name and fields in another order, each id 1 of its context.
const HERE: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#;
const THERE: &str = r#"{"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"int"}]}"#;

#[tokio::test]
async fn an_id_is_never_taken_for_that_of_another_context() {
    let one = SchemaId::new(1);
    // Whatever is asked first must not decide what the other context's id means.
    for there_first in [false, true] {
        let (_server, client) = registry().await;
        let team = client.in_context("team".parse().expect("a name"));
        assert_eq!(client.register(":.team:t-value", &THERE.into()).await.expect("registered"), one);
        assert_eq!(client.register("t-value", &HERE.into()).await.expect("registered"), one);
        let check_there = async || {
            for (asker, subject) in [(&client, ":.team:t-value"), (&team, "t-value"), (&team, ":.team:t-value")] {
                let latest = asker.latest(subject).await.expect("there");
                assert_eq!((latest.schema().text(), latest.context().as_str()), (THERE, ".team"), "{subject}");
                assert_eq!(asker.version(subject, 1).await.expect("there").schema().text(), THERE, "{subject}");
                let found = asker.look_up(subject, &THERE.into()).await.expect("there");
                assert_eq!((found.schema().text(), found.subject()), (THERE, ":.team:t-value"));
                let unknown = asker.look_up(subject, &HERE.into()).await.expect_err("not in this context");
                assert_eq!(unknown.code(), Some(ErrorCode::SchemaNotFound), "{unknown}");
            }
            assert_eq!(team.schema_by_id(one).await.expect("there").text(), THERE);
            assert_eq!(client.in_context_of(":.team:x").schema_by_id(one).await.expect("there").text(), THERE);
        };
        let check_here = async || {
            for (asker, subject) in [(&client, "t-value"), (&client, ":.:t-value"), (&team, ":.:t-value")] {
                assert_eq!(asker.latest(subject).await.expect("there").schema().text(), HERE, "{subject}");
                assert_eq!(asker.version(subject, 1).await.expect("there").schema().text(), HERE, "{subject}");
                let found = asker.look_up(subject, &HERE.into()).await.expect("there");
                assert_eq!((found.schema().text(), found.subject()), (HERE, "t-value"));
            }
            assert_eq!(client.schema_by_id(one).await.expect("there").text(), HERE);
            assert_eq!(team.in_context(Default::default()).schema_by_id(one).await.expect("there").text(), HERE);
        };
        if there_first {
            check_there().await;
            check_here().await;
        } else {
            check_here().await;
            check_there().await;
        }
        let (here, there) = (client.schema_by_id(one).await, team.schema_by_id(one).await);
        assert_ne!(here.expect("there").key(), there.expect("there").key());
    }
}

#[tokio::test]
async fn an_unknown_id_is_unknown_in_its_context_only() {
    let (_server, client) = registry().await;
    let team = client.in_context("team".parse().expect("a name"));
    client.schema_by_id(SchemaId::new(1)).await.expect_err("there is none yet");
    team.register("t-value", &THERE.into()).await.expect("registered");
    assert_eq!(team.schema_by_id(SchemaId::new(1)).await.expect("there").text(), THERE);
    client.schema_by_id(SchemaId::new(1)).await.expect_err("there is still none here");
    let unknown = team.schema_by_id(SchemaId::new(2)).await.expect_err("there is one only").to_string();
    assert!(unknown.starts_with("fetching schema 2 of context `.team`: "), "{unknown}");
}

#[tokio::test]
async fn references_to_another_context_keep_their_ids_apart() {
    let (_server, client) = registry().await;
    let city = SchemaText::from(r#"{"type":"record","name":"City","fields":[]}"#);
    assert_eq!(client.register(":.x:city", &city).await.expect("registered"), SchemaId::new(1));
    let reference = SchemaReference::new("City", ":.x:city", 1);
    let home = SchemaText::from(r#"{"type":"array","items":"City"}"#).with_references([reference]);
    let id = client.register("home", &home).await.expect("registered");
    assert_eq!(id, SchemaId::new(1), "the id that the city has in its own context");
    client.clear_caches();
    let found = client.schema_by_id(id).await.expect("linked");
    assert_eq!(found.schema().definitions().len(), 1);
}

#[tokio::test]
async fn requests_name_the_context_that_they_mean() {
    let server = Scripted::start(|_, _| json_reply(r#"{"schema": "\"int\""}"#)).await;
    let paths = |contexts: &'static [&'static str], address: &'static str| {
        let server = &server;
        async move {
            let client = SchemaRegistry::new(&format!("{}{address}", server.url)).expect("a valid address");
            let before = server.count();
            for context in contexts {
                let client = client.in_context(context.parse().expect(context));
                client.schema_by_id(SchemaId::new(7)).await.expect("the script answers");
                client.versions("s").await.expect_err("not a list");
            }
            server.asked()[before..].iter().map(|asked| asked.path.clone()).collect::<Vec<_>>()
        }
    };
    assert_eq!(
        paths(&[".", "x"], "").await,
        ["/schemas/ids/7", "/subjects/s/versions", "/schemas/ids/7?subject=%3A.x%3A", "/subjects/:.x:s/versions"]
    );
    assert_eq!(
        paths(&["x", "."], "/contexts/x").await,
        [
            "/contexts/x/schemas/ids/7",
            "/contexts/x/subjects/s/versions",
            "/contexts/x/schemas/ids/7?subject=%3A.%3A",
            "/contexts/x/subjects/:.:s/versions"
        ]
    );
}

#[tokio::test]
async fn a_client_that_is_given_a_context_stays_in_it() {
    let (server, outside) = registry().await;
    let inside = SchemaRegistry::builder().url(server.url()).context("x".parse().expect("a name")).build();
    let inside = inside.expect("a valid address");
    outside.register("s", &record("Outside", &[])).await.expect("registered");
    let id = inside.register("s", &record("Inside", &[])).await.expect("registered");
    assert_eq!(inside.subjects().await.expect("listed"), [":.x:s"]);
    assert_eq!(inside.subjects_with_prefix("s").await.expect("listed"), [":.x:s"]);
    assert_eq!(inside.uses_of(id).await.expect("used")[0].subject, ":.x:s");
    inside.set_global_compatibility_level(CompatibilityLevel::None).await.expect("set");
    assert_eq!(inside.compatibility_level("s").await.expect("a level"), CompatibilityLevel::None);
    assert_eq!(outside.compatibility_level("s").await.expect("a level"), CompatibilityLevel::Backward);
    assert_eq!(inside.delete_subject("s", Default::default()).await.expect("deleted"), [1]);
    assert_eq!(outside.subjects().await.expect("listed"), ["s"]);
}

#[tokio::test]
async fn a_level_that_a_subject_lacks_is_looked_for_in_its_context() {
    let server = Scripted::start(|_, asked| match asked.path.as_str() {
        "/config?defaultToGlobal=true" => json_reply(r#"{"compatibilityLevel": "FULL"}"#),
        "/config/:.x:?defaultToGlobal=true" => json_reply(r#"{"compatibilityLevel": "NONE"}"#),
        _ => error(404, 40408, "no level of its own"),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    assert_eq!(client.compatibility_level("s").await.expect("a level"), CompatibilityLevel::Full);
    assert_eq!(client.compatibility_level(":.x:s").await.expect("a level"), CompatibilityLevel::None);
}
