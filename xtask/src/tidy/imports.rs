//! The crates that each crate uses, as cargo knows them, against the table of ARCHITECTURE.md. Development dependencies
//! are free.

use serde_json::Value;

use super::finding::Finding;
use super::import_table::{self, Allowed, ROOT, Row};
use super::manifest::{Manifest, Section};

/// One package of this workspace.
#[derive(Debug, PartialEq)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Its `Cargo.toml`, relative to the workspace.
    pub(crate) manifest: String,
    /// Its normal and build dependencies.
    pub(crate) uses: Vec<Use>,
    /// Whether it may be published.
    pub(crate) is_published: bool,
}

/// One dependency of a package.
#[derive(Debug, PartialEq)]
pub(crate) struct Use {
    pub(crate) package: String,
    pub(crate) section: Section,
    /// Those that are asked for, and `default` if it is not switched off.
    pub(crate) features: Vec<String>,
    /// The features of the package that bring it; `None` when it is always there.
    pub(crate) brought_by: Option<Vec<String>>,
}

/// The packages that `cargo metadata --no-deps` lists.
pub(crate) fn packages(metadata: &Value, workspace_root: &str) -> Vec<Package> {
    let package = |value: &Value| Package {
        name: string(&value["name"]),
        manifest: string(&value["manifest_path"])
            .trim_start_matches(workspace_root)
            .trim_start_matches(['/', '\\'])
            .into(),
        uses: value["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|dependency| use_of(dependency, &value["features"]))
            .collect(),
        // An empty list of registries is `publish = false`.
        is_published: value["publish"].as_array().is_none_or(|registries| !registries.is_empty()),
    };
    metadata["packages"].as_array().into_iter().flatten().map(package).collect()
}

/// `None` for a development dependency. `package_features` has what each feature of the package switches on.
fn use_of(dependency: &Value, package_features: &Value) -> Option<Use> {
    let section = match dependency["kind"].as_str() {
        None => Section::Normal,
        Some("build") => Section::Build,
        Some(_) => return None,
    };
    let mut features: Vec<String> = dependency["features"].as_array().into_iter().flatten().map(string).collect();
    if dependency["uses_default_features"] == Value::Bool(true) {
        features.push("default".into());
    }
    let package = string(&dependency["name"]);
    let brought_by = (dependency["optional"] == Value::Bool(true)).then(|| {
        let dependency = Value::String(format!("dep:{package}"));
        let brings = |switched: &Value| switched.as_array().is_some_and(|switched| switched.contains(&dependency));
        let features = package_features.as_object().into_iter().flatten();
        features.filter(|(_, switched)| brings(switched)).map(|(name, _)| name.clone()).collect()
    });
    Some(Use { package, section, features, brought_by })
}

fn string(value: &Value) -> String {
    debug_assert!(value.is_string(), "cargo prints names and paths as text, not as {value}");
    value.as_str().unwrap_or_default().into()
}

/// Compares both ways: every import has a permission, every package a row, and every row a package.
pub(crate) fn check(table: &[Row], packages: &[Package], manifests: &[Manifest]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, manifest) in packages.iter().zip(manifests) {
        let name = if package.manifest == "Cargo.toml" { ROOT } else { package.name.as_str() };
        let rows: Vec<&Row> = table.iter().filter(|row| row.package == name).collect();
        let [row] = rows[..] else {
            findings.push(Finding {
                path: package.manifest.clone(),
                line: 1,
                problem: format!("the import table has {} rows for `{name}`", rows.len()),
                remedy: "give it one row in ARCHITECTURE.md",
            });
            continue;
        };
        let ours = package.uses.iter().filter(|used| packages.iter().any(|package| package.name == used.package));
        findings.extend(ours.filter_map(|used| check_use(row, used, manifest)));
    }
    findings.extend(table.iter().flat_map(|row| check_row(row, packages)));
    findings
}

