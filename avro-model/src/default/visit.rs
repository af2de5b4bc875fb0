//! Walks over a JSON value and a type together.

use std::collections::HashMap;

use super::error::{DefaultError, DefaultErrorKind, Segment};
use crate::json::Json;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Enum, Kind, Record, Type};
use crate::suggest::closest;

/// What a walk is for.
pub(crate) trait Sink<'a> {
    /// The next bytes of the Avro binary encoding.
    fn write(&mut self, _bytes: &[u8]) -> Result<(), DefaultErrorKind> {
        Ok(())
    }

    /// A field (by record and index) is not given and has a default of its own: whether to walk over that too.
    fn expands(&mut self, _record: DefinitionId, _field: usize) -> Result<bool, DefaultErrorKind> {
        Ok(false)
    }

    /// The JSON object of a record, at `path`, has a key that is not a field.
    fn unknown_key(&mut self, _path: &[PathStep<'a>], _key: &'a str, _record: &'a Record) {}
}

/// How deeply a value may be nested, inner defaults included: a union and the value of its branch are two levels, and
/// so is a record that takes its own default. Some of these take several calls each, and all of them together must fit
/// into half of a thread's usual stack.
const MOST_LEVELS: usize = 96;

/// For a mere check.
struct Discard;

impl Sink<'_> for Discard {}

#[derive(Clone, Copy)]
pub(crate) enum PathStep<'a> {
    Key(&'a str),
    Index(usize),
}

impl PathStep<'_> {
    pub(crate) fn to_segment(self) -> Segment {
        match self {
            PathStep::Key(key) => Segment::Key(key.to_owned()),
            PathStep::Index(index) => Segment::Index(index),
        }
    }
}

/// One walk; what it remembers holds for one default.
pub(crate) struct Visit<'a> {
    definitions: &'a [Definition],
    /// Definitions that are wrong themselves, and take anything.
    unsound: &'a [DefinitionId],
    path: Vec<PathStep<'a>>,
    depth: usize,
    /// Which branch takes a value, by the addresses of the value and of the union: a union inside a union's branches
    /// would otherwise be tried again for each of them, which takes exponential time.
    picks: HashMap<(*const Json, *const Type), Result<usize, DefaultError>>,
}

