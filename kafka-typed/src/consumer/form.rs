//! What a record is read as: a value of its own, a view, or one value after the other in the same place.

use std::marker::PhantomData;

use avro_typed::model::resolution::Plan;
use avro_typed::topic::{DecodeKey, DecodeValue, InvalidKey, OtherRecord, TopicType, ViewKey, ViewValue};
use avro_typed::{DecodeError, Decoder};

/// What a record of the lifetime `'d` is read as.
pub(crate) trait Form<'d> {
    type Value;
    type Key;

    /// The types that a value can have.
    const TYPES: &'static [TopicType];
    /// The type of keys that have a schema.
    const KEY_TYPE: Option<TopicType>;

    /// What a record without a payload is, where that is a value.
    fn tombstone(&mut self) -> Option<Self::Value>;

    /// What a payload without a schema is, where values are such.
    fn raw(&mut self, payload: &'d [u8]) -> Option<Self::Value>;

    /// What a datum of the type at this position is.
    fn value(
        &mut self,
        index: usize,
        decoder: &Decoder,
        datum: &'d [u8],
        plan: Option<&'d Plan>,
    ) -> Result<Self::Value, DecodeError>;

    /// What a record of a type that is not listed is, where that is a value.
    fn other(&mut self, record: OtherRecord) -> Option<Self::Value>;

    /// What the bytes of a key without a schema are.
    fn plain_key(&mut self, bytes: &'d [u8]) -> Result<Self::Key, InvalidKey>;

    /// What the datum of a key is. `None` where keys have no schema.
    fn key(
        &mut self,
        decoder: &Decoder,
        datum: &'d [u8],
        plan: Option<&'d Plan>,
    ) -> Result<Option<Self::Key>, DecodeError>;
}

/// Values and keys that outlive the record.
pub(crate) struct Owned<V, K>(PhantomData<fn() -> (V, K)>);

impl<V, K> Owned<V, K> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'d, V: DecodeValue, K: DecodeKey> Form<'d> for Owned<V, K> {
    type Value = V;
    type Key = K;

    const TYPES: &'static [TopicType] = V::TYPES;
    const KEY_TYPE: Option<TopicType> = K::TYPE;

    #[inline]
    fn tombstone(&mut self) -> Option<V> {
        V::from_tombstone()
    }

    #[inline]
    fn raw(&mut self, payload: &'d [u8]) -> Option<V> {
        V::from_raw(payload)
    }

    #[inline]
    fn value(
        &mut self,
        index: usize,
        decoder: &Decoder,
        datum: &'d [u8],
        plan: Option<&'d Plan>,
    ) -> Result<V, DecodeError> {
        V::decode_with(index, decoder, datum, plan)
    }

    fn other(&mut self, record: OtherRecord) -> Option<V> {
        V::from_other(record)
    }

    #[inline]
    fn plain_key(&mut self, bytes: &'d [u8]) -> Result<K, InvalidKey> {
        K::from_bytes(bytes)
    }

    fn key(&mut self, decoder: &Decoder, datum: &'d [u8], plan: Option<&'d Plan>) -> Result<Option<K>, DecodeError> {
        K::decode_with(decoder, datum, plan)
    }
}

/// Views, which borrow from the record.
pub(crate) struct Viewed<V, K>(PhantomData<fn() -> (V, K)>);

impl<V, K> Viewed<V, K> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'d, V: ViewValue, K: ViewKey> Form<'d> for Viewed<V, K> {
    type Value = V::View<'d>;
    type Key = K::View<'d>;

    const TYPES: &'static [TopicType] = V::TYPES;
    const KEY_TYPE: Option<TopicType> = K::TYPE;

    #[inline]
    fn tombstone(&mut self) -> Option<V::View<'d>> {
        V::view_tombstone()
    }

    #[inline]
    fn raw(&mut self, payload: &'d [u8]) -> Option<V::View<'d>> {
        V::view_raw(payload)
    }

    #[inline]
    fn value(
        &mut self,
        index: usize,
        decoder: &Decoder,
        datum: &'d [u8],
        plan: Option<&'d Plan>,
    ) -> Result<V::View<'d>, DecodeError> {
        V::view_with(index, decoder, datum, plan)
    }

    fn other(&mut self, _: OtherRecord) -> Option<V::View<'d>> {
        None
    }

    #[inline]
    fn plain_key(&mut self, bytes: &'d [u8]) -> Result<K::View<'d>, InvalidKey> {
        K::view_bytes(bytes)
    }

    fn key(
        &mut self,
        decoder: &Decoder,
        datum: &'d [u8],
        plan: Option<&'d Plan>,
    ) -> Result<Option<K::View<'d>>, DecodeError> {
        K::view_with(decoder, datum, plan)
    }
}
