//! What is to be copied: read from both registries, compared, and put into an order.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use schema_registry::{RawVersion, RegistryError};

use super::ends::{Ends, Selection};
use super::settings::{self, Extent, Setting};
use super::{AT_A_TIME, Problem, target};
use crate::failure::{Failure, causes};
use crate::progress;

/// A version in the target: its subject and number.
pub(crate) type Key = (String, u32);

/// A version of the source, and what becomes of it.
#[derive(Debug)]
pub(crate) struct Item {
    /// The subject in the source.
    pub(crate) from: String,
    pub(crate) stored: RawVersion,
    /// Soft-deleted in the source.
    pub(crate) is_deleted: bool,
    /// Copied because others refer to it, and not because it was selected.
    pub(crate) is_referenced_only: bool,
    pub(super) references: Vec<Key>,
    pub(crate) outcome: Outcome,
}

/// What becomes of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is in the target as it is in the source.
    Present,
    /// The target lacks it.
    Lacking,
    /// It is in the target, but no longer in the source.
    ToDelete,
    /// It was lacking.
    Copied,
    /// It was to be deleted.
    Deleted,
    /// It was refused, or something that it refers to is missing.
    Refused,
}

pub(crate) struct Plan {
    pub(crate) items: BTreeMap<Key, Item>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) problems: Vec<Problem>,
    /// The subjects that the target has, deleted ones included.
    pub(super) known: BTreeSet<String>,
}

impl Plan {
    pub(crate) fn has_changes(&self) -> bool {
        let mut items = self.items.values();
        items.any(|item| matches!(item.outcome, Outcome::Lacking | Outcome::ToDelete)) || !self.settings.is_empty()
    }

    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.items.values().filter(|item| item.outcome == outcome).count()
    }
}

/// Compares the registries. Nothing is written.
pub(crate) async fn plan(ends: &Ends, selection: &Selection, levels: Extent, modes: Extent) -> Result<Plan, Failure> {
    let subjects = selection.subjects(&ends.from).await?;
    if subjects.is_empty() {
        return Err(Failure::refused(
            "the source has no such subject",
            "`cargo avro list --subjects --registry URL` shows all subjects; is it the right registry and context?",
        ));
    }
    let mut problems = Vec::new();
    let mut items = read(ends, selection, &subjects).await?;
    add_references(ends, &mut items, &mut problems).await?;
    let known = target::compare(ends, &mut items, &mut problems).await?;
    let subjects = items.iter().map(|((subject, _), item)| (subject, item));
    let settings = settings::compare(ends, subjects, levels, modes).await?;
    Ok(Plan { items, settings, problems, known })
}

/// The versions that are selected.
async fn read(
    ends: &Ends,
    selection: &Selection,
    subjects: &BTreeSet<String>,
) -> Result<BTreeMap<Key, Item>, RegistryError> {
    let lists = stream::iter(subjects).map(|subject| async move {
        let versions = Versions::of(ends, subject, selection.deleted).await?;
        Ok::<_, RegistryError>(
            versions.all.into_iter().map(move |(version, is_deleted)| (subject, version, is_deleted)),
        )
    });
    let lists: Vec<_> = lists.buffer_unordered(AT_A_TIME).try_collect().await?;
    let wanted: Vec<_> = lists.into_iter().flatten().collect();
    let bar = progress::bar("reading", wanted.len());
    let items = stream::iter(wanted).map(|(subject, version, is_deleted)| {
        let bar = &bar;
        async move {
            let stored = ends.from.raw_version(subject, version).await?;
            bar.inc(1);
            Ok::<_, RegistryError>(item(ends, subject, stored, is_deleted, false))
        }
    });
    let items: Vec<_> = items.buffer_unordered(AT_A_TIME).try_collect().await?;
    bar.finish_and_clear();
    Ok(items.into_iter().flatten().collect())
}

/// `None` for a subject that is an alias: what it has is that of another subject.
fn item(
    ends: &Ends,
    from: &str,
    stored: RawVersion,
    is_deleted: bool,
    is_referenced_only: bool,
) -> Option<(Key, Item)> {
    if ends.from.qualify(stored.subject()) != from {
        return None;
    }
    let referred = |reference| ends.referred(from, reference).1;
    let references = stored.schema().references();
    let references = references.iter().map(|reference| (referred(reference), reference.version)).collect();
    let key = (ends.target_of(from), stored.version());
    let from = from.to_owned();
    Some((key, Item { from, stored, is_deleted, is_referenced_only, references, outcome: Outcome::Lacking }))
}

