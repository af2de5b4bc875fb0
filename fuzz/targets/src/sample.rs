//! Valid input, which mutations start from.

use std::sync::LazyLock;

use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::{AvroType, DecodeOwned, from_slice, json};
use serde_json::{Value, json as value};

use crate::com::example::event::Event;
use crate::com::example::shop::Order;
use crate::com::example::tree::Node;

/// The first byte says what the rest is read as.
pub(crate) fn split_selector(input: &[u8]) -> (usize, &[u8]) {
    input.split_first().map_or((0, input), |(selector, rest)| (usize::from(*selector), rest))
}

pub(crate) fn order() -> Order {
    of_json(&order_json())
}

pub(crate) fn event() -> Event {
    of_json(&event_json())
}

pub(crate) fn node() -> Node {
    of_json(&node_json())
}

fn of_json<T: AvroType + DecodeOwned>(json: &Value) -> T {
    from_slice(&datum(T::schema().json, json)).expect("a sample is a value of its type")
}

fn datum(schema: &str, sample: &Value) -> Vec<u8> {
    let schema = Schema::parse(schema).expect("a valid schema");
    json::from_json(&schema, sample).expect("a sample is a value of its schema")
}

fn order_json() -> Value {
    let address = value!({"street": "1 Rue de Rivoli", "city": "Paris", "countryCode": "FR"});
    value!({
        "id": 4711, "customer": "Zoë", "parcels": -3, "weight": 2.5, "paid": true, "level": "HIGH", "address": address,
        "note": {"string": "ring twice"}, "tags": ["gift", "fragile"], "addresses": {"work": address, "": address},
        "total": "\u{1}\u{e2}", "deposit": {"com.example.shop.Money": "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{7}"},
        "createdAt": 1_760_000_000_123_i64, "digest": "0123456789abcdef", "signature": "\u{0}\u{ff}"
    })
}

fn event_json() -> Value {
    let click = value!({"com.example.event.Click": {"x": 3, "y": -4}});
    value!({
        "payload": click, "before": {"string": "before"}, "between": {"int": 7},
        "history": [null, click, {"int": -1}, {"string": ""}], "number": {"long": 5}, "raw": {"string": "text"},
        "only": {"string": "one"}, "maybe": {"double": 2.5}, "parts": ["\u{0}\u{ff}", ""], "keys": {"b": "\u{80}"},
        "mark": {"com.example.event.Mark": "abcd"}, "marks": ["abcd", "efgh"], "kind": "ROBOT",
        "id": "067e6162-3b6f-4ae2-a171-2470b63dff00", "session": "0123456789abcdef", "price": "\u{fe}\u{1}",
        "fee": "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}", "total": {"bytes": "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{9}"},
        "tax": "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{9}",
        "exact": "\u{4}\u{1}\u{2}\u{4}", "lasted": "\u{1}\u{0}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{3}\u{0}\u{0}\u{0}",
        "day": -1, "timeMillis": 1, "timeMicros": 2, "atMillis": 3, "atMicros": 4, "atNanos": 5, "localMillis": 6,
        "localMicros": 7, "localNanos": 8
    })
}

fn node_json() -> Value {
    let leaf = |name: &str| value!({"name": name, "next": null, "children": []});
    let next = value!({"com.example.tree.Node": {"name": "b", "next": null, "children": [leaf("c"), leaf("")]}});
    value!({"name": "a", "next": next, "children": [leaf("d"), leaf("e")]})
}

/// Data of the generated types, each behind the byte that selects its type.
pub(crate) fn data() -> Vec<Vec<u8>> {
    let behind = |selector: u8, datum: Vec<u8>| [vec![selector], datum].concat();
    vec![
        behind(0, datum(Order::schema().json, &order_json())),
        behind(1, datum(Event::schema().json, &event_json())),
        behind(2, datum(Node::schema().json, &node_json())),
    ]
}

/// The same, and their JSON.
pub(crate) fn data_and_json() -> Vec<Vec<u8>> {
    let texts = [order_json(), event_json(), node_json()];
    let behind = |(selector, json): (u8, &Value)| [vec![selector], json.to_string().into_bytes()].concat();
    data().into_iter().chain((0..).zip(&texts).map(behind)).collect()
}

/// A writer's schema whose data a generated type reads.
pub(crate) struct WriterPlan {
    pub(crate) plan: Plan,
    pub(crate) reader: Reader,
    datum: Vec<u8>,
}

#[derive(Clone, Copy)]
pub(crate) enum Reader {
    Order,
    Event,
    Node,
}

impl WriterPlan {
    fn new(reader: Reader, schema: &str, replacements: &[(&str, &str)], sample: &Value) -> Self {
        let mut writer = schema.to_owned();
        for (old, new) in replacements {
            assert!(writer.contains(old), "{old} is not in {writer}");
            writer = writer.replacen(old, new, 1);
        }
        let parse = |text: &str| Schema::parse(text).expect("a valid schema");
        let plan = Plan::new(&parse(&writer), &parse(schema)).expect("schemas that can be resolved");
        WriterPlan { plan, reader, datum: datum(&writer, sample) }
    }
}

const FIELDS: &str = r#""fields":["#;

