//! Passes over values that the reader has no field for, looking at as little as possible.

use avro_model::resolution::{Plan, Skip};

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::invariant::always;
use crate::reader::Reader;

impl Reader<'_> {
    #[inline]
    pub(crate) fn skip(&mut self, plan: &Plan, skip: &Skip) -> Result<(), DecodeError> {
        match skip {
            Skip::Varint => self.varint().map(drop),
            Skip::Fixed(size) => self.take(*size).map(drop),
            // A string that nobody reads need not be UTF-8.
            Skip::Bytes => self.bytes().map(drop),
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
            Skip::Record(id) => self.nested(|reader| {
                for field in plan.skips(*id) {
                    reader.skip(plan, field)?;
                }
                Ok(())
            }),
            _ => self.unknown_skip(),
        }
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
            if let (Skip::Bytes, 0) = (value, keys) {
                // The most frequent items, of which each has at least one byte.
                for _ in 0..count {
                    self.bytes()?;
                }
                continue;
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
        Skip::Varint | Skip::Bytes | Skip::Array(_) | Skip::Map(_) | Skip::Union(_) => 1,
        _ => 0,
    }
}
