//! A random schema, as a model that can be changed: named types stand apart, and places refer to them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::change::Changes;
use super::entropy::Entropy;

/// One version of a schema.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) definitions: Vec<Definition>,
    pub(super) root: Type,
    /// For names that no other version has.
    pub(super) names: usize,
    /// For which changes it is made.
    changes: Changes,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    Primitive(&'static str),
    /// An underlying type and the name of a logical type of it.
    Logical(&'static str, &'static str),
    Array(Box<Type>),
    Map(Box<Type>),
    Union(Vec<Type>),
    /// The index of a definition.
    Named(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) namespace: &'static str,
    pub(super) aliases: Vec<String>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Record(Vec<Field>),
    Enum { symbols: Vec<&'static str>, default: Option<&'static str> },
    Fixed(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) ty: Type,
    pub(super) has_default: bool,
}

pub(super) const PRIMITIVES: [&str; 8] = ["int", "string", "long", "null", "double", "bytes", "boolean", "float"];
pub(super) const SYMBOLS: [&str; 7] = ["A", "B", "C", "D", "E", "F", "G"];
pub(super) const NAMESPACES: [&str; 3] = ["one", "two.deep", "three"];
const LOGICAL: [(&str, &str); 4] =
    [("bytes", "decimal"), ("long", "timestamp-millis"), ("int", "date"), ("long", "time-micros")];

impl Version {
    pub(super) fn random(changes: Changes, entropy: &mut Entropy<'_>) -> Version {
        let mut version = Version { definitions: Vec::new(), root: Type::Primitive("null"), names: 0, changes };
        // Most schemas are records.
        let is_other = entropy.chance(60);
        let root = if is_other { version.random_type(entropy, 4, true) } else { version.random_record(entropy, 4) };
        version.root = root;
        version
    }

    /// A new type, which may use the definitions that are complete.
    pub(super) fn random_type(&mut self, entropy: &mut Entropy<'_>, depth: usize, may_be_union: bool) -> Type {
        let choice = if depth == 0 { entropy.below(8) } else { entropy.below(20) };
        match choice {
            0..6 => Type::Primitive(entropy.one_of(&PRIMITIVES)),
            6 if self.changes == Changes::KnownToApacheAvro => Type::Primitive("long"),
            6 => {
                let (ty, logical) = entropy.one_of(&LOGICAL);
                Type::Logical(ty, logical)
            }
            7 => {
                let complete: Vec<usize> = (0..self.definitions.len()).filter(|index| !self.is_open(*index)).collect();
                if complete.is_empty() { Type::Primitive("int") } else { Type::Named(entropy.one_of(&complete)) }
            }
            8 | 9 => Type::Array(Box::new(self.random_type(entropy, depth - 1, true))),
            10 => Type::Map(Box::new(self.random_type(entropy, depth - 1, true))),
            11..14 if may_be_union => {
                let mut branches = vec![Type::Primitive("null")];
                for _ in 0..=entropy.below(3) {
                    branches.push(self.random_type(entropy, depth - 1, false));
                }
                if entropy.chance(128) {
                    branches.rotate_left(1);
                }
                self.union(branches)
            }
            14 => {
                let mut symbols = SYMBOLS[..5].to_vec();
                entropy.shuffle(&mut symbols);
                symbols.truncate(1 + entropy.below(4));
                let default = entropy.chance(80).then(|| symbols[0]);
                self.define(entropy, "Enum", Kind::Enum { symbols, default })
            }
            15 => {
                let size = entropy.one_of(&[1, 2, 4]);
                self.define(entropy, "Fixed", Kind::Fixed(size))
            }
            _ => self.random_record(entropy, depth - 1),
        }
    }

    fn random_record(&mut self, entropy: &mut Entropy<'_>, depth: usize) -> Type {
        let record = self.define(entropy, "Record", Kind::Record(vec![OPEN]));
        let Type::Named(index) = record else { return record };
        let mut fields: Vec<Field> = Vec::new();
        for _ in 0..entropy.below(5) {
            let ty = self.random_type(entropy, depth, true);
            let name = self.new_name("field");
            fields.push(Field { name, aliases: Vec::new(), ty, has_default: false });
        }
        if entropy.chance(40) {
            let itself = record.clone();
            let ty = match entropy.below(3) {
                0 => Type::Union(vec![Type::Primitive("null"), itself]),
                1 => Type::Array(Box::new(itself)),
                _ => Type::Map(Box::new(itself)),
            };
            fields.push(Field { name: "itself".to_owned(), aliases: Vec::new(), ty, has_default: false });
        }
        self.definitions[index].kind = Kind::Record(fields);
        record
    }

    /// Whether a record is still being made, so that to use it would make it infinite.
    fn is_open(&self, index: usize) -> bool {
        matches!(&self.definitions[index].kind, Kind::Record(fields) if fields.iter().any(|field| field.name.is_empty()))
    }

    fn define(&mut self, entropy: &mut Entropy<'_>, name: &str, kind: Kind) -> Type {
        let (name, namespace) = (self.new_name(name), entropy.one_of(&NAMESPACES));
        self.definitions.push(Definition { name, namespace, aliases: Vec::new(), kind });
        Type::Named(self.definitions.len() - 1)
    }

    pub(super) fn new_name(&mut self, start: &str) -> String {
        self.names += 1;
        format!("{start}{}", self.names)
    }

