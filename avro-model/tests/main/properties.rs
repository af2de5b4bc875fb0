//! Properties that hold for all texts and all schemas.

use std::time::{Duration, Instant};

use avro_model::{Diagnostic, Schema, SchemaSet, Source, position};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// A schema without names yet: they are given when it is written, so that no two definitions share one by accident.
#[derive(Clone, Debug)]
enum Shape {
    Primitive(&'static str),
    Logical(&'static str),
    Array(Box<Shape>),
    Map(Box<Shape>),
    Union(Vec<Shape>),
    Record {
        namespace: Option<&'static str>,
        is_error: bool,
        fields: Vec<(Shape, &'static str)>,
    },
    Enum {
        namespace: Option<&'static str>,
        symbols: usize,
        extra: &'static str,
    },
    Fixed {
        namespace: Option<&'static str>,
        size: usize,
        extra: &'static str,
    },
    /// Whichever definition was written before, if any.
    Reference(Index),
}

fn shape() -> impl Strategy<Value = Shape> {
    let namespace = proptest::option::of(proptest::sample::select(vec!["", "a", "a.b", "int", "c"]));
    let extra = proptest::sample::select(vec![
        "",
        r#", "doc": "a \"doc\"\n\u00e9""#,
        r#", "aliases": ["Old", "a.Old", ".Old"]"#,
        r#", "x-custom": {"k": [1.50, null, "\u0007"]}, "another": true"#,
    ]);
    let primitive = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
    let logical = [
        r#"{"type": "int", "logicalType": "date"}"#,
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        r#"{"type": "string", "logicalType": "no-such"}"#,
    ];
    let leaf = prop_oneof![
        4 => proptest::sample::select(primitive.to_vec()).prop_map(Shape::Primitive),
        1 => proptest::sample::select(logical.to_vec()).prop_map(Shape::Logical),
        2 => any::<Index>().prop_map(Shape::Reference),
        1 => (namespace.clone(), 0..4usize, extra.clone())
            .prop_map(|(namespace, symbols, extra)| Shape::Enum { namespace, symbols, extra }),
        1 => (namespace.clone(), 0..20usize, extra)
            .prop_map(|(namespace, size, extra)| Shape::Fixed { namespace, size, extra }),
    ];
    let attributes = proptest::sample::select(vec![
        "",
        r#", "order": "ignore""#,
        r#", "order": "descending", "aliases": ["old"]"#,
        r#", "doc": "what it is", "unit": "mm""#,
    ]);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let fields = vec((inner.clone(), attributes.clone()), 0..5);
        prop_oneof![
            inner.clone().prop_map(|items| Shape::Array(Box::new(items))),
            inner.clone().prop_map(|values| Shape::Map(Box::new(values))),
            vec(inner, 0..4).prop_map(Shape::Union),
            (namespace.clone(), any::<bool>(), fields).prop_map(|(namespace, is_error, fields)| Shape::Record {
                namespace,
                is_error,
                fields
            }),
        ]
    })
}

/// Writes a shape as a schema.
struct Writer {
    out: String,
    fullnames: Vec<String>,
}

impl Writer {
    fn name(&mut self, namespace: Option<&'static str>, enclosing: &str) -> (String, String) {
        let name = format!("N{}", self.fullnames.len());
        let namespace = namespace.unwrap_or(enclosing).to_owned();
        let fullname = if namespace.is_empty() { format!(".{name}") } else { format!("{namespace}.{name}") };
        self.fullnames.push(fullname);
        (name, namespace)
    }

