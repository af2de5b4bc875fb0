//! What does not fit its Avro type, and what the encoder does about data that do not fit its buffer.

use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{date, datetime, time};
use avro_typed::rust_decimal::Decimal;
use avro_typed::{Encode, EncodeError, EncodeErrorKind, Encoder, Writer, avro, to_vec};

use crate::generated::com::example::shop::Order;
use crate::generated::com::example::tree::Node;
use crate::samples::{decimal, encode_as, order};

#[track_caller]
fn check<As: ?Sized, T: Encode<As>>(value: &T, expected: &str) {
    let error = encode_as::<As, T>(value).expect_err(expected);
    assert_eq!(error.to_string(), expected);
}

#[test]
fn decimals_that_do_not_fit() {
    type Money = avro::Decimal<avro::Bytes, 12, 2>;
    check::<Money, _>(&decimal("1.005"), "1.005 does not fit decimal(12, 2) without rounding; round it first");
    check::<Money, _>(
        &decimal("10000000000"),
        "10000000000 has more digits than decimal(12, 2) holds; use a larger precision in the schema",
    );
    check::<Money, _>(
        &Decimal::MIN,
        "-79228162514264337593543950335 has more digits than decimal(12, 2) holds; use a larger precision in the schema",
    );
    check::<avro::Decimal<avro::Fixed<1>, 4, 2>, _>(
        &decimal("1.28"),
        "1.28 does not fit the 1 bytes of its fixed type; use a larger size in the schema",
    );
    check::<Order, _>(
        &Order { total: decimal("0.001"), ..order() },
        "Order.total: 0.001 does not fit decimal(12, 2) without rounding; round it first",
    );
    // Only digits that are not zero count.
    assert_eq!(encode_as::<Money, _>(&decimal("1.1000")).ok(), Some(vec![2, 110]));
    assert_eq!(encode_as::<Money, _>(&decimal("1")).ok(), Some(vec![2, 100]));
    assert_eq!(encode_as::<Money, _>(&decimal("0.0000000")).ok(), Some(vec![2, 0]));
    assert_eq!(encode_as::<avro::Decimal<avro::Fixed<1>, 4, 2>, _>(&decimal("-1.28")).ok(), Some(vec![0x80]));
}

#[test]
fn times_that_do_not_fit() {
    let fine = Timestamp::constant(0, 1_500);
    check::<avro::TimestampMillis, _>(
        &fine,
        "1970-01-01T00:00:00.0000015Z is finer than timestamp-millis can hold; round it to milliseconds first",
    );
    check::<avro::TimestampMicros, _>(
        &fine,
        "1970-01-01T00:00:00.0000015Z is finer than timestamp-micros can hold; round it to microseconds first",
    );
    check::<avro::TimestampNanos, _>(
        &Timestamp::MAX,
        "9999-12-30T22:00:00.999999999Z is out of the range of timestamp-nanos; use a coarser logical type in the schema",
    );
    check::<avro::TimeMillis, _>(
        &time(1, 2, 3, 4_000),
        "01:02:03.000004 is finer than time-millis can hold; round it to milliseconds first",
    );
    check::<avro::LocalTimestampNanos, _>(
        &datetime(2300, 1, 1, 0, 0, 0, 0),
        "2300-01-01T00:00:00 is out of the range of local-timestamp-nanos; use a coarser logical type in the schema",
    );
    check::<Order, _>(
        &Order { created_at: fine, ..order() },
        "Order.createdAt: 1970-01-01T00:00:00.0000015Z is finer than timestamp-millis can hold; round it to milliseconds first",
    );
}

#[test]
fn times_before_1970() {
    let moment = Timestamp::constant(-1, -1_000_000);
    assert_eq!(encode_as::<avro::TimestampMillis, _>(&moment).ok(), encode_as::<avro::Long, _>(&-1_001_i64).ok());
    assert_eq!(encode_as::<avro::Date, _>(&date(1969, 12, 31)).ok(), Some(vec![1]));
    let clock = datetime(1969, 12, 31, 23, 59, 59, 999_000_000);
    assert_eq!(encode_as::<avro::LocalTimestampMillis, _>(&clock).ok(), Some(vec![1]));
}

