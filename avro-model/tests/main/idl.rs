//! Avro IDL and protocols. The texts in `data/idl` have all of the language; what they say in JSON was compared with
//! what Java says of them, where Java can read them.

mod diagnostics;
mod hardening;
mod model;

use avro_model::{SchemaSet, Source, SourceId};

/// Every text, by the path that imports use.
pub(crate) const TEXTS: [(&str, &str); 10] = [
    ("types.avdl", include_str!("../data/idl/types.avdl")),
    ("messages.avdl", include_str!("../data/idl/messages.avdl")),
    ("literals.avdl", include_str!("../data/idl/literals.avdl")),
    ("main_schema.avdl", include_str!("../data/idl/main_schema.avdl")),
    ("named_types.avdl", include_str!("../data/idl/named_types.avdl")),
    ("imports.avdl", include_str!("../data/idl/imports.avdl")),
    ("common/cycle.avdl", include_str!("../data/idl/common/cycle.avdl")),
    ("common/money.avdl", include_str!("../data/idl/common/money.avdl")),
    ("common/status.avpr", include_str!("../data/idl/common/status.avpr")),
    ("common/id.avsc", include_str!("../data/idl/common/id.avsc")),
];

/// What some of them say, as JSON.
const EXPECTED: [(&str, &str); 9] = [
    ("types.avdl", include_str!("../data/idl/expected/types.avdl.json")),
    ("messages.avdl", include_str!("../data/idl/expected/messages.avdl.json")),
    ("literals.avdl", include_str!("../data/idl/expected/literals.avdl.json")),
    ("main_schema.avdl", include_str!("../data/idl/expected/main_schema.avdl.json")),
    ("named_types.avdl", include_str!("../data/idl/expected/named_types.avdl.json")),
    ("imports.avdl", include_str!("../data/idl/expected/imports.avdl.json")),
    ("common/cycle.avdl", include_str!("../data/idl/expected/cycle.avdl.json")),
    ("common/money.avdl", include_str!("../data/idl/expected/money.avdl.json")),
    ("common/status.avpr", include_str!("../data/idl/expected/status.avpr.json")),
];

fn source(path: &str, text: &str) -> Source {
    Source::new(path.to_owned(), text.to_owned())
}

fn parse(texts: &[(&str, &str)]) -> SchemaSet {
    let sources = texts.iter().map(|(path, text)| source(path, text)).collect();
    SchemaSet::parse(sources).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn texts_say_what_java_says() {
    let set = parse(&TEXTS);
    for (path, expected) in EXPECTED {
        let index = TEXTS.iter().position(|(other, _)| *other == path).expect("it is there");
        let json = set.json_of(SourceId(index)).expect("there is such a source");
        assert_eq!(json, expected.trim_end(), "{path}");
    }
    assert_eq!(set.json_of(SourceId(TEXTS.len())), None);
}

/// What a text says as JSON says the same when it is read again.
#[test]
fn json_is_read_as_it_was_printed() {
    for (path, json) in EXPECTED {
        let extension = if json.starts_with("{\"protocol\"") { "avpr" } else { "avsc" };
        let set = parse(&[(format!("again.{extension}").as_str(), json)]);
        // Of a list of named types each is printed in full; read again they are a union, which has each of them once.
        if !json.starts_with('[') {
            assert_eq!(set.json_of(SourceId(0)).as_deref(), Some(json.trim_end()), "{path}");
        }
    }
}
