//! `cargo xtask faults`: breaks brokers, networks, registries and processes while messages flow, and compares what was
//! acknowledged with what was read.
//!
//! The rows are data of the root package's integration tests (`tests/main/faults`), which have the clients. Here are
//! the servers, the proxies in front of them, and the table.

mod doors;
mod outcome;
mod proxy;
mod table;
mod toxic;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use indicatif::{ProgressBar, ProgressStyle};

use self::doors::Doors;
use self::outcome::{Event, Outcome};
use self::table::Circumstances;
use crate::page_section;
use crate::root_package::{self, PACKAGE};
use crate::servers::cluster::{self, SharedCluster, bootstrap_servers};
use crate::servers::control::{self, CONTROL_VARIABLE};
use crate::servers::error::Error as ServersError;
use crate::servers::interruption::Interruption;
use crate::servers::process::Guarded;
use crate::servers::{BOOTSTRAP_VARIABLE, REGISTRY_VARIABLE, Servers};

/// The variables by which the test knows what to do; its values of the size are `quick` and `full`.
const SIZE_VARIABLE: &str = "FAULTS_SIZE";
const ROWS_VARIABLE: &str = "FAULTS_ROWS";
/// The registry itself, without the proxy.
const DIRECT_REGISTRY_VARIABLE: &str = "FAULTS_DIRECT_REGISTRY";
const TEST: &str = "faults::rows_hold";

/// A request to `cargo xtask faults`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Request {
    /// Fewer messages and shorter faults, for every change.
    pub(crate) is_quick: bool,
    /// Print what rows there are, and run none.
    pub(crate) lists: bool,
    /// Print rows as JSON, one per line, instead of a table.
    pub(crate) as_json: bool,
    /// Write the table into RELIABILITY.md even if not all rows are run at their full size.
    pub(crate) writes: bool,
    /// Only these rows; all where there are none.
    pub(crate) only: Vec<String>,
}

impl Request {
    /// `None` when the usage does not list the options.
    pub(crate) fn from_options(mut options: &[String]) -> Option<Request> {
        let mut request = Request::default();
        while let [option, rest @ ..] = options {
            options = rest;
            match option.as_str() {
                "--quick" => request.is_quick = true,
                "--list" => request.lists = true,
                "--json" => request.as_json = true,
                "--write" => request.writes = true,
                "--only" => {
                    let [row, rest @ ..] = options else { return None };
                    request.only.push(row.clone());
                    options = rest;
                }
                _ => return None,
            }
        }
        Some(request)
    }

    /// Whether the page is to have what is measured.
    fn is_for_the_page(&self) -> bool {
        self.writes || (!self.is_quick && self.only.is_empty())
    }
}

/// Why faults could not be measured, or what was not permitted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error(transparent)]
    Servers(#[from] ServersError),
    #[error(transparent)]
    Page(#[from] page_section::Error),
    #[error("these rows had what they do not permit:\n{0}")]
    Broken(String),
    #[error("no row is named {0}; `cargo xtask faults --list` prints them")]
    NoRow(String),
}

/// Starts the servers, runs the rows and shows them.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    match measure(workspace_root, request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => crate::failure::print("faults", &error),
    }
}

fn measure(workspace_root: &Path, request: &Request) -> Result<(), Error> {
    let interruption = Interruption::install()?;
    root_package::build(workspace_root, !request.lists, &interruption)?;
    if request.lists {
        return list(workspace_root, &interruption);
    }
    let doors = Doors::open()?;
    let ports = doors.brokers.each_ref().map(proxy::Proxy::port);
    let mut servers = Servers::start_cluster(workspace_root, Some(ports), &interruption)?;
    let outcomes = rows(workspace_root, request, doors, &servers, &interruption);
    if matches!(&outcomes, Err(Error::Servers(error)) if !error.is_interruption()) {
        servers.show_logs();
    }
    let outcomes = outcomes?;
    if outcomes.is_empty() {
        return Err(Error::NoRow(request.only.join(" or ")));
    }
    let circumstances = Circumstances::of_this_machine(workspace_root, !request.is_quick);
    let section = table::section(&outcomes, &circumstances);
    match request.as_json {
        true => outcomes.iter().for_each(|outcome| println!("{}", outcome.json)),
        false => print!("{section}"),
    }
    // Also what is not permitted was measured; that it was is this command's failure.
    if request.is_for_the_page() {
        page_section::write(&workspace_root.join(page_section::RELIABILITY), "faults", &section)?;
    }
    let broken: Vec<String> = outcomes.iter().filter_map(complaint).collect();
    match broken.is_empty() {
        true => Ok(()),
        false => Err(Error::Broken(broken.join("\n"))),
    }
}

/// What is not permitted about a row, with its log.
fn complaint(outcome: &Outcome) -> Option<String> {
    let Outcome { name, broken, log, .. } = outcome;
    let log: String = log.iter().map(|line| format!("\n    {line}")).collect();
    (!broken.is_empty()).then(|| format!("{name}: {}{log}", broken.join("; ")))
}

fn list(workspace_root: &Path, interruption: &Interruption) -> Result<(), Error> {
    let environment = [(CONTROL_VARIABLE, "list")];
    test(workspace_root, &environment, interruption, |event| {
        if let Event::Listed { name, fault } = event {
            println!("{name:26} {fault}");
        }
    })
}

