//! Hostile input must not cost memory or work that the input does not pay for.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use avro_typed::avro::{self, Array, Map, NullableUnion, Str};
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::uuid::Uuid;
use avro_typed::{Decode, DecodeBorrowed, DecodeError, DecodeOwned, Decoder, Reader, Sole, from_slice};
use proptest::prelude::*;

use crate::events::event;
use crate::generated::com::example::event::{Event, StringOrIntOrClick as Union};
use crate::generated::com::example::shop::{Address, Order};
use crate::generated::com::example::tree::Node;
use crate::samples::{decode_as, order, resolve_as};

/// Counts what the current thread allocates.
struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

fn count(size: usize) {
    // While a thread ends, its counter may be gone already.
    let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get().saturating_add(size)));
}

// SAFETY: every call goes to the system's allocator with the same arguments; counting touches no allocation.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many bytes this thread allocates while `work` runs, freed or not.
pub(crate) fn allocated_by<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATED.get();
    drop(work());
    ALLOCATED.get() - before
}

pub(crate) const MIB: usize = 1 << 20;

#[test]
fn allocations_are_counted() {
    assert!(allocated_by(|| Vec::<u8>::with_capacity(MIB)) >= MIB);
}

/// Decodes as every type in turn and gives the most that one of them allocated.
fn most_allocated(datum: &[u8]) -> usize {
    let map_schema = r#"{"type":"map","values":"double"}"#;
    let changed = |reader: &str, writer: &str| (reader.to_owned(), writer.to_owned());
    let (doubles, longs) = changed(r#"{"type":"array","items":"double"}"#, r#"{"type":"array","items":"long"}"#);
    [
        allocated_by(|| decode_as::<Str, String>(datum)),
        allocated_by(|| decode_as::<avro::Bytes, Vec<u8>>(datum)),
        allocated_by(|| decode_as::<Array<Str>, Vec<String>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Double>, Vec<f64>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Long>, Vec<i64>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Null>, Vec<()>>(datum)),
        allocated_by(|| decode_as::<Array<Array<Array<avro::Null>>>, Vec<Vec<Vec<()>>>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Fixed<0>>, Vec<[u8; 0]>>(datum)),
        allocated_by(|| decode_as::<Array<Order>, Vec<Order>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Nullable<Order, 0>>, Vec<Option<Order>>>(datum)),
        allocated_by(|| decode_as::<Map<Address>, HashMap<String, Address>>(datum)),
        allocated_by(|| decode_as::<Map<Map<avro::Null>>, BTreeMap<String, HashMap<String, ()>>>(datum)),
        allocated_by(|| from_slice::<Order>(datum)),
        allocated_by(|| from_slice::<Node>(datum)),
        allocated_by(|| from_slice::<Event>(datum)),
        allocated_by(|| decode_as::<Array<NullableUnion<Union, 1>>, Vec<Option<Union>>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Sole<avro::Null>>, Vec<Sole<()>>>(datum)),
        allocated_by(|| decode_as::<Map<Str>, HashMap<Arc<str>, Box<str>>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Bytes>, Arc<Vec<Arc<[u8]>>>>(datum)),
        allocated_by(|| decode_as::<Array<avro::BigDecimal>, Vec<BigDecimal>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Decimal<avro::Bytes, 999, 9>>, Vec<BigDecimal>>(datum)),
        allocated_by(|| decode_as::<Array<avro::Uuid<Str>>, Vec<Uuid>>(datum)),
        // What the plans take is in it as well.
        allocated_by(|| resolve_as::<Array<avro::Double>, Vec<f64>>(&longs, &doubles, datum)),
        allocated_by(|| {
            resolve_as::<Map<avro::Double>, HashMap<String, f64>>(r#"{"type":"map","values":"int"}"#, map_schema, datum)
        }),
    ]
    .into_iter()
    .max()
    .unwrap_or_default()
}

#[test]
fn announced_counts_allocate_nothing() {
    // 2^40, as a count without and with a size, as a length, and repeated.
    let tables: [&[u8]; 6] = [
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[2, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
    ];
    for datum in tables {
        let most = most_allocated(datum);
        assert!(most < MIB, "{datum:?} allocated {most} bytes");
    }
}

/// The most that anything may allocate for this payload and take of the time, in the best of some tries: the machine
/// does other things, too.
#[track_caller]
fn check_bounded<T>(datum: &[u8], mut work: impl FnMut() -> T) {
    let mut shortest = Duration::MAX;
    for _ in 0..50 {
        let start = Instant::now();
        let allocated = allocated_by(&mut work);
        shortest = shortest.min(start.elapsed());
        assert!(allocated < MIB, "{datum:?} allocated {allocated} bytes");
        if shortest < Duration::from_millis(1) {
            return;
        }
    }
    panic!("{datum:?} took {shortest:?}");
}

/// Every way to read a type that has a view.
fn check_all_ways<T: DecodeOwned + DecodeBorrowed + Clone>(datum: &[u8], old: &T) {
    let decoder = Decoder::new();
    check_bounded(datum, || decoder.decode::<T>(datum));
    check_bounded(datum, || decoder.view::<T>(datum).map(drop));
    check_bounded(datum, || decoder.decode_into(datum, &mut old.clone()));
}

#[test]
fn payloads_of_64_bytes_are_cheap_for_views_and_reused_values_too() {
    let counts: [&[u8]; 8] = [
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0x3c],
        &[0x3b, 0x3c],
        &[0x02],
        &[0x00, 0x02],
    ];
    let node = Node { name: "a".to_owned(), next: None, children: Vec::new() };
    for count in counts {
        for (before, fill) in (0..62).flat_map(|before| [(before, 0), (before, 2)]) {
            let start = std::iter::repeat_n(fill, before).chain(count.iter().copied());
            let datum: Vec<u8> = start.chain(std::iter::repeat(fill)).take(64).collect();
            check_all_ways(&datum, &order());
            check_all_ways(&datum, &event());
            check_all_ways(&datum, &node);
        }
    }
}

/// An item of no bytes that counts how often it is decoded.
#[derive(Debug)]
struct Tick;

thread_local! {
    static TICKS: Cell<u64> = const { Cell::new(0) };
}

impl<'a> Decode<'a> for Tick {
    const MIN_SIZE: usize = 0;

    fn decode(_reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        TICKS.set(TICKS.get() + 1);
        Ok(Tick)
    }
}

#[test]
fn items_of_no_bytes_are_bounded() {
    // Each array announces 2^19 items; the third is one too many.
    let one = [0x80, 0x80, 0x40, 0];
    let datum = [&[6][..], &one, &one, &one, &[0]].concat();
    let error = decode_as::<Array<Array<Tick>>, Vec<Vec<Tick>>>(&datum).expect_err("too many items");
    assert!(error.to_string().starts_with("[2]: more than 1048576 items"), "{error}");
    assert_eq!(TICKS.get(), 1 << 20);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn small_input_takes_little_memory(datum in proptest::collection::vec(any::<u8>(), 0..64)) {
        let most = most_allocated(&datum);
        prop_assert!(most < MIB, "{datum:?} allocated {most} bytes");
    }
}
