//! Boxes and references are written and read as what they point to.

use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::reader::Reader;
use crate::resolving::Resolving;
use crate::writer::Writer;

impl<As: ?Sized, T: ?Sized + Encode<As>> Encode<As> for &T {
    const NAME: &'static str = T::NAME;

    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        (**self).encode(writer)
    }
}

impl<As: ?Sized, T: ?Sized + Encode<As>> Encode<As> for Box<T> {
    const NAME: &'static str = T::NAME;

    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        (**self).encode(writer)
    }
}

impl<'a, As: ?Sized, T: Decode<'a, As>> Decode<'a, As> for Box<T> {
    const NAME: &'static str = T::NAME;
    const MIN_SIZE: usize = T::MIN_SIZE;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        T::decode(reader).map(Box::new)
    }

    fn decode_resolved(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
        T::decode_resolved(reader, resolving).map(Box::new)
    }
}
