//! Names across sources.

use avro_model::{Code, DefinitionKind, Kind, LogicalType, Schema, SchemaSet, Source};

const ORDER: &str = r#"{"type": "record", "name": "Order", "namespace": "com.acme", "fields": [
    {"name": "customer", "type": "Customer"},
    {"name": "total", "type": "com.acme.money.Money"},
    {"name": "previous", "type": ["null", "Order"], "default": null}]}"#;
const CUSTOMER: &str = r#"{"type": "record", "name": "com.acme.Customer", "fields": [
    {"name": "orders", "type": {"type": "array", "items": "Order"}},
    {"name": "tier", "type": {"type": "enum", "name": "Tier", "symbols": ["GOLD"]}}]}"#;
const MONEY: &str = r#"{"type": "fixed", "name": "Money", "namespace": "com.acme.money", "size": 8,
    "logicalType": "decimal", "precision": 18, "scale": 2}"#;

fn parse(texts: &[&str]) -> SchemaSet {
    let named = texts.iter().enumerate();
    let sources = named.map(|(index, text)| Source::new(format!("{index}.avsc"), *text));
    SchemaSet::parse(sources.collect()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn order_of_the_sources_does_not_matter() {
    let mut printed = Vec::new();
    for texts in [
        [ORDER, CUSTOMER, MONEY],
        [ORDER, MONEY, CUSTOMER],
        [CUSTOMER, ORDER, MONEY],
        [CUSTOMER, MONEY, ORDER],
        [MONEY, ORDER, CUSTOMER],
        [MONEY, CUSTOMER, ORDER],
    ] {
        let set = parse(&texts);
        assert_eq!(set.definitions().len(), 4);
        assert!(set.warnings().is_empty(), "{:?}", set.warnings());
        let place = texts.iter().position(|text| *text == ORDER).expect("it is there");
        let schema = set.schema_of(&set.roots()[place].ty);
        let names: Vec<&str> = schema.definitions().iter().map(|definition| definition.name.as_str()).collect();
        assert_eq!(names, ["com.acme.Order", "com.acme.Customer", "com.acme.Tier", "com.acme.money.Money"]);
        assert_eq!(schema.fullname().map(|name| name.as_str()), Some("com.acme.Order"));
        printed.push(schema.to_json());
    }
    assert!(printed.windows(2).all(|pair| pair[0] == pair[1]), "{printed:#?}");
    let again = Schema::parse(&printed[0]).expect("a printed schema is self-contained");
    assert_eq!(again.to_json(), printed[0]);
}

#[test]
fn a_schema_takes_along_what_it_uses_and_no_more() {
    let set = parse(&[ORDER, CUSTOMER, MONEY]);
    let money = set.schema_of(&set.roots()[2].ty);
    let [definition] = money.definitions() else { panic!("{money:?}") };
    assert!(matches!(definition.kind, DefinitionKind::Fixed { size: 8 }));
    assert_eq!(definition.logical, Some(LogicalType::Decimal { precision: 18, scale: 2 }));
    assert_eq!(money.root().kind, Kind::Named(id_of(&money)));
    assert_eq!(set.source_text(definition), MONEY);
}

fn id_of(schema: &Schema) -> avro_model::DefinitionId {
    match schema.root().kind {
        Kind::Named(id) => id,
        _ => panic!("{schema:?}"),
    }
}

#[test]
fn inline_definitions_are_seen_from_other_sources_and_keep_their_text() {
    let set = parse(&[r#"{"type": "array", "items": "com.acme.Tier"}"#, CUSTOMER, ORDER, MONEY]);
    let tier = set.definitions().iter().find(|definition| definition.name.name() == "Tier").expect("it is there");
    assert_eq!(set.source_text(tier), r#"{"type": "enum", "name": "Tier", "symbols": ["GOLD"]}"#);
    assert_eq!(set.schema_of(&set.roots()[0].ty).canonical_form().matches("GOLD").count(), 1);
}

#[test]
fn equal_definitions_are_one() {
    let set = parse(&[MONEY, &format!("[{MONEY}, \"null\"]"), ORDER, CUSTOMER]);
    assert_eq!(set.definitions().len(), 4);
    assert!(set.warnings().is_empty(), "{:?}", set.warnings());
    let documented = MONEY.replace("\"size\"", "\"doc\": \"in cents\", \"size\"");
    let set = parse(&[MONEY, &documented]);
    let codes: Vec<Code> = set.warnings().iter().map(|warning| warning.code).collect();
    assert_eq!(codes, [Code::DUPLICATE_NAME]);
    assert_eq!(set.definitions().len(), 1);
}

#[test]
fn the_enclosing_namespace_wins_over_the_null_namespace() {
    let global = r#"{"type": "fixed", "name": "Id", "size": 1}"#;
    let own = r#"{"type": "fixed", "name": "a.Id", "size": 2}"#;
    let user = r#"{"type": "record", "name": "a.User", "fields": [{"name": "id", "type": "Id"}]}"#;
    for (texts, expected) in [(vec![user, global], 1), (vec![user, global, own], 2), (vec![own, user, global], 2)] {
        let set = parse(&texts);
        let place = texts.iter().position(|text| *text == user).expect("it is there");
        let schema = set.schema_of(&set.roots()[place].ty);
        assert!(
            matches!(schema.definitions()[1].kind, DefinitionKind::Fixed { size } if size == expected),
            "{schema:?}"
        );
    }
}
