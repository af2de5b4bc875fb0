//! Whether two schemas encode alike, and where they do not.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::text::{definition_phrase, phrase};
use crate::logical::LogicalType;
use crate::schema::{DefinitionId, DefinitionKind, Enum, Kind, Record, Schema, Type};

/// No more differences than these are listed: whoever has so many needs no more.
const MOST_DIFFERENCES: usize = 1_000;

/// A longer path starts with `…`.
const LONGEST_PATH: usize = 300;

/// A place where two schemas encode differently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodingDifference {
    /// Where it is: names of fields from the name of the root's type on, or from `value` where that has none. Items of
    /// arrays are `[]`, values of maps `{}`, and `<1>` is the second branch of a union: `Order.lines[].note<1>`.
    pub path: String,
    /// What differs there.
    pub kind: EncodingDifferenceKind,
}

/// What differs between two encodings. `first` and `second` are the two schemas in the order of the arguments of
/// [`encoding_differences`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodingDifferenceKind {
    /// The types differ, each in the words of a sentence, such as `an array of int`.
    Types {
        /// The type of the first schema.
        first: String,
        /// The type of the second.
        second: String,
    },
    /// The bytes are the same, but not what they mean: one logical type or none on either side.
    LogicalTypes {
        /// The logical type of the first schema.
        first: Option<LogicalType>,
        /// The logical type of the second.
        second: Option<LogicalType>,
    },
    /// Only the first schema has this field.
    OnlyInFirst(String),
    /// Only the second schema has this field.
    OnlyInSecond(String),
    /// The fields are the same, in another order.
    FieldOrder {
        /// The names of the fields in the first schema.
        first: Vec<String>,
        /// The names of the fields in the second.
        second: Vec<String>,
    },
    /// The symbols of an enum, or their order, differ.
    Symbols {
        /// The symbols in the first schema.
        first: Vec<String>,
        /// The symbols in the second.
        second: Vec<String>,
    },
}

impl EncodingDifference {
    /// What differs, where the caller knows what people call the two schemas.
    ///
    /// ```
    /// use avro_model::Schema;
    /// use avro_model::comparison::encoding_differences;
    ///
    /// let differences = encoding_differences(&Schema::parse(r#""int""#)?, &Schema::parse(r#""long""#)?);
    /// assert_eq!(differences[0].sentence("the type", "the topic"), "at value: the type writes int, the topic long");
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn sentence(&self, first_name: &str, second_name: &str) -> String {
        let logical = |logical: &Option<LogicalType>| match logical {
            Some(logical) => logical.to_string(),
            None => "no logical type".to_owned(),
        };
        let what = match &self.kind {
            EncodingDifferenceKind::Types { first, second } => {
                format!("{first_name} writes {first}, {second_name} {second}")
            }
            EncodingDifferenceKind::LogicalTypes { first, second } => {
                format!("{first_name} writes {}, {second_name} {}", logical(first), logical(second))
            }
            EncodingDifferenceKind::OnlyInFirst(field) => format!("{second_name} has no field `{field}`"),
            EncodingDifferenceKind::OnlyInSecond(field) => format!("{first_name} has no field `{field}`"),
            EncodingDifferenceKind::FieldOrder { first, second } => {
                let (first, second) = (first.join(", "), second.join(", "));
                format!("{first_name} writes its fields as {first}, {second_name} as {second}")
            }
            EncodingDifferenceKind::Symbols { first, second } => {
                let (first, second) = (first.join(", "), second.join(", "));
                format!("{first_name} writes the symbols {first}, {second_name} {second}")
            }
        };
        format!("at {}: {what}", self.path)
    }
}

impl fmt::Display for EncodingDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence("the first schema", "the second"))
    }
}

/// Where `first` and `second` encode a value differently; empty when they encode alike. Names of types, documentation,
/// defaults, aliases and properties do not matter; a logical type does, since it tells what the bytes mean. Each pair
/// of named types is compared once, after what contains it, and at most 1,000 differences are listed.
///
/// ```
/// use avro_model::Schema;
/// use avro_model::comparison::{EncodingDifferenceKind, encoding_differences};
///
/// let order = |fields: &str| Schema::parse(&format!(r#"{{"type": "record", "name": "Order", "fields": [{fields}]}}"#));
/// let own = order(r#"{"name": "id", "type": "long"}, {"name": "note", "type": "string", "default": ""}"#)?;
/// let registered = order(r#"{"name": "note", "type": "string"}, {"name": "id", "type": "long"}"#)?;
///
/// let differences = encoding_differences(&own, &registered);
/// assert!(matches!(differences[0].kind, EncodingDifferenceKind::FieldOrder { .. }));
/// assert_eq!(
///     differences[0].to_string(),
///     "at Order: the first schema writes its fields as id, note, the second as note, id"
/// );
/// assert!(encoding_differences(&own, &own).is_empty());
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[must_use]
pub fn encoding_differences(first: &Schema, second: &Schema) -> Vec<EncodingDifference> {
    let root = first.fullname().map_or("value", |fullname| fullname.name());
    let mut comparison = Comparison {
        first,
        second,
        steps: vec![(0, root.into())],
        met: HashSet::new(),
        pending: Vec::new(),
        found: Vec::new(),
    };
    comparison.types(0, first.root(), second.root());
    // A chain of definitions may be longer than any call stack.
    while let Some((path, first, second)) = comparison.pending.pop() {
        let inside = comparison.pending.len();
        comparison.definitions(path, first, second);
        // What is met first must come off the stack first.
        comparison.pending[inside..].reverse();
        if comparison.found.len() >= MOST_DIFFERENCES {
            comparison.found.truncate(MOST_DIFFERENCES);
            break;
        }
    }
    comparison.found
}

