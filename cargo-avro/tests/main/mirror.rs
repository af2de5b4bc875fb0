//! `cargo avro mirror`, from one registry to another.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use serde_json::{Value, json};

use crate::gateway::{Fate, Gateway, ask};
use crate::project::{Project, Registry};

const MONEY: &str = r#"{"type":"record","name":"Money","fields":[{"name":"cents","type":"long"}]}"#;
const INVOICE: &str = r#"{"type":"record","name":"Invoice","fields":[{"name":"total","type":"Money"}]}"#;
const ARCHIVE: &str = r#"{"type":"array","items":"Invoice"}"#;
const PROTO: &str = "syntax = \"proto3\"; message M { string a = 1; }";

pub(crate) fn register(url: &str, subject: &str, body: &Value) -> Value {
    ask(url, &format!("POST /subjects/{subject}/versions"), &body.to_string())
}

fn reference(name: &str, subject: &str) -> Value {
    json!([{ "name": name, "subject": subject, "version": 1 }])
}

/// A registry with everything that registries have.
fn full() -> Registry {
    let registry = Registry::start();
    let url = registry.url();
    let level = |path: &str, level: &str| {
        drop(ask(&url, &format!("PUT {path}"), &json!({ "compatibility": level }).to_string()))
    };
    // So that ids have gaps, and are in another order than subjects and references.
    register(&url, "z-gone", &json!({ "schema": r#""int""# }));
    ask(&url, "DELETE /subjects/z-gone", "");
    ask(&url, "DELETE /subjects/z-gone?permanent=true", "");
    register(&url, "money", &json!({ "schema": MONEY }));
    register(&url, "invoice-value", &json!({ "schema": INVOICE, "references": reference("Money", "money") }));
    register(&url, "archive-value", &json!({ "schema": ARCHIVE, "references": reference("Invoice", "invoice-value") }));
    register(&url, "json-value", &json!({ "schema": r#"{"type": "object"}"#, "schemaType": "JSON" }));
    register(&url, "proto-value", &json!({ "schema": PROTO, "schemaType": "PROTOBUF" }));
    let rule =
        json!({ "name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true", "disabled": false });
    let content = json!({
        "schema": r#""string""#,
        "metadata": { "tags": { "a": ["PII"] }, "properties": { "owner": "me" }, "sensitive": ["owner"] },
        "ruleSet": { "domainRules": [rule] },
    });
    register(&url, "rules-value", &content);
    level("/config/rules-value", "NONE");
    register(&url, "rules-value", &json!({ "schema": r#""long""#, "metadata": {}, "ruleSet": {} }));
    register(&url, ":.team:money", &json!({ "schema": MONEY }));
    register(&url, ":.team:invoice-value", &json!({ "schema": INVOICE, "references": reference("Money", "money") }));
    // Refers to another context, and is in no other order than this.
    let there = reference("Money", ":.team:money");
    register(&url, "across-value", &json!({ "schema": INVOICE, "references": there }));
    // Of one subject a version is deleted, of another all are, and something refers to what is deleted.
    level("/config/part-value", "NONE");
    register(&url, "part-value", &json!({ "schema": r#""int""# }));
    register(&url, "part-value", &json!({ "schema": r#""bytes""# }));
    ask(&url, "DELETE /subjects/part-value/versions/1", "");
    register(&url, "old-money", &json!({ "schema": r#"{"type":"fixed","name":"Old","size":2}"# }));
    ask(&url, "DELETE /subjects/old-money", "");
    register(&url, "old-value", &json!({ "schema": r#"["null","Old"]"#, "references": reference("Old", "old-money") }));
    ask(&url, "PUT /config/money", &json!({ "compatibility": "FULL", "normalize": true }).to_string());
    level("/config/:.team:", "FORWARD");
    level("/config", "FULL_TRANSITIVE");
    ask(&url, "PUT /mode/json-value", r#"{"mode": "READONLY"}"#);
    registry
}

/// Everything that a registry has, but the modes.
fn content(url: &str) -> Value {
    let mut all = schemas(url);
    for scope in ["", "/money", "/rules-value", "/part-value", "/:.team:"] {
        all[scope] = ask(url, &format!("GET /config{scope}"), "");
    }
    all
}

/// Its versions.
fn schemas(url: &str) -> Value {
    let all = ask(url, "GET /schemas?deleted=true&subjectPrefix=:*:", "");
    json!({ "schemas": all, "live": ask(url, "GET /schemas?subjectPrefix=:*:", "") })
}

fn count(requests: &[String], begin: &str) -> usize {
    requests.iter().filter(|request| request.starts_with(begin)).count()
}

fn writes(requests: &[String]) -> Vec<&String> {
    requests.iter().filter(|request| !request.starts_with("GET ")).collect()
}

#[test]
fn everything_is_copied_once() {
    let (source, target) = (full(), Registry::start());
    let (from, to) = (Gateway::watch(&source.url()), Gateway::watch(&target.url()));
    let project = Project::new(&[]);
    let (from_url, to_url) = (from.url(), to.url());
    let mirror = ["--json", "mirror", &from_url, &to_url, "--deleted", "--levels", "all", "--modes", "all"];
    let dry: Vec<&str> = mirror.iter().copied().chain(["--dry-run"]).collect();
    let planned = project.run(&dry).expect(0).json();
    assert_eq!(planned["versions"][0]["outcome"], "would be copied", "{planned}");
    assert!(writes(&to.take()).is_empty(), "nothing is written");
    from.take();

    let copied = project.run(&mirror).expect(0).json();
    assert_eq!(content(&source.url()), content(&target.url()));
    assert_eq!(ask(&target.url(), "GET /mode", ""), json!({ "mode": "READWRITE" }));
    assert_eq!(ask(&target.url(), "GET /mode/json-value", ""), json!({ "mode": "READONLY" }));
    let versions = copied["versions"].as_array().expect("a list");
    assert_eq!(versions.len(), 14);
    assert!(versions.iter().all(|version| version["outcome"] == "copied"), "{copied}");

    // The source is asked for the subjects, for two lists and a level and a mode of each, for each version, and for
    // what is set for contexts.
    let asked = from.take();
    let subjects = 12;
    assert_eq!(count(&asked, "GET /subjects?"), 1);
    assert_eq!(count(&asked, "GET /subjects/"), 2 * subjects + versions.len());
    assert_eq!(count(&asked, "GET /config"), subjects - 1 + 2, "a subject that is deleted has no settings");
    assert!(writes(&asked).is_empty(), "{asked:?}");
    // The target gets each version once, and the two contexts change their modes and change them back.
    let asked = to.take();
    assert_eq!(count(&asked, "POST "), versions.len());
    assert_eq!(count(&asked, "PUT /mode"), 2 + 1 + 1, "{asked:?}");
    assert_eq!(count(&asked, "DELETE /mode"), 1, "{asked:?}");
    assert_eq!(
        count(&asked, "GET /subjects"),
        2,
        "the subjects of two contexts; each version is written without a look"
    );

    let again = project.run(&mirror).expect(0).json();
    assert!(writes(&to.take()).is_empty(), "{again}");
    assert!(again["versions"].as_array().expect("a list").iter().all(|version| version["outcome"] == "present"));
}

#[test]
fn a_mirror_follows_its_source() {
    let (source, target) = (full(), Registry::start());
    let project = Project::new(&[]);
    let mirror = ["mirror", &source.url(), &target.url(), "--deleted"];
    project.run(&mirror).expect(0);
    ask(&source.url(), "DELETE /subjects/archive-value", "");
    ask(&source.url(), "DELETE /subjects/invoice-value", "");
    register(&source.url(), "rules-value", &json!({ "schema": r#""bytes""# }));
    ask(&source.url(), "PUT /config/rules-value", r#"{"compatibility": "FORWARD"}"#);
    let followed = project.run(&mirror).expect(0);
    assert_eq!(
        followed.out,
        "- archive-value version 1: id 4, deleted\n- invoice-value version 1: id 3, deleted\n\
         + rules-value version 3: id 14\n~ rules-value: level FORWARD\n1 version copied, 12 there already\n"
    );
    assert_eq!(schemas(&source.url()), schemas(&target.url()));
    // What is deleted in the target only comes back.
    ask(&target.url(), "DELETE /subjects/rules-value/versions/3", "");
    let back = project.run(&mirror).expect(0);
    assert!(back.out.starts_with("+ rules-value version 3: id 14\n"), "{}", back.out);
    // Levels of the registry itself are those of the target.
    assert_eq!(ask(&target.url(), "GET /config", ""), json!({ "compatibilityLevel": "BACKWARD" }));
}

#[test]
fn what_is_selected_comes_with_what_it_refers_to() {
    let source = full();
    let project = Project::new(&[]);
    let copied = |more: &[&str]| {
        let target = Registry::start();
        let (from, to) = (source.url(), target.url());
        let ran = project.run(&[&["--json", "mirror", &from, &to], more].concat()).expect(0).json();
        let subjects = ask(&to, "GET /subjects?deleted=true", "");
        let ids = ran["versions"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect::<Value>();
        (subjects, ids)
    };
    let all = ["archive-value", "invoice-value", "money"];
    assert_eq!(copied(&["--subject", "archive*"]), (json!(all), json!([4, 3, 2])));
    assert_eq!(copied(&["--subject", "*-value", "--exclude", ":.team:*"]).0.as_array().map(Vec::len), Some(11));
    assert_eq!(copied(&["--subject", "invoice-value", "--context", "."]).0, json!(["invoice-value", "money"]));
    let team = [":.team:invoice-value", ":.team:money"];
    assert_eq!(copied(&["--context", "team"]), (json!(team), json!([2, 1])));
    // It goes where its context goes, but what is referred to with its context stays in that.
    let moved = [":.a:across-value", ":.a:invoice-value", ":.a:money", ":.team:money"];
    assert_eq!(
        copied(&["--subject", "across-value", "--subject", "invoice-value", "--to-context", "a"]).0,
        json!(moved)
    );
    assert_eq!(copied(&["--context", ".team", "--to-context", "."]).0, json!(["invoice-value", "money"]));
    // A deleted version comes along only where something refers to it.
    assert_eq!(copied(&["--subject", "old-*"]).0, json!(["old-money", "old-value"]));
    assert_eq!(copied(&["--subject", "part-value"]).1, json!([11]));

    // Addresses of contexts do the same.
    let target = Registry::start();
    let (from, to) = (format!("{}/contexts/.team", source.url()), format!("{}/contexts/b", target.url()));
    project.run(&["mirror", &from, &to]).expect(0);
    let subjects = ask(&target.url(), "GET /subjects", "");
    assert_eq!(subjects, json!([":.b:invoice-value", ":.b:money"]));
    assert_eq!(ask(&target.url(), "GET /mode/:.b:?defaultToGlobal=true", ""), json!({ "mode": "READWRITE" }));

    let nothing = project.run(&["mirror", &from, &to, "--subject", "nothing"]).expect(1);
    assert!(nothing.errors.contains("the source has no such subject"), "{}", nothing.errors);
}

/// A registry with this many versions.
fn long(versions: usize) -> Registry {
    let registry = Registry::start();
    for number in 0..versions {
        let schema = json!({ "type": "fixed", "name": "F", "size": number + 1 }).to_string();
        register(&registry.url(), &format!("s{}-value", number), &json!({ "schema": schema }));
    }
    registry
}

#[test]
fn a_mirror_that_fails_goes_on_where_it_was() {
    let (source, target) = (long(30), Registry::start());
    ask(&target.url(), "PUT /mode", r#"{"mode": "READONLY"}"#);
    let project = Project::new(&[]);
    let failing = Gateway::start(&target.url(), |request, before| match request.starts_with("POST") && before >= 10 {
        true => Fate::Fails,
        false => Fate::Arrives,
    });
    let failed = project.run(&["mirror", &source.url(), &failing.url()]).expect(3);
    assert!(failed.out.ends_with("10 versions copied, 0 there already\n"), "{}", failed.out);
    assert!(failed.errors.contains("away"), "{}", failed.errors);
    assert_eq!(ask(&target.url(), "GET /mode", ""), json!({ "mode": "READONLY" }));
    let watched = Gateway::watch(&target.url());
    let resumed = project.run(&["mirror", &source.url(), &watched.url()]).expect(0);
    assert!(resumed.out.ends_with("20 versions copied, 10 there already\n"), "{}", resumed.out);
    assert_eq!(count(&watched.take(), "POST"), 20);
    assert_eq!(ask(&target.url(), "GET /schemas", ""), ask(&source.url(), "GET /schemas", ""));
    assert_eq!(ask(&target.url(), "GET /mode", ""), json!({ "mode": "READONLY" }));
}

#[test]
#[cfg(unix)]
fn a_mirror_that_is_interrupted_restores_the_modes() {
    let (source, target) = (long(200), Registry::start());
    let project = Project::new(&[]);
    let (process, started) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(2)));
    let (known, waits) = (Arc::clone(&process), Arc::clone(&started));
    let gateway = Gateway::start(&target.url(), move |request, before| {
        if request.starts_with("POST") && before == 10 {
            waits.wait();
            let process = known.load(Ordering::SeqCst).to_string();
            let told = std::process::Command::new("kill").args(["-INT", &process]).status();
            assert!(told.expect("there is a kill").success());
        }
        Fate::Arrives
    });
    let mirror = project.start(&["mirror", &source.url(), &gateway.url()]);
    process.store(mirror.id(), Ordering::SeqCst);
    started.wait();
    let ended = mirror.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!((ended.status.code(), errors.as_str()), (Some(1), "warning: interrupted: run it again to go on\n"));
    let copied = ask(&target.url(), "GET /subjects", "").as_array().map_or(0, Vec::len);
    assert!((10..200).contains(&copied), "{copied}");
    assert_eq!(ask(&target.url(), "GET /mode", ""), json!({ "mode": "READWRITE" }));
    project.run(&["mirror", &source.url(), &target.url()]).expect(0);
    assert_eq!(ask(&target.url(), "GET /schemas", ""), ask(&source.url(), "GET /schemas", ""));
}

#[test]
fn conflicts_are_found_before_anything_is_written() {
    let (source, target) = (full(), Registry::start());
    register(&target.url(), "other", &json!({ "schema": r#""boolean""# }));
    register(&target.url(), "money", &json!({ "schema": r#""float""# }));
    register(&target.url(), "money", &json!({ "schema": r#""double""# }));
    let project = Project::new(&[]);
    let (from, to) = (source.url(), Gateway::watch(&target.url()));
    let refused = project.run(&["mirror", &from, &to.url()]).expect(1);
    assert!(writes(&to.take()).is_empty());
    for expected in [
        "error: version 1 of money: it has id 2 in both registries, but another schema in the target: the texts differ",
        "error: version 1 of invoice-value: it has id 3, which is another schema in the target, version 2 of `money`: the texts differ",
        "--to-context NAME",
        "nothing is copied; --exclude leaves out what cannot be",
    ] {
        assert!(refused.errors.contains(expected), "{expected}: {}", refused.errors);
    }
    let machine = project.run(&["--json", "mirror", &from, &to.url(), "--dry-run"]).expect(1);
    assert_eq!(machine.json()["problems"].as_array().map(Vec::len), Some(2), "{}", machine.out);
    let apart = project.run(&["mirror", &from, &to.url(), "--to-context", "copy"]).expect(0);
    assert!(apart.out.contains("+ :.copy:money version 1 from money: id 2\n"), "{}", apart.out);
    project.run(&["mirror", &from, &to.url(), "--subject", "rules-value"]).expect(0);

    // The same number with another id.
    let target = Registry::start();
    register(&target.url(), "money", &json!({ "schema": MONEY }));
    register(&source.url(), "late", &json!({ "schema": r#""float""# }));
    register(&target.url(), "late", &json!({ "schema": r#""float""# }));
    let refused = project.run(&["mirror", &from, &target.url(), "--subject", "late"]).expect(1);
    assert!(refused.errors.contains("it has id 14 in the source, and id 2 in the target"), "{}", refused.errors);
}

#[test]
fn a_refused_version_does_not_stop_the_others() {
    let (source, target) = (full(), Registry::start());
    let project = Project::new(&[]);
    // A subject that is not there yet is not asked for its mode.
    ask(&target.url(), "PUT /mode/money", r#"{"mode": "READONLY"}"#);
    let refused = project.run(&["mirror", &source.url(), &target.url(), "--context", "."]).expect(1);
    for expected in [
        "error: version 1 of money: importing version 1 of subject `money` with id 2",
        "error: version 1 of invoice-value: it is not copied, because it refers to version 1 of `money`, which is not",
        "error: version 1 of archive-value: it is not copied",
    ] {
        assert!(refused.errors.contains(expected), "{expected}: {}", refused.errors);
    }
    assert!(refused.out.contains("+ proto-value version 1: id 6\n"), "{}", refused.out);
    // Of a subject that is there the mode is changed for the time.
    ask(&target.url(), "DELETE /mode/money", "");
    project.run(&["mirror", &source.url(), &target.url(), "--subject", "archive-value"]).expect(0);
    ask(&target.url(), "PUT /mode/rules-value", r#"{"mode": "READONLY"}"#);
    register(&source.url(), "rules-value", &json!({ "schema": r#""double""# }));
    project.run(&["mirror", &source.url(), &target.url(), "--subject", "rules-value"]).expect(0);
    assert_eq!(ask(&target.url(), "GET /mode/rules-value", ""), json!({ "mode": "READONLY" }));
}

#[test]
fn a_target_that_imports_goes_on_importing() {
    let (source, target) = (long(2), Registry::start());
    ask(&target.url(), "PUT /mode", r#"{"mode": "IMPORT"}"#);
    let mut project = Project::new(&[]);
    let ran = project.run(&["mirror", &source.url(), &target.url()]).expect(0);
    assert!(ran.errors.contains("was in the mode IMPORT before, and still is"), "{}", ran.errors);
    assert_eq!(ask(&target.url(), "GET /mode", ""), json!({ "mode": "IMPORT" }));
    project.run(&["mirror", &source.url(), &target.url(), "--modes", "all"]).expect(0);
    assert_eq!(ask(&target.url(), "GET /mode", ""), json!({ "mode": "READWRITE" }));

    project.set("TO_SCHEMA_REGISTRY_USER", "me");
    let incomplete = project.run(&["mirror", &source.url(), &target.url()]).expect(2);
    assert!(incomplete.errors.contains("the names of these variables begin with TO_ here"), "{}", incomplete.errors);
    project.run(&["mirror", &source.url()]).expect(2);
    project.run(&["mirror", "http://127.0.0.1:1", "ftp://x"]).expect(2);
}
