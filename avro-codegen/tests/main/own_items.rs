//! A user's own impl of a generated type may have any name that the type's documentation does not show.

use avro_typed::Sole;
use avro_typed::jiff::Timestamp;

use crate::golden::generated::enums::golden::Suit;
use crate::golden::generated::nullable::IntOrString;
use crate::golden::generated::nullable::golden::Nullable;
use crate::golden::generated::required::golden::{Reading, ReadingRequired};
use crate::golden::generated::wide::golden::Wide;
use crate::round_trip;

/// What generated code had there, and what the traits have that it implements.
macro_rules! own_items {
    ($type:ty) => {
        #[allow(dead_code, reason = "it only has to be there")]
        impl $type {
            const FIELDS: u8 = 1;
            const FULLNAME: u8 = 1;
            const NAME: u8 = 1;
            const MIN_SIZE: u8 = 1;
            const BRANCHES: u8 = 1;
            const BRANCH_NAMES: u8 = 1;
            const SHAPE: u8 = 1;

            fn default() {}
            fn default_note() {}
            fn default_type() {}
            fn default_field1() {}
            fn from() {}
            fn from_index() {}
            fn from_fields() {}
            fn encode() {}
            fn decode() {}
            fn decode_resolved() {}
            fn decode_by_plan() {}
            fn branch() {}
            fn encode_branch() {}
            fn decode_branch() {}
            fn decode_branch_resolved() {}
            fn serialize() {}
            fn deserialize() {}
            fn serialize_branch() {}
            fn deserialize_branch() {}
            fn schema() {}
            fn define() {}
            fn fmt() {}
        }
    };
}

own_items!(Reading);
own_items!(ReadingRequired);
own_items!(Suit);
own_items!(IntOrString);
own_items!(Wide);

#[test]
fn own_items_are_beside_the_generated_ones() {
    let reading = ReadingRequired { id: 1, at: Timestamp::UNIX_EPOCH }.with_defaults();
    assert_eq!((reading.note.as_deref(), reading.r#type.as_str()), (None, "plain"));
    round_trip::check(&reading);
    round_trip::check(&Suit::Clubs);
    round_trip::check(&nullable());
    assert_eq!(Suit::Clubs.to_string(), "CLUBS");
    let json = r#"{"id": 1, "at": "1970-01-01T00:00:00Z"}"#;
    assert_eq!(serde_json::from_str::<Reading>(json).unwrap(), reading, "defaults are those of the schema");
}

/// Unions are in records.
fn nullable() -> Nullable {
    let union = || Some(IntOrString::Int(1));
    Nullable {
        first: None,
        last: None,
        middle: union(),
        first_of_three: union(),
        last_of_three: union(),
        array: None,
        only: Sole(()),
    }
}