    fn write(&mut self, shape: &Shape, enclosing: &str) {
        match shape {
            Shape::Primitive(name) => self.out.push_str(&format!("\"{name}\"")),
            Shape::Logical(text) => self.out.push_str(text),
            Shape::Array(items) => self.container("array", "items", items, enclosing),
            Shape::Map(values) => self.container("map", "values", values, enclosing),
            Shape::Union(branches) => {
                self.out.push('[');
                let mut kinds = Vec::new();
                for branch in branches {
                    let before = self.out.len();
                    if !kinds.is_empty() {
                        self.out.push_str(", ");
                    }
                    // Of two branches that must not stand together only the first is written.
                    let start = self.out.len();
                    let names_before = self.fullnames.len();
                    self.write(branch, enclosing);
                    let kind = match branch {
                        Shape::Logical(_) => "logical".to_owned(),
                        Shape::Array(_) => "array".to_owned(),
                        Shape::Map(_) => "map".to_owned(),
                        Shape::Union(_) => "union".to_owned(),
                        Shape::Primitive(_) | Shape::Reference(_) => self.out[start..].to_owned(),
                        Shape::Record { .. } | Shape::Enum { .. } | Shape::Fixed { .. } => {
                            format!("\"{}\"", self.fullnames[names_before])
                        }
                    };
                    let clashes = kinds.contains(&kind)
                        || matches!(branch, Shape::Union(_))
                        || (matches!(branch, Shape::Logical(_)) && !kinds.is_empty())
                        || kinds.iter().any(|other| other == "logical");
                    if clashes {
                        self.out.truncate(before);
                        self.fullnames.truncate(names_before);
                    } else {
                        kinds.push(kind);
                    }
                }
                self.out.push(']');
            }
            Shape::Record { namespace, is_error, fields } => {
                let kind = if *is_error { "error" } else { "record" };
                let inner = self.open(kind, *namespace, enclosing);
                self.out.push_str(", \"fields\": [");
                for (index, (field, attributes)) in fields.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    self.out.push_str(&format!("{comma}{{\"name\": \"f{index}\", \"type\": "));
                    self.write(field, &inner);
                    self.out.push_str(&format!("{attributes}}}"));
                }
                self.out.push_str("]}");
            }
            Shape::Enum { namespace, symbols, extra } => {
                self.open("enum", *namespace, enclosing);
                let symbols: Vec<String> = (0..*symbols).map(|index| format!("\"S{index}\"")).collect();
                self.out.push_str(&format!(", \"symbols\": [{}]{extra}}}", symbols.join(", ")));
            }
            Shape::Fixed { namespace, size, extra } => {
                self.open("fixed", *namespace, enclosing);
                self.out.push_str(&format!(", \"size\": {size}{extra}}}"));
            }
            Shape::Reference(index) => {
                let fullname = match self.fullnames.is_empty() {
                    true => "null",
                    false => index.get(&self.fullnames),
                };
                self.out.push_str(&format!("\"{fullname}\""));
            }
        }
    }

    fn container(&mut self, kind: &str, attribute: &str, inner: &Shape, enclosing: &str) {
        self.out.push_str(&format!("{{\"type\": \"{kind}\", \"{attribute}\": "));
        self.write(inner, enclosing);
        self.out.push('}');
    }

    fn open(&mut self, kind: &str, namespace: Option<&'static str>, enclosing: &str) -> String {
        let (name, inner) = self.name(namespace, enclosing);
        let attribute = namespace.map(|namespace| format!(", \"namespace\": \"{namespace}\"")).unwrap_or_default();
        self.out.push_str(&format!("{{\"type\": \"{kind}\", \"name\": \"{name}\"{attribute}"));
        inner
    }
}

fn schema_text() -> impl Strategy<Value = String> {
    shape().prop_map(|shape| {
        let mut writer = Writer { out: String::new(), fullnames: Vec::new() };
        writer.write(&shape, "");
        writer.out
    })
}

/// What a careless hand or a broken disk does to a text.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Remove(Index, usize),
    Insert(Index, &'static str),
    Repeat(Index, usize),
    Cut(Index),
    /// Opens one thing many times.
    Deepen(Index, &'static str, usize),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let inserted = vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        ":",
        "null",
        "-",
        "1e9",
        "\\ud800",
        "\u{0}",
        "é",
        "//",
        "/*",
        "\"type\": \"int\",",
        "\n",
        "\"name\"",
        "\"default\": {}",
        "[[[[[[[[",
        "🦀",
        "1e999999999",
        "-123456789012345678901234567890",
        "\"size\": 99999999999999999999, ",
        "\"default\": 1e400, ",
        "{\"a\": 1, \"a\": 2}",
        "\"\\udc00\\ud83d\"",
    ];
    let opened = vec!["[", "{\"type\": \"array\", \"items\": ", "{\"k\":", "/*", "array<", "@a("];
    prop_oneof![
        (any::<Index>(), 1..20usize).prop_map(|(place, length)| Damage::Remove(place, length)),
        (any::<Index>(), proptest::sample::select(inserted)).prop_map(|(place, text)| Damage::Insert(place, text)),
        (any::<Index>(), 1..60usize).prop_map(|(place, length)| Damage::Repeat(place, length)),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), proptest::sample::select(opened), 1..1_000usize)
            .prop_map(|(place, text, times)| Damage::Deepen(place, text, times)),
    ]
}

