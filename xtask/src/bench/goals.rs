//! What this repository wants to reach, and whether it does.

use super::results::{GENERATED, Results};

const INTO: &str = "generated code, decode_into the last value";
const VIEW: &str = "generated code, view";
const FAST: &str = "serde_avro_fast";
const CLONE: &str = "clone(), no codec";
const MEMCPY: &str = "memcpy, no codec";
const OWNED: &str = "decode to owned values";
const BORROWED: &str = "decode to borrowed values";
const W1: &str = "W1 SensorAlert";
const W2: &str = "W2 Customer";
const W3: &str = "W3 Telemetry";
const DOUBLES: &str = "W4 doubles";
const W5: &str = "W5 Customer of version 1";
const VERSION_2: &str = "decode as version 2";
const WITHOUT_ALIAS: &str = "decode as version 2, without the alias";
const APACHE_VALUE: &str = "apache-avro, through its Value";
const PLAN: &str = "through a plan";
const PLAN_VIEW: &str = "through a plan, view";

/// A ratio of two times, and its bound.
struct Goal {
    workload: &'static str,
    operation: &'static str,
    what: &'static str,
    over: &'static str,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    /// `over` takes at least so many times as long.
    Faster(f64),
    /// It takes at most so many times as long as `over`.
    AtMost(f64),
}

const GOALS: [Goal; 14] = [
    goal(W1, BORROWED, VIEW, FAST, Bound::Faster(4.5)),
    goal(W1, BORROWED, VIEW, "limit: reference codec", Bound::AtMost(1.1)),
    goal(W1, OWNED, INTO, CLONE, Bound::AtMost(0.95)),
    goal(W1, OWNED, GENERATED, "limit: reference codec", Bound::AtMost(1.1)),
    goal(W2, BORROWED, VIEW, FAST, Bound::Faster(5.0)),
    goal(W2, OWNED, INTO, CLONE, Bound::AtMost(0.95)),
    goal(W2, OWNED, GENERATED, "limit: reference codec", Bound::AtMost(1.1)),
    goal(W3, "encode", GENERATED, FAST, Bound::Faster(8.0)),
    goal(W3, OWNED, GENERATED, FAST, Bound::Faster(6.0)),
    goal(DOUBLES, "encode", GENERATED, MEMCPY, Bound::AtMost(1.3)),
    goal(DOUBLES, OWNED, GENERATED, MEMCPY, Bound::AtMost(1.6)),
    goal(W5, VERSION_2, PLAN, "straight path, written by version 2", Bound::AtMost(1.1)),
    goal(W5, WITHOUT_ALIAS, PLAN, APACHE_VALUE, Bound::Faster(9.0)),
    goal(W5, WITHOUT_ALIAS, PLAN_VIEW, APACHE_VALUE, Bound::Faster(20.0)),
];

const fn goal(
    workload: &'static str,
    operation: &'static str,
    what: &'static str,
    over: &'static str,
    bound: Bound,
) -> Goal {
    Goal { workload, operation, what, over, bound }
}

/// A row of the table of goals.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) wanted: String,
    /// `None` when one of the two was not measured.
    pub(super) measured: Option<String>,
    pub(super) is_reached: bool,
}

pub(super) fn rows(results: &Results) -> Vec<Row> {
    GOALS.iter().map(|goal| goal.row(results)).collect()
}

impl Goal {
    fn row(&self, results: &Results) -> Row {
        let Goal { workload, operation, what, over, bound } = self;
        let ratio = results.ratio(workload, operation, what, over);
        let (wanted, measured, is_reached) = match *bound {
            Bound::Faster(bound) => {
                let times = ratio.map(|ratio| 1.0 / ratio);
                let is_reached = times.is_some_and(|times| times >= bound);
                (format!("{bound} times as fast"), times.map(|times| format!("{times:.2} ×")), is_reached)
            }
            Bound::AtMost(bound) => {
                let is_reached = ratio.is_some_and(|ratio| ratio <= bound);
                (format!("at most {bound} of its time"), ratio.map(|ratio| format!("{ratio:.2}")), is_reached)
            }
        };
        Row { what: format!("{workload}, {operation}: {what} against {over}"), wanted, measured, is_reached }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::tests::measurement;

    #[test]
    fn goals_are_ratios_of_what_was_measured() {
        let results = Results {
            measurements: vec![
                measurement(W3, "encode", GENERATED, 10.0),
                measurement(W3, "encode", FAST, 75.0),
                measurement(W1, OWNED, INTO, 9.0),
                measurement(W1, OWNED, CLONE, 10.0),
            ],
            ..Results::default()
        };
        let rows = rows(&results);
        let row = |start: &str| rows.iter().find(|row| row.what.starts_with(start)).expect("a row");
        let encode = row("W3 Telemetry, encode");
        assert_eq!((encode.measured.as_deref(), encode.is_reached), (Some("7.50 ×"), false));
        let into = row("W1 SensorAlert, decode to owned values: generated code, decode_into");
        assert_eq!((into.measured.as_deref(), into.is_reached), (Some("0.90"), true));
        assert_eq!(row("W4 doubles, encode").measured, None);
    }
}