fn check_use(row: &Row, used: &Use, manifest: &Manifest) -> Option<Finding> {
    let finding = |problem: String, remedy| {
        let line = manifest.line_of(used.section, &used.package);
        Some(Finding { path: manifest.path.clone(), line, problem, remedy })
    };
    let by_feature: Vec<&str> = row
        .by_feature
        .iter()
        .filter(|permission| permission.package == used.package && used.section == Section::Normal)
        .map(|permission| permission.feature.as_str())
        .collect();
    if !by_feature.is_empty() {
        let is_brought = used
            .brought_by
            .as_ref()
            .is_some_and(|features| features.iter().all(|it| by_feature.contains(&it.as_str())));
        return match is_brought {
            true => None,
            false => finding(
                format!(
                    "`{}` may use `{}` only by its feature `{}`",
                    row.package,
                    used.package,
                    by_feature.join("`, `")
                ),
                "make the dependency optional, and let only this feature bring it, as `dep:NAME`",
            ),
        };
    }
    let allowed = if used.section == Section::Build { &row.build } else { &row.normal };
    let Allowed::Only(permissions) = allowed else { return None };
    let Some(permission) = permissions.iter().find(|permission| permission.package == used.package) else {
        return finding(
            format!("`{}` must not use `{}`", row.package, used.package),
            "move what is needed to where it may be used; see the table of ARCHITECTURE.md",
        );
    };
    let forbidden = |feature: &&String| {
        permission.without.contains(feature) || (*feature == "default" && !permission.without.is_empty())
    };
    let feature = used.features.iter().find(forbidden)?;
    finding(
        format!("`{}` must use `{}` without the feature `{feature}`", row.package, used.package),
        "switch it off: list the features that are needed, with `default-features = false` for the workspace",
    )
}

