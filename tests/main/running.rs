//! A process that a test reads from, and that does not outlive it.

use std::process::{Child, ChildStdout, Command, Stdio};

pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Running {
        Running(command.stdout(Stdio::piped()).spawn().expect("the command starts"))
    }

    /// Its standard output, once.
    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().expect("its output is piped, and read by one reader")
    }

    /// Does what Ctrl-C does. `cargo run` becomes the program that it runs.
    pub(crate) fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().expect("there is a kill");
        assert!(sent.success(), "the process is running");
    }

    /// Waits for its end.
    pub(crate) fn ends_well(&mut self) -> bool {
        self.0.wait().expect("it can be waited for").success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to stop then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
