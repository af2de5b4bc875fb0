//! What a comparison of schemas with a lock, a registry or a revision found.

use avro_build::lock::{CheckedSubject, LockCheck};
use avro_model::Diagnostics;
use avro_model::compatibility::{BaselineName, CompatibilityLevel, Difference, Direction};
use serde_json::{Value, json};

use crate::answer::Paint;

pub(crate) struct Compared {
    pub(crate) types: Vec<ComparedType>,
    pub(crate) diagnostics: Diagnostics,
}

/// A type and the baseline that it must be compatible with.
pub(crate) struct ComparedType {
    /// The subject; with a revision, where there are none, what the type is called there.
    pub(crate) subject: String,
    /// What the type is called now; `None` when it is gone.
    pub(crate) type_name: Option<String>,
    pub(crate) level: CompatibilityLevel,
    /// What is compared with first: the newest version, or the revision.
    pub(crate) newest: BaselineName,
    /// What has the same schema.
    pub(crate) same_as: Option<BaselineName>,
    /// Why the schema may not follow; nothing when it may.
    pub(crate) differences: Vec<Difference>,
}

impl From<LockCheck> for Compared {
    fn from(check: LockCheck) -> Compared {
        let types = check.subjects.into_iter().map(|checked| {
            let CheckedSubject { subject, level, newest, type_name, released_as, differences, .. } = checked;
            let (newest, same_as) = (BaselineName::Version(newest), released_as.map(BaselineName::Version));
            ComparedType { subject, type_name, level, newest, same_as, differences }
        });
        Compared { types: types.collect(), diagnostics: check.diagnostics }
    }
}

impl ComparedType {
    /// It in one line.
    pub(crate) fn sentence(&self) -> (Paint, String) {
        let ComparedType { subject, level, newest, .. } = self;
        match (&self.type_name, &self.same_as) {
            (None, _) => (Paint::Warning, format!("{subject}: its type is gone since {newest}")),
            (_, Some(version @ BaselineName::Version(_))) => (Paint::Good, format!("{subject}: the same as {version}")),
            (_, Some(name)) => (Paint::Good, format!("{subject}: the same as in {name}")),
            (_, None) if self.differences.is_empty() => {
                (Paint::Good, format!("{subject}: differs from {newest} as {level} allows"))
            }
            (_, None) => (Paint::Bad, format!("{subject}: differs from {newest} as {level} forbids")),
        }
    }

    /// Numbers of versions where there are versions, and the name of the revision where there is one.
    pub(crate) fn as_json(&self) -> Value {
        let mut json = json!({
            "subject": self.subject,
            "type": self.type_name,
            "level": self.level.as_str(),
            "differences": self.differences.iter().map(difference_as_json).collect::<Vec<_>>(),
        });
        match self.newest.version() {
            Some(newest) => {
                json["newest"] = json!(newest);
                json["released_as"] = json!(self.same_as.as_ref().and_then(BaselineName::version));
            }
            None => {
                json["revision"] = json!(self.newest.to_string());
                json["is_unchanged"] = json!(self.same_as.is_some());
            }
        }
        json
    }
}

fn difference_as_json(difference: &Difference) -> Value {
    let mut json = json!({
        "direction": match difference.direction {
            Direction::Backward => "backward",
            Direction::Forward => "forward",
        },
        "kind": difference.mismatch.kind.as_str(),
        "path": difference.mismatch.path,
        "message": difference.mismatch.message,
        "sentence": difference.sentence(),
    });
    match difference.baseline.version() {
        Some(version) => json["version"] = json!(version),
        None => json["revision"] = json!(difference.baseline.to_string()),
    }
    json
}