fn check_row(row: &Row, packages: &[Package]) -> Vec<Finding> {
    let permitted = [&row.normal, &row.build].into_iter().flat_map(|allowed| match allowed {
        Allowed::Anything => &[],
        Allowed::Only(permissions) => permissions.as_slice(),
    });
    let by_feature = row.by_feature.iter().map(|permission| permission.package.as_str());
    let named = permitted.map(|permission| permission.package.as_str()).chain(by_feature);
    let itself = Some(row.package.as_str()).filter(|name| *name != ROOT);
    let is_missing = |name: &&str| packages.iter().all(|package| package.name != **name);
    let finding = |name: &str| Finding {
        path: import_table::PATH.into(),
        line: row.line,
        problem: format!("the import table names `{name}`, which is not a package of this workspace"),
        remedy: "correct the name, or remove it",
    };
    itself.into_iter().chain(named).filter(is_missing).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TABLE: &str = "\
## Crates, and the only imports allowed

| crate | may use | what |
|---|---|---|
| `model` | nothing | A model. |
| `codegen` | `model` | A generator. |
| `derive` | `codegen` without `io` | Macros. |
| `xtask` | anything | Chores. |
| root package | `model`; build: `codegen` | The whole. |
";

    /// A package with its dependencies as the lines of its manifest, and as cargo prints them.
    fn package(name: &str, dependencies: &[Value]) -> (Value, Manifest) {
        let path = if name == "whole" { "Cargo.toml".to_string() } else { format!("{name}/Cargo.toml") };
        let mut text = String::from("[package]\n");
        for dependency in dependencies {
            let section = match dependency["kind"].as_str() {
                Some(kind) => format!("{kind}-dependencies"),
                None => "dependencies".into(),
            };
            text.push_str(&format!(
                "[{section}]\n{}.workspace = true\n",
                dependency["name"].as_str().unwrap_or_default()
            ));
        }
        let value = json!({ "name": name, "manifest_path": format!("/clone/{path}"), "dependencies": dependencies });
        (value, Manifest::parse(&path, &text))
    }

    fn uses(name: &str, kind: Option<&str>, features: &[&str], default: bool) -> Value {
        json!({ "name": name, "kind": kind, "features": features, "uses_default_features": default })
    }

    /// Replaces one package of a workspace that is as the table wants it.
    fn check_with(table: &str, changed: &str, dependencies: &[Value], expected: &[&str]) {
        let codegen = || uses("codegen", None, &[], false);
        let default = [
            ("model", vec![]),
            ("codegen", vec![uses("model", None, &[], true), uses("outside", None, &[], true)]),
            ("derive", vec![codegen()]),
            ("xtask", vec![codegen()]),
            ("whole", vec![uses("model", None, &[], true), uses("codegen", Some("build"), &[], true)]),
        ];
        let (values, manifests): (Vec<Value>, Vec<Manifest>) = default
            .iter()
            .map(|(name, usual)| package(name, if *name == changed { dependencies } else { usual }))
            .unzip();
        let packages = packages(&json!({ "packages": values }), "/clone");
        let (rows, unreadable) = import_table::parse(table);
        assert_eq!(unreadable, []);
        let found: Vec<String> = check(&rows, &packages, &manifests)
            .iter()
            .map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.problem))
            .collect();
        assert_eq!(found, expected, "{changed}: {dependencies:?}");
    }

    fn check_imports(changed: &str, dependencies: &[Value], expected: &[&str]) {
        check_with(TABLE, changed, dependencies, expected);
    }

    #[test]
    fn what_the_table_permits_is_fine() {
        check_imports("", &[], &[]);
        check_imports("codegen", &[], &[]);
        check_imports("xtask", &[uses("whole", None, &[], true)], &[]);
    }

    #[test]
    fn other_imports_are_found_with_their_line() {
        let upward = [uses("outside", None, &[], true), uses("codegen", None, &[], true)];
        check_imports("model", &upward, &["model/Cargo.toml:5: `model` must not use `codegen`"]);
    }

    #[test]
    fn a_build_dependency_is_permitted_apart() {
        let normal = [uses("codegen", None, &[], true)];
        check_imports("whole", &normal, &["Cargo.toml:3: `root package` must not use `codegen`"]);
        let build = [uses("model", Some("build"), &[], true)];
        check_imports("codegen", &build, &["codegen/Cargo.toml:3: `codegen` must not use `model`"]);
    }

    #[test]
    fn development_dependencies_are_free() {
        check_imports("model", &[uses("codegen", Some("dev"), &[], true)], &[]);
    }

    #[test]
    fn features_may_be_forbidden() {
        let expected =
            |feature: &str| format!("derive/Cargo.toml:3: `derive` must use `codegen` without the feature `{feature}`");
        check_imports("derive", &[uses("codegen", None, &["color"], false)], &[]);
        check_imports("derive", &[uses("codegen", None, &["io"], false)], &[&expected("io")]);
        check_imports("derive", &[uses("codegen", None, &[], true)], &[&expected("default")]);
    }

    #[test]
    fn a_feature_may_bring_what_is_not_there_without_it() {
        let table = TABLE.replace("| `codegen` | `model` |", "| `codegen` | `model`; feature `net`: `derive` |");
        let optional = |optional: bool| json!({ "name": "derive", "kind": null, "optional": optional, "features": [] });
        let manifest = Manifest::parse("codegen/Cargo.toml", "[dependencies]\nderive.workspace = true\n");
        let check = |dependency: Value, features: Value, expected: &[&str]| {
            let package = |name: &str| json!({ "name": name, "manifest_path": format!("{name}/Cargo.toml") });
            let mut codegen = package("codegen");
            codegen["dependencies"] = json!([dependency]);
            codegen["features"] = features;
            let packages = packages(&json!({ "packages": [codegen, package("model"), package("derive")] }), "");
            let (rows, _) = import_table::parse(&table);
            let row = rows.iter().find(|row| row.package == "codegen").expect("it has a row");
            let found: Vec<String> = packages[0]
                .uses
                .iter()
                .filter_map(|used| check_use(row, used, &manifest))
                .map(|finding| finding.to_string())
                .collect();
            assert_eq!(found, expected);
        };
        let problem = "codegen/Cargo.toml:2: `codegen` may use `derive` only by its feature `net`; make the dependency \
                       optional, and let only this feature bring it, as `dep:NAME`";
        check(optional(true), json!({ "net": ["dep:derive"], "other": ["net"] }), &[]);
        check(optional(true), json!({ "net": ["dep:derive"], "other": ["dep:derive"] }), &[problem]);
        check(optional(false), json!({ "net": [] }), &[problem]);
    }

    #[test]
    fn table_and_workspace_name_the_same_packages() {
        let without_row = TABLE.replace("| `xtask` | anything | Chores. |\n", "");
        check_with(&without_row, "", &[], &["xtask/Cargo.toml:1: the import table has 0 rows for `xtask`"]);
        let with_old_row = format!("{TABLE}| `old` | `older` | Gone. |\n");
        let expected = ["old", "older"].map(|name| {
            format!("ARCHITECTURE.md:10: the import table names `{name}`, which is not a package of this workspace")
        });
        check_with(&with_old_row, "", &[], &[&expected[0], &expected[1]]);
    }
}
