//! How to decode what was written with each schema.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use avro_typed::model::Schema;
use avro_typed::model::resolution::{Plan, RecordNames};
use avro_typed::topic::TopicType;
use schema_registry::WireId;

use super::bad_message::MessageProblem;
use crate::error::SetupError;
use crate::registration::schema_of;

/// How to decode what was written with one schema.
pub(super) enum Way {
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

pub(super) enum Unreadable {
    Unlike { fullname: &'static str, source: Arc<avro_typed::model::resolution::ResolutionError> },
    UnknownType { schema: Arc<Schema>, types: &'static [TopicType] },
}

impl Unreadable {
    pub(super) fn as_problem(&self) -> MessageProblem {
        match self {
            Self::Unlike { fullname, source } => MessageProblem::Unreadable { fullname, source: Arc::clone(source) },
            Self::UnknownType { schema, types } => MessageProblem::unknown_type(schema, types),
        }
    }
}

/// The ways to decode the values, or the keys, of a topic. Only ids that the registry knows are kept, so that nobody
/// but the registry can make it grow.
#[derive(Clone)]
pub(super) struct Ways {
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
    pub(super) fn new(
        types: &'static [TopicType],
        takes_others: bool,
        record_names: RecordNames,
    ) -> Result<Self, SetupError> {
        let readers = types.iter().map(|topic_type| schema_of(*topic_type)).collect::<Result<_, _>>()?;
        Ok(Self { types, takes_others, readers, record_names, known: Arc::default(), last: None })
    }

    #[inline]
    pub(super) fn find(&mut self, id: WireId) -> Option<&Arc<Way>> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != id) {
            // Nothing that runs under the lock can panic halfway through a change.
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let way = Arc::clone(known.get(&id)?);
            drop(known);
            self.last = Some((id, way));
        }
        self.last.as_ref().map(|(_, way)| way)
    }

    pub(super) fn learn(&self, id: WireId, writer: &Schema) {
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