fn rows(
    workspace_root: &Path,
    request: &Request,
    doors: Doors,
    servers: &Servers,
    interruption: &Interruption,
) -> Result<Vec<Outcome>, Error> {
    let Some(cluster) = servers.cluster() else {
        debug_assert!(false, "a cluster was started");
        return Ok(Vec::new());
    };
    let direct = servers.addresses().registry.clone();
    let registry = lead(&doors, &cluster, &direct);
    let brokers = bootstrap_servers(&doors.brokers.each_ref().map(proxy::Proxy::port));
    let (doors, stop) = (Arc::new(doors), interruption.clone());
    let control = control::listen(move |request| {
        doors.execute(request).unwrap_or_else(|| cluster::execute(&cluster, request, &stop))
    })?;
    let only = request.only.join(",");
    let environment = [
        (CONTROL_VARIABLE, control.as_str()),
        (BOOTSTRAP_VARIABLE, &brokers),
        (REGISTRY_VARIABLE, &registry),
        (DIRECT_REGISTRY_VARIABLE, &direct),
        (SIZE_VARIABLE, if request.is_quick { "quick" } else { "full" }),
        (ROWS_VARIABLE, &only),
    ];
    let (mut outcomes, mut shown) = (Vec::new(), Shown::default());
    test(workspace_root, &environment, interruption, |event| {
        shown.show(&event);
        if let Event::Ended(outcome) = event {
            outcomes.push(*outcome);
        }
    })?;
    Ok(outcomes)
}

/// Has the proxies lead to the servers. Returns the address of the registry through its proxy.
fn lead(doors: &Doors, cluster: &SharedCluster, registry: &str) -> String {
    let brokers = cluster.lock().unwrap_or_else(std::sync::PoisonError::into_inner).ports();
    for (door, port) in doors.brokers.iter().zip(brokers) {
        door.lead_to(port);
    }
    let port = registry.split(['/', ':']).find_map(|part| part.parse::<u16>().ok());
    debug_assert!(port.is_some(), "a registry that was started has a port");
    let port = port.unwrap_or_default();
    doors.registry.lead_to(port);
    registry.replacen(&port.to_string(), &doors.registry.port().to_string(), 1)
}

/// Runs the test process, and hands out its events as they come.
fn test(
    workspace_root: &Path,
    environment: &[(&str, &str)],
    interruption: &Interruption,
    mut happened: impl FnMut(Event),
) -> Result<(), Error> {
    let arguments = ["test", "--quiet", "--package", PACKAGE, "--test", "main", "--", "--exact", TEST, "--nocapture"];
    let started = |process: &mut Guarded| {
        let lines = lines(process);
        move |has_ended| {
            // At the end, the last lines may still be on their way.
            let next = || if has_ended { lines.recv().ok() } else { lines.try_recv().ok() };
            std::iter::from_fn(next).filter_map(|line| outcome::event(&line)).for_each(&mut happened);
        }
    };
    Ok(root_package::run(workspace_root, environment, &arguments, interruption, Stdio::piped(), started)?)
}

/// The lines that a process prints, as they come.
fn lines(process: &mut Guarded) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    let stdout = process.stdout();
    debug_assert!(stdout.is_some(), "its output is piped");
    std::thread::spawn(move || {
        for line in stdout.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
            // Nobody listens once the process has been given up.
            let _ = sender.send(line);
        }
    });
    lines
}

/// What is shown while rows are run.
#[derive(Default)]
struct Shown {
    bar: Option<ProgressBar>,
}

impl Shown {
    fn show(&mut self, event: &Event) {
        match event {
            Event::Begins { name, index, rows } => {
                let bar = ProgressBar::new_spinner().with_message(format!("[{index}/{rows}] {name}"));
                // The template is a constant.
                let bar = match ProgressStyle::with_template("{spinner} {msg}: {prefix} ({elapsed})") {
                    Ok(style) => bar.with_style(style),
                    Err(_) => bar,
                };
                self.bar = Some(bar);
            }
            Event::Progress { acknowledged, read } => {
                if let Some(bar) = &self.bar {
                    bar.set_prefix(format!("{acknowledged} acknowledged, {read} read"));
                    bar.tick();
                }
            }
            Event::Ended(outcome) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                let Outcome { name, load, counts, broken, .. } = &**outcome;
                let counts: Vec<String> =
                    outcome::COUNTS.iter().zip(counts).map(|(name, count)| format!("{name} {count}")).collect();
                let broken = if broken.is_empty() { String::new() } else { format!(": BROKEN: {}", broken.join("; ")) };
                eprintln!("faults: {name}: {load}: {}{broken}", counts.join(", "));
            }
            Event::Listed { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Option<Request> {
        Request::from_options(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn only_a_full_run_of_all_rows_is_for_the_page() {
        for (line, expected) in
            [("", true), ("--json", true), ("--quick", false), ("--only cut", false), ("--quick --write", true)]
        {
            assert_eq!(request(line).expect("options").is_for_the_page(), expected, "{line}");
        }
    }

    #[test]
    fn options_are_what_the_usage_lists() {
        let only = request("--quick --only a --only b").expect("options");
        assert_eq!((only.is_quick, only.only), (true, vec!["a".to_owned(), "b".to_owned()]));
        for line in ["--only", "quick", "--quickly"] {
            assert_eq!(request(line), None, "{line}");
        }
    }
}
