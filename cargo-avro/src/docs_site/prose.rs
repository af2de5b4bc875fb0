//! The documentation of schemas as HTML: paragraphs, lists of lines that begin with `- ` or `* `, code in backticks,
//! and links. Anything else stays the text that it is.

use crate::markup::escaped;

/// Longer summaries are cut.
const MOST_CHARACTERS: usize = 160;

/// Documentation as paragraphs and lists.
pub(super) fn paragraphs(doc: &str) -> String {
    let mut html = String::new();
    let mut text = String::new();
    let mut items: Vec<String> = Vec::new();
    for line in lines(doc).into_iter().chain([""]) {
        let item = list_item(line);
        if (line.is_empty() || item.is_some()) && !text.is_empty() {
            html.push_str(&format!("<p>{}</p>\n", inline(&text)));
            text.clear();
        }
        if line.is_empty() && !items.is_empty() {
            let list: String = items.iter().map(|item| format!("<li>{}</li>", inline(item))).collect();
            html.push_str(&format!("<ul>{list}</ul>\n"));
            items.clear();
        }
        // A line below an item goes on with it.
        match (item, items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(last)) => append(last, line),
            (None, None) => append(&mut text, line),
        }
    }
    html
}

fn append(text: &mut String, line: &str) {
    if !text.is_empty() && !line.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// The first sentence as plain text, which is not escaped yet.
pub(super) fn summary(doc: &str) -> String {
    let lines = lines(doc.trim()).into_iter();
    let first = lines.take_while(|line| !line.is_empty() && list_item(line).is_none());
    let line = first.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    let end = line.find(". ").map_or(line.len(), |end| end + 1);
    let sentence = line.get(..end).unwrap_or(&line);
    match sentence.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", sentence[..end].trim_end()),
        None => sentence.to_owned(),
    }
}

/// The lines without white space around them. Comments of the IDL that begin on the line of their `/**` keep the stars
/// of the other lines, as in Java; these are not lists.
fn lines(doc: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = doc.lines().map(str::trim).collect();
    let Some((first, others)) = lines.split_first_mut() else { return lines };
    let has_stars = !others.is_empty() && others.iter().all(|line| *line == "*" || line.starts_with("* "));
    if has_stars && (!first.ends_with(':') || others.contains(&"*")) {
        others.iter_mut().for_each(|line| *line = line.trim_start_matches('*').trim_start());
    }
    lines
}

fn list_item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

/// Text within a paragraph: code between backticks, and addresses as links.
pub(super) fn inline(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let Some(length) = rest[start + 1..].find('`') else { break };
        html.push_str(&with_links(&rest[..start]));
        html.push_str(&format!("<code>{}</code>", escaped(&rest[start + 1..start + 1 + length])));
        rest = &rest[start + length + 2..];
    }
    html.push_str(&with_links(rest));
    html
}

fn with_links(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let after = &rest[start..];
        let ends = |character: char| character.is_whitespace() || matches!(character, '<' | '>' | '"' | '\'' | '`');
        let address = &after[..after.find(ends).unwrap_or(after.len())];
        // What ends a sentence is not part of an address.
        let address = address.trim_end_matches(['.', ',', ';', '!', '?', ')', ']', '}']);
        let link = escaped(address);
        html.push_str(&escaped(&rest[..start]));
        match address.ends_with("//") {
            true => html.push_str(&link),
            false => html.push_str(&format!("<a href=\"{link}\" rel=\"noopener noreferrer\">{link}</a>")),
        }
        rest = &after[address.len()..];
    }
    html.push_str(&escaped(rest));
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_becomes_html() {
        for (doc, expected) in [
            ("", ""),
            ("One\n two.\n\nThree.", "<p>One\ntwo.</p>\n<p>Three.</p>\n"),
            (
                "Either:\n- a `b<c`\n  goes on\n* d\n\nEnd.",
                "<p>Either:</p>\n<ul><li>a <code>b&lt;c</code>\ngoes on</li><li>d</li></ul>\n<p>End.</p>\n",
            ),
            ("One\n* two\n*\n* - a", "<p>One\ntwo</p>\n<ul><li>a</li></ul>\n"),
            ("One:\n* a\n* b", "<p>One:</p>\n<ul><li>a</li><li>b</li></ul>\n"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("an ` alone", "<p>an ` alone</p>\n"),
            (
                "See https://example.com/a?b=1&c=2.",
                "<p>See <a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noopener noreferrer\">https://example.com/a?b=1&amp;c=2</a>.</p>\n",
            ),
            (
                "http://a\" onclick=\"x",
                "<p><a href=\"http://a\" rel=\"noopener noreferrer\">http://a</a>&quot; onclick=&quot;x</p>\n",
            ),
            ("http:// and", "<p>http:// and</p>\n"),
        ] {
            assert_eq!(paragraphs(doc), expected, "of {doc:?}");
        }
    }

    #[test]
    fn summaries_are_sentences() {
        assert_eq!(summary("An order\n of a shop. It has items.\n\nMore."), "An order of a shop.");
        assert_eq!(summary("Either:\n- a\n- b"), "Either:");
        assert_eq!(summary(&"ä".repeat(200)), format!("{}…", "ä".repeat(160)));
    }
}
