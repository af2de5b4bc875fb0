//! What the exit code says.

use std::process::ExitCode;

/// How a command ended. Clap itself ends with 2 when a command line cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Fine,
    /// There are differences, schemas are wrong, or somebody refused.
    Differs,
    /// The command line asks for what makes no sense.
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
