//! From a schema id to the way of decoding what was written with that schema.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use avro_typed::model::Schema;
use avro_typed::model::resolution::{Plan, RecordNames, ResolutionError};
use avro_typed::topic::TopicType;
use avro_typed::{AvroType, DecodeOwned, Decoder, Limits};
use schema_registry::{RegisteredSchema, SchemaId};

use super::bad_message::MessageProblem;
use crate::error::SetupError;
use crate::registration::schema_of;

/// One way of decoding per schema id met so far. Only ids that the registry knows are kept, so that nobody but the
/// registry can make it grow.
pub(crate) struct Decoders<T> {
    reader: Schema,
    record_names: RecordNames,
    decoder: Decoder,
    known: Vec<WayToDecode>,
    by_id: HashMap<SchemaId, usize>,
    /// Most messages have the schema of the one before them.
    last: Option<(SchemaId, usize)>,
    value: PhantomData<fn() -> T>,
}

enum WayToDecode {
    /// The writer's schema encodes as the reader's does.
    SameEncoding,
    /// The writer's schema is another, which this plan reads.
    ByPlan(Plan),
    /// Nothing that was written with this schema can be read. Kept, so that every such message fails as fast as others
    /// are read.
    Unreadable(Arc<ResolutionError>),
}

impl<T: DecodeOwned + AvroType> Decoders<T> {
    pub(crate) fn new(record_names: RecordNames, limits: Limits) -> Result<Self, SetupError> {
        let reader = schema_of(TopicType::of::<T>())?;
        let decoder = Decoder::new().with_limits(limits);
        let (known, by_id) = (Vec::new(), HashMap::new());
        Ok(Self { reader, record_names, decoder, known, by_id, last: None, value: PhantomData })
    }

    /// Decodes a datum, or returns `None` when the schema has to be [learned](Self::learn) first.
    pub(crate) fn decode(&mut self, id: SchemaId, datum: &[u8]) -> Option<Result<T, MessageProblem>> {
        let index = match self.last {
            Some((last, index)) if last == id => index,
            _ => {
                let index = *self.by_id.get(&id)?;
                self.last = Some((id, index));
                index
            }
        };
        debug_assert!(index < self.known.len(), "ids are known by the ways that were learned");
        Some(match self.known.get(index)? {
            WayToDecode::SameEncoding => self.decoder.decode(datum).map_err(MessageProblem::Decode),
            WayToDecode::ByPlan(plan) => self.decoder.decode_resolved(datum, plan).map_err(MessageProblem::Decode),
            WayToDecode::Unreadable(error) => {
                Err(MessageProblem::Unreadable { fullname: T::FULLNAME, source: Arc::clone(error) })
            }
        })
    }

    /// Finds out how to read what was written with a schema.
    pub(crate) fn learn(&mut self, id: SchemaId, writer: &RegisteredSchema) {
        let decoder = match Plan::with_record_names(writer.schema(), &self.reader, self.record_names) {
            Ok(plan) if plan.is_same_encoding() => WayToDecode::SameEncoding,
            Ok(plan) => WayToDecode::ByPlan(plan),
            Err(error) => WayToDecode::Unreadable(Arc::new(error)),
        };
        let way = match &decoder {
            WayToDecode::SameEncoding => "same encoding",
            WayToDecode::ByPlan(_) => "by plan",
            WayToDecode::Unreadable(_) => "unreadable",
        };
        tracing::debug!(schema = %id, fullname = T::FULLNAME, way, "a new schema");
        self.by_id.insert(id, self.known.len());
        self.known.push(decoder);
    }
}
