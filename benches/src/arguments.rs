//! What a benchmark is asked for on the command line.

use std::io::Write;

use crate::report::{self, Table};

/// The arguments of `cargo bench`.
#[derive(Debug)]
pub struct Arguments {
    /// Beginnings of the names of what is measured. All is measured when there is none.
    wanted: Vec<String>,
    options: Vec<String>,
    as_json: bool,
}

impl Arguments {
    /// The arguments of this process. `None` when `cargo bench` has not passed any: whoever builds or runs all targets
    /// for another reason should not wait for a minute.
    #[must_use]
    pub fn of_cargo_bench() -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        if !arguments.iter().any(|argument| argument == "--bench") {
            println!("nothing is measured: run `cargo bench -p benches`");
            return None;
        }
        let as_json = arguments.iter().any(|argument| argument == "--json");
        let (options, wanted) = arguments.into_iter().partition(|argument| argument.starts_with("--"));
        Some(Self { wanted, options, as_json })
    }

    /// The value of an option, `--name=value`.
    #[must_use]
    pub fn value_of(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether to measure what has this name.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| name.starts_with(wanted.as_str()))
    }

    /// Prints a table for people, or lines of JSON.
    pub fn print(&self, table: &Table) {
        let text = if self.as_json { report::json(table) } else { report::text(table) };
        if let Err(error) = std::io::stdout().write_all(text.as_bytes()) {
            eprintln!("the measurements could not be printed: {error}");
        }
    }
}
