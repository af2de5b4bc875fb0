//! The table of ARCHITECTURE.md with the floors of a crate: which of its modules may use which.

use super::finding::Finding;
use super::import_table::PATH;

const HEADING: &str = "## The floors of kafka-typed";
const REMEDY: &str = "write a row as | floor | `module`, `other/module` | `crate_never_used` or nothing | what it is |";

/// One floor. Those before it in the table are below it.
#[derive(Debug, PartialEq)]
pub(crate) struct Floor {
    pub(crate) name: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Paths of modules below `src`, with `/`. A module brings all that is in it and is not listed itself.
    pub(crate) modules: Vec<String>,
    /// Crates that this floor must not know.
    pub(crate) unknown_crates: Vec<String>,
}

/// The floors from the bottom to the top, and a finding for each row that cannot be read.
pub(crate) fn parse(text: &str) -> (Vec<Floor>, Vec<Finding>) {
    let finding =
        |line: usize, problem: &str| Finding { path: PATH.into(), line, problem: problem.into(), remedy: REMEDY };
    let mut numbered = text.lines().zip(1..).skip_while(|(line, _)| *line != HEADING);
    let Some((_, heading)) = numbered.next() else {
        return (Vec::new(), vec![finding(1, &format!("there is no heading `{HEADING}`"))]);
    };
    let (mut floors, mut findings) = (Vec::new(), Vec::new());
    let table = numbered.take_while(|(line, _)| !line.starts_with("## ")).filter(|(line, _)| line.starts_with('|'));
    for (line, number) in table.skip(2) {
        match Floor::parse(line, number) {
            Some(floor) => floors.push(floor),
            None => findings.push(finding(number, "this row of the table of floors cannot be read")),
        }
    }
    if floors.is_empty() && findings.is_empty() {
        findings.push(finding(heading, "there is no table of floors below this heading"));
    }
    (floors, findings)
}

impl Floor {
    fn parse(text: &str, line: usize) -> Option<Floor> {
        let mut cells = text.trim().trim_matches('|').split('|').map(str::trim);
        let name = cells.next().filter(|name| !name.is_empty())?.to_owned();
        let modules = names(cells.next()?)?;
        let unknown_crates = match cells.next()? {
            "nothing" => Vec::new(),
            cell => names(cell)?,
        };
        Some(Floor { name, line, modules, unknown_crates })
    }
}

/// The names of a list such as `` `a`, `b` ``.
fn names(cell: &str) -> Option<Vec<String>> {
    let name = |part: &str| part.trim().strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
    cell.split(',').map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        format!(
            "# A\n\n{HEADING}\n\n| floor | modules | never | what |\n|---|---|---|---|\n{rows}\n\n## Data\n\n| x |\n"
        )
    }

    #[test]
    fn rows_are_read() {
        let rows =
            "| connection | `connection`, `native` | `avro_typed` | Bytes. |\n| top | `kafka` | nothing | All. |";
        let (floors, findings) = parse(&table(rows));
        assert_eq!(findings, []);
        let strings = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let floor = |name: &str, line, modules: &[&str], unknown: &[&str]| Floor {
            name: name.into(),
            line,
            modules: strings(modules),
            unknown_crates: strings(unknown),
        };
        let expected =
            [floor("connection", 7, &["connection", "native"], &["avro_typed"]), floor("top", 8, &["kafka"], &[])];
        assert_eq!(floors, expected);
    }

    #[test]
    fn what_cannot_be_read_is_reported() {
        let check = |text: &str, line: usize| {
            let (floors, findings) = parse(text);
            assert_eq!(floors, [], "{text}");
            assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [line], "{text}");
        };
        check("# A\n", 1);
        check(&format!("{HEADING}\n\nNo table.\n"), 1);
        check(&table("| top |"), 7);
        check(&table("| top | kafka | nothing | All. |"), 7);
        check(&table("| top | `kafka` and others | nothing | All. |"), 7);
        check(&table("| top | `kafka` | everything | All. |"), 7);
    }
}