    /// A union of these branches, without those that it must not have.
    pub(super) fn union(&self, branches: Vec<Type>) -> Type {
        let mut keys = HashSet::new();
        let flat = branches.into_iter().flat_map(|branch| match branch {
            Type::Union(inner) => inner,
            other => vec![other],
        });
        Type::Union(flat.filter(|branch| keys.insert(self.branch_key(branch))).collect())
    }

    fn branch_key(&self, branch: &Type) -> String {
        if self.changes == Changes::KnownToApacheAvro {
            return self.form(branch).to_owned();
        }
        match branch {
            Type::Primitive(name) | Type::Logical(name, _) => (*name).to_owned(),
            Type::Array(_) => "array".to_owned(),
            Type::Map(_) => "map".to_owned(),
            Type::Union(_) => "union".to_owned(),
            // One unqualified name is enough: which of two of them is meant is a question of its own.
            Type::Named(index) => format!(".{}", self.definitions[*index].name),
        }
    }

    /// What values of the type look like to apache-avro, which takes the first branch that a value fits into.
    fn form(&self, branch: &Type) -> &'static str {
        match branch {
            Type::Primitive("bytes" | "string") | Type::Array(_) => "bytes",
            Type::Primitive("int" | "long" | "float" | "double") => "number",
            Type::Primitive(name) | Type::Logical(name, _) => name,
            Type::Map(_) => "record",
            Type::Union(_) => "union",
            Type::Named(index) => match &self.definitions[*index].kind {
                Kind::Record(_) => "record",
                Kind::Enum { .. } => "enum",
                Kind::Fixed(_) => "bytes",
            },
        }
    }

    pub(super) fn json(&self) -> String {
        self.json_of(&self.root, &mut HashSet::new()).to_string()
    }

    fn json_of(&self, ty: &Type, written: &mut HashSet<usize>) -> Value {
        let index = match ty {
            Type::Primitive(name) => return json!(name),
            Type::Logical(name, "decimal") => {
                return json!({"type": name, "logicalType": "decimal", "precision": 9, "scale": 2});
            }
            Type::Logical(name, logical) => return json!({"type": name, "logicalType": logical}),
            Type::Array(items) => return json!({"type": "array", "items": self.json_of(items, written)}),
            Type::Map(values) => return json!({"type": "map", "values": self.json_of(values, written)}),
            Type::Union(branches) => {
                return branches.iter().map(|branch| self.json_of(branch, written)).collect();
            }
            Type::Named(index) => *index,
        };
        let Definition { name, namespace, aliases, kind } = &self.definitions[index];
        if !written.insert(index) {
            return json!(format!("{namespace}.{name}"));
        }
        let mut json = json!({"name": name, "namespace": namespace});
        if !aliases.is_empty() {
            json["aliases"] = json!(aliases);
        }
        match kind {
            Kind::Fixed(size) => {
                json["type"] = json!("fixed");
                json["size"] = json!(size);
            }
            Kind::Enum { symbols, default } => {
                json["type"] = json!("enum");
                json["symbols"] = json!(symbols);
                if let Some(default) = default {
                    json["default"] = json!(default);
                }
            }
            Kind::Record(fields) => {
                json["type"] = json!("record");
                json["fields"] = fields.iter().map(|field| self.json_of_field(field, written)).collect();
            }
        }
        json
    }

    fn json_of_field(&self, field: &Field, written: &mut HashSet<usize>) -> Value {
        let mut json = json!({"name": field.name, "type": self.json_of(&field.ty, written)});
        if !field.aliases.is_empty() {
            json["aliases"] = json!(field.aliases);
        }
        if let Some(default) = self.default_of(&field.ty, 0).filter(|_| field.has_default) {
            json["default"] = default;
        }
        json
    }

    /// Some value of the type as a default; `None` for a record that never ends.
    fn default_of(&self, ty: &Type, depth: usize) -> Option<Value> {
        Some(match ty {
            Type::Primitive("null") => Value::Null,
            Type::Primitive("boolean") => json!(true),
            Type::Primitive("float" | "double") => json!(-1.5),
            Type::Primitive("bytes") | Type::Logical("bytes", _) => json!("\u{1}"),
            Type::Primitive("string") => json!("text"),
            Type::Primitive(_) | Type::Logical(..) => json!(7),
            Type::Array(items) => self.default_of(items, depth + 1).into_iter().collect(),
            Type::Map(_) => json!({}),
            Type::Union(branches) => return self.default_of(branches.first()?, depth),
            Type::Named(index) => match &self.definitions[*index].kind {
                Kind::Fixed(size) => json!("\u{2}".repeat(*size)),
                Kind::Enum { symbols, .. } => json!(symbols.last()?),
                // apache-avro does not find the definition when it is in another place.
                Kind::Record(fields) if depth < 5 && self.changes == Changes::All => {
                    let value = |field: &Field| Some((field.name.clone(), self.default_of(&field.ty, depth + 1)?));
                    Value::Object(fields.iter().map(value).collect::<Option<Map<_, _>>>()?)
                }
                Kind::Record(_) => return None,
            },
        })
    }
}

/// Marks a record whose fields are not known yet.
const OPEN: Field = Field { name: String::new(), aliases: Vec::new(), ty: Type::Primitive("null"), has_default: false };
