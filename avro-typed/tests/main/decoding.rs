//! Values of the types without a name: their bytes, both ways.

use std::collections::{BTreeMap, HashMap};

use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{date, datetime, time};
use avro_typed::{DecodeOwned, Encode, from_slice, to_vec};

use crate::generated::com::example::shop::Digest;
use crate::samples::{decimal, decode_as, encode_as};

/// The value has these bytes, and these bytes are the value.
#[track_caller]
fn check<As, T>(value: T, datum: &[u8])
where
    As: ?Sized,
    T: Encode<As> + DecodeOwned<As> + PartialEq + std::fmt::Debug,
{
    assert_eq!(encode_as::<As, T>(&value).expect("a value that fits"), datum);
    assert_eq!(decode_as::<As, T>(datum).expect("a valid datum"), value);
}

#[test]
fn primitives() {
    check::<avro::Null, _>((), &[]);
    check::<avro::Boolean, _>(true, &[1]);
    check::<avro::Boolean, _>(false, &[0]);
    check::<avro::Int, _>(i32::MIN, &[0xff, 0xff, 0xff, 0xff, 0x0f]);
    check::<avro::Long, _>(64_i64, &[0x80, 1]);
    check::<avro::Long, _>(i64::MIN, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
    check::<avro::Float, _>(1.5_f32, &[0, 0, 0xc0, 0x3f]);
    check::<avro::Double, _>(-0.0_f64, &[0, 0, 0, 0, 0, 0, 0, 0x80]);
    check::<avro::Bytes, _>(vec![0_u8, 255], &[4, 0, 255]);
    check::<Str, _>("foo".to_owned(), &[6, b'f', b'o', b'o']);
    check::<avro::Fixed<3>, _>([1, 2, 3], &[1, 2, 3]);
    check(Digest([7; 16]), &[7; 16]);
}

#[test]
fn collections() {
    check::<Array<avro::Long>, _>(vec![3_i64, 27], &[4, 6, 54, 0]);
    check::<Array<avro::Long>, _>(Vec::<i64>::new(), &[0]);
    check::<Array<avro::Null>, _>(vec![(); 3], &[6, 0]);
    check::<Array<avro::Float>, _>(vec![1.5_f32], &[2, 0, 0, 0xc0, 0x3f, 0]);
    check::<Map<avro::Int>, _>(HashMap::from([("a".to_owned(), 1)]), &[2, 2, b'a', 2, 0]);
    check::<Map<avro::Int>, _>(
        BTreeMap::from([("b".to_owned(), 2), ("a".to_owned(), 1)]),
        &[4, 2, b'a', 2, 2, b'b', 4, 0],
    );
    check::<Nullable<Str, 0>, _>(Some("a".to_owned()), &[2, 2, b'a']);
    check::<Nullable<Str, 0>, _>(None::<String>, &[0]);
    check::<Nullable<Str, 1>, _>(Some("a".to_owned()), &[0, 2, b'a']);
    check::<Nullable<Str, 1>, _>(None::<String>, &[2]);
    check::<Array<avro::Int>, _>(Box::new(vec![Box::new(1)]), &[2, 2, 0]);
}

#[test]
fn of_two_entries_with_one_key_the_later_stays() {
    let datum = [4, 2, b'a', 2, 2, b'a', 4, 0];
    assert_eq!(
        decode_as::<Map<avro::Int>, HashMap<String, i32>>(&datum).ok(),
        Some(HashMap::from([("a".to_owned(), 2)]))
    );
    assert_eq!(
        decode_as::<Map<avro::Int>, BTreeMap<String, i32>>(&datum).ok(),
        Some(BTreeMap::from([("a".to_owned(), 2)]))
    );
}

#[test]
fn times() {
    check::<avro::TimestampMillis, _>(Timestamp::constant(-1, -1_000_000), &[0xd1, 0x0f]);
    check::<avro::TimestampMicros, _>(Timestamp::constant(0, 1_000), &[2]);
    check::<avro::TimestampNanos, _>(Timestamp::constant(0, -1), &[1]);
    check::<avro::Date, _>(date(1970, 1, 1), &[0]);
    check::<avro::Date, _>(date(1969, 12, 30), &[3]);
    check::<avro::TimeMillis, _>(time(0, 0, 1, 0), &[0xd0, 0x0f]);
    check::<avro::TimeMicros, _>(time(0, 0, 0, 1_000), &[2]);
    check::<avro::LocalTimestampMillis, _>(datetime(1970, 1, 1, 0, 0, 1, 0), &[0xd0, 0x0f]);
    check::<avro::LocalTimestampMicros, _>(datetime(1969, 12, 31, 23, 59, 59, 999_999_000), &[1]);
    check::<avro::LocalTimestampNanos, _>(datetime(1970, 1, 1, 0, 0, 0, 1), &[2]);
}

#[test]
fn the_first_and_the_last_moments() {
    for nanoseconds in [0, 999_000_000, 999_999_000] {
        let last = Timestamp::new(Timestamp::MAX.as_second(), nanoseconds).expect("a moment of the last second");
        for moment in [Timestamp::MIN, last] {
            let datum = encode_as::<avro::TimestampMicros, _>(&moment).expect("whole microseconds");
            assert_eq!(decode_as::<avro::TimestampMicros, Timestamp>(&datum).ok(), Some(moment));
        }
    }
    for moment in [Timestamp::MIN, Timestamp::new(Timestamp::MAX.as_second(), 999_000_000).expect("a moment")] {
        let datum = encode_as::<avro::TimestampMillis, _>(&moment).expect("whole milliseconds");
        assert_eq!(decode_as::<avro::TimestampMillis, Timestamp>(&datum).ok(), Some(moment));
    }
}

#[test]
fn all_dates_there_are() {
    for date in [avro_typed::jiff::civil::Date::MIN, avro_typed::jiff::civil::Date::MAX, date(2024, 2, 29)] {
        let datum = encode_as::<avro::Date, _>(&date).expect("a date");
        assert_eq!(decode_as::<avro::Date, avro_typed::jiff::civil::Date>(&datum).ok(), Some(date));
    }
    for time in [avro_typed::jiff::civil::DateTime::MIN, datetime(9999, 12, 31, 23, 59, 59, 999_999_000)] {
        let datum = encode_as::<avro::LocalTimestampMicros, _>(&time).expect("a time");
        assert_eq!(decode_as::<avro::LocalTimestampMicros, avro_typed::jiff::civil::DateTime>(&datum).ok(), Some(time));
    }
}

#[test]
fn decimals() {
    type Money = avro::Decimal<avro::Bytes, 12, 2>;
    check::<Money, _>(decimal("0.00"), &[2, 0]);
    check::<Money, _>(decimal("1.27"), &[2, 0x7f]);
    check::<Money, _>(decimal("1.28"), &[4, 0, 0x80]);
    check::<Money, _>(decimal("-1.28"), &[2, 0x80]);
    check::<Money, _>(decimal("9999999999.99"), &[12, 0, 0xe8, 0xd4, 0xa5, 0x0f, 0xff]);
    check::<avro::Decimal<avro::Fixed<4>, 9, 2>, _>(decimal("-0.01"), &[0xff; 4]);
    check::<avro::Decimal<avro::Bytes, 28, 0>, _>(
        decimal("9999999999999999999999999999"),
        &[24, 0x20, 0x4f, 0xce, 0x5e, 0x3e, 0x25, 0x02, 0x61, 0x0f, 0xff, 0xff, 0xff],
    );
    // The scale is the schema's, also when sign bytes stand in front.
    let padded = decode_as::<Money, avro_typed::rust_decimal::Decimal>(&[
        40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,
    ]);
    assert_eq!(padded.map(|value| value.to_string()).ok().as_deref(), Some("0.05"));
}

#[test]
fn borrowed_values_are_parts_of_the_datum() {
    let datum = [4, b'h', b'i'];
    let text: &str = decode_as::<Str, &str>(&datum).expect("a string");
    assert_eq!(text.as_ptr(), datum[1..].as_ptr());
    let bytes: &[u8] = decode_as::<avro::Bytes, &[u8]>(&datum).expect("bytes");
    assert_eq!(bytes.as_ptr(), datum[1..].as_ptr());
    let map = decode_as::<Map<Str>, HashMap<&str, &str>>(b"\x02\x02k\x02v\0").expect("a map");
    assert_eq!(map, HashMap::from([("k", "v")]));
    assert_eq!(encode_as::<Array<Str>, _>(&["a", "b"][..]).ok(), Some(b"\x04\x02a\x02b\0".to_vec()));
}

#[test]
fn texts_of_every_length() {
    for length in 0..2_100 {
        let text: String = "añb€".chars().cycle().take(length).collect();
        let datum = encode_as::<Str, _>(&text).expect("a string");
        assert_eq!(decode_as::<Str, String>(&datum).expect("a string"), text);
        assert_eq!(decode_as::<avro::Bytes, Vec<u8>>(&datum).expect("bytes"), text.as_bytes());
    }
}

#[test]
fn digests_are_named() {
    let error =
        from_slice::<Digest>(&to_vec(&Digest([0; 16])).expect("a digest")[1..]).expect_err("one byte is missing");
    assert_eq!(error.path(), "Digest");
}
