//! A graph as a picture.

use std::fmt::Write;

use super::layout::{Layout, Point, Size, layout};
use super::{Edge, Graph, Node};
use crate::markup::escaped;

const HEIGHT: i64 = 44;
const MARGIN: i64 = 12;
/// The widths of a character of a name and of what is below it, in a font whose characters are all as wide.
const NAME_CHARACTER: i64 = 8;
const DETAIL_CHARACTER: i64 = 7;
/// Longer names are cut; their titles have the whole.
const MOST_CHARACTERS: usize = 48;

/// Colors for light and for dark pages. Every rule is of this picture alone, since it may be a part of a page.
const STYLE: &str = "\
.schema-graph{--ink:#1f2328;--dim:#59636e;--line:#818b98;--fill:#f6f8fa;--strong:#0550ae;font-family:ui-monospace,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){.schema-graph{--ink:#f0f6fc;--dim:#9198a1;--line:#768390;--fill:#161b22;--strong:#79c0ff}}
.schema-graph rect{fill:var(--fill);stroke:var(--line)}
.schema-graph .center rect{stroke:var(--strong);stroke-width:2.5}
.schema-graph text{fill:var(--dim);font-size:11px}
.schema-graph .name{fill:var(--ink);font-size:13px;font-weight:600}
.schema-graph a .name{fill:var(--strong)}
.schema-graph a:focus rect,.schema-graph a:hover rect{stroke:var(--strong);stroke-width:2}
.schema-graph .edge{fill:none;stroke:var(--line);stroke-width:1.3}
.schema-graph .edge:hover{stroke:var(--strong);stroke-width:2.5}
.schema-graph .head{fill:var(--line)}
";

/// Users on the left, what they use on the right. `title` is what the picture is called; the type `center` stands out.
/// Names of fields are titles of the arrows.
pub(crate) fn svg(graph: &Graph, title: &str, center: Option<usize>) -> String {
    let sizes: Vec<Size> = graph.nodes.iter().map(size).collect();
    let edges: Vec<(usize, usize)> = graph.edges.iter().map(|edge| (edge.user, edge.used)).collect();
    let layout = layout(&sizes, &edges);
    // A box that uses itself has an arrow that is a little outside.
    let (width, height) = (layout.size.width + 2 * MARGIN + 16, layout.size.height + 2 * MARGIN);
    let title = escaped(title);
    // A picture hides its parts from screen readers, which links must not be.
    let role = if graph.nodes.iter().any(|node| node.link.is_some()) { "group" } else { "img" };
    let mut svg = String::new();
    // Writing into a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"schema-graph\" role=\"{role}\" aria-label=\"{title}\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <defs><marker id=\"schema-graph-head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
    );
    for (index, edge) in graph.edges.iter().enumerate() {
        let path = path(&layout, &sizes, index, edge);
        let about = escaped(&edge_title(graph, edge));
        let _ = writeln!(
            svg,
            "<path class=\"edge\" d=\"{path}\" marker-end=\"url(#schema-graph-head)\"><title>{about}</title></path>"
        );
    }
    for (index, (node, (corner, size))) in graph.nodes.iter().zip(layout.corners.iter().zip(&sizes)).enumerate() {
        let class = if center == Some(index) { " class=\"center\"" } else { "" };
        let (open, close) = match &node.link {
            Some(link) => (format!("<a href=\"{}\"{class}>", escaped(link)), "</a>"),
            None => (format!("<g{class}>"), "</g>"),
        };
        let (name, detail) = lines(node);
        let Point { x, y } = *corner;
        let _ = writeln!(
            svg,
            "{open}<title>{full} ({what})</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\"/>\
             <text class=\"name\" x=\"{text_x}\" y=\"{name_y}\">{name}</text>\
             <text x=\"{text_x}\" y=\"{detail_y}\">{detail}</text>{close}",
            full = escaped(&node.name),
            what = escaped(&node.what),
            width = size.width,
            text_x = x + 12,
            name_y = y + 19,
            detail_y = y + 34,
            name = escaped(&name),
            detail = escaped(&detail),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The name, and what is below it: the namespace, and what the type is.
fn lines(node: &Node) -> (String, String) {
    let (namespace, name) = node.name.rsplit_once('.').unwrap_or(("", &node.name));
    let detail = match namespace {
        "" => node.what.clone(),
        namespace => format!("{} · {}", cut(namespace), node.what),
    };
    (cut(name), detail)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn size(node: &Node) -> Size {
    let (name, detail) = lines(node);
    let width = (width(&name) * NAME_CHARACTER).max(width(&detail) * DETAIL_CHARACTER);
    Size { width: width + 24, height: HEIGHT }
}

/// In characters. Some scripts have characters that are twice as wide: too much room does no harm.
fn width(text: &str) -> i64 {
    text.chars().map(|character| if u32::from(character) < 0x1100 { 1 } else { 2 }).sum()
}

fn edge_title(graph: &Graph, edge: &Edge) -> String {
    let (user, used) = (&graph.nodes[edge.user].name, &graph.nodes[edge.used].name);
    match edge.fields.as_slice() {
        [] => format!("{user} uses {used}"),
        fields => format!("{user} uses {used}: {}", fields.join(", ")),
    }
}

fn path(layout: &Layout, sizes: &[Size], index: usize, edge: &Edge) -> String {
    let route = &layout.routes[index];
    let Some((first, rest)) = route.split_first() else {
        // From the box to itself, around its right side.
        let corner = layout.corners[edge.user];
        let x = corner.x + sizes[edge.user].width;
        let (from, to) = (corner.y + 12, corner.y + HEIGHT - 12);
        return format!("M{x} {from}C{out} {from} {out} {to} {x} {to}", out = x + 20);
    };
    let mut path = format!("M{} {}", first.x, first.y);
    let mut from = first;
    for (at, to) in rest.iter().enumerate() {
        // Every second piece crosses a gap; those in between are straight.
        let _ = if at.is_multiple_of(2) {
            let middle = (from.x + to.x) / 2;
            write!(path, "C{middle} {} {middle} {} {} {}", from.y, to.y, to.x, to.y)
        } else {
            write!(path, "L{} {}", to.x, to.y)
        };
        from = to;
    }
    path
}
