//! Random schemas that evolved from each other, and random data: what the compatibility check calls readable is read.

use std::collections::HashSet;

use avro_model::compatibility::check_readable;
use avro_model::resolution::Plan;
use avro_model::{DefinitionKind, Kind, Schema, Type};
use proptest::prelude::*;

use super::transcode::transcode;

/// A schema before its names are made unique.
#[derive(Clone, Debug)]
enum Shape {
    Primitive(&'static str),
    Array(Box<Shape>),
    Map(Box<Shape>),
    Nullable(Box<Shape>),
    Either(Box<Shape>),
    Enum(Vec<&'static str>),
    Fixed(u8),
    Record(Vec<(&'static str, Shape)>),
}

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const FIELDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const SYMBOLS: [&str; 4] = ["P", "Q", "R", "S"];

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        4 => prop::sample::select(&PRIMITIVES[..]).prop_map(Shape::Primitive),
        1 => prop::sample::subsequence(&SYMBOLS[..], 1..=4).prop_map(Shape::Enum),
        1 => (1u8..3).prop_map(Shape::Fixed),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let record = (prop::sample::subsequence(&FIELDS[..], 0..=4), prop::collection::vec(inner.clone(), 4));
        prop_oneof![
            inner.clone().prop_map(|inner| Shape::Array(Box::new(inner))),
            inner.clone().prop_map(|inner| Shape::Map(Box::new(inner))),
            inner.clone().prop_map(|inner| Shape::Nullable(Box::new(inner))),
            inner.prop_map(|inner| Shape::Either(Box::new(inner))),
            record.prop_map(|(names, types)| Shape::Record(names.into_iter().zip(types).collect())),
        ]
    })
}

/// Bytes that decide, one after the other and over again.
struct Choices<'c>(std::iter::Cycle<std::slice::Iter<'c, u8>>);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }

    /// Once in so many times.
    fn once_in(&mut self, times: u8) -> bool {
        self.next().is_multiple_of(times)
    }
}

/// The next version of a schema. Most changes are such that the old data can be read.
fn evolve(shape: &Shape, choices: &mut Choices<'_>) -> Shape {
    if choices.once_in(9) {
        return Shape::Nullable(Box::new(shape.clone()));
    }
    let boxed = |inner: &Shape, choices: &mut Choices<'_>| Box::new(evolve(inner, choices));
    match shape {
        Shape::Primitive("int") if choices.once_in(2) => Shape::Primitive("long"),
        Shape::Primitive("long") if choices.once_in(2) => Shape::Primitive("double"),
        Shape::Primitive("string") if choices.once_in(3) => Shape::Primitive("bytes"),
        Shape::Primitive("bytes") if choices.once_in(3) => Shape::Primitive("string"),
        Shape::Primitive("double") if choices.once_in(5) => Shape::Primitive("int"),
        Shape::Primitive(_) | Shape::Fixed(_) => shape.clone(),
        Shape::Array(inner) => Shape::Array(boxed(inner, choices)),
        Shape::Map(inner) => Shape::Map(boxed(inner, choices)),
        Shape::Nullable(inner) if choices.once_in(6) => evolve(inner, choices),
        Shape::Nullable(inner) => Shape::Nullable(boxed(inner, choices)),
        Shape::Either(inner) if choices.once_in(6) => Shape::Nullable(boxed(inner, choices)),
        Shape::Either(inner) => Shape::Either(boxed(inner, choices)),
        Shape::Enum(symbols) if choices.once_in(4) => Shape::Enum(symbols[..1].to_vec()),
        Shape::Enum(_) => Shape::Enum(SYMBOLS.iter().rev().copied().collect()),
        Shape::Record(fields) => {
            let kept = fields.iter().filter(|_| !choices.once_in(4)).cloned().collect::<Vec<_>>();
            let mut fields: Vec<_> = kept.iter().map(|(name, inner)| (*name, evolve(inner, choices))).collect();
            if choices.once_in(2) {
                fields.push(("new", Shape::Primitive("int")));
            }
            if choices.once_in(2) {
                fields.reverse();
            }
            Shape::Record(fields)
        }
    }
}

