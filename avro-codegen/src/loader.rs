//! Which schema files there are: those of folders, and those that they import. This is pure, over a [`Files`] that has
//! the files.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use avro_model::{Diagnostics, Import, Leniency, SchemaSet, Source, SourceId, imports};

/// The extensions of schema files: the JSON of a schema, the JSON of a protocol, and the IDL.
const EXTENSIONS: [&str; 3] = ["avsc", "avpr", "avdl"];

/// Where schema files are.
pub trait Files {
    /// Why a file or a folder cannot be read.
    type Error;

    /// What is in a folder, in any order.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed.
    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Self::Error>;

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is not UTF-8.
    fn read(&self, file: &Path) -> Result<String, Self::Error>;

    /// Whether there is a file at `path`.
    fn is_file(&self, path: &Path) -> bool;

    /// The same for all paths that lead to one file or folder. What is found a second time is read once.
    fn identity(&self, path: &Path) -> PathBuf;

    /// What diagnostics call a file; by default its path.
    fn name(&self, file: &Path) -> String {
        file.to_string_lossy().into_owned()
    }
}

/// A file or a folder in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, with that of the folder.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Loads schema files, each once, and what they import.
#[derive(Debug)]
pub struct Loader<F> {
    files: F,
    import_folders: Vec<PathBuf>,
    /// Those that were searched.
    folders: HashSet<PathBuf>,
    excluded: HashSet<PathBuf>,
    known: HashMap<PathBuf, SourceId>,
    loaded: Loaded,
}

impl<F: Files> Loader<F> {
    /// Nothing is loaded yet. An import that is not there, seen from the file with the import, will be looked for in
    /// `import_folders`, in their order.
    pub fn new(files: F, import_folders: &[PathBuf]) -> Loader<F> {
        Loader {
            files,
            import_folders: import_folders.to_vec(),
            folders: HashSet::new(),
            excluded: HashSet::new(),
            known: HashMap::new(),
            loaded: Loaded::default(),
        }
    }

    /// Leaves a file or a folder out when a folder is loaded. It is loaded all the same when a file imports it, or when
    /// it is asked for by [`file`](Loader::file).
    pub fn exclude(&mut self, path: &Path) {
        self.excluded.insert(self.files.identity(path));
    }

    /// Loads every `.avsc`, `.avpr` and `.avdl` file in `folder` and in its subfolders, sorted by path, so that the
    /// order is the same on every file system. Links are followed; a folder that is reached twice is read once.
    ///
    /// # Errors
    ///
    /// When a file or a folder cannot be read.
    pub fn folder(&mut self, folder: &Path) -> Result<(), F::Error> {
        let mut paths = Vec::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            if !self.folders.insert(self.files.identity(&folder)) {
                continue;
            }
            for Entry { path, is_folder } in self.files.list(&folder)? {
                if self.excluded.contains(&self.files.identity(&path)) {
                    continue;
                }
                if is_folder {
                    waiting.push(path);
                } else if path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)) {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        paths.iter().try_for_each(|path| self.file(path).map(|_| ()))
    }

    /// Loads one file, whatever its extension.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn file(&mut self, path: &Path) -> Result<SourceId, F::Error> {
        let identity = self.files.identity(path);
        if let Some(known) = self.known.get(&identity) {
            return Ok(*known);
        }
        let source = Source::new(self.files.name(path), self.files.read(path)?);
        let id = SourceId(self.loaded.sources.len());
        self.loaded.sources.push(source);
        self.loaded.files.push(path.to_owned());
        self.known.insert(identity, id);
        Ok(id)
    }

    /// Loads what the files import, and what that imports. A file that is not there is not an error here:
    /// [`Loaded::parse`] shows the import.
    ///
    /// # Errors
    ///
    /// When an imported file is there and cannot be read.
    pub fn finish(mut self) -> Result<Loaded, F::Error> {
        let mut index = 0;
        while let Some((source, file)) = self.loaded.sources.get(index).zip(self.loaded.files.get(index)) {
            let folder = file.parent().unwrap_or(Path::new("")).to_owned();
            for import in imports(source) {
                let folders = std::iter::once(&folder).chain(&self.import_folders);
                let found = folders.map(|folder| folder.join(&import.path)).find(|path| self.files.is_file(path));
                let Some(path) = found else { continue };
                let target = self.file(&path)?;
                self.loaded.targets.insert((SourceId(index), import.path), target);
            }
            index += 1;
        }
        Ok(self.loaded)
    }
}

/// Schema files and what they import, read.
#[derive(Debug, Default)]
pub struct Loaded {
    files: Vec<PathBuf>,
    sources: Vec<Source>,
    /// Which file each import means.
    targets: HashMap<(SourceId, String), SourceId>,
}

