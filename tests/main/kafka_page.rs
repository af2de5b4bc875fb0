//! What `docs/kafka.md` shows is what works: its files are one project, whose tests call each of them.

use std::fmt::Write;

use crate::pages::files_shown;
use crate::project::{Project, text};

const PAGE: &str = include_str!("../../docs/kafka.md");
const README: &str = include_str!("../../README.md");

/// Tests of the page's functions that it does not show.
const CHECKS: &str = include_str!("kafka_page/checks.rs");

#[test]
fn the_files_of_the_kafka_page_make_a_project_that_works() {
    let project = Project::new();
    let (_, build_script) =
        files_shown(README).into_iter().find(|(path, _)| path == "build.rs").expect("the README shows a build script");
    project.write("build.rs", &build_script);
    project.write("src/checks.rs", CHECKS);
    let mut library = "avro_typed::include_schemas!();\n\n#[cfg(test)]\nmod checks;\n".to_owned();
    for (path, content) in files_shown(PAGE) {
        project.write(&path, &content);
        if let Some(module) = path.strip_prefix("src/").and_then(|file| file.strip_suffix(".rs")) {
            let condition = if module == "tests" { "#[cfg(test)]\n" } else { "" };
            writeln!(library, "{condition}pub mod {module};").expect("a string takes what is written");
        }
    }
    project.write("src/lib.rs", &library);

    let output = project.cargo(&["test", "--quiet", "--lib"]);

    assert!(output.status.success(), "{}", text(&output));
    assert!(!text(&output).contains("warning"), "{}", text(&output));
}
