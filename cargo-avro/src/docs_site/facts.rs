//! A list of short facts.

use crate::markup::escaped;

/// Names and what they are, as HTML that is escaped already; those without content are left out.
#[derive(Default)]
pub(super) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    pub(super) fn add(&mut self, name: &'static str, html: impl Into<String>) {
        let html = html.into();
        if !html.is_empty() {
            self.0.push((name, html));
        }
    }

    /// Text that is shown as code.
    pub(super) fn add_code(&mut self, name: &'static str, text: &str) {
        self.add(name, code(text));
    }

    pub(super) fn html(&self) -> String {
        let facts = self.0.iter().map(|(name, html)| format!("<dt>{name}</dt><dd>{html}</dd>\n"));
        let facts: String = facts.collect();
        if facts.is_empty() { facts } else { format!("<dl>\n{facts}</dl>\n") }
    }
}

/// Text as code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Texts as code, with commas in between.
pub(super) fn codes<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(|text| code(text.as_ref())).collect::<Vec<_>>().join(", ")
}
