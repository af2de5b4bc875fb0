//! A program of another language, which does one job after the other: `tests/languages/README.md` has the jobs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::timeout;

/// How long a job may take, the start of the program included.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running program, which is killed when this is dropped.
pub(super) struct Program {
    process: Child,
    /// `None` after a job that did not end.
    pipes: Option<(ChildStdin, BufReader<ChildStdout>)>,
    pub(super) language: String,
    pub(super) libraries: String,
    /// Whether its jobs can be done in transactions.
    pub(super) has_transactions: bool,
}

impl Program {
    /// Starts a command, which finds the servers in its environment.
    pub(super) async fn start(command: &[String]) -> Self {
        let (program, arguments) = command.split_first().expect("a command");
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
        let pipes = process.stdin.take().zip(process.stdout.take().map(BufReader::new));
        let mut started =
            Self { process, pipes, language: program.clone(), libraries: String::new(), has_transactions: false };
        let versions = started.ask(json!({ "do": "versions" })).await.expect("versions");
        let text = |name: &str| versions[name].as_str().expect("a text").to_owned();
        (started.language, started.libraries) = (text("language"), text("libraries"));
        started.has_transactions = versions["transactions"] == true;
        started
    }

    /// Does a job. An error is what the program reports, or how it ended.
    pub(super) async fn ask(&mut self, job: Json) -> Result<Json, String> {
        let (mut input, mut output) = self.pipes.take().ok_or("an earlier job did not end")?;
        let asking = tokio::task::spawn_blocking(move || {
            let mut answer = String::new();
            let asked = writeln!(input, "{job}").and_then(|()| output.read_line(&mut answer));
            asked.map(|_| (input, output, answer))
        });
        let asked = timeout(PATIENCE, asking).await.map_err(|_| format!("no answer within {PATIENCE:?}"))?;
        let (input, output, answer) = asked.expect("no panic").map_err(|error| error.to_string())?;
        self.pipes = Some((input, output));
        let answer: Json =
            serde_json::from_str(&answer).map_err(|error| format!("not an answer ({error}): {answer:?}"))?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
