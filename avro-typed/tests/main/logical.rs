//! Logical types: their bytes, what does not fit, and what hostile input may not do. Dates and times are in `encoding`
//! and `decoding`.

use avro_typed::avro::{self, Bytes, Fixed, Str};
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::bigdecimal::num_bigint::BigInt;
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::{Uuid, uuid};
use avro_typed::{DecodeErrorKind, DecodeOwned, Duration, Encode};
use proptest::prelude::*;

use crate::allocation::{MIB, allocated_by};
use crate::events::{big_decimals, durations, uuids};
use crate::samples::{big_decimal, decode_as, encode_as, resolve_as};

/// The value has these bytes, and these bytes are the value.
#[track_caller]
fn check<As: ?Sized, T: Encode<As> + DecodeOwned<As> + PartialEq + std::fmt::Debug>(value: T, datum: &[u8]) {
    assert_eq!(encode_as::<As, T>(&value).expect("a value that fits"), datum);
    assert_eq!(decode_as::<As, T>(datum).expect("a valid datum"), value);
}

/// The value does not fit, for this reason.
#[track_caller]
fn check_unfit<As: ?Sized>(value: &BigDecimal, expected: &str)
where
    BigDecimal: Encode<As>,
{
    assert_eq!(encode_as::<As, BigDecimal>(value).expect_err(expected).to_string(), expected);
}

/// The bytes are not a value, for this reason.
#[track_caller]
fn check_invalid<As: ?Sized, T: DecodeOwned<As> + std::fmt::Debug>(datum: &[u8], expected: &str) {
    assert_eq!(decode_as::<As, T>(datum).expect_err(expected).to_string(), expected);
}

const ID: Uuid = uuid!("067e6162-3b6f-4ae2-a171-2470b63dff00");

fn text(text: &str) -> Vec<u8> {
    encode_as::<Str, str>(text).expect("a string")
}

