//! Input that is wrong on purpose: each error with its path and its place.

use std::collections::{BTreeMap, HashMap};

use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;
use avro_typed::{
    Decode, DecodeErrorKind, DecodeOwned, Decoder, EncodeErrorKind, Encoder, Limits, Reader, from_slice, to_vec,
};

use crate::generated::com::example::shop::{Address, Level, Order};
use crate::generated::com::example::tree::{Endless, Node};
use crate::samples::{decode_as, order};

/// Decodes a named type, and expects this message.
#[track_caller]
fn check<T: DecodeOwned + std::fmt::Debug>(datum: &[u8], expected: &str) {
    let error = from_slice::<T>(datum).expect_err(expected);
    assert_eq!(error.to_string(), expected);
}

/// The same for an Avro type without a name.
#[track_caller]
fn check_as<As: ?Sized, T: DecodeOwned<As> + std::fmt::Debug>(datum: &[u8], expected: &str) {
    let error = decode_as::<As, T>(datum).expect_err(expected);
    assert_eq!(error.to_string(), expected);
}

/// 2^40 as a varint of six bytes.
const TERA: [u8; 6] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x40];

#[test]
fn truncated_values() {
    check::<Address>(
        b"",
        "Address.street: 1 bytes needed but 0 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
    check::<Address>(b"\x02a\x06bc", "Address.city: string length 3 but 2 bytes remain (at byte 3)");
    check_as::<avro::Double, f64>(
        b"1234567",
        "8 bytes needed but 7 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
    check_as::<avro::Fixed<4>, [u8; 4]>(
        b"123",
        "4 bytes needed but 3 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
    check_as::<avro::Long, i64>(
        b"\x80",
        "2 bytes needed but 1 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
    check_as::<avro::Long, i64>(
        &[0x80; 9],
        "10 bytes needed but 9 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
}

#[test]
fn every_cut_of_an_order_is_an_error() {
    let whole = to_vec(&order()).expect("an order that fits");
    for end in 0..whole.len() {
        let error = from_slice::<Order>(&whole[..end]).expect_err("a part of an order");
        assert!(error.offset() <= end, "{error}");
        assert!(error.path().starts_with("Order."), "{error}");
    }
}

#[test]
fn lengths() {
    check::<Address>(&[2, b'a', 1], "Address.city: string length -1 is negative (at byte 3)");
    check_as::<avro::Bytes, Vec<u8>>(&TERA, "bytes length 1099511627776 but 0 bytes remain (at byte 6)");
    let smallest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    check_as::<avro::Bytes, Vec<u8>>(&smallest, "bytes length -9223372036854775808 is negative (at byte 10)");
    let largest = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    check_as::<Str, String>(&largest, "string length 9223372036854775807 but 0 bytes remain (at byte 10)");
}

#[test]
fn numbers() {
    check_as::<avro::Long, i64>(&[0xff; 11], "an integer is longer than 64 bits (at byte 0)");
    let tenth_byte_too_large = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2];
    check_as::<avro::Long, i64>(&tenth_byte_too_large, "an integer is longer than 64 bits (at byte 0)");
    let two_to_31 = [0x80, 0x80, 0x80, 0x80, 0x10];
    check_as::<avro::Int, i32>(
        &two_to_31,
        "2147483648 is not a 32-bit int; the datum was probably written with another schema (at byte 5)",
    );
    check_as::<avro::Boolean, bool>(&[2], "boolean byte 0x02 is neither 0 nor 1 (at byte 1)");
    assert_eq!(decode_as::<avro::Int, i32>(&[0xff, 0xff, 0xff, 0xff, 0x0f]).ok(), Some(i32::MIN));
    assert_eq!(decode_as::<avro::Long, i64>(&[0x80, 0]).ok(), Some(0), "more bytes than needed are not an error");
}

#[test]
fn text() {
    check::<Address>(
        b"\x02a\x06b\xffc",
        "Address.city: string of 3 bytes is not valid UTF-8 from its byte 1 on (at byte 6)",
    );
    check_as::<Str, String>(b"\x04\xc3", "string length 2 but 1 bytes remain (at byte 1)");
    check_as::<Str, String>(b"\x02\xc3", "string of 1 bytes is not valid UTF-8 from its byte 0 on (at byte 2)");
    let error = decode_as::<Str, &str>(b"\x04\xc3(").expect_err("no UTF-8");
    assert_eq!(error.kind(), &DecodeErrorKind::InvalidUtf8 { length: 2, valid_up_to: 0 });
}

#[test]
fn symbols_and_branches() {
    check::<Level>(&[6], "Level: index 3 is out of range for enum com.example.shop.Level with 3 symbols (at byte 1)");
    check::<Level>(&[1], "Level: index -1 is out of range for enum com.example.shop.Level with 3 symbols (at byte 1)");
    check::<Node>(&[0, 4], "Node.next: index 2 is out of range for a union of 2 branches (at byte 2)");
    check_as::<Nullable<Str, 1>, Option<String>>(
        &[3],
        "index -2 is out of range for a union of 2 branches (at byte 1)",
    );
    check::<Level>(
        &TERA,
        "Level: index 1099511627776 is out of range for enum com.example.shop.Level with 3 symbols (at byte 6)",
    );
}

#[test]
fn counts() {
    check_as::<Array<Str>, Vec<String>>(
        &TERA,
        "1099511627776 items of at least 1 bytes do not fit the 0 bytes that remain (at byte 6)",
    );
    check_as::<Array<avro::Double>, Vec<f64>>(
        &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "2 items of at least 8 bytes do not fit the 15 bytes that remain (at byte 1)",
    );
    check_as::<Map<avro::Long>, BTreeMap<String, i64>>(
        &[4, 0, 0, 0],
        "2 items of at least 2 bytes do not fit the 3 bytes that remain (at byte 1)",
    );
    check::<Node>(
        &[0, 0, 10, 0, 0, 0],
        "Node.children: 5 items of at least 3 bytes do not fit the 3 bytes that remain (at byte 3)",
    );
    let smallest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0];
    check_as::<Array<avro::Long>, Vec<i64>>(
        &smallest,
        "9223372036854775808 items of at least 1 bytes do not fit the 0 bytes that remain (at byte 11)",
    );
    check_as::<Array<avro::Null>, Vec<()>>(
        &TERA,
        "more than 1048576 items that occupy no bytes; `Limits::max_zero_size_items` allows more (at byte 6)",
    );
}

#[test]
fn sized_blocks() {
    let read = decode_as::<Array<avro::Long>, Vec<i64>>;
    assert_eq!(
        read(&[3, 4, 2, 4, 2, 6, 0]).ok(),
        Some(vec![1, 2, 3]),
        "two items in two bytes, then one without a size"
    );
    check_as::<Array<avro::Long>, Vec<i64>>(&[3, 6, 2, 4, 0], "a block of 3 bytes has items of 2 bytes (at byte 4)");
    check_as::<Array<avro::Long>, Vec<i64>>(
        &[3, 2, 2, 4, 0],
        "2 items of at least 1 bytes do not fit the 1 bytes that remain (at byte 2)",
    );
    check_as::<Array<avro::Long>, Vec<i64>>(&[1, 2, 0x80, 1, 0], "a block of 1 bytes has items of 2 bytes (at byte 4)");
    check_as::<Array<avro::Long>, Vec<i64>>(&[1, 9, 2, 0], "block length -5 is negative (at byte 2)");
    check_as::<Array<avro::Long>, Vec<i64>>(&[1, 8, 2, 0], "block length 4 but 2 bytes remain (at byte 2)");
    check_as::<Map<avro::Long>, HashMap<String, i64>>(
        &[1, 6, 2, b'a', 2, 1],
        "1 bytes needed but 0 remain; the datum is truncated or was written with another schema (at byte 6)",
    );
}

#[test]
fn paths() {
    check_as::<Array<Array<avro::Boolean>>, Vec<Vec<bool>>>(
        &[4, 0, 4, 1, 7, 0, 0],
        "[1][1]: boolean byte 0x07 is neither 0 nor 1 (at byte 5)",
    );
    check_as::<Map<avro::Boolean>, HashMap<String, bool>>(
        &[2, 6, b'a', b'"', b'b', 7, 0],
        "[\"a\\\"b\"]: boolean byte 0x07 is neither 0 nor 1 (at byte 6)",
    );
    check::<Node>(
        &[0, 2, 0, 0, 2, 0, 0, 2, 2, 0xff, 0, 0, 0, 0, 0],
        "Node.next.children[0].children[0].name: string of 1 bytes is not valid UTF-8 from its byte 0 on (at byte 10)",
    );
    let mut long_key = vec![2, 0xc8, 1];
    long_key.extend_from_slice(&[b'k'; 100]);
    long_key.push(9);
    let expected = format!("[\"{}…\"]: boolean byte 0x09 is neither 0 nor 1 (at byte 104)", "k".repeat(64));
    check_as::<Map<avro::Boolean>, HashMap<String, bool>>(&long_key, &expected);
}

#[test]
fn trailing_bytes() {
    check::<Level>(
        &[0, 9],
        "Level: 1 bytes are left after the datum; it was probably written with another schema (at byte 1)",
    );
}

#[test]
fn times_and_decimals() {
    let largest = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    check_as::<avro::TimestampMillis, Timestamp>(
        &largest,
        "9223372036854775807 is out of range for timestamp-millis (at byte 10)",
    );
    check_as::<avro::TimestampMicros, Timestamp>(
        &largest,
        "9223372036854775807 is out of range for timestamp-micros (at byte 10)",
    );
    check_as::<avro::Date, avro_typed::jiff::civil::Date>(
        &[0xfe, 0xff, 0xff, 0xff, 0x0f],
        "2147483647 is out of range for date (at byte 5)",
    );
    check_as::<avro::TimeMillis, avro_typed::jiff::civil::Time>(
        &[128, 240, 178, 82],
        "86400000 is out of range for time-millis (at byte 4)",
    );
    check_as::<avro::TimeMicros, avro_typed::jiff::civil::Time>(&[1], "-1 is out of range for time-micros (at byte 1)");
    check_as::<avro::LocalTimestampNanos, avro_typed::jiff::civil::DateTime>(
        b"\x80",
        "2 bytes needed but 1 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
    check_as::<avro::LocalTimestampMillis, avro_typed::jiff::civil::DateTime>(
        &largest,
        "9223372036854775807 is out of range for local-timestamp-millis (at byte 10)",
    );
    check_as::<avro::Decimal<avro::Bytes, 4, 2>, Decimal>(&[0], "decimal(4, 2) of no bytes (at byte 1)");
    check_as::<avro::Decimal<avro::Bytes, 4, 2>, Decimal>(
        &[4, 0x27, 0x10],
        "a decimal of 2 bytes has more digits than decimal(4, 2) holds (at byte 3)",
    );
    check_as::<avro::Decimal<avro::Fixed<2>, 4, 2>, Decimal>(
        &[0xd8, 0xf0],
        "a decimal of 2 bytes has more digits than decimal(4, 2) holds (at byte 2)",
    );
}

/// A chain of so many nodes.
fn chain(nodes: usize) -> Vec<u8> {
    let mut datum = Vec::new();
    for _ in 1..nodes {
        datum.extend_from_slice(&[0, 2]);
    }
    datum.extend_from_slice(&[0, 0]);
    datum.extend(std::iter::repeat_n(0, nodes));
    datum
}

#[test]
fn depth() {
    assert!(from_slice::<Node>(&chain(128)).is_ok());
    for nodes in [129, 100_000] {
        let error = from_slice::<Node>(&chain(nodes)).expect_err("too deep");
        assert_eq!(error.kind(), &DecodeErrorKind::DepthExceeded { limit: 128 });
        assert_eq!(error.offset(), 256);
    }
    let limits = Limits::default().max_depth(1);
    assert!(Decoder::new().with_limits(limits).decode::<Node>(&chain(1)).is_ok());
    let error = Decoder::new().with_limits(limits).decode::<Node>(&chain(2)).expect_err("too deep");
    assert_eq!(
        error.to_string(),
        "Node.next: records are nested deeper than 1 levels; `Limits::max_depth` allows more (at byte 2)"
    );
}

#[test]
fn a_type_without_values_refuses_everything() {
    for datum in [&[][..], &[0; 64], &[2, b'a', 2, b'b'], &[0xff; 64]] {
        let error = from_slice::<Endless>(datum).expect_err("it has no values");
        let view = Decoder::new().view::<Endless>(datum).expect_err("it has no values");
        assert_eq!(view.to_string(), error.to_string(), "{datum:?}");
        assert!(error.path().starts_with("Endless."), "{error}");
    }
}

/// Running out of the stack would end the process, whatever the number of levels says.
#[test]
fn the_stack_bounds_the_depth() {
    let on_a_thread =
        |work: fn()| std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread").join();
    on_a_thread(|| {
        let limits = Limits::default().max_depth(u32::MAX);
        let error = Decoder::new().with_limits(limits).decode::<Node>(&chain(100_000)).expect_err("too deep");
        assert_eq!(error.kind(), &DecodeErrorKind::StackExceeded { limit: 1536 << 10 });
        let limits = Limits::default().max_stack(10_000);
        let error = Decoder::new().with_limits(limits).decode::<Node>(&chain(128)).expect_err("too deep");
        assert!(error.to_string().contains("nested records take more than 10000 bytes of the stack"), "{error}");
        // What was read before at another place of the stack does not count.
        let mut reader = Reader::new(&[0, 0, 0, 0, 0, 0], limits);
        let deep = |reader: &mut Reader<'_>| {
            std::hint::black_box([0_u8; 20_000]).len() + Node::decode(reader).map_or(0, |_| 1)
        };
        assert_eq!(deep(&mut reader), 20_001);
        assert!(Node::decode(&mut reader).is_ok());
    })
    .expect("it ends without running out of the stack");
    on_a_thread(|| {
        let mut node = Node { name: String::new(), next: None, children: Vec::new() };
        for _ in 0..10_000 {
            node = Node { name: String::new(), next: Some(Box::new(node)), children: Vec::new() };
        }
        let error = Encoder::new().with_max_depth(u32::MAX).encode(&[], &node).map(<[u8]>::len).expect_err("too deep");
        assert_eq!(error.kind(), &EncodeErrorKind::StackExceeded { limit: 1536 << 10 });
        let mut encoder = Encoder::new().with_max_depth(u32::MAX).with_max_stack(10_000);
        let error = encoder.encode(&[], &node).map(<[u8]>::len).expect_err("too deep");
        assert_eq!(error.kind(), &EncodeErrorKind::StackExceeded { limit: 10_000 });
        // Dropping it level by level would need a stack, too.
        let mut next = node.next.take();
        while let Some(mut node) = next {
            next = node.next.take();
        }
    })
    .expect("it ends without running out of the stack");
}

#[test]
fn siblings_do_not_add_to_the_depth() {
    let children = vec![Node { name: String::new(), next: None, children: Vec::new() }; 1000];
    let wide = Node { name: String::new(), next: None, children };
    let datum = to_vec(&wide).expect("a wide node");
    assert_eq!(from_slice::<Node>(&datum).expect("a wide node"), wide);
}

#[test]
fn budgets_are_for_the_whole_datum() {
    // Two arrays of three nulls each, with room for five.
    let limits = Limits::default().max_zero_size_items(5);
    let mut reader = Reader::new(&[4, 6, 0, 6, 0, 0], limits);
    let error =
        <Vec<Vec<()>> as avro_typed::Decode<Array<Array<avro::Null>>>>::decode(&mut reader).expect_err("six nulls");
    assert_eq!(
        error.to_string(),
        "[1]: more than 5 items that occupy no bytes; `Limits::max_zero_size_items` allows more (at byte 4)"
    );

    // Two arrays of two longs each take 48 bytes for the arrays themselves, then sixteen each.
    let limits = Limits::default().max_item_memory(79);
    let datum = [4, 4, 0, 0, 0, 4, 0, 0, 0, 0];
    let mut reader = Reader::new(&datum, limits);
    let error =
        <Vec<Vec<i64>> as avro_typed::Decode<Array<Array<avro::Long>>>>::decode(&mut reader).expect_err("80 bytes");
    assert_eq!(
        error.to_string(),
        "[1]: arrays, maps and defaults take more than 79 bytes of memory; `Limits::max_item_memory` allows more (at byte 6)"
    );
    let mut reader = Reader::new(&datum, limits.max_item_memory(80));
    assert!(<Vec<Vec<i64>> as avro_typed::Decode<Array<Array<avro::Long>>>>::decode(&mut reader).is_ok());
}
