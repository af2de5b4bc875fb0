//! The page of a version of a subject: what changed, and the schema.

use super::catalog::{Catalog, Release, SubjectEntry};
use super::facts::Facts;
use super::frame::{Page, way};
use super::json_text::schema_details;
use super::subject_page::{ROOT, ids};
use super::{INDEX, history};
use crate::markup::escaped;

pub(super) fn page(catalog: &Catalog<'_>, index: usize, at: usize) -> String {
    let Some(subject) = catalog.subjects.get(index) else { return String::new() };
    let Some(release) = subject.releases.get(at) else { return String::new() };
    let version = release.locked.version;
    let title = format!("{} version {version}", subject.name);
    let mut main = way(&[
        (format!("{ROOT}{INDEX}"), catalog.title.as_str()),
        (format!("{ROOT}{INDEX}#subjects"), "Subjects"),
        (subject.address(ROOT), subject.name.as_str()),
    ]);
    let mut parts = vec![("content".to_owned(), format!("Version {version}"))];
    main.push_str(&format!(
        "<h1><span class=\"kind\">subject</span> {} <span class=\"kind\">version {version}</span></h1>\n",
        escaped(&subject.name)
    ));
    main.push_str(&facts(catalog, subject, release));
    if let Some(previous) = at.checked_sub(1).and_then(|at| subject.releases.get(at)) {
        let old = format!("version {}", previous.locked.version);
        parts.push(("changes".to_owned(), "Changes".to_owned()));
        main.push_str(&format!(
            "<h2 id=\"changes\">Changes since {old}</h2>\n{}",
            history::comparison(&previous.schema, &release.schema, &old)
        ));
    }
    parts.push(("source".to_owned(), "Source".to_owned()));
    main.push_str("<h2 id=\"source\">Source</h2>\n");
    let command = format!("cargo avro show {}@{version}", subject.name);
    main.push_str(&schema_details("The schema as it is registered", &release.locked.schema, &command, true));
    Page { title, root: ROOT, main, parts, side: others(subject, at) }.html(catalog)
}

fn facts(catalog: &Catalog<'_>, subject: &SubjectEntry<'_>, release: &Release<'_>) -> String {
    let locked = release.locked;
    let mut facts = Facts::default();
    let type_index = catalog.types.iter().position(|entry| entry.name == locked.type_name);
    facts.add("Type", type_index.map_or_else(|| escaped(&locked.type_name), |at| catalog.type_link(at, ROOT, true)));
    facts.add("Topic", subject.topic.map(|topic| catalog.topic_link(topic, ROOT)).unwrap_or_default());
    facts.add("Compatibility", locked.compatibility.as_str());
    facts.add("Schema id", ids(locked));
    facts.add_code("GUID", &locked.guid.to_string());
    let references = locked.references.iter().map(|reference| {
        let name = format!("{} version {}", reference.subject, reference.version);
        let subject = catalog.subjects.iter().find(|subject| subject.name == reference.subject);
        let is_there = |subject: &&SubjectEntry<'_>| {
            subject.releases.iter().any(|release| release.locked.version == reference.version)
        };
        let link = match subject.filter(is_there) {
            Some(subject) => {
                format!("<a href=\"{}\">{}</a>", subject.version_address(ROOT, reference.version), escaped(&name))
            }
            None => escaped(&name),
        };
        format!("{}: {link}", escaped(&reference.name))
    });
    facts.add("References", references.collect::<Vec<_>>().join("<br>"));
    facts.html()
}

/// The other versions, newest first.
fn others(subject: &SubjectEntry<'_>, at: usize) -> String {
    let items = subject.releases.iter().enumerate().rev().map(|(other, release)| {
        let version = release.locked.version;
        match other == at {
            true => format!("<li aria-current=\"page\">Version {version}</li>"),
            false => {
                format!("<li><a href=\"{}\">Version {version}</a></li>", subject.version_address(ROOT, version))
            }
        }
    });
    let items: String = items.collect();
    format!("<h2>{}</h2>\n<ul>{items}</ul>\n", escaped(&subject.name))
}
