//! The first page: everything, in lists.

use super::catalog::{Catalog, anchor};
use super::frame::Page;
use super::history;
use super::prose::{inline, summary};
use super::type_page::namespace_name;
use crate::answer::counted;
use crate::markup::escaped;

pub(super) fn page(catalog: &Catalog<'_>) -> String {
    let counts = catalog.counts().into_iter().filter(|(what, count)| *count > 0 || *what == "type");
    let counts: Vec<String> = counts.map(|(what, count)| counted(count, what)).collect();
    let mut main = format!("<h1>{}</h1>\n<p>{}.</p>\n", escaped(&catalog.title), counts.join(", "));
    let mut parts = vec![("types".to_owned(), "Types".to_owned())];
    main.push_str("<h2 id=\"types\">Types</h2>\n");
    let mut namespaces = String::new();
    for (namespace, members) in &catalog.namespaces {
        let (name, anchor) = (escaped(namespace_name(namespace)), format!("namespace-{}", anchor(namespace)));
        let rows: String = members.iter().map(|index| type_row(catalog, *index)).collect();
        main.push_str(&format!(
            "<h3 id=\"{anchor}\">{name}</h3>\n<table class=\"list namespace\">\n{}<tbody>\n{rows}</tbody>\n</table>\n",
            head(&["Type", "Is", "Description"])
        ));
        namespaces.push_str(&format!("<li><a href=\"#{anchor}\">{name}</a> ({})</li>\n", members.len()));
    }
    if !catalog.subjects.is_empty() {
        parts.push(("subjects".to_owned(), "Subjects".to_owned()));
        let rows: String = (0..catalog.subjects.len()).map(|index| subject_row(catalog, index)).collect();
        main.push_str(&format!(
            "<h2 id=\"subjects\">Subjects</h2>\n<table class=\"list\">\n{}<tbody>\n{rows}</tbody>\n</table>\n",
            head(&["Subject", "Type", "Level", "The schema files are"])
        ));
    }
    if !catalog.topics.is_empty() {
        parts.push(("topics".to_owned(), "Topics".to_owned()));
        let rows: String = (0..catalog.topics.len()).map(|index| topic_row(catalog, index)).collect();
        main.push_str(&format!(
            "<h2 id=\"topics\">Topics</h2>\n<table class=\"list\">\n{}<tbody>\n{rows}</tbody>\n</table>\n",
            head(&["Topic", "Key", "Value"])
        ));
    }
    let side = match namespaces.as_str() {
        "" => String::new(),
        namespaces => format!("<h2>Namespaces</h2>\n<ul>\n{namespaces}</ul>\n"),
    };
    Page { title: String::new(), root: "", main, parts, side }.html(catalog)
}

/// The head of a table.
pub(super) fn head(columns: &[&str]) -> String {
    let cells: String = columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
    format!("<thead><tr>{cells}</tr></thead>\n")
}

fn type_row(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(entry) = catalog.types.get(index) else { return String::new() };
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"what\">{}</td><td>{}</td></tr>\n",
        catalog.type_link(index, "", false),
        escaped(&entry.what),
        inline(&summary(catalog.doc(entry)))
    )
}

fn subject_row(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(subject) = catalog.subjects.get(index) else { return String::new() };
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        catalog.subject_link(index, ""),
        catalog.type_of_subject(subject, ""),
        subject.newest().map_or("", |newest| newest.locked.compatibility.as_str()),
        history::state(subject)
    )
}

fn topic_row(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(topic) = catalog.topics.get(index) else { return String::new() };
    let types = |subjects: &[usize]| {
        let subjects = subjects.iter().filter_map(|index| catalog.subjects.get(*index));
        subjects.map(|subject| catalog.type_of_subject(subject, "")).collect::<Vec<_>>().join(", ")
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
        catalog.topic_link(index, ""),
        types(&topic.keys),
        types(&topic.values)
    )
}
