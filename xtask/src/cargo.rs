//! Starts cargo from within cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The cargo that runs this, without what it has set for this package alone: build scripts that look at these variables
/// (ring's does) would run again, and all that depends on them.
pub(crate) fn command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        if shown.starts_with("CARGO_PKG_") || shown.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// The folder that cargo builds this workspace in.
pub(crate) fn target_folder(workspace_root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace_root.join(folder),
        None => workspace_root.join("target"),
    }
}
