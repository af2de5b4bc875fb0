//! What is around the content of every page.

use super::catalog::Catalog;
use super::{GRAPH, INDEX};
use crate::markup::escaped;

/// A page without its frame.
pub(super) struct Page {
    /// What it is about, not escaped yet; empty for the first page.
    pub(super) title: String,
    /// The way to the folder of the site: `../` for each folder that the page is in.
    pub(super) root: &'static str,
    /// The content, with its heading.
    pub(super) main: String,
    /// The parts of the page that can be gone to: anchors and headings, not escaped yet.
    pub(super) parts: Vec<(String, String)>,
    /// What else is at the side.
    pub(super) side: String,
}

impl Page {
    pub(super) fn html(&self, catalog: &Catalog<'_>) -> String {
        let Page { root, main, side, .. } = self;
        let site = escaped(&catalog.title);
        let title = match self.title.as_str() {
            "" => site.clone(),
            title => format!("{} – {site}", escaped(title)),
        };
        let mut links = format!("<a href=\"{root}{INDEX}#types\">Types</a>");
        for (list, anchor, name) in
            [(catalog.subjects.is_empty(), "subjects", "Subjects"), (catalog.topics.is_empty(), "topics", "Topics")]
        {
            if !list {
                links.push_str(&format!(" <a href=\"{root}{INDEX}#{anchor}\">{name}</a>"));
            }
        }
        links.push_str(&format!(" <a href=\"{root}{GRAPH}\">Graph</a>"));
        let parts: String = self
            .parts
            .iter()
            .map(|(anchor, heading)| format!("<li><a href=\"#{}\">{}</a></li>", escaped(anchor), escaped(heading)))
            .collect();
        let parts = match parts.as_str() {
            "" => String::new(),
            parts => format!("<h2>On this page</h2>\n<ul>{parts}</ul>\n"),
        };
        let side = match format!("{parts}{side}").as_str() {
            "" => String::new(),
            side => format!("<nav class=\"side\" aria-label=\"This page\">\n{side}</nav>\n"),
        };
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{root}style.css\">\n\
             <script src=\"{root}search.js\" data-root=\"{root}\" defer></script>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#content\">Skip to the content</a>\n\
             <header>\n<a class=\"home\" href=\"{root}{INDEX}\">{site}</a>\n<nav aria-label=\"Site\">{links}</nav>\n\
             <form id=\"search\" role=\"search\" action=\"{root}{INDEX}\" hidden>\
             <label class=\"unseen\" for=\"query\">Search types, fields, subjects and topics</label>\
             <input id=\"query\" name=\"q\" type=\"search\" placeholder=\"Search (press /)\" autocomplete=\"off\" \
             spellcheck=\"false\"></form>\n</header>\n\
             <section id=\"results\" aria-label=\"Search results\" hidden>\
             <p id=\"found\" role=\"status\"></p><ol></ol></section>\n\
             <div class=\"columns\">\n<main id=\"content\">\n{main}</main>\n\
             {side}</div>\n</body>\n</html>\n"
        )
    }
}

/// The way from the first page to this one, without this one: addresses and names that are not escaped yet.
pub(super) fn way(steps: &[(String, &str)]) -> String {
    let steps: Vec<String> =
        steps.iter().map(|(address, name)| format!("<a href=\"{address}\">{}</a>", escaped(name))).collect();
    format!("<p class=\"way\">{}</p>\n", steps.join(" › "))
}
