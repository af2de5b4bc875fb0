//! A graph in Mermaid's language, which forges draw inside Markdown.

use std::fmt::Write;

use super::Graph;

/// Users on the left, what they use on the right, and the names of fields at the arrows.
pub(crate) fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR\n");
    // Writing into a string cannot fail.
    for (index, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  n{index}[\"{}<br/>{}\"]", escaped(&node.name), escaped(&node.what));
    }
    for edge in &graph.edges {
        let label = match edge.fields.as_slice() {
            [] => String::new(),
            fields => format!("|\"{}\"|", escaped(&fields.join(", "))),
        };
        let _ = writeln!(text, "  n{} -->{label} n{}", edge.user, edge.used);
    }
    text
}

/// As it may be between quotes: everything that Mermaid or HTML could take for more than text becomes the number of the
/// character, in Mermaid's notation.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            control if control.is_control() => escaped.push('\u{fffd}'),
            plain if !plain.is_ascii_punctuation() || matches!(plain, '.' | ',' | '_' | '-') => escaped.push(plain),
            other => escaped.push_str(&format!("#{};", u32::from(other))),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_but_text_is_left() {
        assert_eq!(super::escaped("com.acme.Größe \"]<b>`\n"), "com.acme.Größe #34;#93;#60;b#62;#96;\u{fffd}");
    }
}
