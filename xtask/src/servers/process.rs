//! Processes that cannot outlive this one's work: steps with a limit of time, and servers with a log.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::error::Error;
use super::interruption::Interruption;

/// How often a wait looks again.
const POLL: Duration = Duration::from_millis(100);
/// How many lines of a log are shown when something failed.
const TAIL_LINES: usize = 40;

/// A process that is killed by its id when this guard goes.
pub(crate) struct Guarded {
    child: Child,
}

impl Guarded {
    /// Starts a command; `remedy` is what to do when the program is missing.
    pub(crate) fn spawn(command: &mut Command, remedy: &'static str) -> Result<Guarded, Error> {
        let child = command.spawn().map_err(|source| Error::Program {
            program: command.get_program().to_string_lossy().into_owned(),
            remedy,
            source,
        })?;
        Ok(Guarded { child })
    }

    /// Its standard output, once, where that is piped.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// How it ended, or `None` while it runs.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        let ended = self.child.try_wait();
        debug_assert!(ended.is_ok(), "a child of this process can be asked: {ended:?}");
        ended.unwrap_or_default()
    }

    /// Waits until it ends. Past the limit, or when interrupted, it is killed and that is the error.
    pub(crate) fn wait(
        &mut self,
        step: &'static str,
        limit: Duration,
        interruption: &Interruption,
        mut progress: impl FnMut(Duration),
    ) -> Result<ExitStatus, Error> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            interruption.check()?;
            let elapsed = start.elapsed();
            progress(elapsed);
            if elapsed > limit {
                return Err(Error::TooSlow { step, limit });
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Both fail only when the process has ended and been waited for, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that writes its output into a log file.
pub(crate) struct Server {
    name: &'static str,
    process: Guarded,
    log: PathBuf,
}

impl Server {
    /// Starts a server whose output goes to `log`.
    pub(crate) fn spawn(name: &'static str, command: &mut Command, log: PathBuf) -> Result<Server, Error> {
        log_to(command, &log)?;
        let process = Guarded::spawn(command, super::java::REMEDY)?;
        Ok(Server { name, process, log })
    }

    /// Probes until one probe succeeds. Ends early when the server does, or when interrupted.
    pub(crate) fn wait_until_ready(
        &mut self,
        limit: Duration,
        interruption: &Interruption,
        probe: impl Fn() -> Result<(), String>,
    ) -> Result<(), Error> {
        let start = Instant::now();
        loop {
            self.check_running()?;
            interruption.check()?;
            let Err(attempt) = probe() else {
                eprintln!("servers: {} answers after {:.1} s", self.name, start.elapsed().as_secs_f64());
                return Ok(());
            };
            if start.elapsed() > limit {
                return Err(Error::NotReady { server: self.name, limit, attempt, log: tail(&self.log) });
            }
            std::thread::sleep(POLL);
        }
    }

    /// An error once the server has ended.
    pub(crate) fn check_running(&mut self) -> Result<(), Error> {
        match self.process.ended() {
            None => Ok(()),
            Some(status) => Err(Error::ServerEnded { server: self.name, status, log: tail(&self.log) }),
        }
    }

    /// Prints where the log is and how it ends.
    pub(crate) fn show_log(&self) {
        eprintln!("---- {}: the end of {} ----\n{}", self.name, self.log.display(), tail(&self.log));
    }
}

/// Sends what a command prints, on both streams, to a new file, and gives it no input.
pub(crate) fn log_to(command: &mut Command, log: &Path) -> Result<(), Error> {
    let failed = |source| Error::Path { action: "write", path: log.to_path_buf(), source };
    let output = File::create(log).map_err(failed)?;
    let errors = output.try_clone().map_err(failed)?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    Ok(())
}

/// The last lines of a log, as far as it can be read.
pub(crate) fn tail(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn is_alive(id: &str) -> bool {
        Command::new("kill").args(["-0", id]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    #[test]
    fn a_step_that_ends_gives_its_status() {
        let mut process = Guarded::spawn(&mut shell("exit 3"), "").expect("sh starts");
        let status = process.wait("exit", Duration::from_secs(30), &Interruption::never(), |_| {}).expect("it ends");
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn a_step_past_its_limit_is_an_error_and_its_process_is_killed() {
        let mut process = Guarded::spawn(&mut shell("exec tail -f /dev/null"), "").expect("sh starts");
        let id = process.child.id().to_string();
        let seen = std::cell::Cell::new(false);
        let outcome = process.wait("tail", Duration::from_millis(300), &Interruption::never(), |_| seen.set(true));
        assert!(matches!(outcome, Err(Error::TooSlow { step: "tail", .. })), "{outcome:?}");
        assert!(seen.get(), "progress is reported");
        assert!(is_alive(&id), "the guard still holds it");
        drop(process);
        assert!(!is_alive(&id), "the guard kills it");
    }

    #[test]
    fn an_interruption_ends_a_wait() {
        let mut process = Guarded::spawn(&mut shell("exec tail -f /dev/null"), "").expect("sh starts");
        let outcome = process.wait("tail", Duration::from_secs(30), &Interruption::at_once(), |_| {});
        assert!(outcome.is_err_and(|error| error.is_interruption()));
    }

    #[test]
    fn a_server_that_ends_shows_the_end_of_its_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let mut script = shell("seq 100; echo Address already in use >&2; exit 1");
        let mut server = Server::spawn("seq", &mut script, log.clone()).expect("sh starts");
        let error = server
            .wait_until_ready(Duration::from_secs(30), &Interruption::never(), || Err("refused".into()))
            .expect_err("it ends");
        assert!(error.is_taken_port(), "{error}");
        assert!(error.to_string().ends_with("99\n100\nAddress already in use"), "{error}");
        assert_eq!(tail(&log).lines().count(), TAIL_LINES);
    }

    #[test]
    fn a_server_that_never_answers_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut script = shell("exec tail -f /dev/null");
        let mut server = Server::spawn("tail", &mut script, folder.path().join("log")).expect("sh starts");
        let error = server
            .wait_until_ready(Duration::from_millis(200), &Interruption::never(), || Err("refused".into()))
            .expect_err("no probe succeeds");
        assert!(error.to_string().contains("(last attempt: refused)"), "{error}");
    }

    #[test]
    fn a_missing_program_names_its_remedy() {
        let error = Guarded::spawn(&mut Command::new("no-such-program"), "install it").err().expect("it is not there");
        assert_eq!(error.to_string(), "cannot run `no-such-program`; install it");
    }
}
