//! Unions: their bytes, what is wrong with some, and what other schemas wrote.

use avro_typed::avro::{self, Array, NullableUnion, Str};
use avro_typed::{AvroType, DecodeError, DecodeErrorKind, DecodeOwned, Encode, Sole, from_slice, to_vec};
use proptest::prelude::*;

use crate::events::{event, unions};
use crate::generated::com::example::event::{Click, Event, StringOrIntOrClick};
use crate::generated::{BytesOrString, IntOrLong, Nothing};
use crate::samples::{big_decimal, decode_as, encode_as, resolve_as};

use StringOrIntOrClick as Union;

/// The value has these bytes, and these bytes are the value.
#[track_caller]
fn check<As: ?Sized, T: Encode<As> + DecodeOwned<As> + PartialEq + std::fmt::Debug>(value: T, datum: &[u8]) {
    assert_eq!(encode_as::<As, T>(&value).expect("a value that fits"), datum);
    assert_eq!(decode_as::<As, T>(datum).expect("a valid datum"), value);
}

fn text() -> Union {
    Union::String("a".to_owned())
}

#[test]
fn branches_have_their_exact_positions() {
    check(text(), &[0, 2, b'a']);
    check(Union::Int(-1), &[2, 1]);
    check(Union::Click(Click { x: 1, y: 2 }), &[4, 2, 4]);
    check::<NullableUnion<Union, 0>, _>(None::<Union>, &[0]);
    check::<NullableUnion<Union, 0>, _>(Some(text()), &[2, 2, b'a']);
    check::<NullableUnion<Union, 1>, _>(Some(text()), &[0, 2, b'a']);
    check::<NullableUnion<Union, 1>, _>(None::<Union>, &[2]);
    check::<NullableUnion<Union, 1>, _>(Some(Union::Int(-1)), &[4, 1]);
    check::<NullableUnion<Union, 1>, _>(Some(Union::Click(Click { x: 1, y: 2 })), &[6, 2, 4]);
    check::<NullableUnion<Union, 3>, _>(None::<Union>, &[6]);
    check::<NullableUnion<Union, 3>, _>(Some(Union::Click(Click { x: 1, y: 2 })), &[4, 2, 4]);
    check::<Array<NullableUnion<Union, 0>>, _>(vec![None, Some(text())], &[4, 0, 2, 2, b'a', 0]);
    // A union in a box has the bytes of the union.
    check::<NullableUnion<Union, 0>, _>(Some(Box::new(Union::Int(-1))), &[4, 1]);
    check::<Union, _>(Box::new(Union::Int(-1)), &[2, 1]);
}

#[test]
fn branches_that_look_alike() {
    check(IntOrLong::Int(3), &[0, 6]);
    check(IntOrLong::Long(3), &[2, 6]);
    check(BytesOrString::Bytes(b"hi".to_vec()), &[0, 4, b'h', b'i']);
    check(BytesOrString::String("hi".to_owned()), &[2, 4, b'h', b'i']);
}

#[test]
fn one_branch() {
    check::<avro::Sole<Str>, _>(Sole("a".to_owned()), &[0, 2, b'a']);
    check::<Array<avro::Sole<avro::Int>>, _>(vec![Sole(1), Sole(2)], &[4, 0, 2, 0, 4, 0]);
    let error = decode_as::<avro::Sole<Str>, Sole<String>>(&[2, 2, b'a']).expect_err("there is one branch");
    assert_eq!(error.to_string(), "index 1 is out of range for a union of 1 branches (at byte 1)");
    assert_eq!(*Sole::from(3) + 1, 4);
}

#[test]
fn branches_that_do_not_exist() {
    for (datum, index) in [(&[6][..], 3), (&[1], -1), (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x40], 1 << 40)] {
        let error = from_slice::<Union>(datum).expect_err("there are three branches");
        assert_eq!(error.kind(), &DecodeErrorKind::UnknownBranch { index, branches: 3 });
        let error = decode_as::<NullableUnion<Union, 1>, Option<Union>>(&[8]).expect_err("there are four branches");
        assert_eq!(error.kind(), &DecodeErrorKind::UnknownBranch { index: 4, branches: 4 });
    }
    assert!(from_slice::<Union>(&[]).is_err());
}

