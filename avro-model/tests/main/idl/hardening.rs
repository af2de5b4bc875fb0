//! Whatever the text: no panic, no stack overflow, bounded time and memory, and places inside the text.

use avro_model::{SchemaSet, SourceId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{TEXTS, parse, source};
use crate::properties::{apply, check_places, damage, in_bounded_time};

/// Reads `text` as the source at `path`; what is accepted says the same when it is printed and read again.
fn check_any_text(path: &str, text: &str) {
    in_bounded_time(|| check_text(path, text));
}

fn check_text(path: &str, text: &str) {
    // What the damaged texts import is there.
    let mut sources = vec![source(path, text)];
    sources.extend(TEXTS.iter().filter(|(other, _)| *other != path).map(|(path, text)| source(path, text)));
    match SchemaSet::parse(sources) {
        Ok(set) => {
            check_own_places(text, set.warnings());
            let json = set.json_of(SourceId(0)).expect("there is such a source");
            let language = if json.starts_with("{\"protocol\"") { "again.avpr" } else { "again.avsc" };
            // A list of named types may have one of them in full several times, which a union may not say.
            if !json.starts_with('[') {
                assert_eq!(parse(&[(language, &json)]).json_of(SourceId(0)), Some(json));
            }
        }
        Err(diagnostics) => {
            assert!(!diagnostics.list.is_empty(), "an error must say what is wrong: {text}");
            check_own_places(text, &diagnostics.list);
        }
    }
}

/// Labels of other sources have other texts.
fn check_own_places(text: &str, diagnostics: &[avro_model::Diagnostic]) {
    let own = diagnostics.iter().filter(|diagnostic| {
        std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).all(|label| label.source == SourceId(0))
    });
    check_places(text, &own.cloned().collect::<Vec<_>>());
}

fn extension() -> impl Strategy<Value = &'static str> {
    select(vec!["any.avdl", "any.avpr"])
}

