//! What each option changes in the code, line by line.

use avro_codegen::{Bytes, Generated, Generator, InvalidOption, Logical, Maps, Options, Pointers, Strings};
use avro_model::{SchemaSet, Source};
use avro_typed::chrono::{DateTime, Utc};

const ORDER: &str = r#"{"type": "record", "name": "com.acme.Order", "fields": [
    {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
    {"name": "notes", "type": ["null", {"type": "array", "items": "string"}]},
    {"name": "limits", "type": {"type": "map", "values": "bytes"}, "default": {}},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "fee", "type": {"type": "fixed", "name": "Fee", "size": 4, "logicalType": "decimal", "precision": 8}},
    {"name": "level", "type": {"type": "enum", "name": "Level", "symbols": ["LOW", "HIGH"]}, "default": "LOW"},
    {"name": "next", "type": ["null", "Order"]},
    {"name": "payload", "type": ["string", "null", "Level"]}]}"#;

const STRING: &str = "::std::string::String";

#[test]
fn strings() {
    let one = |choice| Options::new().strings("com.acme.*", choice);
    check(one(Strings::ArcStr), &["pub notes: ::core::option::Option<::std::vec::Vec<::std::sync::Arc<str>>>,"]);
    check(one(Strings::BoxStr), &["String(::std::boxed::Box<str>),"]);
    check(one(Strings::String), &[&format!("String({STRING}),")]);
    // Another representation makes another union.
    check(
        one(Strings::ArcStr).and_then(|options| options.strings("com.acme.Order.payload", Strings::String)),
        &["pub notes: ::core::option::Option<::std::vec::Vec<::std::sync::Arc<str>>>,", &format!("String({STRING}),")],
    );
}

#[test]
fn bytes_and_maps() {
    let map = |ty: &str| format!("pub limits: ::std::collections::HashMap<{STRING}, {ty}>,");
    let one = |choice| Options::new().bytes("@bytes", choice);
    check(one(Bytes::Vec), &[&map("::std::vec::Vec<u8>")]);
    check(one(Bytes::BoxSlice), &[&map("::std::boxed::Box<[u8]>")]);
    check(one(Bytes::ArcSlice), &[&map("::std::sync::Arc<[u8]>")]);
    check(one(Bytes::Bytes), &[&map("::avro_typed::bytes::Bytes")]);
    check(
        Options::new().maps("com.acme.Order.limits", Maps::BTreeMap),
        &[
            &format!("pub limits: ::std::collections::BTreeMap<{STRING}, ::std::vec::Vec<u8>>,"),
            "::std::collections::BTreeMap::new()",
            // Only a sorted map has a hash.
            "#[derive(Clone, Debug, PartialEq, Eq, Hash)]",
        ],
    );
}

#[test]
fn fast_ones() {
    let fast =
        |ty: &str| format!("pub limits: ::std::collections::HashMap<{STRING}, {ty}, ::avro_typed::FastRandomState>,");
    let limits = |choice| Options::new().maps("com.acme.Order.limits", choice);
    check(limits(Maps::FastHashMap), &[&fast("::std::vec::Vec<u8>"), "::core::default::Default::default()"]);
    check(limits(Maps::Vec), &[&format!("pub limits: ::std::vec::Vec<({STRING}, ::std::vec::Vec<u8>)>,")]);
    let compact = "::avro_typed::compact_str::CompactString";
    let notes = format!("pub notes: ::core::option::Option<::std::vec::Vec<{compact}>>,");
    check(Options::new().strings("@string", Strings::CompactString), &[&notes]);
    check(Ok(Options::new().fast(true)), &[&fast("::std::vec::Vec<u8>"), &notes]);
    // What is chosen for a place goes before the preset.
    check(
        limits(Maps::HashMap).map(|options| options.fast(true)),
        &["pub limits: ::std::collections::HashMap<", &notes],
    );
}

#[test]
fn pointers() {
    check(Options::new().pointers("*", Pointers::Arc), &["pub next: ::core::option::Option<::std::sync::Arc<Order>>,"]);
    check(Options::new().boxed("com.acme.Order.level"), &["pub level: ::std::boxed::Box<Level>,"]);
    let boxed = Options::new().boxed("com.acme.StringOrLevel.Level");
    check(boxed, &["pub level: Level,", "Level(::std::boxed::Box<Level>),"]);
    let union = Options::new().boxed("@union").and_then(|options| options.pointers("@union", Pointers::Arc));
    check(union, &["pub payload: ::core::option::Option<::std::sync::Arc<StringOrLevel>>,"]);
}

#[test]
fn logical_types() {
    check(
        Options::new().logical("*", Logical::Chrono),
        &["pub at: ::avro_typed::chrono::DateTime<::avro_typed::chrono::Utc>,", "pub id: ::avro_typed::uuid::Uuid,"],
    );
    check(Options::new().logical("@timestamp-millis", Logical::Underlying), &["pub at: i64,"]);
    let uuid = Options::new().logical("@uuid", Logical::Underlying);
    check(uuid.and_then(|options| options.strings("@uuid", Strings::BoxStr)), &["pub id: ::std::boxed::Box<str>,"]);
    check(Options::new().logical("com.acme.Fee", Logical::Underlying), &["pub fee: Fee,", "pub [u8; 4],"]);
    check(
        Options::new().logical("com.acme.Order.fee", Logical::Underlying),
        &["pub fee: [u8; 4],", "pub ::avro_typed::rust_decimal::Decimal,"],
    );
}

