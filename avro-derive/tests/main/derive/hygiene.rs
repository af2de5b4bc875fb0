//! Derived code in surroundings that are not nice to it.

use avro_derive::Avro;
use avro_typed::{
    AvroType, AvroValue, Decode, DecodeError, Encode, EncodeError, Reader, Writer, avro, from_slice, to_vec,
};

/// What the prelude and the runtime call something else.
mod shadows {
    use super::Avro;

    #[derive(Avro, Clone, Debug, PartialEq)]
    pub(super) struct Option {
        pub(super) some: i64,
    }

    #[derive(Avro, Clone, Copy, Debug, PartialEq)]
    pub(super) enum Result {
        Ok,
        Err,
        None,
    }

    #[derive(Avro, Clone, Debug, PartialEq)]
    pub(super) enum Vec {
        Some(Option),
        #[avro(null)]
        None,
    }

    /// Fields that are called like the arguments of the functions that are made.
    #[derive(Avro, Clone, Debug, PartialEq)]
    pub(super) struct Encode {
        pub(super) reader: Option,
        pub(super) writer: Result,
        pub(super) field: Vec,
        pub(super) step: i32,
        pub(super) field_0: bool,
        pub(super) r#fn: f32,
        pub(super) definitions: i64,
    }
}

#[test]
fn names_of_types_and_fields_do_not_matter() {
    let value = shadows::Encode {
        reader: shadows::Option { some: 1 },
        writer: shadows::Result::None,
        field: shadows::Vec::Some(shadows::Option { some: 2 }),
        step: 3,
        field_0: true,
        r#fn: 0.5,
        definitions: 4,
    };
    assert_eq!(from_slice::<shadows::Encode>(&to_vec(&value).unwrap()).unwrap(), value);
    assert!(shadows::Encode::schema().json.contains(r#"{"name":"fn","type":"float"}"#));
}

/// The runtime under another path.
mod reexported {
    pub(super) mod runtime {
        pub(crate) use avro_typed::*;
    }
}

macro_rules! event {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Avro, Clone, Debug, PartialEq)]
        #[avro(crate = "super::hygiene::reexported::runtime")]
        struct $name {
            $(#[avro(default)] $field: $type),*
        }
    };
}

event!(Event { id: i64, tags: Vec<Option<String>> });

#[test]
fn a_macro_may_derive_with_another_path_of_the_runtime() {
    let event = Event { id: 7, tags: vec![None, Some("a".to_owned())] };
    assert_eq!(from_slice::<Event>(&to_vec(&event).unwrap()).unwrap(), event);
    assert!(
        Event::schema()
            .json
            .contains(r#"{"name":"tags","type":{"type":"array","items":["null","string"]},"default":[]}"#)
    );
}

/// A type of one's own that is written as a string.
#[derive(Clone, Debug, PartialEq)]
struct Email(String);

impl Encode<avro::Str> for Email {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.string(&self.0)
    }
}

impl<'a> Decode<'a, avro::Str> for Email {
    const MIN_SIZE: usize = 1;

    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.owned_string().map(Email)
    }
}

impl AvroValue for Email {
    type Avro = avro::Str;
}

#[derive(Avro, Clone, Debug, PartialEq)]
struct Account {
    email: Email,
    others: Vec<Option<Email>>,
    #[avro(as = avro::Str)]
    explicit: Email,
}

#[test]
fn types_of_ones_own_can_be_fields() {
    let email = Email("ada@example.com".to_owned());
    let account = Account { email: email.clone(), others: vec![Some(email.clone())], explicit: email };
    assert_eq!(from_slice::<Account>(&to_vec(&account).unwrap()).unwrap(), account);
    assert!(Account::schema().json.contains(r#"{"name":"others","type":{"type":"array","items":["null","string"]}}"#));
}

/// A lifetime and items that the impls have as well.
#[derive(Avro, Clone, Debug, PartialEq)]
struct Borrowed<'avro> {
    name: &'avro str,
}

#[allow(dead_code, reason = "they only have to be there")]
impl Borrowed<'_> {
    const FULLNAME: u8 = 1;
    const NAME: u8 = 1;
    const MIN_SIZE: u8 = 1;
    const SHAPE: u8 = 1;
    const SCHEMA: u8 = 1;

    fn schema() {}
    fn define() {}
    fn encode() {}
    fn decode() {}
    fn decode_by_plan() {}
}

#[test]
fn own_items_are_beside_the_derived_ones() {
    let bytes = to_vec(&Borrowed { name: "a" }).unwrap();
    assert_eq!(from_slice::<Borrowed<'_>>(&bytes).unwrap(), Borrowed { name: "a" });
}
