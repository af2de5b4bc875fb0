//! Views: the same values and the same errors as decoding, without allocating.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use avro_model::resolution::Plan;
use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::{
    ArrayRef, AvroType, Decode, DecodeBorrowed, DecodeError, DecodeOwned, Decoder, Encode, Limits, MapRef, PlanStep,
    Reader, from_slice, from_slice_resolved, to_vec,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::allocation::allocated_by;
use crate::events::{event, events};
use crate::generated::com::example::event::{Event, EventRef};
use crate::generated::com::example::shop::{Address, AddressRef, Order, OrderRef};
use crate::generated::com::example::tree::{Node, NodeRef};
use crate::properties::{damage, nodes, order_plan, orders};
use crate::samples::{encode_as, order, plan};

fn outcome<T>(result: Result<T, DecodeError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// The view of a datum, straight or by a plan, as an owned value: the same as decoding gives, or the same error.
#[track_caller]
fn check<T: DecodeBorrowed + DecodeOwned + PartialEq + Debug>(datum: &[u8], by: Option<&Plan>) {
    let decoder = Decoder::new();
    let (owned, view) = match by {
        None => (from_slice::<T>(datum), decoder.view::<T>(datum)),
        Some(plan) => (from_slice_resolved::<T>(datum, plan), decoder.view_resolved::<T>(datum, plan)),
    };
    assert_eq!(outcome(view.map(T::from_view)), outcome(owned), "{datum:?}");
}

/// The datum as it is, and behind a field that the reader does not have, so that it is read by a plan.
fn check_all<T: AvroType + DecodeBorrowed + DecodeOwned + Encode + PartialEq + Debug>(
    value: &T,
    changes: &[(prop::sample::Index, u8)],
) {
    let mut datum = to_vec(value).expect("it can be encoded");
    damage(&mut datum, changes);
    check::<T>(&datum, None);
    check::<T>(&datum, Some(&plan(T::schema().json, T::schema().json)));
    let older = T::schema().json.replacen(r#""fields":["#, r#""fields":[{"name":"extra","type":"int"},"#, 1);
    check::<T>(&[&[2], &*datum].concat(), Some(&plan(&older, T::schema().json)));
}

/// An array or a map that stays in the datum, `V`, against one that does not, `C`.
#[track_caller]
fn check_part<'a, As: ?Sized, V: Decode<'a, As>, C: Decode<'a, As> + PartialEq + Debug>(
    datum: &'a [u8],
    by: Option<&'a Plan>,
    collect: impl FnOnce(V) -> C,
) {
    let (mut one, mut other) = (Reader::new(datum, Limits::default()), Reader::new(datum, Limits::default()));
    let (owned, view) = match by.map(PlanStep::new) {
        None => (C::decode(&mut one), V::decode(&mut other)),
        Some(step) => (C::decode_resolved(&mut one, step), V::decode_resolved(&mut other, step)),
    };
    if owned.is_ok() {
        assert_eq!(one.offset(), other.offset());
    }
    assert_eq!(outcome(view.map(collect)), outcome(owned), "{datum:?}");
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    vec(any::<(prop::sample::Index, u8)>(), 0..3)
}

/// Arrays or maps in several blocks, some of which declare their size.
fn in_blocks(blocks: &[(Vec<Vec<u8>>, bool)]) -> Vec<u8> {
    let mut datum = Vec::new();
    for (items, is_sized) in blocks.iter().filter(|(items, _)| !items.is_empty()) {
        let count = i64::try_from(items.len()).expect("few items");
        let content = items.concat();
        if *is_sized {
            datum.extend(encode_as::<avro::Long, _>(&-count).expect("a long"));
            datum.extend(encode_as::<avro::Long, _>(&i64::try_from(content.len()).expect("short")).expect("a long"));
        } else {
            datum.extend(encode_as::<avro::Long, _>(&count).expect("a long"));
        }
        datum.extend(content);
    }
    datum.push(0);
    datum
}

proptest! {
    #[test]
    fn orders_agree(value in orders(), changes in changes()) {
        check_all(&value, &changes);
        let extra: Vec<HashMap<String, Option<String>>> = vec![HashMap::from([("a".to_owned(), None)])];
        let datum = [encode_as::<Array<Map<Nullable<Str, 0>>>, _>(&extra)?, to_vec(&value)?].concat();
        check::<Order>(&datum, Some(&order_plan()));
    }

    #[test]
    fn events_agree(value in events(), changes in changes()) {
        check_all(&value, &changes);
    }

    #[test]
    fn trees_agree(value in nodes(), changes in changes()) {
        check_all(&value, &changes);
    }

    #[test]
    fn arbitrary_bytes_agree(datum in vec(any::<u8>(), 0..200)) {
        check::<Order>(&datum, None);
        check::<Order>(&datum, Some(&order_plan()));
        check::<Event>(&datum, None);
        check::<Node>(&datum, None);
    }

    #[test]
    fn a_view_equals_what_it_shows(one in orders(), other in orders()) {
        let datum = to_vec(&one)?;
        let view: OrderRef<'_> = Decoder::new().view::<Order>(&datum)?;
        prop_assert!(view == one);
        prop_assert_eq!(view == other, one == other);
        let shown: Vec<(&str, AddressRef<'_>)> = view.addresses.iter().collect();
        prop_assert_eq!(shown.len(), one.addresses.len());
        for (key, address) in shown {
            prop_assert!(address == one.addresses[key]);
            prop_assert!(view.addresses.get(key).is_some_and(|found| found == one.addresses[key]));
        }
        prop_assert!(view.tags == one.tags);
        prop_assert_eq!(serde_json::to_value(view)?, serde_json::to_value(&one)?);
    }

    #[test]
    fn arrays_in_blocks_agree(blocks in vec((vec(".{0,3}", 0..4), any::<bool>()), 0..4), change in changes()) {
        let encoded = |items: &Vec<String>| items.iter().map(|item| encode_as::<Str, _>(item).expect("a string")).collect();
        let mut datum = in_blocks(&blocks.iter().map(|(items, is_sized)| (encoded(items), *is_sized)).collect::<Vec<_>>());
        damage(&mut datum, &change);
        let owned = |array: ArrayRef<'_, &str, Str>| -> Vec<String> {
            assert_eq!(array.iter().len(), array.len());
            assert_eq!(array.iter().count(), array.len());
            assert!(array.read_as::<Vec<String>>().is_ok_and(|read| array == read));
            array.into_iter().map(str::to_owned).collect()
        };
        check_part::<Array<Str>, _, _>(&datum, None, owned);
        let by_plan = plan(r#"{"type":"array","items":"bytes"}"#, r#"{"type":"array","items":"string"}"#);
        check_part::<Array<Str>, _, _>(&datum, Some(&by_plan), owned);
    }

    #[test]
    fn maps_in_blocks_agree(blocks in vec((vec(("[ab]{0,2}", any::<i32>()), 0..4), any::<bool>()), 0..4), change in changes()) {
        let encoded = |entries: &Vec<(String, i32)>| {
            let entry = |(key, value): &(String, i32)| {
                [encode_as::<Str, _>(key).expect("a string"), encode_as::<avro::Int, _>(value).expect("an int")].concat()
            };
            entries.iter().map(entry).collect()
        };
        let mut datum = in_blocks(&blocks.iter().map(|(items, is_sized)| (encoded(items), *is_sized)).collect::<Vec<_>>());
        damage(&mut datum, &change);
        let straight = |map: MapRef<'_, i32, avro::Int>| -> BTreeMap<String, i32> {
            let collected: BTreeMap<String, i32> = map.iter().map(|(key, value)| (key.to_owned(), value)).collect();
            assert_eq!((map.keys().len(), map.values().count()), (map.len(), map.len()));
            for (key, value) in &collected {
                assert_eq!(map.get(key), Some(*value));
            }
            assert_eq!(map.get("zz"), None);
            collected
        };
        check_part::<Map<avro::Int>, _, _>(&datum, None, straight);
        let by_plan = plan(r#"{"type":"map","values":"int"}"#, r#"{"type":"map","values":"long"}"#);
        let promoted = |map: MapRef<'_, i64, avro::Long>| map.iter().map(|(key, value)| (key.to_owned(), value)).collect();
        check_part::<Map<avro::Long>, _, BTreeMap<String, i64>>(&datum, Some(&by_plan), promoted);
    }

    #[test]
    fn numbers_and_arrays_in_arrays_agree(doubles in vec(vec(-1e9..1e9, 0..9), 0..5), longs in vec(any::<i64>(), 0..9), change in changes()) {
        let mut datum = encode_as::<Array<Array<avro::Double>>, _>(&doubles)?;
        damage(&mut datum, &change);
        let rows = |rows: ArrayRef<'_, ArrayRef<'_, f64, avro::Double>, Array<avro::Double>>| -> Vec<Vec<u64>> {
            rows.iter().map(|row| row.iter().map(f64::to_bits).collect()).collect()
        };
        let mut reader = Reader::new(&datum, Limits::default());
        let owned: Result<Vec<Vec<f64>>, _> = Decode::<Array<Array<avro::Double>>>::decode(&mut reader);
        let owned = owned.map(|rows| rows.iter().map(|row| row.iter().copied().map(f64::to_bits).collect()).collect());
        let mut reader = Reader::new(&datum, Limits::default());
        let view = Decode::<Array<Array<avro::Double>>>::decode(&mut reader).map(rows);
        prop_assert_eq!(outcome(view), outcome(owned));

        let mut datum = encode_as::<Array<avro::Long>, _>(&longs)?;
        damage(&mut datum, &change);
        check_part::<Array<avro::Long>, _, _>(&datum, None, |array: ArrayRef<'_, i64, avro::Long>| array.iter().collect::<Vec<_>>());
    }
}

#[test]
fn making_and_reading_a_view_allocates_nothing() {
    let datum = to_vec(&order()).expect("it can be encoded");
    let plan = order_plan();
    let changed = [&[0], &*datum].concat();
    let allocated = allocated_by(|| {
        let decoder = Decoder::new();
        for view in [decoder.view::<Order>(&datum), decoder.view_resolved::<Order>(&changed, &plan)] {
            let view = view.expect("it can be viewed");
            assert_eq!(view.address.city, "Paris");
            assert_eq!(view.tags.iter().map(str::len).sum::<usize>(), 11);
            assert_eq!(view.addresses.get("work").map(|address| address.country_code), Some("FR"));
        }
    });
    assert_eq!(allocated, 0);
}

#[test]
fn defaults_are_borrowed_from_the_plan() {
    let writer = r#"{"type":"record","name":"com.example.shop.Address","fields":[{"name":"street","type":"string"},{"name":"city","type":"string"}]}"#;
    let plan = plan(writer, Address::schema().json);
    let view = Decoder::new().view_resolved::<Address>(b"\x02a\x02b", &plan).expect("it can be viewed");
    assert_eq!((view.street, view.city, view.country_code), ("a", "b", "US"));
    assert_eq!(allocated_by(|| Decoder::new().view_resolved::<Address>(b"\x02a\x02b", &plan)), 0);
}

/// Recursion is bounded as it is for owned values.
#[test]
fn too_deep_a_tree_is_an_error() {
    let hostile = b"\x00\x02".repeat(1_000_000);
    let error = Decoder::new().view::<Node>(&hostile).expect_err("it is too deep").to_string();
    let expected = from_slice::<Node>(&hostile).expect_err("it is too deep").to_string();
    assert_eq!(error, expected);
    let shallow = Decoder::new().with_limits(Limits::default().max_depth(3));
    let chain = |levels: usize| [b"\x00\x02".repeat(levels), b"\x00\x00\x00".to_vec(), vec![0; levels]].concat();
    for levels in 0..6 {
        assert_eq!(shallow.view::<Node>(&chain(levels)).is_ok(), levels < 3, "{levels}");
    }
}

/// Items of which each takes one byte, but much memory as owned values, are counted as such.
#[test]
fn the_memory_of_owned_items_is_counted() {
    let datum = [&b"\xd0\x0f"[..], &vec![0; 1000], &[0]].concat();
    for limit in [24_000, 23_999] {
        let limits = Limits::default().max_item_memory(limit);
        let mut reader = Reader::new(&datum, limits);
        let owned: Result<Vec<String>, _> = Decode::<Array<Str>>::decode(&mut reader);
        let mut reader = Reader::new(&datum, limits);
        let view: Result<ArrayRef<'_, &str, Str>, _> = Decode::<Array<Str>>::decode(&mut reader);
        assert_eq!(view.is_ok(), limit == 24_000);
        assert_eq!(outcome(view.map(|view| view.len())), outcome(owned.map(|owned| owned.len())));
    }
}

#[test]
fn what_a_view_looks_like() {
    let datum = to_vec(&Node {
        name: "a".to_owned(),
        next: None,
        children: vec![Node { name: "b".to_owned(), next: None, children: Vec::new() }],
    })
    .expect("it can be encoded");
    let view: NodeRef<'_> = Decoder::new().view::<Node>(&datum).expect("it can be viewed");
    let expected = r#"NodeRef { name: "a", next: None, children: [NodeRef { name: "b", next: None, children: [] }] }"#;
    assert_eq!(format!("{view:?}"), expected);

    let datum = to_vec(&event()).expect("it can be encoded");
    let view: EventRef<'_> = Decoder::new().view::<Event>(&datum).expect("it can be viewed");
    assert_eq!((view.only.0, view.parts.len(), view.history.len()), ("one", 2, 4));
    assert_eq!(view.keys.get("b"), Some(&[128, 2][..]));
    assert!(view == event());
}
