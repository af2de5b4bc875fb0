//! What generated code costs those who compile it: one record of more and more fields, and more and more types, beside
//! the types of rsgen-avro.
//!
//! `cargo bench -p benches --bench build -- all` prints a table; `fields` or `types` measures a half of it, and a
//! number only what has so many of them. Each build may take five minutes and 6 GB of memory: what takes more is shown
//! as that. Needs a Unix with `sh`, `timeout` and GNU `time`, which counts the processor's seconds and so is right on a
//! busy machine, too.

mod project;
mod schemas;

use std::io;
use std::path::Path;

use project::{Cost, Mode, Project};

/// One row of the table.
struct Case {
    what: &'static str,
    count: usize,
    generator: &'static str,
    code: fn(usize) -> Result<String, Box<dyn std::error::Error>>,
}

const FIELDS: [usize; 4] = [10, 100, 300, 1_000];
const TYPES: [usize; 3] = [10, 100, 1_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with("--")).collect();
    // Whoever runs all targets, or the other benches, should not wait for minutes.
    let is_asked =
        wanted.first().is_some_and(|word| *word == "all" || cases().iter().any(|case| is_wanted(case, &[word])));
    if !is_asked {
        println!("nothing is built: run `cargo bench -p benches --bench build -- all`");
        return;
    }
    if let Err(error) = run(&wanted) {
        eprintln!("nothing more is measured: {error}");
        std::process::exit(1);
    }
}

fn run(wanted: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build");
    let project = Project::new(&folder)?;
    println!(
        "{:<8}{:>6}  {:<13}{:>9}  {:<8}{:>9}{:>10}",
        "what", "count", "generator", "lines", "build", "seconds", "memory"
    );
    for case in cases().into_iter().filter(|case| is_wanted(case, wanted)) {
        let code = (case.code)(case.count)?;
        for mode in Mode::ALL {
            let cost = project.measure(&code, mode)?;
            print(&case, code.lines().count(), mode, &cost)?;
        }
    }
    Ok(())
}

fn cases() -> Vec<Case> {
    let wide =
        FIELDS.map(|count| Case { what: "fields", count, generator: "avro-codegen", code: schemas::wide_record });
    let many = TYPES.into_iter().flat_map(|count| {
        let case = |generator, code| Case { what: "types", count, generator, code };
        [case("avro-codegen", schemas::many_types as fn(usize) -> _), case("rsgen-avro", schemas::many_types_of_rsgen)]
    });
    wide.into_iter().chain(many).collect()
}

fn is_wanted(case: &Case, wanted: &[&str]) -> bool {
    wanted.iter().all(|word| *word == "all" || *word == case.what || *word == case.count.to_string())
}

fn print(case: &Case, lines: usize, mode: Mode, cost: &Cost) -> io::Result<()> {
    let (seconds, memory) = match cost {
        Cost::Built { seconds, megabytes } => (format!("{seconds:.2}"), format!("{megabytes} MB")),
        Cost::OverTheLimit => ("over".to_owned(), "the limit".to_owned()),
    };
    let Case { what, count, generator, .. } = case;
    let row = format!("{what:<8}{count:>6}  {generator:<13}{lines:>9}  {:<8}{seconds:>9}{memory:>10}", mode.name());
    io::Write::write_all(&mut io::stdout(), format!("{row}\n").as_bytes())
}
