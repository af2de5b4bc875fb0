//! `#[derive(TopicValue)]`.

use std::fmt::Debug;
use std::sync::Arc;

use avro_derive::{Avro, TopicValue};
use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::topic::{DecodeValue, EncodeValue, OtherRecord, TopicValue, ValueForm};
use avro_typed::{AvroType, Decoder, Encoder, to_vec};

use super::included::messages::lab::{Measurement, Unit};

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "events")]
struct Login {
    user: String,
    #[avro(default)]
    attempts: i32,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "events")]
struct Page<T> {
    items: Vec<T>,
}

#[derive(Avro, Clone, Copy, Debug, PartialEq)]
#[avro(namespace = "events")]
struct View<'a> {
    name: &'a str,
}

/// A derived type, a generated one and all others.
#[derive(TopicValue, Clone, Debug)]
enum Event {
    Login(Login),
    Measurement(Measurement),
    #[avro(other)]
    Other(OtherRecord),
}

/// The first type is the parameter itself, the second contains it, and the third does not.
#[derive(TopicValue, Clone, Debug, PartialEq)]
enum Generic<T: Clone, const SIZE: usize>
where
    T: Debug,
{
    One(T),
    Several(Page<T>),
    Hash(Hash<SIZE>),
    Login(Login),
}

#[derive(Avro, Clone, Copy, Debug, PartialEq)]
#[avro(fixed)]
struct Hash<const SIZE: usize>([u8; SIZE]);

#[derive(TopicValue, Clone, Debug, PartialEq)]
enum Borrowed<'a> {
    View(View<'a>),
    Login(Login),
}

/// Names of the prelude, in an enum that finds the runtime elsewhere.
mod hygiene {
    pub(super) mod runtime {
        pub(crate) use avro_typed::*;
    }

    #[derive(super::TopicValue)]
    #[avro(crate = "hygiene::runtime")]
    #[expect(dead_code, reason = "it compiles")]
    pub(super) enum Result {
        Ok(super::Login),
        Err(super::Measurement),
        #[avro(other)]
        None(super::OtherRecord),
    }

    use super::hygiene;
}

fn login() -> Login {
    Login { user: "ada".to_owned(), attempts: 2 }
}

fn fullnames<V: TopicValue>() -> Vec<&'static str> {
    V::TYPES.iter().map(|topic_type| topic_type.fullname).collect()
}

#[test]
fn the_types_are_those_of_the_variants_in_their_order() {
    assert_eq!(fullnames::<Event>(), ["events.Login", "lab.Measurement"]);
    assert_eq!(fullnames::<Option<Event>>(), fullnames::<Event>());
    assert_eq!(fullnames::<Generic<Unit, 4>>(), ["lab.Unit", "events.Page_Unit", "Hash_4", "events.Login"]);
    assert_eq!(fullnames::<Borrowed<'_>>(), ["events.View", "events.Login"]);
    assert_eq!(fullnames::<hygiene::Result>(), fullnames::<Event>());
    assert!(std::ptr::eq((Event::TYPES[0].schema)(), Login::schema()));

    assert_eq!([Event::TOMBSTONES, Option::<Event>::TOMBSTONES], [false, true]);
    assert_eq!([Event::TAKES_OTHERS, Option::<Event>::TAKES_OTHERS, Borrowed::TAKES_OTHERS], [true, true, false]);
}

#[test]
fn a_value_has_the_bytes_of_its_variant() {
    let measurement = Measurement { value: 21.5, unit: Unit::Celsius, note: None };
    check(&Event::from(login()), 0, &to_vec(&login()).unwrap());
    check(&Event::from(measurement.clone()), 1, &to_vec(&measurement).unwrap());
    check(&Some(Event::from(login())), 0, &to_vec(&login()).unwrap());
    check(&Generic::<Unit, 4>::One(Unit::Kelvin), 0, &to_vec(&Unit::Kelvin).unwrap());
    check(&Generic::<Unit, 4>::Several(Page { items: vec![Unit::Kelvin] }), 1, &[2, 2, 0]);
    check(&Generic::<Unit, 4>::Hash(Hash([1, 2, 3, 4])), 2, &[1, 2, 3, 4]);
    check(&Generic::<Unit, 4>::from(login()), 3, &to_vec(&login()).unwrap());
    check_sent(&Borrowed::from(View { name: "x" }), 0, &[2, b'x']);
    check_sent(&Borrowed::from(login()), 1, &to_vec(&login()).unwrap());

    fn check<V: DecodeValue + EncodeValue + Debug>(value: &V, position: usize, datum: &[u8]) {
        check_sent(value, position, datum);
        let decoded = V::decode_with(position, &Decoder::new(), datum, None).unwrap();
        assert_eq!(format!("{decoded:?}"), format!("{value:?}"));
    }

    fn check_sent<V: EncodeValue>(value: &V, position: usize, datum: &[u8]) {
        assert_eq!(value.form(), ValueForm::Type(position));
        let mut encoder = Encoder::new();
        let sent = value.encode_with(&mut encoder, b"id").unwrap();
        assert_eq!(sent.strip_prefix(b"id"), Some(datum));
    }
}

#[test]
fn an_older_record_is_read_by_a_plan() {
    let older = r#"{"type":"record","name":"Login","namespace":"events","fields":[{"name":"user","type":"string"}]}"#;
    let reader = Schema::parse(Login::schema().json).unwrap();
    let plan = Plan::new(&Schema::parse(older).unwrap(), &reader).unwrap();
    let event = Event::decode_with(0, &Decoder::new(), &[2, b'x'], Some(&plan)).unwrap();
    let Event::Login(login) = event else { panic!("{event:?} is not a login") };
    assert_eq!(login, Login { user: "x".to_owned(), attempts: 0 });
}

#[test]
fn all_other_records_are_kept_as_they_are() {
    let schema = Arc::new(Schema::parse(Measurement::schema().json).unwrap());
    let event = Event::from_other(OtherRecord::new(schema, vec![1, 2])).unwrap();
    let Event::Other(record) = &event else { panic!("{event:?} is not another record") };
    assert_eq!((record.fullname(), record.datum.as_slice()), (Some("lab.Measurement"), &[1, 2][..]));
    assert_eq!(event.form(), ValueForm::Other);
    assert!(event.encode_with(&mut Encoder::new(), b"id").unwrap().is_empty());
    assert!(Generic::<Unit, 4>::from_other(record.clone()).is_none());
    assert!(Event::from_tombstone().is_none() && Event::from_raw(&[]).is_none());
}

#[test]
fn errors_name_the_record() {
    let error = Event::decode_with(0, &Decoder::new(), &[9, b'x'], None).unwrap_err();
    assert_eq!(error.to_string(), "Login.user: string length -5 is negative (at byte 1)");
    let error = Event::decode_with(2, &Decoder::new(), &[], None).unwrap_err();
    assert_eq!(error.to_string(), "index 2 is out of range for a union of 2 branches (at byte 0)");
}
