//! Who can read whom, of two schemas.

use avro_model::Schema;
use avro_model::compatibility::{Baseline, CompatibilityLevel, Difference, check};
use serde_json::{Value, json};

/// What keeps consumers from reading, in either direction.
pub(crate) struct Verdict {
    /// Why the new schema cannot read what was written with the old one.
    backward: Vec<Difference>,
    /// Why the old schema cannot read what will be written with the new one.
    forward: Vec<Difference>,
}

impl Verdict {
    pub(crate) fn of(old: &Schema, new: &Schema, old_name: &str) -> Verdict {
        let history = [Baseline::named(old_name, old)];
        Verdict {
            backward: check(CompatibilityLevel::Backward, new, &history),
            forward: check(CompatibilityLevel::Forward, new, &history),
        }
    }

    /// The levels under which the new schema may follow the old one, as far as these two are concerned.
    pub(crate) fn levels(&self) -> Vec<CompatibilityLevel> {
        let allows = |level: &CompatibilityLevel| {
            (!level.is_backward() || self.backward.is_empty()) && (!level.is_forward() || self.forward.is_empty())
        };
        CompatibilityLevel::ALL.into_iter().filter(|level| !level.is_transitive()).filter(allows).collect()
    }

    /// For people: whether consumers with the new schema read old messages, and the other way round.
    pub(crate) fn lines(&self) -> Vec<(bool, String)> {
        let mut lines = Vec::new();
        let mut add = |differences: &[Difference], good: &str, bad: &str| {
            let is_good = differences.is_empty();
            lines.push((is_good, if is_good { good.to_owned() } else { bad.to_owned() }));
            lines.extend(differences.iter().map(|difference| (false, format!("  {}", difference.sentence()))));
        };
        add(
            &self.backward,
            "backward: yes, consumers with the new schema read the old messages",
            "backward: no, consumers with the new schema cannot read all of the old messages",
        );
        add(
            &self.forward,
            "forward: yes, consumers with the old schema read the new messages",
            "forward: no, consumers with the old schema cannot read all of the new messages",
        );
        lines
    }

    pub(crate) fn as_json(&self) -> Value {
        let direction = |differences: &[Difference]| {
            let differences: Vec<Value> = differences
                .iter()
                .map(|difference| {
                    json!({
                        "kind": difference.mismatch.kind.as_str(),
                        "path": difference.mismatch.path,
                        "message": difference.mismatch.message,
                        "sentence": difference.sentence(),
                    })
                })
                .collect();
            json!({ "compatible": differences.is_empty(), "differences": differences })
        };
        json!({
            "backward": direction(&self.backward),
            "forward": direction(&self.forward),
            "levels": self.levels().iter().map(|level| level.as_str()).collect::<Vec<_>>(),
        })
    }
}
