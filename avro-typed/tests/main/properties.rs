//! Properties that hold for all values and for all bytes.

use std::collections::{BTreeMap, HashMap};

use avro_model::resolution::Plan;
use avro_typed::avro::{self, Array, Map, Nullable, Str};
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;
use avro_typed::{
    AvroType, Decode, DecodeError, DecodeErrorKind, Encode, Encoder, PlanStep, Reader, from_slice, from_slice_resolved,
    to_vec,
};
use proptest::collection::{hash_map, vec};
use proptest::option;
use proptest::prelude::*;

use crate::events::events;
use crate::generated::com::example::event::Event;
use crate::generated::com::example::shop::{Address, Digest, Level, Order};
use crate::generated::com::example::tree::Node;
use crate::samples::{decode_as, encode_as, plan};

fn addresses() -> impl Strategy<Value = Address> {
    (any::<String>(), "\\PC{0,80}", "[A-Z]{2}").prop_map(|(street, city, country_code)| Address {
        street,
        city,
        country_code,
    })
}

fn levels() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Low), Just(Level::Normal), Just(Level::High)]
}

/// Decimals of two places with at most so many digits.
fn money(digits: u32) -> impl Strategy<Value = Decimal> {
    let limit = 10_i64.pow(digits);
    (1 - limit..limit).prop_map(|hundredths| Decimal::new(hundredths, 2))
}

fn moments() -> impl Strategy<Value = Timestamp> {
    (-377_705_023_201_000_i64..=253_402_207_200_000)
        .prop_map(|millis| Timestamp::from_millisecond(millis).expect("all of jiff's range"))
}

prop_compose! {
    pub(crate) fn orders()(
        (id, customer, parcels, weight, paid) in any::<(i64, String, i32, f64, bool)>()
            .prop_filter("not a number equals nothing", |order| !order.3.is_nan()),
        (level, address, note) in (levels(), addresses(), option::of(any::<String>())),
        tags in vec(any::<String>(), 0..6),
        addresses in hash_map(any::<String>(), addresses(), 0..4),
        (total, deposit, created_at) in (money(12), option::of(money(18)), moments()),
        (digest, signature) in (any::<[u8; 16]>(), vec(any::<u8>(), 0..200)),
    ) -> Order {
        Order {
            id, customer, parcels, weight, paid, level, address, note, tags, addresses, total, deposit, created_at,
            digest: Digest(digest), signature,
        }
    }
}

pub(crate) fn nodes() -> impl Strategy<Value = Node> {
    let leaf = any::<String>().prop_map(|name| Node { name, next: None, children: Vec::new() });
    leaf.prop_recursive(6, 40, 3, |inner| {
        (any::<String>(), option::of(inner.clone().prop_map(Box::new)), vec(inner, 0..3))
            .prop_map(|(name, next, children)| Node { name, next, children })
    })
}

/// Changes to the bytes of a valid datum: most of it stays, so that decoding gets far.
pub(crate) fn damage(datum: &mut [u8], changes: &[(prop::sample::Index, u8)]) {
    for (position, byte) in changes {
        if !datum.is_empty() {
            datum[position.index(datum.len())] = *byte;
        }
    }
}