/// The numbers of the versions of a subject, and whether each is soft-deleted.
struct Versions {
    all: Vec<(u32, bool)>,
}

impl Versions {
    async fn of(ends: &Ends, subject: &str, deleted: bool) -> Result<Versions, RegistryError> {
        let live = match ends.from.versions(subject).await {
            Err(error) if error.is_not_found() && deleted => Vec::new(),
            live => live?,
        };
        let all = if deleted { ends.from.versions_with_deleted(subject).await? } else { live.clone() };
        Ok(Versions { all: all.into_iter().map(|version| (version, !live.contains(&version))).collect() })
    }
}

/// Adds what the versions refer to, directly or through others, whether it was selected or not.
async fn add_references(
    ends: &Ends,
    items: &mut BTreeMap<Key, Item>,
    problems: &mut Vec<Problem>,
) -> Result<(), RegistryError> {
    let mut asked: BTreeSet<Key> = BTreeSet::new();
    loop {
        // With the subject in the source.
        let mut missing: BTreeMap<Key, String> = BTreeMap::new();
        for item in items.values() {
            for reference in item.stored.schema().references() {
                let (source, target) = ends.referred(&item.from, reference);
                let referred = (target, reference.version);
                if !items.contains_key(&referred) && !asked.contains(&referred) {
                    missing.insert(referred, source);
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        asked.extend(missing.keys().cloned());
        let found = stream::iter(missing).map(|(key, source)| async move {
            let fetched = referred(ends, &source, key.1).await;
            (key, source, fetched)
        });
        let found: Vec<_> = found.buffer_unordered(AT_A_TIME).collect().await;
        for (key, source, fetched) in found {
            match fetched {
                Ok((stored, is_deleted)) => {
                    if let Some((_, item)) = item(ends, &source, stored, is_deleted, true) {
                        // It goes where the reference looks for it.
                        items.insert(key, item);
                    }
                }
                Err(error) if error.is_not_found() => refuse_referring(items, &key, &source, &error, problems),
                Err(error) => return Err(error),
            }
        }
    }
}

/// A version that something refers to, and whether it is soft-deleted.
async fn referred(ends: &Ends, subject: &str, version: u32) -> Result<(RawVersion, bool), RegistryError> {
    let stored = ends.from.raw_version(subject, version).await?;
    match ends.from.versions(subject).await {
        Ok(live) => Ok((stored, !live.contains(&version))),
        Err(error) if error.is_not_found() => Ok((stored, true)),
        Err(error) => Err(error),
    }
}

fn refuse_referring(
    items: &mut BTreeMap<Key, Item>,
    missing: &Key,
    source: &str,
    error: &RegistryError,
    problems: &mut Vec<Problem>,
) {
    for ((subject, version), item) in items.iter_mut().filter(|(_, item)| item.references.contains(missing)) {
        item.outcome = Outcome::Refused;
        let reason = format!("it refers to version {} of `{source}`, which the source does not have", missing.1);
        let reasons = std::iter::once(reason).chain(causes(error)).collect();
        problems.push(Problem { subject: subject.clone(), version: *version, reasons });
    }
}

/// The versions with an outcome, in groups: what a group refers to is in those before it.
pub(super) fn groups(items: &BTreeMap<Key, Item>, outcome: Outcome) -> Vec<Vec<Key>> {
    let mut left: BTreeSet<&Key> =
        items.iter().filter(|(_, item)| item.outcome == outcome).map(|(key, _)| key).collect();
    let mut groups = Vec::new();
    while !left.is_empty() {
        let is_ready = |key: &&Key| {
            let references = items.get(*key).map(|item| item.references.as_slice()).unwrap_or_default();
            !references.iter().any(|reference| left.contains(reference))
        };
        let mut ready: BTreeSet<&Key> = left.iter().copied().filter(is_ready).collect();
        if ready.is_empty() {
            // Circles, which a registry does not let happen: it refuses what is left.
            ready.clone_from(&left);
        }
        left.retain(|key| !ready.contains(key));
        groups.push(ready.into_iter().cloned().collect());
    }
    groups
}
