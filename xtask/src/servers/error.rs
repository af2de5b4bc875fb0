//! What can go wrong around the servers, each with its remedy.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// A failure of a chore that starts servers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("cannot {action} {}", path.display())]
    Path { action: &'static str, path: PathBuf, source: std::io::Error },

    #[error("cannot run `{program}`; {remedy}")]
    Program { program: String, remedy: &'static str, source: std::io::Error },

    #[error(
        "`{java}` is Java {found}, but the servers need Java {needed} or newer; install one or set JAVA_HOME to it"
    )]
    OldJava { java: String, found: u32, needed: u32 },

    #[error("`{java} -version` does not print which version it is: {said:?}; set JAVA_HOME to a Java 17 or newer")]
    UnknownJava { java: String, said: String },

    #[error("HOME is not set, so there is no cache folder; set XDG_CACHE_HOME to a folder for downloads")]
    NoCacheFolder,

    #[error(
        "Maven could not fetch {what} ({status}); its output ends:\n{output}\nis the network there? it may simply be run again"
    )]
    Fetch { what: &'static str, status: ExitStatus, output: String },

    #[error("{} holds no jar of Apicurio Registry that can be started; delete that folder to fetch it again", folder.display())]
    NoRegistryJar { folder: PathBuf },

    #[error("{step} failed ({status}); its output ends:\n{output}")]
    Step { step: &'static str, status: ExitStatus, output: String },

    #[error("{step} was stopped after {} s; running it again may be enough", limit.as_secs())]
    TooSlow { step: &'static str, limit: Duration },

    #[error("{server} ended by itself ({status}); its log ends:\n{log}")]
    ServerEnded { server: &'static str, status: ExitStatus, log: String },

    #[error("{server} did not answer within {} s (last attempt: {attempt}); its log ends:\n{log}", limit.as_secs())]
    NotReady { server: &'static str, limit: Duration, attempt: String, log: String },

    #[error("`{command}` failed ({status}); what it printed is above")]
    Check { command: String, status: ExitStatus },

    #[error("cannot catch Ctrl-C, so servers could be left behind")]
    Signal(#[source] ctrlc::Error),

    #[error("interrupted; the servers that were started are stopped")]
    Interrupted,
}

impl Error {
    /// Whether the user stopped the run, so that nothing is wrong.
    pub(crate) fn is_interruption(&self) -> bool {
        matches!(self, Error::Interrupted)
    }

    /// Whether a server lost its port to another process between choosing and binding it, so that other ports may do.
    pub(crate) fn is_taken_port(&self) -> bool {
        matches!(self, Error::ServerEnded { log, .. } if log.to_lowercase().contains("already in use"))
    }
}
