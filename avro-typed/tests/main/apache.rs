//! `apache_avro` as the oracle: it writes the same bytes from the same values, and reads them.

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use apache_avro::{Codec, Reader, Schema, Writer, from_value};
use avro_typed::serde::{Serialize, de::DeserializeOwned};
use avro_typed::{AvroType, DecodeOwned, Encode, from_slice, to_vec};
use proptest::prelude::*;

use crate::events::{event, events};
use crate::generated::com::example::event::{Click, Event, StringOrIntOrClick};
use crate::generated::com::example::tree::Node;
use crate::samples::order;

fn parse<T: AvroType>() -> Schema {
    Schema::parse_str(T::schema().json).expect("a schema")
}

/// The bytes that serde's form of the value gives.
fn written<T: Serialize>(schema: &Schema, value: &T) -> Vec<u8> {
    let writer = GenericDatumWriter::builder(schema).build().expect("a writer");
    writer.write_ser_to_vec(value).expect("a value of the schema")
}

fn value_of(schema: &Schema, mut datum: &[u8]) -> Value {
    let reader = GenericDatumReader::builder(schema).build().expect("a reader");
    reader.read_value(&mut datum).expect("a datum of the schema")
}

/// All ways lead to the same bytes and the same value.
#[track_caller]
fn check<T>(value: &T)
where
    T: AvroType + Encode + DecodeOwned + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let schema = parse::<T>();
    let datum = to_vec(value).expect("a value that fits");
    assert_eq!(written(&schema, value), datum, "its serializer writes what we write");

    let generic = value_of(&schema, &datum);
    assert!(generic.validate(&schema), "it reads what we write");
    let writer = GenericDatumWriter::builder(&schema).build().expect("a writer");
    assert_eq!(writer.write_value_to_vec(generic.clone()).expect("what was read"), datum, "and writes it again");
    assert_eq!(&from_value::<T>(&generic).expect("a value of the type"), value);

    let reader = GenericDatumReader::builder(&schema).build().expect("a reader");
    assert_eq!(&reader.read_deser::<T>(&mut &datum[..]).expect("a value of the type"), value);
    assert_eq!(&from_slice::<T>(&datum).expect("a value of the type"), value);
}

#[test]
fn samples() {
    check(&event());
    check(&order());
    let leaf = Node { name: "leaf".to_owned(), next: None, children: Vec::new() };
    let next = Node { children: vec![leaf.clone(); 3], ..leaf.clone() };
    check(&Node { name: "root".to_owned(), next: Some(Box::new(next)), children: vec![leaf] });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_event(event in events()) {
        check(&event);
    }
}

#[test]
fn every_branch_at_the_root() {
    let click = StringOrIntOrClick::Click(Click { x: 1, y: 2 });
    for union in [StringOrIntOrClick::String("a".to_owned()), StringOrIntOrClick::Int(5), click] {
        let schema = format!(r#"["string", "int", {}]"#, Click::schema().json);
        let schema = Schema::parse_str(&schema).expect("a schema");
        let datum = to_vec(&union).expect("a union");
        assert_eq!(written(&schema, &union), datum);
        assert_eq!(from_value::<StringOrIntOrClick>(&value_of(&schema, &datum)).expect("a union"), union);
        let reader = GenericDatumReader::builder(&schema).build().expect("a reader");
        assert_eq!(reader.read_deser::<StringOrIntOrClick>(&mut &datum[..]).expect("a union"), union);
    }
}

#[test]
fn object_container_files() {
    let schema = parse::<Event>();
    let mut writer = Writer::with_codec(&schema, Vec::new(), Codec::Deflate(Default::default())).expect("a writer");
    for _ in 0..3 {
        writer.append_ser(event()).expect("an event");
    }
    writer.extend_ser([event(), event()]).expect("events");
    let file = writer.into_inner().expect("a file");

    let events: Vec<Event> = Reader::new(&file[..])
        .expect("a file")
        .map(|value| from_value(&value.expect("a value")).expect("an event"))
        .collect();
    assert_eq!(events, vec![event(); 5]);
    let directly = Reader::new(&file[..]).expect("a file").into_deser_iter::<Event>();
    assert_eq!(directly.collect::<Result<Vec<_>, _>>().expect("events"), events);

    // It reads with another schema as well, by way of its values.
    let schema = parse::<Click>();
    let wider = schema_text(r#"{"name": "y", "type": "int"}, {"name": "x", "type": "long"}"#);
    let mut writer = Writer::new(&schema, Vec::new()).expect("a writer");
    writer.append_ser(Click { x: 1, y: 2 }).expect("a click");
    let file = writer.into_inner().expect("a file");
    let mut values = Reader::builder(&file[..]).reader_schema(&wider).build().expect("a file");
    let value = values.next().expect("one value").expect("a click");
    assert_eq!(value, Value::Record(vec![("y".to_owned(), Value::Int(2)), ("x".to_owned(), Value::Long(1))]));
}

fn schema_text(fields: &str) -> Schema {
    let text =
        format!(r#"{{"type": "record", "name": "Click", "namespace": "com.example.event", "fields": [{fields}]}}"#);
    Schema::parse_str(&text).expect("a schema")
}

/// With this setting, it asks for the forms for people, such as a timestamp as text, and has no place for them in the
/// schema.
#[test]
fn forms_for_people_do_not_fit_a_schema() {
    let schema = parse::<Event>();
    let writer = GenericDatumWriter::builder(&schema).human_readable(true).build().expect("a writer");
    assert!(writer.write_ser_to_vec(&event()).is_err());
}

#[cfg(feature = "apache-avro-022")]
#[test]
fn generated_types_have_its_schema() {
    use apache_avro::AvroSchema;

    use crate::generated::com::example::event::Mark;

    assert_eq!(Event::get_schema(), parse::<Event>());
    assert_eq!(Event::get_schema(), Event::get_schema());
    assert_eq!(Mark::get_schema().name().map(|name| name.as_ref().to_owned()).as_deref(), Some(Mark::FULLNAME));
    let writer = GenericDatumWriter::builder(&Node::get_schema()).build().map(drop);
    assert!(writer.is_ok());
}
