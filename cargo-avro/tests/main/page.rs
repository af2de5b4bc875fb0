//! The pages about the command show what it really prints.

use std::path::Path;

use kafka_typed::failure::DeadLetterFormat;
use serde_json::json;

use crate::dead_letters::send_dead_letters;
use crate::gateway::ask;
use crate::mirror::register;
use crate::project::{Project, Registry, Servers, checkout_as_shown};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/command-line.md");
const REGISTRY_PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/registry.md");

/// Runs every `console` block of the page, in order, in one folder. Blocks of another language whose first line names a
/// file (` ```json schemas/customer.avsc `) are written there. Set `UPDATE_PAGES=1` to write into the page what the
/// commands print.
#[test]
fn every_command_prints_what_the_page_says() {
    let page = std::fs::read_to_string(PAGE).expect("the page is there");
    let servers = Servers::start();
    let mut project = Project::new(&[
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("src/main.rs", "fn main() {}\n"),
    ]);
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    servers.embedded.create_topic("customer-dlt", 1).expect("it is new");
    send_dead_letters(&servers, "customer-dlt", DeadLetterFormat::Spring);
    let real = run(&page, &project, &project.path(""));
    compare("docs/command-line.md", PAGE, &page, &real);
}

/// The same for the README, whose commands run in the repository and change nothing there.
#[test]
fn the_readme_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = root.join("README.md");
    let page = std::fs::read_to_string(&path).expect("there is a README");
    let real = run(&page, &Project::new(&[]), &root);
    compare("README.md", &path, &page, &real);
}

/// The same for the page about registries, whose commands go from one to another.
#[test]
fn the_page_about_registries_shows_what_is_printed() {
    let page = std::fs::read_to_string(REGISTRY_PAGE).expect("the page is there");
    let (staging, production) = (Registry::start(), Registry::start());
    let mut project = Project::new(&[]);
    project.set("STAGING", &staging.url());
    project.set("PRODUCTION", &production.url());
    register(&staging.url(), "com.example.Money", &json!({ "schema": MONEY }));
    register(
        &staging.url(),
        "invoice-value",
        &json!({ "schema": INVOICE, "references": [{ "name": "com.example.Money", "subject": "com.example.Money", "version": 1 }] }),
    );
    register(&staging.url(), "log-value", &json!({ "schema": r#""string""# }));
    ask(&staging.url(), "PUT /config/invoice-value", r#"{"compatibility": "FULL"}"#);
    register(&production.url(), "com.example.Money", &json!({ "schema": MONEY }));
    let real = run(&page, &project, &project.path(""));
    compare("docs/registry.md", REGISTRY_PAGE, &page, &real);
}

const MONEY: &str =
    r#"{"type":"record","name":"Money","namespace":"com.example","fields":[{"name":"cents","type":"long"}]}"#;
const INVOICE: &str =
    r#"{"type":"record","name":"Invoice","namespace":"com.example","fields":[{"name":"total","type":"Money"}]}"#;

fn compare(name: &str, path: impl AsRef<Path>, page: &str, real: &str) {
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(path, real).expect("the page can be written");
        return;
    }
    let differing = page.lines().zip(real.lines()).position(|(page, real)| page != real);
    assert!(
        page == real,
        "line {:?} of {name} is not what the command prints; UPDATE_PAGES=1 writes it:\n{real}",
        differing.map(|index| index + 1)
    );
}

/// The page with what the commands print. Blocks without a command of ours stay as they are.
fn run(page: &str, project: &Project, folder: &Path) -> String {
    let mut real = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        real.push_str(line);
        real.push('\n');
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            _ if info == "console" && block.iter().any(|line| line.starts_with("$ cargo avro ")) => {
                for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    let ran = project.shell_in(folder, command);
                    real.push_str(&format!("$ {command}\n{}", checkout_as_shown(&ran.all())));
                }
            }
            path => {
                let text: String = block.iter().map(|line| format!("{line}\n")).collect();
                if let Some((_, path)) = path {
                    project.write(path, &text);
                }
                real.push_str(&text);
            }
        }
        real.push_str("```\n");
    }
    real
}
