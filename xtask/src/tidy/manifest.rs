//! The dependency lines of a `Cargo.toml`, with their places and comments, which no TOML parser keeps.

/// What matters here of one `Cargo.toml`.
pub(crate) struct Manifest {
    /// Relative to the workspace.
    pub(crate) path: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One dependency.
#[derive(Debug, PartialEq)]
pub(crate) struct Dependency {
    pub(crate) section: Section,
    pub(crate) name: String,
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    /// What follows the name, of all its lines, without comments.
    pub(crate) value: String,
    /// The last comment on its lines, without `#`.
    pub(crate) comment: Option<String>,
}

/// Which list of dependencies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Section {
    Workspace,
    Normal,
    Build,
    Development,
}

impl Manifest {
    pub(crate) fn parse(path: &str, text: &str) -> Manifest {
        let mut dependencies: Vec<Dependency> = Vec::new();
        let mut place = None;
        let mut open_brackets = 0_isize;
        for (index, line) in text.lines().enumerate() {
            let (value, comment) = split_comment(line);
            let value = value.trim();
            if open_brackets == 0 && value.starts_with('[') {
                place = Place::of_header(value);
                if let Some(Place { section, dependency: Some(name) }) = &place {
                    dependencies.push(Dependency::new(*section, name, index + 1, "", comment));
                }
                continue;
            }
            let Some(place) = &place else { continue };
            let continues = open_brackets > 0 || place.dependency.is_some();
            open_brackets += bracket_balance(value);
            if continues && let Some(dependency) = dependencies.last_mut() {
                dependency.value.push_str(value);
                dependency.comment = comment.or(dependency.comment.take());
                continue;
            }
            let name_length = value.find([' ', '.', '=']).unwrap_or_default();
            if name_length > 0 {
                let (name, value) = value.split_at(name_length);
                dependencies.push(Dependency::new(place.section, name, index + 1, value, comment));
            }
        }
        Manifest { path: path.into(), dependencies }
    }

    /// The line of a dependency, or 1 when it is written in a way that is not known here.
    pub(crate) fn line_of(&self, section: Section, name: &str) -> usize {
        let found =
            self.dependencies.iter().find(|dependency| dependency.section == section && dependency.name == name);
        found.map_or(1, |dependency| dependency.line)
    }
}

impl Dependency {
    fn new(section: Section, name: &str, line: usize, value: &str, comment: Option<String>) -> Dependency {
        Dependency { section, name: name.trim_matches(['"', '\'']).into(), line, value: value.into(), comment }
    }
}

/// What a header in brackets opens: a list of dependencies, or one dependency in lines of its own.
struct Place {
    section: Section,
    dependency: Option<String>,
}

impl Place {
    fn of_header(header: &str) -> Option<Place> {
        let header = header.trim_matches(['[', ']']);
        if let Some(section) = section_of(header) {
            return Some(Place { section, dependency: None });
        }
        let (list, name) = header.rsplit_once('.')?;
        Some(Place { section: section_of(list)?, dependency: Some(name.into()) })
    }
}

fn section_of(header: &str) -> Option<Section> {
    match header.rsplit('.').next()? {
        "dependencies" if header.starts_with("workspace.") => Some(Section::Workspace),
        "dependencies" => Some(Section::Normal),
        "build-dependencies" => Some(Section::Build),
        "dev-dependencies" => Some(Section::Development),
        _ => None,
    }
}

/// The line before its comment, and the comment. A `#` in quotes does not begin a comment.
fn split_comment(line: &str) -> (&str, Option<String>) {
    let mut quote = None;
    for (position, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') => return (&line[..position], Some(line[position + 1..].trim().into())),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    (line, None)
}

fn bracket_balance(value: &str) -> isize {
    value.chars().fold(0, |balance, letter| match letter {
        '[' | '{' => balance + 1,
        ']' | '}' => balance - 1,
        _ => balance,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(Section, &str, usize, &str, Option<&str>)]) {
        let manifest = Manifest::parse("Cargo.toml", text);
        let found: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|found| {
                (found.section, found.name.as_str(), found.line, found.value.as_str(), found.comment.as_deref())
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn sections_are_told_apart() {
        let text = "[package]\nname = \"a\"\n[dependencies]\na = \"1\"\n[dev-dependencies]\nb.workspace = true\n\
                    [target.'cfg(unix)'.build-dependencies]\n\"c\" = \"2\"\n[features]\nd = []\n[workspace.dependencies]\ne = \"3\" # Why.\n";
        let expected = [
            (Section::Normal, "a", 4, " = \"1\"", None),
            (Section::Development, "b", 6, ".workspace = true", None),
            (Section::Build, "c", 8, " = \"2\"", None),
            (Section::Workspace, "e", 12, " = \"3\"", Some("Why.")),
        ];
        check(text, &expected);
    }

    #[test]
    fn a_dependency_may_take_several_lines() {
        let text = "[dependencies]\na = { version = \"1\", features = [\n  \"b#c\", # First.\n] } # Last.\n\n# Alone.\nd = \"1\"\n";
        let value = " = { version = \"1\", features = [\"b#c\",] }";
        check(text, &[(Section::Normal, "a", 2, value, Some("Last.")), (Section::Normal, "d", 7, " = \"1\"", None)]);
    }

    #[test]
    fn a_dependency_may_have_a_header_of_its_own() {
        let text = "[dependencies.a] # Why.\nworkspace = true\n[build-dependencies]\nb = \"1\"\n";
        check(
            text,
            &[(Section::Normal, "a", 1, "workspace = true", Some("Why.")), (Section::Build, "b", 4, " = \"1\"", None)],
        );
    }

    #[test]
    fn lines_are_found_by_section_and_name() {
        let manifest = Manifest::parse("Cargo.toml", "[dependencies]\na = \"1\"\n[dev-dependencies]\na = \"1\"\n");
        assert_eq!(manifest.line_of(Section::Normal, "a"), 2);
        assert_eq!(manifest.line_of(Section::Development, "a"), 4);
        assert_eq!(manifest.line_of(Section::Build, "a"), 1);
    }
}
