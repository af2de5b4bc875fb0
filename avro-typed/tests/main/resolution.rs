//! What was written with one schema, read with another (Avro 1.12, "Schema Resolution").

use std::collections::{BTreeMap, HashMap};

use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;
use avro_typed::{
    AvroType, Decode, DecodeErrorKind, DecodeOwned, Decoder, Limits, PlanStep, Reader, Sole, from_slice_resolved,
};

use crate::allocation::{MIB, allocated_by};
use crate::generated::com::example::shop::{Address, Digest, Level, Order};
use crate::generated::com::example::tree::Node;
use crate::samples::{address, decimal, encode_as, plan, resolve_as};

/// What the writer's schema wrote is read as this value.
#[track_caller]
fn check<As: ?Sized, T: DecodeOwned<As> + PartialEq + std::fmt::Debug>(
    writer: &str,
    reader: &str,
    datum: &[u8],
    expected: T,
) {
    assert_eq!(resolve_as::<As, T>(writer, reader, datum).expect("a value that can be resolved"), expected);
}

/// What the writer's schema wrote cannot be read, for this reason.
#[track_caller]
fn check_error<As: ?Sized, T: DecodeOwned<As> + std::fmt::Debug>(
    writer: &str,
    reader: &str,
    datum: &[u8],
    expected: &str,
) {
    assert_eq!(resolve_as::<As, T>(writer, reader, datum).expect_err(expected).to_string(), expected);
}

const INT: &str = r#""int""#;
const LONG: &str = r#""long""#;
const FLOAT: &str = r#""float""#;
const DOUBLE: &str = r#""double""#;
const BYTES: &str = r#""bytes""#;
const STRING: &str = r#""string""#;

#[test]
fn promotions() {
    check::<avro::Long, i64>(INT, LONG, &[3], -2);
    check::<avro::Float, f32>(INT, FLOAT, &[3], -2.0);
    check::<avro::Double, f64>(INT, DOUBLE, &[3], -2.0);
    check::<avro::Float, f32>(LONG, FLOAT, &[3], -2.0);
    check::<avro::Double, f64>(LONG, DOUBLE, &[3], -2.0);
    check::<avro::Double, f64>(FLOAT, DOUBLE, &[0, 0, 0xc0, 0x3f], 1.5);
    check::<Str, String>(BYTES, STRING, b"\x04hi", "hi".to_owned());
    check::<avro::Bytes, Vec<u8>>(STRING, BYTES, b"\x04hi", b"hi".to_vec());
    // Rounded to the nearest, as Java does.
    let odd = (1_i64 << 53) + 1;
    check::<avro::Double, f64>(
        LONG,
        DOUBLE,
        &encode_as::<avro::Long, _>(&odd).expect("a long"),
        9_007_199_254_740_992.0,
    );
}

#[test]
fn promotions_of_wrong_input() {
    let two_to_31 = [0x80, 0x80, 0x80, 0x80, 0x10];
    check_error::<avro::Long, i64>(
        INT,
        LONG,
        &two_to_31,
        "2147483648 is not a 32-bit int; the datum was probably written with another schema (at byte 5)",
    );
    check_error::<Str, String>(
        BYTES,
        STRING,
        b"\x02\xff",
        "string of 1 bytes is not valid UTF-8 from its byte 0 on (at byte 2)",
    );
    check_error::<avro::Bytes, Vec<u8>>(
        STRING,
        BYTES,
        b"\x02\xff",
        "string of 1 bytes is not valid UTF-8 from its byte 0 on (at byte 2)",
    );
}

#[test]
fn promotions_below_logical_types() {
    let timestamp = r#"{"type":"long","logicalType":"timestamp-millis"}"#;
    check::<avro::TimestampMillis, Timestamp>(INT, timestamp, &[1], Timestamp::constant(0, -1_000_000));
    let money = r#"{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}"#;
    check::<avro::Decimal<avro::Bytes, 5, 2>, Decimal>(STRING, money, &[2, 0x7f], decimal("1.27"));
}

