//! What is said about schemas that are wrong, or odd. Each group of cases has one snapshot.

use std::fmt::Write;

use avro_model::{Diagnostic, Label, Schema, SchemaSet, Source, position};

/// A name, and the sources with their paths.
pub(crate) type Case<'c> = (&'c str, &'c [(&'c str, &'c str)]);

#[test]
fn json() {
    check(
        "json",
        &[
            ("empty", &[("a.avsc", "")]),
            ("only a comment", &[("a.avsc", "// nothing\n")]),
            ("not closed", &[("a.avsc", "{\"type\": \"int\"")]),
            ("missing comma", &[("a.avsc", "{\n  \"type\": \"record\"\n  \"name\": \"R\"\n}")]),
            ("missing colon", &[("a.avsc", "{\"type\" \"int\"}")]),
            ("superfluous comma in an object", &[("a.avsc", "{\"type\": \"int\",}")]),
            ("superfluous comma in an array", &[("a.avsc", "[\"int\", ]")]),
            ("single quotes", &[("a.avsc", "{'type': 'int'}"), ("b.avsc", "'int'")]),
            ("not a number", &[("a.avsc", "{\"type\": \"int\", \"x\": NaN}")]),
            ("too deep", &[("a.avsc", &"[".repeat(513))]),
            ("key without quotes", &[("a.avsc", "{type: \"int\"}")]),
            ("value without quotes", &[("a.avsc", "{\"type\": int}")]),
            ("capital letters", &[("a.avsc", "{\"type\": \"int\", \"nullable\": True}")]),
            ("string not closed", &[("a.avsc", "{\"type\": \"int\n}")]),
            ("tab in a string", &[("a.avsc", "\"in\tt\"")]),
            ("no such escape", &[("a.avsc", r#""in\t\q""#)]),
            ("escape with too few digits", &[("a.avsc", r#""\u12""#)]),
            (
                "lone surrogates, high and low",
                &[("a.avsc", r#"{"type": "int", "x": "\ud83d", "y": "\ude00 \ud83dx"}"#)],
            ),
            ("numbers", &[("a.avsc", "01"), ("b.avsc", "-"), ("c.avsc", "1."), ("d.avsc", "1e"), ("e.avsc", "12a")]),
            ("comment not closed", &[("a.avsc", "\"int\" /* and so on")]),
            ("slash", &[("a.avsc", "/ \"int\"")]),
            ("text after the schema", &[("a.avsc", "{\"type\": \"int\"}\n{\"type\": \"long\"}")]),
            ("duplicate keys", &[("a.avsc", "{\"type\": \"int\", \"x\": 1, \"type\": \"long\", \"x\": 2}")]),
            ("byte order mark", &[("a.avsc", "\u{feff}{\"type\": inty}")]),
            ("control character", &[("a.avsc", "\u{0}\u{0}")]),
            (
                "no second error for what an unreadable source may define",
                &[
                    ("a.avsc", "[\"B\", \"Missing\"]"),
                    ("b.avsc", "{\"type\": \"fixed\", \"name\": \"x.B\" \"size\": 1}"),
                ],
            ),
        ],
    );
}

#[test]
fn shape() {
    check(
        "shape",
        &[
            (
                "not a schema",
                &[("a.avsc", "12"), ("b.avsc", "null"), ("c.avsc", "{\"type\": \"array\", \"items\": true}")],
            ),
            (
                "the answer of a registry",
                &[
                    (
                        "a.avsc",
                        r#"{"subject": "s", "version": 1, "id": 7, "schema": "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}"}"#,
                    ),
                    ("b.avsc", r#"{"subject": "s", "schema": {"type": "int"}, "references": []}"#),
                    ("c.avsc", "[\"F\"]"),
                ],
            ),
            ("no type", &[("a.avsc", "{}"), ("b.avsc", "{\"name\": \"R\", \"fields\": []}")]),
            ("misspelt type", &[("a.avsc", "{\"tpye\": \"int\"}")]),
            ("type is an object", &[("a.avsc", "{\"type\": {\"type\": \"sting\"}, \"logicalType\": \"uuid\"}")]),
            ("type is a number", &[("a.avsc", "{\"type\": 7}")]),
            ("record without fields", &[("a.avsc", "{\"type\": \"record\", \"name\": \"R\"}")]),
            ("misspelt fields", &[("a.avsc", "{\"type\": \"record\", \"name\": \"R\", \"field\": []}")]),
            ("fields is not an array", &[("a.avsc", "{\"type\": \"record\", \"name\": \"R\", \"fields\": {}}")]),
            (
                "fields that are wrong, each once",
                &[(
                    "a.avsc",
                    r#"{"type": "record", "name": "R", "fields": [
  "f",
  {"type": "int"},
  {"name": "g"},
  {"name": 5, "type": "int"},
  {"name": "h", "typ": "int"},
  {"name": "i", "type": "int", "order": "upwards"},
  {"name": "j", "type": "int", "aliases": "k"},
  {"name": "l", "type": "int", "aliases": [1]}
]}"#,
                )],
            ),
            (
                "a field with the attributes of its type",
                &[(
                    "a.avsc",
                    r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": "array", "items": "int"}]}"#,
                )],
            ),
            ("enum without symbols", &[("a.avsc", "{\"type\": \"enum\", \"name\": \"E\", \"symbol\": [\"A\"]}")]),
            (
                "symbols",
                &[(
                    "a.avsc",
                    r#"{"type": "enum", "name": "E", "symbols": ["A", "B", "A", "no-dash", 5], "default": "C"}"#,
                )],
            ),
            (
                "default of an enum",
                &[
                    ("c.avsc", r#"{"type": "enum", "name": "G", "symbols": ["A"], "default": "Other"}"#),
                    ("a.avsc", r#"{"type": "enum", "name": "E", "symbols": ["GOLD", "SILVER"], "default": "SILVR"}"#),
                    ("b.avsc", r#"{"type": "enum", "name": "F", "symbols": ["A"], "default": 0}"#),
                ],
            ),
            (
                "size",
                &[
                    ("a.avsc", "{\"type\": \"fixed\", \"name\": \"A\"}"),
                    ("b.avsc", "{\"type\": \"fixed\", \"name\": \"B\", \"size\": -1}"),
                    ("c.avsc", "{\"type\": \"fixed\", \"name\": \"C\", \"size\": \"16\"}"),
                    ("d.avsc", "{\"type\": \"fixed\", \"name\": \"D\", \"size\": 3000000000}"),
                ],
            ),
            (
                "items and values",
                &[("a.avsc", "{\"type\": \"array\", \"item\": \"int\"}"), ("b.avsc", "{\"type\": \"map\"}")],
            ),
            (
                "unions",
                &[(
                    "a.avsc",
                    r#"["int", ["null", "string"], {"type": "int", "logicalType": "date"}, {"type": "map", "values": "int"},
 {"type": "map", "values": "long"}, {"type": "fixed", "name": "F", "size": 1}, "F"]"#,
                )],
            ),
        ],
    );
}

#[test]
fn names() {
    check(
        "names",
        &[
            ("no name", &[("a.avsc", "{\"type\": \"fixed\", \"size\": 1}")]),
            ("not a string", &[("a.avsc", "{\"type\": \"fixed\", \"name\": [\"F\"], \"namespace\": 1, \"size\": 1}")]),
            ("not a name", &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"my-hash\", \"size\": 1}")]),
            ("digit", &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"a.2nd\", \"size\": 1}")]),
            ("empty", &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"\", \"size\": 1}")]),
            ("not ASCII", &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"Größe\", \"size\": 1}")]),
            (
                "namespace",
                &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"F\", \"namespace\": \"foo-bar..x\", \"size\": 1}")],
            ),
            (
                "alias",
                &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"F\", \"aliases\": [\"ok\", \"not ok\"], \"size\": 1}")],
            ),
            ("primitive", &[("a.avsc", "{\"type\": \"fixed\", \"name\": \"string\", \"size\": 1}")]),
            ("field", &[("a.avsc", r#"{"type": "record", "name": "R", "fields": [{"name": "a b", "type": "int"}]}"#)]),
            (
                "field twice",
                &[(
                    "a.avsc",
                    "{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n  {\"name\": \"a\", \"type\": \"int\"},\n  {\"name\": \"a\", \"type\": \"long\"}]}",
                )],
            ),
            (
                "unknown types",
                &[
                    (
                        "a.avsc",
                        r#"["com.acme.Adress", "Address", "acme.SeverityLevel", "Int", "integer", "Boolean", "timestamp-millis", "map", "Whatever",
 {"type": "record", "name": "com.acme.R", "fields": [{"name": "a", "type": "Adress"}, {"name": "b", "type": "SeverityLevle"}]},
 {"type": "fixed", "name": "com.acme.Address", "size": 1}]"#,
                    ),
                    ("b.avsc", r#"{"type": "enum", "name": "SeverityLevel", "namespace": "com.acme", "symbols": []}"#),
                ],
            ),
            ("words of Avro", &[("a.avsc", r#"["array", "union", "record", "error", "enum", "fixed", "duration"]"#)]),
            (
                "the same name with another meaning",
                &[
                    ("a.avsc", "{\"type\": \"fixed\", \"name\": \"a.F\", \"size\": 1}"),
                    ("b.avsc", "{\"type\": \"fixed\", \"name\": \"F\", \"namespace\": \"a\", \"size\": 2}"),
                    ("c.avsc", "{\"type\": \"enum\", \"name\": \"a.F\", \"symbols\": []}"),
                ],
            ),
            (
                "errors, enums and aliases that differ",
                &[
                    (
                        "a.avsc",
                        r#"[{"type": "record", "name": "R", "fields": []}, {"type": "enum", "name": "E", "symbols": ["A"]},
 {"type": "fixed", "name": "F", "size": 1, "aliases": ["G"]},
 {"type": "record", "name": "S", "fields": [{"name": "f", "type": "int"}]}]"#,
                    ),
                    (
                        "b.avsc",
                        r#"[{"type": "error", "name": "R", "fields": []}, {"type": "enum", "name": "E", "symbols": ["B"]},
 {"type": "fixed", "name": "F", "size": 1},
 {"type": "record", "name": "S", "fields": [{"name": "f", "type": "int", "order": "ignore"}]}]"#,
                    ),
                    ("c.avsc", r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}"#),
                ],
            ),
            (
                "definitions that differ in what no data depends on",
                &[
                    (
                        "a.avsc",
                        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": {"type": "string", "x": 1}}]}"#,
                    ),
                    (
                        "b.avsc",
                        r#"{"type": "record", "name": "R", "aliases": ["S"], "doc": "odd", "y": 1, "fields": [
 {"name": "a", "type": "string", "aliases": ["b"], "z": 1}]}"#,
                    ),
                ],
            ),
            (
                "namespaces beside a fullname",
                &[("a.avsc", r#"{"type": "fixed", "name": "a.F", "namespace": "1", "size": 1}"#)],
            ),
            (
                "records that differ",
                &[
                    ("a.avsc", r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#),
                    ("b.avsc", r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}"#),
                    (
                        "c.avsc",
                        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 1}]}"#,
                    ),
                    ("d.avsc", r#"{"type": "record", "name": "R", "fields": []}"#),
                    ("e.avsc", r#"{"type": "record", "name": "R", "fields": [{"name": "b", "type": "int"}]}"#),
                    (
                        "f.avsc",
                        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}], "doc": "odd"}"#,
                    ),
                    ("g.avsc", r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}], "x": 1}"#),
                ],
            ),
        ],
    );
}

