//! `cargo avro lint`, its rules and its file, and annotations for GitHub.

use crate::project::Project;

const ORDER: &str = r#"{
  "type": "record",
  "name": "Order",
  "namespace": "com.acme.shop",
  "fields": [
    {"name": "orderId", "type": "long"},
    {"name": "totalPrice", "type": "double"}
  ]
}
"#;

const OLD: &str = r#"{"type": "enum", "name": "com.acme.legacy.state", "symbols": ["A"]}"#;

fn shop() -> Project {
    Project::new(&[("schemas/order.avsc", ORDER), ("schemas/legacy/state.avsc", OLD)])
}

fn codes(project: &Project, arguments: &[&str], exit: i32) -> Vec<(String, String)> {
    let json = project.run(&[&["lint", "--json"][..], arguments].concat()).expect(exit).json();
    let found = json["diagnostics"].as_array().expect("a list").iter();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    found.map(|found| (text(&found["code"]), text(&found["severity"]))).collect()
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(code, severity)| (code.as_str(), severity.as_str())).collect()
}

#[test]
fn rules_are_listed_and_explained() {
    let project = Project::new(&[("avro-lint.toml", "[rules]\nmissing-doc = \"error\"\n")]);
    insta::assert_snapshot!("lint_list", project.run(&["lint", "--list"]).expect(0).out);
    let json = project.run(&["lint", "--list", "--json"]).expect(0).json();
    let docs = json.as_array().expect("a list").iter().find(|rule| rule["rule"] == "missing-doc").expect("a rule");
    assert_eq!((&docs["level"], &docs["default"]), (&"error".into(), &"off".into()));
    insta::assert_snapshot!("lint_explain", project.run(&["lint", "--explain", "inexact-money"]).expect(0).out);
    let unknown = project.run(&["lint", "--explain", "inexact-mony"]).expect(2).errors;
    assert!(unknown.contains("did you mean `inexact-money`?"), "{unknown}");
}

#[test]
fn findings_are_warnings_unless_somebody_says_otherwise() {
    let project = shop();
    insta::assert_snapshot!("lint", project.run(&["lint"]).expect(0).all());
    project.run(&["lint", "--deny-warnings"]).expect(1);
    let of_folder = codes(&project, &["schemas/legacy"], 0);
    assert_eq!(pairs(&of_folder), [("enum-without-default", "warning"), ("type-name-case", "warning")]);

    project.write("avro-lint.toml", "[rules]\ninexact-money = \"error\"\nenum-without-default = \"off\"\n");
    assert_eq!(pairs(&codes(&project, &[], 1)), [("type-name-case", "warning"), ("inexact-money", "error")]);
    let none = project.path("none.toml");
    let none = none.to_str().expect("a path of ASCII");
    let missing = project.run(&["lint", "--config", none]).expect(1).errors;
    assert!(missing.contains("none.toml"), "a file that is named has to be there: {missing}");
}

#[test]
fn a_part_of_the_schemas_may_have_levels_of_its_own() {
    let project = shop();
    let with = |file: &str, exit: i32| {
        project.write("avro-lint.toml", file);
        codes(&project, &[], exit)
    };
    let by_path = with("[[override]]\npaths = [\"schemas/legacy\"]\nrules = { type-name-case = \"off\" }\n", 0);
    assert_eq!(pairs(&by_path), [("enum-without-default", "warning"), ("inexact-money", "warning")]);
    let by_namespace = with(
        "[[override]]\nnamespaces = [\"com.acme\"]\nrules = { type-name-case = \"error\", inexact-money = \"off\" }\n\
         [[override]]\nnamespaces = [\"com.acme.legacy\", \"com.ac\"]\nrules = { type-name-case = \"off\" }\n",
        0,
    );
    assert_eq!(pairs(&by_namespace), [("enum-without-default", "warning")], "the later one counts");
    let settings = "[rules]\nfield-name-case = { style = \"snake\", level = \"error\" }\ninexact-money = \"off\"\n";
    let styled = with(
        &format!(
            "{settings}[[override]]\npaths = [\"schemas/legacy/state.avsc\"]\nrules = {{ type-name-case = \"off\", enum-without-default = \"off\" }}\n"
        ),
        1,
    );
    assert_eq!(pairs(&styled), [("field-name-case", "error"), ("field-name-case", "error")]);
}

#[test]
fn a_wrong_file_says_where_and_why() {
    let project = shop();
    for (file, expected) in [
        (
            "[rules]\nmising-doc = \"warn\"\n",
            "avro-lint.toml:2:14: there is no rule `mising-doc`; did you mean `missing-doc`?",
        ),
        (
            "[rules]\nmissing-doc = \"warning\"\n",
            "avro-lint.toml:2:15: `warning` is not a level: write `off`, `warn` or `error`",
        ),
        ("[rules]\nmissing-doc = 2\n", "avro-lint.toml:2:15: write a level (`off`, `warn` or `error`), or a table"),
        ("[rules]\nwide-union = { max = -1 }\n", "write how many branches a union may have"),
        ("[rules]\nwide-union = { min = 1 }\n", "`min` is not a setting of `wide-union`"),
        ("[rules]\nfield-name-case = { style = \"kebab\" }\n", "write a style: `camel`, `snake` or `same`"),
        ("[[override]]\nrules = { wide-union = { max = 3 } }\n", "an override has levels only"),
        (
            "[[override]]\npath = []\n",
            "`path` is not a setting of an override: there are `paths`, `namespaces` and `rules`",
        ),
        ("[[override]]\npaths = [1]\n", "write a list of texts"),
        ("[override]\n", "write each override as a table: [[override]]"),
        ("rules = 1\n", "write rules as a table"),
        ("[rule]\n", "`rule` is not a setting: there are `rules` and `override`"),
        ("[rules\n", "avro-lint.toml:1:7: "),
    ] {
        project.write("avro-lint.toml", file);
        let errors = project.run(&["lint"]).expect(2).errors;
        assert!(errors.contains(expected) && errors.contains("cargo avro lint --list"), "{file}: {errors}");
    }
}

#[test]
fn github_is_told_of_files_lines_and_columns() {
    let project = shop();
    insta::assert_snapshot!("github_lint", project.run(&["lint", "--github"]).expect(0).all());
    project.run(&["lock", "com.acme.shop.Order", "--subject", "orders-value", "--offline"]).expect(0);
    project.write(
        "schemas/order.avsc",
        &ORDER.replace("\"double\"}", "\"double\"},\n    {\"name\": \"note\", \"type\": \"string\"}"),
    );
    insta::assert_snapshot!("github_check", project.run(&["check", "--github"]).expect(1).all());
    insta::assert_snapshot!("github_diff", project.run(&["diff", "com.acme.shop.Order", "--github"]).expect(1).all());
    project.write("schemas/order.avsc", &ORDER.replace("\"double\"", "\"duble\""));
    insta::assert_snapshot!("github_invalid", project.run(&["register", "--github"]).expect(1).all());
    project.run(&["lint", "--github", "--json"]).expect(2);
}
