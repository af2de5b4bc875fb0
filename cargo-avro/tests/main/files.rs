//! Commands that make files: `init`, `generate`, `convert`, `completions` and `man`.

use crate::project::{BROKEN_CUSTOMER, CUSTOMER, Project, checkout_as_shown};

const MANIFEST: &str =
    "# Mine.\n[package]\nname = \"shop\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"1\" # keep\n";

#[test]
fn init_adds_what_is_missing_once() {
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", "fn main() {}\n")]);
    insta::assert_snapshot!("init", checkout_as_shown(&project.run(&["init"]).expect(0).all()));
    insta::assert_snapshot!("init_manifest", checkout_as_shown(&project.read("Cargo.toml")));
    assert_eq!(project.read("build.rs"), "fn main() {\n    avro_build::compile(\"schemas\");\n}\n");
    assert_eq!(project.read("src/main.rs"), "fn main() {}\n");
    project.run(&["check"]).expect(0);

    let before = project.read("Cargo.toml");
    insta::assert_snapshot!("init_again", project.run(&["init"]).expect(0).all());
    assert_eq!(project.read("Cargo.toml"), before);
}

/// The crates are in no package registry yet, so only those of the checkout make a project that builds. With these
/// features it is the project of the README, whose test has compiled what this one needs, or the other way round.
#[test]
fn what_init_writes_builds_from_a_checkout() {
    let manifest = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                    tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
    let main = "avro_typed::include_schemas!();\n\nfn main() {\n    \
                let text = kafka_typed::Headers::default().len().to_string();\n    \
                println!(\"{:?}\", com::example::Greeting { from: String::new(), text: Some(text) });\n}\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("src/main.rs", main)]);
    project.run(&["init"]).expect(0);
    let written = project.read("Cargo.toml");
    project.write("Cargo.toml", &written.replace("/kafka-typed\" }", "/kafka-typed\", features = [\"embedded\"] }"));
    let ran = project.cargo(&["run", "--quiet"]).expect(0);
    assert_eq!(ran.out, "Greeting { from: \"\", text: Some(\"0\") }\n");
}

#[test]
fn init_overwrites_nothing() {
    let build = "fn main() { println!(\"cargo::rerun-if-changed=x\"); }\n";
    let manifest = "[package]\nname = \"shop\"\n[dependencies]\nkafka-typed = { git = \"https://example.com\" }\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("build.rs", build), ("schemas/customer.avsc", CUSTOMER)]);
    let json = project.run(&["init", "--json"]).expect(0).json();
    assert_eq!(project.read("build.rs"), build);
    assert!(project.read("Cargo.toml").starts_with(manifest));
    assert!(!project.path("schemas/greeting.avsc").exists());
    assert!(json[1]["note"].as_str().is_some_and(|note| note.contains("avro_build::compile")), "{json}");
    let with_path = Project::new(&[("Cargo.toml", MANIFEST)]);
    with_path.run(&["init", "--path", "../kafka-typed"]).expect(0);
    assert!(with_path.read("Cargo.toml").contains("avro-typed = { path = \"../kafka-typed/avro-typed\" }"));
}

#[test]
fn generate_writes_a_file_and_checks_it() {
    let project = Project::of_customers();
    assert_eq!(project.run(&["generate"]).expect(0).out, "src/avro_schemas.rs is written\n");
    assert!(project.read("src/avro_schemas.rs").contains("pub struct Customer"));
    assert_eq!(project.run(&["generate"]).expect(0).out, "src/avro_schemas.rs is up to date\n");
    project.run(&["generate", "--check"]).expect(0);
    project.write("src/avro_schemas.rs", "// old");
    let stale = project.run(&["generate", "--check"]).expect(1);
    assert!(stale.errors.contains("cargo avro generate --out src/avro_schemas.rs"), "{}", stale.errors);
    assert_eq!(project.read("src/avro_schemas.rs"), "// old");
    let left = std::fs::read_dir(project.path("src")).expect("a folder").count();
    assert_eq!(left, 1, "nothing is left behind");

    // Where the folder is not there yet, nothing is written elsewhere, either.
    let stale = project.run(&["generate", "--check", "--out", "new/types.rs"]).expect(1);
    assert!(stale.errors.contains("new/types.rs is out of date"), "{}", stale.errors);
    assert!(!project.path("new").exists());

    // As a build does, it looks at what is released.
    project.run(&["lock", "com.example.Customer", "--subject", "customer-value"]).expect(0);
    project.write("schemas/customer.avsc", BROKEN_CUSTOMER);
    let refused = project.run(&["generate"]).expect(1);
    assert!(refused.errors.contains("--> schemas/customer.avsc:7:5"), "{}", refused.errors);
}

const IDL: &str = r#"@namespace("com.example")
protocol Shop {
    /** What is sold. */
    record Article { string name; decimal(9, 2) price; }
    record Order { array<Article> articles; union { null, string } note = null; }
}
"#;

#[test]
fn convert_makes_json_of_idl() {
    let project = Project::new(&[("shop.avdl", IDL)]);
    insta::assert_snapshot!("convert_to_avpr", project.run(&["convert", "shop.avdl", "--to", "avpr"]).expect(0).out);
    insta::assert_snapshot!("convert_to_avsc", project.run(&["convert", "shop.avdl", "--to", "avsc"]).expect(0).out);
    let json = project.run(&["convert", "shop.avdl", "--to", "avsc", "--json"]).expect(0).json();
    assert_eq!(json[1]["name"], "Order");

    let out = ["convert", "shop.avdl", "--to", "avsc", "--out", "made"];
    assert_eq!(project.run(&out).expect(0).out, "2 files in made, 2 of them new or changed\n");
    assert_eq!(project.run(&out).expect(0).out, "2 files in made, 0 of them new or changed\n");
    assert!(project.path("made/com.example.Article.avsc").is_file());
    project.write("made/com.example.Order.avsc", "\"int\"");
    project.run(&out).expect(1);
    assert_eq!(project.read("made/com.example.Order.avsc"), "\"int\"");
    project.run(&[&out[..], &["--force"]].concat()).expect(0);
    project.run(&["check", "made"]).expect(0);
}

#[test]
fn shells_and_readers_are_served() {
    let project = Project::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = project.run(&["completions", shell]).expect(0).out;
        assert!(script.contains("register") && script.contains("deny-warnings"), "{shell}");
    }
    let page = project.run(&["man"]).expect(0).out;
    assert!(page.contains(".TH cargo-avro 1") && page.contains("Exit codes"), "{page}");
    project.run(&["man", "--out", "man"]).expect(0);
    assert!(project.read("man/cargo-avro-check.1").contains("deny"), "{}", project.read("man/cargo-avro-check.1"));
}
