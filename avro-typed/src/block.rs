//! The blocks that arrays and maps are made of (Avro 1.12, "Arrays").

use crate::decode_error::DecodeError;
use crate::failure;
use crate::reader::Reader;
use crate::varint::unzigzag;

/// The head of a block: how many items follow. A count of zero ends the array or map.
pub(crate) struct Block {
    pub(crate) count: u64,
    /// How many bytes the items take, if the block declares it. It has been compared with what remains.
    pub(crate) size: Option<usize>,
}

/// Items that are being read.
pub(crate) struct Items {
    pub(crate) count: usize,
    /// How many to reserve memory for at once. More than this follows only if the input really has them.
    pub(crate) reserve: usize,
    /// If the block declares its size: what must remain of the input after the items, and the size.
    sized: Option<(usize, usize)>,
}

/// The most memory that is reserved because of an announced count.
const MOST_RESERVED_BYTES: usize = 64 << 10;

impl<'a> Reader<'a> {
    /// Reads the head of the next block.
    ///
    /// A negative count means its absolute value; then the block's size in bytes follows.
    #[inline(always)]
    pub(crate) fn block(&mut self) -> Result<Block, DecodeError> {
        let bits = self.varint()?;
        if bits & 1 == 0 {
            return Ok(Block { count: bits >> 1, size: None });
        }
        let (size, rest) = Self::block_size(self.rest, self.length)?;
        self.rest = rest;
        Ok(Block { count: unzigzag(bits).unsigned_abs(), size: Some(size) })
    }

    /// Reads the head of the next block of items that are of type `T` in memory and at least `min_item_size` bytes in
    /// the input; `None` at the end of the array or map.
    ///
    /// With a `min_item_size` of zero, the items are counted against the budget for items of no bytes.
    #[inline(always)]
    pub(crate) fn next_items<T>(&mut self, min_item_size: usize) -> Result<Option<Items>, DecodeError> {
        self.next_items_of(size_of::<T>(), min_item_size)
    }

    /// The same for items of that size in memory.
    #[inline(always)]
    pub(crate) fn next_items_of(
        &mut self,
        item_memory: usize,
        min_item_size: usize,
    ) -> Result<Option<Items>, DecodeError> {
        let block = self.block()?;
        if block.count == 0 {
            return Ok(None);
        }
        let remaining = block.size.unwrap_or(self.remaining());
        let count = match remaining.checked_div(min_item_size) {
            Some(most) => match usize::try_from(block.count) {
                Ok(count) if count <= most => count,
                _ => return Err(failure::count_too_large(block.count, min_item_size, remaining, self.offset())),
            },
            None => self.spend_zero_size_items(block.count)?,
        };
        self.items(item_memory, count, block.size).map(Some)
    }

    /// The same for items that another schema wrote, so that their smallest size may be unknown, which is zero here.
    /// Items that turn out to occupy no bytes are to be counted by [`check_progress`](Reader::check_progress).
    #[inline]
    pub(crate) fn next_changed_items<T>(&mut self, min_item_size: usize) -> Result<Option<Items>, DecodeError> {
        self.next_changed_items_of(size_of::<T>(), min_item_size)
    }

    /// The same for items of that size in memory.
    #[inline]
    pub(crate) fn next_changed_items_of(
        &mut self,
        item_memory: usize,
        min_item_size: usize,
    ) -> Result<Option<Items>, DecodeError> {
        let block = self.block()?;
        if block.count == 0 {
            return Ok(None);
        }
        let remaining = block.size.unwrap_or(self.remaining());
        let count = self.plausible_count(block.count, min_item_size, remaining)?;
        self.items(item_memory, count, block.size).map(Some)
    }

    /// A count that the remaining bytes can satisfy; if items may occupy no bytes, together with the budget for such
    /// items.
    #[inline]
    pub(crate) fn plausible_count(
        &self,
        count: u64,
        min_item_size: usize,
        remaining: usize,
    ) -> Result<usize, DecodeError> {
        let most = match remaining.checked_div(min_item_size) {
            Some(most) => most as u64,
            None => self.zero_size_items_left.saturating_add(remaining as u64),
        };
        match usize::try_from(count) {
            Ok(plausible) if count <= most => Ok(plausible),
            _ if min_item_size == 0 => {
                Err(failure::too_many_zero_size_items(self.limits.max_zero_size_items, self.offset()))
            }
            _ => Err(failure::count_too_large(count, min_item_size, remaining, self.offset())),
        }
    }

    #[inline(always)]
    fn items(&mut self, item_memory: usize, count: usize, size: Option<usize>) -> Result<Items, DecodeError> {
        match count.checked_mul(item_memory).and_then(|memory| self.item_memory_left.checked_sub(memory)) {
            Some(left) => self.item_memory_left = left,
            None => return Err(failure::too_much_item_memory(self.limits.max_item_memory, self.offset())),
        }
        let reserve = count.min(MOST_RESERVED_BYTES / item_memory.max(1));
        Ok(Items { count, reserve, sized: size.map(|size| (self.remaining() - size, size)) })
    }

    /// Reads the head of the next block of items that were read before, of which `left` are left: how many are in it.
    #[inline]
    pub(crate) fn block_of_known_items(&mut self, left: usize) -> Result<usize, DecodeError> {
        let count = self.block()?.count;
        match usize::try_from(count) {
            Ok(items) if items > 0 && items <= left => Ok(items),
            _ => Err(failure::count_too_large(count, 0, left, self.offset())),
        }
    }

    /// Checks that the items took as many bytes as their block declares.
    #[inline(always)]
    pub(crate) fn end_items(&self, items: &Items) -> Result<(), DecodeError> {
        match items.sized {
            Some((expected, declared)) if self.remaining() != expected => {
                let actual = (expected + declared).saturating_sub(self.remaining());
                Err(failure::block_size_mismatch(declared, actual, self.offset()))
            }
            _ => Ok(()),
        }
    }

    /// Counts an item against the budget for items of no bytes, if nothing was consumed since `remaining` bytes were
    /// left. `own_size` is the smallest size that the item takes when it is written as what it was read as; zero for
    /// what is skipped.
    #[inline]
    pub(crate) fn check_progress(&mut self, remaining: usize, own_size: usize) -> Result<(), DecodeError> {
        if self.remaining() < remaining {
            return Ok(());
        }
        if own_size > 0 {
            match self.items_of_defaults_left.checked_sub(1) {
                Some(left) => self.items_of_defaults_left = left,
                None => {
                    return Err(failure::too_many_items_of_defaults(self.limits.max_items_of_defaults, self.offset()));
                }
            }
        }
        self.spend_zero_size_items(1).map(drop)
    }

    #[inline]
    fn spend_zero_size_items(&mut self, count: u64) -> Result<usize, DecodeError> {
        match (self.zero_size_items_left.checked_sub(count), usize::try_from(count)) {
            (Some(left), Ok(count)) => {
                self.zero_size_items_left = left;
                Ok(count)
            }
            _ => Err(failure::too_many_zero_size_items(self.limits.max_zero_size_items, self.offset())),
        }
    }
}
