//! Bar charts as SVG, in colors that are readable on a light and on a dark page.

use std::fmt::Write as _;

use super::results::{Measurement, Results};

/// A chart of one operation on one workload.
#[derive(Debug, PartialEq)]
pub(super) struct Chart {
    /// The name of its file, without the ending.
    pub(super) file: String,
    pub(super) workload: String,
    pub(super) operation: String,
    pub(super) svg: String,
}

const WIDTH: f64 = 800.0;
const ROW: f64 = 24.0;
const TOP: f64 = 40.0;
/// Where the bars begin, and what they have at most.
const BARS: f64 = 350.0;
const LONGEST: f64 = 360.0;
/// A candidate that takes more than this times the fourth one is cut off, so that the others can be told apart.
const CUT: f64 = 6.0;

/// A chart for each table that compares several codecs.
pub(super) fn all(results: &Results) -> Vec<Chart> {
    let tables = results.tables().into_iter().filter(|(_, _, measurements)| measurements.len() > 1);
    let chart = |(workload, operation, measurements): (&str, &str, Vec<&Measurement>)| Chart {
        file: file_name(&format!("{workload} {operation}")),
        workload: workload.to_owned(),
        operation: operation.to_owned(),
        svg: svg(&format!("{workload}: {operation}, ns per message"), &measurements),
    };
    tables.map(chart).collect()
}

/// Small letters and digits, and one hyphen between words.
fn file_name(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// The fastest is at the top.
fn svg(title: &str, measurements: &[&Measurement]) -> String {
    let mut sorted = measurements.to_vec();
    sorted.sort_by(|one, other| one.nanoseconds.total_cmp(&other.nanoseconds));
    let middle = sorted.get(sorted.len().min(4) - 1).map_or(1.0, |measurement| measurement.nanoseconds);
    let largest = sorted.last().map_or(1.0, |measurement| measurement.nanoseconds).min(middle * CUT);
    let mut rows = String::new();
    let mut y = TOP;
    for measurement in &sorted {
        let length = (measurement.nanoseconds / largest).min(1.0) * LONGEST;
        let end = BARS + length;
        let class = class(&measurement.candidate);
        let middle = y + ROW * 0.62;
        // Writing to a string does not fail.
        let _ = writeln!(
            rows,
            r#"  <text x="{:.0}" y="{middle:.1}" text-anchor="end">{}</text>"#,
            BARS - 8.0,
            escaped(&measurement.candidate)
        );
        let _ = writeln!(
            rows,
            r#"  <rect class="{class}" x="{BARS:.0}" y="{:.1}" width="{length:.1}" height="{:.1}"/>"#,
            y + 3.0,
            ROW - 6.0
        );
        if measurement.nanoseconds > largest {
            let _ = writeln!(
                rows,
                r#"  <path class="cut" d="M{:.1} {:.1} l-8 {ROW:.0} m-8 0 l8 -{ROW:.0}"/>"#,
                end - 12.0,
                y
            );
        }
        let _ = writeln!(
            rows,
            r#"  <text x="{:.1}" y="{middle:.1}">{}</text>"#,
            end + 6.0,
            number(measurement.nanoseconds)
        );
        y += ROW;
    }
    let height = y + 12.0;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {height:.0}" width="{WIDTH:.0}" height="{height:.0}" role="img" aria-label="{title}">
  <style>
    text {{ font: 13px system-ui, sans-serif; fill: #24292f }}
    .title {{ font-weight: 600 }}
    .ours {{ fill: #1a7f5a }}
    .peer {{ fill: #8c96a1 }}
    .bound {{ fill: #c9a227 }}
    .cut {{ stroke: #ffffff; stroke-width: 2; fill: none }}
    @media (prefers-color-scheme: dark) {{
      text {{ fill: #d7dde4 }}
      .ours {{ fill: #3fb68b }}
      .peer {{ fill: #6e7781 }}
      .bound {{ fill: #b08d1e }}
      .cut {{ stroke: #0d1117 }}
    }}
  </style>
  <text class="title" x="8" y="22">{title}</text>
{rows}</svg>
"#,
        title = escaped(title)
    )
}

/// Ours, what cannot be beaten, and all others.
fn class(candidate: &str) -> &'static str {
    if is_bound(candidate) {
        "bound"
    } else if is_ours(candidate) {
        "ours"
    } else {
        "peer"
    }
}

/// What is not a codec of a crate that could be used instead.
pub(super) fn is_bound(candidate: &str) -> bool {
    candidate.ends_with("no codec") || candidate.starts_with("limit: ") || candidate.starts_with("by hand")
}

pub(super) fn is_ours(candidate: &str) -> bool {
    ["generated code", "straight path", "through a plan", "typed"].iter().any(|start| candidate.starts_with(start))
}

/// Three digits at least.
pub(super) fn number(nanoseconds: f64) -> String {
    if nanoseconds < 100.0 { format!("{nanoseconds:.1}") } else { format!("{nanoseconds:.0}") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::GENERATED;
    use crate::bench::results::tests::measurement;

    #[test]
    fn bars_are_as_long_as_times_and_the_fastest_is_first() {
        let list = [
            measurement("W1", "encode", "prost", 40.0),
            measurement("W1", "encode", GENERATED, 10.0),
            measurement("W1", "encode", "a <slow> one", 4_000.0),
            measurement("W1", "encode", "memcpy, no codec", 5.0),
        ];
        let list: Vec<&Measurement> = list.iter().collect();
        let svg = svg("W1", &list[..2]);
        assert!(svg.find(GENERATED) < svg.find("prost"), "{svg}");
        assert!(svg.contains(r#"<rect class="ours" x="350" y="43.0" width="90.0""#), "{svg}");
        assert!(svg.contains(r#"<rect class="peer" x="350" y="67.0" width="360.0""#), "{svg}");
        assert!(!svg.contains("<path"), "nothing is cut off: {svg}");
        assert!(super::svg("W1", &list).contains("a &lt;slow&gt; one"));
    }

    #[test]
    fn what_is_much_slower_than_the_others_is_cut_off() {
        let list: Vec<Measurement> =
            [1.0, 2.0, 3.0, 10.0, 1_000.0].into_iter().map(|time| measurement("W1", "encode", "prost", time)).collect();
        let svg = svg("W1", &list.iter().collect::<Vec<_>>());
        assert_eq!(svg.matches("<path").count(), 1, "{svg}");
        assert!(svg.contains(">1000<"), "its time is there all the same: {svg}");
    }

    #[test]
    fn files_are_named_after_what_they_show() {
        assert_eq!(
            file_name("W5 Customer of version 1 decode as version 2"),
            "w5-customer-of-version-1-decode-as-version-2"
        );
    }
}
