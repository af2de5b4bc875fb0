//! How much text of schemas the generated types carry together.

use avro_model::{Definition, DefinitionId, DefinitionKind, Kind, SchemaSet, Type};

/// A type carries the schema of all that it refers to, so a chain of records takes the square of its length: five
/// thousand records, each with a field of the next, are half a gigabyte of Rust code. No compiler gets through that,
/// and no memory.
pub(crate) const MOST_MEBIBYTES: usize = 256;

/// The type that carries the most, when all types together carry too much.
pub(crate) fn largest_of_too_many(set: &SchemaSet) -> Option<DefinitionId> {
    let ids: Vec<DefinitionId> = set.ids().collect();
    let sizes: Vec<usize> = set.definitions().iter().map(own_size).collect();
    let uses: Vec<Vec<usize>> = set.definitions().iter().map(uses).collect();
    let mut seen_from = vec![usize::MAX; ids.len()];
    let mut total = 0;
    let mut largest = (0, 0);
    for start in 0..ids.len() {
        let mut size = 0;
        let mut stack = vec![start];
        while let Some(next) = stack.pop() {
            if std::mem::replace(&mut seen_from[next], start) == start {
                continue;
            }
            size += sizes[next];
            // No more is counted than may be there, so that this takes no longer for more types.
            if total + size > MOST_MEBIBYTES << 20 {
                let (_, index) = largest.max((size, start));
                return ids.get(index).copied();
            }
            stack.extend(&uses[next]);
        }
        total += size;
        largest = largest.max((size, start));
    }
    None
}

/// About what a definition takes as JSON, without those inside it.
fn own_size(definition: &Definition) -> usize {
    let doc = |doc: &Option<String>| doc.as_ref().map_or(0, |doc| ",\"doc\":\"\"".len() + doc.len());
    let named = definition.name.as_str().len() + doc(&definition.doc);
    named
        + match &definition.kind {
            DefinitionKind::Record(record) => {
                let field =
                    |field: &avro_model::Field| r#"{"name":"","type":},"#.len() + field.name.len() + doc(&field.doc);
                r#"{"type":"record","name":"","fields":[]}"#.len() + record.fields.iter().map(field).sum::<usize>()
            }
            DefinitionKind::Enum(symbols) => {
                let symbol = |symbol: &String| "\"\",".len() + symbol.len();
                r#"{"type":"enum","name":"","symbols":[]}"#.len() + symbols.symbols.iter().map(symbol).sum::<usize>()
            }
            DefinitionKind::Fixed { .. } => r#"{"type":"fixed","name":"","size":16}"#.len(),
        }
}

/// What a record refers to.
fn uses(definition: &Definition) -> Vec<usize> {
    let mut found = Vec::new();
    if let DefinitionKind::Record(record) = &definition.kind {
        record.fields.iter().for_each(|field| push_uses(&field.ty, &mut found));
    }
    found
}

/// How deep unnamed types are nested is bounded where they are read.
fn push_uses(ty: &Type, found: &mut Vec<usize>) {
    match &ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => push_uses(inner, found),
        Kind::Union(branches) => branches.iter().for_each(|branch| push_uses(branch, found)),
        Kind::Named(id) => found.push(id.index()),
        _ => {}
    }
}
