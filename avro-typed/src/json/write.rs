//! Writes a datum from JSON.

use std::collections::HashMap;

use avro_model::{
    Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, Record, Schema, Type, closest, encode_default,
};
use serde_json::{Map, Number, Value};

use super::MOST_LEVELS;
use super::error::{FromJsonError, FromJsonErrorKind};
use super::read::branch_name;
use crate::encoder::Encoder;
use crate::invariant::always;
use crate::limits::Limits;
use crate::path::shortened;
use crate::varint::zigzag;

pub(super) fn write(schema: &Schema, json: &Value) -> Result<Vec<u8>, FromJsonError> {
    let mut writing = Writing {
        schema,
        datum: Vec::new(),
        defaults: HashMap::new(),
        records_left: Limits::DEFAULT_MAX_DEPTH,
        levels_left: MOST_LEVELS,
    };
    match writing.value(schema.root(), json) {
        Ok(()) => Ok(writing.datum),
        Err(Failure { kind, mut innermost_first }) => {
            innermost_first.extend(schema.fullname().map(|fullname| fullname.name().to_owned()));
            let path: String = innermost_first.into_iter().rev().collect();
            Err(FromJsonError { path: path.trim_start_matches('.').to_owned(), kind: *kind })
        }
    }
}

struct Writing<'s> {
    schema: &'s Schema,
    datum: Vec<u8>,
    /// Defaults that were taken, by the record and the position of the field.
    defaults: HashMap<(DefinitionId, usize), Vec<u8>>,
    records_left: u32,
    levels_left: u32,
}

/// An error on its way out.
struct Failure {
    kind: Box<FromJsonErrorKind>,
    innermost_first: Vec<String>,
}

impl Failure {
    #[cold]
    fn new(kind: FromJsonErrorKind) -> Failure {
        Failure { kind: Box::new(kind), innermost_first: Vec::new() }
    }

    #[cold]
    fn at(mut self, step: String) -> Failure {
        self.innermost_first.push(step);
        self
    }
}