pub(crate) fn apply(text: &str, damages: &[Damage]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for damage in damages {
        let place = |index: &Index, characters: &[char]| index.index(characters.len() + 1);
        match damage {
            Damage::Remove(index, length) => {
                let start = place(index, &characters);
                characters.drain(start..(start + length).min(characters.len()));
            }
            Damage::Insert(index, text) => {
                let start = place(index, &characters);
                characters.splice(start..start, text.chars());
            }
            Damage::Repeat(index, length) => {
                let start = place(index, &characters);
                let again: Vec<char> = characters[start..(start + length).min(characters.len())].to_vec();
                characters.splice(start..start, again);
            }
            Damage::Deepen(index, text, times) => {
                let start = place(index, &characters);
                characters.splice(start..start, text.repeat(*times).chars());
            }
            Damage::Cut(index) => characters.truncate(place(index, &characters)),
        }
    }
    characters.into_iter().collect()
}

/// Runs `check`, which must not take long: nothing that is tried here is large.
pub(crate) fn in_bounded_time(check: impl FnOnce()) {
    let started = Instant::now();
    check();
    assert!(started.elapsed() < Duration::from_secs(30), "it took {:?}", started.elapsed());
}

/// Whatever the text: no panic, places inside the text, and what is accepted is printed in a form that stays the same.
fn check_any_text(text: &str) {
    in_bounded_time(|| check_text(text));
}

fn check_text(text: &str) {
    let source = Source::new("any.avsc", text.to_owned());
    match SchemaSet::parse(vec![source]) {
        Ok(set) => {
            check_places(text, set.warnings());
            check_printed(&set.schema_of(&set.roots()[0].ty));
        }
        Err(diagnostics) => {
            assert!(!diagnostics.list.is_empty(), "an error must say what is wrong: {text}");
            assert!(diagnostics.to_string().contains("any.avsc:"), "{diagnostics}");
            check_places(text, &diagnostics.list);
        }
    }
}

pub(crate) fn check_places(text: &str, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
            let (start, end) = (label.span.start, label.span.end);
            assert!(text.get(start..end).is_some(), "{label:?} is not in {text:?}");
            let (line, column) = position(text, start);
            assert!(line >= 1 && column >= 1, "{label:?}");
        }
    }
}

fn check_printed(schema: &Schema) {
    let printed = schema.to_json();
    let again = Schema::parse(&printed).unwrap_or_else(|error| panic!("{printed}\n{error}"));
    assert_eq!(again.to_json(), printed);
    assert_eq!(again.canonical_form(), schema.canonical_form());
    assert_eq!(again.fingerprint_crc64(), schema.fingerprint_crc64());
    let names = |schema: &Schema| -> Vec<String> {
        schema.definitions().iter().map(|definition| definition.name.to_string()).collect()
    };
    assert_eq!(names(&again), names(schema));
}

proptest! {
    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        check_any_text(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_json_like_text(text in "[\\[\\]{}:,\"a-z0-9 \\\\u\\-.e/*\n]{0,200}") {
        check_any_text(&text);
    }

    #[test]
    fn any_schema(text in schema_text()) {
        let schema = Schema::parse(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        check_printed(&schema);
    }

    #[test]
    fn any_damaged_schema(text in schema_text(), damages in vec(damage(), 1..4)) {
        check_any_text(&apply(&text, &damages));
    }
}

/// Depth is bounded wherever JSON may be deep, in a thread with half of a thread's usual stack.
#[test]
fn deep_texts_are_errors() {
    let wrap = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let texts = move |times: usize| {
        [
            wrap("[", "", "]", times),
            wrap("[", "", "", times),
            wrap(r#"{"type": "array", "items": "#, "\"int\"", "}", times),
            wrap(r#"{"type": "map", "values": "#, "", "", times),
            wrap(r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": "#, "\"int\"", "}]}", times),
            format!(r#"{{"type": "int", "custom": {}}}"#, wrap("[", "", "]", times)),
        ]
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for text in texts(100_000) {
            let error = Schema::parse(&text).expect_err("it is too deep");
            assert!(error.to_string().contains("levels deep"), "{error}");
        }
        // Just as deep as allowed.
        for text in [wrap(r#"{"type": "array", "items": "#, "\"int\"", "}", 512), texts(511)[5].clone()] {
            check_printed(&Schema::parse(&text).unwrap_or_else(|error| panic!("{error}")));
        }
        let default = wrap(r#"{"n": "#, "null", "}", 500);
        let text = format!(
            r#"{{"type": "record", "name": "R", "fields": [{{"name": "n", "type": ["null", "R"], "default": {default}}}]}}"#
        );
        let error = Schema::parse(&text).expect_err("the default is too deep");
        assert!(error.to_string().contains("levels deep"), "{error}");
    });
    thread.expect("a thread can be started").join().expect("no stack overflow");
}
