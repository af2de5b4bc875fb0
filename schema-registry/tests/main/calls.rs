//! Each call of the client, its answers and its errors.

use schema_registry::{
    CheckAgainst, CompatibilityLevel, Deletion, ErrorCode, Guid, RegisterOptions, RegistryError, SchemaId,
    SchemaRegistry, SchemaText,
};

use crate::scripted::{Scripted, json};
use crate::{record, registry};

/// Reads everything that `record("R", &[])` wrote, and the other way round.
fn evolved() -> SchemaText {
    record("R", &[("added", r#""string","default":"""#)])
}

/// Does not read what `record("R", &[])` wrote, since there is no default.
fn demanding() -> SchemaText {
    record("R", &[("demanded", r#""string""#)])
}

fn check_error<T: std::fmt::Debug>(answer: Result<T, RegistryError>, code: ErrorCode, parts: &[&str]) {
    let error = answer.expect_err("an error");
    assert_eq!(error.code(), Some(code), "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!error.is_retriable(), "{error}");
}

#[tokio::test]
async fn a_schema_is_registered_and_found_in_every_way() {
    let (_server, client) = registry().await;
    let schema = SchemaText::from("{ \"type\": \"record\", \"name\": \"com.acme.R\", \"fields\": [] }");
    let id = client.register("r-value", &schema).await.expect("registered");
    assert_eq!(id, SchemaId::new(1));

    let by_id = client.schema_by_id(id).await.expect("known by id");
    assert_eq!(by_id.id(), id);
    assert_eq!(by_id.references(), []);
    assert_eq!(by_id.schema().fullname().expect("a record has a name").as_str(), "com.acme.R");

    let latest = client.latest("r-value").await.expect("the latest version");
    let first = client.version("r-value", 1).await.expect("the first version");
    let found = client.look_up("r-value", &schema).await.expect("found by its text");
    for version in [&*latest, &first, &found] {
        assert_eq!((version.subject(), version.version(), version.id()), ("r-value", 1, id));
        assert_eq!(version.schema().text(), by_id.text());
    }
    assert_eq!(client.versions("r-value").await.expect("versions"), [1]);
    assert_eq!(client.subjects().await.expect("subjects"), ["r-value"]);
}

#[tokio::test]
async fn versions_count_up_and_equal_schemas_keep_theirs() {
    let (_server, client) = registry().await;
    let first = client.register("s", &record("R", &[])).await.expect("registered");
    let second = client.register("s", &evolved()).await.expect("registered");
    assert_ne!(first, second);
    client.clear_caches();
    assert_eq!(client.register("s", &record("R", &[])).await.expect("registered again"), first);
    assert_eq!(client.versions("s").await.expect("versions"), [1, 2]);
    assert_eq!(client.look_up("s", &record("R", &[])).await.expect("found").version(), 1);
    assert_eq!(client.latest("s").await.expect("the latest").version(), 2);
}

#[tokio::test]
async fn what_is_not_there_has_an_error_code() {
    let (_server, client) = registry().await;
    let schema = record("R", &[]);
    let subject = ErrorCode::SubjectNotFound;
    check_error(
        client.latest("s").await,
        subject,
        &["the latest version of subject `s`", "40401", "subject name strategy"],
    );
    check_error(client.version("s", 1).await, subject, &["version 1 of subject `s`"]);
    check_error(client.versions("s").await, subject, &["the versions of subject `s`"]);
    check_error(client.look_up("s", &schema).await, subject, &["looking up a schema under subject `s`"]);
    let first = client.check_compatibility("s", CheckAgainst::Latest, &schema).await.expect("nothing to compare with");
    assert!(first.is_compatible);
    let against = CheckAgainst::Version(1);
    let unknown = client.check_compatibility("s", against, &schema).await;
    check_error(unknown, ErrorCode::VersionNotFound, &["subject `s`"]);
    let unknown = client.schema_by_id(SchemaId::new(99)).await;
    check_error(unknown, ErrorCode::SchemaNotFound, &["fetching schema 99", "/schemas/ids/99", "404"]);

    client.register("s", &schema).await.expect("registered");
    check_error(client.version("s", 2).await, ErrorCode::VersionNotFound, &["version 2 of subject `s`"]);
    check_error(client.version("s", 0).await, ErrorCode::InvalidVersion, &["422"]);
    check_error(client.look_up("s", &evolved()).await, ErrorCode::SchemaNotFound, &["subject `s`"]);
    let against = CheckAgainst::Version(7);
    check_error(client.check_compatibility("s", against, &schema).await, ErrorCode::VersionNotFound, &["subject `s`"]);
}

#[tokio::test]
async fn invalid_schemas_are_refused_by_the_registry() {
    let (_server, client) = registry().await;
    for text in ["", "{", r#""sting""#, r#"{"type":"record","name":"R"}"#] {
        let invalid = client.register("s", &SchemaText::from(text)).await;
        check_error(
            invalid,
            ErrorCode::InvalidSchema,
            &["registering a schema under subject `s`", "correct the schema"],
        );
    }
}

#[tokio::test]
async fn incompatible_schemas_are_refused_and_the_check_says_why() {
    let (_server, client) = registry().await;
    client.register("s", &record("R", &[])).await.expect("registered");

    let refused = client.register("s", &demanding()).await.expect_err("the default level is BACKWARD");
    assert!(refused.is_incompatible() && !refused.is_not_found() && !refused.is_retriable(), "{refused:?}");
    assert!(refused.to_string().contains("compatibility level"), "{refused}");

    for against in [CheckAgainst::Configured, CheckAgainst::Latest, CheckAgainst::Version(1)] {
        let answer = client.check_compatibility("s", against, &demanding()).await.expect("checked");
        assert!(!answer.is_compatible);
        let messages = answer.messages.join("\n");
        assert!(messages.contains("READER_FIELD_MISSING_DEFAULT_VALUE"), "{messages}");
        assert!(messages.contains("demanded") && messages.contains("oldSchemaVersion: 1"), "{messages}");

        let answer = client.check_compatibility("s", against, &evolved()).await.expect("checked");
        assert_eq!((answer.is_compatible, answer.messages), (true, vec![]));
    }
    let new = client.check_compatibility("new", CheckAgainst::Configured, &demanding()).await.expect("checked");
    assert!(new.is_compatible, "a subject without versions takes everything");
}

#[tokio::test]
async fn levels_are_set_and_asked_for() {
    let (_server, client) = registry().await;
    let global = async || client.global_compatibility_level().await.expect("a level");
    let of_subject = async || client.compatibility_level("s").await.expect("a level");
    assert_eq!((global().await, of_subject().await), (CompatibilityLevel::Backward, CompatibilityLevel::Backward));
    for level in CompatibilityLevel::ALL {
        client.set_global_compatibility_level(level).await.expect("set");
        assert_eq!((global().await, of_subject().await), (level, level));
    }
    client.set_global_compatibility_level(CompatibilityLevel::Full).await.expect("set");
    for level in CompatibilityLevel::ALL {
        client.set_compatibility_level("s", level).await.expect("set");
        assert_eq!((global().await, of_subject().await), (CompatibilityLevel::Full, level));
    }
    client.set_compatibility_level("s", CompatibilityLevel::None).await.expect("set");
    client.register("s", &record("R", &[])).await.expect("registered");
    client.register("s", &demanding()).await.expect("NONE takes everything");
}

#[tokio::test]
async fn subjects_may_hold_every_character() {
    let (_server, client) = registry().await;
    let mut names = ["a/b", "a b", "ä-value", "100%", "a?b#c", "a%2Fb", "a\\b", "a+b&c=d", ":.ctx:s", "...", "{s}"];
    for name in names {
        let id = client.register(name, &record("R", &[])).await.expect(name);
        assert_eq!(client.latest(name).await.expect(name).subject(), name);
        assert_eq!(client.version(name, 1).await.expect(name).id(), id);
        client.set_compatibility_level(name, CompatibilityLevel::Full).await.expect(name);
        assert_eq!(client.compatibility_level(name).await.expect(name), CompatibilityLevel::Full);
    }
    names.sort_unstable();
    assert_eq!(client.subjects().await.expect("subjects"), names);
    for name in ["", ".", "..", "orders\n-value", "orders\t-value", "\u{85}"] {
        let refused = client.register(name, &record("R", &[])).await.expect_err("it would be another address");
        assert!(matches!(refused, RegistryError::InvalidSubject { .. }), "{refused:?}");
        client.latest(name).await.expect_err("it would be another address");
    }
}

#[tokio::test]
async fn requests_look_as_a_registry_expects_them() {
    let server = Scripted::start(|_, asked| match asked.method.as_str() {
        "PUT" => json(r#"{"compatibility": "FULL"}"#),
        _ => json(r#"{"id": 1}"#),
    })
    .await;
    let client = SchemaRegistry::new(&format!("{}/apis/ccompat/v7/", server.url)).expect("a valid address");
    client.register("a/b", &SchemaText::from(r#""int""#)).await.expect("registered");
    client.normalizing(true).register("a/b", &SchemaText::from(r#""int""#)).await.expect("registered");
    client.set_compatibility_level("s", CompatibilityLevel::Full).await.expect("set");
    let asked = server.asked();
    let seen: Vec<_> = asked.iter().map(|asked| format!("{} {} {}", asked.method, asked.path, asked.body)).collect();
    assert_eq!(
        seen,
        [
            r#"POST /apis/ccompat/v7/subjects/a%2Fb/versions {"schema":"\"int\""}"#,
            r#"POST /apis/ccompat/v7/subjects/a%2Fb/versions?normalize=true {"schema":"\"int\""}"#,
            r#"PUT /apis/ccompat/v7/config/s {"compatibility":"FULL"}"#,
        ]
    );
    for asked in asked {
        assert_eq!(asked.header("content-type"), Some("application/vnd.schemaregistry.v1+json"));
        assert_eq!(asked.header("accept"), Some("application/vnd.schemaregistry.v1+json"));
    }
}

#[tokio::test]
async fn answers_of_newer_registries_are_understood() {
    const VERSION: &str = r#"{"subject": "s", "version": 3, "id": 7, "guid": "a", "ts": 1, "deleted": false,
        "schemaType": "AVRO", "references": [], "metadata": null, "ruleSet": null, "schema": "\"int\""}"#;
    let server = Scripted::start(|_, asked| match asked.path.as_str() {
        "/config/s?defaultToGlobal=true" => json(r#"{"compatibilityLevel": "FULL", "normalize": true}"#),
        "/compatibility/subjects/s/versions?verbose=true" => json(r#"{"is_compatible": true, "messages": null}"#),
        _ => json(VERSION),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let schema = SchemaText::from(r#""int""#);
    assert_eq!(client.register("s", &schema).await.expect("registered"), SchemaId::new(7));
    assert_eq!(client.look_up("s", &schema).await.expect("found").version(), 3);
    assert_eq!(client.schema_by_id(SchemaId::new(7)).await.expect("found").text(), r#""int""#);
    assert_eq!(client.compatibility_level("s").await.expect("a level"), CompatibilityLevel::Full);
    let answer = client.check_compatibility("s", CheckAgainst::Configured, &schema).await.expect("checked");
    assert!(answer.is_compatible);
}

#[tokio::test]
async fn a_registry_that_does_not_know_default_to_global_is_asked_for_the_global_level() {
    for code in [40401, 40408] {
        let server = Scripted::start(move |_, asked| match asked.path.as_str() {
            "/config?defaultToGlobal=true" => json(r#"{"compatibilityLevel": "FORWARD"}"#),
            _ => crate::scripted::error(404, code, "no level"),
        })
        .await;
        let client = SchemaRegistry::new(&server.url).expect("a valid address");
        assert_eq!(client.compatibility_level("s").await.expect("a level"), CompatibilityLevel::Forward);
    }
}

#[tokio::test]
async fn the_answer_to_a_new_level_may_have_either_form() {
    for name in ["compatibility", "compatibilityLevel"] {
        let server = Scripted::start(move |_, _| json(&format!(r#"{{"{name}": "FULL"}}"#))).await;
        let client = SchemaRegistry::new(&server.url).expect("a valid address");
        client.set_compatibility_level("s", CompatibilityLevel::Full).await.expect("set");
        client.set_global_compatibility_level(CompatibilityLevel::Full).await.expect("set");
    }
}

#[tokio::test]
async fn errors_of_version_8_are_the_same_errors() {
    let server = Scripted::start(|_, _| crate::scripted::error(409, 40901, "incompatible")).await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let refused = client.register("s", &record("R", &[])).await.expect_err("409");
    assert!(refused.is_incompatible(), "{refused:?}");
}

#[tokio::test]
async fn deleting_forgets_what_is_no_longer_true() {
    let (server, client) = registry().await;
    let first = client.register("s", &record("R", &[])).await.expect("registered");
    let second = client.register("s", &evolved()).await.expect("registered");
    assert_eq!(client.latest("s").await.expect("the latest").version(), 2);

    check_error(
        client.delete_version("s", 2, Deletion::Permanent).await,
        ErrorCode::VersionNotSoftDeleted,
        &["deleting version 2 of subject `s`"],
    );
    client.delete_version("s", 2, Deletion::Soft).await.expect("deleted");
    assert_eq!(client.latest("s").await.expect("the latest").version(), 1, "the answer before was forgotten");
    client.clear_caches();
    assert_eq!(client.schema_by_id(second).await.expect("still readable").id(), second);
    client.delete_version("s", 2, Deletion::Permanent).await.expect("deleted");

    check_error(client.delete_subject("s", Deletion::Permanent).await, ErrorCode::SubjectNotSoftDeleted, &["`s`"]);
    assert_eq!(client.delete_subject("s", Deletion::Soft).await.expect("deleted"), [1]);
    check_error(
        client.delete_subject("s", Deletion::Soft).await,
        ErrorCode::SubjectSoftDeleted,
        &["deleting subject `s`"],
    );
    // The registration was remembered, and has to be made again.
    assert_eq!(client.register("s", &record("R", &[])).await.expect("registered again"), first);
    assert_eq!(client.versions("s").await.expect("versions"), [2]);
    client.delete_subject("s", Deletion::Soft).await.expect("deleted");
    // The deleted version of the same schema went when the new one came.
    assert_eq!(client.delete_subject("s", Deletion::Permanent).await.expect("deleted"), [2]);
    check_error(client.versions("s").await, ErrorCode::SubjectNotFound, &[]);
    assert!(client.subjects().await.expect("listed").is_empty());
    assert!(matches!(client.delete_subject("", Deletion::Soft).await, Err(RegistryError::InvalidSubject { .. })));
    drop(server);
}

#[tokio::test]
async fn a_registration_tells_version_and_guid_where_the_registry_does() {
    let (_server, client) = registry().await;
    let schema = SchemaText::from(r#"{"type": "string"}"#);
    let registered = client.register_with("s", &schema, RegisterOptions::default()).await.expect("registered");
    let guid = Guid::of(r#""string""#, []);
    assert_eq!((registered.id, registered.version, registered.guid), (SchemaId::new(1), Some(1), Some(guid)));
    assert_eq!(client.latest("s").await.expect("there").guid(), guid);

    // Confluent Platform 7.9 returns the id only, and of a schema its text: the GUID follows from that.
    let server = Scripted::start(|_, asked| match asked.method.as_str() {
        "POST" => json(r#"{"id": 1}"#),
        _ => json(r#"{"schema": "\"string\""}"#),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let registered = client.register_with("s", &schema, RegisterOptions::default()).await.expect("registered");
    assert_eq!((registered.id, registered.version, registered.guid), (SchemaId::new(1), None, None));
    assert_eq!(client.schema_by_id(SchemaId::new(1)).await.expect("known").guid(), guid);

    // The registry's GUID counts: it may also cover rules.
    let server = Scripted::start(|_, _| {
        json(r#"{"schema": "\"string\"", "guid": "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1", "ruleSet": {"domainRules": []}}"#)
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let schema = client.schema_by_id(SchemaId::new(1)).await.expect("known");
    assert_eq!(schema.guid().to_string(), "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1");
}

#[tokio::test]
async fn a_guid_without_an_id_is_an_error() {
    let server = Scripted::start(|_, asked| match asked.path.ends_with("/ids") {
        true => json("[]"),
        false => json(r#"{"schema": "\"string\""}"#),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let guid = Guid::of(r#""string""#, []);
    let error = client.schema_by_guid(guid).await.expect_err("no id");
    assert!(matches!(&error, RegistryError::NoId { guid: found, .. } if *found == guid), "{error:?}");
    assert!(
        error.to_string().contains("fetching the schema with the GUID 095d71cf-1255-6b9d-5e33-0ad575b3df5d"),
        "{error}"
    );
}
