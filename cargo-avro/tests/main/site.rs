//! A folder of pages, and what is wrong with the links and the markup in it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Elements that have no end tag.
const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "!DOCTYPE"];

pub(crate) struct Site {
    /// By their paths below the folder.
    texts: BTreeMap<String, String>,
}

impl Site {
    pub(crate) fn read(folder: &Path) -> Site {
        let texts = files(folder).into_iter();
        let texts = texts.map(|(path, file)| (path, std::fs::read_to_string(file).expect("a file of text"))).collect();
        Site { texts }
    }

    pub(crate) fn pages(&self) -> impl Iterator<Item = (&String, &String)> {
        self.texts.iter().filter(|(path, _)| path.ends_with(".html"))
    }

    /// Fails at a link that leads nowhere, at an anchor that there is twice, at an element that is not closed and at a
    /// page that cannot be reached; returns how many links there are.
    pub(crate) fn check(&self) -> usize {
        let parsed: BTreeMap<&str, Parsed> =
            self.pages().map(|(path, page)| (path.as_str(), parse(path, page))).collect();
        let mut count = 0;
        let mut reached: HashSet<String> = HashSet::from(["index.html".to_owned()]);
        for (path, page) in &parsed {
            for link in &page.links {
                count += 1;
                if link.starts_with("https://") || link.starts_with("http://") || link == "data:," {
                    continue;
                }
                let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(file, at)| (file, Some(at)));
                let target = if file.is_empty() { (*path).to_owned() } else { resolved(path, file) };
                assert!(self.texts.contains_key(&target), "{path}: {link} leads to no file ({target})");
                if let Some(anchor) = anchor {
                    let is_there = parsed.get(target.as_str()).is_some_and(|page| page.ids.contains(anchor));
                    assert!(is_there, "{path}: {link} leads to no anchor");
                }
                if target != *path {
                    reached.insert(target);
                }
            }
        }
        for path in parsed.keys() {
            assert!(reached.contains(*path), "no page leads to {path}");
        }
        count
    }
}

/// Every file below a folder but those whose names begin with a dot, with `/` in its path.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("a name of ASCII");
            match entry.file_type().expect("a type").is_dir() {
                true => folders.push((format!("{prefix}{name}/"), entry.path())),
                false if name.starts_with('.') => {}
                false => drop(files.insert(format!("{prefix}{name}"), entry.path())),
            }
        }
    }
    files
}

struct Parsed {
    links: Vec<String>,
    ids: HashSet<String>,
}

/// Reads the tags of a page, as far as these pages need it.
fn parse(path: &str, page: &str) -> Parsed {
    let mut parsed = Parsed { links: Vec::new(), ids: HashSet::new() };
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let end = after.find('>').unwrap_or_else(|| panic!("{path}: a tag without an end"));
        let tag = &after[..end];
        rest = &after[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "{path}: </{name}> closes something else, after {}",
                &page[..page.len() - rest.len()]
            );
            continue;
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        for (attribute, value) in attributes(tag) {
            match attribute {
                "href" | "src" | "action" => parsed.links.push(unescaped(value)),
                "id" => assert!(parsed.ids.insert(unescaped(value)), "{path}: id {value} is there twice"),
                _ => assert!(!attribute.starts_with("on"), "{path}: {attribute}"),
            }
        }
        if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{path}: {open:?} is not closed");
    parsed
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut attributes = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit([' ', '\n']).next().unwrap_or_default();
        let (value, next) = after.split_once('"').expect("a quoted value ends");
        attributes.push((name, value));
        rest = next;
    }
    attributes
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

/// The file that a relative address means on a page.
fn resolved(page: &str, address: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            ".." => drop(parts.pop().unwrap_or_else(|| panic!("{page}: {address} leads out of the site"))),
            part => parts.push(part),
        }
    }
    percent_decoded(&parts.join("/"))
}

fn percent_decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = std::str::from_utf8(&[*high, *low]).map(str::to_owned).expect("digits");
                bytes.push(u8::from_str_radix(&digits, 16).expect("a percent sign is followed by two digits"));
                rest = after;
            }
            (byte, after) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
