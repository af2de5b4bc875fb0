//! What must not compile.

use std::path::Path;

#[test]
fn only_values_of_the_topics_type_can_be_sent() {
    without_building_librdkafka();
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The cases are checked and never linked, in a target folder of their own. Telling cargo that librdkafka is there
/// already saves building it a second time, which takes a minute.
fn without_building_librdkafka() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let config = target.join("tests/trybuild/.cargo");
    let overrides: String =
        rustc_hosts().map(|host| format!("[target.{host}.rdkafka]\nrustc-link-search = []\n")).collect();
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), overrides).unwrap();
}

fn rustc_hosts() -> impl Iterator<Item = String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = std::process::Command::new(rustc).arg("-vV").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().filter_map(|line| line.strip_prefix("host: ").map(str::to_owned)).collect::<Vec<_>>().into_iter()
}
