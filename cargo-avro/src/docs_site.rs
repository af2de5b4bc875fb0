//! A static site about schemas: what `cargo avro docs` writes.
//!
//! Each page is a function from the catalog to text, so that the same schemas give the same bytes. `folder` alone
//! touches the disk. Every text of a schema goes through `markup::escaped`.

mod catalog;
mod facts;
mod folder;
mod frame;
mod graph_page;
mod history;
mod index_page;
mod json_text;
mod prose;
mod search_index;
mod subject_page;
mod topic_page;
mod type_page;
mod type_text;
mod version_page;

pub(crate) use catalog::Catalog;
pub(crate) use folder::{Folder, Written};

/// Where the pages are that are not about a type, a subject or a topic.
const INDEX: &str = "index.html";
const GRAPH: &str = "graph.html";

/// A file of the site.
pub(crate) struct SiteFile<'c> {
    /// Below the folder of the site, with `/` between its parts; one part is a name that every file system takes.
    pub(crate) path: String,
    text: Box<dyn Fn() -> String + 'c>,
}

impl<'c> SiteFile<'c> {
    fn new(path: impl Into<String>, text: impl Fn() -> String + 'c) -> SiteFile<'c> {
        SiteFile { path: path.into(), text: Box::new(text) }
    }

    /// What is in it, which is made only now: a site need not be in memory.
    pub(crate) fn text(&self) -> String {
        (self.text)()
    }
}

/// Every file of the site.
pub(crate) fn files<'c>(catalog: &'c Catalog<'_>) -> Vec<SiteFile<'c>> {
    let mut files = vec![
        SiteFile::new(INDEX, || index_page::page(catalog)),
        SiteFile::new(GRAPH, || graph_page::page(catalog)),
        SiteFile::new("style.css", || include_str!("docs_site/style.css").to_owned()),
        SiteFile::new("search.js", || include_str!("docs_site/search.js").to_owned()),
        SiteFile::new("search-index.js", || search_index::script(catalog)),
    ];
    for (index, entry) in catalog.types.iter().enumerate() {
        files.push(SiteFile::new(format!("types/{}.html", entry.stem), move || type_page::page(catalog, index)));
    }
    for (index, subject) in catalog.subjects.iter().enumerate() {
        let folder = format!("subjects/{}", subject.stem);
        files.push(SiteFile::new(format!("{folder}/{INDEX}"), move || subject_page::page(catalog, index)));
        for (version, release) in subject.releases.iter().enumerate() {
            let path = format!("{folder}/{}.html", release.locked.version);
            files.push(SiteFile::new(path, move || version_page::page(catalog, index, version)));
        }
    }
    for (index, topic) in catalog.topics.iter().enumerate() {
        files.push(SiteFile::new(format!("topics/{}.html", topic.stem), move || topic_page::page(catalog, index)));
    }
    files
}
