//! Compatibility checks of the embedded registry. No I/O.

use avro_model::Schema;
use avro_model::compatibility::check_readable;

use super::refusal::Refusal;
use super::store::{Include, Store, StoredSchema, Version, VersionName};
use crate::compatibility::CompatibilityLevel;
use crate::wire::{CompatibilityAnswer, SchemaRequest};

impl Store {
    /// Whether a schema could be registered: against the versions that the level asks for, or against
    /// `version` alone.
    pub(crate) fn check(
        &self,
        subject: &str,
        version: Option<VersionName>,
        request: &SchemaRequest<'_>,
        verbose: bool,
    ) -> Result<CompatibilityAnswer, Refusal> {
        let level = self.effective_level(subject);
        let messages = match version {
            None => {
                let candidate = self.read(request)?;
                self.incompatibilities(subject, &candidate.schema)
            }
            Some(version) => {
                let version = self.version_entry(subject, version, Include::Live)?;
                let candidate = self.read(request)?;
                self.incompatibilities_with(level, &[version], &candidate.schema)
            }
        };
        Ok(CompatibilityAnswer { is_compatible: messages.is_empty(), messages: verbose.then_some(messages) })
    }

    /// What keeps a schema from being the next version of `subject`; nothing when it may be.
    pub(super) fn incompatibilities(&self, subject: &str, candidate: &Schema) -> Vec<String> {
        let level = self.effective_level(subject);
        let live = self.live(subject);
        let checked =
            if is_transitive(level) { &live[..] } else { live.last().map(std::slice::from_ref).unwrap_or_default() };
        self.incompatibilities_with(level, checked, candidate)
    }

    fn incompatibilities_with(
        &self,
        level: CompatibilityLevel,
        versions: &[Version],
        candidate: &Schema,
    ) -> Vec<String> {
        // The newest version first, since that is the one that people know.
        let mut messages: Vec<_> = versions
            .iter()
            .rev()
            .filter_map(|version| Some((version, self.schema(version.id).ok()?)))
            .flat_map(|(version, earlier)| incompatibilities_of_pair(level, version, earlier, candidate))
            .collect();
        if !messages.is_empty() {
            messages.push(format!("{{compatibility: '{level}'}}"));
        }
        messages
    }
}

/// The messages for one earlier version, in the form of Confluent's registry.
fn incompatibilities_of_pair(
    level: CompatibilityLevel,
    version: &Version,
    earlier: &StoredSchema,
    candidate: &Schema,
) -> Vec<String> {
    let mut mismatches = Vec::new();
    if is_backward(level) {
        mismatches.extend(check_readable(candidate, &earlier.schema));
    }
    if is_forward(level) {
        mismatches.extend(check_readable(&earlier.schema, candidate));
    }
    let mut messages: Vec<_> = mismatches
        .iter()
        .map(|mismatch| {
            let (kind, path, message) = (mismatch.kind, &mismatch.path, &mismatch.message);
            format!("{{errorType:'{kind}', description:'{message}', additionalInfo:'at {path}'}}")
        })
        .collect();
    if !messages.is_empty() {
        messages.push(format!("{{oldSchemaVersion: {}}}", version.number));
        messages.push(format!("{{oldSchema: '{}'}}", earlier.text));
    }
    messages
}

fn is_backward(level: CompatibilityLevel) -> bool {
    use CompatibilityLevel::{Backward, BackwardTransitive, Full, FullTransitive};
    matches!(level, Backward | BackwardTransitive | Full | FullTransitive)
}

fn is_forward(level: CompatibilityLevel) -> bool {
    use CompatibilityLevel::{Forward, ForwardTransitive, Full, FullTransitive};
    matches!(level, Forward | ForwardTransitive | Full | FullTransitive)
}

fn is_transitive(level: CompatibilityLevel) -> bool {
    use CompatibilityLevel::{BackwardTransitive, ForwardTransitive, FullTransitive};
    matches!(level, BackwardTransitive | ForwardTransitive | FullTransitive)
}
