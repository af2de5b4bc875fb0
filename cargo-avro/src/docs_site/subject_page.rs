//! The page of a subject.

use super::catalog::{Catalog, SubjectEntry};
use super::facts::Facts;
use super::frame::{Page, way};
use super::index_page::head;
use super::{INDEX, history};
use crate::markup::escaped;

pub(super) const ROOT: &str = "../../";

pub(super) fn page(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(subject) = catalog.subjects.get(index) else { return String::new() };
    let mut main =
        way(&[(format!("{ROOT}{INDEX}"), catalog.title.as_str()), (format!("{ROOT}{INDEX}#subjects"), "Subjects")]);
    let mut parts = vec![("content".to_owned(), subject.name.clone())];
    main.push_str(&format!("<h1><span class=\"kind\">subject</span> {}</h1>\n", escaped(&subject.name)));
    let mut facts = Facts::default();
    facts.add("Type", catalog.type_of_subject(subject, ROOT));
    facts.add("Topic", subject.topic.map(|topic| catalog.topic_link(topic, ROOT)).unwrap_or_default());
    facts.add("Compatibility", subject.newest().map_or("", |newest| newest.locked.compatibility.as_str()));
    facts.add("The schema files are", history::state(subject));
    main.push_str(&facts.html());
    let entry = subject.type_index.and_then(|index| catalog.types.get(index));
    if let Some((newest, entry)) = subject.newest().zip(entry)
        && subject.changes != Some(0)
    {
        let (now, version) = (catalog.set.schema_of(&entry.ty), newest.locked.version);
        parts.push(("unreleased".to_owned(), "Not released".to_owned()));
        let comparison = history::comparison(&newest.schema, &now, &format!("version {version}"));
        main.push_str(&format!(
            "<h2 id=\"unreleased\">Not released</h2>\n<p>From version {version} to the schema files:</p>\n{comparison}"
        ));
    }
    if !subject.releases.is_empty() {
        parts.push(("versions".to_owned(), "Versions".to_owned()));
        main.push_str(&format!("<h2 id=\"versions\">Versions</h2>\n{}", versions(subject)));
    }
    Page { title: subject.name.clone(), root: ROOT, main, parts, side: String::new() }.html(catalog)
}

/// Newest first.
fn versions(subject: &SubjectEntry<'_>) -> String {
    let rows = subject.releases.iter().enumerate().rev().map(|(at, release)| {
        let locked = release.locked;
        let previous = at.checked_sub(1).and_then(|at| subject.releases.get(at));
        let changes = previous.map(|previous| {
            format!("{} since version {}", history::count(&previous.schema, &release.schema), previous.locked.version)
        });
        format!(
            "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
            subject.version_address(ROOT, locked.version),
            locked.version,
            changes.unwrap_or_else(|| "the first that is known".to_owned()),
            ids(locked),
            locked.guid
        )
    });
    let rows: String = rows.collect();
    let head = head(&["Version", "Changes", "Schema id", "GUID"]);
    format!("<table class=\"list\">\n{head}<tbody>\n{rows}</tbody>\n</table>\n")
}

/// The ids in the known registries; the name of the only registry goes without saying if nobody chose it.
pub(super) fn ids(locked: &avro_build::lock::LockedVersion) -> String {
    let ids = locked.ids.iter().map(|(registry, id)| match registry.as_str() {
        "default" => id.to_string(),
        registry => format!("{id} ({})", escaped(registry)),
    });
    ids.collect::<Vec<_>>().join(", ")
}
