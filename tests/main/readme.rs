//! What the README shows is what works: its project is built and run exactly as it is printed there.

use crate::project::{Project, text};

const README: &str = include_str!("../../README.md");

#[test]
fn the_five_steps_make_a_project_that_runs() {
    let project = Project::new();
    let files = files_shown(README);
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["Cargo.toml", "schemas/order.avsc", "build.rs", "src/main.rs"]);
    for (path, content) in &files {
        project.write(path, content);
    }

    let output = project.cargo(&["run", "--quiet"]);

    assert!(output.status.success(), "{}", text(&output));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        stdout.lines().last(),
        Some(r#"received Order { order_id: 17, item: "kettle", note: None }"#),
        "{}",
        text(&output)
    );
}

/// The files that the README shows: a fenced block, taken out of its list item, under a line that ends with the path in
/// bold.
fn files_shown(markdown: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut path: Option<String> = None;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(shown) = line.strip_suffix("`**").and_then(|line| line.rsplit_once("**`")) {
            path = Some(shown.1.to_owned());
            continue;
        }
        let Some(indent) = line.find("```") else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != "```")
            .map(|line| line.get(indent..).unwrap_or_default())
            .collect();
        if let Some(path) = path.take() {
            files.push((path, block.join("\n") + "\n"));
        }
    }
    files
}
