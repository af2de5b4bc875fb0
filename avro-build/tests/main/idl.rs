//! Protocols and IDL, from files to code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use avro_build::{Config, Error, Options, load_files};
use avro_codegen::generate_file;
use avro_model::{SchemaSet, Source, SourceId};
use tempfile::TempDir;

// Declarations of one line each: their texts are one line each in the code.
const SHOP: &str = r#"@namespace("acme.shop")
protocol Shop {
  import idl "../common/money.avdl";

  /** Sold. */ record Article { string name; /** Without taxes. */ acme.Money price = {"cents": 0}; string? note = null; Parts parts; }
  record Parts { union { null, Size, array<Article> } parts = null; timestamp_ms since; decimal(9, 2) weight; }
  enum Size { SMALL, LARGE } = SMALL;
  error NoSuchArticle { string name; }
  Article find(string name) throws NoSuchArticle;
}
"#;
const MONEY: &str =
    "namespace acme;\n\nrecord Money { long cents; Currency currency = \"EUR\"; }\nfixed Currency(3);\n";

/// A folder with the protocol, and the file that it imports, which is in no schema folder.
fn project() -> TempDir {
    let project = tempfile::tempdir().unwrap();
    write(project.path(), "schemas/shop.avdl", SHOP);
    write(project.path(), "common/money.avdl", MONEY);
    project
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn config(project: &TempDir) -> Config {
    Config::new().schemas(project.path().join("schemas")).out_dir(project.path().join("out"))
}

/// The same types, whichever language they are written in, though in another order.
#[test]
fn code_of_the_idl_is_that_of_its_json() {
    let project = project();
    let set = load_files(&[project.path().join("schemas/shop.avdl")], &[], avro_model::Leniency::NONE).unwrap();
    let protocol = Source::new("shop.avpr", set.json_of(SourceId(0)).unwrap());
    let json = SchemaSet::parse(vec![protocol]).unwrap();
    let [idl, json] = [&set, &json].map(|set| generate_file(set, &Options::new()).unwrap());
    let lines = |code: &str| -> BTreeSet<String> { code.lines().map(str::to_owned).collect() };
    let (idl_lines, json_lines) = (lines(&idl), lines(&json));
    let differences: Vec<_> = idl_lines.symmetric_difference(&json_lines).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(idl.contains("/// Without taxes."), "{idl}");
}

#[test]
fn what_is_imported_is_generated_and_watched() {
    let project = project();
    let report = config(&project).compile().unwrap();
    let files = [project.path().join("schemas/shop.avdl"), project.path().join("schemas/../common/money.avdl")];
    assert_eq!(report.files, files);
    assert!(fs::read_to_string(&report.output).unwrap().contains("pub struct Money {"));
    for file in files {
        let line = format!("cargo::rerun-if-changed={}", file.display());
        assert!(report.cargo_lines().any(|other| other == line), "{line}");
    }
}

#[test]
fn an_import_that_is_not_there_is_shown() {
    let project = project();
    fs::rename(project.path().join("common"), project.path().join("elsewhere")).unwrap();
    let Error::Schemas(diagnostics) = config(&project).compile().unwrap_err() else { panic!("another error") };
    let text = avro_build::render(&diagnostics, false);
    assert!(text.starts_with("error[unknown-import]: cannot find the imported file `../common/money.avdl`"), "{text}");
    assert!(text.contains("shop.avdl:3:14"), "{text}");
    assert_eq!(diagnostics.list.len(), 1, "{text}");

    // An import folder stands for what Java has on its class path.
    write(project.path(), "class_path/common/money.avdl", MONEY);
    config(&project).imports(project.path().join("class_path/schemas")).compile().unwrap_err();
    write(project.path(), "class_path/schemas/README", "");
    config(&project).imports(project.path().join("class_path/schemas")).compile().unwrap();
}
