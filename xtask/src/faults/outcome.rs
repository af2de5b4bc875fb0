//! What the test process reports: a line of JSON for each event.

use serde_json::Value;

/// Lines of events begin with this; all others are of the test harness.
const PREFIX: &str = "FAULTS ";

/// An event.
#[derive(Debug, PartialEq)]
pub(crate) enum Event {
    /// A row that could be run.
    Listed { name: String, fault: String },
    /// A row begins, of so many.
    Begins { name: String, index: u64, rows: u64 },
    /// How far the row is.
    Progress { acknowledged: u64, read: u64 },
    /// A row has ended.
    Ended(Box<Outcome>),
}

/// A row of the table, as it was measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) fault: String,
    pub(crate) load: String,
    /// In the order of [`COUNTS`].
    pub(crate) counts: [u64; 6],
    /// What else was measured.
    pub(crate) notes: Vec<String>,
    /// What is not permitted; nothing where all is well.
    pub(crate) broken: Vec<String>,
    /// The lines of the log, from warnings on.
    pub(crate) log: Vec<String>,
    /// As it was reported.
    pub(crate) json: String,
}

/// The names of the counts in a report.
pub(crate) const COUNTS: [&str; 6] =
    ["acknowledged", "lost", "doubled", "out_of_order", "longest_stall_ms", "log_lines"];

/// The event in a line. `None` where it is a line of the harness.
pub(crate) fn event(line: &str) -> Option<Event> {
    // The harness may have begun the line.
    let json = line.split_once(PREFIX)?.1;
    let value: Value = serde_json::from_str(json).ok()?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).unwrap_or_default();
    let texts = |key: &str| {
        let values = value.get(key).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Some(match value.get("event")?.as_str()? {
        "listed" => Event::Listed { name: text(&value, "name"), fault: text(&value, "fault") },
        "begins" => {
            Event::Begins { name: text(&value, "name"), index: number(&value, "index"), rows: number(&value, "rows") }
        }
        "progress" => Event::Progress { acknowledged: number(&value, "acknowledged"), read: number(&value, "read") },
        "ended" => Event::Ended(Box::new(Outcome {
            name: text(&value, "name"),
            fault: text(&value, "fault"),
            load: text(&value, "load"),
            counts: COUNTS.map(|count| number(&value, count)),
            notes: texts("notes"),
            broken: texts("broken"),
            log: texts("log"),
            json: json.to_owned(),
        })),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_harness_are_not_events() {
        assert_eq!(event("running 1 test"), None);
        assert_eq!(event("FAULTS are not JSON"), None);
        assert_eq!(event(r#"FAULTS {"event":"unheard of"}"#), None);
    }

    #[test]
    fn an_event_may_be_behind_the_name_of_the_test() {
        let line = r#"test faults::rows ... FAULTS {"event":"begins","name":"cut","index":2,"rows":9}"#;
        assert_eq!(event(line), Some(Event::Begins { name: "cut".into(), index: 2, rows: 9 }));
    }

    #[test]
    fn a_row_has_its_counts() {
        let line = r#"FAULTS {"event":"ended","name":"cut","fault":"f","load":"l","acknowledged":1,"lost":2,"doubled":3,
            "out_of_order":4,"longest_stall_ms":5,"log_lines":6,"notes":["n"],"broken":[],"log":["a"]}"#;
        let Some(Event::Ended(outcome)) = event(line) else { panic!("it has ended") };
        assert_eq!((outcome.name.as_str(), outcome.counts), ("cut", [1, 2, 3, 4, 5, 6]));
        assert_eq!((outcome.notes, outcome.log, outcome.broken), (vec!["n".to_owned()], vec!["a".to_owned()], vec![]));
    }
}