#[test]
fn defaults() {
    let fields = |fields: &str| format!("{{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n{fields}]}}");
    let scalars = fields(
        r#"  {"name": "a", "type": "int", "default": "0"},
  {"name": "b", "type": "int", "default": 3000000000},
  {"name": "c", "type": "boolean", "default": "true"},
  {"name": "d", "type": ["null", "int"], "default": "null"},
  {"name": "e", "type": "string", "default": null},
  {"name": "f", "type": ["string", "int"], "default": null},
  {"name": "g", "type": "bytes", "default": "€"},
  {"name": "h", "type": {"type": "fixed", "name": "F", "size": 2}, "default": "abc"},
  {"name": "i", "type": {"type": "enum", "name": "E", "symbols": ["GOLD"]}, "default": "GOLF"},
  {"name": "j", "type": {"type": "array", "items": "int"}, "default": "[]"}"#,
    );
    let inside = fields(
        r#"  {"name": "a", "type": {"type": "array", "items": "int"}, "default": [1, 2, "3"]},
  {"name": "b", "type": {"type": "record", "name": "S", "fields": [
    {"name": "x", "type": "int"}, {"name": "yes", "type": "int", "default": 0}]}, "default": {"y": 1}},
  {"name": "c", "type": {"type": "map", "values": "S"}, "default": {"k": {"x": 1, "yse": 2}}},
  {"name": "d", "type": ["null", "S"], "default": {"x": null}}"#,
    );
    let kinds = fields(
        r#"  {"name": "a", "type": "long", "default": 1.5},
  {"name": "b", "type": "float", "default": true},
  {"name": "c", "type": "bytes", "default": [1]},
  {"name": "d", "type": {"type": "map", "values": "int"}, "default": []},
  {"name": "e", "type": {"type": "record", "name": "S", "fields": []}, "default": "S"},
  {"name": "f", "type": {"type": "enum", "name": "E", "symbols": ["A"]}, "default": 0},
  {"name": "g", "type": {"type": "fixed", "name": "F", "size": 1}, "default": 0},
  {"name": "h", "type": "double", "default": 1e400},
  {"name": "i", "type": "double", "default": "Infinite"},
  {"name": "j", "type": ["null", "float"], "default": "NaN"}"#,
    );
    let deep = format!("{}null{}", "{\"n\": ".repeat(60), "}".repeat(60));
    let deep = fields(&format!(r#"  {{"name": "n", "type": ["null", "R"], "default": {deep}}}"#));
    let endless = fields(r#"  {"name": "a", "type": ["R", "null"], "default": {}}"#);
    let broken =
        fields(r#"  {"name": "a", "type": "Q", "default": {}}, {"name": "b", "type": ["null", "Q"], "default": 1}"#);
    check(
        "defaults",
        &[
            ("scalars", &[("a.avsc", &scalars)]),
            ("of other kinds", &[("a.avsc", &kinds)]),
            ("inside", &[("a.avsc", &inside)]),
            ("deep", &[("a.avsc", &deep)]),
            ("endless", &[("a.avsc", &endless)]),
            ("of a type that is wrong itself: no second error", &[("a.avsc", &broken)]),
        ],
    );
}

#[test]
fn warnings() {
    check(
        "warnings",
        &[
            (
                "logical types",
                &[(
                    "a.avsc",
                    r#"["null", {"type": "int", "logicalType": "timestamp-millis"}, {"type": "long", "logicalType": "timestamp-milis"},
 {"type": "string", "logicalType": 5}, {"type": "bytes", "logicalType": "decimal"},
 {"type": "fixed", "name": "A", "size": 2, "logicalType": "decimal", "precision": 5},
 {"type": "fixed", "name": "B", "size": 2, "logicalType": "decimal", "precision": 4, "scale": 5},
 {"type": "fixed", "name": "C", "size": 2, "logicalType": "decimal", "precision": 2.5},
 {"type": "fixed", "name": "D", "size": 2, "logicalType": "uuid"},
 {"type": "array", "items": "int", "logicalType": "set"},
 {"type": "record", "name": "R", "fields": [], "logicalType": "decimal"}]"#,
                )],
            ),
            (
                "attributes in the wrong place",
                &[(
                    "a.avsc",
                    r#"{"type": "record", "name": "R", "namspace": "a", "doc": ["not", "a", "string"], "fields": [
  {"name": "f", "type": "long", "logicalType": "timestamp-millis"},
  {"name": "g", "type": "long", "defualt": 5},
  {"name": "h", "type": {"type": "R", "name": "again"}}]}"#,
                )],
            ),
        ],
    );
}

#[test]
fn the_error_of_one_schema_says_the_first_place() {
    for (text, expected) in [
        ("{\n  \"type\": int\n}", "2:11: expected a JSON value, found `int`; write strings in double quotes"),
        ("[\"sting\", \"Foo\"]", "1:2: unknown type `sting`; did you mean `string`? (and one more error)"),
        ("[\"A\", \"B\", \"C\"]", "1:2: unknown type `A` (and 2 more errors)"),
    ] {
        let error = Schema::parse(text).expect_err("it is wrong");
        assert_eq!(error.to_string(), expected);
        assert!(!error.diagnostics().is_empty());
    }
}

/// Every code of this crate is in a snapshot.
#[test]
fn every_code_has_a_snapshot() {
    const SNAPSHOTS: &[&str] = &[
        include_str!("snapshots/json.snap"),
        include_str!("snapshots/shape.snap"),
        include_str!("snapshots/names.snap"),
        include_str!("snapshots/defaults.snap"),
        include_str!("snapshots/warnings.snap"),
        include_str!("snapshots/idl_tokens.snap"),
        include_str!("snapshots/idl_declarations.snap"),
        include_str!("snapshots/idl_types.snap"),
        include_str!("snapshots/idl_annotations.snap"),
        include_str!("snapshots/idl_imports.snap"),
        include_str!("snapshots/idl_messages.snap"),
        include_str!("snapshots/protocols.snap"),
    ];
    let source = include_str!("../../src/code.rs");
    let names = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub const ")?.split("Code::new(\"").nth(1)?.split('"').next());
    let mut count = 0;
    for name in names {
        let is_word = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(name.chars().all(is_word), "{name} is not in lowercase words with hyphens");
        count += 1;
        assert!(SNAPSHOTS.iter().any(|text| text.contains(&format!("[{name}]: "))), "no snapshot has {name}");
    }
    assert!(count > 20, "only {count} codes were found");
}