/// The schema as JSON. Names are counted up in the order of the text, so that most stay the same from version to
/// version.
fn print(shape: &Shape, used: &mut HashSet<String>) -> String {
    let mut name = |kind: &str| {
        let unused = (0..).map(|number| format!("{kind}{number}")).find(|name| !used.contains(name));
        let name = unused.unwrap_or_default();
        used.insert(name.clone());
        name
    };
    match shape {
        Shape::Primitive(name) => format!("\"{name}\""),
        Shape::Array(inner) => format!(r#"{{"type":"array","items":{}}}"#, print(inner, used)),
        Shape::Map(inner) => format!(r#"{{"type":"map","values":{}}}"#, print(inner, used)),
        Shape::Nullable(inner) => match &**inner {
            Shape::Primitive("null") => r#"["null"]"#.to_owned(),
            Shape::Nullable(_) | Shape::Either(_) => print(inner, used),
            _ => format!(r#"["null",{}]"#, print(inner, used)),
        },
        Shape::Either(inner) => match &**inner {
            Shape::Primitive("boolean") => r#"["boolean"]"#.to_owned(),
            Shape::Nullable(_) | Shape::Either(_) => print(inner, used),
            _ => format!(r#"[{},"boolean"]"#, print(inner, used)),
        },
        Shape::Enum(symbols) => format!(r#"{{"type":"enum","name":"{}","symbols":{symbols:?}}}"#, name("Enum")),
        Shape::Fixed(size) => format!(r#"{{"type":"fixed","name":"{}","size":{size}}}"#, name("Fixed")),
        Shape::Record(fields) => {
            let name = name("Record");
            let field = |(field, shape): &(&str, Shape)| {
                let default = if *field == "new" { r#","default":7"# } else { "" };
                format!(r#"{{"name":"{field}","type":{}{default}}}"#, print(shape, used))
            };
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!(r#"{{"type":"record","name":"{name}","fields":[{}]}}"#, fields.join(","))
        }
    }
}

fn schema_of(shape: &Shape) -> Schema {
    super::schema(&print(shape, &mut HashSet::new()))
}

/// A datum of a type in Avro binary. All text is ASCII, so that bytes can be read as strings; no two branches, lengths
/// or counts need more than one byte.
fn put_datum(schema: &Schema, ty: &Type, choices: &mut Choices<'_>, out: &mut Vec<u8>) {
    match &ty.kind {
        Kind::Null => {}
        Kind::Boolean => out.push(choices.next() % 2),
        Kind::Int | Kind::Long => out.push(choices.next() % 128),
        Kind::Float => out.extend(f32::from(choices.next()).to_le_bytes()),
        Kind::Double => out.extend(f64::from(choices.next()).to_le_bytes()),
        Kind::Bytes | Kind::String => out.extend([4, b'a' + choices.next() % 26, b'z']),
        Kind::Array(items) => {
            for _ in 0..choices.next() % 3 {
                out.push(2);
                put_datum(schema, items, choices, out);
            }
            out.push(0);
        }
        Kind::Map(values) => {
            for _ in 0..choices.next() % 3 {
                let mut entry = vec![2, b'k'];
                put_datum(schema, values, choices, &mut entry);
                // A negative count, with the size that follows it, where that fits into one byte.
                match u8::try_from(entry.len()).ok().filter(|size| *size < 64) {
                    Some(size) => out.extend([1, 2 * size]),
                    None => out.push(2),
                }
                out.extend(entry);
            }
            out.push(0);
        }
        Kind::Union(branches) => {
            let branch = choices.next() % u8::try_from(branches.len()).unwrap();
            out.push(2 * branch);
            put_datum(schema, &branches[usize::from(branch)], choices, out);
        }
        Kind::Named(id) => match &schema.definition(*id).kind {
            DefinitionKind::Record(record) => {
                record.fields.iter().for_each(|field| put_datum(schema, &field.ty, choices, out));
            }
            DefinitionKind::Enum(definition) => {
                out.push(2 * (choices.next() % u8::try_from(definition.symbols.len()).unwrap()));
            }
            DefinitionKind::Fixed { size } => out.extend(std::iter::repeat_with(|| choices.next()).take(*size)),
        },
    }
}

proptest! {
    #[test]
    fn a_schema_reads_itself_straight(shape in shapes()) {
        let schema = schema_of(&shape);
        prop_assert!(Plan::new(&schema, &schema).is_ok_and(|plan| plan.is_same_encoding()));
        prop_assert_eq!(check_readable(&schema, &schema), vec![]);
    }

    #[test]
    fn what_the_check_calls_readable_is_read(shape in shapes(), changes in prop::collection::vec(any::<u8>(), 1..40), data in prop::collection::vec(any::<u8>(), 1..40)) {
        let (writer, reader) = (schema_of(&shape), schema_of(&evolve(&shape, &mut Choices(changes.iter().cycle()))));
        let mut datum = Vec::new();
        put_datum(&writer, writer.root(), &mut Choices(data.iter().cycle()), &mut datum);

        let plan = Plan::new(&writer, &reader);
        let read = plan.map_err(|error| error.to_string()).and_then(|plan| transcode(&plan, &reader, &datum));
        if check_readable(&reader, &writer).is_empty() {
            prop_assert!(read.is_ok(), "{:?} of {datum:02x?}", read);
        }
        // Whatever was read is a datum of the reader's schema.
        if let Ok(read) = read {
            let straight = Plan::new(&reader, &reader).unwrap();
            prop_assert_eq!(transcode(&straight, &reader, &read), Ok(read));
        }
    }
}
