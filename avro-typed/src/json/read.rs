//! Reads a datum by its schema.

use avro_model::{DefinitionId, DefinitionKind, Kind, Schema, Type};

use super::MOST_LEVELS;
use super::output::Output;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::invariant::always;
use crate::limits::Limits;
use crate::reader::Reader;

pub(super) fn read(schema: &Schema, bytes: &[u8], limits: Limits, output: &mut dyn Output) -> Result<(), DecodeError> {
    let reader = Reader::new(bytes, limits);
    let mut datum = DatumReader { schema, reader, levels_left: MOST_LEVELS, records_left: limits.max_depth };
    let read = datum.value(schema.root(), output).and_then(|()| datum.reader.finish());
    match schema.fullname() {
        Some(fullname) => read.map_err(|error| error.at_name(fullname.name())),
        None => read,
    }
}

/// Walks through a datum by its schema, which is known only at run time.
struct DatumReader<'s, 'd> {
    schema: &'s Schema,
    reader: Reader<'d>,
    levels_left: u32,
    records_left: u32,
}

impl<'s> DatumReader<'s, '_> {
    fn value(&mut self, ty: &'s Type, output: &mut dyn Output) -> Result<(), DecodeError> {
        self.charge(output.memory_of_value())?;
        match &ty.kind {
            Kind::Null => output.null(),
            Kind::Boolean => output.boolean(self.reader.boolean()?),
            Kind::Int => output.long(i64::from(self.reader.int()?)),
            Kind::Long => output.long(self.reader.long()?),
            Kind::Float => output.float(self.reader.float()?),
            Kind::Double => output.double(self.reader.double()?),
            Kind::Bytes => output.string(&one_character_each(self.reader.bytes()?)),
            Kind::String => output.string(self.reader.string()?),
            Kind::Array(items) => return self.level(|datum| datum.array(items, output)),
            Kind::Map(values) => return self.level(|datum| datum.map(values, output)),
            Kind::Union(branches) => return self.level(|datum| datum.union(branches, output)),
            Kind::Named(id) => return self.named(*id, output),
        }
        Ok(())
    }

    fn array(&mut self, items: &'s Type, output: &mut dyn Output) -> Result<(), DecodeError> {
        self.charge(output.memory_of_container())?;
        output.begin_array();
        let mut index = 0;
        while let Some(block) = self.reader.next_changed_items::<()>(least_size(items))? {
            for _ in 0..block.count {
                let remaining = self.reader.remaining();
                self.value(items, output).map_err(|error| error.at_index(index))?;
                self.reader.check_progress(remaining, 0)?;
                index += 1;
            }
            self.reader.end_items(&block)?;
        }
        output.end_array();
        Ok(())
    }

    fn map(&mut self, values: &'s Type, output: &mut dyn Output) -> Result<(), DecodeError> {
        self.charge(output.memory_of_container())?;
        output.begin_object();
        while let Some(block) = self.reader.next_changed_items::<()>(1 + least_size(values))? {
            for _ in 0..block.count {
                let key = self.reader.string()?;
                output.key(key);
                self.value(values, output).map_err(|error| error.at_key(key))?;
            }
            self.reader.end_items(&block)?;
        }
        output.end_object();
        Ok(())
    }

    fn union(&mut self, branches: &'s [Type], output: &mut dyn Output) -> Result<(), DecodeError> {
        let index = self.reader.union_index(branches.len())?;
        match branches.get(index) {
            None => {
                debug_assert!(false, "the index was compared with the number of branches");
                Ok(())
            }
            Some(branch) if branch.kind == Kind::Null => self.value(branch, output),
            Some(branch) => {
                let name = branch_name(self.schema, branch);
                self.charge(output.memory_of_container() + name.len())?;
                output.begin_object();
                output.key(name);
                self.value(branch, output)?;
                output.end_object();
                Ok(())
            }
        }
    }

    fn named(&mut self, id: DefinitionId, output: &mut dyn Output) -> Result<(), DecodeError> {
        match &self.schema.definition(id).kind {
            DefinitionKind::Record(record) => self.level(|datum| {
                datum.record_level(|datum| {
                    datum.charge(output.memory_of_container())?;
                    output.begin_object();
                    for field in &record.fields {
                        datum.charge(field.name.len())?;
                        output.key(&field.name);
                        datum.value(&field.ty, output).map_err(|error| error.at_name(&field.name))?;
                    }
                    output.end_object();
                    Ok(())
                })
            }),
            DefinitionKind::Enum(symbols) => {
                let index = self.reader.enum_index(symbols.symbols.len(), "of the schema")?;
                let symbol = symbols.symbols.get(index).map(String::as_str);
                output.string(always(symbol, "", "the index was compared with the number of symbols"));
                Ok(())
            }
            DefinitionKind::Fixed { size } => {
                output.string(&one_character_each(self.reader.take(*size)?));
                Ok(())
            }
        }
    }

    /// Data of no bytes can still be many values, since records of records double at every level.
    fn charge(&mut self, memory: usize) -> Result<(), DecodeError> {
        self.reader.charge(memory)
    }

    fn level(&mut self, read: impl FnOnce(&mut Self) -> Result<(), DecodeError>) -> Result<(), DecodeError> {
        let Some(left) = self.levels_left.checked_sub(1) else {
            return Err(self.reader.fail(DecodeErrorKind::NestedTooDeep { limit: MOST_LEVELS }));
        };
        self.levels_left = left;
        read(self)?;
        self.levels_left = left + 1;
        Ok(())
    }

    fn record_level(&mut self, read: impl FnOnce(&mut Self) -> Result<(), DecodeError>) -> Result<(), DecodeError> {
        let Some(left) = self.records_left.checked_sub(1) else {
            return Err(self.reader.fail(DecodeErrorKind::DepthExceeded { limit: self.reader.limits.max_depth }));
        };
        self.records_left = left;
        read(self)?;
        self.records_left = left + 1;
        Ok(())
    }
}

/// What the JSON of a union calls a branch.
pub(super) fn branch_name<'s>(schema: &'s Schema, branch: &'s Type) -> &'s str {
    match &branch.kind {
        Kind::Named(id) => schema.definition(*id).name.as_str(),
        kind => always(kind.name(), "", "all kinds but named types have names of their own"),
    }
}

/// The fewest bytes that a value takes, without looking into named types.
fn least_size(ty: &Type) -> usize {
    match ty.kind {
        Kind::Null | Kind::Named(_) => 0,
        Kind::Float => 4,
        Kind::Double => 8,
        _ => 1,
    }
}

/// Bytes as JSON has them: a character for each, in ISO 8859-1.
fn one_character_each(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
