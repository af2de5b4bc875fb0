//! The text of a documentation comment, without its stars or its indentation, as Java strips them.

use crate::source::part;

/// The text of `comment`, which is a whole documentation comment. Stars go where every line starts with one, or every
/// line with two; otherwise the indentation goes that all lines after the first have in common.
pub(super) fn text(comment: &str) -> String {
    let inner = comment.strip_prefix("/**").and_then(|rest| rest.strip_suffix("*/")).unwrap_or(comment);
    let inner = inner.trim_matches(|character| character <= ' ');
    let lines = lines(inner);
    let after_stars = |stars: &str| lines.iter().map(|(line, _)| after_stars(line, stars)).collect::<Option<Vec<_>>>();
    let stripped = after_stars("**").or_else(|| after_stars("*"));
    let stripped = stripped.unwrap_or_else(|| without_indent(&lines));
    stripped.iter().zip(&lines).flat_map(|(line, (_, ending))| [*line, *ending]).collect()
}

/// The lines, each with its ending.
fn lines(text: &str) -> Vec<(&str, &str)> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(length) = rest.find(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let (line, after) = rest.split_at(length);
        let ending = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        let (ending, after) = after.split_at(ending);
        lines.push((line, ending));
        rest = after;
    }
    lines.push((rest, ""));
    lines
}

/// What follows the stars, and one space, at the start of `line`; `None` where it starts with something else.
fn after_stars<'l>(line: &'l str, stars: &str) -> Option<&'l str> {
    let rest = line.trim_start_matches(is_horizontal_space).strip_prefix(stars)?;
    Some(rest.strip_prefix(is_horizontal_space).unwrap_or(rest))
}

/// The lines without the longest white space that all but the first start with.
fn without_indent<'l>(lines: &[(&'l str, &str)]) -> Vec<&'l str> {
    let Some(((first, _), others)) = lines.split_first() else {
        return Vec::new();
    };
    let mut indent = others.first().map_or("", |(line, _)| {
        let text = line.trim_start_matches(is_horizontal_space);
        part(line, 0..line.len() - text.len())
    });
    for (line, _) in others {
        while !line.starts_with(indent) {
            let shorter = indent.char_indices().next_back().map_or(0, |(start, _)| start);
            indent = part(indent, 0..shorter);
        }
    }
    let others = others.iter().map(|(line, _)| line.strip_prefix(indent).unwrap_or(line));
    std::iter::once(*first).chain(others).collect()
}

/// Java's `\h`.
fn is_horizontal_space(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn stars_and_indentation_are_stripped() {
        for (comment, expected) in [
            ("/***/", ""),
            ("/** */", ""),
            ("/** one line */", "one line"),
            ("/** * one star */", "one star"),
            ("/**\n * first\n *\n *   indented\n */", "first\n\n  indented"),
            ("/**\n ** first\n **second\n */", "first\nsecond"),
            ("/**\n ** first\n * second\n */", "* first\nsecond"),
            ("/**\r\n * first\r\n * second\r\n */", "first\r\nsecond"),
            ("/**\n * first\n without a star\n */", "* first\nwithout a star"),
            ("/** first\n    second\n      third */", "first\nsecond\n  third"),
            ("/** first\n      second\n    third */", "first\n  second\nthird"),
            ("/** first\n\n    second */", "first\n\n    second"),
            ("/** first\n\tsecond\n  third */", "first\n\tsecond\n  third"),
            ("/**\u{3000}wide */", "\u{3000}wide"),
        ] {
            assert_eq!(text(comment), expected, "{comment:?}");
        }
    }
}
