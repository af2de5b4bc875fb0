//! How a chore says that it could not be done.

use std::process::ExitCode;

/// Prints an error with all its causes, and gives the status to end with.
pub(crate) fn print(chore: &str, error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{chore}: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