impl<'s> Writing<'s> {
    fn value(&mut self, ty: &'s Type, json: &Value) -> Result<(), Failure> {
        match (&ty.kind, json) {
            (Kind::Null, Value::Null) => Ok(()),
            (Kind::Boolean, Value::Bool(value)) => self.put(&[u8::from(*value)]),
            (Kind::Int, Value::Number(number)) => match i32::try_from(whole(number, "int")?) {
                Ok(value) => self.long(i64::from(value)),
                Err(_) => Err(out_of_range(number, "int")),
            },
            (Kind::Long, Value::Number(number)) => self.long(whole(number, "long")?),
            (Kind::Float, Value::Number(number)) => {
                // Through the decimals: to round a double to a float would round a second time.
                let value = always(number.to_string().parse().ok(), f32::INFINITY, "a number as text is a float");
                if value.is_infinite() {
                    return Err(out_of_range(number, "float"));
                }
                self.put(&value.to_le_bytes())
            }
            (Kind::Double, Value::Number(number)) => {
                let value = number.as_f64().filter(|value| value.is_finite());
                self.put(&value.ok_or_else(|| out_of_range(number, "double"))?.to_le_bytes())
            }
            (Kind::Float, Value::String(text)) if let Some(value) = not_in_json(text) =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "NaN and the infinities are in every float")]
                self.put(&(value as f32).to_le_bytes())
            }
            (Kind::Double, Value::String(text)) if let Some(value) = not_in_json(text) => {
                self.put(&value.to_le_bytes())
            }
            (Kind::Bytes, Value::String(text)) => self.sized(&bytes(text)?),
            (Kind::String, Value::String(text)) => self.sized(text.as_bytes()),
            (Kind::Array(items), Value::Array(values)) => self.level(|writing| writing.array(items, values)),
            (Kind::Map(values), Value::Object(members)) => self.level(|writing| writing.map(values, members)),
            (Kind::Union(branches), _) => self.level(|writing| writing.union(branches, json)),
            (Kind::Named(id), _) => self.named(*id, json),
            _ => Err(wrong_kind(ty.kind.json_form(), json)),
        }
    }

    fn array(&mut self, items: &'s Type, values: &[Value]) -> Result<(), Failure> {
        if !values.is_empty() {
            self.count(values.len())?;
        }
        for (index, value) in values.iter().enumerate() {
            self.value(items, value).map_err(|failure| failure.at(format!("[{index}]")))?;
        }
        self.put(&[0])
    }

    fn map(&mut self, values: &'s Type, members: &Map<String, Value>) -> Result<(), Failure> {
        if !members.is_empty() {
            self.count(members.len())?;
        }
        for (key, value) in members {
            self.sized(key.as_bytes())?;
            self.value(values, value).map_err(|failure| failure.at(format!("[{:?}]", shortened(key))))?;
        }
        self.put(&[0])
    }

    fn union(&mut self, branches: &'s [Type], json: &Value) -> Result<(), Failure> {
        let null = branches.iter().position(|branch| branch.kind == Kind::Null);
        let member = match json {
            Value::Null => None,
            Value::Object(members) if members.len() == 1 => members.iter().next(),
            _ => return Err(wrong_kind(&self.expected_branch(branches), json)),
        };
        let Some((name, value)) = member else {
            let Some(index) = null else {
                return Err(wrong_kind(&self.expected_branch(branches), json));
            };
            return self.count(index);
        };
        let named = |branch: &&Type| branch.kind != Kind::Null && branch_name(self.schema, branch) == name;
        let Some((index, branch)) = branches.iter().enumerate().find(|(_, branch)| named(branch)) else {
            return Err(Failure::new(FromJsonErrorKind::UnknownBranch {
                found: shortened(name),
                branches: self.branch_names(branches).join(", "),
            }));
        };
        self.count(index)?;
        self.value(branch, value)
    }

    fn named(&mut self, id: DefinitionId, json: &Value) -> Result<(), Failure> {
        let definition = self.schema.definition(id);
        match (&definition.kind, json) {
            (DefinitionKind::Record(record), Value::Object(members)) => {
                self.level(|writing| writing.record(id, definition, record, members))
            }
            (DefinitionKind::Enum(symbols), Value::String(symbol)) => self.symbol(definition, symbols, symbol),
            (DefinitionKind::Fixed { size }, Value::String(text)) => {
                let bytes = bytes(text)?;
                if bytes.len() != *size {
                    let name = definition.name.to_string();
                    let (expected, found) = (*size, bytes.len());
                    return Err(Failure::new(FromJsonErrorKind::WrongLength { name, expected, found }));
                }
                self.put(&bytes)
            }
            (DefinitionKind::Record(_), _) => {
                Err(wrong_kind(&format!("an object (record `{}`)", definition.name), json))
            }
            (DefinitionKind::Enum(_), _) => Err(wrong_kind(&format!("a symbol (enum `{}`)", definition.name), json)),
            (DefinitionKind::Fixed { .. }, _) => {
                Err(wrong_kind(&format!("a string (fixed `{}`)", definition.name), json))
            }
        }
    }

    fn record(
        &mut self,
        id: DefinitionId,
        definition: &'s Definition,
        record: &'s Record,
        members: &Map<String, Value>,
    ) -> Result<(), Failure> {
        let Some(left) = self.records_left.checked_sub(1) else {
            return Err(Failure::new(FromJsonErrorKind::DepthExceeded { limit: Limits::DEFAULT_MAX_DEPTH }));
        };
        self.records_left = left;
        let fields = || record.fields.iter().map(|field| field.name.as_str());
        let mut given = 0;
        for (index, field) in record.fields.iter().enumerate() {
            let written = match members.get(&field.name) {
                Some(value) => {
                    given += 1;
                    self.value(&field.ty, value)
                }
                None if field.default.is_some() => self.default(id, index, field),
                None => {
                    let unknown = members.keys().map(String::as_str).filter(|key| fields().all(|name| name != *key));
                    let near = closest(&field.name, unknown).map(str::to_owned);
                    return Err(Failure::new(FromJsonErrorKind::MissingField { field: field.name.clone(), near }));
                }
            };
            written.map_err(|failure| failure.at(format!(".{}", field.name)))?;
        }
        if given < members.len()
            && let Some(unknown) = members.keys().find(|key| fields().all(|name| name != key.as_str()))
        {
            return Err(Failure::new(FromJsonErrorKind::UnknownField {
                record: definition.name.to_string(),
                member: shortened(unknown),
                near: closest(unknown, fields()).map(str::to_owned),
            }));
        }
        self.records_left = left + 1;
        Ok(())
    }

    fn default(&mut self, id: DefinitionId, index: usize, field: &Field) -> Result<(), Failure> {
        if !self.defaults.contains_key(&(id, index)) {
            let default = field.default.as_ref();
            let default = always(default, &avro_model::Json::Null, "fields without a default are errors before");
            let bytes = encode_default(&field.ty, self.schema.definitions(), default)
                .map_err(|error| Failure::new(FromJsonErrorKind::Default(error)))?;
            self.defaults.insert((id, index), bytes);
        }
        let bytes = always(self.defaults.get(&(id, index)).map(Vec::as_slice), &[], "it was inserted above");
        put(&mut self.datum, bytes)
    }

    fn symbol(&mut self, definition: &Definition, symbols: &Enum, symbol: &str) -> Result<(), Failure> {
        match symbols.symbols.iter().position(|known| known == symbol) {
            Some(index) => self.count(index),
            None => Err(Failure::new(FromJsonErrorKind::UnknownSymbol {
                name: definition.name.to_string(),
                symbol: shortened(symbol),
                near: closest(symbol, symbols.symbols.iter().map(String::as_str)).map(str::to_owned),
            })),
        }
    }

    fn level(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        let Some(left) = self.levels_left.checked_sub(1) else {
            return Err(Failure::new(FromJsonErrorKind::NestedTooDeep { limit: MOST_LEVELS }));
        };
        self.levels_left = left;
        write(self)?;
        self.levels_left = left + 1;
        Ok(())
    }

    fn expected_branch(&self, branches: &[Type]) -> String {
        let has_null = branches.iter().any(|branch| branch.kind == Kind::Null);
        let names = self.branch_names(branches);
        match (has_null, names.iter().find(|name| **name != "null")) {
            (true, None) => "null".to_owned(),
            (true, Some(name)) => format!("null or a branch of the union by its name, such as {{{name:?}: …}}"),
            (false, Some(name)) => format!("a branch of the union by its name, such as {{{name:?}: …}}"),
            (false, None) => "nothing, since the union has no branches".to_owned(),
        }
    }

    fn branch_names<'t>(&'t self, branches: &'t [Type]) -> Vec<&'t str> {
        branches.iter().map(|branch| branch_name(self.schema, branch)).collect()
    }

    fn sized(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.count(bytes.len())?;
        self.put(bytes)
    }

    /// A length, a count or an index.
    fn count(&mut self, count: usize) -> Result<(), Failure> {
        self.long(always(i64::try_from(count).ok(), i64::MAX, "no length of something in memory is above a long"))
    }

    fn long(&mut self, value: i64) -> Result<(), Failure> {
        let mut rest = zigzag(value);
        loop {
            let low = rest.to_le_bytes()[0] & 0x7f;
            rest >>= 7;
            if rest == 0 {
                return self.put(&[low]);
            }
            self.put(&[low | 0x80])?;
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        put(&mut self.datum, bytes)
    }
}