proptest! {
    #[test]
    fn any_bytes(path in extension(), bytes in vec(any::<u8>(), 0..400)) {
        check_any_text(path, &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words(words in vec(select(WORDS.to_vec()), 0..60)) {
        check_any_text("any.avdl", &words.join(" "));
    }

    #[test]
    fn any_declarations(fields in vec((select(TYPES.to_vec()), select(DEFAULTS.to_vec())), 0..12)) {
        let mut text = String::from("@namespace(\"n\") protocol P { enum E { A, B } = A; fixed F(2); error X {} record R {");
        for (index, (ty, default)) in fields.iter().enumerate() {
            text.push_str(&format!(" {ty} f{index}{default};"));
        }
        text.push_str(" } R give(R r) throws X; }");
        check_any_text("any.avdl", &text);
    }

    #[test]
    fn any_damaged_text((path, text) in select(TEXTS.to_vec()), damages in vec(damage(), 1..4)) {
        check_any_text(path, &apply(text, &damages));
    }
}

const WORDS: [&str; 60] = [
    "protocol",
    "namespace",
    "schema",
    "import",
    "idl",
    "record",
    "error",
    "enum",
    "fixed",
    "array",
    "map",
    "union",
    "decimal",
    "string",
    "int",
    "date",
    "null",
    "void",
    "oneway",
    "throws",
    "true",
    "NaN",
    "R",
    "S.t",
    "`x`",
    "a-b",
    "É",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ",",
    ";",
    ":",
    "=",
    "@",
    "?",
    "\"s\"",
    "\"\\u00e9\\ud83d\"",
    "\"",
    "`",
    "7",
    "-0x1F",
    "08",
    "1.5e3f",
    "-Infinity",
    "/** doc */",
    "/* c */",
    "// c\n",
    "/**",
    "/**/",
    "'",
    "\u{1a}",
    "\\",
    "🦀",
    "-",
];

const TYPES: [&str; 20] = [
    "int",
    "long?",
    "string",
    "bytes",
    "double",
    "float?",
    "boolean",
    "null",
    "date",
    "uuid?",
    "decimal(4, 2)",
    "E",
    "E?",
    "F",
    "array<E>",
    "map<array<int?>>",
    "union { null, R }",
    "union { string, F, map<E> }",
    "@p({\"q\": []}) array<int>",
    "R?",
];

const DEFAULTS: [&str; 12] = [
    "",
    " = null",
    " = 0",
    " = -1.5",
    " = NaN",
    " = \"A\"",
    " = []",
    " = {}",
    " = \"\\u00ff\\377\"",
    ", g",
    " = true",
    " = 0x7f",
];

/// Depth is bounded, in a thread with half of a thread's usual stack.
#[test]
fn deep_texts_are_errors() {
    let wrap = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let texts = move |times: usize| {
        [
            format!("schema {};", wrap("array<", "int", ">", times)),
            format!("schema {}", wrap("map<@a(1) ", "", "", times)),
            format!("schema {};", wrap("union { null, array<", "int", "> }", times / 2 + 1)),
            format!("record R {{ int a = {}; }}", wrap("[", "", "]", times)),
            format!("@a({}) record R {{}}", wrap("{\"k\": ", "1", "}", times)),
        ]
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for text in texts(100_000) {
            let error = SchemaSet::parse(vec![source("a.avdl", &text)]).expect_err("it is too deep");
            assert!(error.to_string().contains("levels deep"), "{error}");
        }
        // Just as deep as allowed.
        let set = parse(&[("a.avdl", &format!("schema {};", wrap("array<", "int", ">", 199)))]);
        assert_eq!(set.json_of(SourceId(0)).map(|json| json.matches("array").count()), Some(199));
    });
    thread.expect("a thread can be started").join().expect("no stack overflow");
}

#[test]
fn long_chains_of_imports_are_walked() {
    const FILES: usize = 600;
    let text = |index: usize| {
        let next = (index + 1) % FILES;
        format!("protocol P{index} {{ import idl \"{next}.avdl\"; fixed F{index}({index}); }}")
    };
    let sources = (0..FILES).map(|index| source(&format!("{index}.avdl"), &text(index))).collect();
    let set = SchemaSet::parse(sources).unwrap_or_else(|error| panic!("{error}"));
    assert!((0..FILES).all(|index| set.types_of(SourceId(index)).len() == FILES));
}

/// One type for many fields is in the text once, and in the schema once for each.
#[test]
fn a_type_is_not_copied_without_end() {
    let branches = vec!["array<int>"; 5_000].join(", ");
    let fields: Vec<String> = (0..5_000).map(|index| format!("f{index}")).collect();
    let text = format!("record R {{ union {{ {branches} }} {}; }}", fields.join(", "));
    let error = SchemaSet::parse(vec![source("a.avdl", &text)]).expect_err("it would take gigabytes");
    let expected = "too many fields of large types; declare a record for the type, and refer to it by name";
    assert!(error.to_string().ends_with(expected), "{error}");
    assert_eq!(error.list[0].primary.text, "this type is used too often");
}

#[test]
fn large_texts_take_time_in_proportion() {
    let fields: Vec<String> = (0..10_000).map(|index| format!("@a{index}(1) int f{index} = {index};")).collect();
    let text = format!("/** d */ record R {{ {} }}", fields.join("\n"));
    assert_eq!(parse(&[("a.avdl", &text)]).definitions().len(), 1);
    let annotations: Vec<String> = (0..10_000).map(|index| format!("@a{index}({index})")).collect();
    let set = parse(&[("a.avdl", &format!("{} record R {{}}", annotations.join(" ")))]);
    assert_eq!(set.definitions()[0].properties.len(), 10_000);
    for unclosed in ["/*", "/**", "\"", "`", "@a(\"", "record R { /** d */"] {
        let text = unclosed.repeat(100_000);
        assert!(SchemaSet::parse(vec![source("a.avdl", &text)]).is_err(), "{unclosed}");
    }
    let unknown: Vec<String> = (0..10_000).map(|index| format!("U{index} f{index};")).collect();
    let text = format!("record R {{ {} }}", unknown.join("\n"));
    let error = SchemaSet::parse(vec![source("a.avdl", &text)]).expect_err("nothing is declared");
    assert_eq!(error.to_string().lines().count(), 10_000);
}
