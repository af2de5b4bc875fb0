//! Avro's JSON encoding, by schemas that are known only at run time.

use avro_typed::json::{from_json, to_json, to_json_text, to_json_with};
use avro_typed::model::Schema;
use avro_typed::{DecodeErrorKind, Limits};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::allocation::{MIB, allocated_by};

const ORDER: &str = r#"{"type": "record", "name": "Order", "namespace": "acme", "fields": [
    {"name": "id", "type": "long"},
    {"name": "note", "type": ["null", "string"], "default": null},
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "PAID"]}, "default": "OPEN"},
    {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 2}, "default": "\u0000\u00ff"},
    {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
        {"name": "price", "type": "double"}, {"name": "count", "type": "int", "default": 1}]}}, "default": []},
    {"name": "labels", "type": {"type": "map", "values": ["int", "State", "Line"]}, "default": {}},
    {"name": "parent", "type": ["null", "Order"], "default": null}]}"#;

fn schema(text: &str) -> Schema {
    Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Both directions, with the JSON as a tree and as text.
#[track_caller]
fn check(schema_text: &str, datum: &[u8], json: Value, text: &str) {
    let schema = schema(schema_text);
    assert_eq!(to_json(&schema, datum).expect("a datum"), json);
    assert_eq!(to_json_text(&schema, datum).expect("a datum"), text);
    assert_eq!(from_json(&schema, &json).expect("a value"), datum, "{json}");
}

#[test]
fn every_kind_of_type() {
    check("\"null\"", b"", json!(null), "null");
    check("\"boolean\"", b"\x01", json!(true), "true");
    check("\"int\"", b"\xff\xff\xff\xff\x0f", json!(i32::MIN), "-2147483648");
    check("\"long\"", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", json!(i64::MIN), "-9223372036854775808");
    check("\"float\"", &0.1_f32.to_le_bytes(), json!(0.1), "0.1");
    check("\"float\"", &f32::NEG_INFINITY.to_le_bytes(), json!("-Infinity"), "\"-Infinity\"");
    check("\"double\"", &f64::NAN.to_le_bytes(), json!("NaN"), "\"NaN\"");
    check("\"double\"", &1e300_f64.to_le_bytes(), json!(1e300), "1e+300");
    check("\"double\"", &(-0.0_f64).to_le_bytes(), json!(-0.0), "-0.0");
    check("\"bytes\"", b"\x04\x00\xff", json!("\0\u{ff}"), "\"\\u0000ÿ\"");
    check("\"string\"", b"\x06\"\xc3\xa9", json!("\"é"), "\"\\\"é\"");
    check(r#"{"type": "array", "items": "int"}"#, b"\x04\x02\x04\x00", json!([1, 2]), "[1,2]");
    check(r#"{"type": "map", "values": "int"}"#, b"\x02\x02k\x02\x00", json!({"k": 1}), r#"{"k":1}"#);
    check(r#"["null", "long"]"#, b"\x02\x02", json!({"long": 1}), r#"{"long":1}"#);
    check(r#"["long", "null"]"#, b"\x02", json!(null), "null");
    check(r#"[{"type": "array", "items": "int"}]"#, b"\x00\x00", json!({"array": []}), r#"{"array":[]}"#);
    check(r#"{"type": "int", "logicalType": "date"}"#, b"\x02", json!(1), "1");
    check(
        ORDER,
        b"\x0e\x02\x02!\x02ab\x02\x00\x00\x00\x00\x00\x00\x00\x40\x06\x00\x02\x02s\x02\x02\x00\x00",
        json!({
            "id": 7, "note": {"string": "!"}, "state": "PAID", "hash": "ab", "lines": [{"price": 2.0, "count": 3}],
            "labels": {"s": {"acme.State": "PAID"}}, "parent": null
        }),
        concat!(
            r#"{"id":7,"note":{"string":"!"},"state":"PAID","hash":"ab","lines":[{"price":2.0,"count":3}],"#,
            r#""labels":{"s":{"acme.State":"PAID"}},"parent":null}"#
        ),
    );
}

#[test]
fn fields_that_are_not_there_take_their_defaults() {
    let datum = from_json(&schema(ORDER), &json!({"id": 1, "lines": [{"price": 1}]})).expect("a value");
    assert_eq!(datum, b"\x02\x00\x00\x00\xff\x02\x00\x00\x00\x00\x00\x00\xf0\x3f\x02\x00\x00\x00");
}

#[test]
fn wrong_json_is_an_error_with_its_path() {
    let check = |json: Value, expected: &str| {
        let error = from_json(&schema(ORDER), &json).expect_err(expected);
        assert_eq!(error.to_string(), expected, "{json}");
    };
    check(json!([1]), "Order: expected an object (record `acme.Order`), found an array");
    check(json!({}), "Order: the field `id` is missing and has no default");
    check(json!({"Id": 1}), "Order: the field `id` is missing and has no default; is \"Id\" meant for it?");
    check(
        json!({"id": 1, "stat": "PAID"}),
        "Order: the record `acme.Order` has no field \"stat\"; did you mean `state`?",
    );
    check(json!({"id": "1"}), "Order.id: expected a whole number (long), found the string \"1\"");
    check(json!({"id": 1.5}), "Order.id: expected a whole number (long), found the number 1.5");
    check(json!({"id": u64::MAX}), "Order.id: 18446744073709551615 is out of the range of long");
    check(
        json!({"id": 1, "state": "PAD"}),
        "Order.state: the enum `acme.State` has no symbol \"PAD\"; did you mean `PAID`?",
    );
    check(json!({"id": 1, "hash": "abc"}), "Order.hash: the fixed `acme.Hash` has 2 bytes, found 3");
    check(
        json!({"id": 1, "hash": "a€"}),
        "Order.hash: the character '€' is not a byte: use characters from U+0000 to U+00FF",
    );
    check(
        json!({"id": 1, "lines": [{"price": 1}, {"price": 1, "count": 3_000_000_000_u64}]}),
        "Order.lines[1].count: 3000000000 is out of the range of int",
    );
    check(
        json!({"id": 1, "labels": {"a b": {"string": "x"}}}),
        "Order.labels[\"a b\"]: the union has no branch \"string\"; its branches are int, acme.State, acme.Line",
    );
    check(
        json!({"id": 1, "labels": {"a": 5}}),
        "Order.labels[\"a\"]: expected a branch of the union by its name, such as {\"int\": …}, found the number 5",
    );
    check(
        json!({"id": 1, "note": "x"}),
        "Order.note: expected null or a branch of the union by its name, such as {\"string\": …}, found the string \"x\"",
    );
    check(json!({"id": 1, "parent": {"acme.Order": {}}}), "Order.parent: the field `id` is missing and has no default");
    let error = from_json(&schema("\"float\""), &json!(1e39)).expect_err("too large");
    assert_eq!(error.to_string(), "1e+39 is out of the range of float");
}

#[test]
fn a_union_without_branches_takes_nothing() {
    let error = from_json(&schema("[]"), &json!(5)).unwrap_err();
    assert_eq!(error.to_string(), "expected nothing, since the union has no branches, found the number 5");
}

#[test]
fn wrong_data_are_errors_with_their_path() {
    let check = |datum: &[u8], expected: &str| {
        let error = to_json(&schema(ORDER), datum).expect_err(expected);
        assert_eq!(error.to_string(), expected);
        assert_eq!(to_json_text(&schema(ORDER), datum).expect_err(expected).to_string(), expected);
    };
    check(
        b"",
        "Order.id: 1 bytes needed but 0 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
    check(b"\x02\x04", "Order.note: index 2 is out of range for a union of 2 branches (at byte 2)");
    check(b"\x02\x00\x04", "Order.state: index 2 is out of range for enum of the schema with 2 symbols (at byte 3)");
    check(
        b"\x02\x00\x00ab\x02\x00",
        "Order.lines[0].price: 8 bytes needed but 1 remain; the datum is truncated or was written with another schema (at byte 6)",
    );
    check(
        b"\x02\x00\x00ab\x00\x02\x02k\x08",
        "Order.labels[\"k\"]: index 4 is out of range for a union of 3 branches (at byte 10)",
    );
    check(
        b"\x02\x00\x00ab\x00\x00\x00!",
        "Order: 1 bytes are left after the datum; it was probably written with another schema (at byte 8)",
    );
}

/// What is charged to the budget is no less than what the values take.
#[test]
fn memory_is_counted_as_it_is_taken() {
    let limits = Limits::default().max_item_memory(MIB);
    for (items, item) in [
        (r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#, &[2][..]),
        (r#"{"type": "map", "values": "null"}"#, &[2, 0, 0]),
        (r#"{"type": "array", "items": "boolean"}"#, &[2, 1, 0]),
        (r#"["int", "string"]"#, &[2, 0]),
        (r#"["null", "string"]"#, &[0]),
        ("\"string\"", &[2, b'a']),
        ("\"double\"", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        let schema = schema(&format!(r#"{{"type": "array", "items": {items}}}"#));
        // 100,000 items, which are too many for the budget.
        let datum = [&[0xc0, 0x9a, 0x0c][..], &item.repeat(100_000), &[0]].concat();
        let tree = allocated_by(|| to_json_with(&schema, &datum, limits).expect_err("too much memory"));
        // All sizes of what grows are counted, which are twice the last one.
        assert!(tree < 2 * MIB, "{items}: {tree} bytes");
    }
}

#[test]
fn hostile_data_end_soon() {
    let kind = |schema_text: &str, datum: &[u8]| {
        to_json_with(&schema(schema_text), datum, Limits::default().max_item_memory(1 << 20))
            .expect_err("hostile")
            .kind()
            .clone()
    };
    let tera = b"\x80\x80\x80\x80\x80\x40";
    assert_eq!(
        kind(r#"{"type": "array", "items": "null"}"#, tera),
        DecodeErrorKind::TooManyZeroSizeItems { limit: 1 << 20 }
    );
    assert_eq!(
        kind(r#"{"type": "array", "items": "null"}"#, b"\x80\x80\x40\x00"),
        DecodeErrorKind::TooMuchItemMemory { limit: 1 << 20 }
    );
    assert!(matches!(
        kind(r#"{"type": "map", "values": "int"}"#, tera),
        DecodeErrorKind::CountTooLarge { min_item_size: 2, .. }
    ));
    // Thirty records of two fields each: a thousand million values in no bytes at all.
    let doubling = (0..30).fold("\"null\"".to_owned(), |inner, level| match level {
        0 => r#"{"type": "record", "name": "R0", "fields": []}"#.to_owned(),
        _ => format!(
            r#"{{"type": "record", "name": "R{level}", "fields": [
                {{"name": "a", "type": {inner}}}, {{"name": "b", "type": "R{}"}}]}}"#,
            level - 1
        ),
    });
    assert_eq!(kind(&doubling, b""), DecodeErrorKind::TooMuchItemMemory { limit: 1 << 20 });
    let list = r#"{"type": "record", "name": "L", "fields": [{"name": "l", "type": ["null", "L"]}]}"#;
    assert_eq!(kind(list, &[2; 1000]), DecodeErrorKind::DepthExceeded { limit: 128 });
    let nest = r#"{"type": "record", "name": "L", "fields": [
        {"name": "l", "type": {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": ["null", "L"]}}}}]}"#;
    assert_eq!(kind(nest, &[2; 1000]), DecodeErrorKind::NestedTooDeep { limit: 512 });
    let deep = (0..200).fold(json!(null), |inner, _| json!({"l": {"L": inner}}));
    assert!(from_json(&schema(list), &deep).is_err());
    let grows = r#"{"type": "record", "name": "G", "fields": [{"name": "a", "type": {"type": "record", "name": "H", "fields": [
        {"name": "h", "type": {"type": "array", "items": "H"}, "default": [{}, {}]}]}, "default": {}}]}"#;
    if let Ok(schema) = Schema::parse(grows) {
        let error = from_json(&schema, &json!({})).expect_err("a default without end");
        assert!(error.to_string().starts_with("G.a: the default of this field cannot be used: "), "{error}");
    }
}

/// A schema whose named types get their names when it is written.
#[derive(Clone, Debug)]
enum Shape {
    Primitive(&'static str),
    Enum(usize),
    Fixed(usize),
    Array(Box<Shape>),
    Map(Box<Shape>),
    Union(Vec<Shape>),
    Record(Vec<Shape>),
}

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        5 => proptest::sample::select(PRIMITIVES.to_vec()).prop_map(Shape::Primitive),
        1 => (1..4_usize).prop_map(Shape::Enum),
        1 => (0..20_usize).prop_map(Shape::Fixed),
    ];
    leaf.clone().prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| Shape::Array(Box::new(items))),
            inner.clone().prop_map(|values| Shape::Map(Box::new(values))),
            (leaf.clone(), vec(inner.clone(), 0..3)).prop_map(|(first, mut others)| {
                // No union is empty, even when all others must go.
                others.insert(0, first);
                Shape::Union(others)
            }),
            vec(inner, 0..5).prop_map(Shape::Record),
        ]
    })
}

impl Shape {
    /// What two branches of a union must not share.
    fn branch(&self) -> Option<&'static str> {
        match self {
            Shape::Primitive(name) => Some(name),
            Shape::Array(_) => Some("array"),
            Shape::Map(_) => Some("map"),
            Shape::Union(_) => Some("union"),
            Shape::Enum(_) | Shape::Fixed(_) | Shape::Record(_) => None,
        }
    }

    /// The branches that may stand in one union.
    fn branches(shapes: &[Shape]) -> Vec<&Shape> {
        let mut kept: Vec<&Shape> = Vec::new();
        for shape in shapes {
            let taken = shape
                .branch()
                .is_some_and(|name| name == "union" || kept.iter().any(|other| other.branch() == Some(name)));
            if !taken {
                kept.push(shape);
            }
        }
        kept
    }

    fn json(&self, names: &mut usize) -> Value {
        let mut name = || {
            *names += 1;
            format!("ns{}.N{names}", *names % 2)
        };
        match self {
            Shape::Primitive(name) => json!(name),
            Shape::Enum(symbols) => {
                json!({"type": "enum", "name": name(), "symbols": (0..*symbols).map(|index| format!("S{index}")).collect::<Vec<_>>()})
            }
            Shape::Fixed(size) => json!({"type": "fixed", "name": name(), "size": size}),
            Shape::Array(items) => json!({"type": "array", "items": items.json(names)}),
            Shape::Map(values) => json!({"type": "map", "values": values.json(names)}),
            Shape::Union(shapes) => Shape::branches(shapes).into_iter().map(|shape| shape.json(names)).collect(),
            Shape::Record(fields) => {
                let name = name();
                let field =
                    |(index, shape): (usize, &Shape)| json!({"name": format!("f{index}"), "type": shape.json(names)});
                let fields: Value = fields.iter().enumerate().map(field).collect();
                json!({"type": "record", "name": name, "fields": fields})
            }
        }
    }

    /// Appends a datum that is made of `dice`.
    fn datum(&self, dice: &mut Dice<'_>, out: &mut Vec<u8>) {
        match self {
            Shape::Primitive("null") => {}
            Shape::Primitive("boolean") => out.push(dice.below(2)),
            Shape::Primitive("int") => long(i64::from(dice.number() as i32), out),
            Shape::Primitive("long") => long(dice.number() as i64 >> dice.below(64), out),
            Shape::Primitive("float") => {
                let float = f32::from_bits(dice.number() as u32);
                // The bits of what is not a number are nobody's value.
                out.extend((if float.is_nan() { f32::NAN } else { float }).to_le_bytes());
            }
            Shape::Primitive("double") => {
                let double = f64::from_bits(dice.number());
                out.extend((if double.is_nan() { f64::NAN } else { double }).to_le_bytes());
            }
            Shape::Primitive("string") => text(&dice.text(), out),
            Shape::Primitive(_) => {
                let bytes = dice.bytes();
                long(bytes.len() as i64, out);
                out.extend(bytes);
            }
            Shape::Enum(symbols) => long(i64::from(dice.below(*symbols as u8)), out),
            Shape::Fixed(size) => out.extend((0..*size).map(|_| dice.below(0))),
            Shape::Array(items) => {
                let count = dice.below(4);
                if count > 0 {
                    long(i64::from(count), out);
                }
                (0..count).for_each(|_| items.datum(dice, out));
                out.push(0);
            }
            Shape::Map(values) => {
                // In the order in which `serde_json` has the keys, so that the bytes come back as they were.
                let keys: std::collections::BTreeSet<String> = (0..dice.below(4)).map(|_| dice.text()).collect();
                if !keys.is_empty() {
                    long(keys.len() as i64, out);
                }
                for key in keys {
                    text(&key, out);
                    values.datum(dice, out);
                }
                out.push(0);
            }
            Shape::Union(shapes) => {
                let branches = Shape::branches(shapes);
                let Some(branch) = branches.get(usize::from(dice.below(branches.len() as u8))) else { return };
                let index = branches.iter().position(|other| std::ptr::eq(*other, *branch)).unwrap_or(0);
                long(index as i64, out);
                branch.datum(dice, out);
            }
            Shape::Record(fields) => fields.iter().for_each(|field| field.datum(dice, out)),
        }
    }
}

/// Numbers that proptest can make smaller.
struct Dice<'b> {
    bytes: &'b [u8],
    next: usize,
}

impl Dice<'_> {
    /// A byte below `end`, or any when that is 0.
    fn below(&mut self, end: u8) -> u8 {
        let byte = self.bytes.get(self.next % self.bytes.len().max(1)).copied().unwrap_or(0);
        self.next += 1;
        byte.checked_rem(end).unwrap_or(byte)
    }

    fn number(&mut self) -> u64 {
        (0..8).fold(0, |number, _| number << 8 | u64::from(self.below(0)))
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(9)).map(|_| self.below(0)).collect()
    }

    fn text(&mut self) -> String {
        self.bytes().into_iter().map(char::from).collect()
    }
}

fn long(value: i64, out: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while rest >= 0x80 {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

fn text(text: &str, out: &mut Vec<u8>) {
    long(text.len() as i64, out);
    out.extend(text.as_bytes());
}

proptest! {
    #[test]
    fn any_datum_comes_back_as_it_was(shape in shapes(), dice in vec(any::<u8>(), 1..200)) {
        let schema = schema(&shape.json(&mut 0).to_string());
        let mut datum = Vec::new();
        shape.datum(&mut Dice { bytes: &dice, next: 0 }, &mut datum);

        let json = to_json(&schema, &datum)?;
        prop_assert_eq!(&from_json(&schema, &json)?, &datum, "{}", json);
        let text = to_json_text(&schema, &datum)?;
        prop_assert!(!text.contains('\n'));
        let read: Value = serde_json::from_str(&text)?;
        prop_assert_eq!(from_json(&schema, &read)?, datum, "{}", text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(shape in shapes(), datum in vec(any::<u8>(), 0..100)) {
        let schema = schema(&shape.json(&mut 0).to_string());
        let limits = Limits::default().max_item_memory(1 << 20);
        if let Ok(json) = to_json_with(&schema, &datum, limits) {
            from_json(&schema, &json)?;
        }
    }
}