impl<'a> Visit<'a> {
    /// `unsound` is sorted.
    pub(crate) fn new(definitions: &'a [Definition], unsound: &'a [DefinitionId]) -> Visit<'a> {
        Visit { definitions, unsound, path: Vec::new(), depth: 0, picks: HashMap::new() }
    }

    /// Walks over the default of a field.
    pub(crate) fn field_default(
        &mut self,
        ty: &'a Type,
        json: &'a Json,
        sink: &mut dyn Sink<'a>,
    ) -> Result<(), DefaultError> {
        // Java reads a string as a number only here, where the field itself is a float or a double.
        if let (Kind::Float | Kind::Double, Json::String(text)) = (&ty.kind, json)
            && let Some(number) = quoted_number(text)
        {
            return self.float(&ty.kind, number, text, sink);
        }
        self.value(ty, json, sink)
    }

    fn value(&mut self, ty: &'a Type, json: &'a Json, sink: &mut dyn Sink<'a>) -> Result<(), DefaultError> {
        if self.depth > MOST_LEVELS {
            return Err(self.error(DefaultErrorKind::TooDeep { most: MOST_LEVELS }));
        }
        self.depth += 1;
        let result = self.value_inside(ty, json, sink);
        self.depth -= 1;
        result
    }

    fn value_inside(&mut self, ty: &'a Type, json: &'a Json, sink: &mut dyn Sink<'a>) -> Result<(), DefaultError> {
        match (&ty.kind, json) {
            (Kind::Null, Json::Null) => Ok(()),
            (Kind::Boolean, Json::Bool(value)) => self.put(sink, &[u8::from(*value)]),
            (Kind::Int, Json::Number(text)) if is_whole(text) => match text.parse::<i32>() {
                Ok(number) => self.long(sink, i64::from(number)),
                Err(_) => Err(self.error(DefaultErrorKind::OutOfRange { number: text.clone(), ty: "int" })),
            },
            (Kind::Long, Json::Number(text)) if is_whole(text) => match text.parse::<i64>() {
                Ok(number) => self.long(sink, number),
                Err(_) => Err(self.error(DefaultErrorKind::OutOfRange { number: text.clone(), ty: "long" })),
            },
            (Kind::Float | Kind::Double, Json::Number(text)) => {
                let number = text.parse();
                debug_assert!(number.is_ok(), "`{text}` is a number of JSON, and so one of Rust");
                self.float(&ty.kind, number.unwrap_or(f64::INFINITY), text, sink)
            }
            (Kind::String, Json::String(text)) => {
                self.length(sink, text.len())?;
                self.put(sink, text.as_bytes())
            }
            (Kind::Bytes, Json::String(text)) => {
                let bytes = self.bytes(text)?;
                self.length(sink, bytes.len())?;
                self.put(sink, &bytes)
            }
            (Kind::Array(items), Json::Array(values)) => {
                if !values.is_empty() {
                    self.length(sink, values.len())?;
                }
                for (index, value) in values.iter().enumerate() {
                    self.inside(PathStep::Index(index), items, value, sink)?;
                }
                self.put(sink, &[0])
            }
            (Kind::Map(values_type), Json::Object(members)) => {
                if !members.is_empty() {
                    self.length(sink, members.len())?;
                }
                for (key, value) in members {
                    self.length(sink, key.len())?;
                    self.put(sink, key.as_bytes())?;
                    self.inside(PathStep::Key(key), values_type, value, sink)?;
                }
                self.put(sink, &[0])
            }
            (Kind::Union(branches), _) => {
                let branch = self.pick(ty, branches, json)?;
                self.length(sink, branch)?;
                match branches.get(branch) {
                    Some(branch) => self.value(branch, json, sink),
                    None => Ok(()),
                }
            }
            (Kind::Named(id), _) => self.named(*id, json, sink),
            _ => Err(self.wrong_kind(ty.kind.json_form(), json)),
        }
    }

    fn named(&mut self, id: DefinitionId, json: &'a Json, sink: &mut dyn Sink<'a>) -> Result<(), DefaultError> {
        if self.unsound.binary_search(&id).is_ok() {
            return Ok(());
        }
        let Some(definition) = self.definitions.get(id.index()) else {
            return match id == DefinitionId::BROKEN {
                true => Ok(()),
                false => Err(self.error(DefaultErrorKind::NoDefinition)),
            };
        };
        let name = definition.name.as_str();
        match (&definition.kind, json) {
            (DefinitionKind::Record(record), Json::Object(members)) => self.record(id, name, record, members, sink),
            (DefinitionKind::Enum(symbols), Json::String(symbol)) => {
                let index = self.symbol(symbols, name, symbol)?;
                self.length(sink, index)
            }
            (DefinitionKind::Fixed { size }, Json::String(text)) => {
                let bytes = self.bytes(text)?;
                if bytes.len() != *size {
                    let (name, expected, found) = (name.to_owned(), *size, bytes.len());
                    return Err(self.error(DefaultErrorKind::WrongLength { name, expected, found }));
                }
                self.put(sink, &bytes)
            }
            (DefinitionKind::Record(_), _) => Err(self.wrong_kind(&format!("an object (record `{name}`)"), json)),
            (DefinitionKind::Enum(_), _) => Err(self.wrong_kind(&format!("a symbol (enum `{name}`)"), json)),
            (DefinitionKind::Fixed { .. }, _) => Err(self.wrong_kind(&format!("a string (fixed `{name}`)"), json)),
        }
    }

    fn record(
        &mut self,
        id: DefinitionId,
        name: &str,
        record: &'a Record,
        members: &'a [(String, Json)],
        sink: &mut dyn Sink<'a>,
    ) -> Result<(), DefaultError> {
        let given: HashMap<&str, &'a Json> = members.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let mut used = 0;
        for (index, field) in record.fields.iter().enumerate() {
            if let Some(value) = given.get(field.name.as_str()) {
                used += 1;
                self.inside(PathStep::Key(&field.name), &field.ty, value, sink)?;
                continue;
            }
            let Some(default) = &field.default else {
                let (name, field) = (name.to_owned(), field.name.clone());
                return Err(self.error(DefaultErrorKind::MissingField { name, field }));
            };
            if sink.expands(id, index).map_err(|kind| self.error(kind))? {
                self.path.push(PathStep::Key(&field.name));
                self.depth += 1;
                self.field_default(&field.ty, default, sink)?;
                self.depth -= 1;
                self.path.pop();
            }
        }
        if used < given.len() {
            let fields: HashMap<&str, ()> = record.fields.iter().map(|field| (field.name.as_str(), ())).collect();
            for (key, _) in members.iter().filter(|(key, _)| !fields.contains_key(key.as_str())) {
                sink.unknown_key(&self.path, key, record);
            }
        }
        Ok(())
    }

    fn inside(
        &mut self,
        step: PathStep<'a>,
        ty: &'a Type,
        json: &'a Json,
        sink: &mut dyn Sink<'a>,
    ) -> Result<(), DefaultError> {
        self.path.push(step);
        self.value(ty, json, sink)?;
        self.path.pop();
        Ok(())
    }

    /// The first branch that takes `json`. When none does, the error of the branch that failed farthest inside.
    fn pick(&mut self, union: &'a Type, branches: &'a [Type], json: &'a Json) -> Result<usize, DefaultError> {
        let key = (std::ptr::from_ref(json), std::ptr::from_ref(union));
        if let Some(known) = self.picks.get(&key) {
            return known.clone();
        }
        let here = self.path.len();
        let depth = self.depth;
        let mut farthest: Option<DefaultError> = None;
        for (index, branch) in branches.iter().enumerate() {
            let Err(error) = self.value(branch, json, &mut Discard) else {
                self.picks.insert(key, Ok(index));
                return Ok(index);
            };
            // A walk that failed left its place.
            self.path.truncate(here);
            self.depth = depth;
            // Only what failed inside, or for another reason than its kind, tells more than that no branch fits.
            let is_telling = error.path.len() > here || !matches!(error.kind, DefaultErrorKind::WrongKind { .. });
            if is_telling && farthest.as_ref().is_none_or(|other| error.path.len() > other.path.len()) {
                farthest = Some(error);
            }
        }
        let error = farthest.unwrap_or_else(|| {
            let names: Vec<&str> = branches.iter().map(|branch| self.branch_name(branch)).collect();
            let branches = names.join(", ");
            self.error(DefaultErrorKind::NoBranch { found: shown(json), branches })
        });
        self.picks.insert(key, Err(error.clone()));
        Err(error)
    }

    fn branch_name(&self, branch: &Type) -> &'a str {
        match &branch.kind {
            Kind::Named(id) => self.definitions.get(id.index()).map_or("?", |definition| definition.name.as_str()),
            unnamed => unnamed.name_of_unnamed(),
        }
    }

    fn symbol(&mut self, symbols: &Enum, name: &str, symbol: &str) -> Result<usize, DefaultError> {
        symbols.symbols.iter().position(|known| known == symbol).ok_or_else(|| {
            let near = closest(symbol, symbols.symbols.iter().map(String::as_str)).map(str::to_owned);
            self.error(DefaultErrorKind::NoSymbol { name: name.to_owned(), symbol: symbol.to_owned(), near })
        })
    }

    fn bytes(&self, text: &str) -> Result<Vec<u8>, DefaultError> {
        text.chars()
            .map(|character| {
                u8::try_from(u32::from(character)).map_err(|_| self.error(DefaultErrorKind::NoByte { character }))
            })
            .collect()
    }

    fn float(&self, kind: &Kind, number: f64, text: &str, sink: &mut dyn Sink<'a>) -> Result<(), DefaultError> {
        let is_said = matches!(text, "NaN" | "Infinity" | "+Infinity" | "-Infinity");
        let out_of_range = |ty| self.error(DefaultErrorKind::OutOfRange { number: text.to_owned(), ty });
        if *kind == Kind::Double {
            return match number.is_finite() || is_said {
                true => self.put(sink, &number.to_le_bytes()),
                false => Err(out_of_range("double")),
            };
        }
        // Rounding to the nearest float is what every decimal number undergoes; only infinity is another value.
        #[allow(clippy::cast_possible_truncation)]
        let narrow = number as f32;
        match narrow.is_finite() || is_said {
            true => self.put(sink, &narrow.to_le_bytes()),
            false => Err(out_of_range("float")),
        }
    }

    /// A length, a count or an index.
    fn length(&self, sink: &mut dyn Sink<'a>, length: usize) -> Result<(), DefaultError> {
        let long = i64::try_from(length);
        debug_assert!(long.is_ok(), "nothing in memory is longer than the largest long");
        self.long(sink, long.unwrap_or(i64::MAX))
    }

    /// Zig-zag, then seven bits a byte (specification, "Primitive Types").
    fn long(&self, sink: &mut dyn Sink<'a>, number: i64) -> Result<(), DefaultError> {
        let mut rest = (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned();
        let mut bytes = [0; 10];
        let mut length = 0;
        for byte in &mut bytes {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            length += 1;
            *byte = if rest == 0 { low & 0x7f } else { low | 0x80 };
            if rest == 0 {
                break;
            }
        }
        self.put(sink, &bytes[..length])
    }

    fn put(&self, sink: &mut dyn Sink<'a>, bytes: &[u8]) -> Result<(), DefaultError> {
        sink.write(bytes).map_err(|kind| self.error(kind))
    }

    fn wrong_kind(&self, expected: &str, json: &Json) -> DefaultError {
        self.error(DefaultErrorKind::WrongKind { expected: expected.to_owned(), found: shown(json) })
    }

    fn error(&self, kind: DefaultErrorKind) -> DefaultError {
        DefaultError { kind, path: self.path.iter().map(|step| step.to_segment()).collect() }
    }
}

/// A JSON value in a message: short ones as they are.
fn shown(json: &Json) -> String {
    match json {
        Json::Null | Json::Bool(_) => json.to_string(),
        Json::Number(text) if text.len() <= 32 => format!("the number {text}"),
        Json::String(text) if text.len() <= 32 => format!("the string {json}"),
        _ => json.describe().to_owned(),
    }
}

fn is_whole(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

fn quoted_number(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => text.parse().ok(),
        _ => None,
    }
}
