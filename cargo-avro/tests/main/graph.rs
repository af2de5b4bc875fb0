//! `cargo avro graph`.

use crate::project::Project;

const SHOP: &str = r#"@namespace("com.example")
protocol Shop {
    enum Currency { EUR, USD }
    record Money { long cents; Currency currency; }
    record Item { string name; Money price; array<Item> parts; }
    record Order { array<Item> items; Money total; map<union { null, Money }> fees; }
    record Refund { Money sum; }
    record Ping { long at; }
}
"#;

fn project() -> Project {
    let project = Project::new(&[("schemas/shop.avdl", SHOP)]);
    project.write("schemas/batch.avsc", r#"{"type": "array", "items": "com.example.Order"}"#);
    project
}

/// The names of types in a JSON answer.
fn names(answer: &serde_json::Value) -> Vec<&str> {
    let types = answer["types"].as_array().expect("a list of types");
    types.iter().filter_map(|one| one["type"].as_str()).collect()
}

#[test]
fn languages_for_graphs() {
    let project = project();
    insta::assert_snapshot!("graph_dot", project.run(&["graph", "--format", "dot"]).expect(0).out);
    insta::assert_snapshot!("graph_mermaid", project.run(&["graph", "--format", "mermaid"]).expect(0).out);
}

#[test]
fn neighborhoods_follow_uses_in_one_direction() {
    let project = project();
    let of = |type_name: &str, depth: &str| {
        let graph = ["graph", "--type", type_name, "--depth", depth, "--json"];
        let json = project.run(&graph).expect(0).json();
        names(&json).into_iter().map(|name| name.replace("com.example.", "")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("com.example.Money", "1"), "Currency Item Money Order Refund");
    assert_eq!(of("com.example.Refund", "1"), "Money Refund");
    assert_eq!(of("com.example.Refund", "2"), "Currency Money Refund");
    assert_eq!(of("com.example.Currency", "2"), "Currency Item Money Order Refund");
    assert_eq!(of("batch", "9"), "batch Currency Item Money Order");
    assert_eq!(of("com.example.Ping", "0"), "Ping");
    let unknown = project.run(&["graph", "--type", "Money"]).expect(1).errors;
    assert!(unknown.contains("did you mean") && unknown.contains("com.example.Money"), "{unknown}");
    project.run(&["graph", "--depth", "2"]).expect(2);
}

#[test]
fn a_picture_has_every_type_and_reference() {
    let project = project();
    let picture = project.run(&["graph"]).expect(0).out;
    assert_eq!(picture, project.run(&["graph"]).expect(0).out, "the same schemas give the same picture");
    assert_eq!(picture.matches("<rect").count(), 7);
    assert_eq!(picture.matches("class=\"edge\"").count(), 7, "{picture}");
    for part in [
        "<title>com.example.Order uses com.example.Money: total, fees</title>",
        "<title>com.example.Item uses com.example.Item: parts</title>",
        "<title>batch uses com.example.Order</title>",
        "<title>com.example.Currency (enum of 2)</title>",
        "role=\"img\" aria-label=\"Which schemas use which others\"",
        "prefers-color-scheme:dark",
    ] {
        assert!(picture.contains(part), "{part} is not in {picture}");
    }
    let written = project.run(&["graph", "--type", "com.example.Money", "--out", "money.svg"]).expect(0).out;
    assert_eq!(written, "money.svg is written: 5 types, 6 references\n");
    assert_eq!(project.read("money.svg").matches("class=\"center\"").count(), 1);
}

#[test]
fn messages_of_protocols_use_types_too() {
    let project = Project::new(&[(
        "schemas/mail.avdl",
        r#"@namespace("com.example")
protocol Mail {
    record Letter { string text; }
    record Receipt { long at; }
    error Refused { string reason; }
    Receipt send(Letter letter) throws Refused;
    array<Letter> read(string box);
    void ping() oneway;
}
"#,
    )]);
    let json = project.run(&["graph", "--json"]).expect(0).json();
    let mail = serde_json::json!({ "type": "com.example.Mail", "what": "protocol of 3 messages" });
    assert_eq!(json["types"].as_array().and_then(|types| types.last()), Some(&mail));
    let uses = |used: &str, messages: &[&str]| serde_json::json!({ "user": "com.example.Mail", "used": format!("com.example.{used}"), "fields": messages });
    let expected = [uses("Letter", &["send", "read"]), uses("Receipt", &["send"]), uses("Refused", &["send"])];
    assert_eq!(json["references"], serde_json::json!(expected));
    let around = project.run(&["graph", "--type", "com.example.Receipt", "--json"]).expect(0).json();
    assert_eq!(names(&around), ["com.example.Receipt", "com.example.Mail"]);
    let written = project.run(&["graph", "--out", "mail.svg"]).expect(0).out;
    assert_eq!(written, "mail.svg is written: 3 types, 1 protocol, 3 references\n");
    let picture = project.read("mail.svg");
    assert!(picture.contains("<title>com.example.Mail uses com.example.Letter: send, read</title>"), "{picture}");
}

#[test]
fn files_and_folders_are_named() {
    let project = project();
    let json = project.run(&["graph", "schemas/shop.avdl", "--json"]).expect(0).json();
    assert!(!names(&json).contains(&"batch"));
    project.write("other/ping.avsc", r#"{"type": "fixed", "name": "Id", "size": 16}"#);
    let json = project.run(&["graph", "other", "--json"]).expect(0).json();
    assert_eq!(names(&json), ["Id"]);
    // What a file uses has to be there.
    let missing = project.run(&["graph", "schemas/batch.avsc"]).expect(1).errors;
    assert!(missing.contains("unknown type `com.example.Order`"), "{missing}");
}

#[test]
fn large_folders_are_cut_and_it_is_reported() {
    let records: String = (0..300)
        .map(|index| format!("record R{index} {{ long id; {} }}\n", if index > 0 { "R0 first;" } else { "" }))
        .chain((0..20).map(|index| format!("record Alone{index} {{ long id; }}\n")))
        .collect();
    let project = Project::new(&[("schemas/large.avdl", &format!("protocol Large {{ {records} }}"))]);
    let cut = project.run(&["graph"]).expect(0);
    assert!(cut.errors.starts_with("warning: 250 of 320 types are shown"), "{}", cut.errors);
    assert!(cut.out.contains("(250 of 320 types)") && cut.out.contains(">R0<") && !cut.out.contains(">Alone0<"));
    let whole = project.run(&["graph", "--limit", "0"]).expect(0);
    assert_eq!((whole.out.matches("<rect").count(), whole.errors.as_str()), (320, ""));
    let json = project.run(&["graph", "--limit", "10", "--json"]).expect(0).json();
    assert_eq!((names(&json).len(), &json["left_out"]), (10, &310.into()));
}
