//! The pages of `docs/`: their schemas are golden ones, and their Rust is compiled and run.

pub(crate) mod examples;

use std::fs;
use std::path::{Path, PathBuf};

use avro_build::{Config, Error, render};

const PAGES: [&str; 3] = ["generated-code.md", "from-rsgen-avro.md", "evolution.md"];

/// The blocks of a page: ```` ```json ```` is a schema file, ```` ```rs ```` is in the examples, in the tests of
/// avro-derive or in the generated code. Build scripts, ```` ```rust ````, are run as tests of the documentation.
#[test]
fn every_example_of_the_docs_is_run() {
    let of_pages = ["order.avsc", "status.avsc", "phone.avsc", "customer.avsc"]
        .map(|file| read(&golden_folder().join("schemas/pages"), file));
    let of_evolution =
        ["schemas/customer.avsc", "schema-lock/customer-value/1.json"].map(|file| read(&evolution_folder(), file));
    let derive = package_folder().join("../avro-derive/tests");
    let of_derive = read(&derive, "schemas/fleet/telemetry.avsc");
    let schemas: Vec<String> = of_pages.into_iter().chain(of_evolution).chain([of_derive]).collect();
    let examples = without_layout(&read(&package_folder().join("tests/main/docs"), "examples.rs"));
    // Whoever reads the pages has their schemas in a folder at the top.
    let derived = without_layout(&read(&derive, "main/derive/subset.rs").replace("tests/schemas/", "schemas/"));
    let generated = shortened(&read(&golden_folder(), "pages.rs"));
    for page in PAGES {
        let path = package_folder().join("../docs").join(page);
        for (language, block) in blocks(&fs::read_to_string(path).unwrap()) {
            let is_known = match language.as_str() {
                "json" => schemas.iter().any(|schema| schema.trim() == block.trim()),
                "rs" => {
                    [&examples, &generated, &derived].into_iter().any(|code| code.contains(&without_layout(&block)))
                }
                // What a build says of the one is the other: see below.
                "json refused" | "text refused" => true,
                "rust,no_run" | "toml" | "sh" | "text" | "rs before" => true,
                other => panic!("a block of `{other}` in {page}"),
            };
            assert!(is_known, "in {page}, what is not in the tests is this {language}:\n{block}");
        }
    }
}

/// The page shows what people see.
#[test]
fn what_is_refused_in_the_docs_is_refused_so() {
    let page = fs::read_to_string(package_folder().join("../docs/evolution.md")).unwrap();
    let block = |language: &str| {
        let block = blocks(&page).into_iter().find(|(other, _)| other == language);
        block.map_or_else(|| panic!("no block of {language}"), |(_, block)| block)
    };
    let project = tempfile::tempdir().unwrap();
    let schemas = project.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("customer.avsc"), block("json refused")).unwrap();
    let lock = evolution_folder().join("schema-lock");
    let config = Config::new().schemas(schemas).lock(&lock).out_dir(project.path());
    let Err(Error::Incompatible(differences)) = config.compile() else { panic!("it is accepted") };
    let shown = render(&differences, false).replace(&format!("{}/", project.path().display()), "");
    let shown = shown.replace(&lock.display().to_string(), "schema-lock");
    assert_eq!(shown, block("text refused").trim_end());
}

/// The folder of this package.
pub(crate) fn package_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The schemas and the lock of the page about evolution.
fn evolution_folder() -> PathBuf {
    package_folder().join("tests/evolution")
}

/// The schemas of the other pages, and their code.
fn golden_folder() -> PathBuf {
    package_folder().join("../avro-codegen/tests/golden")
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The blocks between lines of three back quotes, with what stands behind the first of these.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut is_inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if is_inside => is_inside = false,
            Some(language) => {
                is_inside = true;
                blocks.push((language.to_owned(), String::new()));
            }
            None if is_inside => {
                let block = blocks.last_mut().map(|(_, block)| block);
                block.into_iter().for_each(|block| block.extend([line, "\n"]));
            }
            None => {}
        }
    }
    assert!(!is_inside, "a block does not end");
    blocks
}

/// What does not depend on the layout: no white space, and no commas, which stand at the ends of some lines.
fn without_layout(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != ',').collect()
}

/// Generated code as the pages show it: without documentation, and with the last part of every absolute path only.
fn shortened(code: &str) -> String {
    let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("///"));
    let mut short = String::new();
    for line in lines {
        let mut words = line.split("::");
        let mut text = words.next().unwrap_or_default().to_owned();
        for word in words {
            let start = text.rfind(|character: char| !character.is_alphanumeric() && character != '_');
            text.truncate(start.map_or(0, |start| start + 1));
            text.push_str(word);
        }
        short.push_str(&text);
        short.push('\n');
    }
    without_layout(&short)
}
