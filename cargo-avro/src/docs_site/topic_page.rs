//! The page of a topic.

use super::catalog::Catalog;
use super::frame::{Page, way};
use super::prose::paragraphs;
use super::{INDEX, history};
use crate::markup::escaped;

const ROOT: &str = "../";

pub(super) fn page(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(topic) = catalog.topics.get(index) else { return String::new() };
    let mut main =
        way(&[(format!("{ROOT}{INDEX}"), catalog.title.as_str()), (format!("{ROOT}{INDEX}#topics"), "Topics")]);
    let mut parts = vec![("content".to_owned(), topic.name.clone())];
    main.push_str(&format!("<h1><span class=\"kind\">topic</span> {}</h1>\n", escaped(&topic.name)));
    for (anchor, heading, subjects) in [("key", "Key", &topic.keys), ("value", "Value", &topic.values)] {
        parts.push((anchor.to_owned(), heading.to_owned()));
        main.push_str(&format!("<h2 id=\"{anchor}\">{heading}</h2>\n"));
        if subjects.is_empty() {
            main.push_str("<p>No subject is known.</p>\n");
        }
        for subject_index in subjects {
            let Some(subject) = catalog.subjects.get(*subject_index) else { continue };
            let entry = subject.type_index.and_then(|index| catalog.types.get(index));
            main.push_str(&format!(
                "<p>{} under {}: {}</p>\n{}",
                catalog.type_of_subject(subject, ROOT),
                catalog.subject_link(*subject_index, ROOT),
                history::state(subject),
                entry.map(|entry| paragraphs(catalog.doc(entry))).unwrap_or_default()
            ));
        }
    }
    Page { title: topic.name.clone(), root: ROOT, main, parts, side: String::new() }.html(catalog)
}