#[test]
fn positions() {
    for (text, offset, expected) in [
        ("", 0, (1, 1)),
        ("", 9, (1, 1)),
        ("ab", 1, (1, 2)),
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\rb", 2, (2, 1)),
        ("\u{feff}ab", 3, (1, 1)),
        ("\u{feff}ab", 4, (1, 2)),
        ("äö\nü!", 7, (2, 2)),
        ("🦀x", 2, (1, 1)),
        ("🦀x", 4, (1, 2)),
    ] {
        assert_eq!(position(text, offset), expected, "{text:?} at {offset}");
    }
}

/// Compares what is said about `cases` with the snapshot `name`.
pub(crate) fn check(name: &str, cases: &[Case<'_>]) {
    check_list(name, cases, |sources| match SchemaSet::parse(sources) {
        Ok(set) => set.warnings().to_vec(),
        Err(diagnostics) => diagnostics.list,
    });
}

pub(crate) fn check_list(name: &str, cases: &[Case<'_>], said: impl Fn(Vec<Source>) -> Vec<Diagnostic>) {
    let mut report = String::new();
    for (title, files) in cases {
        writeln!(report, "## {title}").expect("a string takes all");
        let source = |(path, text): &(&str, &str)| Source::new(*path, *text);
        let sources: Vec<Source> = files.iter().map(source).collect();
        let list = said(sources.clone());
        assert!(!list.is_empty(), "nothing is said about {title}");
        for diagnostic in &list {
            show(&mut report, diagnostic, &sources);
        }
        report.push('\n');
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, report);
    });
}

fn show(report: &mut String, diagnostic: &Diagnostic, sources: &[Source]) {
    writeln!(report, "{}[{}]: {}", diagnostic.severity, diagnostic.code, diagnostic.message)
        .expect("a string takes all");
    for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
        let Label { source, span, text, .. } = label;
        let source = &sources[source.0];
        let (line, column) = position(&source.text, span.start);
        let underlined = &source.text[span.start..span.end];
        writeln!(report, "  {}:{line}:{column}: {underlined:?}: {text}", source.path).expect("a string takes all");
    }
    if let Some(help) = &diagnostic.help {
        writeln!(report, "  help: {help}").expect("a string takes all");
    }
}