/// A writer's schema of an order that has a field more in front and whose addresses are strings where the reader's are.
fn older_order() -> String {
    let extra = r#"{"name":"extra","type":{"type":"array","items":{"type":"map","values":["null","string"]}}},"#;
    Order::schema().json.replacen(r#""fields":["#, &format!(r#""fields":[{extra}"#), 1)
}

pub(crate) fn order_plan() -> Plan {
    plan(&older_order(), Order::schema().json)
}

proptest! {
    #[test]
    fn orders_round_trip(order in orders()) {
        let datum = to_vec(&order)?;
        prop_assert_eq!(from_slice::<Order>(&datum)?, order);
    }

    #[test]
    fn orders_round_trip_through_json(mut order in orders()) {
        // JSON has no infinities, and the parser is not built for the last bit of a double.
        order.weight = f64::from(order.parcels) / 4.0;
        let json = serde_json::to_string(&order)?;
        let back: Order = serde_json::from_str(&json)?;
        prop_assert_eq!(back, order);
    }

    #[test]
    fn trees_round_trip(node in nodes()) {
        let datum = to_vec(&node)?;
        prop_assert_eq!(from_slice::<Node>(&datum)?, node);
    }

    #[test]
    fn a_used_encoder_writes_what_a_new_one_writes(orders in vec(orders(), 1..5), prefix in vec(any::<u8>(), 0..8)) {
        let mut encoder = Encoder::new();
        for order in &orders {
            let expected = [prefix.clone(), to_vec(order)?].concat();
            prop_assert_eq!(encoder.encode(&prefix, order)?, expected);
        }
    }

    #[test]
    fn longs_round_trip(longs in vec(any::<i64>().prop_flat_map(|long| (0_u32..64).prop_map(move |shift| long >> shift)), 0..200)) {
        let datum = encode_as::<Array<avro::Long>, _>(&longs)?;
        prop_assert_eq!(decode_as::<Array<avro::Long>, Vec<i64>>(&datum)?, longs);
    }

    #[test]
    fn doubles_and_floats_round_trip(doubles in vec(any::<u64>(), 0..300)) {
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let values: Vec<f64> = doubles.iter().map(|bits| f64::from_bits(*bits)).collect();
        let datum = encode_as::<Array<avro::Double>, _>(&values)?;
        prop_assert_eq!(bits(&decode_as::<Array<avro::Double>, Vec<f64>>(&datum)?), doubles);
    }

    #[test]
    fn decimals_round_trip(unscaled in any::<i128>(), shift in 0_u32..128) {
        let unscaled = (unscaled >> shift) % 10_i128.pow(28);
        let value = Decimal::from_i128_with_scale(unscaled, 9);
        let datum = encode_as::<avro::Decimal<avro::Bytes, 28, 9>, _>(&value)?;
        let back: Decimal = decode_as::<avro::Decimal<avro::Bytes, 28, 9>, _>(&datum)?;
        prop_assert_eq!((back.mantissa(), back.scale()), (unscaled, 9));
        // No shorter encoding has the same value.
        let bytes = &datum[1..];
        if let [first, second, ..] = bytes {
            let only_repeats_the_sign = matches!((*first, second & 0x80), (0, 0) | (0xff, 0x80));
            prop_assert!(!only_repeats_the_sign, "{:?}", bytes);
        }
        let datum = encode_as::<avro::Decimal<avro::Fixed<12>, 28, 9>, _>(&value)?;
        prop_assert_eq!(datum.len(), 12);
        prop_assert_eq!(decode_as::<avro::Decimal<avro::Fixed<12>, 28, 9>, Decimal>(&datum)?, value);
    }

    #[test]
    fn text_is_what_the_standard_library_says(bytes in vec(prop_oneof![4 => 0_u8..0x80, 1 => any::<u8>()], 0..300)) {
        let datum = encode_as::<avro::Bytes, _>(&bytes)?;
        let expected = std::str::from_utf8(&bytes).ok();
        let owned = decode_as::<Str, String>(&datum).ok();
        prop_assert_eq!(owned.as_deref(), expected);
        prop_assert_eq!(decode_as::<Str, &str>(&datum).ok(), expected);
    }

    #[test]
    fn resolved_equals_straight(order in orders(), extra in vec(hash_map(any::<String>(), option::of(any::<String>()), 0..4), 0..3)) {
        let plan = order_plan();
        prop_assert!(!plan.is_same_encoding());
        let datum = [encode_as::<Array<Map<Nullable<Str, 0>>>, _>(&extra)?, to_vec(&order)?].concat();
        prop_assert_eq!(from_slice_resolved::<Order>(&datum, &plan)?, order);
    }

    #[test]
    fn a_straight_plan_changes_nothing(order in orders()) {
        let plan = plan(Order::schema().json, Order::schema().json);
        prop_assert!(plan.is_same_encoding());
        prop_assert_eq!(from_slice_resolved::<Order>(&to_vec(&order)?, &plan)?, order);
    }

    /// What decodes from arbitrary bytes encodes and decodes again to the same.
    #[test]
    fn arbitrary_bytes_never_panic(datum in vec(any::<u8>(), 0..300)) {
        let plan = order_plan();
        let _ = from_slice_resolved::<Order>(&datum, &plan);
        let _ = from_slice::<Order>(&datum);
        let _ = decode_as::<Map<Array<Nullable<Address, 1>>>, BTreeMap<String, Vec<Option<Address>>>>(&datum);
        let _ = decode_as::<Array<Map<Order>>, Vec<HashMap<String, Order>>>(&datum);
        let _ = from_slice::<Event>(&datum);
        if let Ok(node) = from_slice::<Node>(&datum) {
            prop_assert_eq!(from_slice::<Node>(&to_vec(&node)?)?, node);
        }
    }

    #[test]
    fn damaged_events_never_panic(event in events(), changes in vec(any::<(prop::sample::Index, u8)>(), 1..4)) {
        let mut datum = to_vec(&event)?;
        damage(&mut datum, &changes);
        if let Ok(damaged) = from_slice::<Event>(&datum) {
            prop_assert!(encodes(&damaged));
            prop_assert_eq!(from_slice::<Event>(&to_vec(&damaged)?)?.payload, damaged.payload);
        }
        let plan = plan(Event::schema().json, Event::schema().json);
        prop_assert_eq!(from_slice_resolved::<Event>(&datum, &plan).is_ok(), from_slice::<Event>(&datum).is_ok());
    }

    #[test]
    fn events_round_trip(event in events()) {
        let datum = to_vec(&event)?;
        prop_assert_eq!(&from_slice::<Event>(&datum)?, &event);
        // Behind a field that the reader does not have, nothing can be read straight.
        let older = Event::schema().json.replacen(r#""fields":["#, r#""fields":[{"name":"extra","type":["null",{"type":"map","values":"bytes"}]},"#, 1);
        let plan = plan(&older, Event::schema().json);
        prop_assert_eq!(from_slice_resolved::<Event>(&[&[0][..], &datum].concat(), &plan)?, event);
    }

    #[test]
    fn damaged_data_never_panic(order in orders(), node in nodes(), changes in vec(any::<(prop::sample::Index, u8)>(), 1..4)) {
        let plan = order_plan();
        let mut datum = to_vec(&order)?;
        damage(&mut datum, &changes);
        if let Ok(damaged) = from_slice::<Order>(&datum) {
            prop_assert!(encodes(&damaged));
        }
        let _ = from_slice_resolved::<Order>(&[&[0][..], &datum].concat(), &plan);
        let mut datum = to_vec(&node)?;
        damage(&mut datum, &changes);
        if let Ok(damaged) = from_slice::<Node>(&datum) {
            prop_assert!(encodes(&damaged));
        }
    }
}

/// Whatever decodes is a value that can be written.
fn encodes<T: Encode>(value: &T) -> bool {
    to_vec(value).is_ok()
}

/// The last field of a record of which nothing else is asked for.
#[derive(Debug, PartialEq)]
struct Kept(i64);

impl<'a> Decode<'a> for Kept {
    const MIN_SIZE: usize = 1;

    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.long().map(Kept)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let mut kept = None;
        for field in step.field_steps()? {
            match field.index() {
                Some(0) => field.read_into::<avro::Long, i64>(reader, "kept", &mut kept),
                _ => field.skip(reader),
            }?;
        }
        kept.map(Kept).ok_or_else(|| step.missing("kept"))
    }
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}{{"name":"kept","type":"long"}}]}}"#)
}

