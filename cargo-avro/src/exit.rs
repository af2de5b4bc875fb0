//! The exit codes.

use std::process::ExitCode;

/// How a command ended. Clap itself ends with 2 when a command line cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Success.
    Fine,
    /// There are differences, schemas are invalid, something was refused, or this program itself is wrong.
    Differs,
    /// The command line is invalid.
    Usage,
    /// A registry or a broker cannot be reached.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Differs => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
        })
    }
}
