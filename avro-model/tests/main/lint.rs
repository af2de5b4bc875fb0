//! What lint finds, and what it leaves alone.

use avro_model::lint::{FieldStyle, Level, LintRule, LintSettings};
use avro_model::{Diagnostic, SchemaSet, Source};

use crate::diagnostics::check_list;

fn set(path: &str, text: &str) -> SchemaSet {
    SchemaSet::parse(vec![Source::new(path, text)]).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What the rules find that are on by default, and `rule`.
fn found(set: &SchemaSet, settings: &LintSettings, rule: &LintRule) -> Vec<&'static str> {
    let level = |other: &LintRule| if other.code() == rule.code() { Level::Error } else { other.default_level() };
    set.lint(settings, |rule, _| level(rule)).iter().map(|found| found.code.as_str()).collect()
}

/// The examples that users are shown, with every rule that is on.
#[test]
fn the_examples_of_each_rule_are_wrong_and_right() {
    for rule in LintRule::ALL {
        let settings = LintSettings::default();
        let name = rule.code().as_str();
        let wrong = found(&set("a.avsc", rule.wrong()), &settings, rule);
        assert!(wrong.contains(&name), "{name} does not find its own example: {wrong:?}");
        assert!(wrong.iter().all(|other| *other == name), "the example of {name} has other faults: {wrong:?}");
        let right = found(&set("a.avsc", rule.right()), &settings, rule);
        assert_eq!(right, [""; 0], "the good example of {name}");
        assert!(rule.reason().ends_with('.') && !rule.summary().ends_with('.'), "{name}");
    }
    let mut names: Vec<&str> = LintRule::ALL.iter().map(|rule| rule.code().as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
}

#[test]
fn findings_say_where_and_what_to_do() {
    let titled: Vec<_> = LintRule::ALL.iter().map(|rule| (rule.code().as_str(), [("a.avsc", rule.wrong())])).collect();
    let cases: Vec<_> = titled.iter().map(|(title, files)| (*title, files.as_slice())).collect();
    let idl = "@namespace(\"com.acme\") protocol P { record R { int? needed; timestamp_ms at; string sentAt; } enum E { A, B } }";
    let idl = [("a.avdl", idl)];
    let cases: Vec<_> = cases.into_iter().chain([("the IDL", idl.as_slice())]).collect();
    check_list("lint", &cases, |sources| {
        let rule = sources.first().and_then(|source| LintRule::ALL.iter().find(|rule| rule.wrong() == source.text));
        let level = |other: &LintRule| match rule {
            Some(rule) if rule.code() != other.code() => Level::Off,
            _ => Level::Warn,
        };
        let set = SchemaSet::parse(sources).expect("it is valid");
        let of_types: Vec<Diagnostic> = set.lint(&LintSettings::default(), |rule, _| level(rule));
        of_types
    });
}

#[test]
fn the_style_of_fields_can_be_chosen() {
    let record = |fields: &[&str]| {
        let fields: Vec<String> = fields.iter().map(|name| format!(r#"{{"name": "{name}", "type": "int"}}"#)).collect();
        set("a.avsc", &format!(r#"{{"type": "record", "name": "a.R", "fields": [{}]}}"#, fields.join(",")))
    };
    let rule = LintRule::find("field-name-case").expect("there is such a rule");
    let check = |fields: &[&str], style: FieldStyle, expected: usize| {
        let settings = LintSettings::default().with_field_style(style);
        assert_eq!(found(&record(fields), &settings, rule).len(), expected, "{fields:?} {style:?}");
    };
    check(&["id", "createdBy"], FieldStyle::Same, 0);
    check(&["id", "created_by"], FieldStyle::Same, 0);
    check(&["created_by", "lastName", "id"], FieldStyle::Same, 1);
    check(&["createdBy", "last_name", "first_name"], FieldStyle::Same, 2);
    check(&["ID", "Name"], FieldStyle::Same, 2);
    check(&["id", "createdBy"], FieldStyle::Snake, 1);
    check(&["id", "created_by"], FieldStyle::Camel, 1);
}

#[test]
fn the_width_of_unions_can_be_chosen() {
    let union = set(
        "a.avsc",
        r#"{"type": "record", "name": "a.R", "fields": [{"name": "x", "type": ["null", "int", "long"], "default": null}]}"#,
    );
    let rule = LintRule::find("wide-union").expect("there is such a rule");
    assert_eq!(found(&union, &LintSettings::default(), rule), [""; 0]);
    assert_eq!(found(&union, &LintSettings::default().with_most_branches(2), rule), ["wide-union"]);
}

#[test]
fn each_type_may_have_levels_of_its_own() {
    let text = r#"["null", {"type": "enum", "name": "a.Old", "symbols": ["A"]}, {"type": "enum", "name": "a.New", "symbols": ["A"]}]"#;
    let set = set("a.avsc", text);
    let strict = set.lint(&LintSettings::default(), |rule, definition| match definition.name.name() {
        "Old" => Level::Off,
        _ => {
            if rule.code().as_str() == "enum-without-default" {
                Level::Error
            } else {
                Level::Off
            }
        }
    });
    assert_eq!(strict.len(), 1);
    assert_eq!(strict[0].severity, avro_model::Severity::Error);
    assert!(strict[0].message.contains("a.New"), "{strict:?}");
}
