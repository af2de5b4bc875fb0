//! What each level looks at, and the sentences for people.

use avro_model::Schema;
use avro_model::compatibility::{Baseline, CompatibilityLevel, check};

use super::record;

fn parse(text: &str) -> Schema {
    Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The versions that each difference is about, with `<` where the new schema cannot read the version and `>` the other
/// way round.
fn found(level: CompatibilityLevel, new: &str, history: &[&str]) -> String {
    let schemas: Vec<Schema> = history.iter().map(|text| parse(text)).collect();
    let history: Vec<Baseline<'_>> =
        schemas.iter().zip(1..).map(|(schema, version)| Baseline::version(version, schema)).collect();
    let differences = check(level, &parse(new), &history);
    let marks =
        differences.iter().map(|found| format!("{}{}", if found.reader_is_new() { '<' } else { '>' }, found.baseline));
    marks.collect::<Vec<_>>().join(" ").replace("version ", "")
}

#[test]
fn levels() {
    use CompatibilityLevel::*;
    let (a, b, c) = (r#"{"name":"a","type":"int"}"#, r#"{"name":"b","type":"int"}"#, r#"{"name":"c","type":"int"}"#);
    let fields = |list: &[&str]| record("R", &list.join(","));
    let history = [fields(&[a]), fields(&[a, b])];
    let history: Vec<&str> = history.iter().map(String::as_str).collect();
    for (level, new, expected) in [
        (None, &fields(&[c]), ""),
        (Backward, &fields(&[a]), ""),
        (Backward, &fields(&[a, b]), ""),
        (Backward, &fields(&[a, b, c]), "<2"),
        (BackwardTransitive, &fields(&[a, b]), "<1"),
        (BackwardTransitive, &fields(&[a, b, c]), "<2 <1 <1"),
        (Forward, &fields(&[a]), ">2"),
        (Forward, &fields(&[b, a, c]), ""),
        (ForwardTransitive, &fields(&[b]), ">2 >1"),
        (Full, &fields(&[a, c]), "<2 >2"),
        (Full, &fields(&[a, b]), ""),
        (FullTransitive, &fields(&[a, b]), "<1"),
    ] {
        assert_eq!(found(level, new, &history), expected, "{level} {new}");
        assert_eq!(found(level, new, &[]), "", "{level} {new}");
    }
}

/// Each difference in both directions, as people read it.
#[test]
fn sentences() {
    let shop = |fields: &str| format!(r#"{{"type":"record","name":"Order","namespace":"shop","fields":[{fields}]}}"#);
    let field = |ty: &str| shop(&format!(r#"{{"name":"f","type":{ty}}}"#));
    let fixed = |name: &str, size: u32| field(&format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#));
    let symbols = |list: &str| field(&format!(r#"{{"type":"enum","name":"Color","symbols":{list}}}"#));
    let pairs = [
        (shop(r#"{"name":"phone","type":"string"}"#), shop("")),
        (fixed("Hash", 16), fixed("Hash", 20)),
        (fixed("Hash", 16), fixed("Digest", 16)),
        (symbols(r#"["RED","BLUE"]"#), symbols(r#"["RED"]"#)),
        (field(r#"{"type":"array","items":"string"}"#), field(r#"{"type":"array","items":"int"}"#)),
        (field(r#"{"type":"map","values":["null","string"]}"#), field(r#"{"type":"map","values":["null","int"]}"#)),
        (field(r#""string""#), field(r#"["null","string"]"#)),
        (r#""string""#.to_owned(), r#""int""#.to_owned()),
    ];
    let mut text = String::new();
    for (old, new) in &pairs {
        let old = parse(old);
        for difference in check(CompatibilityLevel::Full, &parse(new), &[Baseline::version(3, &old)]) {
            text.push_str(&format!("{difference}\n"));
        }
        text.push('\n');
    }
    insta::assert_snapshot!("sentences", text);
}
