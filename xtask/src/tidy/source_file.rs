//! The Rust files of this repository.

use std::path::Path;

use super::{Error, rust_text};

/// One file, as it is and with its comments and literals blanked.
pub(crate) struct SourceFile {
    /// Relative to the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// As many lines as `text`; see [`rust_text::code_only`].
    pub(crate) code: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.into(), text: text.into(), code: rust_text::code_only(text) }
    }

    /// The parts of the path without `.rs`: folders, then the file.
    pub(crate) fn path_parts(&self) -> impl Iterator<Item = &str> {
        self.path.trim_end_matches(".rs").split('/')
    }
}

/// Every `.rs` file below the workspace, sorted by path, except in build folders and hidden ones.
pub(crate) fn read_all(workspace_root: &Path) -> Result<Vec<SourceFile>, Error> {
    let mut files = Vec::new();
    read_folder(workspace_root, workspace_root, &mut files)?;
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn read_folder(workspace_root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.to_path_buf(), source };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        if is_folder && !name.starts_with('.') && name != "target" {
            read_folder(workspace_root, &path, files)?;
        }
        if !is_folder && name.ends_with(".rs") {
            let relative = path.strip_prefix(workspace_root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(SourceFile::new(&relative, &super::read(&path)?));
        }
    }
    Ok(())
}

/// For the tests of the rules: that a rule finds something on just these lines of a file.
#[cfg(test)]
pub(crate) fn assert_found(
    rule: impl Fn(&SourceFile) -> Vec<super::finding::Finding>,
    path: &str,
    text: &str,
    lines: &[usize],
) {
    let found: Vec<usize> = rule(&SourceFile::new(path, text)).iter().map(|finding| finding.line).collect();
    assert_eq!(found, lines, "{path}: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_folders_and_hidden_ones_are_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["src/b.rs", "src/a.rs", "build.rs", "target/debug/c.rs", ".git/d.rs", "src/notes.md"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
            std::fs::write(path, "// text").expect("a file");
        }
        let files = read_all(folder.path()).expect("all can be read");
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["build.rs", "src/a.rs", "src/b.rs"]);
        assert_eq!(files[1].path_parts().collect::<Vec<_>>(), ["src", "a"]);
    }
}
