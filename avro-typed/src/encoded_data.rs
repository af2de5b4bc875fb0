//! Many data in one buffer.

use crate::encode_error::EncodeError;

/// What became of many values that were encoded together, in their order: from
/// [`Encoder::encode_all`](crate::Encoder::encode_all).
#[derive(Clone, Copy, Debug)]
pub struct EncodedData<'e> {
    bytes: &'e [u8],
    /// Where each value ends in the bytes, or why it is not there.
    ends: &'e [Result<usize, EncodeError>],
}

impl<'e> EncodedData<'e> {
    pub(crate) fn new(bytes: &'e [u8], ends: &'e [Result<usize, EncodeError>]) -> Self {
        EncodedData { bytes, ends }
    }

    /// How many values there were, including those that failed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of all values that could be encoded, one after the other, each with its prefix.
    #[must_use]
    pub fn bytes(&self) -> &'e [u8] {
        self.bytes
    }

    /// The datum of the value at this position, with its prefix, or why there is none; `None` where no value was.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Result<&'e [u8], &'e EncodeError>> {
        let end = match self.ends.get(index)? {
            Ok(end) => *end,
            Err(error) => return Some(Err(error)),
        };
        let before = self.ends.get(..index)?.iter().rev().find_map(|end| end.as_ref().ok());
        self.bytes.get(before.copied().unwrap_or(0)..end).map(Ok)
    }

    /// The datum of each value, with its prefix, or why there is none. The error's path begins with the position.
    pub fn iter(&self) -> impl Iterator<Item = Result<&'e [u8], &'e EncodeError>> + use<'e> {
        let mut rest = self.bytes;
        let mut passed = 0;
        self.ends.iter().map(move |end| {
            let end = end.as_ref()?;
            let (datum, behind) = rest.split_at_checked(end - passed).unwrap_or((rest, &[]));
            (rest, passed) = (behind, *end);
            Ok(datum)
        })
    }

    /// The positions of the values that could not be encoded, and why.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &'e EncodeError)> + use<'e> {
        self.ends.iter().enumerate().filter_map(|(index, end)| end.as_ref().err().map(|error| (index, error)))
    }
}