/// Numbers of every length of a varint.
fn longs() -> impl Strategy<Value = i64> {
    (any::<i64>(), 0..64).prop_map(|(bits, shift)| bits >> shift)
}

proptest! {
    #[test]
    fn runs_of_integers_are_skipped_as_they_are_read(skipped in vec(longs(), 0..40), kept in longs()) {
        let fields: String = (0..skipped.len()).map(|index| format!(r#"{{"name":"f{index}","type":"long"}},"#)).collect();
        let fields_plan = plan(&record(&fields), &record(""));
        let mut fields_datum = Vec::new();
        for value in &skipped {
            fields_datum.extend(encode_as::<avro::Long, _>(value).expect("a long"));
        }
        let array_plan = plan(&record(r#"{"name":"a","type":{"type":"array","items":"long"}},"#), &record(""));
        let array_datum = encode_as::<Array<avro::Long>, _>(&skipped).expect("longs");
        for (plan, mut datum) in [(fields_plan, fields_datum), (array_plan, array_datum)] {
            datum.extend(encode_as::<avro::Long, _>(&kept).expect("a long"));
            prop_assert_eq!(from_slice_resolved::<Kept>(&datum, &plan).expect("a record"), Kept(kept));
            for cut in 0..datum.len() {
                let error = from_slice_resolved::<Kept>(&datum[..cut], &plan);
                prop_assert!(error.is_err(), "of {} bytes", cut);
            }
        }
    }

    #[test]
    fn an_integer_that_is_too_long_is_found_among_those_that_are_skipped(position in 0..20_usize, number in 1..20_usize) {
        let number = number.max(position + 1);
        let fields: String = (0..number).map(|index| format!(r#"{{"name":"f{index}","type":"long"}},"#)).collect();
        let plan = plan(&record(&fields), &record(""));
        let mut datum = vec![2; position];
        datum.extend([0x80; 10]);
        datum.extend(vec![2; number - position + 1]);
        let error = from_slice_resolved::<Kept>(&datum, &plan).expect_err("a varint has at most ten bytes");
        prop_assert!(matches!(error.kind(), DecodeErrorKind::VarintTooLong), "{}", error);
    }
}
