//! What the model has of the IDL and of protocols, beyond its JSON.

use avro_model::{DefinitionKind, Import, ImportKind, Kind, Leniency, Order, SchemaSet, SourceId, Step, imports};

use super::{TEXTS, parse, source};

const ORDERS: &str = r#"@namespace("acme")
protocol Orders {
  /** What happened. */
  @aliases(["Occurrence"])
  record Event { Kind kind = "MADE"; string? note = null, @order("ignore") by; }

  /* plain */ enum Kind { MADE, PAID } = MADE;
  @unit("cm") fixed Size(4);
  void tell(Event event) oneway;
}"#;

fn text_of<'s>(set: &'s SchemaSet, name: &str) -> &'s str {
    let found = set.definitions().iter().find(|definition| definition.name.name() == name);
    set.source_text(found.expect("it is there"))
}

#[test]
fn the_source_of_a_type_is_its_declaration() {
    let set = parse(&[("orders.avdl", ORDERS)]);
    let event = ORDERS.find("/** What").expect("it is there")..ORDERS.find("\n\n").expect("it is there");
    assert_eq!(text_of(&set, "Event"), &ORDERS[event]);
    assert_eq!(text_of(&set, "Kind"), "enum Kind { MADE, PAID } = MADE;");
    assert_eq!(text_of(&set, "Size"), "@unit(\"cm\") fixed Size(4);");
    // A declaration is a text of its own, but for its namespace and for what it refers to.
    for name in ["Event", "Kind", "Size"] {
        let alone = format!("namespace acme;\n{}", text_of(&set, name));
        let rest = parse(&[("alone.avdl", &alone), ("orders.avdl", ORDERS)]);
        assert_eq!(rest.definitions().len(), 3, "{name}");
        assert!(rest.warnings().is_empty(), "{:?}", rest.warnings());
    }
}

#[test]
fn labels_lead_to_what_the_idl_says() {
    let set = parse(&[("orders.avdl", ORDERS)]);
    let [event, kind, size] = set.definitions() else { panic!("{:?}", set.definitions()) };
    for (definition, path, expected) in [
        (event, vec![Step::Key("name")], "Event"),
        (event, vec![Step::Key("type")], "record"),
        (event, vec![Step::Key("doc")], "/** What happened. */"),
        (event, vec![Step::Key("aliases"), Step::Index(0)], "\"Occurrence\""),
        (event, vec![Step::Key("fields"), Step::Index(0)], "Kind kind = \"MADE\""),
        (event, vec![Step::Key("fields"), Step::Index(0), Step::Key("type")], "Kind"),
        (event, vec![Step::Key("fields"), Step::Index(1), Step::Key("name")], "note"),
        (event, vec![Step::Key("fields"), Step::Index(1), Step::Key("default")], "null"),
        (event, vec![Step::Key("fields"), Step::Index(2), Step::Key("type")], "string?"),
        (event, vec![Step::Key("fields"), Step::Index(2), Step::Key("order")], "\"ignore\""),
        (kind, vec![Step::Key("symbols"), Step::Index(1)], "PAID"),
        (kind, vec![Step::Key("default")], "MADE"),
        (size, vec![Step::Key("size")], "4"),
        (size, vec![Step::Key("nothing")], "@unit(\"cm\") fixed Size(4);"),
    ] {
        let label = set.label(definition, &path, "here");
        assert_eq!(&ORDERS[label.span.start..label.span.end], expected, "{path:?}");
    }
}

#[test]
fn protocols_have_their_types_and_messages() {
    let set = parse(&TEXTS);
    let names: Vec<&str> = set.protocols().iter().map(|protocol| protocol.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "acme.orders.Types",
            "acme.shop.Shop",
            "Literals",
            "acme.shop.Imports",
            "acme.cycle.Cycle",
            "acme.common.StatusReports"
        ]
    );
    let shop = &set.protocols()[1];
    assert_eq!(shop.source, SourceId(1));
    let sell = shop.messages.iter().find(|message| message.name == "sell").expect("it is there");
    assert_eq!(sell.doc.as_deref(), Some("Sells something."));
    assert_eq!(sell.response.kind, Kind::Null);
    let properties: Vec<&str> = sell.properties.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(properties, ["idempotent", "tags"]);
    let errors: Vec<&str> = sell.errors.iter().map(|id| set.definition(*id).name.name()).collect();
    assert_eq!(errors, ["NoSuchArticle", "Closed"]);
    let request: Vec<&str> = sell.request.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(request, ["name", "count", "discount"]);
    let one_way: Vec<&str> =
        shop.messages.iter().filter(|message| message.one_way).map(|message| message.name.as_str()).collect();
    assert_eq!(one_way, ["ping", "log"]);
}

