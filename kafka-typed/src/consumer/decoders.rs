//! From a record to the value and the key of a message.

use std::marker::PhantomData;
use std::sync::Arc;

use avro_typed::model::resolution::RecordNames;
use avro_typed::topic::{DecodeKey, DecodeValue, OtherRecord};
use avro_typed::{Decoder, Limits};
use schema_registry::{RecordPart, RegisteredSchema, WireId};

use super::bad_message::MessageProblem;
use super::form::{Form, Owned};
use super::ways::{Way, Ways};
use crate::connection::measurement::{self, Sample};
use crate::connection::record_batch::RecordRef;
use crate::error::SetupError;
use crate::topic::WireFormats;

/// What became of a record.
pub(crate) enum Reading<V, K> {
    Good {
        schema_id: Option<WireId>,
        value: V,
        key: Option<K>,
    },
    Bad {
        schema_id: Option<WireId>,
        problem: MessageProblem,
    },
    /// The schema has to be [learned](Decoders::learn) first.
    NeedsSchema(WireId),
}

/// How the records of a topic are taken apart and decoded, once it is known how their schemas are read.
#[derive(Clone, Copy)]
pub(crate) struct RecordReader {
    wire_formats: WireFormats,
    decoder: Decoder,
}

impl RecordReader {
    /// Reads a record. `key_way` and `value_way` are asked how to read what was written with a schema.
    #[inline]
    fn read<'d, F: Form<'d>>(
        self,
        record: RecordRef<'d>,
        form: &mut F,
        key_way: impl FnOnce(WireId) -> Option<&'d Way>,
        value_way: impl FnOnce(WireId) -> Option<&'d Way>,
    ) -> Reading<F::Value, F::Key> {
        let bad = |schema_id, problem| Reading::Bad { schema_id, problem };
        let key = match record.key().map(|key| self.read_key(key, record, form, key_way)).transpose() {
            Ok(key) => key,
            Err(Unread::NeedsSchema(id)) => return Reading::NeedsSchema(id),
            Err(Unread::Problem(problem)) => return bad(None, problem),
        };
        let Some(payload) = record.payload() else {
            return match form.tombstone() {
                Some(value) => Reading::Good { schema_id: None, value, key },
                None => bad(None, MessageProblem::Tombstone),
            };
        };
        if F::TYPES.is_empty()
            && let Some(value) = form.raw(payload)
        {
            return Reading::Good { schema_id: None, value, key };
        }
        let (id, datum) = match self.split(RecordPart::Value, payload, record) {
            Ok(parts) => parts,
            Err(problem) => return bad(None, problem),
        };
        let Some(way) = value_way(id) else {
            return Reading::NeedsSchema(id);
        };
        let decoded = match way {
            Way::SameEncoding(index) => form.value(*index, &self.decoder, datum, None),
            Way::ByPlan(index, plan) => form.value(*index, &self.decoder, datum, Some(plan)),
            Way::Other(schema) => {
                return match form.other(OtherRecord::new(Arc::clone(schema), datum.to_vec())) {
                    Some(value) => Reading::Good { schema_id: Some(id), value, key },
                    None => bad(Some(id), MessageProblem::unknown_type(schema, F::TYPES)),
                };
            }
            Way::Unreadable(problem) => return bad(Some(id), problem.as_problem()),
        };
        match decoded {
            Ok(value) => Reading::Good { schema_id: Some(id), value, key },
            Err(error) => bad(Some(id), MessageProblem::Decode(error)),
        }
    }

    /// What is wrong with a record whose schema is not known, as far as that does not matter, and the schema that it is
    /// marked with.
    pub(crate) fn problem_without_schema<'d, F: Form<'d>>(
        self,
        record: RecordRef<'d>,
        form: &mut F,
    ) -> Option<(Option<WireId>, MessageProblem)> {
        match self.read(record, form, |_| None, |_| None) {
            Reading::Bad { schema_id, problem } => Some((schema_id, problem)),
            Reading::Good { .. } | Reading::NeedsSchema(_) => None,
        }
    }

    #[inline]
    fn read_key<'d, F: Form<'d>>(
        self,
        key: &'d [u8],
        record: RecordRef<'d>,
        form: &mut F,
        find: impl FnOnce(WireId) -> Option<&'d Way>,
    ) -> Result<F::Key, Unread> {
        let problem = |problem: MessageProblem| Unread::Problem(MessageProblem::Key(Box::new(problem)));
        if F::KEY_TYPE.is_none() {
            return form.plain_key(key).map_err(|error| Unread::Problem(MessageProblem::InvalidKey(error)));
        }
        let (id, datum) = self.split(RecordPart::Key, key, record).map_err(problem)?;
        let plan = match find(id).ok_or(Unread::NeedsSchema(id))? {
            Way::SameEncoding(_) => None,
            Way::ByPlan(_, plan) => Some(plan),
            Way::Unreadable(unreadable) => return Err(problem(unreadable.as_problem())),
            Way::Other(schema) => {
                debug_assert!(false, "a key has one type");
                return Err(problem(MessageProblem::unknown_type(schema, F::KEY_TYPE.as_slice())));
            }
        };
        let decoded = form.key(&self.decoder, datum, plan).map_err(|error| problem(MessageProblem::Decode(error)));
        decoded.and_then(|key| key.map_or_else(|| form.plain_key(datum).map_err(|error| problem(error.into())), Ok))
    }

    #[inline]
    fn split<'d>(
        self,
        part: RecordPart,
        bytes: &'d [u8],
        record: RecordRef<'_>,
    ) -> Result<(WireId, &'d [u8]), MessageProblem> {
        self.wire_formats.of(part).split_record(part, record.headers().iter(), bytes).map_err(MessageProblem::Frame)
    }
}

