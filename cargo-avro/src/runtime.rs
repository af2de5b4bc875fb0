//! What commands wait for servers in.

use tokio::runtime::Runtime;

use crate::failure::Failure;

/// Runs what is waited for in the thread of the command.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| {
        Failure::refused(format!("there is no async runtime: {error}"), "check the limits of this process")
    })
}
