//! From a record to the value and the key of a message.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock};

use avro_typed::model::Schema;
use avro_typed::model::resolution::{Plan, RecordNames};
use avro_typed::topic::{DecodeKey, DecodeValue, OtherRecord, TopicType};
use avro_typed::{Decoder, Limits};
use schema_registry::{RecordPart, RegisteredSchema, WireId};

use super::bad_message::MessageProblem;
use crate::connection::measurement::{self, Sample};
use crate::connection::record_batch::RecordRef;
use crate::error::SetupError;
use crate::registration::schema_of;
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

/// How the records of a topic are read: one way of decoding per schema met so far.
pub(crate) struct Decoders<V, K> {
    wire_formats: WireFormats,
    decoder: Decoder,
    values: Ways,
    keys: Ways,
    sample: Sample,
    types: PhantomData<fn() -> (V, K)>,
}

impl<V: DecodeValue, K: DecodeKey> Decoders<V, K> {
    pub(crate) fn new(
        wire_formats: WireFormats,
        record_names: RecordNames,
        limits: Limits,
    ) -> Result<Self, SetupError> {
        let values = Ways::new(V::TYPES, V::TAKES_OTHERS, record_names)?;
        let keys = Ways::new(K::TYPE.as_slice(), false, record_names)?;
        Ok(Self {
            wire_formats,
            decoder: Decoder::new().with_limits(limits),
            values,
            keys,
            sample: Sample::default(),
            types: PhantomData,
        })
    }

    /// Reads a record, as far as its schemas are known.
    pub(crate) fn read(&mut self, record: RecordRef<'_>) -> Reading<V, K> {
        let started = self.sample.start();
        let reading = self.read_untimed(record);
        if let Some(started) = started {
            measurement::decoded(&record.partition().topic, started);
        }
        reading
    }

    #[inline]
    fn read_untimed(&mut self, record: RecordRef<'_>) -> Reading<V, K> {
        let bad = |schema_id, problem| Reading::Bad { schema_id, problem };
        let key = match record.key().map(|key| self.read_key(key, record)).transpose() {
            Ok(key) => key,
            Err(Unread::NeedsSchema(id)) => return Reading::NeedsSchema(id),
            Err(Unread::Problem(problem)) => return bad(None, problem),
        };
        let Some(payload) = record.payload() else {
            return match V::from_tombstone() {
                Some(value) => Reading::Good { schema_id: None, value, key },
                None => bad(None, MessageProblem::Tombstone),
            };
        };
        if V::TYPES.is_empty()
            && let Some(value) = V::from_raw(payload)
        {
            return Reading::Good { schema_id: None, value, key };
        }
        let (id, datum) = match self.split(RecordPart::Value, payload, record) {
            Ok(parts) => parts,
            Err(problem) => return bad(None, problem),
        };
        let Some(way) = self.values.find(id) else {
            return Reading::NeedsSchema(id);
        };
        let decoded = match way {
            Way::SameEncoding(index) => V::decode_with(*index, &self.decoder, datum, None),
            Way::ByPlan(index, plan) => V::decode_with(*index, &self.decoder, datum, Some(plan)),
            Way::Other(schema) => {
                let other = V::from_other(OtherRecord::new(Arc::clone(schema), datum.to_vec()));
                debug_assert!(other.is_some(), "a value that takes other records has a variant for them");
                return match other {
                    Some(value) => Reading::Good { schema_id: Some(id), value, key },
                    None => bad(Some(id), MessageProblem::unknown_type(schema, V::TYPES)),
                };
            }
            Way::Unreadable(problem) => return bad(Some(id), problem.as_problem()),
        };
        match decoded {
            Ok(value) => Reading::Good { schema_id: Some(id), value, key },
            Err(error) => bad(Some(id), MessageProblem::Decode(error)),
        }
    }

    fn read_key(&mut self, key: &[u8], record: RecordRef<'_>) -> Result<K, Unread> {
        let problem = |problem: MessageProblem| Unread::Problem(MessageProblem::Key(Box::new(problem)));
        if K::TYPE.is_none() {
            return K::from_bytes(key).map_err(|error| Unread::Problem(MessageProblem::InvalidKey(error)));
        }
        let (id, datum) = self.split(RecordPart::Key, key, record).map_err(problem)?;
        let plan = match self.keys.find(id).ok_or(Unread::NeedsSchema(id))? {
            Way::SameEncoding(_) => None,
            Way::ByPlan(_, plan) => Some(plan),
            Way::Unreadable(unreadable) => return Err(problem(unreadable.as_problem())),
            Way::Other(schema) => {
                debug_assert!(false, "a key has one type");
                return Err(problem(MessageProblem::unknown_type(schema, K::TYPE.as_slice())));
            }
        };
        let decoded =
            K::decode_with(&self.decoder, datum, plan).map_err(|error| problem(MessageProblem::Decode(error)));
        decoded.and_then(|key| key.map_or_else(|| K::from_bytes(datum).map_err(|error| problem(error.into())), Ok))
    }

