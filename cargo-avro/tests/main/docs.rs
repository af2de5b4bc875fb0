//! `cargo avro docs`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::project::{CUSTOMER, CUSTOMER_WITH_NOTE, Project};
use crate::site::Site;

const SHOP: &str = r#"@namespace("com.example")
protocol Shop {
    /** How money is counted. See https://example.com/money. */
    enum Currency { EUR, USD } = EUR;
    /** An amount. It is exact. */
    @aliases(["Amount"])
    record Money { decimal(10, 2) sum = "\u0000"; Currency currency; }
    fixed Checksum(16);
    /** What was ordered:
     *
     *  - each `Item` once,
     *  - with a "price" < 1000
     */
    record Order {
        /** When it was ordered. */
        timestamp_ms @aliases(["time"]) @order("descending") at;
        @pii("no") array<Item> items = [];
        union { null, Money } total = null;
        map<Checksum> checksums;
    }
    record Item { string name; Money price; array<Item> parts; uuid id; }
}
"#;

/// With subjects, of which one has two versions and a change that is not released.
pub(crate) fn shop() -> Project {
    let project = Project::new(&[("schemas/shop.avdl", SHOP), ("schemas/customer.avsc", CUSTOMER)]);
    project.write("schemas/batch.avsc", r#"{"type": "array", "items": "com.example.Order"}"#);
    project.write("schemas/key.avsc", r#"{"type": "fixed", "name": "Key", "size": 16, "logicalType": "uuid"}"#);
    let lock = |type_name: &str, subject: &str| {
        project.run(&["lock", type_name, "--offline", "--subject", subject]).expect(0);
    };
    lock("com.example.Customer", "customer-value");
    lock("Key", "customer-key");
    lock("com.example.Order", "orders");
    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    lock("com.example.Customer", "customer-value");
    project.write("schemas/customer.avsc", &CUSTOMER_WITH_NOTE.replace("\"note\"", "\"remark\""));
    project
}

/// What is between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap_or_else(|| panic!("{start} is not in {text}")) + start.len();
    let length = text[from..].find(end).unwrap_or_else(|| panic!("{end} is not in {text}"));
    &text[from..from + length]
}

#[test]
fn pages_are_written() {
    let project = shop();
    let ran = project.run(&["docs", "--title", "Shop & Co"]).expect(0);
    insta::assert_snapshot!(
        ran.all(),
        @"schema-docs/index.html is written: 8 types, 3 subjects, 1 topic; 21 files changed, 0 removed"
    );
    let page = |path: &str| project.read(&format!("schema-docs/{path}"));
    insta::assert_snapshot!("docs_frame", page("types/com.example.Currency.html"));
    for (name, path) in [
        ("docs_record", "types/com.example.Order.html"),
        ("docs_index", "index.html"),
        ("docs_subject", "subjects/customer-value/index.html"),
        ("docs_version", "subjects/customer-value/2.html"),
        ("docs_topic", "topics/customer.html"),
    ] {
        let page = page(path);
        let main = between(&page, "<main id=\"content\">\n", "</main>");
        // The picture is that of `cargo avro graph`, which has tests of its own.
        let main = match main.split_once("<svg") {
            Some((before, rest)) => format!("{before}<svg…{}", between(&format!("{rest}$"), "</svg>", "$")),
            None => main.to_owned(),
        };
        insta::assert_snapshot!(name, main);
    }
    insta::assert_snapshot!("docs_search_index", page("search-index.js"));
    let picture = page("types/com.example.Money.html");
    for part in [
        "<a href=\"../types/com.example.Order.html\">",
        "<a href=\"../types/com.example.Money.html\" class=\"center\">",
    ] {
        assert!(picture.contains(part), "{part} is not in {picture}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let project = shop();
    // Version 2 of `orders` refers to a subject of its own for money.
    project.run(&["lock", "com.example.Order", "--offline", "--reference", "com.example.Money"]).expect(0);
    project.run(&["docs"]).expect(0);
    let version = project.read("schema-docs/subjects/orders/2.html");
    let reference =
        "com.example.Money: <a href=\"../../subjects/com.example.Money/1.html\">com.example.Money version 1</a>";
    assert!(version.contains(reference), "{version}");
    let site = Site::read(&project.path("schema-docs"));
    assert!(site.check() > 200, "links were found");
}

#[test]
fn hostile_texts_stay_texts() {
    const HOSTILE: &str = r#""><script>alert('x')</script><img src=x onerror=alert(1)></title></svg></pre>&amp; `</code><script>` http://x"onclick=alert(1)"#;
    let doc = serde_json::to_string(HOSTILE).expect("a string");
    let schema = format!(
        r#"{{"type": "record", "name": "<script>a", "namespace": "b\"><img c", "doc": {doc}, "aliases": [{doc}], {doc}: {doc},
        "fields": [
            {{"name": {doc}, "doc": {doc}, "type": {{"type": "string", "p": {doc}}}, "default": {doc}, "aliases": [{doc}], {doc}: 1}},
            {{"name": "e", "type": {{"type": "enum", "name": "E'<script>", "doc": {doc}, "symbols": [{doc}, "A"], "default": {doc}}}}}
        ]}}"#
    );
    let project = Project::new(&[("schemas/<b>hostile</b>.avsc", &schema)]);
    project.write("schemas/<i>unnamed.avsc", r#"{"type": "array", "items": "string"}"#);
    let name = "b\"><img c.<script>a";
    let subjects = [format!("{name}=<script>alert(2)</script>-value"), "<i>unnamed=../../\"><b>-key".to_owned()];
    let run = |command: &[&str]| {
        let mut arguments = [command, &["--allow-invalid-names"]].concat();
        subjects.iter().for_each(|subject| arguments.extend(["--subject", subject]));
        project.run(&arguments).expect(0)
    };
    // Two versions that differ, and a third that is not released.
    run(&["lock", "--offline"]);
    let file = "schemas/<b>hostile</b>.avsc";
    let field = format!(r#"{{"name": "note", "doc": {doc}, "type": "string", "default": {doc}}}, {{"name": "e""#);
    let with_note = schema.replacen(r#"{"name": "e""#, &field, 1);
    project.write(file, &with_note);
    run(&["lock", "--offline"]);
    project.write(file, &with_note.replacen(r#""name": "note""#, r#""name": "<b>remark""#, 1));
    run(&["docs", "--title", HOSTILE]);
    let site = Site::read(&project.path("schema-docs"));
    site.check();
    let mut pages = 0;
    for (path, page) in site.pages() {
        pages += 1;
        assert_eq!(page.matches("<script").count(), 1, "{path}: {page}");
        for hostile in ["<img", "<i>", "<b>remark", "<b>hostile", "<script>", "\"onclick", "'x'"] {
            assert!(!page.contains(hostile), "{hostile} is in {path}: {page}");
        }
    }
    assert_eq!(pages, 12, "an index, a graph, three types, two subjects with three versions, two topics");
    run(&["docs", "--title", HOSTILE, "--check"]);
}

#[test]
fn only_what_changed_is_written_and_only_what_was_written_is_removed() {
    let project = shop();
    let docs = |arguments: &[&str]| project.run(&[&["docs"], arguments].concat());
    docs(&[]).expect(0);
    project.write("schema-docs/types/notes.html", "of somebody");
    let again = docs(&["--json"]).expect(0).json();
    assert_eq!((&again["written"], &again["removed"], &again["files"]), (&0.into(), &0.into(), &21.into()));
    docs(&["--check"]).expect(0);

    // A type is renamed, which its own page and those with its name follow.
    project.write("schemas/key.avsc", r#"{"type": "fixed", "name": "KeyOfCustomer", "size": 16}"#);
    let stale = docs(&["--check", "--json"]).expect(1).json();
    for path in ["types/Key.html", "types/KeyOfCustomer.html", "index.html", "subjects/customer-key/index.html"] {
        assert!(stale["stale"].as_array().expect("paths").contains(&path.into()), "{path} is not in {stale}");
    }
    insta::assert_snapshot!("docs_stale", docs(&["--check"]).expect(1).all());
    assert!(project.path("schema-docs/types/Key.html").exists(), "a check writes nothing");
    let json = docs(&["--json"]).expect(0).json();
    assert_eq!(json["removed"], 1);
    assert!(!project.path("schema-docs/types/Key.html").exists());
    assert_eq!(project.read("schema-docs/types/notes.html"), "of somebody");
    docs(&["--check"]).expect(0);

    // A checkout without the list would be refused by the next run.
    let list = project.read("schema-docs/.cargo-avro-docs");
    std::fs::remove_file(project.path("schema-docs/.cargo-avro-docs")).expect("it is there");
    assert_eq!(docs(&["--check", "--json"]).expect(1).json()["stale"], serde_json::json!([".cargo-avro-docs"]));
    project.write("schema-docs/.cargo-avro-docs", &list);

    // Without subjects, their folders go; a page that somebody changed is written again.
    project.write("schema-docs/types/com.example.Money.html", "changed");
    let json = docs(&["--lock", "no-lock", "--json"]).expect(0).json();
    assert!(!project.path("schema-docs/subjects").exists() && !project.path("schema-docs/topics").exists());
    assert_eq!((&json["subjects"], &json["topics"]), (&0.into(), &0.into()));
    assert!(project.read("schema-docs/types/com.example.Money.html").starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_folder_of_others_is_left_alone() {
    let project = shop();
    project.write("public/index.html", "of somebody");
    project.write("public/logo.svg", "of somebody");
    let refused = project.run(&["docs", "--out", "public"]).expect(1).errors;
    assert!(refused.contains("did not write") && refused.contains("--force"), "{refused}");
    assert_eq!(project.read("public/index.html"), "of somebody");
    project.run(&["docs", "--out", "public", "--check"]).expect(1);
    assert_eq!(project.read("public/index.html"), "of somebody");
    project.run(&["docs", "--out", "public", "--force"]).expect(0);
    assert!(project.read("public/index.html").starts_with("<!DOCTYPE html>"));
    assert_eq!(project.read("public/logo.svg"), "of somebody");
    project.run(&["docs", "--out", "public"]).expect(0);

    // The list may have come from anywhere, and names nothing outside of the folder.
    project.write("kept.txt", "of somebody");
    let list = project.read("public/.cargo-avro-docs");
    let outside = project.path("kept.txt").display().to_string();
    project.write("public/.cargo-avro-docs", &format!("{list}../kept.txt\ntypes/../../kept.txt\n{outside}\n"));
    project.run(&["docs", "--out", "public"]).expect(0);
    assert_eq!(project.read("kept.txt"), "of somebody");

    project.write("file", "");
    let failed = project.run(&["docs", "--out", "file"]).expect(1).errors;
    assert!(failed.contains("`file`"), "{failed}");
}

#[test]
fn a_type_that_everybody_uses_has_a_small_picture() {
    let records: String = (0..60)
        .map(|index| format!("record R{index} {{ long id; {} }}\n", if index > 0 { "R0 first;" } else { "" }))
        .collect();
    let project = Project::new(&[("schemas/large.avdl", &format!("protocol Large {{ {records} }}"))]);
    project.run(&["docs"]).expect(0);
    let page = project.read("schema-docs/types/R0.html");
    assert!(page.contains("<p>40 of 60 types are shown.</p>") && page.contains("class=\"center\""), "{page}");
    assert_eq!(page.matches("<rect").count(), 40);
    assert_eq!(
        between(&page, "<h2 id=\"users\">", "<h2 id=\"graph\">").matches("<li>").count(),
        59,
        "all users are listed"
    );
    assert!(page.contains("<summary>47 more</summary>"), "{page}");
    Site::read(&project.path("schema-docs")).check();
}

#[cfg(unix)]
#[test]
fn the_site_is_opened() {
    let mut project = shop();
    // A browser for whoever reads HTML.
    project.set("BROWSER", "cat");
    let opened = project.run(&["docs", "--open"]).expect(0).out;
    assert!(opened.contains("<title>Schemas</title>"), "{opened}");
    project.set("BROWSER", "no-such-browser");
    let failed = project.run(&["docs", "--open"]).expect(1);
    assert!(failed.errors.contains("`no-such-browser` cannot be started"), "{}", failed.errors);
    assert!(failed.out.contains("is up to date"), "the site is written anyway: {}", failed.out);
}

#[test]
fn the_same_schemas_give_the_same_bytes() {
    let project = shop();
    project.run(&["docs", "--out", "one"]).expect(0);
    project.run(&["docs", "--out", "other"]).expect(0);
    assert_eq!(bytes(&project.path("one")), bytes(&project.path("other")));
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    crate::site::files(folder).into_iter().map(|(path, file)| (path, std::fs::read(file).expect("a file"))).collect()
}
