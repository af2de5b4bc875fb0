//! How a failed chore is reported.

use std::process::ExitCode;

/// Prints an error with all its causes, and returns the exit status.
pub(crate) fn print(chore: &str, error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{chore}: {}", chain(error));
    ExitCode::FAILURE
}

/// An error with all its causes, one per line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("\n  because: {error}"));
        cause = error.source();
    }
    text
}
