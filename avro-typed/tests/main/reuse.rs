//! Decoding into a value that is there already: the same values and errors as decoding, whatever was there, and its
//! memory.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::Arc;

use avro_model::resolution::Plan;
use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::{AvroType, Decode, DecodeError, DecodeOwned, Decoder, Encode, Limits, PlanStep, Reader, to_vec};
use proptest::prelude::*;

use crate::allocation::allocated_by;
use crate::events::events;
use crate::generated::com::example::event::Event;
use crate::generated::com::example::shop::Order;
use crate::generated::com::example::tree::Node;
use crate::properties::{damage, nodes, order_plan, orders};
use crate::samples::{encode_as, order, plan};

/// A value, or the message of an error: what must be the same.
fn outcome<T>(result: Result<T, DecodeError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// Decodes into `old` and as a new value, straight or by a plan.
#[track_caller]
fn check<As: ?Sized, T: DecodeOwned<As> + PartialEq + Debug>(datum: &[u8], by: Option<&Plan>, mut old: T) {
    let limits = Limits::default();
    let (mut one, mut other) = (Reader::new(datum, limits), Reader::new(datum, limits));
    let (new, updated) = match by.map(PlanStep::new) {
        None => (T::decode(&mut one), old.decode_into(&mut other)),
        Some(step) => (T::decode_resolved(&mut one, step), old.decode_resolved_into(&mut other, step)),
    };
    assert_eq!(one.offset(), other.offset(), "{datum:?}");
    assert_eq!(outcome(updated.map(|()| old)), outcome(new), "{datum:?}");
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    proptest::collection::vec(any::<(prop::sample::Index, u8)>(), 0..3)
}

/// The datum as it is, damaged, and behind a field that the reader does not have, so that it is read by a plan.
fn check_all<T: AvroType + Encode + DecodeOwned + PartialEq + Debug + Clone>(
    (value, old): (&T, &T),
    changes: &[(prop::sample::Index, u8)],
) {
    let mut datum = to_vec(value).expect("it can be encoded");
    damage(&mut datum, changes);
    check::<T, T>(&datum, None, old.clone());
    let same = plan(T::schema().json, T::schema().json);
    check::<T, T>(&datum, Some(&same), old.clone());
    let older = T::schema().json.replacen(r#""fields":["#, r#""fields":[{"name":"extra","type":"int"},"#, 1);
    check::<T, T>(&[&[2], &*datum].concat(), Some(&plan(&older, T::schema().json)), old.clone());
}

proptest! {
    #[test]
    fn orders_into_orders(value in orders(), old in orders(), changes in changes()) {
        check_all((&value, &old), &changes);
        let extra: Vec<HashMap<String, Option<String>>> = vec![HashMap::from([("a".to_owned(), None)])];
        let datum = [encode_as::<Array<Map<Nullable<Str, 0>>>, _>(&extra)?, to_vec(&value)?].concat();
        check::<Order, Order>(&datum, Some(&order_plan()), old);
    }

    #[test]
    fn events_into_events(value in events(), old in events(), changes in changes()) {
        check_all((&value, &old), &changes);
    }

    #[test]
    fn trees_into_trees(value in nodes(), old in nodes(), changes in changes()) {
        check_all((&value, &old), &changes);
    }

    #[test]
    fn arbitrary_bytes_into_anything(datum in proptest::collection::vec(any::<u8>(), 0..200), old in (events(), nodes())) {
        check::<Event, _>(&datum, None, old.0);
        check::<Node, _>(&datum, None, old.1.clone());
        check::<Array<Node>, _>(&datum, None, vec![old.1; 3]);
    }

    /// Maps with several values for a key, in several blocks, are as they are when they are new.
    #[test]
    fn maps_into_maps(entries in proptest::collection::vec(("[ab]{0,2}", ".{0,4}"), 0..8), old in proptest::collection::hash_map("[ab]{0,2}", ".{0,4}", 0..8)) {
        let mut datum = Vec::new();
        for (key, value) in entries {
            datum.push(2);
            datum.extend(encode_as::<Str, _>(&key)?);
            datum.extend(encode_as::<Str, _>(&value)?);
        }
        datum.push(0);
        let sorted: BTreeMap<String, String> = old.clone().into_iter().collect();
        check::<Map<Str>, _>(&datum, None, old);
        check::<Map<Str>, _>(&datum, None, sorted);
    }

    #[test]
    fn arrays_in_blocks_into_arrays(blocks in proptest::collection::vec(proptest::collection::vec(".{0,3}", 1..4), 0..4), old in proptest::collection::vec(".{0,3}", 0..9)) {
        let mut datum = Vec::new();
        for block in &blocks {
            let written = encode_as::<Array<Str>, _>(block)?;
            datum.extend_from_slice(&written[..written.len() - 1]);
        }
        datum.push(0);
        check::<Array<Str>, _>(&datum, None, old.clone());
        let by_plan = plan(r#"{"type":"array","items":"bytes"}"#, r#"{"type":"array","items":"string"}"#);
        check::<Array<Str>, _>(&datum, Some(&by_plan), old.clone());
        let pointers = |old: &[String]| -> Vec<(Box<str>, Arc<str>)> {
            old.iter().map(|text| (text.as_str().into(), text.as_str().into())).collect()
        };
        let (boxed, shared): (Vec<_>, Vec<_>) = pointers(&old).into_iter().unzip();
        check::<Array<Str>, _>(&datum, None, boxed);
        check::<Array<Str>, _>(&datum, None, shared);
    }
}

#[test]
fn a_plan_of_another_record_is_an_error() {
    let writer = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#;
    let reader = r#"{"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"int"}]}"#;
    let other = plan(writer, reader);
    let error = Decoder::new().decode_resolved_into(&[2, 2], &other, &mut order()).expect_err("a plan of another type");
    let expected = "Order: the resolution plan has another record where the Rust type needs a value for each field";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn the_same_message_again_allocates_nothing() {
    let order = order();
    let datum = to_vec(&order).expect("it can be encoded");
    let decoder = Decoder::new();
    let mut value = order.clone();
    let allocated = allocated_by(|| decoder.decode_into(&datum, &mut value).expect("it can be decoded"));
    assert_eq!(value, order);
    assert_eq!(allocated, 0);
}

#[test]
fn what_others_see_stays_as_it_was() {
    let mut shared = Arc::new(String::from("old"));
    let before = Arc::clone(&shared);
    check::<Str, _>(b"\x06new", None, Arc::clone(&shared));
    let mut reader = Reader::new(b"\x06new", Limits::default());
    Decode::<'_, avro::Str>::decode_into(&mut shared, &mut reader).expect("it can be decoded");
    assert_eq!((shared.as_str(), before.as_str()), ("new", "old"));
}
