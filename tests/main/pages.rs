//! What a page in Markdown shows.

/// The files that a page shows: a fenced block, taken out of its list item, under a line that ends with the path in
/// bold.
pub(crate) fn files_shown(markdown: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut path: Option<String> = None;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(shown) = line.strip_suffix("`**").and_then(|line| line.rsplit_once("**`")) {
            path = Some(shown.1.to_owned());
            continue;
        }
        let Some(indent) = line.find("```") else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != "```")
            .map(|line| line.get(indent..).unwrap_or_default())
            .collect();
        if let Some(path) = path.take() {
            files.push((path, block.join("\n") + "\n"));
        }
    }
    files
}
