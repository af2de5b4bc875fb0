//! Tests that change what a process has once, such as who gets the log of all threads.

use std::process::Command;

/// Tells a test that it is in a process of its own.
const ROLE: &str = "KAFKA_TYPED_TEST_IN_ITS_OWN_PROCESS";

/// Runs the test of this name in a process of its own, and returns what that has printed. `None` in that process.
///
/// # Panics
///
/// When the test fails there.
pub(crate) fn run(test: &str) -> Option<String> {
    if std::env::var_os(ROLE).is_some() {
        return None;
    }
    let mut own = Command::new(std::env::current_exe().unwrap());
    let output = own.args(["--exact", test, "--nocapture"]).env(ROLE, "1").output().unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    Some(printed)
}