/// Each kind of change between two versions.
pub(crate) fn plans() -> &'static [WriterPlan] {
    static PLANS: LazyLock<Vec<WriterPlan>> = LazyLock::new(|| {
        let extra =
            r#""fields":[{"name":"extra","type":{"type":"array","items":{"type":"map","values":["null","string"]}}},"#;
        let mut more = order_json();
        more["extra"] = value!([{"a": null, "b": {"string": "c"}}, {}]);
        let mut smaller = order_json();
        smaller["note"] = value!("not an option");
        smaller["createdAt"] = value!(12);
        let order = Order::schema().json;
        let node = Node::schema().json;
        let mut deeper = node_json();
        deeper["nothing"] = value!([null, null]);
        deeper["next"]["com.example.tree.Node"]["nothing"] = value!([]);
        for place in ["/children/0", "/children/1", "/next/com.example.tree.Node/children/0"] {
            deeper.pointer_mut(place).expect("it has such a node")["nothing"] = value!([null]);
        }
        deeper["next"]["com.example.tree.Node"]["children"][1]["nothing"] = value!([]);
        vec![
            WriterPlan::new(Reader::Order, order, &[], &order_json()),
            WriterPlan::new(Reader::Order, order, &[(FIELDS, extra)], &more),
            WriterPlan::new(
                Reader::Order,
                order,
                &[
                    (r#""name":"id","type":"long""#, r#""name":"id","type":"int""#),
                    (r#""name":"weight","type":"double""#, r#""name":"weight","type":"float""#),
                    (r#""name":"customer","type":"string""#, r#""name":"customer","type":"bytes""#),
                    (r#""name":"signature","type":"bytes""#, r#""name":"signature","type":"string""#),
                    (r#""name":"note","type":["null","string"],"default":null"#, r#""name":"note","type":"string""#),
                    (r#"["LOW","NORMAL","HIGH"]"#, r#"["HIGH","NORMAL","HIGHEST"]"#),
                    (r#"{"name":"tags","type":{"type":"array","items":"string"},"default":[]},"#, ""),
                ],
                &without(smaller, "tags"),
            ),
            WriterPlan::new(Reader::Event, Event::schema().json, &[], &event_json()),
            WriterPlan::new(
                Reader::Event,
                Event::schema().json,
                &[
                    (r#""name":"number","type":["int","long"]"#, r#""name":"number","type":"int""#),
                    (r#""name":"raw","type":["bytes","string"]"#, r#""name":"raw","type":["string","bytes"]"#),
                    (r#""name":"maybe","type":["double","null"]"#, r#""name":"maybe","type":["null","int","double"]"#),
                ],
                &{
                    let mut event = event_json();
                    event["number"] = value!(5);
                    event
                },
            ),
            WriterPlan::new(Reader::Node, node, &[], &node_json()),
            WriterPlan::new(
                Reader::Node,
                node,
                &[(FIELDS, r#""fields":[{"name":"nothing","type":{"type":"array","items":"null"}},"#)],
                &deeper,
            ),
        ]
    });
    &PLANS
}

fn without(mut sample: Value, field: &str) -> Value {
    if let Some(fields) = sample.as_object_mut() {
        fields.remove(field);
    }
    sample
}

/// What the writers of [`plans`] write, each behind the byte that selects its plan.
pub(crate) fn written_data() -> Vec<Vec<u8>> {
    (0..).zip(plans()).map(|(selector, plan): (u8, _)| [vec![selector], plan.datum.clone()].concat()).collect()
}

pub(crate) fn schemas() -> Vec<Vec<u8>> {
    let more = [
        r#"{"type": "record", "name": "a.R", "aliases": ["b.S"], "fields": [{"name": "f", "type": ["null", "R"], "default": null, "order": "ignore"}]}"#,
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        r#"[{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "B"}, "int", {"type": "fixed", "name": "n.F", "size": 12, "logicalType": "duration"}]"#,
        r#"{"protocol": "P", "namespace": "x", "types": [{"type": "error", "name": "E", "fields": []}], "messages": {"m": {"request": [{"name": "a", "type": "long", "default": 1}], "response": "null", "errors": ["E"]}}}"#,
        r#"{"type": "record", "name": "D", "fields": [{"name": "m", "type": {"type": "map", "values": "bytes"}, "default": {"k": "\u00ff"}}, {"name": "x", "type": "double", "default": 1e3}]}"#,
        "\"long\"",
    ];
    let generated = [Order::schema().json, Event::schema().json, Node::schema().json];
    generated.into_iter().chain(more).map(|text| text.as_bytes().to_vec()).collect()
}

pub(crate) fn idl() -> Vec<Vec<u8>> {
    [
        r#"/** A shop. */ @namespace("acme") protocol Shop { import schema "money.avsc"; record Article { string name; union { null, int } count = null; string? note = null; @order("ignore") array<map<bytes>> parts = []; decimal(9, 2) price; timestamp_ms at; } error Gone { string why; } array<Article> list(int most = 10) throws Gone; void ping() oneway; }"#,
        "namespace a.b; schema R; record R { @aliases([\"old\"]) `long` id; E kind = \"A\"; } enum E { A, B } = B; fixed F(16);",
        "schema array<uuid>;",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(crate) fn frames() -> Vec<Vec<u8>> {
    vec![
        vec![0, 0, 0, 0, 7, 42],
        vec![0, 0, 0, 1],
        vec![1, 5, 0, 0, 0, 0, 7, 42],
        vec![4, 8, 0, 0, 0, 0, 0, 0, 0, 9, 42],
        [&[1, 17, 1][..], &[0xab; 16], &[42]].concat(),
    ]
}
