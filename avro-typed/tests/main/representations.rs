//! Other Rust types for strings, bytes, maps and pointers: the same bytes, and what evolution does.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::{Decode, DecodeOwned, Encode, Limits, Reader};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::generated::com::example::tree::Node;
use crate::samples::{decode_as, encode_as, resolve_as};

/// Both types have the same bytes, read them, and read what was promoted.
#[track_caller]
fn check<As: ?Sized, A, B>(usual: &A, other: &B, promoted: Option<(&str, &str)>)
where
    A: Encode<As> + DecodeOwned<As> + PartialEq + std::fmt::Debug,
    B: Encode<As> + DecodeOwned<As> + PartialEq + std::fmt::Debug,
{
    let datum = encode_as::<As, A>(usual).expect("a value that fits");
    assert_eq!(encode_as::<As, B>(other).expect("a value that fits"), datum);
    assert_eq!(&decode_as::<As, B>(&datum).expect("a valid datum"), other);
    for end in 0..datum.len() {
        let message = decode_as::<As, A>(&datum[..end]).expect_err("a part of a datum").to_string();
        assert_eq!(decode_as::<As, B>(&datum[..end]).expect_err("a part of a datum").to_string(), message);
    }
    if let Some((writer, reader)) = promoted {
        assert_eq!(&resolve_as::<As, A>(writer, reader, &datum).expect("a value"), usual);
        assert_eq!(&resolve_as::<As, B>(writer, reader, &datum).expect("a value"), other);
    }
}

