//! What the README shows is what works: its project is built and run exactly as it is printed there.

use std::io::{BufRead, BufReader};

use crate::pages::files_shown;
use crate::project::Project;

const README: &str = include_str!("../../README.md");

#[test]
fn the_five_steps_make_a_project_that_runs_until_it_is_stopped() {
    let project = Project::new();
    let files = files_shown(README);
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["src/main.rs", "Cargo.toml", "schemas/order.avsc", "build.rs"]);
    for (path, content) in &files {
        project.write(path, content);
    }

    let mut running = project.start(&["run", "--quiet"]);
    let mut printed = BufReader::new(running.stdout()).lines().map(|line| line.expect("text"));

    assert_eq!(printed.next().as_deref(), Some("packing a kettle"));
    running.interrupt();
    assert_eq!(printed.next().as_deref(), Some("1 processed"));
    assert!(running.ends_well());
}
