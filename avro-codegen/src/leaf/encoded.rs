//! Reads what Avro encoded (specification, "Binary Encoding"), for defaults.

/// A datum, as far as it is not read yet.
#[derive(Clone, Copy)]
pub(crate) struct Encoded<'b> {
    rest: &'b [u8],
}

/// The bytes are not such a value.
#[derive(Debug)]
pub(crate) struct Unreadable;

impl<'b> Encoded<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Encoded<'b> {
        Encoded { rest: bytes }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// What was read since `start`, an earlier copy of this.
    pub(crate) fn since(&self, start: Encoded<'b>) -> &'b [u8] {
        let read = start.rest.len().checked_sub(self.rest.len()).and_then(|length| start.rest.get(..length));
        debug_assert!(read.is_some(), "the start is behind the end");
        read.unwrap_or_default()
    }

    /// A zigzag varint.
    pub(crate) fn long(&mut self) -> Result<i64, Unreadable> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        Err(Unreadable)
    }

    /// A length or an index.
    pub(crate) fn size(&mut self) -> Result<usize, Unreadable> {
        usize::try_from(self.long()?).map_err(|_| Unreadable)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'b [u8], Unreadable> {
        let size = self.size()?;
        self.take(size)
    }

    pub(crate) fn string(&mut self) -> Result<String, Unreadable> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| Unreadable)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(Unreadable)?;
        self.rest = rest;
        Ok(*array)
    }

    pub(crate) fn take(&mut self, size: usize) -> Result<&'b [u8], Unreadable> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(Unreadable)?;
        self.rest = rest;
        Ok(taken)
    }
}
