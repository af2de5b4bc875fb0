//! How to pass over values of the writer that the reader has no field for.

use std::collections::{HashMap, HashSet};

use super::action::{Skip, SkipId, narrow};
use crate::schema::{DefinitionId, DefinitionKind, Kind, Schema, Type};

/// Makes the [`Skip`]s of one plan; each record of the writer is worked out once.
pub(super) struct Skips<'s> {
    schema: &'s Schema,
    known: HashMap<DefinitionId, Skip>,
    lists: Vec<Box<[Skip]>>,
}

impl<'s> Skips<'s> {
    pub(super) fn new(schema: &'s Schema) -> Self {
        Skips { schema, known: HashMap::new(), lists: Vec::new() }
    }

    /// How to pass over a value of this type of the writer.
    pub(super) fn skip(&mut self, writer: &'s Type) -> Skip {
        for record in self.records_inside_first(writer) {
            self.learn(record);
        }
        self.skip_known(writer)
    }

    /// The lists that the skips made so far refer to by their [`SkipId`].
    pub(super) fn into_lists(self) -> Vec<Box<[Skip]>> {
        self.lists
    }

    /// The unknown records that values of the type contain, each after those inside it, save where a record contains
    /// itself. It keeps its own stack: one record may lead to the next for as long as the schema is, which no call
    /// stack is ready for.
    fn records_inside_first(&self, writer: &'s Type) -> Vec<DefinitionId> {
        enum Visit {
            Enter(DefinitionId),
            Leave(DefinitionId),
        }
        let mut order = Vec::new();
        let mut entered = HashSet::new();
        let mut stack = Vec::new();
        for_each_name(writer, &mut |id| stack.push(Visit::Enter(id)));
        while let Some(visit) = stack.pop() {
            match visit {
                Visit::Leave(id) => order.push(id),
                Visit::Enter(id) => {
                    let DefinitionKind::Record(record) = &self.schema.definition(id).kind else { continue };
                    if self.known.contains_key(&id) || !entered.insert(id) {
                        continue;
                    }
                    stack.push(Visit::Leave(id));
                    for field in &record.fields {
                        for_each_name(&field.ty, &mut |inside| stack.push(Visit::Enter(inside)));
                    }
                }
            }
        }
        order
    }

    /// Works out one record. A record of nothing, or of nothing but one run of values, is not a record to a skip: so
    /// the work of skipping is bounded by the bytes that are skipped, however a schema nests empty records.
    fn learn(&mut self, id: DefinitionId) {
        let DefinitionKind::Record(record) = &self.schema.definition(id).kind else { return };
        let mut list = Vec::new();
        for field in &record.fields {
            let skip = self.skip_known(&field.ty);
            push_merged(&mut list, skip);
        }
        // A record that refers to this one may have been worked out before it, and then holds its id.
        if let Some(Skip::Record(reserved)) = self.known.get(&id) {
            let index = reserved.index();
            self.lists[index] = list.into();
            return;
        }
        let skip = match list.as_slice() {
            [] => Skip::Nothing,
            [Skip::Fixed(size)] => Skip::Fixed(*size),
            [Skip::Varints(count)] => Skip::Varints(*count),
            _ => {
                self.lists.push(list.into());
                Skip::Record(last_id(&self.lists))
            }
        };
        self.known.insert(id, skip);
    }

    fn skip_known(&mut self, writer: &Type) -> Skip {
        match &writer.kind {
            Kind::Null => Skip::Nothing,
            Kind::Boolean => Skip::Fixed(1),
            Kind::Int | Kind::Long => Skip::Varints(1),
            Kind::Float => Skip::Fixed(4),
            Kind::Double => Skip::Fixed(8),
            Kind::Bytes | Kind::String => Skip::Bytes,
            Kind::Array(items) => Skip::Array(Box::new(self.skip_known(items))),
            Kind::Map(values) => Skip::Map(Box::new(self.skip_known(values))),
            Kind::Union(branches) => Skip::Union(branches.iter().map(|branch| self.skip_known(branch)).collect()),
            Kind::Named(id) => match &self.schema.definition(*id).kind {
                DefinitionKind::Fixed { size: 0 } => Skip::Nothing,
                DefinitionKind::Fixed { size } => Skip::Fixed(*size),
                DefinitionKind::Enum(_) => Skip::Varints(1),
                DefinitionKind::Record(_) => self.known_record(*id),
            },
        }
    }

    /// The skip of a record; where that is still being worked out, because it contains itself, the id that it will
    /// have.
    fn known_record(&mut self, id: DefinitionId) -> Skip {
        let lists = &mut self.lists;
        let reserve = || {
            lists.push(Box::default());
            Skip::Record(last_id(lists))
        };
        self.known.entry(id).or_insert_with(reserve).clone()
    }
}

/// Adds a skip after others, as one with the last where both pass over a known number of bytes, or of integers.
pub(super) fn push_merged(list: &mut Vec<Skip>, skip: Skip) {
    match (list.last_mut(), skip) {
        (_, Skip::Nothing) => {}
        // A sum that overflows stays apart; no datum is that long, and the first part will report it.
        (Some(Skip::Fixed(run)), Skip::Fixed(size)) if run.checked_add(size).is_some() => *run += size,
        (Some(Skip::Varints(run)), Skip::Varints(count)) if run.checked_add(count).is_some() => *run += count,
        (_, skip) => list.push(skip),
    }
}

fn last_id(lists: &[Box<[Skip]>]) -> SkipId {
    SkipId(narrow(lists.len() - 1))
}

fn for_each_name(ty: &Type, visit: &mut impl FnMut(DefinitionId)) {
    match &ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => for_each_name(inner, visit),
        Kind::Union(branches) => branches.iter().for_each(|branch| for_each_name(branch, visit)),
        Kind::Named(id) => visit(*id),
        _ => {}
    }
}