#[test]
fn paths_name_the_branch() {
    let message = |error: DecodeError| error.to_string();
    assert_eq!(
        from_slice::<Event>(&[4, 2]).map_err(message),
        Err("Event.payload.Click.y: 1 bytes needed but 0 remain; the datum is truncated or was written with another \
             schema (at byte 2)"
            .to_owned())
    );
    assert_eq!(
        from_slice::<Event>(&[0, 2, 0xff]).map_err(message),
        Err("Event.payload.string: string of 1 bytes is not valid UTF-8 from its byte 0 on (at byte 3)".to_owned())
    );
    let event = Event { total: Some(big_decimal("1e-7")), ..event() };
    assert_eq!(
        to_vec(&event).map_err(|error| error.to_string()),
        Err("Event.total: 1E-7 does not fit decimal(40, 6) without rounding; round it first".to_owned())
    );
}

fn read<As: ?Sized, T: DecodeOwned<As>>(writer: &str, reader: &str, datum: &[u8]) -> Result<T, String> {
    resolve_as::<As, T>(writer, reader, datum).map_err(|error| error.to_string())
}

#[test]
fn what_other_schemas_wrote() {
    let click = Click::schema().json;
    let union = format!(r#"["string","int",{click}]"#);
    let nullable = format!(r#"["string","null","int",{click}]"#);
    // The writer has no union, a union in another order, one with fewer branches, and one with `null`.
    assert_eq!(read::<Union, Union>(r#""int""#, &union, &[1]), Ok(Union::Int(-1)));
    assert_eq!(read::<Union, Union>(r#""bytes""#, &union, &[2, b'a']), Ok(text()));
    assert_eq!(read::<Union, Union>(click, &union, &[2, 4]), Ok(Union::Click(Click { x: 1, y: 2 })));
    assert_eq!(read::<Union, Union>(r#"["int","string"]"#, &union, &[2, 2, b'a']), Ok(text()));
    assert_eq!(read::<NullableUnion<Union, 1>, Option<Union>>(&union, &nullable, &[2, 1]), Ok(Some(Union::Int(-1))));
    assert_eq!(read::<NullableUnion<Union, 1>, Option<Union>>(r#""null""#, &nullable, &[]), Ok(None));
    assert_eq!(read::<NullableUnion<Union, 1>, Option<Union>>(r#"["null","int"]"#, &nullable, &[0]), Ok(None));
    assert_eq!(
        read::<NullableUnion<Union, 1>, Option<Union>>(r#"["null","int"]"#, &nullable, &[2, 1]),
        Ok(Some(Union::Int(-1)))
    );
    let error = read::<Union, Union>(&nullable, &union, &[2]).expect_err("null is not in the reader's union");
    assert!(error.starts_with("the reader's schema cannot read this value"), "{error}");
    // The writer's branch is promoted within the reader's.
    let wider = r#"{"type":"record","name":"Click","namespace":"com.example.event","fields":[{"name":"y","type":"int"},{"name":"x","type":"int"},{"name":"z","type":"string"}]}"#;
    assert_eq!(read::<Union, Union>(wider, &union, &[2, 4, 0]), Ok(Union::Click(Click { x: 2, y: 1 })));
    assert_eq!(
        read::<Union, Union>(wider, &union, &[2]).expect_err("y is missing"),
        "Click.x: 1 bytes needed but 0 remain; the datum is truncated or was written with another schema (at byte 1)"
    );
    // One branch.
    assert_eq!(read::<avro::Sole<avro::Long>, Sole<i64>>(r#""int""#, r#"["long"]"#, &[1]), Ok(Sole(-1)));
    assert_eq!(read::<avro::Sole<avro::Long>, Sole<i64>>(r#"["int"]"#, r#"["long"]"#, &[0, 1]), Ok(Sole(-1)));
    assert_eq!(read::<avro::Long, i64>(r#"["int"]"#, r#""long""#, &[0, 1]), Ok(-1));
}

/// A union without branches has no values.
#[test]
fn no_branches() {
    let error = from_slice::<Nothing>(&[0]).expect_err("there is no branch");
    assert_eq!(error.to_string(), "index 0 is out of range for a union of 0 branches (at byte 1)");
    assert!(serde_json::from_str::<Nothing>(r#"{"string": "a"}"#).is_err());
    check::<Array<Nothing>, _>(Vec::<Nothing>::new(), &[0]);
    check::<NullableUnion<Nothing, 0>, _>(None::<Nothing>, &[0]);
}

proptest! {
    #[test]
    fn null_may_stand_anywhere(union in proptest::option::of(unions())) {
        fn check<const NULL_BRANCH: usize>(union: &Option<Union>) {
            let datum = encode_as::<NullableUnion<Union, NULL_BRANCH>, _>(union).expect("a union");
            assert_eq!(&decode_as::<NullableUnion<Union, NULL_BRANCH>, Option<Union>>(&datum).expect("a union"), union);
        }
        check::<0>(&union);
        check::<1>(&union);
        check::<2>(&union);
        check::<3>(&union);
    }
}
