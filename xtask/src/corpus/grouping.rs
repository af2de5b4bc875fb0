//! Which files of a repository are generated together.
//!
//! All that can be, as a user would have them in one folder. Files that define one fullname differently, and files that
//! need one of those, are generated each with just what it needs.

use std::collections::{BTreeSet, HashMap};

use super::names::{self, Names};
use super::repository::Repository;

/// What belongs together in a repository; files are indexes into [`Repository::files`].
#[derive(Debug)]
pub(super) struct Grouping {
    names: Vec<Names>,
    needs: Vec<Vec<usize>>,
    /// Files that are fine together.
    pub(super) together: Vec<usize>,
    /// Files that are generated alone, with what they need.
    pub(super) alone: Vec<usize>,
}

impl Grouping {
    pub(super) fn of(repository: &Repository) -> Grouping {
        let read: Vec<Option<Names>> = repository.files.iter().map(|file| names::names(&file.text)).collect();
        let is_unreadable: Vec<bool> = read.iter().map(Option::is_none).collect();
        let names: Vec<Names> = read.into_iter().map(Option::unwrap_or_default).collect();
        let mut grouping = Grouping { names, needs: Vec::new(), together: Vec::new(), alone: Vec::new() };
        grouping.needs = (0..repository.files.len()).map(|file| grouping.find_needs(repository, file)).collect();

        let ambiguous = grouping.ambiguous_names(repository);
        let is_ambiguous =
            |file: &usize| grouping.names[*file].defined.iter().any(|(name, _)| ambiguous.contains(name.as_str()));
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        for file in accepted(repository) {
            let is_apart = is_unreadable[file] || is_ambiguous(&file) || grouping.needs[file].iter().any(is_ambiguous);
            if is_apart { alone.push(file) } else { together.push(file) }
        }
        Grouping { together, alone, ..grouping }
    }

    /// The file and what it needs, sorted.
    pub(super) fn with_needs(&self, file: usize) -> Vec<usize> {
        let mut files: Vec<usize> = self.needs.get(file).into_iter().flatten().copied().chain([file]).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// Fullnames that files define differently.
    fn ambiguous_names(&self, repository: &Repository) -> BTreeSet<String> {
        let mut definitions = HashMap::new();
        let mut ambiguous = BTreeSet::new();
        for (name, definition) in accepted(repository).flat_map(|file| &self.names[file].defined) {
            if *definitions.entry(name).or_insert(definition) != definition {
                ambiguous.insert(name.clone());
            }
        }
        ambiguous
    }

    /// What the index lists; otherwise every file that defines a name that is missing, and what that needs in turn.
    fn find_needs(&self, repository: &Repository, file: usize) -> Vec<usize> {
        if let Some(needs) = &repository.files[file].known.needs {
            let files = needs.iter().filter_map(|need| repository.files.iter().position(|file| file.path == *need));
            return files.collect();
        }
        let mut found = vec![file];
        let mut next = 0;
        while let Some(&current) = found.get(next) {
            next += 1;
            for meanings in &self.names[current].referred {
                let is_defined = |file: &usize| meanings.iter().any(|name| self.defines(*file, name));
                if !found.iter().any(is_defined) {
                    found.extend(meanings.iter().find_map(|name| self.nearest(repository, current, name)));
                }
            }
        }
        found.split_off(1)
    }

    /// Of the files that define `name`, the one that is nearest to `file`.
    fn nearest(&self, repository: &Repository, file: usize, name: &str) -> Option<usize> {
        let folders = |file: usize| repository.files[file].path.split('/');
        let shared = |other: usize| folders(file).zip(folders(other)).take_while(|(one, other)| one == other).count();
        let candidates = accepted(repository).filter(|other| self.defines(*other, name));
        candidates.min_by_key(|other| (std::cmp::Reverse(shared(*other)), folders(*other).count(), *other))
    }

    fn defines(&self, file: usize, name: &str) -> bool {
        self.names[file].defined.iter().any(|(defined, _)| defined == name)
    }
}

fn accepted(repository: &Repository) -> impl Iterator<Item = usize> {
    (0..repository.files.len()).filter(|file| !repository.files[*file].known.is_rejected)
}

#[cfg(test)]
mod tests {
    use super::super::repository::{Known, SchemaFile};
    use super::*;

    fn repository(files: &[(&str, &str)]) -> Repository {
        let file = |(path, text): &(&str, &str)| SchemaFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
            known: Known::default(),
            vectors: Vec::new(),
        };
        Repository {
            name: "r".into(),
            files: files.iter().map(file).collect(),
            protocols: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn fixed(name: &str, size: usize) -> String {
        format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#)
    }

    fn record(name: &str, ty: &str) -> String {
        format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"f","type":"{ty}"}}]}}"#)
    }

    #[test]
    fn what_does_not_conflict_is_together() {
        let repository = repository(&[
            ("a", &record("A", "B")),
            ("b", &record("B", "C")),
            ("c", &fixed("C", 1)),
            ("d", &fixed("C", 1)),
        ]);
        let grouping = Grouping::of(&repository);
        assert_eq!((grouping.together.as_slice(), grouping.alone.as_slice()), (&[0, 1, 2, 3][..], &[][..]));
        assert_eq!(grouping.with_needs(0), [0, 1, 2]);
        assert_eq!(grouping.with_needs(2), [2]);
    }

    #[test]
    fn different_definitions_of_a_name_part_all_that_need_it() {
        let repository = repository(&[
            ("v1/c", &fixed("C", 1)),
            ("v1/user", &record("A", "C")),
            ("v2/c", &fixed("C", 2)),
            ("v2/deep/user", &record("B", "C")),
            ("v2/other", &fixed("O", 1)),
            ("v3/copy", &fixed("C", 1)),
            ("v3/user_of_user", &record("U", "B")),
            ("v4/broken", "{"),
        ]);
        let grouping = Grouping::of(&repository);
        assert_eq!((grouping.together.as_slice(), grouping.alone.as_slice()), (&[4][..], &[0, 1, 2, 3, 5, 6, 7][..]));
        assert_eq!(grouping.with_needs(1), [0, 1], "the nearest definition is taken");
        assert_eq!(grouping.with_needs(3), [2, 3]);
        assert_eq!(grouping.with_needs(6), [2, 3, 6], "what is needed takes its own nearest, too");
    }

    #[test]
    fn the_index_decides_where_there_is_one() {
        let mut repository = repository(&[("a", &fixed("C", 1)), ("b", &fixed("C", 2)), ("user", &record("A", "C"))]);
        repository.files[2].known.needs = Some(vec!["b".into()]);
        assert_eq!(Grouping::of(&repository).with_needs(2), [1, 2]);
        // What Java refuses is left out.
        repository.files[0].known.is_rejected = true;
        let grouping = Grouping::of(&repository);
        assert_eq!((grouping.together.as_slice(), grouping.alone.as_slice()), (&[1, 2][..], &[][..]));
    }

    #[test]
    fn a_cycle_ends() {
        let repository = repository(&[("a", &record("A", "B")), ("b", &record("B", "A"))]);
        assert_eq!(Grouping::of(&repository).with_needs(0), [0, 1]);
    }
}