#[test]
fn uuid_bytes() {
    check::<avro::Uuid<Fixed<16>>, _>(ID, ID.as_bytes());
    check::<avro::Uuid<Str>, _>(ID, &text("067e6162-3b6f-4ae2-a171-2470b63dff00"));
    let upper_case = text("067E6162-3B6F-4AE2-A171-2470B63DFF00");
    assert_eq!(decode_as::<avro::Uuid<Str>, Uuid>(&upper_case).ok(), Some(ID));
    // Strings may have been bytes for the writer.
    let datum = text("067e6162-3b6f-4ae2-a171-2470b63dff00");
    let schema = r#"{"type": "string", "logicalType": "uuid"}"#;
    assert_eq!(resolve_as::<avro::Uuid<Str>, Uuid>(r#""bytes""#, schema, &datum).ok(), Some(ID));
}

#[test]
fn texts_that_are_no_uuid() {
    let table = [
        "",
        "1-1-1-1-1",
        "067e61623b6f4ae2a1712470b63dff00",
        "{067e6162-3b6f-4ae2-a171-2470b63dff00}",
        "urn:uuid:067e6162-3b6f-4ae2-a171-2470b63dff00",
        "067e6162-3b6f-4ae2-a171-2470b63dff0g",
        "067e6162-3b6f-4ae2-a1712-470b63dff00",
        "ééééééééééééééééé\"",
    ];
    for wrong in table {
        let datum = text(wrong);
        let expected = format!(
            "{wrong:?} is not a UUID; one looks like \"067e6162-3b6f-4ae2-a171-2470b63dff00\" (at byte {})",
            datum.len()
        );
        check_invalid::<avro::Uuid<Str>, Uuid>(&datum, &expected);
    }
    let error = decode_as::<avro::Uuid<Str>, Uuid>(&text(&"x".repeat(10_000))).expect_err("no UUID").to_string();
    assert!(error.len() < 200, "{error}");
    check_invalid::<avro::Uuid<Fixed<16>>, Uuid>(
        &[0; 15],
        "16 bytes needed but 15 remain; the datum is truncated or was written with another schema (at byte 0)",
    );
}

#[test]
fn duration_bytes() {
    check::<avro::Duration, _>(
        Duration { months: 1, days: 258, millis: u32::MAX },
        &[1, 0, 0, 0, 2, 1, 0, 0, 255, 255, 255, 255],
    );
}

type Wide = avro::Decimal<Bytes, 40, 6>;

#[test]
fn wide_decimal_bytes() {
    check::<Wide, _>(big_decimal("0.000000"), &[2, 0]);
    check::<Wide, _>(big_decimal("-0.000001"), &[2, 0xff]);
    check::<Wide, _>(big_decimal("0.000128"), &[4, 0, 0x80]);
    // The largest of all: 10^40 - 1.
    let largest =
        [34, 0x1d, 0x63, 0x29, 0xf1, 0xc3, 0x5c, 0xa4, 0xbf, 0xab, 0xb9, 0xf5, 0x60, 0xff, 0xff, 0xff, 0xff, 0xff];
    check::<Wide, _>(big_decimal("9999999999999999999999999999999999.999999"), &largest);
    check::<avro::Decimal<Fixed<20>, 40, 6>, _>(big_decimal("-0.000001"), &[0xff; 20]);
    // The scale is the schema's, whatever that of the value.
    for same in ["1.5", "1.500000000", "15e-1", "0.0015e3"] {
        assert_eq!(encode_as::<Wide, _>(&big_decimal(same)).ok(), Some(vec![6, 0x16, 0xe3, 0x60]), "{same}");
    }
    assert_eq!(encode_as::<Wide, _>(&BigDecimal::new(0.into(), i64::MIN)).ok(), Some(vec![2, 0]));
    assert_eq!(encode_as::<Wide, _>(&BigDecimal::new(0.into(), i64::MAX)).ok(), Some(vec![2, 0]));
    // Writers may repeat the sign in front of the value.
    assert_eq!(decode_as::<Wide, BigDecimal>(&[8, 0xff, 0xff, 0xff, 0xfe]).ok(), Some(big_decimal("-0.000002")));
    let schema = r#"{"type": "bytes", "logicalType": "decimal", "precision": 40, "scale": 6}"#;
    assert_eq!(resolve_as::<Wide, BigDecimal>(r#""string""#, schema, &[2, 0x7f]).ok(), Some(big_decimal("0.000127")));
}

#[test]
fn wide_decimals_that_do_not_fit() {
    check_unfit::<Wide>(&big_decimal("0.0000001"), "1E-7 does not fit decimal(40, 6) without rounding; round it first");
    let too_large = "10000000000000000000000000000000000";
    check_unfit::<Wide>(
        &big_decimal(too_large),
        &format!("{too_large} has more digits than decimal(40, 6) holds; use a larger precision in the schema"),
    );
    check_unfit::<avro::Decimal<Fixed<1>, 40, 6>>(
        &big_decimal("0.000128"),
        "0.000128 does not fit the 1 bytes of its fixed type; use a larger size in the schema",
    );
    // What cannot be written out is refused without doing so.
    for (scale, expected) in [
        (
            i64::MIN,
            "1e+9223372036854775808 has more digits than decimal(40, 6) holds; use a larger precision in the schema",
        ),
        (i64::MAX, "1E-9223372036854775807 does not fit decimal(40, 6) without rounding; round it first"),
        (
            -2_000_000_000,
            "1e+2000000000 has more digits than decimal(40, 6) holds; use a larger precision in the schema",
        ),
        (2_000_000_000, "1E-2000000000 does not fit decimal(40, 6) without rounding; round it first"),
    ] {
        check_unfit::<Wide>(&BigDecimal::new(1.into(), scale), expected);
    }
    let huge = BigDecimal::new(BigInt::from(1) << 100_000, 0);
    check_unfit::<Wide>(
        &huge,
        "a number of 100001 bits and scale 0 has more digits than decimal(40, 6) holds; use a larger precision in the schema",
    );
}

#[test]
fn wide_decimals_that_are_none() {
    check_invalid::<Wide, BigDecimal>(&[0], "decimal(40, 6) of no bytes (at byte 1)");
    // 10^40.
    let too_large = [34, 0x1d, 0x63, 0x29, 0xf1, 0xc3, 0x5c, 0xa4, 0xbf, 0xab, 0xb9, 0xf5, 0x61, 0, 0, 0, 0, 0];
    check_invalid::<Wide, BigDecimal>(
        &too_large,
        "a decimal of 17 bytes has more digits than decimal(40, 6) holds (at byte 18)",
    );
    let huge = encode_as::<Bytes, _>(&vec![0x7f_u8; 4 * MIB]).expect("bytes");
    let allocated = allocated_by(|| {
        check_invalid::<Wide, BigDecimal>(
            &huge,
            "a decimal of 4194304 bytes has more digits than decimal(40, 6) holds (at byte 4194308)",
        );
    });
    assert!(allocated < MIB / 8, "{allocated} bytes");
}

/// The bytes of a `big-decimal`: those of the unscaled integer, and the scale.
fn big(unscaled: &[u8], scale: i64) -> Vec<u8> {
    let unscaled = encode_as::<Bytes, _>(unscaled).expect("bytes");
    let scale = encode_as::<avro::Long, _>(&scale).expect("a long");
    encode_as::<Bytes, _>(&[unscaled, scale].concat()).expect("bytes")
}

#[test]
fn big_decimal_bytes() {
    // As Java's conversion writes it.
    check::<avro::BigDecimal, _>(big_decimal("12345.678"), &[12, 8, 0, 0xbc, 0x61, 0x4e, 6]);
    check::<avro::BigDecimal, _>(big_decimal("0"), &[6, 2, 0, 0]);
    check::<avro::BigDecimal, _>(BigDecimal::new((-1).into(), -3), &[6, 2, 0xff, 5]);
    for (value, scale) in [("1.0", 1), ("1.00", 2), ("100", 0), ("1e2", -2)] {
        let datum = encode_as::<avro::BigDecimal, _>(&big_decimal(value)).expect("a big-decimal");
        let back: BigDecimal = decode_as::<avro::BigDecimal, _>(&datum).expect("a big-decimal");
        assert_eq!(back.as_bigint_and_scale().1, scale, "the scale of {value} is kept");
    }
    let schema = r#"{"type": "bytes", "logicalType": "big-decimal"}"#;
    let read = resolve_as::<avro::BigDecimal, BigDecimal>(r#""string""#, schema, &[6, 2, 1, 0]);
    assert_eq!(read.ok(), Some(big_decimal("1")));
    assert_eq!(decode_as::<avro::BigDecimal, BigDecimal>(&big(&[0, 0, 0, 5], 0)).ok(), Some(big_decimal("5")));
    // As the defaults of generated types are made.
    let default: BigDecimal = avro_typed::__private::default::<avro::BigDecimal, _>(&[6, 2, 1, 0]);
    assert_eq!(default, big_decimal("1"));
}

const MAX_SIZE: usize = avro::BigDecimal::MAX_SIZE;
const MAX_SCALE: i64 = avro::BigDecimal::MAX_SCALE as i64;

#[test]
fn big_decimals_out_of_bounds() {
    let largest = [0x7f; MAX_SIZE];
    for scale in [-MAX_SCALE, MAX_SCALE] {
        let datum = big(&largest, scale);
        let value: BigDecimal = decode_as::<avro::BigDecimal, _>(&datum).expect("just within the bounds");
        assert_eq!(encode_as::<avro::BigDecimal, _>(&value).ok(), Some(datum));
    }
    for (unscaled, scale) in [
        (&largest[..1], MAX_SCALE + 1),
        (&largest[..1], -MAX_SCALE - 1),
        (&largest[..1], i64::from(i32::MIN)),
        (&[0x7f; MAX_SIZE + 1], 0),
    ] {
        let error = decode_as::<avro::BigDecimal, BigDecimal>(&big(unscaled, scale)).expect_err("beyond the bounds");
        assert_eq!(error.kind(), &DecodeErrorKind::BigDecimalOutOfBounds { size: unscaled.len(), scale });
        let value = BigDecimal::new(BigInt::from_signed_bytes_be(unscaled), scale);
        let message = encode_as::<avro::BigDecimal, _>(&value).expect_err("beyond the bounds").to_string();
        let expected = format!(
            "a big-decimal of {} bytes and scale {scale} is out of bounds: at most 4096 bytes and scales from -10000 to 10000 are accepted",
            unscaled.len()
        );
        assert_eq!(message, expected);
    }
    let huge = BigDecimal::new(1.into(), i64::MIN);
    assert!(encode_as::<avro::BigDecimal, _>(&huge).is_err());
}

#[test]
fn big_decimals_that_are_none() {
    check_invalid::<avro::BigDecimal, BigDecimal>(&big(&[], 0), "big-decimal of no bytes (at byte 3)");
    check_invalid::<avro::BigDecimal, BigDecimal>(
        &[0],
        "1 bytes needed but 0 remain; the datum is truncated or was written with another schema (at byte 1)",
    );
    check_invalid::<avro::BigDecimal, BigDecimal>(
        &[6, 4, 1, 2],
        "1 bytes needed but 0 remain; the datum is truncated or was written with another schema (at byte 4)",
    );
    check_invalid::<avro::BigDecimal, BigDecimal>(&[4, 100, 1], "bytes length 50 but 1 bytes remain (at byte 2)");
    check_invalid::<avro::BigDecimal, BigDecimal>(&[100, 2, 1, 0], "bytes length 50 but 3 bytes remain (at byte 1)");
    check_invalid::<avro::BigDecimal, BigDecimal>(
        &[8, 2, 1, 0, 9],
        "1 bytes are left after the datum; it was probably written with another schema (at byte 4)",
    );
    check_invalid::<avro::BigDecimal, BigDecimal>(
        &big(&[1], 1 << 31),
        "2147483648 is not a 32-bit int; the datum was probably written with another schema (at byte 8)",
    );
}

/// What the bounds are for: a few bytes may not cost much, whatever is done with the number.
#[test]
fn accepted_numbers_are_cheap() {
    use std::hash::{DefaultHasher, Hash};

    for scale in [-MAX_SCALE, MAX_SCALE] {
        for unscaled in [&[0x7f][..], &[0x80; MAX_SIZE]] {
            let value: BigDecimal = decode_as::<avro::BigDecimal, _>(&big(unscaled, scale)).expect("a big-decimal");
            let allocated = allocated_by(|| {
                value.hash(&mut DefaultHasher::new());
                let compared = value == big_decimal("1") || value < BigDecimal::new(7.into(), -scale);
                (compared, value.to_string(), format!("{value:?}"), value.to_plain_string())
            });
            assert!(allocated < 2 * MIB, "{allocated} bytes");
        }
    }
}

/// What decodes is written again, to the same value.
fn check_arbitrary<As: ?Sized>(datum: &[u8])
where
    BigDecimal: Encode<As> + DecodeOwned<As>,
{
    if let Ok(value) = decode_as::<As, BigDecimal>(datum) {
        let again = encode_as::<As, _>(&value).expect("what was decoded fits");
        assert_eq!(decode_as::<As, BigDecimal>(&again).expect("what was encoded"), value);
    }
}

proptest! {
    #[test]
    fn uuids_round_trip(uuid in uuids()) {
        for datum in [encode_as::<avro::Uuid<Str>, _>(&uuid)?, encode_as::<avro::Uuid<Fixed<16>>, _>(&uuid)?] {
            prop_assert!(datum.len() == 37 || datum == uuid.as_bytes());
        }
        let datum = encode_as::<avro::Uuid<Str>, _>(&uuid)?;
        prop_assert_eq!(decode_as::<avro::Uuid<Str>, Uuid>(&datum)?, uuid);
    }

    #[test]
    fn durations_round_trip(duration in durations()) {
        let datum = encode_as::<avro::Duration, _>(&duration)?;
        prop_assert_eq!(decode_as::<avro::Duration, Duration>(&datum)?, duration);
    }

    #[test]
    fn wide_decimals_round_trip(value in big_decimals(40, Just(6))) {
        let datum = encode_as::<Wide, _>(&value)?;
        let back: BigDecimal = decode_as::<Wide, _>(&datum)?;
        prop_assert_eq!(back.as_bigint_and_scale(), value.as_bigint_and_scale());
        prop_assert_eq!(encode_as::<Wide, _>(&back)?, datum);
        let datum = encode_as::<avro::Decimal<Fixed<17>, 40, 6>, _>(&value)?;
        prop_assert_eq!(decode_as::<avro::Decimal<Fixed<17>, 40, 6>, BigDecimal>(&datum)?, value);
    }

    /// Both Rust types of `decimal` have the same bytes, and refuse the same.
    #[test]
    fn narrow_decimals_as_wide_ones(unscaled in any::<i128>(), shift in 32_u32..128, scale in 0_u32..12) {
        type Money = avro::Decimal<Bytes, 20, 5>;
        type Fee = avro::Decimal<Fixed<8>, 20, 5>;
        let narrow = Decimal::from_i128_with_scale(unscaled >> shift, scale);
        let wide = BigDecimal::new((unscaled >> shift).into(), scale.into());
        let (a, b) = (encode_as::<Money, _>(&narrow).ok(), encode_as::<Money, _>(&wide).ok());
        prop_assert_eq!(&a, &b);
        prop_assert_eq!(encode_as::<Fee, _>(&narrow).ok(), encode_as::<Fee, _>(&wide).ok());
        if let Some(datum) = a {
            let back: Decimal = decode_as::<Money, _>(&datum)?;
            let wide: BigDecimal = decode_as::<Money, _>(&datum)?;
            prop_assert_eq!(wide.into_bigint_and_scale(), (back.mantissa().into(), back.scale().into()));
        }
    }

    #[test]
    fn big_decimals_round_trip(value in big_decimals(2_000, -MAX_SCALE..=MAX_SCALE)) {
        let datum = encode_as::<avro::BigDecimal, _>(&value)?;
        let back: BigDecimal = decode_as::<avro::BigDecimal, _>(&datum)?;
        prop_assert_eq!(back.as_bigint_and_scale(), value.as_bigint_and_scale());
        prop_assert_eq!(encode_as::<avro::BigDecimal, _>(&back)?, datum);
    }

    #[test]
    fn arbitrary_bytes(datum in prop::collection::vec(any::<u8>(), 0..40), scale in any::<i64>()) {
        check_arbitrary::<avro::BigDecimal>(&datum);
        check_arbitrary::<avro::BigDecimal>(&big(&datum, scale));
        check_arbitrary::<avro::BigDecimal>(&big(&datum, scale >> 48));
        check_arbitrary::<Wide>(&encode_as::<Bytes, _>(&datum)?);
        check_arbitrary::<avro::Decimal<Fixed<20>, 40, 6>>(&datum);
        let _ = decode_as::<avro::Uuid<Str>, Uuid>(&datum);
    }
}
