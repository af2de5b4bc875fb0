//! BENCHMARKS.md.

use std::fmt::Write as _;

use super::chart::{self, Chart};
use super::goals;
use super::results::{Measurement, Results};

const HEAD: &str = "\
# Benchmarks

Written by `cargo xtask bench`, from one run. Times are medians per message, in nanoseconds, of a single thread; every candidate has its turn in each of
many rounds, over 8,192 different messages (128 arrays of 1,000 items in W4): with fewer, the processor learns them by heart. Before anything is
measured, all Avro codecs have to write the same bytes and read them back. Times are the machine's; compare ratios.

| workload | what it is |
|---|---|
| W1 SensorAlert | three strings, a long, an enum |
| W2 Customer | a nested record, an optional string, an array, a map, an enum, bytes |
| W3 Telemetry | 30 numbers and booleans |
| W4 | arrays of 1,000 longs, timestamps, doubles, small records |
| W5 | W2 as version 1 wrote it, read as version 2: added, removed, reordered and renamed fields, a promotion, a symbol that is gone |

Rows in *italics* are bounds, not codecs to choose: copying the bytes (`memcpy`), cloning the value (`clone()`), code written by hand for these two
versions only, and a hand-written reference codec, which ran in a process of its own.
";

/// The page, with the charts where their tables are.
pub(super) fn text(results: &Results, charts: &[Chart]) -> String {
    let mut page = String::from(HEAD);
    page.push_str("\n## Machine and versions\n\n| | |\n|---|---|\n");
    let date = ("date".to_owned(), results.date.clone());
    for (name, value) in std::iter::once(&date).chain(&results.environment) {
        // Writing to a string does not fail.
        let _ = writeln!(page, "| {name} | {value} |");
    }
    page.push_str(&goals_text(results));
    page.push_str(&better_peers(results));
    let mut last = "";
    for (workload, operation, measurements) in results.tables() {
        if workload != last {
            let _ = write!(page, "\n## {workload}\n");
            last = workload;
        }
        let bytes = measurements.iter().find_map(|measurement| measurement.bytes_per_message);
        let bytes = bytes.map(|bytes| format!(", {bytes} bytes")).unwrap_or_default();
        let _ = write!(page, "\n### {workload}: {operation}{bytes}\n\n");
        page.push_str(&table(&measurements));
        if let Some(chart) =
            charts.iter().find(|chart| (chart.workload.as_str(), chart.operation.as_str()) == (workload, operation))
        {
            let _ = write!(page, "\n![{workload}, {operation}](benches/charts/{}.svg)\n", chart.file);
        }
    }
    page
}

fn goals_text(results: &Results) -> String {
    let mut text = String::from("\n## Goals\n\n| what | wanted | measured | |\n|---|---|---|---|\n");
    for row in goals::rows(results) {
        let measured = row.measured.as_deref().unwrap_or("not measured");
        let verdict = match (&row.measured, row.is_reached) {
            (None, _) => "",
            (_, true) => "reached",
            (_, false) => "**missed**",
        };
        let _ = writeln!(text, "| {} | {} | {measured} | {verdict} |", row.what, row.wanted);
    }
    text
}

/// Every candidate that is not ours and is faster than the one of ours that does the same. The tables of Kafka begin
/// with raw clients, which decode nothing.
fn better_peers(results: &Results) -> String {
    let mut lines = Vec::new();
    for (workload, operation, measurements) in results.tables() {
        let Some(ours) = measurements.first().filter(|first| chart::is_ours(&first.candidate)) else { continue };
        for peer in &measurements {
            if peer.ratio_to(ours) < 1.0 && !chart::is_bound(&peer.candidate) && !chart::is_ours(&peer.candidate) {
                lines.push(format!(
                    "- {workload}, {operation}: **{}** takes {} ns, and {} {} ns.\n",
                    peer.candidate,
                    chart::number(peer.nanoseconds),
                    ours.candidate,
                    chart::number(ours.nanoseconds)
                ));
            }
        }
    }
    let list = match lines.is_empty() {
        true => "Nowhere in this run.\n".to_owned(),
        false => lines.concat(),
    };
    format!("\n## Where a peer is better\n\n{list}")
}

/// The first is what the others are compared with.
fn table(measurements: &[&Measurement]) -> String {
    let mut table = String::from("| | ns | times the first |\n|---|---|---|\n");
    let first = measurements.first();
    for measurement in measurements {
        let ratio = first.map_or(1.0, |first| measurement.ratio_to(first));
        let name = match chart::is_bound(&measurement.candidate) {
            true => format!("*{}*", measurement.candidate),
            false => measurement.candidate.clone(),
        };
        let wanted = measurement.target.map(|target| format!(" (wanted: at most {target:.2} ×)")).unwrap_or_default();
        let _ = writeln!(table, "| {name} | {} | {ratio:.2} ×{wanted} |", chart::number(measurement.nanoseconds));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::GENERATED;
    use crate::bench::results::tests::measurement;

    fn results() -> Results {
        let mut target = measurement("produce", "enqueue", "typed, send", 300.0);
        target.target = Some(1.1);
        Results {
            date: "2026-11-28".to_owned(),
            environment: vec![("rustc".to_owned(), "1.95.0".to_owned())],
            measurements: vec![
                measurement("W1 SensorAlert", "encode", GENERATED, 12.5),
                measurement("W1 SensorAlert", "encode", "bincode 2", 10.0),
                measurement("W1 SensorAlert", "encode", "prost", 25.0),
                measurement("W1 SensorAlert", "encode", "memcpy, no codec", 2.0),
                measurement("produce", "enqueue", "raw", 250.0),
                measurement("produce", "enqueue", "raw batches", 200.0),
                target,
            ],
        }
    }

    #[test]
    fn the_page_tells_where_a_peer_is_better() {
        let results = results();
        let page = text(&results, &chart::all(&results));
        for expected in [
            "| date | 2026-11-28 |\n| rustc | 1.95.0 |\n",
            "- W1 SensorAlert, encode: **bincode 2** takes 10.0 ns, and generated code 12.5 ns.\n",
            "### W1 SensorAlert: encode, 126 bytes\n\n| | ns | times the first |\n|---|---|---|\n| generated code | 12.5 | 1.00 × |\n",
            "| prost | 25.0 | 2.00 × |\n",
            "| *memcpy, no codec* | 2.0 | 0.16 × |\n",
            "![W1 SensorAlert, encode](benches/charts/w1-sensoralert-encode.svg)\n",
            "| typed, send | 300 | 1.20 × (wanted: at most 1.10 ×) |\n",
        ] {
            assert!(page.contains(expected), "{expected} is not in {page}");
        }
        assert_eq!(page.matches("takes").count(), 1, "a bound is not a peer: {page}");
    }
}
