//! Schemas that name types which other subjects define.

use schema_registry::{ErrorCode, RegistryError, SchemaId, SchemaReference, SchemaRegistry, SchemaText};

use crate::registry;
use crate::scripted::{Scripted, json};

fn referring(text: &str, references: &[(&str, &str, u32)]) -> SchemaText {
    let references = references.iter().map(|(name, subject, version)| SchemaReference::new(*name, *subject, *version));
    SchemaText::from(text).with_references(references)
}

const CITY: &str = r#"{"type":"record","name":"a.City","fields":[{"name":"name","type":"string"}]}"#;
const HOME: &str = r#"{"type":"record","name":"a.Home","fields":[{"name":"city","type":"City"}]}"#;
const PERSON: &str =
    r#"{"type":"record","name":"b.Person","fields":[{"name":"home","type":"a.Home"},{"name":"born","type":"a.City"}]}"#;

/// As the registry keeps it.
const PRINTED_PERSON: &str = r#"{"type":"record","name":"Person","namespace":"b","fields":[{"name":"home","type":"a.Home"},{"name":"born","type":"a.City"}]}"#;

#[tokio::test]
async fn a_schema_is_linked_with_what_it_refers_to() {
    let (server, client) = registry().await;
    client.register("city", &SchemaText::from(CITY)).await.expect("registered");
    let home = referring(HOME, &[("a.City", "city", 1)]);
    client.register("home", &home).await.expect("registered");
    let person = referring(PERSON, &[("a.Home", "home", 1), ("a.City", "city", 1)]);
    let id = client.register("person", &person).await.expect("registered");

    let before = server.requests();
    let found = client.schema_by_id(id).await.expect("linked");
    // One for the schema, one for each of two references; the third is one of these two.
    assert_eq!(server.requests() - before, 3);
    assert_eq!(found.text(), PRINTED_PERSON);
    assert_eq!(found.references(), person.references);
    let names: Vec<_> = found.schema().definitions().iter().map(|definition| definition.name.as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in ["a.City", "a.Home", "b.Person"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(found.schema().fullname().expect("a record has a name").as_str(), "b.Person");
    assert_eq!(client.look_up("person", &person).await.expect("found").id(), id);
    client.look_up("person", &SchemaText::from(PERSON)).await.expect_err("without references it is another schema");
}

#[tokio::test]
async fn references_that_lead_nowhere_are_errors() {
    let (_server, client) = registry().await;
    let home = referring(HOME, &[("a.City", "city", 1)]);
    let refused = client.register("home", &home).await.expect_err("there is no city");
    assert_eq!(refused.code(), Some(ErrorCode::InvalidSchema));

    let server = Scripted::start(|_, asked| match asked.path.as_str() {
        "/schemas/ids/1" => {
            json(r#"{"schema": "\"a.City\"", "references": [{"name": "a.City", "subject": "city", "version": 1}]}"#)
        }
        _ => crate::scripted::error(404, 40401, "Subject 'city' not found."),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let broken = client.schema_by_id(SchemaId::new(1)).await.expect_err("there is no city");
    assert_eq!(broken.code(), Some(ErrorCode::SubjectNotFound));
    let text = broken.to_string();
    assert!(text.contains("fetching schema 1: fetching `a.City` from version 1 of subject `city`"), "{text}");
}

#[tokio::test]
async fn references_in_a_circle_end() {
    let server = Scripted::start(|_, asked| match asked.path.as_str() {
        "/schemas/ids/1" => json(
            r#"{"schema": "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"b\",\"type\":[\"null\",\"B\"]}]}",
                "references": [{"name": "B", "subject": "b", "version": 1}]}"#,
        ),
        "/subjects/b/versions/1" => json(
            r#"{"subject": "b", "version": 1, "id": 2,
                "schema": "{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"A\"]}]}",
                "references": [{"name": "A", "subject": "a", "version": 1}, {"name": "B", "subject": "b", "version": 1}]}"#,
        ),
        _ => json(
            r#"{"subject": "a", "version": 1, "id": 1,
                "schema": "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"b\",\"type\":[\"null\",\"B\"]}]}",
                "references": [{"name": "B", "subject": "b", "version": 1}]}"#,
        ),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let schema = client.schema_by_id(SchemaId::new(1)).await.expect("A and B refer to each other");
    assert_eq!(schema.schema().definitions().len(), 2);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn references_without_end_are_given_up() {
    let server = Scripted::start(|index, _| {
        let next = index + 1;
        json(&format!(
            r#"{{"subject": "s{index}", "version": 1, "id": {next}, "schema": "\"int\"",
                "references": [{{"name": "X", "subject": "s{next}", "version": 1}}]}}"#
        ))
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let refused = client.schema_by_id(SchemaId::new(1)).await.expect_err("it never ends");
    assert!(matches!(refused, RegistryError::TooManyReferences { .. }), "{refused:?}");
    assert!(refused.to_string().contains("more than 500 others"), "{refused}");
}

#[tokio::test]
async fn what_many_schemas_refer_to_is_fetched_once() {
    let (server, client) = registry().await;
    client.register("city", &SchemaText::from(CITY)).await.expect("registered");
    client.register("home", &referring(HOME, &[("a.City", "city", 1)])).await.expect("registered");
    let mut ids = Vec::new();
    for number in 0..20 {
        let text = PERSON.replace("b.Person", &format!("b.Person{number}"));
        let person = referring(&text, &[("a.Home", "home", 1), ("a.City", "city", 1)]);
        ids.push(client.register(&format!("person{number}"), &person).await.expect("registered"));
    }
    client.clear_caches();
    let before = server.requests();
    for id in ids {
        assert_eq!(client.schema_by_id(id).await.expect("linked").schema().definitions().len(), 3);
    }
    assert_eq!(server.requests() - before, 20 + 2);
    for number in 0..20 {
        client.version(&format!("person{number}"), 1).await.expect("there");
    }
    client.version("city", 1).await.expect("remembered");
    assert_eq!(server.requests() - before, 20 + 2 + 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_schemas_refer_to_is_fetched_once_for_tasks_at_the_same_time() {
    let (server, client) = registry().await;
    client.register("city", &SchemaText::from(CITY)).await.expect("registered");
    client.register("home", &referring(HOME, &[("a.City", "city", 1)])).await.expect("registered");
    let mut ids = Vec::new();
    for number in 0..20 {
        let text = PERSON.replace("b.Person", &format!("b.Person{number}"));
        let person = referring(&text, &[("a.Home", "home", 1), ("a.City", "city", 1)]);
        ids.push(client.register(&format!("person{number}"), &person).await.expect("registered"));
    }
    client.clear_caches();
    let before = server.requests();
    let mut tasks = tokio::task::JoinSet::new();
    for id in ids {
        let client = client.clone();
        tasks.spawn(async move { client.schema_by_id(id).await.expect("linked").schema().definitions().len() });
    }
    assert_eq!(tasks.join_all().await, [3; 20]);
    assert_eq!(server.requests() - before, 20 + 2);
}

#[tokio::test]
async fn references_lead_four_levels_deep() {
    let (_server, client) = registry().await;
    let record = |level: u32, field: &str| {
        format!(r#"{{"type":"record","name":"n.L{level}","fields":[{{"name":"f","type":{field}}}]}}"#)
    };
    client.register("l0", &SchemaText::from(record(0, r#""int""#))).await.expect("registered");
    for level in 1..=4 {
        let (name, subject) = (format!("n.L{}", level - 1), format!("l{}", level - 1));
        let schema = referring(&record(level, &format!("\"{name}\"")), &[(&name, &subject, 1)]);
        client.register(&format!("l{level}"), &schema).await.expect("registered");
    }
    client.clear_caches();
    let deepest = client.latest("l4").await.expect("linked");
    let schema = deepest.schema().schema();
    assert_eq!(schema.definitions().len(), 5);
    assert!(schema.to_json().contains(r#"{"name":"f","type":"int"}"#), "{}", schema.to_json());
}
