//! Data of generated types.

use std::fmt::Debug;

use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::serde::Serialize;
use avro_typed::{
    AvroType, DecodeBorrowed, DecodeError, DecodeOwned, Decoder, Encode, from_slice, from_slice_resolved, json as any,
    to_vec,
};

use crate::com::example::event::Event;
use crate::com::example::shop::Order;
use crate::com::example::tree::Node;
use crate::sample::{self, split_selector};

/// What the generated types need for this.
trait Generated: AvroType + Encode + DecodeOwned + DecodeBorrowed + Serialize + Clone + PartialEq + Debug {}

impl<T: AvroType + Encode + DecodeOwned + DecodeBorrowed + Serialize + Clone + PartialEq + Debug> Generated for T {}

/// What is decoded is encoded to a datum of the same value, and `decode_into` gives what decoding gives.
///
/// # Panics
///
/// Where that does not hold.
pub fn decode(input: &[u8]) {
    let (selector, datum) = split_selector(input);
    match selector % 3 {
        0 => decode_as::<Order>(datum, &sample::order()),
        1 => decode_as::<Event>(datum, &sample::event()),
        _ => decode_as::<Node>(datum, &sample::node()),
    }
}

fn decode_as<T: Generated>(datum: &[u8], old: &T) {
    let decoded = from_slice::<T>(datum);
    if let Ok(value) = &decoded {
        let encoded = to_vec(value).expect("what was decoded can be encoded");
        let again = from_slice::<T>(&encoded).expect("what was encoded can be decoded");
        assert!(is_same(&again, value), "{again:?} is not {value:?}");
    }
    let mut reused = old.clone();
    let into = Decoder::new().decode_into(datum, &mut reused).map(|()| reused);
    assert_same(into, decoded);
}

/// What another schema wrote is the same value, or the same error, however it is read through a plan.
///
/// # Panics
///
/// Where that does not hold.
pub fn resolved(input: &[u8]) {
    let (selector, datum) = split_selector(input);
    let plans = sample::plans();
    let plan = &plans[selector % plans.len()];
    match plan.reader {
        sample::Reader::Order => resolved_as::<Order>(datum, &plan.plan, &sample::order()),
        sample::Reader::Event => resolved_as::<Event>(datum, &plan.plan, &sample::event()),
        sample::Reader::Node => resolved_as::<Node>(datum, &plan.plan, &sample::node()),
    }
}

fn resolved_as<T: Generated>(datum: &[u8], plan: &Plan, old: &T) {
    let decoded = from_slice_resolved::<T>(datum, plan);
    assert_same(Decoder::new().view_resolved::<T>(datum, plan).map(T::from_view), decoded);
    let mut reused = old.clone();
    let into = Decoder::new().decode_resolved_into(datum, plan, &mut reused).map(|()| reused);
    assert_same(into, from_slice_resolved::<T>(datum, plan));
}

/// A view is what decoding gives: the same value or the same error.
///
/// # Panics
///
/// Where that does not hold.
pub fn views(input: &[u8]) {
    let (selector, datum) = split_selector(input);
    match selector % 3 {
        0 => viewed_as::<Order>(datum),
        1 => viewed_as::<Event>(datum),
        _ => viewed_as::<Node>(datum),
    }
}

fn viewed_as<T: Generated>(datum: &[u8]) {
    assert_same(Decoder::new().view::<T>(datum).map(T::from_view), from_slice::<T>(datum));
}

/// The JSON of a datum becomes a datum of the same JSON, and any JSON that becomes a datum is one.
///
/// # Panics
///
/// Where that does not hold.
pub fn json(input: &[u8]) {
    let (selector, input) = split_selector(input);
    let schema = match selector % 3 {
        0 => Order::schema(),
        1 => Event::schema(),
        _ => Node::schema(),
    };
    let schema = Schema::parse(schema.json).expect("a valid schema");
    if let Ok(value) = any::to_json(&schema, input) {
        let text = any::to_json_text(&schema, input).expect("what has JSON has it as text");
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        let datum = any::from_json(&schema, &value).expect("what came from a datum becomes one");
        assert_eq!(any::to_json(&schema, &datum).ok(), Some(value), "{datum:02x?}");
    }
    if let Ok(value) = serde_json::from_slice(input)
        && let Ok(datum) = any::from_json(&schema, &value)
    {
        let read = any::to_json(&schema, &datum).expect("what was made from JSON can be read");
        assert_eq!(any::from_json(&schema, &read).ok(), Some(datum), "{read}");
    }
}

/// The same value or the same error.
fn assert_same<T: Generated>(one: Result<T, DecodeError>, other: Result<T, DecodeError>) {
    match (one, other) {
        (Ok(one), Ok(other)) => assert!(is_same(&one, &other), "{one:?} is not {other:?}"),
        (one, other) => {
            let message = |result: Result<T, DecodeError>| result.map_err(|error| error.to_string());
            assert_eq!(message(one), message(other));
        }
    }
}

/// What is not a number equals nothing, but has a JSON.
fn is_same<T: Generated>(one: &T, other: &T) -> bool {
    one == other || serde_json::to_value(one).ok() == serde_json::to_value(other).ok()
}