fn put(datum: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Failure> {
    let limit = Encoder::DEFAULT_MAX_SIZE;
    if datum.len() + bytes.len() > limit {
        return Err(Failure::new(FromJsonErrorKind::TooLarge { limit }));
    }
    datum.extend_from_slice(bytes);
    Ok(())
}

fn whole(number: &Number, ty: &'static str) -> Result<i64, Failure> {
    match number.as_i64() {
        Some(value) => Ok(value),
        None if number.is_u64() => Err(out_of_range(number, ty)),
        None => {
            let expected = format!("a whole number ({ty})");
            Err(Failure::new(FromJsonErrorKind::WrongKind { expected, found: format!("the number {number}") }))
        }
    }
}

fn out_of_range(number: &Number, ty: &'static str) -> Failure {
    Failure::new(FromJsonErrorKind::OutOfRange { number: number.to_string(), ty })
}

/// A number that JSON cannot express, by the word that Java writes for it, or by the shorter one that some others
/// write.
fn not_in_json(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" | "INF" => Some(f64::INFINITY),
        "-Infinity" | "-INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, Failure> {
    let byte = |character| u8::try_from(character).map_err(|_| Failure::new(FromJsonErrorKind::NoByte { character }));
    text.chars().map(byte).collect()
}

fn wrong_kind(expected: &str, found: &Value) -> Failure {
    Failure::new(FromJsonErrorKind::WrongKind { expected: expected.to_owned(), found: shown(found) })
}

/// A JSON value in a message.
fn shown(json: &Value) -> String {
    match json {
        Value::Null | Value::Bool(_) => json.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the string {:?}", shortened(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
