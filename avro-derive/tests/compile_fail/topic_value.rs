//! What cannot be the value of a topic with records of several types.

use avro_derive::{Avro, TopicValue};
use avro_typed::topic::OtherRecord;

#[derive(Avro)]
struct Login {
    user: String,
}

#[derive(TopicValue)]
struct Event {
    login: Login,
}

#[derive(TopicValue)]
enum Empty {}

#[derive(TopicValue)]
enum NothingButOthers {
    #[avro(other)]
    Other(OtherRecord),
}

#[derive(TopicValue)]
#[avro(rename = "Fields")]
enum Fields {
    Nothing,
    Named { login: Login },
    #[avro(logical = "date")]
    Pair(Login, Login),
    Twice(Login),
    #[avro(others)]
    Again(Login),
}

#[derive(TopicValue)]
enum Others {
    Login(Login),
    Unmarked(OtherRecord),
    #[avro(other)]
    Bytes(Vec<u8>),
    #[avro(other)]
    First(OtherRecord),
    #[avro(other)]
    Second(OtherRecord),
}

fn is_topic_value<V: avro_typed::topic::EncodeValue + avro_typed::topic::DecodeValue>() {}

fn main() {
    is_topic_value::<Event>();
    is_topic_value::<Fields>();
}
