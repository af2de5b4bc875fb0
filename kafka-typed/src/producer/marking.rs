//! The headers of a message, with those that hold the ids of its schemas.

use rdkafka::message::{Headers, OwnedHeaders};
use schema_registry::{RecordPart, is_id_header};

use super::ProducerSchema;
use crate::connection::producer_record::with_header;

/// The schemas that a message is encoded by.
#[derive(Clone, Copy, Default)]
pub(super) struct Marking<'p> {
    pub(super) value: Option<&'p ProducerSchema>,
    pub(super) key: Option<&'p ProducerSchema>,
}

impl Marking<'_> {
    /// Adds the headers of the message's own schema ids to those that it was given. `has_id_header` tells whether ids
    /// are among these, as where the headers of a received message are sent on: they are of another schema or another
    /// format, so that nobody could read the message by them.
    pub(super) fn apply(self, given: Option<OwnedHeaders>, has_id_header: bool) -> Option<OwnedHeaders> {
        let kept = match given {
            Some(given) if has_id_header => self.without_ids(&given),
            given => given,
        };
        let own = [self.value, self.key].into_iter().flatten().filter_map(|schema| schema.header.as_ref());
        own.fold(kept, |headers, header| Some(with_header(headers, header.name(), Some(header.value()))))
    }

    fn without_ids(self, given: &OwnedHeaders) -> Option<OwnedHeaders> {
        let mut kept = None;
        for header in given.iter() {
            let is_id_of = |part, schema: Option<_>| schema.is_some() && is_id_header(part, header.key, header.value);
            if !is_id_of(RecordPart::Value, self.value) && !is_id_of(RecordPart::Key, self.key) {
                kept = Some(with_header(kept, header.key, header.value));
            }
        }
        kept
    }
}
