//! What the messages of a partition are handed out as.

use avro_typed::topic::{DecodeKey, DecodeValue};

use super::decoders::{Decoders, Reading};
use super::lent::LentRecord;
use super::message::TypedMessage;
use super::message_reader::Received;
use crate::connection::record_batch::{ReceivedRecord, RecordRef};

/// What the messages of a partition are handed out as.
pub(crate) trait Handout<V, K>: Send + 'static {
    type Value: Send + 'static;
    type Key: Send + 'static;

    /// Makes it of a record, which `keep` keeps alive.
    fn read(
        decoders: &mut Decoders<V, K>,
        record: RecordRef<'_>,
        keep: impl FnOnce() -> Option<ReceivedRecord>,
    ) -> Reading<Self::Value, Self::Key>;

    /// The same value for another attempt.
    fn again(value: Self::Value) -> Self::Value {
        value
    }
}

/// A message that is handed out as `H` makes it.
pub(crate) type MessageAs<H, V, K> = TypedMessage<<H as Handout<V, K>>::Value, <H as Handout<V, K>>::Key>;

/// A record that was received, as `H` makes it.
pub(crate) type ReceivedAs<H, V, K> = Received<<H as Handout<V, K>>::Value, <H as Handout<V, K>>::Key>;

/// As values and keys of their own.
pub(crate) enum AsOwned {}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> Handout<V, K> for AsOwned {
    type Value = V;
    type Key = K;

    fn read(
        decoders: &mut Decoders<V, K>,
        record: RecordRef<'_>,
        _: impl FnOnce() -> Option<ReceivedRecord>,
    ) -> Reading<V, K> {
        decoders.read(record)
    }
}

/// As records that are read where they are handled.
pub(crate) enum AsLent {}

impl<V: DecodeValue + 'static, K: DecodeKey + 'static> Handout<V, K> for AsLent {
    type Value = LentRecord<V, K>;
    type Key = ();

    fn read(
        decoders: &mut Decoders<V, K>,
        record: RecordRef<'_>,
        keep: impl FnOnce() -> Option<ReceivedRecord>,
    ) -> Reading<LentRecord<V, K>, ()> {
        let reader = decoders.reader();
        match decoders.find(record) {
            Ok(found) => {
                let value = LentRecord::new(keep(), found, reader);
                Reading::Good { schema_id: None, value, key: None }
            }
            Err(id) => Reading::NeedsSchema(id),
        }
    }

    fn again(value: LentRecord<V, K>) -> LentRecord<V, K> {
        value.again()
    }
}
