//! A message whose value is read where it is handled.

use std::marker::PhantomData;

use avro_typed::topic::{ViewKey, ViewValue};

use super::bad_message::BadMessage;
use super::borrowed::{BorrowedMessage, LentMessage};
use super::decoders::{FoundWays, KeptWays, ReadRecord, RecordReader, UnreadRecord};
use super::form::Viewed;
use super::message_reader::log_bad;
use crate::connection::lanes::DoneBy;
use crate::connection::measurement;
use crate::connection::record_batch::ReceivedRecord;

/// A record and how it is read. What is read from it may borrow from both.
pub(crate) struct LentRecord<V, K> {
    /// There is one, since only records that were found are handed out.
    record: Option<ReceivedRecord>,
    ways: KeptWays,
    reader: RecordReader,
    /// Whether it was read before, so that what is wrong with it is known already.
    is_known: bool,
    types: PhantomData<fn() -> (V, K)>,
}

impl<V, K> LentRecord<V, K> {
    pub(super) fn new(record: Option<ReceivedRecord>, found: FoundWays<'_>, reader: RecordReader) -> Self {
        Self { record, ways: found.keep(), reader, is_known: false, types: PhantomData }
    }

    /// The same for another attempt.
    pub(super) fn again(self) -> Self {
        Self { is_known: true, ..self }
    }

    /// The message with views of its value and its key. `None` where there is not a record, which never is so.
    pub(crate) fn view(&self) -> Option<Result<LentMessage<'_, V, K>, Box<BadMessage>>>
    where
        V: ViewValue,
        K: ViewKey,
    {
        let record = self.record.as_ref()?.record()?;
        let started = measurement::sampled(record.number());
        let read = self.ways.read(self.reader, record, &mut Viewed::<V, K>::new());
        if let Some(started) = started {
            measurement::decoded(&record.partition().topic, started);
        }
        Some(match read {
            Ok(ReadRecord { schema_id, value, key }) => Ok(BorrowedMessage::read(record, schema_id, value, key)),
            Err(unread) => {
                let UnreadRecord { schema_id, problem } = *unread;
                let bad = BadMessage::read(record, schema_id, problem);
                if !self.is_known {
                    log_bad(&bad, DoneBy::Handler);
                }
                Err(Box::new(bad))
            }
        })
    }
}
