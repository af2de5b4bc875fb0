//! Hostile input must not cost memory or work that the input does not pay for.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use avro_typed::avro::{self, Array, Map, NullableUnion, Str};
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::uuid::Uuid;
use avro_typed::{Decode, DecodeError, Reader, Sole, from_slice};
use proptest::prelude::*;

use crate::generated::com::example::event::{Event, StringOrIntOrClick as Union};
use crate::generated::com::example::shop::{Address, Order};
use crate::generated::com::example::tree::Node;
use crate::samples::{decode_as, resolve_as};

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
