//! The printed form of schemas.

use avro_model::Schema;

/// Each text with what is printed for it: Java's attribute order, short names in their own namespace, a definition at
/// its first use only.
const CASES: &[(&str, &str)] = &[
    (r#""int""#, r#""int""#),
    (r#"{"type": "int"}"#, r#""int""#),
    ("\u{feff}// a comment\n/* and another */ \"int\" // at the end", r#""int""#),
    (r#"{"type": "int", "doc": "dropped, as Java does", "unit": "mm"}"#, r#"{"type":"int","unit":"mm"}"#),
    (
        r#"{"precision": 4, "scale": 2, "type": "bytes", "logicalType": "decimal"}"#,
        r#"{"type":"bytes","precision":4,"scale":2,"logicalType":"decimal"}"#,
    ),
    ("[]", "[]"),
    (r#"["null", {"type": "string"}]"#, r#"["null","string"]"#),
    (r#"{"values": "long", "type": "map", "x": null}"#, r#"{"type":"map","values":"long","x":null}"#),
    (
        r#"{"aliases": ["B", "b.C", ".D", "B"], "z": 1, "a": [1.50, {"k": "\u0001\u00e9"}], "symbols": ["X", "Y"], "default": "Y",
            "doc": "d", "namespace": "a.b", "name": "E", "type": "enum"}"#,
        concat!(
            r#"{"type":"enum","name":"E","namespace":"a.b","doc":"d","symbols":["X","Y"],"default":"Y","z":1,"#,
            "\"a\":[1.5,{\"k\":\"\\u0001é\"}],\"aliases\":[\"B\",\"b.C\",\".D\"]}"
        ),
    ),
    (
        r#"{"type": "record", "name": "a.R", "fields": [
            {"order": "DESCENDING", "default": 1, "aliases": ["g", "g"], "type": "int", "name": "f", "x": true, "doc": "d"},
            {"name": "h", "type": {"type": "fixed", "name": "F", "size": 2}, "order": "ascending"},
            {"name": "i", "type": "F"},
            {"name": "j", "type": {"type": "fixed", "name": "b.G", "size": 0}, "order": "ignore"},
            {"name": "k", "type": ["null", "b.G", "R"]}]}"#,
        concat!(
            r#"{"type":"record","name":"R","namespace":"a","fields":["#,
            r#"{"name":"f","type":"int","doc":"d","default":1,"order":"descending","aliases":["g"],"x":true},"#,
            r#"{"name":"h","type":{"type":"fixed","name":"F","size":2}},"#,
            r#"{"name":"i","type":"F"},"#,
            r#"{"name":"j","type":{"type":"fixed","name":"G","namespace":"b","size":0},"order":"ignore"},"#,
            r#"{"name":"k","type":["null","b.G","R"]}]}"#
        ),
    ),
    // The null namespace inside another one, a name that needs its dot to be found again, and one named as a primitive
    // type.
    (
        r#"{"type": "record", "name": "a.R", "fields": [
            {"name": "f", "type": {"type": "fixed", "name": "X", "namespace": "", "size": 1}},
            {"name": "g", "type": ".X"},
            {"name": "h", "type": {"type": "fixed", "name": "X", "size": 2}},
            {"name": "i", "type": [".X", "X"]},
            {"name": "j", "type": {"type": "fixed", "name": "long", "size": 3}},
            {"name": "k", "type": "a.long"}]}"#,
        concat!(
            r#"{"type":"record","name":"R","namespace":"a","fields":["#,
            r#"{"name":"f","type":{"type":"fixed","name":"X","namespace":"","size":1}},"#,
            r#"{"name":"g","type":".X"},"#,
            r#"{"name":"h","type":{"type":"fixed","name":"X","size":2}},"#,
            r#"{"name":"i","type":[".X","X"]},"#,
            r#"{"name":"j","type":{"type":"fixed","name":"long","size":3}},"#,
            r#"{"name":"k","type":"a.long"}]}"#
        ),
    ),
    (r#"{"type": "error", "name": "Failed", "fields": []}"#, r#"{"type":"error","name":"Failed","fields":[]}"#),
    // A definition moves to where it is used first.
    (
        r#"[{"type": "record", "name": "A", "fields": [{"name": "b", "type": "B"}]}, {"type": "fixed", "name": "B", "size": 1}]"#,
        r#"[{"type":"record","name":"A","fields":[{"name":"b","type":{"type":"fixed","name":"B","size":1}}]},"B"]"#,
    ),
];

#[test]
fn schemas_are_printed_as_java_does() {
    for (text, expected) in CASES {
        let schema = Schema::parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(schema.to_json(), *expected, "{text}");
        let again = Schema::parse(expected).unwrap_or_else(|error| panic!("{expected}\n{error}"));
        assert_eq!(again.to_json(), *expected, "{text}");
        assert_eq!(again.canonical_form(), schema.canonical_form(), "{text}");
    }
}

/// Printing must not use the stack: a chain of definitions may be longer than any stack is deep.
#[test]
fn long_chains_are_printed() {
    use avro_model::{SchemaSet, Source};
    const LENGTH: usize = 20_000;
    let record = |index: usize| {
        let next = if index + 1 == LENGTH { "null".to_owned() } else { format!("R{}", index + 1) };
        let text =
            format!(r#"{{"type": "record", "name": "R{index}", "fields": [{{"name": "next", "type": "{next}"}}]}}"#);
        Source::new(format!("r{index}.avsc"), text)
    };
    let set = SchemaSet::parse((0..LENGTH).map(record).collect()).expect("the chain is valid");
    let schema = set.schema_of(&set.roots()[0].ty);
    assert_eq!(schema.definitions().len(), LENGTH);
    assert_eq!(schema.to_json().matches("\"next\"").count(), LENGTH);
    assert_eq!(schema.canonical_form().matches("\"next\"").count(), LENGTH);
}
