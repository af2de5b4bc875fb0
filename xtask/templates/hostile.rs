//! Payloads that are made to cost as much as they can: whatever the type, none may take long or much memory, and the
//! view of a payload is what decoding it gives.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use avro_typed::{DecodeBorrowed, DecodeError, DecodeOwned, Decoder, Encode, Limits, to_vec};

const LENGTH: usize = 64;
/// What one payload may take.
const MOST_TIME: Duration = Duration::from_millis(1);
const MOST_MEMORY: usize = 1 << 20;
/// How many items of no bytes a payload may announce. By default it is many more, and a build that is not optimized, as
/// this one is, takes tens of nanoseconds for each.
const MOST_ITEMS_OF_NO_BYTES: u64 = 1 << 14;
/// How often something may be tried until it is fast enough: the machine does other things, too.
const TRIES: usize = 20;
const RANDOM_PAYLOADS: usize = 120;

/// Counts what is allocated, freed or not.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator with the same arguments; counting touches no allocation.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        ALLOCATED.fetch_add(new_size, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most that a payload took.
#[derive(Default)]
pub struct Most {
    pub time: Duration,
    pub memory: usize,
}

impl Most {
    /// Does something again until it is fast enough, and adds what it took.
    fn take<T>(&mut self, what: &str, mut work: impl FnMut() -> T) -> Result<T, String> {
        let mut shortest = Duration::MAX;
        for _ in 0..TRIES {
            let before = ALLOCATED.load(Ordering::Relaxed);
            let start = Instant::now();
            let result = work();
            shortest = shortest.min(start.elapsed());
            let memory = ALLOCATED.load(Ordering::Relaxed) - before;
            if memory > MOST_MEMORY {
                return Err(format!("{what} allocates {memory} bytes"));
            }
            if shortest <= MOST_TIME {
                self.time = self.time.max(shortest);
                self.memory = self.memory.max(memory);
                return Ok(result);
            }
        }
        Err(format!("{what} takes {shortest:?}"))
    }
}

/// Decodes every payload in every way.
pub fn check<T>() -> Result<Most, String>
where
    T: Encode + DecodeOwned + DecodeBorrowed + PartialEq,
{
    let mut most = Most::default();
    // A valid value, into which the others are decoded.
    let mut value = None;
    for payload in payloads() {
        check_one::<T>(&payload, &mut value, &mut most).map_err(|why| format!("{payload:02x?}: {why}"))?;
    }
    Ok(most)
}

fn check_one<T>(payload: &[u8], value: &mut Option<T>, most: &mut Most) -> Result<(), String>
where
    T: Encode + DecodeOwned + DecodeBorrowed + PartialEq,
{
    let decoder = Decoder::new().with_limits(Limits::default().max_zero_size_items(MOST_ITEMS_OF_NO_BYTES));
    let owned = most.take("decoding", || decoder.decode::<T>(payload))?;
    // The view must not live on, since making an owned value of it consumes it.
    most.take("viewing", || decoder.view::<T>(payload).map(drop))?;
    same("the view", &owned, &decoder.view::<T>(payload).map(T::from_view))?;
    if let Some(value) = value.as_mut() {
        let into = most.take("decode_into", || decoder.decode_into(payload, value))?;
        match (&owned, into) {
            (Ok(owned), Ok(())) if !equal(owned, value) => return Err("decode_into gives another value".to_owned()),
            (Ok(_), Err(error)) => return Err(format!("decode_into fails: {error}")),
            (Err(error), Err(other)) if error.to_string() != other.to_string() => {
                return Err(format!("decode_into fails with `{other}` instead of `{error}`"));
            }
            (Err(error), Ok(())) => return Err(format!("decode_into succeeds instead of `{error}`")),
            _ => {}
        }
    }
    // What is left at the end of the payload is an error of its own, behind which a value may be.
    if let Err(error) = &owned
        && let Some(datum) = payload.get(..error.offset())
        && let Ok(shorter) = decoder.decode::<T>(datum)
    {
        *value = Some(shorter);
    } else if let Ok(owned) = owned {
        *value = Some(owned);
    }
    Ok(())
}

fn same<T: Encode + PartialEq>(
    what: &str,
    owned: &Result<T, DecodeError>,
    other: &Result<T, DecodeError>,
) -> Result<(), String> {
    match (owned, other) {
        (Ok(owned), Ok(other)) if equal(owned, other) => Ok(()),
        (Err(owned), Err(other)) if owned.to_string() == other.to_string() => Ok(()),
        (owned, other) => {
            let (owned, other) = (outcome(owned), outcome(other));
            Err(format!("decoding gives {owned}, and {what} {other}"))
        }
    }
}

fn outcome<T>(result: &Result<T, DecodeError>) -> String {
    result.as_ref().map_or_else(ToString::to_string, |_| "a value".to_owned())
}

/// What is not a number equals nothing, and the entries of a map have no order.
fn equal<T: Encode + PartialEq>(one: &T, other: &T) -> bool {
    let sorted = |value: &T| {
        let mut bytes = to_vec(value).unwrap_or_default();
        bytes.sort_unstable();
        bytes
    };
    one == other || sorted(one) == sorted(other)
}

/// Crafted ones, and then random ones: the same in every run.
fn payloads() -> Vec<Vec<u8>> {
    // 2^40, 2^20, and 2^14 as counts without and with a size; the largest and the smallest long; lengths that fit.
    let announced: [&[u8]; 12] = [
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0x3f],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        &[0x80, 0x80, 0x80, 0x01],
        &[0xff, 0xff, 0x7f, 0],
        &[0x80, 0x80, 0x02],
        &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0x7c],
        &[0x3c],
        &[0x3b, 0x3c],
        &[0x02, 0x02],
    ];
    let fills: [&[u8]; 7] = [&[0], &[2], &[0, 2], &[2, 0], &[4, 0, 0], &[0x80], &[0xff]];
    let mut payloads: Vec<Vec<u8>> = vec![Vec::new()];
    for fill in fills {
        let filled = || fill.iter().copied().cycle();
        payloads.push(filled().take(LENGTH).collect());
        for announced in announced {
            payloads.push(announced.iter().copied().cycle().take(LENGTH).collect());
            for before in [0, 1, 2, 5, 11] {
                let start = filled().take(before).chain(announced.iter().copied());
                payloads.push(start.chain(filled()).take(LENGTH).collect());
            }
        }
    }
    let mut state = 1_u64;
    for number in 0..RANDOM_PAYLOADS {
        // Most lengths, counts and indexes of valid data are small.
        let bound = [256, 8, 4, 64][number % 4];
        payloads.push((0..LENGTH).map(|_| random(&mut state) % bound).map(|byte| byte.to_le_bytes()[0]).collect());
    }
    payloads.sort_unstable();
    payloads.dedup();
    payloads
}

/// SplitMix64: small, and the same everywhere.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
