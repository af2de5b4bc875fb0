//! Types with subjects of their own, to which the schemas of producers refer.

use kafka_typed::schema_registry::{SchemaReference, SchemaText};
use kafka_typed::{Registration, SchemaId};

use crate::cluster::{chain, kafka, soon, values};
use crate::messages::{Place, Route};

fn route() -> Route {
    Route { from: Place { name: "home".into() }, to: Place { name: "sea".into() } }
}

#[tokio::test]
async fn a_producer_registers_what_its_schema_refers_to() {
    let builder = || kafka().producer::<Route>("routes").shared_types(["test.Place"]);
    let producer = builder().build().await.unwrap();
    let registry = kafka().registry().clone();
    let latest = registry.latest("routes-value").await.unwrap();
    assert_eq!(latest.schema().references(), [SchemaReference::new("test.Place", "test.Place", 1)]);
    assert!(!latest.schema().text().contains("string"), "{}", latest.schema().text());
    assert_eq!(producer.schema_id(), Some(latest.id()));

    soon(producer.send(&route())).await.unwrap();
    let mut consumer = kafka().consumer::<Route>("routes").build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [route()]);

    registry.clear_caches();
    assert_eq!(builder().build().await.unwrap().schema_id(), Some(latest.id()), "nothing is registered twice");
    assert_eq!(registry.versions("routes-value").await.unwrap(), [1]);
    assert_eq!(registry.versions("test.Place").await.unwrap(), [1]);

    // Whoever looks for the schema as a whole finds it, too.
    let looked_up = kafka().producer::<Route>("routes").registration(Registration::LookUpOnly).build().await.unwrap();
    assert_eq!(looked_up.schema_id(), Some(latest.id()));
}

#[tokio::test]
async fn what_is_not_used_is_not_registered() {
    let id = async |shared: &[&str]| -> SchemaId {
        let builder = kafka().producer::<Route>("routes-alone").shared_types(shared.iter().copied());
        builder.build().await.unwrap().schema_id().unwrap()
    };
    let alone = id(&[]).await;
    assert_eq!(id(&["test.Planet", "Place"]).await, alone, "fullnames count, and others are for other types");
}

#[tokio::test]
async fn a_shared_type_that_is_refused_is_named() {
    let other = r#"{"type":"record","name":"Place","namespace":"test","fields":[{"name":"name","type":"long"}]}"#;
    let registry = kafka().registry().in_context("strict".parse().unwrap());
    registry.register("test.Place", &SchemaText::from(other)).await.unwrap();
    let builder = kafka().producer::<Route>("routes-refused").context("strict").shared_types(["test.Place"]);
    let error = builder.build().await.map(drop).unwrap_err();
    let text = chain(&error);
    assert!(text.contains("the schema of test.Place could not be registered under subject `test.Place`"), "{text}");
    registry.versions("routes-refused-value").await.expect_err("nothing is registered that refers to it");
}