/// A value in the second item of the array that is the entry of a map.
#[test]
fn paths() {
    let values = std::collections::HashMap::from([("a\nb".to_owned(), vec![decimal("1.5"), decimal("1.55")])]);
    check::<avro::Map<avro::Array<avro::Decimal<avro::Bytes, 5, 1>>>, _>(
        &values,
        r#"["a\nb"][1]: 1.55 does not fit decimal(5, 1) without rounding; round it first"#,
    );
}

#[test]
fn every_size_around_the_first_buffer() {
    let mut encoder = Encoder::new();
    for size in 900..1_200 {
        let bytes = vec![7_u8; size];
        let mut expected = b"frame".to_vec();
        expected.extend(encode_as::<avro::Long, _>(&i64::try_from(size).expect("a small size")).expect("a long"));
        expected.extend_from_slice(&bytes);
        assert_eq!(Encoder::new().encode::<avro::Bytes, _>(b"frame", &bytes).expect("bytes"), expected);
        assert_eq!(encoder.encode::<avro::Bytes, _>(b"frame", &bytes).expect("bytes"), expected);
    }
}

#[test]
fn data_larger_than_the_maximum() {
    let mut encoder = Encoder::new().with_max_size(5_000);
    let fits = vec![0_u8; 4_998];
    assert_eq!(encoder.encode::<avro::Bytes, _>(&[9; 5], &fits).expect("a datum of 5,000 bytes").len(), 5_005);
    let error = encoder.encode::<avro::Bytes, _>(&[9; 5], &vec![0_u8; 4_999]).expect_err("one byte more");
    assert_eq!(error.kind(), &EncodeErrorKind::TooLarge { limit: 5_000 });
    assert!(encoder.buffer_size() < 6_000);
    let error = encoder.encode::<avro::Bytes, _>(&[], &vec![0_u8; 1 << 20]).expect_err("much more");
    assert_eq!(
        error.to_string(),
        "the datum is larger than the encoder's maximum of 5000 bytes; raise it with `Encoder::with_max_size`"
    );
    assert!(encoder.encode::<avro::Bytes, _>(&[], &fits).is_ok(), "the encoder is of use after errors");
}

#[test]
fn a_large_buffer_is_given_back() {
    let mut encoder = Encoder::new();
    encoder.encode::<avro::Bytes, _>(&[], &vec![0_u8; 9 << 20]).expect("a large datum");
    let large = encoder.buffer_size();
    assert!(large >= 9 << 20);
    for _ in 0..32 {
        assert_eq!(encoder.buffer_size(), large, "not at once");
        encoder.encode::<avro::Long, _>(&[], &1_i64).expect("a long");
    }
    for _ in 0..200 {
        encoder.encode::<avro::Long, _>(&[], &1_i64).expect("a long");
    }
    assert_eq!(encoder.buffer_size(), 1 << 20);
}

/// Hand-written implementations that do what they should not.
#[derive(Debug, Clone, Copy)]
enum Rogue {
    /// Writes for ever, until there is an error, and says that all is well.
    Endless,
    /// Drops all errors.
    Careless,
    /// Writes another value each time.
    Fickle,
}

thread_local! {
    static CALLS: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

impl Encode for Rogue {
    const NAME: &'static str = "Rogue";

    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Rogue::Endless => while writer.long(-1).is_ok() {},
            Rogue::Careless => {
                let _ = writer.bytes(&[1; 3_000]);
                let _ = writer.boolean(true);
            }
            Rogue::Fickle => {
                CALLS.set(CALLS.get() + 1);
                writer.bytes(&[1; 3_000])?;
                writer.long(CALLS.get())?;
            }
        }
        Ok(())
    }
}

#[test]
fn implementations_that_misbehave() {
    let error = Encoder::new().with_max_size(1 << 20).encode(&[], &Rogue::Endless).expect_err("it never ends");
    assert_eq!(error.kind(), &EncodeErrorKind::TooLarge { limit: 1 << 20 });
    assert_eq!(error.path(), "Rogue");

    let careless = to_vec(&Rogue::Careless).expect("it fits the second buffer");
    assert_eq!(careless.len(), 2 + 3_000 + 1);
    assert_eq!(careless.last(), Some(&1));

    let fickle = to_vec(&Rogue::Fickle).expect("it fits the third buffer");
    assert_eq!(fickle.last().map(|last| i64::from(*last)), Some(2 * CALLS.get()));
}

