//! Pictures of who uses whom: of all types, and of one type with its neighbors.

use super::INDEX;
use super::catalog::Catalog;
use super::frame::{Page, way};
use crate::graph::{Graph, svg};

/// More types than these make a picture in which nobody finds anything.
const MOST_TYPES: usize = 250;
/// The same for the picture on the page of a type.
const MOST_NEIGHBORS: usize = 40;

pub(super) fn page(catalog: &Catalog<'_>) -> String {
    let all = catalog.graph.nodes.len();
    let (graph, note) = if all > MOST_TYPES {
        let note = format!("{MOST_TYPES} of {all} types are shown: those that have most to do with others.");
        (&catalog.graph.limited(MOST_TYPES), note)
    } else {
        (&catalog.graph, "Users are on the left, what they use is on the right.".to_owned())
    };
    let picture = match graph.nodes.is_empty() {
        true => "<p>There is nothing to draw.</p>\n".to_owned(),
        false => in_box(&svg(graph, "Which schemas use which others", None)),
    };
    let main =
        format!("{}<h1>Graph</h1>\n<p>{note}</p>\n{picture}", way(&[(INDEX.to_owned(), catalog.title.as_str())]));
    Page { title: "Graph".to_owned(), root: "", main, parts: Vec::new(), side: String::new() }.html(catalog)
}

/// A type with those that use it and those that it uses; nothing for a type without neighbors.
pub(super) fn neighborhood(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(center) = catalog.graph.nodes.get(index) else { return String::new() };
    let mut graph = catalog.graph.neighborhood(index, 1);
    let all = graph.nodes.len();
    if all < 2 {
        return String::new();
    }
    let mut note = String::new();
    if all > MOST_NEIGHBORS {
        // With only its own arrows, the type has most to do with others, and stays.
        if let Some(at) = position(&graph, center.link.as_deref()) {
            graph.edges.retain(|edge| edge.user == at || edge.used == at);
        }
        graph = graph.limited(MOST_NEIGHBORS);
        note = format!("<p>{MOST_NEIGHBORS} of {all} types are shown.</p>\n");
    }
    let at = position(&graph, center.link.as_deref());
    for node in &mut graph.nodes {
        node.link = node.link.as_ref().map(|link| format!("../{link}"));
    }
    let title = format!("{}, what uses it and what it uses", center.name);
    format!("{note}{}", in_box(&svg(&graph, &title, at)))
}

/// The type whose page is at `link`, which no other type has.
fn position(graph: &Graph, link: Option<&str>) -> Option<usize> {
    graph.nodes.iter().position(|node| node.link.as_deref() == link)
}

/// A picture may be wider than its page. Who has no mouse scrolls it by the links in it.
fn in_box(svg: &str) -> String {
    format!("<div class=\"picture\">\n{svg}</div>\n")
}