#[test]
fn unions() {
    let optional = r#"["null","string"]"#;
    // The writer has no union: its value goes to a branch of the reader's.
    check::<Nullable<Str, 0>, Option<String>>(STRING, optional, b"\x04hi", Some("hi".to_owned()));
    check::<Nullable<Str, 0>, Option<String>>(r#""null""#, optional, b"", None);
    check::<Nullable<Str, 0>, Option<String>>(BYTES, optional, b"\x04hi", Some("hi".to_owned()));
    // Both have one, in another order.
    check::<Nullable<Str, 0>, Option<String>>(r#"["string","null"]"#, optional, b"\0\x04hi", Some("hi".to_owned()));
    check::<Nullable<Str, 0>, Option<String>>(r#"["string","null"]"#, optional, b"\x02", None);
    // The reader has none: only one branch of the writer's can be read.
    check::<Str, String>(optional, STRING, b"\x02\x04hi", "hi".to_owned());
    check::<avro::Double, f64>(r#"["int","double","long"]"#, DOUBLE, &[4, 3], -2.0);
    let error = resolve_as::<Str, String>(optional, STRING, &[0]).expect_err("null is not a string").to_string();
    assert!(error.starts_with("the reader's schema cannot read this value: at /"), "{error}");
    assert!(error.ends_with("(at byte 1)"), "{error}");
    check_error::<Str, String>(optional, STRING, &[4], "index 2 is out of range for a union of 2 branches (at byte 1)");
}

#[test]
fn items_and_values() {
    let ints = r#"{"type":"array","items":"int"}"#;
    let doubles = r#"{"type":"array","items":"double"}"#;
    check::<Array<avro::Double>, Vec<f64>>(ints, doubles, &[4, 2, 3, 1, 2, 6, 0], vec![1.0, -2.0, 3.0]);
    check_error::<Array<avro::Double>, Vec<f64>>(
        ints,
        doubles,
        &[1, 4, 2, 2, 0],
        "a block of 2 bytes has items of 1 bytes (at byte 3)",
    );
    check_error::<Array<avro::Double>, Vec<f64>>(
        ints,
        doubles,
        &[4, 2, 0x80],
        "[1]: 2 bytes needed but 1 remain; the datum is truncated or was written with another schema (at byte 2)",
    );

    let int_map = r#"{"type":"map","values":"int"}"#;
    let long_map = r#"{"type":"map","values":"long"}"#;
    check::<Map<avro::Long>, _>(int_map, long_map, &[2, 2, b'a', 3, 0], HashMap::from([("a".to_owned(), -2_i64)]));
    check::<Map<avro::Long>, _>(int_map, long_map, &[1, 6, 2, b'a', 3, 0], BTreeMap::from([("a".to_owned(), -2_i64)]));
    check_error::<Map<avro::Long>, HashMap<String, i64>>(
        int_map,
        long_map,
        &[2, 2, b'a', 0x80],
        "[\"a\"]: 2 bytes needed but 1 remain; the datum is truncated or was written with another schema (at byte 3)",
    );
}

/// No item of the writer's can be read as this type; without items that does not matter.
#[track_caller]
fn check_unreadable_items<As: ?Sized, T: DecodeOwned<As> + std::fmt::Debug>(item: &str) {
    let other = r#"{"type":"fixed","name":"Other","size":3}"#;
    let array = |items: &str| format!(r#"{{"type":"array","items":{items}}}"#);
    let read = |datum: &[u8]| resolve_as::<Array<As>, Vec<T>>(&array(other), &array(item), datum);
    assert_eq!(read(&[0]).expect("no items").len(), 0);
    let error = read(&[2, 1, 2, 3, 0]).expect_err(item).to_string();
    assert!(error.starts_with("[0]: the reader's schema cannot read this value: at /items"), "{item}: {error}");
    // As many items as the bytes may hold, and more: no memory for those that nobody will see.
    for count in [&[0x80, 0x80, 8][..], &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]] {
        let allocated = allocated_by(|| read(&[count, &[1, 2, 3]].concat()).expect_err(item));
        assert!(allocated < MIB, "{item}: {allocated}");
    }

    let map = |values: &str| format!(r#"{{"type":"map","values":{values}}}"#);
    let read = |datum: &[u8]| resolve_as::<Map<As>, HashMap<String, T>>(&map(other), &map(item), datum);
    assert_eq!(read(&[0]).expect("no entries").len(), 0);
    let error = read(&[2, 2, b'k', 1, 2, 3, 0]).expect_err(item).to_string();
    assert!(error.starts_with("[\"k\"]: the reader's schema cannot read this value: at /values"), "{item}: {error}");
}

#[test]
fn items_that_cannot_be_read() {
    check_unreadable_items::<avro::Null, ()>(r#""null""#);
    check_unreadable_items::<avro::Boolean, bool>(r#""boolean""#);
    check_unreadable_items::<avro::Int, i32>(INT);
    check_unreadable_items::<avro::Long, i64>(LONG);
    check_unreadable_items::<avro::Float, f32>(FLOAT);
    check_unreadable_items::<avro::Double, f64>(DOUBLE);
    check_unreadable_items::<avro::Bytes, Vec<u8>>(BYTES);
    check_unreadable_items::<Str, String>(STRING);
    check_unreadable_items::<Str, Box<String>>(STRING);
    check_unreadable_items::<avro::Fixed<2>, [u8; 2]>(r#"{"type":"fixed","name":"F","size":2}"#);
    check_unreadable_items::<Array<Str>, Vec<String>>(r#"{"type":"array","items":"string"}"#);
    check_unreadable_items::<Map<Str>, BTreeMap<String, String>>(r#"{"type":"map","values":"string"}"#);
    check_unreadable_items::<Nullable<Str, 0>, Option<String>>(r#"["null","string"]"#);
    check_unreadable_items::<avro::Sole<Str>, Sole<String>>(r#"["string"]"#);
    check_unreadable_items::<avro::TimestampMillis, Timestamp>(r#"{"type":"long","logicalType":"timestamp-millis"}"#);
    check_unreadable_items::<avro::Decimal<avro::Bytes, 5, 2>, Decimal>(
        r#"{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}"#,
    );
    check_unreadable_items::<Level, Level>(Level::schema().json);
    check_unreadable_items::<Address, Address>(Address::schema().json);
    check_unreadable_items::<Node, Node>(Node::schema().json);
    check_unreadable_items::<Digest, Digest>(r#"{"type":"fixed","name":"Digest","size":16}"#);
}

#[test]
fn symbols() {
    let writer = |symbols: &str| {
        format!(r#"{{"type":"enum","name":"Level","namespace":"com.example.shop","symbols":[{symbols}]}}"#)
    };
    let reordered = writer(r#""HIGH","LOW""#);
    check::<Level, Level>(&reordered, Level::schema().json, &[0], Level::High);
    check::<Level, Level>(&reordered, Level::schema().json, &[2], Level::Low);
    // A symbol that the reader does not know becomes the reader's default.
    let more = writer(r#""HIGH","LOW","URGENT""#);
    check::<Level, Level>(&more, Level::schema().json, &[4], Level::Normal);
    check_error::<Level, Level>(
        &more,
        Level::schema().json,
        &[6],
        "index 3 is out of range for enum com.example.shop.Level with 3 symbols (at byte 1)",
    );
}

/// A writer's address with these fields.
fn address_writer(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"Address","namespace":"com.example.shop","fields":[{fields}]}}"#)
}

#[track_caller]
fn check_address(fields: &str, datum: &[u8], expected: &Address) {
    let plan = plan(&address_writer(fields), Address::schema().json);
    assert_eq!(&from_slice_resolved::<Address>(datum, &plan).expect("an address"), expected);
}

#[test]
fn fields_in_another_order_missing_and_added() {
    let city = r#"{"name":"city","type":"string"}"#;
    let street = r#"{"name":"street","type":"string"}"#;
    let country = r#"{"name":"countryCode","type":"bytes"}"#;
    check_address(&format!("{country},{street},{city}"), b"\x04FR\x1e1 Rue de Rivoli\x0aParis", &address());
    let defaulted = Address { country_code: "US".to_owned(), ..address() };
    check_address(&format!("{city},{street}"), b"\x0aParis\x1e1 Rue de Rivoli", &defaulted);
}

#[test]
fn fields_that_are_skipped() {
    let street_city = b"\x1e1 Rue de Rivoli\x0aParis";
    let defaulted = Address { country_code: "US".to_owned(), ..address() };
    let table: &[(&str, &[u8])] = &[
        (r#""null""#, b""),
        (r#""boolean""#, b"\x01"),
        (r#""long""#, b"\x80\x80\x80\x01"),
        (r#""double""#, b"12345678"),
        (r#""string""#, b"\x04\xff\xff"),
        (r#"["null","string","int"]"#, b"\x02\x02a"),
        (r#"["null","string","int"]"#, b"\0"),
        (r#"{"type":"enum","name":"E","symbols":["A"]}"#, b"\0"),
        (r#"{"type":"fixed","name":"F","size":3}"#, b"abc"),
        (r#"{"type":"array","items":"string"}"#, b"\x04\x02a\x02b\x02\x02c\0"),
        // A block with a size is passed over at once, whatever is in it.
        (r#"{"type":"array","items":"string"}"#, b"\x03\x06\xff\xff\xff\x02\x02c\0"),
        (r#"{"type":"array","items":"double"}"#, b"\x041234567812345678\0"),
        (r#"{"type":"array","items":"null"}"#, b"\x80\x80\x80\x80\x80\x40\0"),
        (r#"{"type":"map","values":"null"}"#, b"\x04\x02a\x02b\0"),
        (r#"{"type":"map","values":{"type":"array","items":"int"}}"#, b"\x02\x02a\x04\x02\x02\0\0"),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"float"}]}"#,
            b"\x021234",
        ),
        (
            r#"{"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","L"]}]}"#,
            b"\x02\x02\x04\x02\x06\0",
        ),
    ];
    for (skipped, bytes) in table {
        let fields = format!(
            r#"{{"name":"first","type":{skipped}}},{{"name":"street","type":"string"}},{{"name":"city","type":"string"}}"#
        );
        check_address(&fields, &[bytes, &street_city[..]].concat(), &defaulted);
    }
}

/// Were such a block looked into, it would be refused: there are more items than anybody could count, and none is
/// valid.
#[test]
fn a_block_that_says_its_size_is_skipped_in_one_step() {
    const SIZE: [u8; 3] = [0x80, 0x80, 0x80];
    let garbage = vec![0xff; 1 << 20];
    let least_count = [[0xff; 9].as_slice(), &[1]].concat();
    let sized = |count: &[u8]| [count, &SIZE, &[1], &garbage].concat();
    let blocks = [sized(&least_count), sized(&[1]), vec![0]].concat();
    let defaulted = Address { country_code: "US".to_owned(), ..address() };
    let node = r#"{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]},{"name":"all","type":{"type":"array","items":"N"}}]}"#;
    for (skipped, head) in [
        (r#"{"type":"array","items":"string"}"#, &b""[..]),
        (r#"{"type":"array","items":"null"}"#, b""),
        (r#"{"type":"array","items":"double"}"#, b""),
        (r#"{"type":"map","values":"int"}"#, b""),
        (r#"{"type":"map","values":{"type":"array","items":"boolean"}}"#, b""),
        (r#"["null",{"type":"array","items":["int","string"]}]"#, b"\x02"),
        (node, b"\0"),
    ] {
        let fields = format!(
            r#"{{"name":"first","type":{skipped}}},{{"name":"street","type":"string"}},{{"name":"city","type":"string"}}"#
        );
        check_address(&fields, &[head, &blocks, b"\x1e1 Rue de Rivoli\x0aParis"].concat(), &defaulted);
    }
}

#[test]
fn skipping_wrong_input() {
    let table: &[(&str, &[u8], &str)] = &[
        (r#""string""#, b"\x08ab", "bytes length 4 but 2 bytes remain (at byte 1)"),
        (r#"["null","string"]"#, b"\x04", "index 2 is out of range for a union of 2 branches (at byte 1)"),
        (
            r#"{"type":"array","items":"string"}"#,
            b"\x80\x80\x80\x80\x80\x40",
            "1099511627776 items of at least 1 bytes do not fit the 0 bytes that remain (at byte 6)",
        ),
        (r#"{"type":"array","items":"string"}"#, b"\x01\x80\x01", "block length 64 but 0 bytes remain (at byte 3)"),
        (
            r#"{"type":"array","items":["null"]}"#,
            b"\x04\0",
            "2 items of at least 1 bytes do not fit the 1 bytes that remain (at byte 1)",
        ),
    ];
    for (skipped, bytes, expected) in table {
        let fields = format!(
            r#"{{"name":"first","type":{skipped}}},{{"name":"street","type":"string"}},{{"name":"city","type":"string"}}"#
        );
        let plan = plan(&address_writer(&fields), Address::schema().json);
        let error = from_slice_resolved::<Address>(bytes, &plan).expect_err(expected);
        assert_eq!(error.to_string(), format!("Address: {expected}"));
    }
}

#[test]
fn skipping_is_bounded_in_depth() {
    let list = r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}"#;
    let fields = format!(
        r#"{{"name":"first","type":{list}}},{{"name":"street","type":"string"}},{{"name":"city","type":"string"}}"#
    );
    let plan = plan(&address_writer(&fields), Address::schema().json);
    let error = from_slice_resolved::<Address>(&[2; 100_000], &plan).expect_err("too deep");
    assert!(error.to_string().starts_with("Address: records are nested deeper than 128 levels"), "{error}");
}

#[test]
fn items_of_no_bytes_that_get_defaults() {
    let writer = r#"{"type":"array","items":{"type":"record","name":"R","fields":[]}}"#;
    let reader = format!(r#"{{"type":"array","items":{}}}"#, Address::schema().json)
        .replace(r#""name":"street","type":"string""#, r#""name":"street","type":"string","default":"""#)
        .replace(r#""name":"city","type":"string""#, r#""name":"city","type":"string","default":"""#)
        .replace(r#""name":"Address""#, r#""name":"Address","aliases":["R"]"#);
    let two = resolve_as::<Array<Address>, Vec<Address>>(writer, &reader, &[4, 0]).expect("two addresses of defaults");
    assert_eq!(two.iter().map(|address| address.country_code.as_str()).collect::<Vec<_>>(), ["US", "US"]);
    let error = resolve_as::<Array<Address>, Vec<Address>>(writer, &reader, &[0x80, 0x80, 0x80, 2, 0]);
    let error = error.expect_err("too many");
    assert!(error.to_string().starts_with("more than 1048576 items that occupy no bytes"), "{error}");
    assert_eq!(error.offset(), 4);
    // Two items, and one too many.
    let plan = plan(writer, &reader);
    let mut rest = Reader::new(&[4, 2, 0], Limits::default().max_zero_size_items(2));
    let read = <Vec<Address> as Decode<Array<Address>>>::decode_resolved(&mut rest, PlanStep::new(&plan));
    let error = read.expect_err("one too many");
    assert!(error.to_string().starts_with("more than 2 items that occupy no bytes"), "{error}");
    let mut rest = Reader::new(&[4, 2, 0], Limits::default().max_items_of_defaults(2));
    let error = <Vec<Address> as Decode<Array<Address>>>::decode_resolved(&mut rest, PlanStep::new(&plan));
    let error = error.expect_err("one too many");
    assert!(error.to_string().starts_with("more than 2 items that occupy no bytes and consist of defaults"), "{error}");
}

/// What turns five bytes into a million items with a text each.
#[test]
fn defaults_are_charged_to_the_budgets() {
    let writer = r#"{"type":"array","items":{"type":"record","name":"R","fields":[]}}"#;
    let text = "abcdefghijklmnop";
    let with_default = |name: &str| format!(r#""name":"{name}","type":"string","default":"{text}""#);
    let reader = format!(r#"{{"type":"array","items":{}}}"#, Address::schema().json)
        .replace(r#""name":"street","type":"string""#, &with_default("street"))
        .replace(r#""name":"city","type":"string""#, &with_default("city"));
    let plan = plan(writer, &reader);
    let million = [0x80, 0x80, 0x80, 1, 0];
    let read = |limits| {
        let mut reader = Reader::new(&million, limits);
        <Vec<Address> as Decode<Array<Address>>>::decode_resolved(&mut reader, PlanStep::new(&plan))
    };
    let error = read(Limits::default()).expect_err("far too many");
    assert_eq!(error.kind(), &DecodeErrorKind::TooManyItemsOfDefaults { limit: 1 << 14 });
    let allocated = allocated_by(|| read(Limits::default()));
    assert!(allocated < 8 * MIB, "{allocated} bytes");

    // Each item takes its place in the array, two texts of seventeen bytes with their lengths, and one of three.
    let (items, one) = (1_usize << 20, size_of::<Address>() + 2 * (text.len() + 1) + "US".len() + 1);
    let limits = Limits::default().max_items_of_defaults(1 << 20).max_item_memory(items * one - 1);
    let error = read(limits).expect_err("too much memory");
    assert_eq!(error.kind(), &DecodeErrorKind::TooMuchItemMemory { limit: limits.max_item_memory });
    let limits = limits.max_item_memory(limits.max_item_memory + 1);
    assert_eq!(read(limits).expect("as much as is allowed").len(), 1 << 20);

    // Where items have bytes, the budget is what bounds them: maps have a key for each.
    let (writer, reader) = (
        writer.replace("array", "map").replace("items", "values"),
        reader.replace("array", "map").replace("items", "values"),
    );
    let plan = self::plan(&writer, &reader);
    let entries = [&[20][..], &[0; 10], &[0]].concat();
    let one = size_of::<(String, Address)>() + 2 * (text.len() + 1) + 3;
    let read = |max_item_memory| {
        let mut reader = Reader::new(&entries, Limits::default().max_item_memory(max_item_memory));
        <BTreeMap<String, Address> as Decode<Map<Address>>>::decode_resolved(&mut reader, PlanStep::new(&plan))
    };
    assert!(read(10 * one).is_ok());
    assert!(read(10 * one - 1).is_err());
}

#[test]
fn arrays_in_defaults_are_charged_too() {
    let reader = r#"{"type":"array","items":{"type":"record","name":"N","fields":[{"name":"name","type":"string","default":""},
        {"name":"next","type":["null","N"],"default":null},{"name":"children","type":{"type":"array","items":"N"},"default":[{"name":"","children":[]},{"name":"","children":[]}]}]}}"#;
    let writer = r#"{"type":"array","items":{"type":"record","name":"N","fields":[{"name":"gone","type":"int"}]}}"#;
    let plan = plan(writer, reader);
    let read = |max_item_memory| {
        let mut reader = Reader::new(&[4, 0, 0, 0], Limits::default().max_item_memory(max_item_memory));
        <Vec<Node> as Decode<Array<Node>>>::decode_resolved(&mut reader, PlanStep::new(&plan))
    };
    let all = (1..).find(|memory| read(*memory * size_of::<Node>()).is_ok());
    assert_eq!(all, Some(7), "two nodes with two children each, and what their texts and counts take as bytes");
}

#[test]
fn recursive_records() {
    let writer = Node::schema().json.replace(
        r#"{"name":"name","type":"string"}"#,
        r#"{"name":"weight","type":"int"},{"name":"name","type":"bytes"}"#,
    );
    let plan = plan(&writer, Node::schema().json);
    let datum = [2, 2, b'a', 2, 4, 2, b'b', 0, 0, 2, 6, 2, b'c', 0, 0, 0];
    let leaf = |name: &str| Node { name: name.to_owned(), next: None, children: Vec::new() };
    let expected = Node { next: Some(Box::new(leaf("b"))), children: vec![leaf("c")], ..leaf("a") };
    assert_eq!(from_slice_resolved::<Node>(&datum, &plan).expect("a tree"), expected);

    let limits = Limits::default().max_depth(1);
    let error = Decoder::new().with_limits(limits).decode_resolved::<Node>(&datum, &plan).expect_err("too deep");
    assert_eq!(
        error.to_string(),
        "Node.next: records are nested deeper than 1 levels; `Limits::max_depth` allows more (at byte 4)"
    );
}

#[test]
fn paths_and_trailing_bytes() {
    let plan = plan(
        &address_writer(r#"{"name":"city","type":"bytes"},{"name":"street","type":"string"}"#),
        Address::schema().json,
    );
    let message = |datum: &[u8]| from_slice_resolved::<Address>(datum, &plan).expect_err("wrong input").to_string();
    assert_eq!(
        message(b"\x02\xff\0"),
        "Address.city: string of 1 bytes is not valid UTF-8 from its byte 0 on (at byte 2)"
    );
    assert_eq!(
        message(b"\0\0\0"),
        "Address: 1 bytes are left after the datum; it was probably written with another schema (at byte 2)"
    );
}

#[test]
fn a_plan_for_another_type() {
    let ints_as_longs = plan(INT, LONG);
    let message = |error: avro_typed::DecodeError| error.to_string();
    assert_eq!(
        from_slice_resolved::<Address>(&[0], &ints_as_longs).map_err(message),
        Err("Address: the resolution plan has a promotion where the Rust type needs a record; make the plan with the type's own \
             schema as reader (at byte 0)"
            .to_owned())
    );
    assert!(from_slice_resolved::<Level>(&[0], &ints_as_longs).is_err());
    // A record with more fields, and one with fewer.
    let reordered = address_writer(r#"{"name":"city","type":"string"},{"name":"street","type":"string"}"#);
    let fewer = address_writer(r#"{"name":"street","type":"string"},{"name":"city","type":"string"}"#);
    assert_eq!(
        from_slice_resolved::<Address>(&[0, 0], &plan(&reordered, &fewer)).map_err(message),
        Err("Address.countryCode: the resolution plan has none where the Rust type needs a value for this field; make the plan \
             with the type's own schema as reader (at byte 0)"
            .to_owned())
    );
    let order_plan = plan(
        &Order::schema().json.replace(r#"{"name":"id","type":"long"}"#, r#"{"name":"id","type":"int"}"#),
        Order::schema().json,
    );
    assert!(from_slice_resolved::<Address>(&[0; 200], &order_plan).is_err());
}

#[test]
fn borrowed_defaults_are_parts_of_the_plan() {
    let plan = plan(STRING, r#"["null","string"]"#);
    let text = from_slice_resolved::<Borrowed<'_>>(b"\x04hi", &plan).expect("a string");
    assert_eq!(text.0, Some("hi"));
}

/// A type that borrows from the datum.
#[derive(Debug)]
struct Borrowed<'a>(Option<&'a str>);

impl<'a> avro_typed::Decode<'a> for Borrowed<'a> {
    const MIN_SIZE: usize = 1;

    fn decode(reader: &mut avro_typed::Reader<'a>) -> Result<Self, avro_typed::DecodeError> {
        reader.field::<Nullable<Str, 0>, _>("text").map(Borrowed)
    }

    fn decode_by_plan(
        reader: &mut avro_typed::Reader<'a>,
        step: avro_typed::PlanStep<'a>,
    ) -> Result<Self, avro_typed::DecodeError> {
        <Option<&str> as avro_typed::Decode<Nullable<Str, 0>>>::decode_by_plan(reader, step).map(Borrowed)
    }
}

/// A message costs what its value costs, whichever version wrote it: fields in another order, one to pass over, one by
/// default.
#[test]
fn a_plan_allocates_nothing_of_its_own() {
    let fields = r#"{"name":"city","type":"string"},{"name":"floor","type":{"type":"array","items":"string"}},
        {"name":"street","type":"bytes"}"#;
    let plan = plan(&address_writer(fields), Address::schema().json);
    let datum = b"\x0aParis\x04\x043a\x043b\x00\x1e1 Rue de Rivoli";
    let expected = Address { country_code: "US".to_owned(), ..address() };

    let read = from_slice_resolved::<Address>(datum, &plan).expect("it can be read");
    assert_eq!(read, expected);
    let straight = avro_typed::to_vec(&expected).expect("it can be written");
    let by_plan = allocated_by(|| from_slice_resolved::<Address>(datum, &plan));
    let by_straight_path = allocated_by(|| avro_typed::from_slice::<Address>(&straight));
    assert_eq!(by_plan, by_straight_path);
    assert!(by_plan >= "1 Rue de RivoliParisUS".len(), "its text is on the heap");
}
