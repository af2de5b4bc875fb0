//! Puts boxes into recursive types, where they are needed and nowhere else.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph;
use crate::model::{Item, Shape};

/// A type that contains itself in place would be infinitely large. The types of such a cycle are put into an order in which
/// every field leads from an earlier to a later type, as far as that is possible; the fields that lead back are boxed.
///
/// Fields that always hold a value order first, so that the box goes to an optional one: `Option<Box<Node>>`. Where several
/// orders are left, names decide, so that neither the order of files nor a new file elsewhere moves a box.
pub(crate) fn put_boxes(items: &mut [Item<'_>]) {
    let in_place = in_place_edges(items);
    let targets: Vec<Vec<usize>> =
        in_place.iter().map(|edges| edges.iter().map(|edge| edge.target).collect()).collect();
    let component = graph::components(&targets);
    let position = positions(items, &in_place, &component);
    for source in 0..items.len() {
        let Shape::Record { fields } = &mut items[source].shape else { continue };
        for part in fields.iter_mut().filter_map(|field| field.ty.in_place_mut()) {
            let leads_back = component[part.item] == component[source] && position[part.item] <= position[source];
            *part.boxed = leads_back;
        }
    }
}

struct Edge {
    target: usize,
    is_optional: bool,
}

fn in_place_edges(items: &mut [Item<'_>]) -> Vec<Vec<Edge>> {
    let edges_of = |item: &mut Item<'_>| match &mut item.shape {
        Shape::Record { fields } => {
            let parts = fields.iter_mut().filter_map(|field| field.ty.in_place_mut());
            parts.map(|part| Edge { target: part.item, is_optional: part.is_optional }).collect()
        }
        _ => Vec::new(),
    };
    items.iter_mut().map(edges_of).collect()
}

/// The place of each type in the order of its component: Kahn's algorithm over the fields that always hold a value, taking the
/// least fullname where several types could come next.
fn positions(items: &[Item<'_>], in_place: &[Vec<Edge>], component: &[usize]) -> Vec<usize> {
    let required = |source: usize| {
        let edges = in_place[source].iter();
        edges
            .filter(move |edge| !edge.is_optional && component[edge.target] == component[source])
            .map(|edge| edge.target)
    };
    let mut blocked_by = vec![0_usize; items.len()];
    for source in 0..items.len() {
        required(source).for_each(|target| blocked_by[target] += 1);
    }
    let name = |item: usize| items[item].definition.name.as_str();
    let mut by_name: Vec<usize> = (0..items.len()).collect();
    by_name.sort_by_key(|&item| name(item));
    let mut rank = vec![0; items.len()];
    by_name.iter().enumerate().for_each(|(place, &item)| rank[item] = place);

    let mut position = vec![usize::MAX; items.len()];
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..items.len()).filter(|&item| blocked_by[item] == 0).map(|item| Reverse(rank[item])).collect();
    let mut leftover = by_name.iter().copied();
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
        for target in required(item) {
            blocked_by[target] -= 1;
            if blocked_by[target] == 0 {
                ready.push(Reverse(rank[target]));
            }
        }
    }
}
