//! Passes over values that the reader has no field for, looking at as little as possible.

use avro_model::resolution::{Plan, Skip};

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::invariant::always;
use crate::reader::Reader;
use crate::varint::CONTINUATION_BITS;

impl Reader<'_> {
    /// Passes over a run of values.
    #[inline(never)]
    pub(crate) fn skip_all(&mut self, plan: &Plan, skips: &[Skip]) -> Result<(), DecodeError> {
        // What each skip waits for is where the one before it ended: a register, as long as nothing else is needed.
        let mut rest = self.rest;
        for skip in skips {
            let passed = match skip {
                Skip::Varints(count) => match pass_varints(rest, *count) {
                    (after, 0) => Some(after),
                    _ => None,
                },
                Skip::Fixed(size) => rest.get(*size..),
                _ => None,
            };
            if let Some(after) = passed {
                rest = after;
                continue;
            }
            self.rest = rest;
            self.skip(plan, skip)?;
            rest = self.rest;
        }
        self.rest = rest;
        Ok(())
    }

    #[inline]
    pub(crate) fn skip(&mut self, plan: &Plan, skip: &Skip) -> Result<(), DecodeError> {
        match skip {
            // A string that nobody reads need not be UTF-8.
            Skip::Bytes => self.bytes().map(drop),
            Skip::Fixed(size) => self.take(*size).map(drop),
            Skip::Varints(count) => self.skip_varints(*count),
            _ => self.skip_inside(plan, skip),
        }
    }

    fn skip_inside(&mut self, plan: &Plan, skip: &Skip) -> Result<(), DecodeError> {
        match skip {
            Skip::Nothing => Ok(()),
            Skip::Array(item) => self.skip_blocks(plan, item, 0),
            Skip::Map(value) => self.skip_blocks(plan, value, 1),
            Skip::Union(branches) => {
                let index = self.union_index(branches.len())?;
                let branch = branches.get(index);
                self.skip(plan, always(branch, &Skip::Nothing, "the index was compared with the number of branches"))
            }
            Skip::Record(id) => self.nested(|reader| reader.skip_all(plan, plan.skips(*id))),
            _ => self.unknown_skip(),
        }
    }

    fn skip_varints(&mut self, count: usize) -> Result<(), DecodeError> {
        let (rest, left) = pass_varints(self.rest, count);
        self.rest = rest;
        // Those at the end of the datum, and those that are longer than a word, which may be too long.
        for _ in 0..left {
            self.varint()?;
        }
        Ok(())
    }

    #[cold]
    fn unknown_skip(&self) -> Result<(), DecodeError> {
        let (expected, found) = ("a value that it can pass over", "an unknown skip");
        Err(self.fail(DecodeErrorKind::PlanMismatch { expected, found }))
    }

    /// Passes over the blocks of an array, or of a map, whose values have one key before each.
    fn skip_blocks(&mut self, plan: &Plan, value: &Skip, keys: usize) -> Result<(), DecodeError> {
        loop {
            let block = self.block()?;
            if block.count == 0 {
                return Ok(());
            }
            if let Some(size) = block.size {
                self.take(size)?;
                continue;
            }
            if let (Some(size), 0) = (fixed_size(value), keys)
                && let Some(run) = usize::try_from(block.count).ok().and_then(|count| count.checked_mul(size))
            {
                self.take(run)?;
                continue;
            }
            let count = self.plausible_count(block.count, keys + min_size(value), self.remaining())?;
            match (value, keys) {
                // Each integer has at least one byte, so that the product is at most what remains.
                (Skip::Varints(each), 0) => {
                    self.skip_varints(count.saturating_mul(*each))?;
                    continue;
                }
                (Skip::Bytes, 0) => {
                    for _ in 0..count {
                        self.bytes()?;
                    }
                    continue;
                }
                _ => {}
            }
            for _ in 0..count {
                let remaining = self.remaining();
                if keys == 1 {
                    self.skip(plan, &Skip::Bytes)?;
                }
                self.skip(plan, value)?;
                self.check_progress(remaining, 0)?;
            }
        }
    }
}

/// From how many integers on their ends are counted a word at a time. Fewer are found one by one, without a branch that
/// depends on their lengths.
const MANY: usize = 4;

/// Passes over integers by the bytes that end one, and tells how many are left: where fewer than eight bytes follow, or
/// none of eight is an end.
#[inline]
fn pass_varints(rest: &[u8], count: usize) -> (&[u8], usize) {
    let (mut rest, mut left) = (rest, count);
    while left >= MANY {
        let Some(ends) = ends(rest) else { return (rest, left) };
        // The sum of all bytes, in the highest one.
        let ended = ((ends >> 7).wrapping_mul(0x0101_0101_0101_0101) >> 56) as usize;
        let ends = if ended <= left { ends } else { lowest_bits(ends, left) };
        rest = rest.get(8 - ends.leading_zeros() as usize / 8..).unwrap_or_default();
        left = left.saturating_sub(ended);
    }
    while left > 0 {
        let Some(ends) = ends(rest) else { break };
        rest = rest.get((ends.trailing_zeros() as usize + 1) / 8..).unwrap_or_default();
        left -= 1;
    }
    (rest, left)
}

/// The top bits of those of the next eight bytes that end an integer, at least one.
#[inline(always)]
fn ends(rest: &[u8]) -> Option<u64> {
    let word = rest.first_chunk::<8>()?;
    let ends = !u64::from_le_bytes(*word) & CONTINUATION_BITS;
    (ends != 0).then_some(ends)
}

/// The lowest `count` of these bits, of which there are more.
#[inline(always)]
fn lowest_bits(bits: u64, count: usize) -> u64 {
    let mut higher = bits;
    for _ in 0..count {
        higher &= higher - 1;
    }
    bits ^ higher
}

/// The size of values that all have the same.
fn fixed_size(skip: &Skip) -> Option<usize> {
    match skip {
        Skip::Nothing => Some(0),
        Skip::Fixed(size) => Some(*size),
        _ => None,
    }
}

/// The smallest size of a value, as far as it can be told without following records.
fn min_size(skip: &Skip) -> usize {
    match skip {
        Skip::Fixed(size) => *size,
        Skip::Varints(count) => *count,
        Skip::Bytes | Skip::Array(_) | Skip::Map(_) | Skip::Union(_) => 1,
        _ => 0,
    }
}