/// A place, as an index into [`Comparison::steps`].
type Path = usize;

struct Comparison<'s> {
    first: &'s Schema,
    second: &'s Schema,
    /// Each step with the place that it starts from; the root is its own.
    steps: Vec<(Path, Box<str>)>,
    /// Pairs of definitions that were met: they need no second look, and a record may contain itself.
    met: HashSet<(DefinitionId, DefinitionId)>,
    /// Pairs of definitions that are still to be compared.
    pending: Vec<(Path, DefinitionId, DefinitionId)>,
    found: Vec<EncodingDifference>,
}

impl<'s> Comparison<'s> {
    fn types(&mut self, path: Path, first: &'s Type, second: &'s Type) {
        match (&first.kind, &second.kind) {
            (Kind::Array(first), Kind::Array(second)) => {
                let items = self.step(path, "[]");
                self.types(items, first, second);
            }
            (Kind::Map(first), Kind::Map(second)) => {
                let values = self.step(path, "{}");
                self.types(values, first, second);
            }
            (Kind::Union(first_branches), Kind::Union(second_branches))
                if first_branches.len() == second_branches.len() =>
            {
                for (index, (first, second)) in first_branches.iter().zip(second_branches).enumerate() {
                    let branch = self.step(path, &format!("<{index}>"));
                    self.types(branch, first, second);
                }
            }
            (Kind::Named(first), Kind::Named(second)) => {
                if self.met.insert((*first, *second)) {
                    self.pending.push((path, *first, *second));
                }
            }
            (first_kind, second_kind) if first_kind == second_kind => self.logical(path, first.logical, second.logical),
            _ => {
                let (first, second) = (phrase(self.first, first), phrase(self.second, second));
                self.differ(path, EncodingDifferenceKind::Types { first, second });
            }
        }
    }

    fn definitions(&mut self, path: Path, first: DefinitionId, second: DefinitionId) {
        let (first, second) = (self.first.definition(first), self.second.definition(second));
        match (&first.kind, &second.kind) {
            (DefinitionKind::Record(first), DefinitionKind::Record(second)) => self.records(path, first, second),
            (DefinitionKind::Enum(first), DefinitionKind::Enum(second)) => self.enums(path, first, second),
            (DefinitionKind::Fixed { size }, DefinitionKind::Fixed { size: other }) if size == other => {
                self.logical(path, first.logical, second.logical);
            }
            _ => {
                let (first, second) = (definition_phrase(first), definition_phrase(second));
                self.differ(path, EncodingDifferenceKind::Types { first, second });
            }
        }
    }

    fn records(&mut self, path: Path, first: &'s Record, second: &'s Record) {
        let by_name = |record: &'s Record| -> HashMap<&'s str, &'s Type> {
            record.fields.iter().map(|field| (field.name.as_str(), &field.ty)).collect()
        };
        let (of_first, of_second) = (by_name(first), by_name(second));
        for field in &first.fields {
            match of_second.get(field.name.as_str()) {
                Some(other) => {
                    let inside = self.step(path, &format!(".{}", field.name));
                    self.types(inside, &field.ty, other);
                }
                None => self.differ(path, EncodingDifferenceKind::OnlyInFirst(field.name.clone())),
            }
        }
        for field in second.fields.iter().filter(|field| !of_first.contains_key(field.name.as_str())) {
            self.differ(path, EncodingDifferenceKind::OnlyInSecond(field.name.clone()));
        }
        let names = |record: &Record| record.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        let are_the_same =
            of_first.len() == of_second.len() && of_first.keys().all(|name| of_second.contains_key(name));
        let (first, second) = (names(first), names(second));
        if are_the_same && first != second {
            self.differ(path, EncodingDifferenceKind::FieldOrder { first, second });
        }
    }

    fn enums(&mut self, path: Path, first: &Enum, second: &Enum) {
        if first.symbols != second.symbols {
            let (first, second) = (first.symbols.clone(), second.symbols.clone());
            self.differ(path, EncodingDifferenceKind::Symbols { first, second });
        }
    }

    fn logical(&mut self, path: Path, first: Option<LogicalType>, second: Option<LogicalType>) {
        if first != second {
            self.differ(path, EncodingDifferenceKind::LogicalTypes { first, second });
        }
    }

    fn differ(&mut self, path: Path, kind: EncodingDifferenceKind) {
        if self.found.len() < MOST_DIFFERENCES {
            let path = self.text_of(path);
            self.found.push(EncodingDifference { path, kind });
        }
    }

    fn step(&mut self, from: Path, step: &str) -> Path {
        self.steps.push((from, step.into()));
        self.steps.len() - 1
    }

    fn text_of(&self, mut path: Path) -> String {
        let mut steps = Vec::new();
        let mut length = 0;
        while let Some((from, step)) = self.steps.get(path) {
            if length + step.len() > LONGEST_PATH && !steps.is_empty() {
                steps.push("…");
                break;
            }
            length += step.len();
            steps.push(step);
            if *from == path {
                break;
            }
            path = *from;
        }
        steps.reverse();
        steps.concat()
    }
}
