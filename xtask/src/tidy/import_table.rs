//! The table of ARCHITECTURE.md with the crates that each crate may use.

use super::finding::Finding;

/// Where the table is.
pub(crate) const PATH: &str = "ARCHITECTURE.md";
const HEADING: &str = "## Crates, and the only imports allowed";
const REMEDY: &str = "write a row as | `crate` | `other`, `another` without `feature`; feature `x`: `third`; build: `fourth` | what it is |, or `nothing`, or `anything`";

/// One row.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    /// A package's name, or [`ROOT`].
    pub(crate) package: String,
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) normal: Allowed,
    /// What a feature of the package brings, and nothing else.
    pub(crate) by_feature: Vec<FeaturePermission>,
    pub(crate) build: Allowed,
}

/// One crate that may be used where a feature is on.
#[derive(Debug, PartialEq)]
pub(crate) struct FeaturePermission {
    pub(crate) feature: String,
    pub(crate) package: String,
}

/// How the table names the package at the root of the workspace.
pub(crate) const ROOT: &str = "root package";

/// Which of our crates may be used.
#[derive(Debug, PartialEq)]
pub(crate) enum Allowed {
    Anything,
    Only(Vec<Permission>),
}

/// One crate that may be used, and the features that must stay off then.
#[derive(Debug, PartialEq)]
pub(crate) struct Permission {
    pub(crate) package: String,
    pub(crate) without: Vec<String>,
}

/// The rows that can be read, and a finding for each that cannot.
pub(crate) fn parse(text: &str) -> (Vec<Row>, Vec<Finding>) {
    let finding =
        |line: usize, problem: &str| Finding { path: PATH.into(), line, problem: problem.into(), remedy: REMEDY };
    let mut numbered = text.lines().zip(1..).skip_while(|(line, _)| *line != HEADING);
    let Some((_, heading)) = numbered.next() else {
        return (Vec::new(), vec![finding(1, &format!("there is no heading `{HEADING}`"))]);
    };
    let (mut rows, mut findings) = (Vec::new(), Vec::new());
    let table = numbered.take_while(|(line, _)| !line.starts_with("## ")).filter(|(line, _)| line.starts_with('|'));
    for (line, number) in table.skip(2) {
        match Row::parse(line, number) {
            Some(row) => rows.push(row),
            None => findings.push(finding(number, "this row of the import table cannot be read")),
        }
    }
    if rows.is_empty() && findings.is_empty() {
        findings.push(finding(heading, "there is no import table below this heading"));
    }
    (rows, findings)
}

impl Row {
    fn parse(text: &str, line: usize) -> Option<Row> {
        let mut cells = text.trim().trim_matches('|').split('|').map(str::trim);
        let package = cells.next()?.trim_matches('`').to_string();
        let nothing = || Allowed::Only(Vec::new());
        let mut row = Row { package, line, normal: nothing(), by_feature: Vec::new(), build: nothing() };
        for part in cells.next()?.split(';').map(str::trim) {
            match part.split_once(':') {
                Some(("build", part)) => row.build = Allowed::parse(part.trim())?,
                Some((feature, part)) => row.by_feature.extend(by_feature(feature, part.trim())?),
                None => row.normal = Allowed::parse(part)?,
            }
        }
        if row.normal == Allowed::Anything {
            row.build = Allowed::Anything;
        }
        (!row.package.is_empty()).then_some(row)
    }
}

/// The crates that a part such as `` feature `x`: `a`, `b` `` permits.
fn by_feature(feature: &str, packages: &str) -> Option<Vec<FeaturePermission>> {
    let feature = feature.strip_prefix("feature `")?.strip_suffix('`')?;
    let Allowed::Only(permissions) = Allowed::parse(packages)? else { return None };
    let permission = |Permission { package, without }: Permission| {
        without.is_empty().then(|| FeaturePermission { feature: feature.to_owned(), package })
    };
    permissions.into_iter().map(permission).collect()
}

impl Allowed {
    fn parse(text: &str) -> Option<Allowed> {
        match text {
            "anything" => return Some(Allowed::Anything),
            "nothing" => return Some(Allowed::Only(Vec::new())),
            _ => {}
        }
        let mut permissions: Vec<Permission> = Vec::new();
        let mut parts = text.split('`');
        // Text outside of backticks and names inside take turns; the last text has no name after it.
        while let Some(before) = parts.next() {
            let Some(name) = parts.next() else {
                return (before.trim().is_empty() && !permissions.is_empty()).then_some(Allowed::Only(permissions));
            };
            match before.trim() {
                "" | "," => permissions.push(Permission { package: name.into(), without: Vec::new() }),
                "without" => permissions.last_mut()?.without.push(name.into()),
                _ => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        format!(
            "# Architecture\n\n{HEADING}\n\n| crate | may use | what |\n|---|---|---|\n{rows}\n\n## Data\n\n| other | table |\n"
        )
    }

    fn only(names: &[(&str, &[&str])]) -> Allowed {
        let permission = |(package, without): &(&str, &[&str])| Permission {
            package: package.to_string(),
            without: without.iter().map(ToString::to_string).collect(),
        };
        Allowed::Only(names.iter().map(permission).collect())
    }

    fn check(row: &str, package: &str, normal: Allowed, build: Allowed) {
        let (rows, findings) = parse(&table(row));
        assert_eq!(findings, [], "{row}");
        let expected = Row { package: package.into(), line: 7, normal, by_feature: Vec::new(), build };
        assert_eq!(rows, [expected], "{row}");
    }

    #[test]
    fn features_may_bring_crates() {
        let (rows, findings) =
            parse(&table("| `make` | `codegen`; feature `registry`: `registry`, `typed` | Makes. |"));
        assert_eq!(findings, []);
        let permission = |package: &str| FeaturePermission { feature: "registry".into(), package: package.into() };
        assert_eq!(rows[0].by_feature, [permission("registry"), permission("typed")]);
        assert_eq!(rows[0].normal, only(&[("codegen", &[])]));
    }

    #[test]
    fn rows_are_read() {
        check("| `model` | nothing | A model. |", "model", only(&[]), only(&[]));
        check("| `xtask` | anything | Chores. |", "xtask", Allowed::Anything, Allowed::Anything);
        check("| `typed` | `model` | Traits. |", "typed", only(&[("model", &[])]), only(&[]));
        let derive = only(&[("codegen", &["io"]), ("model", &[])]);
        check("| `derive` | `codegen` without `io`, `model` | Macros. |", "derive", derive, only(&[]));
        check(
            "| root package | `typed`; build: `codegen` | The whole. |",
            ROOT,
            only(&[("typed", &[])]),
            only(&[("codegen", &[])]),
        );
    }

    #[test]
    fn what_cannot_be_read_is_reported() {
        let check = |text: &str, line: usize| {
            let (rows, findings) = parse(text);
            assert_eq!(rows, [], "{text}");
            assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [line], "{text}");
        };
        check("# Architecture\n", 1);
        check(&format!("{HEADING}\n\nNo table.\n"), 1);
        check(&table("| `model` |"), 7);
        check(&table("| `model` | some | A model. |"), 7);
        check(&table("| `model` | `typed` and perhaps `derive` | A model. |"), 7);
        check(&table("| `model` | `typed | A model. |"), 7);
        check(&table("| `model` | without `io` | A model. |"), 7);
        check(&table("| `model` | feature x: `typed` | A model. |"), 7);
        check(&table("| `model` | feature `x`: anything | A model. |"), 7);
    }
}
