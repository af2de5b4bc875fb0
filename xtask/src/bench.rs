//! `cargo xtask bench`: measures the codec beside its peers, and writes BENCHMARKS.md with its charts.
//!
//! What was measured is kept in `benches/results.json`, from which page and charts are rendered; a test compares them.

mod chart;
mod goals;
mod machine;
mod measuring;
mod other_languages;
mod page;
mod reference;
mod results;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use results::Results;

/// A request to `cargo xtask bench`.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    /// Measure, and write the page.
    Measure,
    /// Write the page of what was measured before.
    Render,
}

/// Why there is no new page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error("cannot run `{program}`")]
    Program { program: String, source: std::io::Error },
    #[error("`{command}` failed:\n{output}")]
    Failed { command: String, output: String },
    #[error("cannot {action} {}", path.display())]
    Path { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{} is not what `cargo xtask bench` writes; run it", path.display())]
    NotResults { path: PathBuf, source: serde_json::Error },
    #[error("`{command}` printed a line that is not a measurement: {line}")]
    Line { command: &'static str, line: String },
}

const RESULTS: &str = "benches/results.json";
const PAGE: &str = "BENCHMARKS.md";
const CHARTS: &str = "benches/charts";

/// Does what is requested.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    match try_run(workspace_root, request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => crate::failure::print("bench", &error),
    }
}

fn try_run(workspace_root: &Path, request: &Request) -> Result<(), Error> {
    let path = workspace_root.join(RESULTS);
    if *request == Request::Measure {
        let results = measuring::measure(workspace_root)?;
        write(&path, &results.to_json())?;
        println!("bench: {} measurements in {RESULTS}", results.measurements.len());
    }
    let results = Results::read(&path)?;
    for (name, text) in render(&results) {
        write(&workspace_root.join(&name), &text)?;
        println!("bench: wrote {name}");
    }
    Ok(())
}

/// Every file that is made of the results: its path below the root of the workspace, and its text.
fn render(results: &Results) -> Vec<(String, String)> {
    let charts = chart::all(results);
    let page = page::text(results, &charts);
    let charts = charts.into_iter().map(|chart| (format!("{CHARTS}/{}.svg", chart.file), chart.svg));
    std::iter::once((PAGE.to_owned(), page)).chain(charts).collect()
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| Error::Path { action: "write", path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_and_charts_are_those_of_the_results() {
        let root = crate::workspace_root();
        let results = Results::read(&root.join(RESULTS)).expect("the results");
        let rendered = render(&results);
        for (name, text) in &rendered {
            let written = std::fs::read_to_string(root.join(name)).unwrap_or_default();
            assert!(written == *text, "{name} is not up to date: run `cargo xtask bench --render`");
        }
        let charts = std::fs::read_dir(root.join(CHARTS)).expect("the charts").count();
        assert_eq!(charts, rendered.len() - 1, "no chart is left over");
    }
}
