//! What follows from the types that an item uses: recursion, the least encoded size, and the traits that can be
//! derived.

use crate::leaf::{Encoding, RustType};
use crate::model::{FieldType, Item, Shape};
use crate::options::Maps;

/// What follows from an item's parts and from those of all types that it uses.
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
    /// Whether a value may own memory that the next one can use.
    pub(crate) has_memory: bool,
    /// Whether a value may borrow from the datum instead of owning memory.
    pub(crate) has_view: bool,
    /// Whether the view is `Copy`.
    pub(crate) is_view_copy: bool,
}

impl Facts {
    /// The traits that every generated type derives, as far as its parts allow.
    pub(crate) fn derives(&self) -> &'static [&'static str] {
        match (self.is_eq, self.is_hash) {
            (true, true) => &["Clone", "Debug", "PartialEq", "Eq", "Hash"],
            (true, false) => &["Clone", "Debug", "PartialEq", "Eq"],
            (false, _) => &["Clone", "Debug", "PartialEq"],
        }
    }
}

/// Finds the facts of every item, callees first, so that one pass is enough.
pub(crate) fn find(items: &mut [Item<'_>]) {
    let edges: Vec<Vec<usize>> = items.iter().map(used_items).collect();
    let component = avro_model::components(&edges);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); component.iter().max().map_or(0, |last| last + 1)];
    for (item, &number) in component.iter().enumerate() {
        members[number].push(item);
    }
    for group in members {
        let is_recursive = group.len() > 1 || group.iter().any(|&item| edges[item].contains(&item));
        // Within a cycle everybody is taken to allow everything, and what any member forbids is forbidden for all.
        for &item in &group {
            items[item].facts = Facts {
                is_recursive,
                is_eq: true,
                is_hash: true,
                has_default: true,
                is_view_copy: true,
                ..Facts::default()
            };
        }
        let holds = |property: fn(&FieldType, &[Item<'_>]) -> bool| {
            group.iter().all(|&item| {
                let is_generated = items[item].external.as_ref().is_none_or(|external| external.is_generated);
                is_generated && items[item].shape.parts().all(|part| property(part, items))
            })
        };
        let (is_eq, is_hash) = (holds(is_eq), holds(is_hash));
        let has_memory = group.iter().any(|&item| items[item].shape.parts().any(|part| has_memory(part, items)));
        let has_view = group.iter().any(|&item| {
            let is_replaced = items[item].external.as_ref().is_some_and(|external| !external.is_generated);
            !is_replaced && items[item].shape.parts().any(|part| has_view(part, items))
        });
        for &item in &group {
            items[item].facts.has_view = has_view;
        }
        let is_view_copy = group.iter().all(|&item| {
            items[item].external.is_none() && items[item].shape.parts().all(|part| is_view_copy(part, items))
        });
        for &item in &group {
            let has_default = has_default(&items[item]);
            items[item].facts =
                Facts { is_recursive, min_size: 0, is_eq, is_hash, has_default, has_memory, has_view, is_view_copy };
        }
        find_min_sizes(items, &group);
    }
}

/// Sizes only grow from round to round, and after as many rounds as there are types every one of them is exact. That
/// holds but for a type that always contains itself: it has no value, so that any size is a bound.
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
    item.shape.parts().for_each(|part| part.for_each_item(&mut |target| used.push(target)));
    used
}

fn is_eq(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Leaf(leaf) => leaf.rust.is_eq(),
        FieldType::Array(inner) | FieldType::Map { values: inner, .. } | FieldType::Sole(inner) => is_eq(inner, items),
        FieldType::Nullable { value, .. } => is_eq(value, items),
        FieldType::Item { item, .. } => items[*item].facts.is_eq,
        // Who knows?
        FieldType::Own { .. } => false,
    }
}

