//! Random data of a schema.

use avro_model::{DefinitionKind, Kind, Schema, Type};

use super::entropy::Entropy;

/// How deep data may go before it takes the shortest way to an end.
const DEEP: usize = 6;
/// How deep it goes before it is given up: some records have no value that ends.
const ENDLESS: usize = 40;

/// A datum in Avro binary; `None` when it does not come to an end. Maps have at most one entry, since they have no
/// order.
pub(super) fn random_datum(schema: &Schema, entropy: &mut Entropy<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    put(schema, schema.root(), entropy, 0, &mut out)?;
    Some(out)
}

fn put(schema: &Schema, ty: &Type, entropy: &mut Entropy<'_>, depth: usize, out: &mut Vec<u8>) -> Option<()> {
    if depth > ENDLESS {
        return None;
    }
    let is_deep = depth > DEEP;
    match &ty.kind {
        Kind::Null => {}
        Kind::Boolean => out.push(u8::from(entropy.chance(128))),
        // Values of logical types are small, so that every implementation has them.
        Kind::Int | Kind::Long if ty.logical.is_some() => put_number(out, i64::from(entropy.byte()) * 300),
        Kind::Int => put_number(out, [7, -1, 300, i64::from(i32::MAX), i64::from(i32::MIN)][entropy.below(5)]),
        Kind::Long => put_number(out, [7, -1, 1 << 24, (1 << 53) + 1, i64::MAX, i64::MIN][entropy.below(6)]),
        Kind::Float => out.extend([0.0, 1.5, -0.1, f32::MAX][entropy.below(4)].to_le_bytes()),
        Kind::Double => out.extend([0.0, -2.25, 0.1, f64::MIN_POSITIVE][entropy.below(4)].to_le_bytes()),
        Kind::Bytes if ty.logical.is_some() => put_bytes(out, &[1 + entropy.byte() % 100]),
        Kind::Bytes | Kind::String => put_bytes(out, ["", "a", "words", "é"][entropy.below(4)].as_bytes()),
        Kind::Array(items) => {
            for _ in 0..if is_deep { 0 } else { entropy.below(3) } {
                put_block(out, entropy, |entropy, out| put(schema, items, entropy, depth + 1, out))?;
            }
            out.push(0);
        }
        Kind::Map(values) => {
            if !is_deep && entropy.chance(128) {
                put_block(out, entropy, |entropy, out| {
                    put_bytes(out, b"key");
                    put(schema, values, entropy, depth + 1, out)
                })?;
            }
            out.push(0);
        }
        Kind::Union(branches) => {
            let null = branches.iter().position(|branch| branch.kind == Kind::Null);
            let branch = match null {
                Some(null) if is_deep => null,
                _ => entropy.below(branches.len()),
            };
            put_number(out, i64::try_from(branch).ok()?);
            put(schema, branches.get(branch)?, entropy, depth + 1, out)?;
        }
        Kind::Named(id) => match &schema.definition(*id).kind {
            DefinitionKind::Record(record) => {
                for field in &record.fields {
                    put(schema, &field.ty, entropy, depth + 1, out)?;
                }
            }
            DefinitionKind::Enum(definition) => {
                put_number(out, i64::try_from(entropy.below(definition.symbols.len())).ok()?);
            }
            DefinitionKind::Fixed { size } => out.extend(std::iter::repeat_with(|| entropy.byte()).take(*size)),
        },
    }
    Some(())
}

/// A block of one item, with its size or without.
fn put_block(
    out: &mut Vec<u8>,
    entropy: &mut Entropy<'_>,
    item: impl FnOnce(&mut Entropy<'_>, &mut Vec<u8>) -> Option<()>,
) -> Option<()> {
    let is_sized = entropy.chance(64);
    let mut block = Vec::new();
    item(entropy, &mut block)?;
    if is_sized {
        put_number(out, -1);
        put_number(out, i64::try_from(block.len()).ok()?);
    } else {
        put_number(out, 1);
    }
    out.extend(block);
    Some(())
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, i64::try_from(bytes.len()).unwrap_or(0));
    out.extend(bytes);
}

fn put_number(out: &mut Vec<u8>, number: i64) {
    let mut rest = (number << 1 ^ number >> 63).cast_unsigned();
    while rest > 0x7f {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}