    fn split<'d>(
        &self,
        part: RecordPart,
        bytes: &'d [u8],
        record: RecordRef<'_>,
    ) -> Result<(WireId, &'d [u8]), MessageProblem> {
        self.wire_formats.of(part).split_record(part, record.headers().iter(), bytes).map_err(MessageProblem::Frame)
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
        let Self { wire_formats, decoder, values, keys, .. } = self;
        Self {
            wire_formats: *wire_formats,
            decoder: *decoder,
            values: values.clone(),
            keys: keys.clone(),
            sample: Sample::default(),
            types: PhantomData,
        }
    }
}

/// Why there is no key yet.
enum Unread {
    NeedsSchema(WireId),
    Problem(MessageProblem),
}

/// How to decode what was written with one schema.
enum Way {
    /// The writer's schema encodes as that of the type at this position.
    SameEncoding(usize),
    /// The writer's schema is another, which this plan reads as the type at this position.
    ByPlan(usize, Plan),
    /// It is of none of the types, and read as another record.
    Other(Arc<Schema>),
    /// Nothing that was written with this schema can be read. Kept, so that every such message fails as fast as others
    /// are read.
    Unreadable(Unreadable),
}

enum Unreadable {
    Unlike { fullname: &'static str, source: Arc<avro_typed::model::resolution::ResolutionError> },
    UnknownType { schema: Arc<Schema>, types: &'static [TopicType] },
}

impl Unreadable {
    fn as_problem(&self) -> MessageProblem {
        match self {
            Self::Unlike { fullname, source } => MessageProblem::Unreadable { fullname, source: Arc::clone(source) },
            Self::UnknownType { schema, types } => MessageProblem::unknown_type(schema, types),
        }
    }
}

/// The ways to decode the values, or the keys, of a topic. Only ids that the registry knows are kept, so that nobody
/// but the registry can make it grow.
#[derive(Clone)]
struct Ways {
    types: &'static [TopicType],
    takes_others: bool,
    /// The schemas of the types.
    readers: Arc<[Schema]>,
    record_names: RecordNames,
    /// Of all readers of one consumer.
    known: Arc<RwLock<HashMap<WireId, Arc<Way>>>>,
    /// Most messages have the schema of the one before them.
    last: Option<(WireId, Arc<Way>)>,
}

impl Ways {
    fn new(types: &'static [TopicType], takes_others: bool, record_names: RecordNames) -> Result<Self, SetupError> {
        let readers = types.iter().map(|topic_type| schema_of(*topic_type)).collect::<Result<_, _>>()?;
        Ok(Self { types, takes_others, readers, record_names, known: Arc::default(), last: None })
    }

    #[inline]
    fn find(&mut self, id: WireId) -> Option<&Way> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != id) {
            // Nothing that runs under the lock can panic halfway through a change.
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let way = Arc::clone(known.get(&id)?);
            drop(known);
            self.last = Some((id, way));
        }
        self.last.as_ref().map(|(_, way)| &**way)
    }

    fn learn(&self, id: WireId, writer: &Schema) {
        if self.types.is_empty() && !self.takes_others {
            return;
        }
        let way = self.way(writer);
        let name = match &way {
            Way::SameEncoding(_) => "same encoding",
            Way::ByPlan(..) => "by a plan",
            Way::Other(_) => "as another record",
            Way::Unreadable(_) => "unreadable",
        };
        tracing::debug!(schema = %id, types = ?self.types.iter().map(|known| known.fullname).collect::<Vec<_>>(), "how messages are read: {name}");
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(id, Arc::new(way));
    }

    fn way(&self, writer: &Schema) -> Way {
        if let ([reader], false) = (&*self.readers, self.takes_others) {
            return self.resolve(0, writer, reader, self.record_names);
        }
        let fullname = writer.fullname().map(|fullname| fullname.as_str());
        let named = self.types.iter().position(|topic_type| Some(topic_type.fullname) == fullname);
        if let Some((index, reader)) = named.and_then(|index| Some((index, self.readers.get(index)?))) {
            return self.resolve(index, writer, reader, RecordNames::Match);
        }
        // By an alias, which resolving knows.
        let by_alias = self.readers.iter().enumerate().find_map(|(index, reader)| {
            let way = self.resolve(index, writer, reader, RecordNames::Match);
            (!matches!(way, Way::Unreadable(_))).then_some(way)
        });
        let schema = || Arc::new(writer.clone());
        by_alias.unwrap_or_else(|| match self.takes_others {
            true => Way::Other(schema()),
            false => Way::Unreadable(Unreadable::UnknownType { schema: schema(), types: self.types }),
        })
    }

    fn resolve(&self, index: usize, writer: &Schema, reader: &Schema, record_names: RecordNames) -> Way {
        match Plan::with_record_names(writer, reader, record_names) {
            Ok(plan) if plan.is_same_encoding() => Way::SameEncoding(index),
            Ok(plan) => Way::ByPlan(index, plan),
            Err(error) => {
                let fullname = self.types.get(index).map_or("", |topic_type| topic_type.fullname);
                Way::Unreadable(Unreadable::Unlike { fullname, source: Arc::new(error) })
            }
        }
    }
}
