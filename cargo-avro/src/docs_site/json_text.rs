//! JSON and other sources as HTML.

use avro_build::lock::pretty_json;

use crate::markup::escaped;

/// A longer schema is not shown: with all that it uses, it would be on the page of each of its users as well.
const MOST_BYTES: usize = 30_000;

/// A schema that can be opened, or what to do where it is too long.
pub(super) fn schema_details(summary: &str, json: &str, command: &str, is_open: bool) -> String {
    if json.len() > MOST_BYTES {
        let (summary, command) = (escaped(summary), escaped(command));
        return format!("<p>{summary}: too long for this page; <code>{command}</code> prints it.</p>\n");
    }
    details(summary, &colored(&pretty_json(json)), is_open)
}

/// Text that can be opened; `html` is escaped already.
pub(super) fn details(summary: &str, html: &str, is_open: bool) -> String {
    let (summary, open) = (escaped(summary), if is_open { " open" } else { "" });
    format!("<details{open}><summary>{summary}</summary>\n<pre><code>{html}</code></pre>\n</details>\n")
}

/// JSON with its names and strings marked, and everything in it escaped.
pub(super) fn colored(json: &str) -> String {
    let mut html = String::with_capacity(json.len() * 2);
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let end = start + 1 + end_of_string(&rest[start + 1..]);
        html.push_str(&escaped(&rest[..start]));
        let class = if rest[end..].trim_start().starts_with(':') { "name" } else { "text" };
        html.push_str(&format!("<span class=\"{class}\">{}</span>", escaped(&rest[start..end])));
        rest = &rest[end..];
    }
    html.push_str(&escaped(rest));
    html
}

/// The length of what is up to the end of a string, with the quote.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// Lines of a file as they are there, without what all but the first are indented by.
pub(super) fn without_indentation(text: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let others = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let common = others.map(indentation).min().unwrap_or(0);
    let lines = text.lines().enumerate();
    let lines = lines.map(|(at, line)| if at == 0 { line } else { line.get(common..).unwrap_or_default() });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_strings_are_marked() {
        assert_eq!(
            colored(r#"{"a\"": ["<b>", 1]}"#),
            "{<span class=\"name\">&quot;a\\&quot;&quot;</span>: [<span class=\"text\">&quot;&lt;b&gt;&quot;</span>, 1]}"
        );
        assert_eq!(colored("\"open\\\\"), "<span class=\"text\">&quot;open\\\\</span>");
    }

    #[test]
    fn lines_lose_their_common_indentation() {
        assert_eq!(without_indentation("{\n      \"a\": 1\n\n    }"), "{\n  \"a\": 1\n\n}");
        assert_eq!(without_indentation("one"), "one");
    }
}