fn is_hash(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Leaf(leaf) => leaf.rust.is_hash(),
        // Its order is not defined.
        FieldType::Map { container: Maps::HashMap | Maps::FastHashMap, .. } => false,
        FieldType::Array(inner) | FieldType::Map { values: inner, .. } | FieldType::Sole(inner) => {
            is_hash(inner, items)
        }
        FieldType::Nullable { value, .. } => is_hash(value, items),
        FieldType::Item { item, .. } => items[*item].facts.is_hash,
        FieldType::Own { .. } => false,
    }
}

/// Whether a value may own memory that the next one can use.
pub(crate) fn has_memory(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Leaf(leaf) => matches!(leaf.encoding, Encoding::String | Encoding::Bytes),
        FieldType::Array(_) | FieldType::Map { .. } | FieldType::Own { .. } => true,
        FieldType::Nullable { value, .. } | FieldType::Sole(value) => has_memory(value, items),
        FieldType::Item { item, pointer } => pointer.is_some() || items[*item].facts.has_memory,
    }
}

fn has_view(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Leaf(leaf) => matches!(leaf.encoding, Encoding::String | Encoding::Bytes),
        FieldType::Array(_) | FieldType::Map { .. } => true,
        FieldType::Nullable { value, .. } | FieldType::Sole(value) => has_view(value, items),
        FieldType::Item { item, .. } => items[*item].facts.has_view,
        FieldType::Own { .. } => false,
    }
}

fn is_view_copy(ty: &FieldType, items: &[Item<'_>]) -> bool {
    match ty {
        FieldType::Leaf(leaf) => leaf.rust != RustType::BigDecimal,
        FieldType::Array(_) | FieldType::Map { .. } => true,
        FieldType::Nullable { value, .. } | FieldType::Sole(value) => is_view_copy(value, items),
        FieldType::Item { item, pointer } => {
            let item = &items[*item];
            match (item.facts.has_view, pointer) {
                // What is not recursive needs no pointer in a view.
                (true, Some(_)) => item.facts.is_view_copy && !item.facts.is_recursive,
                (true, None) => item.facts.is_view_copy,
                (false, pointer) => {
                    let is_plain = matches!(item.shape, Shape::Enumeration { .. } | Shape::Fixed { .. });
                    is_plain && pointer.is_none() && item.external.is_none()
                }
            }
        }
        FieldType::Own { .. } => false,
    }
}

fn has_default(item: &Item<'_>) -> bool {
    match &item.shape {
        Shape::Record { fields } => fields.iter().all(|field| field.default.is_some()),
        Shape::Enumeration { default, .. } => default.is_some(),
        Shape::Fixed { .. } | Shape::Newtype { .. } | Shape::Union { .. } => false,
    }
}

fn min_size_of_item(items: &[Item<'_>], item: usize) -> usize {
    match &items[item].shape {
        Shape::Record { fields } => {
            fields.iter().fold(0, |sum: usize, field| sum.saturating_add(min_size(&field.ty, items)))
        }
        Shape::Enumeration { .. } => 1,
        Shape::Fixed { size } => *size,
        Shape::Newtype { of } => min_size(of, items),
        // The index of the branch, and its value.
        Shape::Union { variants } => {
            let least = variants.iter().map(|variant| min_size(&variant.ty, items)).min();
            least.unwrap_or(0).saturating_add(1)
        }
    }
}

/// The least number of bytes of a value (specification, "Binary Encoding").
fn min_size(ty: &FieldType, items: &[Item<'_>]) -> usize {
    match ty {
        FieldType::Leaf(leaf) => leaf.encoding.min_size(),
        // A count of zero is one byte, and so is the index of the branch null.
        FieldType::Array(_) | FieldType::Map { .. } | FieldType::Nullable { .. } => 1,
        FieldType::Sole(value) => min_size(value, items).saturating_add(1),
        FieldType::Item { item, .. } => items[*item].facts.min_size,
        FieldType::Own { of, .. } => min_size(of, items),
    }
}