/// How the records of a topic are read: one way of decoding per schema met so far.
pub(crate) struct Decoders<V, K> {
    reader: RecordReader,
    values: Ways,
    keys: Ways,
    sample: Sample,
    types: PhantomData<fn() -> (V, K)>,
}

/// How one record is read: the ways for the schemas that it names, as far as these are needed.
#[derive(Clone, Copy)]
pub(crate) struct FoundWays<'w> {
    key: Option<&'w Arc<Way>>,
    value: Option<&'w Arc<Way>>,
}

impl FoundWays<'_> {
    /// The same, kept alive.
    pub(crate) fn keep(self) -> KeptWays {
        KeptWays { key: self.key.cloned(), value: self.value.cloned() }
    }
}

/// [`FoundWays`] that are kept alive with the records that are read so.
pub(crate) struct KeptWays {
    key: Option<Arc<Way>>,
    value: Option<Arc<Way>>,
}

impl KeptWays {
    /// Whether these are the same.
    #[inline]
    pub(crate) fn are(&self, found: FoundWays<'_>) -> bool {
        let same = |kept: &Option<Arc<Way>>, found: Option<&Arc<Way>>| match (kept, found) {
            (Some(kept), Some(found)) => Arc::ptr_eq(kept, found),
            (None, None) => true,
            _ => false,
        };
        same(&self.value, found.value) && same(&self.key, found.key)
    }

    /// Reads a record for which they were found.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    #[inline]
    pub(crate) fn read<'d, F: Form<'d>>(
        &'d self,
        reader: RecordReader,
        record: RecordRef<'d>,
        form: &mut F,
    ) -> Result<ReadRecord<F::Value, F::Key>, Box<UnreadRecord>> {
        match reader.read(record, form, |_| self.key.as_deref(), |_| self.value.as_deref()) {
            Reading::Good { schema_id, value, key } => Ok(ReadRecord { schema_id, value, key }),
            Reading::Bad { schema_id, problem } => Err(Box::new(UnreadRecord { schema_id, problem })),
            Reading::NeedsSchema(id) => {
                debug_assert!(false, "it was found how to read the record");
                let problem = MessageProblem::UnknownType { fullname: format!("of schema {id}"), expected: Vec::new() };
                Err(Box::new(UnreadRecord { schema_id: Some(id), problem }))
            }
        }
    }
}

/// What a record was read as.
pub(crate) struct ReadRecord<V, K> {
    pub(crate) schema_id: Option<WireId>,
    pub(crate) value: V,
    pub(crate) key: Option<K>,
}

/// What is wrong with a record, and the schema that it is marked with.
pub(crate) struct UnreadRecord {
    pub(crate) schema_id: Option<WireId>,
    pub(crate) problem: MessageProblem,
}

impl<V: DecodeValue, K: DecodeKey> Decoders<V, K> {
    pub(crate) fn new(
        wire_formats: WireFormats,
        record_names: RecordNames,
        limits: Limits,
    ) -> Result<Self, SetupError> {
        let values = Ways::new(V::TYPES, V::TAKES_OTHERS, record_names)?;
        let keys = Ways::new(K::TYPE.as_slice(), false, record_names)?;
        let reader = RecordReader { wire_formats, decoder: Decoder::new().with_limits(limits) };
        Ok(Self { reader, values, keys, sample: Sample::default(), types: PhantomData })
    }

    /// Reads a record, as far as its schemas are known.
    pub(crate) fn read(&mut self, record: RecordRef<'_>) -> Reading<V, K> {
        let started = self.sample.start();
        let Self { reader, keys, values, .. } = self;
        let reading = reader.read(
            record,
            &mut Owned::new(),
            move |id| keys.find(id).map(|way| &**way),
            move |id| values.find(id).map(|way| &**way),
        );
        if let Some(started) = started {
            measurement::decoded(&record.partition().topic, started);
        }
        reading
    }

    /// How a record is read, without reading it.
    ///
    /// # Errors
    ///
    /// With the schema that has to be [learned](Self::learn) first.
    #[inline]
    pub(crate) fn find(&mut self, record: RecordRef<'_>) -> Result<FoundWays<'_>, WireId> {
        let Self { reader, keys, values, .. } = self;
        let mut found = FoundWays { key: None, value: None };
        if K::TYPE.is_some()
            && let Some(key) = record.key()
        {
            let Ok((id, _)) = reader.split(RecordPart::Key, key, record) else {
                return Ok(found);
            };
            found.key = Some(keys.find(id).ok_or(id)?);
        }
        if (!V::TYPES.is_empty() || V::TAKES_OTHERS)
            && let Some(payload) = record.payload()
            && let Ok((id, _)) = reader.split(RecordPart::Value, payload, record)
        {
            found.value = Some(values.find(id).ok_or(id)?);
        }
        Ok(found)
    }

    /// What reads records for which it was [found](Self::find) how.
    pub(crate) fn reader(&self) -> RecordReader {
        self.reader
    }

    /// Finds out how to read what was written with a schema.
    pub(crate) fn learn(&mut self, id: WireId, writer: &RegisteredSchema) {
        self.values.learn(id, writer.schema());
        self.keys.learn(id, writer.schema());
    }
}

/// Another reader of the same topic: what one has learned, the other knows.
impl<V, K> Clone for Decoders<V, K> {
    fn clone(&self) -> Self {
        let Self { reader, values, keys, .. } = self;
        let (values, keys) = (values.clone(), keys.clone());
        Self { reader: *reader, values, keys, sample: Sample::default(), types: PhantomData }
    }
}

/// Why there is no key yet.
enum Unread {
    NeedsSchema(WireId),
    Problem(MessageProblem),
}