/// The generator knows this range without depending on chrono.
#[test]
fn the_range_of_times_is_that_of_chrono() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC.timestamp_millis(), DateTime::<Utc>::MAX_UTC.timestamp_millis());
    for (count, is_valid) in [(first, true), (first - 1, false), (last, true), (last + 1, false)] {
        assert_eq!(DateTime::from_timestamp_millis(count).is_some(), is_valid, "{count}");
        let text = format!(
            r#"{{"type": "record", "name": "R", "fields": [{{"name": "at", "default": {count},
                "type": {{"type": "long", "logicalType": "timestamp-millis"}}}}]}}"#
        );
        let generated = generated(&text, Options::new().logical("*", Logical::Chrono));
        assert_eq!(generated.warnings.list.is_empty(), is_valid, "{count}: {}", generated.warnings);
    }
}

#[test]
fn own_types() {
    let one = |pattern, ty| Options::new().own_type(pattern, ty);
    check(one("com.acme.Order.notes", "crate::Notes"), &["pub notes: ::core::option::Option<crate::Notes>,"]);
    check(
        one("@string", "crate::Text"),
        &["pub notes: ::core::option::Option<::std::vec::Vec<crate::Text>>,", "String(crate::Text),"],
    );
    check(one("@map", "crate::Sorted<_>"), &["pub limits: crate::Sorted<::std::vec::Vec<u8>>,"]);
    check(one("com.acme.Order.at", "crate::Checked<_>"), &["pub at: crate::Checked<::avro_typed::jiff::Timestamp>,"]);
    check(
        one("com.acme.Order.level", "crate::Level"),
        &[
            "pub level: crate::Level,",
            "writer.field::<self::Level, _>(\"level\", &self.level)?;",
            r#"::avro_typed::__private::default::<self::Level, crate::Level>(b"\x00")"#,
            // Nobody knows whether it is `Eq`.
            "#[derive(Clone, Debug, PartialEq)]",
        ],
    );
}

#[test]
fn types_of_other_places() {
    let code = check(Options::new().replace("com.acme.Fee", "crate::Fee"), &["pub fee: crate::Fee,"]);
    assert!(!code.contains("pub struct Fee"), "{code}");
    let shared = Options::new().extern_path("com.acme.Level", "::shared::acme::Level");
    let code = check(shared, &["pub level: ::shared::acme::Level,", "Level(::shared::acme::Level),"]);
    assert!(!code.contains("pub enum Level"), "{code}");
    let all = generated(ORDER, Options::new().extern_path("com", "::shared"));
    assert!(!all.code.contains("pub struct"), "{}", all.code);
    assert_eq!(all.root_types, ["::shared::acme::Order"]);
}

#[test]
fn names_of_unions() {
    let code = check(
        Options::new().union_name("com.acme.Order.payload", "Payload"),
        &["pub payload: ::core::option::Option<Payload>,", "pub enum Payload {"],
    );
    assert!(!code.contains("StringOrLevel"), "{code}");
}

#[test]
fn derives_and_attributes() {
    check(
        Options::new().derive("com.acme.Order", "PartialOrd, ::std::fmt::Debug, ::a::B"),
        &["#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, ::a::B)]"],
    );
    let without = Options::new().skip_derive("@enum", "Debug, Hash");
    check(without, &["#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]"]);
    let attributes = Options::new().type_attribute("@record", "#[a]").and_then(|options| {
        options
            .field_attribute("@timestamp-millis", "#[b]")?
            .variant_attribute("com.acme.Level.HIGH", "#[c]")?
            .variant_attribute("com.acme.StringOrLevel.string", "#[d]")
    });
    check(
        attributes,
        &[
            "#[a] pub struct Order {",
            "#[b] pub at: ::avro_typed::jiff::Timestamp,",
            "#[c] High,",
            &format!("#[d] String({STRING}),"),
        ],
    );
}

/// The code has these parts, however it is broken into lines. Gives the code.
#[track_caller]
fn check(options: Result<Options, InvalidOption>, expected: &[&str]) -> String {
    let Generated { code, unused_options, .. } = generated(ORDER, options);
    assert_eq!(unused_options, [], "every option has an effect");
    let words = code.split_whitespace().collect::<Vec<_>>().join(" ").replace("< ", "<").replace(", >", ">");
    for expected in expected {
        assert!(words.contains(expected), "no {expected} in {code}");
    }
    code
}

fn generated(schema: &str, options: Result<Options, InvalidOption>) -> Generated {
    let source = Source::new("order.avsc", schema.to_owned());
    let set = SchemaSet::parse(vec![source]).unwrap_or_else(|error| panic!("{error}"));
    let options = options.unwrap_or_else(|error| panic!("{error}"));
    Generator::new(&set, &options).generate().unwrap_or_else(|error| panic!("{error}"))
}
