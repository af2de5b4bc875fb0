//! The sections of a page that a chore writes: what is between `<!-- NAME: begin -->` and `<!-- NAME: end -->`.

use std::path::{Path, PathBuf};

/// Where what is measured about faults and about other implementations is kept, below the root of the workspace.
pub(crate) const RELIABILITY: &str = "RELIABILITY.md";

/// Why a section cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("cannot {action} {}", path.display())]
    Path { action: &'static str, path: PathBuf, source: std::io::Error },

    #[error("{} does not have the section `{name}` once; add `{}` and, below it, `{}`", path.display(), begin(name), end(name))]
    Section { path: PathBuf, name: String },
}

/// Writes what is between the marks of a section of a page; everything else of the page stays.
///
/// # Errors
///
/// The page cannot be read or written, or does not have the two marks once each, in this order.
pub(crate) fn write(page: &Path, name: &str, content: &str) -> Result<(), Error> {
    let failed = |action, source| Error::Path { action, path: page.to_owned(), source };
    let text = std::fs::read_to_string(page).map_err(|source| failed("read", source))?;
    let Some(text) = replaced(&text, name, content) else {
        return Err(Error::Section { path: page.to_owned(), name: name.to_owned() });
    };
    std::fs::write(page, text).map_err(|source| failed("write", source))
}

fn begin(name: &str) -> String {
    format!("<!-- {name}: begin -->")
}

fn end(name: &str) -> String {
    format!("<!-- {name}: end -->")
}

/// The page with another section; `None` where it does not have the section once.
fn replaced(page: &str, name: &str, content: &str) -> Option<String> {
    let (begin, end) = (begin(name), end(name));
    let (before, rest) = page.split_once(&begin)?;
    let (section, after) = rest.split_once(&end)?;
    let is_once = ![before, section, after].iter().any(|part| part.contains(&begin) || part.contains(&end));
    // A table of Markdown has to have empty lines around it.
    is_once.then(|| format!("{before}{begin}\n\n{}\n\n{end}{after}", content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n<!-- faults: begin -->\nold\n<!-- faults: end -->\nbetween\n<!-- languages: begin --><!-- languages: end -->\n";

    #[test]
    fn a_section_is_replaced_and_the_rest_stays() {
        let once = replaced(PAGE, "faults", "| a |\n").expect("it has the section");
        assert_eq!(
            once,
            "# A\n<!-- faults: begin -->\n\n| a |\n\n<!-- faults: end -->\nbetween\n<!-- languages: begin --><!-- languages: end -->\n"
        );
        assert_eq!(replaced(&once, "faults", "| a |").as_ref(), Some(&once), "writing it again changes nothing");
        let both = replaced(&once, "languages", "b").expect("it has the section");
        assert!(both.ends_with("between\n<!-- languages: begin -->\n\nb\n\n<!-- languages: end -->\n"), "{both}");
    }

    #[test]
    fn a_page_without_the_section_or_with_two_of_it_is_refused() {
        assert_eq!(replaced(PAGE, "speed", ""), None);
        assert_eq!(replaced("<!-- a: end --> <!-- a: begin -->", "a", ""), None);
        assert_eq!(replaced(&PAGE.repeat(2), "faults", ""), None);
    }

    #[test]
    fn the_error_says_what_to_add() {
        let folder = tempfile::tempdir().expect("a folder");
        let page = folder.path().join("PAGE.md");
        std::fs::write(&page, "# A\n").expect("a page");
        let error = write(&page, "faults", "").expect_err("it has no section").to_string();
        assert!(error.ends_with("add `<!-- faults: begin -->` and, below it, `<!-- faults: end -->`"), "{error}");
    }

    #[test]
    fn the_page_of_reliability_has_its_sections() {
        let page = std::fs::read_to_string(crate::workspace_root().join(RELIABILITY)).expect("the page");
        for name in ["faults", "languages"] {
            assert!(replaced(&page, name, "").is_some(), "{name}");
        }
    }
}