const PROMOTED_TO_STRING: Option<(&str, &str)> = Some((r#""bytes""#, r#""string""#));
const PROMOTED_TO_BYTES: Option<(&str, &str)> = Some((r#""string""#, r#""bytes""#));

proptest! {
    #[test]
    fn strings(text in any::<String>()) {
        check::<Str, _, Box<str>>(&text, &text.as_str().into(), PROMOTED_TO_STRING);
        check::<Str, _, Arc<str>>(&text, &text.as_str().into(), PROMOTED_TO_STRING);
        #[cfg(feature = "compact-str-010")]
        check::<Str, _, avro_typed::compact_str::CompactString>(&text, &text.as_str().into(), PROMOTED_TO_STRING);
    }

    #[test]
    fn bytes(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let utf8 = text.into_bytes();
        check::<avro::Bytes, _, Box<[u8]>>(&utf8, &utf8.as_slice().into(), PROMOTED_TO_BYTES);
        check::<avro::Bytes, _, Arc<[u8]>>(&utf8, &utf8.as_slice().into(), PROMOTED_TO_BYTES);
        check::<avro::Bytes, _, Box<[u8]>>(&bytes, &bytes.as_slice().into(), None);
        check::<avro::Bytes, _, Arc<[u8]>>(&bytes, &bytes.as_slice().into(), None);
        #[cfg(feature = "bytes")]
        check::<avro::Bytes, _, bytes::Bytes>(&bytes, &bytes.clone().into(), None);
        #[cfg(feature = "bytes")]
        check::<avro::Bytes, _, bytes::Bytes>(&utf8, &utf8.clone().into(), PROMOTED_TO_BYTES);
    }

    #[test]
    fn maps(entries in proptest::collection::hash_map(any::<String>(), any::<i64>(), 0..2)) {
        let sorted: BTreeMap<Arc<str>, i64> = entries.iter().map(|(key, value)| (key.as_str().into(), *value)).collect();
        check::<Map<avro::Long>, _, _>(&entries, &sorted, None);
        let hashed: HashMap<Box<str>, Arc<i64>> =
            entries.iter().map(|(key, value)| (key.as_str().into(), Arc::new(*value))).collect();
        check::<Map<avro::Long>, _, _>(&entries, &hashed, None);
        let listed: Vec<(String, i64)> = entries.clone().into_iter().collect();
        check::<Map<avro::Long>, _, _>(&entries, &listed, None);
        #[cfg(feature = "fast-hash")]
        {
            let fast: HashMap<String, i64, avro_typed::FastRandomState> = entries.clone().into_iter().collect();
            check::<Map<avro::Long>, _, _>(&entries, &fast, None);
        }
    }

    /// Whatever was there before, a list has the entries of the datum afterwards, in their order.
    #[test]
    fn lists_of_entries_are_used_again(
        old in vec((any::<String>(), any::<i64>()), 0..6),
        new in vec((any::<String>(), any::<i64>()), 0..6),
    ) {
        let datum = encode_as::<Map<avro::Long>, _>(&new).expect("a map");
        let mut entries = old;
        let mut reader = Reader::new(&datum, Limits::default());
        Decode::<Map<avro::Long>>::decode_into(&mut entries, &mut reader).expect("what was encoded");
        prop_assert_eq!(&entries, &new);
        prop_assert_eq!(reader.remaining(), 0);
        let read = resolve_as::<Map<avro::Double>, Vec<(String, f64)>>(
            r#"{"type":"map","values":"int"}"#,
            r#"{"type":"map","values":"double"}"#,
            b"\x04\x02b\x03\x02a\x04\0",
        );
        prop_assert_eq!(read.expect("ints are doubles"), [("b".to_owned(), -2.0), ("a".to_owned(), 2.0)]);
    }

    /// A text that is not long is in place, and one that was long keeps its memory.
    #[cfg(feature = "compact-str-010")]
    #[test]
    fn compact_texts_are_used_again(old in any::<String>(), new in any::<String>()) {
        let datum = encode_as::<Str, _>(&new).expect("a text");
        let mut text = avro_typed::compact_str::CompactString::new(&old);
        Decode::<Str>::decode_into(&mut text, &mut Reader::new(&datum, Limits::default())).expect("a text");
        prop_assert_eq!(text.as_str(), new);
    }
}

#[test]
fn pointers() {
    let node = Node { name: "a".to_owned(), next: None, children: Vec::new() };
    check::<Node, _, _>(&node, &Arc::new(node.clone()), None);
    check::<Node, _, _>(&node, &Box::new(Arc::new(node.clone())), None);
    check::<Nullable<Node, 1>, _, _>(&Some(node.clone()), &Some(Arc::new(node.clone())), None);
    check::<Array<Node>, _, _>(&vec![node.clone()], &Arc::new(vec![Arc::new(node)]), None);
    let (int, long) = (r#""int""#, r#""long""#);
    check::<avro::Long, _, _>(&1_i64, &Arc::new(1_i64), Some((int, long)));
    check::<avro::Long, _, _>(&1_i64, &Box::new(1_i64), Some((int, long)));
}

/// chrono's types have the bytes of jiff's, for all values that both have.
#[cfg(feature = "chrono-04")]
mod with_chrono {
    use avro_typed::avro;
    use avro_typed::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
    use avro_typed::jiff::Timestamp;
    use avro_typed::{DecodeErrorKind, Encode};
    use proptest::prelude::*;

    use super::check;
    use crate::samples::{decode_as, encode_as};

    const NANOSECONDS: std::ops::Range<i64> = -9_000_000_000_000_000_000..9_000_000_000_000_000_000;

    proptest! {
        #[test]
        fn moments(nanoseconds in NANOSECONDS) {
            check_moment(nanoseconds);
            check_moment(nanoseconds / 1_000 * 1_000);
            check_moment(nanoseconds / 1_000_000 * 1_000_000);
        }
    }

    fn check_moment(nanoseconds: i64) {
        let ours = Timestamp::from_nanosecond(nanoseconds.into()).expect("a moment in range");
        let theirs = DateTime::<Utc>::from_timestamp_nanos(nanoseconds);
        check::<avro::TimestampNanos, _, _>(&ours, &theirs, None);
        let local = ours.to_zoned(avro_typed::jiff::tz::TimeZone::UTC).datetime();
        check::<avro::LocalTimestampNanos, _, _>(&local, &theirs.naive_utc(), None);
        let of_day = theirs.time();
        if nanoseconds % 1_000 == 0 {
            check::<avro::TimestampMicros, _, _>(&ours, &theirs, None);
            check::<avro::LocalTimestampMicros, _, _>(&local, &theirs.naive_utc(), None);
            check::<avro::TimeMicros, _, _>(&local.time(), &of_day, None);
        }
        if nanoseconds % 1_000_000 == 0 {
            check::<avro::TimestampMillis, _, _>(&ours, &theirs, None);
            check::<avro::LocalTimestampMillis, _, _>(&local, &theirs.naive_utc(), None);
            check::<avro::TimeMillis, _, _>(&local.time(), &of_day, None);
        }
        check::<avro::Date, _, _>(&local.date(), &theirs.date_naive(), None);
    }

    #[track_caller]
    fn check_unfit<As: ?Sized, T: Encode<As>>(value: &T, expected: &str) {
        assert_eq!(encode_as::<As, T>(value).expect_err(expected).to_string(), expected);
    }

    #[test]
    fn what_does_not_fit() {
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_000_000_000).expect("a leap second");
        let day = NaiveDate::from_ymd_opt(2016, 12, 31).expect("a date");
        check_unfit::<avro::TimeMillis, _>(
            &leap,
            "23:59:60 is a leap second, which time-millis cannot hold; take the second before or after it",
        );
        check_unfit::<avro::TimestampMillis, _>(
            &day.and_time(leap).and_utc(),
            "2016-12-31 23:59:60 UTC is a leap second, which timestamp-millis cannot hold; take the second before or after it",
        );
        check_unfit::<avro::LocalTimestampMicros, _>(
            &day.and_hms_nano_opt(1, 2, 3, 4).expect("a time"),
            "2016-12-31 01:02:03.000000004 is finer than local-timestamp-micros can hold; round it to microseconds first",
        );
        check_unfit::<avro::TimestampNanos, _>(
            &DateTime::<Utc>::MAX_UTC,
            "+262142-12-31 23:59:59.999999999 UTC is out of the range of timestamp-nanos; use a coarser logical type in the schema",
        );
    }

    /// chrono's ranges are wider than jiff's, and end as well.
    #[test]
    fn the_first_and_the_last() {
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            let datum = encode_as::<avro::Date, _>(&date).expect("a date");
            assert_eq!(decode_as::<avro::Date, NaiveDate>(&datum).ok(), Some(date));
        }
        for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC - TimeDelta::nanoseconds(999)] {
            let datum = encode_as::<avro::TimestampMicros, _>(&time).expect("a time");
            assert_eq!(decode_as::<avro::TimestampMicros, DateTime<Utc>>(&datum).ok(), Some(time));
            let datum = encode_as::<avro::LocalTimestampMicros, _>(&time.naive_utc()).expect("a time");
            assert_eq!(decode_as::<avro::LocalTimestampMicros, NaiveDateTime>(&datum).ok(), Some(time.naive_utc()));
        }
        for number in [i64::MIN, i64::MAX, 86_400_000_000, -1] {
            let datum = encode_as::<avro::Long, _>(&number).expect("a long");
            let error = decode_as::<avro::TimeMicros, NaiveTime>(&datum).expect_err("no time of a day");
            assert_eq!(error.kind(), &DecodeErrorKind::TimeOutOfRange { value: number, logical_type: "time-micros" });
        }
        let datum = encode_as::<avro::Long, _>(&i64::MAX).expect("a long");
        assert!(decode_as::<avro::TimestampMillis, DateTime<Utc>>(&datum).is_err());
        assert!(decode_as::<avro::LocalTimestampMillis, NaiveDateTime>(&datum).is_err());
        let datum = encode_as::<avro::Int, _>(&i32::MAX).expect("an int");
        assert!(decode_as::<avro::Date, NaiveDate>(&datum).is_err());
    }
}
