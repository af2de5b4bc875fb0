//! What follows from the types that an item uses: recursion, the least encoded size, and the traits that can be derived.

use crate::graph;
use crate::model::{DecimalStorage, FieldType, Item, Shape};

/// What follows from an item's fields and from those of all types that it uses.
#[derive(Clone, Copy, Default)]
pub(crate) struct Facts {
    /// Whether a value can contain another of the same type, so that its depth depends on data.
    pub(crate) is_recursive: bool,
    /// The least number of bytes that a value takes when encoded.
    pub(crate) min_size: usize,
    pub(crate) is_eq: bool,
    pub(crate) is_hash: bool,
    /// Whether the schema gives every part of it a default.
    pub(crate) has_default: bool,
}

/// Finds the facts of every item, callees first, so that one pass is enough.
pub(crate) fn find(items: &mut [Item<'_>]) {
    let edges: Vec<Vec<usize>> = items.iter().map(used_items).collect();
    let component = graph::components(&edges);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); component.iter().max().map_or(0, |last| last + 1)];
    for (item, &number) in component.iter().enumerate() {
        members[number].push(item);
    }
    for group in members {
        let is_recursive = group.len() > 1 || group.iter().any(|&item| edges[item].contains(&item));
        // Within a cycle everybody is taken to allow everything, and what any member forbids is forbidden for all.
        for &item in &group {
            items[item].facts = Facts { is_recursive, min_size: 0, is_eq: true, is_hash: true, has_default: true };
        }
        let is_eq = group.iter().all(|&item| holds_for_parts(items, item, &is_eq));
        let is_hash = group.iter().all(|&item| holds_for_parts(items, item, &is_hash));
        for &item in &group {
            let has_default = has_default(&items[item]);
            items[item].facts = Facts { is_recursive, min_size: 0, is_eq, is_hash, has_default };
        }
        find_min_sizes(items, &group);
    }
}

/// Sizes only grow from round to round, and after as many rounds as there are types every one of them is exact. That holds but
/// for a type that always contains itself: it has no value, so that any size is a bound.
fn find_min_sizes(items: &mut [Item<'_>], group: &[usize]) {
    for _ in group {
        let mut has_changed = false;
        for &item in group {
            let min_size = min_size_of_item(items, item);
            has_changed |= min_size != items[item].facts.min_size;
            items[item].facts.min_size = min_size;
        }
        if !has_changed {
            return;
        }
    }
}

fn used_items(item: &Item<'_>) -> Vec<usize> {
    let mut used = Vec::new();
    if let Shape::Record { fields } = &item.shape {
        fields.iter().for_each(|field| field.ty.for_each_named(&mut |target| used.push(target)));
    }
    used
}

fn holds_for_parts(items: &[Item<'_>], item: usize, property: &dyn Fn(&FieldType, &[Item<'_>]) -> bool) -> bool {
    match &items[item].shape {
        Shape::Record { fields } => fields.iter().all(|field| property(&field.ty, items)),
        _ => true,
    }
}

/// Floating-point numbers have no total equality.
fn is_eq(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Float | FieldType::Double => false,
        FieldType::Array(inner) | FieldType::Map(inner) => is_eq(inner, items),
        FieldType::Nullable { value, .. } => is_eq(value, items),
        FieldType::Named { item, .. } => items[*item].facts.is_eq,
        _ => true,
    }
}

/// A `HashMap` is not `Hash`, since its order is not defined.
fn is_hash(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Float | FieldType::Double | FieldType::Map(_) => false,
        FieldType::Array(inner) => is_hash(inner, items),
        FieldType::Nullable { value, .. } => is_hash(value, items),
        FieldType::Named { item, .. } => items[*item].facts.is_hash,
        _ => true,
    }
}

fn has_default(item: &Item<'_>) -> bool {
    match &item.shape {
        Shape::Record { fields } => fields.iter().all(|field| field.default.is_some()),
        Shape::Enumeration { default, .. } => default.is_some(),
        Shape::Fixed { .. } | Shape::Alias { .. } => false,
    }
}

fn min_size_of_item(items: &[Item<'_>], item: usize) -> usize {
    match &items[item].shape {
        Shape::Record { fields } => {
            fields.iter().fold(0, |sum: usize, field| sum.saturating_add(min_size(&field.ty, items)))
        }
        Shape::Enumeration { .. } => 1,
        Shape::Fixed { size } => *size,
        Shape::Alias { of } => min_size(of, items),
    }
}

/// The least number of bytes of a value (specification, "Binary Encoding").
fn min_size(ty: &FieldType, items: &[Item<'_>]) -> usize {
    match ty {
        FieldType::Null => 0,
        FieldType::Boolean | FieldType::Int | FieldType::Long | FieldType::Timestamp(_) => 1,
        FieldType::Float => 4,
        FieldType::Double => 8,
        // A length or a count of zero is one byte, and so is the index of the branch null.
        FieldType::Bytes | FieldType::String | FieldType::Array(_) | FieldType::Map(_) => 1,
        FieldType::Nullable { .. } => 1,
        FieldType::Decimal { storage: DecimalStorage::Bytes, .. } => 1,
        FieldType::Decimal { storage: DecimalStorage::Fixed { size, .. }, .. } => *size,
        FieldType::Named { item, .. } => items[*item].facts.min_size,
    }
}