impl Loaded {
    /// The files: those that were asked for, then those that they import.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Links the schemas. Their sources are in the order of the files.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, as [`SchemaSet::parse_leniently`].
    pub fn parse(self, leniency: Leniency) -> Result<SchemaSet, Diagnostics> {
        let Loaded { sources, targets, .. } = self;
        let find = |source, import: &Import| targets.get(&(source, import.path.clone())).copied();
        SchemaSet::parse_with_imports(sources, leniency, find)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Files in memory; a path with `..` in it is the same as without.
    struct Memory(BTreeMap<&'static str, &'static str>);

    impl Files for Memory {
        type Error = String;

        fn list(&self, folder: &Path) -> Result<Vec<Entry>, String> {
            let mut entries: Vec<Entry> = Vec::new();
            for path in self.0.keys() {
                let Ok(rest) = Path::new(path).strip_prefix(folder) else { continue };
                let Some(first) = rest.components().next() else { continue };
                let entry = Entry { path: folder.join(first), is_folder: rest.components().count() > 1 };
                if !entries.contains(&entry) {
                    entries.insert(0, entry);
                }
            }
            if entries.is_empty() { Err(format!("no folder {}", folder.display())) } else { Ok(entries) }
        }

        fn read(&self, file: &Path) -> Result<String, String> {
            let identity = self.identity(file);
            let text = self.0.get(identity.to_str().unwrap_or(""));
            text.map(|text| (*text).to_owned()).ok_or_else(|| format!("no file {}", file.display()))
        }

        fn is_file(&self, path: &Path) -> bool {
            self.0.contains_key(self.identity(path).to_str().unwrap_or(""))
        }

        fn identity(&self, path: &Path) -> PathBuf {
            let mut clean = PathBuf::new();
            for step in path.components() {
                match step.as_os_str().to_str() {
                    Some("..") => drop(clean.pop()),
                    _ => clean.push(step),
                }
            }
            clean
        }
    }

    fn loader(files: &[(&'static str, &'static str)], import_folders: &[PathBuf]) -> Loader<Memory> {
        Loader::new(Memory(files.iter().copied().collect()), import_folders)
    }

    fn paths(loaded: &Loaded) -> Vec<&str> {
        loaded.files().iter().filter_map(|file| file.to_str()).collect()
    }

    #[test]
    fn folders_are_searched_for_all_languages_in_the_order_of_the_paths() {
        let files =
            [("a/x.avsc", "\"int\""), ("a/b/y.avdl", ""), ("a/b/z.avpr", "{}"), ("a/README.md", ""), ("c/d.avsc", "1")];
        let mut loader = loader(&files, &[]);
        loader.folder(Path::new("a")).unwrap();
        loader.folder(Path::new("a/b")).unwrap();
        let loaded = loader.finish().unwrap();
        assert_eq!(paths(&loaded), ["a/b/y.avdl", "a/b/z.avpr", "a/x.avsc"]);
    }

    #[test]
    fn what_is_excluded_is_left_out_unless_it_is_imported() {
        let files = [
            ("a/b/x.avsc", "\"int\""),
            ("a/c/y.avsc", "\"int\""),
            ("a/old.avsc", "1"),
            ("a/z.avdl", "import schema \"c/y.avsc\"; schema int;"),
        ];
        let mut loader = loader(&files, &[]);
        ["a/b", "a/c", "a/old.avsc"].iter().for_each(|path| loader.exclude(Path::new(path)));
        loader.folder(Path::new("a")).unwrap();
        assert_eq!(paths(&loader.finish().unwrap()), ["a/z.avdl", "a/c/y.avsc"]);
    }

    #[test]
    fn imports_are_loaded_once_and_lead_to_the_same_source() {
        let files = [
            ("a/one.avdl", r#"import idl "../b/two.avdl"; import schema "id.avsc"; record One { Two two; Id id; }"#),
            ("b/two.avdl", r#"import idl "../a/one.avdl"; import idl "far.avdl"; record Two { One? one; Far far; }"#),
            ("b/id.avsc", r#"{"type": "fixed", "name": "Other", "size": 1}"#),
            ("c/id.avsc", r#"{"type": "fixed", "name": "Id", "size": 1}"#),
            ("d/far.avdl", r#"import schema "id.avsc"; record Far {}"#),
        ];
        let mut loader = loader(&files, &["c".into(), "d".into()]);
        loader.folder(Path::new("a")).unwrap();
        let loaded = loader.finish().unwrap();
        assert_eq!(paths(&loaded), ["a/one.avdl", "a/../b/two.avdl", "c/id.avsc", "d/far.avdl"]);
        let set = loaded.parse(Leniency::NONE).unwrap_or_else(|error| panic!("{error}"));
        let names = set.types_of(SourceId(0)).iter().map(|id| set.definition(*id).name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["Id", "Far", "Two", "One"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert_eq!(loader(&[], &[]).folder(Path::new("a")), Err("no folder a".to_owned()));
        assert_eq!(loader(&[], &[]).file(Path::new("a.avsc")), Err("no file a.avsc".to_owned()));
        let mut loader = loader(&[("a.avdl", "import idl \"b.avdl\";")], &[]);
        loader.file(Path::new("a.avdl")).unwrap();
        let error = loader.finish().unwrap().parse(Leniency::NONE).unwrap_err();
        assert_eq!(error.to_string(), "a.avdl:1:12: error[unknown-import]: cannot find the imported file `b.avdl`");
    }
}
