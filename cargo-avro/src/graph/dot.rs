//! A graph in Graphviz's language.

use std::fmt::Write;

use super::Graph;

/// Users on the left, what they use on the right, and the names of fields at the arrows.
pub(crate) fn dot(graph: &Graph) -> String {
    let mut text = String::from("digraph schemas {\n  rankdir=LR\n  node [shape=box, fontname=\"sans-serif\"]\n");
    // Writing into a string cannot fail.
    for (index, node) in graph.nodes.iter().enumerate() {
        let (name, what) = (escaped(&node.name), escaped(&node.what));
        let _ = writeln!(text, "  n{index} [label=\"{name}\\n{what}\"]");
    }
    for edge in &graph.edges {
        let label = match edge.fields.as_slice() {
            [] => String::new(),
            fields => format!(" [label=\"{}\"]", escaped(&fields.join(", "))),
        };
        let _ = writeln!(text, "  n{} -> n{}{label}", edge.user, edge.used);
    }
    text.push_str("}\n");
    text
}

/// As it may be between quotes: a backslash begins an escape, and a line has to end in none.
fn escaped(text: &str) -> String {
    let safe = text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character });
    safe.collect::<String>().replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_do_not_end_a_label() {
        assert_eq!(super::escaped("a\"]\n b\\"), "a\\\"]\u{fffd} b\\\\");
    }
}
