//! Brokers that a test may kill: `cargo xtask real --transactions` starts them, and does what is requested by files in
//! a folder.

use std::path::PathBuf;

use super::until;

/// Names the folder.
const VARIABLE: &str = "RELIABILITY_CLUSTER";

pub(super) struct Cluster {
    folder: PathBuf,
}

impl Cluster {
    /// Where brokers may be killed.
    pub(super) fn of_environment() -> Option<Self> {
        std::env::var_os(VARIABLE).map(|folder| Self { folder: folder.into() })
    }

    /// Kills a broker with -9, and starts it again once the others have noticed.
    pub(super) async fn kill_and_restart(&self, broker: usize) {
        for request in ["kill", "start"] {
            let file = self.folder.join(format!("{request}-{broker}"));
            std::fs::write(&file, "").expect("the folder can be written");
            // It is removed when that is done.
            until("a broker's end and start", async || (!file.exists()).then_some(())).await;
        }
    }
}