#[test]
fn the_full_buffer_as_an_implementation_sees_it() {
    struct Curious;
    impl Encode for Curious {
        fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
            let full = loop {
                if let Err(error) = writer.boolean(true) {
                    break error;
                }
            };
            assert_eq!(full.kind(), &EncodeErrorKind::Full);
            assert_eq!(
                full.to_string(),
                "the buffer is full; pass this error on, the encoder repeats with a larger buffer"
            );
            assert_eq!(full.path(), "");
            Err(full.at_field("curious"))
        }
    }
    let error = Encoder::new().with_max_size(10_000).encode(&[], &Curious).expect_err("it never ends");
    assert_eq!(error.kind(), &EncodeErrorKind::TooLarge { limit: 10_000 });
}

fn chain(nodes: usize) -> Node {
    let leaf = || Node { name: String::new(), next: None, children: Vec::new() };
    (1..nodes).fold(leaf(), |next, _| Node { next: Some(Box::new(next)), ..leaf() })
}

#[test]
fn depth() {
    assert!(to_vec(&chain(128)).is_ok());
    let error = to_vec(&chain(129)).expect_err("too deep");
    assert_eq!(error.kind(), &EncodeErrorKind::DepthExceeded { limit: 128 });
    let error = Encoder::new().with_max_depth(2).encode(&[], &chain(3)).expect_err("too deep").to_string();
    assert_eq!(
        error,
        "Node.next.next: records are nested deeper than 2 levels; decoders refuse that, so flatten the value"
    );
}

#[test]
fn many_values_are_in_one_buffer_each_behind_its_prefix() {
    let good = order();
    let bad = Order { total: decimal("0.001"), ..order() };
    let long = Order { note: Some("x".repeat(5_000)), ..order() };
    let values = [&good, &bad, &long, &good, &bad];
    let mut encoder = Encoder::new();
    for _ in 0..2 {
        let data = encoder.encode_all(b"\0id", values);
        assert_eq!((data.len(), data.is_empty()), (5, false));
        let expected: Vec<Option<Vec<u8>>> =
            values.iter().map(|value| to_vec(*value).ok().map(|datum| [b"\0id", &*datum].concat())).collect();
        let written: Vec<Option<Vec<u8>>> = data.iter().map(|datum| datum.ok().map(<[u8]>::to_vec)).collect();
        assert_eq!(written, expected);
        let by_position = |index| data.get(index).expect("it is one of them").ok().map(<[u8]>::to_vec);
        assert_eq!((0..5).map(by_position).collect::<Vec<_>>(), expected);
        assert!(data.get(5).is_none());
        assert_eq!(data.bytes(), expected.into_iter().flatten().flatten().collect::<Vec<u8>>());
        let failures: Vec<(usize, String)> = data.failures().map(|(index, error)| (index, error.to_string())).collect();
        let reason = "Order.total: 0.001 does not fit decimal(12, 2) without rounding; round it first";
        assert_eq!(failures, [(1, format!("[1].{reason}")), (4, format!("[4].{reason}"))]);
    }
    // What comes next does not see what was there before.
    assert_eq!(encoder.encode(b"", &good).expect("an order"), to_vec(&good).expect("an order"));
    assert!(encoder.encode_all::<Order, Order>(b"id", []).is_empty());
    assert_eq!(encoder.encode_all::<Order, Order>(b"id", []).bytes(), b"");
}

#[test]
fn the_largest_size_is_that_of_each_of_many_values() {
    let mut encoder = Encoder::new().with_max_size(40);
    let texts = ["a".repeat(39), "b".repeat(40), "c".repeat(39), String::new()];
    let many: Vec<&String> = texts.iter().cycle().take(400).collect();
    let data = encoder.encode_all::<avro::Str, String>(b"id", many);
    assert_eq!(data.failures().count(), 100);
    let (index, error) = data.failures().next().expect("some are too large");
    assert!(matches!(error.kind(), EncodeErrorKind::TooLarge { limit: 40 }), "{error}");
    assert_eq!(index, 1);
    assert_eq!(data.bytes().len(), 100 * (42 + 42 + 3));
    assert_eq!(data.get(2).expect("a text").expect("39 bytes and their number"), format!("idN{}", texts[2]).as_bytes());
}
