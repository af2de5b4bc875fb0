//! Every example is told to end while it runs.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::row::Outcome;

pub(super) const NAME: &str = "examples-terminated";
pub(super) const FAULT: &str = "every example gets SIGTERM while it runs";

/// With what they run for some time. What a service would have, `.stop_on_signal()`, only the last one has; the input
/// of the others comes to an end.
const EXAMPLES: [(&str, &[&str]); 9] = [
    ("archive", &["--count", "2000000"]),
    ("customer", &[]),
    ("customer_cache", &[]),
    ("evolution", &[]),
    ("log_pipeline", &[]),
    ("sensor_alert", &["--count", "500000"]),
    ("settlement", &["--count", "20000"]),
    ("smart_home", &[]),
    (SERVICE, &["--port", "0"]),
];
const SERVICE: &str = "observability";

/// How long one may take until it prints something, and until it has ended.
const START: Duration = Duration::from_secs(60);
const END: Duration = Duration::from_secs(15);

/// Ends one after the other.
pub(super) async fn run() -> Outcome {
    tokio::task::spawn_blocking(terminate_all).await.expect("no panic")
}

fn terminate_all() -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    let mut outcome = Outcome { load: format!("{} examples", EXAMPLES.len()), ..Outcome::default() };
    let mut ended_before = Vec::new();
    for (example, arguments) in EXAMPLES {
        match terminate(example, arguments, folder.path()) {
            Ok(Some(took)) => {
                outcome.acknowledged += 1;
                outcome.longest_stall = outcome.longest_stall.max(took);
            }
            Ok(None) => ended_before.push(example),
            Err(complaint) => outcome.broken.push(format!("{example} {complaint}")),
        }
    }
    if !ended_before.is_empty() {
        outcome.notes.push(format!("these had ended before the signal came: {}", ended_before.join(", ")));
    }
    outcome
}

/// How long an example takes to end; `None` where it did so before the signal.
fn terminate(example: &str, arguments: &[&str], folder: &Path) -> Result<Option<Duration>, String> {
    let output = folder.join(example);
    let file = File::create(&output).expect("a file");
    let mut command = Command::new(program(example));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command.stdout(file.try_clone().expect("a second handle")).stderr(file);
    let mut process = command.spawn().map_err(|error| format!("cannot be started: {error}"))?;
    let began = Instant::now();
    // The others run with their first line. The service listens to signals once it has its partitions.
    let is_up = || match example {
        SERVICE => std::fs::read_to_string(&output).is_ok_and(|text| text.contains("the group gave partitions")),
        _ => std::fs::metadata(&output).expect("a file").len() > 0,
    };
    while !is_up() && began.elapsed() < START {
        if process.try_wait().expect("a child").is_some() {
            break;
        }
        // Polls: bounded by the time to start.
        std::thread::sleep(Duration::from_millis(20));
    }
    let was_running = process.try_wait().expect("a child").is_none();
    if was_running {
        let sent = Command::new("kill").args(["-TERM", &process.id().to_string()]).status();
        sent.expect("there is a kill");
    }
    let told = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().expect("a child") {
            break status;
        }
        if told.elapsed() > END {
            process.kill().expect("it can be killed");
            process.wait().expect("it can be waited for");
            return Err(format!("does not end within {} s", END.as_secs()));
        }
        // Polls: bounded by the time to end.
        std::thread::sleep(Duration::from_millis(5));
    };
    let printed = String::from_utf8_lossy(&std::fs::read(&output).expect("a file")).into_owned();
    let ended_well = match example {
        SERVICE => status.success(),
        _ => status.success() || status.signal() == Some(15),
    };
    if !ended_well || printed.contains("panicked at") {
        return Err(format!("ended with {status}: {printed}"));
    }
    Ok(was_running.then(|| told.elapsed()))
}

/// Examples are built beside the folder of this binary.
fn program(example: &str) -> PathBuf {
    let binary = std::env::current_exe().expect("the test knows its own file");
    let folder = binary.ancestors().nth(2).expect("the test is two folders deep in its profile's");
    folder.join("examples").join(example)
}