#[test]
fn imports_bring_types_and_messages_to_their_place_once() {
    let set = parse(&TEXTS);
    let protocol =
        |name: &str| set.protocols().iter().find(|protocol| protocol.name.name() == name).expect("it is there");
    let types = |source: SourceId| -> Vec<&str> {
        set.types_of(source).iter().map(|id| set.definition(*id).name.as_str()).collect()
    };
    let imports = protocol("Imports");
    assert_eq!(
        types(imports.source),
        [
            "acme.shop.First",
            "acme.common.Money",
            "acme.common.Currency",
            "acme.cycle.There",
            "acme.common.Level",
            "acme.common.Status",
            "acme.common.Cause",
            "acme.common.Id",
            "acme.shop.Money",
        ]
    );
    let messages: Vec<&str> = imports.messages.iter().map(|message| message.name.as_str()).collect();
    assert_eq!(messages, ["there", "status", "hello", "alarm", "report"]);
    // The importing protocol has a message of the same name later: it counts, at the place of the first.
    let hello = imports.messages.iter().find(|message| message.name == "hello").expect("it is there");
    assert!(hello.request.is_empty());
    // A protocol imports itself through another one.
    let cycle: Vec<&str> = protocol("Cycle").messages.iter().map(|message| message.name.as_str()).collect();
    assert_eq!(cycle, ["status", "hello", "alarm", "report", "there"]);
    // What an `.avsc` file has is its own, and messages do not pass through texts that are not protocols.
    assert_eq!(types(SourceId(9)), ["acme.common.Id"]);
    let set = parse(&[
        ("a.avdl", "protocol A { import idl \"b.avdl\"; }"),
        ("b.avdl", "import protocol \"c.avpr\"; fixed B(1);"),
        ("c.avpr", r#"{"protocol": "C", "messages": {"c": {"request": [], "response": "int"}}}"#),
    ]);
    let counts: Vec<_> =
        set.protocols().iter().map(|protocol| (protocol.types.len(), protocol.messages.len())).collect();
    assert_eq!(counts, [(1, 0), (0, 1)]);
}

#[test]
fn only_a_schema_makes_a_root() {
    let set = parse(&TEXTS);
    let roots: Vec<&str> = set.roots().iter().map(|root| TEXTS[root.source.0].0).collect();
    assert_eq!(roots, ["main_schema.avdl", "common/id.avsc"]);
    assert!(matches!(set.roots()[0].ty.kind, Kind::Map(_)));
    for text in
        ["", "// nothing", "namespace a;", "protocol P {}", "record R {}", "\u{feff}enum E {}", "enum E {}\u{1a}{{"]
    {
        assert!(parse(&[("a.avdl", text)]).roots().is_empty(), "{text}");
    }
}

#[test]
fn all_languages_share_their_names() {
    let set = parse(&[
        ("a.avsc", r#"{"type": "record", "name": "a.A", "fields": [{"name": "b", "type": "B"}]}"#),
        ("b.avdl", "namespace a; record B { C c; D? d; }"),
        ("c.avpr", r#"{"protocol": "a.P", "types": [{"type": "fixed", "name": "C", "size": 1}]}"#),
        ("d.AVDL", "@namespace(\"a\") protocol Q { enum D {} A get(); }"),
        // Said twice, in two languages.
        (
            "e.avsc",
            r#"{"type": "record", "name": "B", "namespace": "a", "fields": [
            {"name": "c", "type": "C"}, {"name": "d", "type": ["null", "D"]}]}"#,
        ),
    ]);
    assert_eq!(set.definitions().len(), 4);
    let schema = set.schema_of(&set.roots()[0].ty);
    let names: Vec<&str> = schema.definitions().iter().map(|definition| definition.name.as_str()).collect();
    assert_eq!(names, ["a.A", "a.B", "a.C", "a.D"]);
    assert!(set.warnings().is_empty(), "{:?}", set.warnings());
}

#[test]
fn defaults_decide_where_null_stands() {
    let set = parse(&[("r.avdl", "record R { string? a, b = null, c = \"x\"; int? @order(\"descending\") d = 0; }")]);
    let DefinitionKind::Record(record) = &set.definitions()[0].kind else { panic!("{:?}", set.definitions()) };
    let null_first = record.fields.iter().map(|field| match &field.ty.kind {
        Kind::Union(branches) => branches[0].kind == Kind::Null,
        other => panic!("{other:?}"),
    });
    assert_eq!(null_first.collect::<Vec<_>>(), [true, true, false, false]);
    assert_eq!(record.fields[3].order, Order::Descending);
}

#[test]
fn imports_are_told_to_those_who_load_them() {
    let text = "import idl \"../a.avdl\";\nimport protocol \"b.avpr\"; import schema \"c\\u002eavsc\"; import 7";
    let found = imports(&source("x/y.avdl", text));
    let found: Vec<(ImportKind, &str, &str)> = found
        .iter()
        .map(|Import { kind, path, span, .. }| (*kind, path.as_str(), &text[span.start..span.end]))
        .collect();
    assert_eq!(
        found,
        [
            (ImportKind::Idl, "../a.avdl", "\"../a.avdl\""),
            (ImportKind::Protocol, "b.avpr", "\"b.avpr\""),
            (ImportKind::Schema, "c.avsc", "\"c\\u002eavsc\""),
        ]
    );
    assert!(imports(&source("x/y.avsc", text)).is_empty());
}

#[test]
fn who_loads_files_says_what_an_import_means() {
    let sources = vec![source("a.avdl", "import schema \"far.avsc\"; record R { F f; }"), source("deep/far.avsc", FAR)];
    let set = SchemaSet::parse_with_imports(sources.clone(), Leniency::NONE, |importing, import| {
        assert_eq!((importing, import.path.as_str()), (SourceId(0), "far.avsc"));
        Some(SourceId(1))
    });
    assert_eq!(set.unwrap_or_else(|error| panic!("{error}")).types_of(SourceId(0)).len(), 2);
    let error = SchemaSet::parse_with_imports(sources.clone(), Leniency::NONE, |_, _| Some(SourceId(2)))
        .expect_err("there is no such source");
    assert!(error.to_string().contains("unknown-import"), "{error}");
    let error = SchemaSet::parse(sources).expect_err("it is in another folder");
    assert!(error.to_string().contains("there is `deep/far.avsc`"), "{error}");
}

const FAR: &str = r#"{"type": "fixed", "name": "F", "size": 1}"#;
