//! What has only some of the fields of its schema cannot be written.

use avro_derive::{Avro, TopicValue};
use avro_typed::topic::EncodeValue;

#[derive(Avro)]
#[avro(schema = "tests/schemas/lab/measurement.avsc", subset)]
struct Value {
    value: f64,
}

#[derive(Avro)]
struct Report {
    last: Value,
}

#[derive(TopicValue)]
enum Event {
    Value(Value),
}

#[derive(TopicValue)]
#[avro(subset)]
enum Received {
    Value(Value),
}

fn is_sent<V: EncodeValue>() {}

fn main() {
    is_sent::<Value>();
    is_sent::<Option<Value>>();
    is_sent::<Received>();
    let _ = avro_typed::to_vec(&Value { value: 1.5 });
}
