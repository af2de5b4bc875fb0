//! Puts boxes into recursive types, where they are needed and nowhere else.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::{InPlace, Item, Shape, UnionVariant};
use crate::options::{Choices, PatternTarget};

/// A type that contains itself in place would be infinitely large. The types of such a cycle are put into an order in
/// which every part leads from an earlier to a later type, as far as that is possible; the parts that lead back are
/// boxed.
///
/// Fields that always hold a value order first, so that the box goes to an optional one: `Option<Box<Node>>`. So do
/// fields that hold a union, so that the box goes into its variant. Where several orders are left, names decide, so
/// that neither the order of files nor a new file elsewhere moves a box.
pub(crate) fn put_boxes(items: &mut [Item<'_>], choices: &Choices<'_>) {
    let asked_for = |_, item: &Item<'_>, place: PatternTarget<'_>| item.shape.is_union() && choices.is_boxed(place);
    put_behind_pointers(items, choices, asked_for);
    let in_place: Vec<Vec<Edge>> = items.iter().map(|item| in_place_edges(items, item)).collect();
    let targets: Vec<Vec<usize>> =
        in_place.iter().map(|edges| edges.iter().map(|edge| edge.target).collect()).collect();
    let component = avro_model::components(&targets);
    let position = positions(items, &in_place, &component);
    put_behind_pointers(items, choices, |(source, target): (usize, usize), _, _| {
        component[target] == component[source] && position[target] <= position[source]
    });
}

/// Puts the parts behind pointers for which `is_meant` holds: given the item that has the part and the one that it
/// holds in place, and the place of the part.
fn put_behind_pointers(
    items: &mut [Item<'_>],
    choices: &Choices<'_>,
    is_meant: impl Fn((usize, usize), &Item<'_>, PatternTarget<'_>) -> bool,
) {
    let mut path = String::new();
    let mut meant = Vec::new();
    for (source, item) in items.iter().enumerate().filter(|(_, item)| item.external.is_none()) {
        for (index, part) in item.shape.parts().enumerate() {
            let Some(InPlace { item: target, .. }) = part.in_place() else { continue };
            path.clear();
            path.push_str(&item.fullname);
            if let Some(step) = step(&item.shape, index) {
                path.push('.');
                path.push_str(step);
            }
            let place = PatternTarget { path: &path, type_length: item.fullname.len(), kind: items[target].kind() };
            if is_meant((source, target), item, place) {
                meant.push((source, index, choices.pointers(place)));
            }
        }
    }
    for (source, index, pointer) in meant {
        if let Some(part) = items[source].shape.parts_mut().nth(index) {
            part.put_behind(pointer);
        }
    }
}

/// What leads to a part: the name of a field or of a union's branch.
fn step<'s>(shape: &'s Shape<'_>, part: usize) -> Option<&'s str> {
    match shape {
        Shape::Record { fields } => fields.get(part).map(|field| field.field.name.as_str()),
        Shape::Union { variants } => variants.get(part).map(UnionVariant::short_branch),
        _ => None,
    }
}

struct Edge {
    target: usize,
    /// Whether the target must come after the source.
    is_strict: bool,
}

fn in_place_edges(items: &[Item<'_>], item: &Item<'_>) -> Vec<Edge> {
    // Where another type stands for it, that one has a size.
    if item.external.is_some() {
        return Vec::new();
    }
    let parts = item.shape.parts().filter_map(|part| part.in_place());
    let edges = parts.map(|part| Edge {
        target: part.item,
        is_strict: items[part.item].shape.is_union() || !(part.is_optional || item.shape.is_union()),
    });
    edges.collect()
}

/// The place of each type in the order of its component: Kahn's algorithm over the strict edges, taking the least
/// fullname where several types could come next.
fn positions(items: &[Item<'_>], in_place: &[Vec<Edge>], component: &[usize]) -> Vec<usize> {
    let strict = |source: usize| {
        let edges = in_place[source].iter();
        edges.filter(move |edge| edge.is_strict && component[edge.target] == component[source]).map(|edge| edge.target)
    };
    let mut blocked_by = vec![0_usize; items.len()];
    for source in 0..items.len() {
        strict(source).for_each(|target| blocked_by[target] += 1);
    }
    let mut by_name: Vec<usize> = (0..items.len()).collect();
    by_name.sort_by_key(|&item| items[item].fullname.as_str());
    let mut rank = vec![0; items.len()];
    by_name.iter().enumerate().for_each(|(place, &item)| rank[item] = place);

    let mut position = vec![usize::MAX; items.len()];
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..items.len()).filter(|&item| blocked_by[item] == 0).map(|item| Reverse(rank[item])).collect();
    // No strict edge leads from a union, so that what blocks itself is never one.
    let mut leftover = by_name.iter().copied().filter(|&item| !items[item].shape.is_union());
    let mut placed = 0;
    loop {
        let item = match ready.pop() {
            Some(Reverse(rank)) => by_name[rank],
            // What is left is blocked by itself: a type that has no finite value. It must compile all the same.
            None => match leftover.find(|&item| position[item] == usize::MAX) {
                Some(item) => item,
                None => return position,
            },
        };
        if position[item] != usize::MAX {
            continue;
        }
        position[item] = placed;
        placed += 1;
        for target in strict(item) {
            blocked_by[target] -= 1;
            if blocked_by[target] == 0 {
                ready.push(Reverse(rank[target]));
            }
        }
    }
}
