//! What is lost, doubled or out of order when brokers, networks, registries and processes fail, and how long nothing
//! comes.
//!
//! `cargo xtask faults` has the servers, with proxies in front of them that break what gets through, and writes the
//! table; without it, these tests do nothing. `tests/real/README.md` has more.

pub(crate) mod clock;
pub(crate) mod disk;
pub(crate) mod elsewhere;
mod examples;
mod here;
mod ledger;
mod log_lines;
mod report;
mod row;
mod rows;
mod run;
mod samples;

use self::log_lines::LogLines;
use self::row::{Permitted, Sized};
use self::run::Stage;
use crate::control::Control;

/// The rows that are to be run, comma-separated; all where it is empty.
const ROWS: &str = "FAULTS_ROWS";
/// `quick` or `full`.
const SIZE: &str = "FAULTS_SIZE";

/// Rows in which no messages flow.
const OTHERS: [(&str, &str); 3] =
    [(disk::NAME, disk::FAULT), (clock::NAME, clock::FAULT), (examples::NAME, examples::FAULT)];
const PERMITTED_BY_OTHERS: Permitted = Permitted { doubled: false, stall: Sized { quick: 15, full: 15 }, log_lines: 0 };

/// Reports what each row has shown. Whether that is permitted is in the reports, so that one row does not hide the
/// others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_hold() {
    let Some(control) = Control::of_environment() else { return };
    let rows = rows::all();
    let Ok(size) = std::env::var(SIZE) else {
        // The servers are those of another chore, or there are none because rows are only listed.
        rows.iter().for_each(|row| report::listed(row.name, &row.fault(true)));
        OTHERS.iter().for_each(|(name, fault)| report::listed(name, fault));
        return;
    };
    let only = std::env::var(ROWS).unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let is_wanted = |name: &&str| only.is_empty() || only.contains(name);
    let rows: Vec<_> = rows.into_iter().filter(|row| is_wanted(&row.name)).collect();
    let others: Vec<_> = OTHERS.into_iter().filter(|(name, _)| is_wanted(name)).collect();
    let stage = Stage { control, log: LogLines::install(), is_full: size == "full" };
    for (index, row) in rows.iter().enumerate() {
        report::begins(row.name, index + 1, rows.len() + others.len());
        let outcome = run::run(row, &stage).await;
        report::ended(row.name, &row.fault(stage.is_full), &outcome);
    }
    for (index, (name, fault)) in others.iter().enumerate() {
        report::begins(name, rows.len() + index + 1, rows.len() + others.len());
        let mut outcome = match *name {
            disk::NAME => disk::run().await,
            clock::NAME => clock::run(&stage.control).await,
            _ => examples::run().await,
        };
        outcome.check(&PERMITTED_BY_OTHERS, stage.is_full);
        report::ended(name, fault, &outcome);
    }
}
