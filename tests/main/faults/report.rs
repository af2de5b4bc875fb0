//! Events for `cargo xtask faults`: a line of JSON each, behind a mark.

use serde_json::{Value, json};

use super::row::Outcome;

fn event(event: Value) {
    println!("FAULTS {event}");
}

pub(super) fn listed(name: &str, fault: &str) {
    event(json!({ "event": "listed", "name": name, "fault": fault }));
}

pub(super) fn begins(name: &str, index: usize, rows: usize) {
    event(json!({ "event": "begins", "name": name, "index": index, "rows": rows }));
}

pub(super) fn progress(acknowledged: u64, read: u64) {
    event(json!({ "event": "progress", "acknowledged": acknowledged, "read": read }));
}

pub(super) fn ended(name: &str, fault: &str, outcome: &Outcome) {
    let Outcome { load, acknowledged, lost, doubled, disordered, longest_stall, log, notes, broken } = outcome;
    event(json!({
        "event": "ended",
        "name": name,
        "fault": fault,
        "load": load,
        "acknowledged": acknowledged,
        "lost": lost,
        "doubled": doubled,
        "out_of_order": disordered,
        "longest_stall_ms": u64::try_from(longest_stall.as_millis()).unwrap_or(u64::MAX),
        "log_lines": log.len(),
        "log": log,
        "notes": notes,
        "broken": broken,
    }));
}
