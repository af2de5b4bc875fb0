//! `duration`: three numbers of four bytes each, the lowest byte first.

use super::{Logical, logical};
use crate::avro;
use crate::decode_error::DecodeError;
use crate::duration::Duration;
use crate::encode_error::EncodeError;

impl Logical<avro::Duration> for Duration {
    type Underlying = [u8; 12];

    #[inline]
    fn to_underlying(&self) -> Result<[u8; 12], EncodeError> {
        Ok(self.to_bytes())
    }

    #[inline]
    fn from_underlying(value: [u8; 12], _offset: usize) -> Result<Self, DecodeError> {
        Ok(Duration::from_bytes(value))
    }
}

logical!(Duration, avro::Duration, over avro::Fixed<12>);
