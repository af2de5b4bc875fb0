//! What the target has already, and what contradicts the source.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use schema_registry::{Context, RawVersion, RegistryError, SchemaId, SchemaUse};

use super::ends::{Ends, context_of};
use super::plan::{Item, Key, Outcome};
use super::{AT_A_TIME, Problem};
use crate::progress;

const REMEDY: &str =
    "copy into a context of its own with --to-context NAME, or delete for good what is in the way in the target";

/// Decides what becomes of each version, and returns the subjects that the target has, deleted ones included.
pub(super) async fn compare(
    ends: &Ends,
    items: &mut BTreeMap<Key, Item>,
    problems: &mut Vec<Problem>,
) -> Result<BTreeSet<String>, RegistryError> {
    let known = known_subjects(ends, items).await?;
    let versions = versions(ends, items, &known).await?;
    // Ids whose schema in the target is known to be the right one.
    let mut right = BTreeSet::new();
    for (key, (version, is_live)) in versions {
        let Some(item) = items.get_mut(&key) else { continue };
        let difference = item.stored.schema().difference(version.schema());
        if version.id() == item.stored.id() && difference.is_none() {
            right.insert((context_of(&key.0), version.id()));
            item.outcome = match (item.is_deleted, is_live) {
                (true, true) => Outcome::ToDelete,
                (false, false) => Outcome::Lacking,
                (true, false) | (false, true) => Outcome::Present,
            };
            continue;
        }
        item.outcome = Outcome::Refused;
        let (ours, theirs) = (item.stored.id(), version.id());
        let conflict = match difference {
            Some(difference) if ours == theirs => format!(
                "it has id {ours} in both registries, but another schema in the target: the {} differ",
                difference.as_str()
            ),
            _ => format!("it has id {ours} in the source, and id {theirs} in the target"),
        };
        problems.push(Problem { subject: key.0, version: key.1, reasons: vec![conflict, REMEDY.to_owned()] });
    }
    compare_ids(ends, items, &known, right, problems).await?;
    Ok(known)
}

/// One request for each context, unless one lists all of them.
async fn known_subjects(ends: &Ends, items: &BTreeMap<Key, Item>) -> Result<BTreeSet<String>, RegistryError> {
    let contexts: BTreeSet<Context> = items.keys().map(|(subject, _)| context_of(subject)).collect();
    let mut known = BTreeSet::new();
    for context in contexts {
        let client = ends.to.in_context(context);
        let subjects = client.subjects_with_deleted().await?;
        known.extend(subjects.iter().map(|subject| client.qualify(subject)));
    }
    Ok(known)
}

/// The versions of the target that are also in the source, and whether each is live.
async fn versions(
    ends: &Ends,
    items: &BTreeMap<Key, Item>,
    known: &BTreeSet<String>,
) -> Result<BTreeMap<Key, (RawVersion, bool)>, RegistryError> {
    let subjects: BTreeSet<&String> =
        items.keys().map(|(subject, _)| subject).filter(|one| known.contains(*one)).collect();
    let lists = stream::iter(subjects).map(|subject| async move {
        let live = match ends.to.versions(subject).await {
            Err(error) if error.is_not_found() => Vec::new(),
            live => live?,
        };
        let all = ends.to.versions_with_deleted(subject).await?;
        let keys = all.into_iter().map(|version| ((subject.clone(), version), live.contains(&version)));
        Ok::<_, RegistryError>(keys.filter(|(key, _)| items.contains_key(key)).collect::<Vec<_>>())
    });
    let lists: Vec<_> = lists.buffer_unordered(AT_A_TIME).try_collect().await?;
    let keys: Vec<_> = lists.into_iter().flatten().collect();
    let bar = progress::bar("comparing", keys.len());
    let versions = stream::iter(keys).map(|(key, is_live)| {
        let bar = &bar;
        async move {
            let version = ends.to.raw_version(&key.0, key.1).await?;
            bar.inc(1);
            Ok::<_, RegistryError>((key, (version, is_live)))
        }
    });
    let versions = versions.buffer_unordered(AT_A_TIME).try_collect().await?;
    bar.finish_and_clear();
    Ok(versions)
}

/// Finds ids that mean something else in the target. A context without subjects has no ids.
async fn compare_ids(
    ends: &Ends,
    items: &mut BTreeMap<Key, Item>,
    known: &BTreeSet<String>,
    right: BTreeSet<(Context, SchemaId)>,
    problems: &mut Vec<Problem>,
) -> Result<(), RegistryError> {
    let filled: BTreeSet<Context> = known.iter().map(|subject| context_of(subject)).collect();
    let mut wanted: BTreeMap<(Context, SchemaId), Key> = BTreeMap::new();
    for (key, item) in items.iter().filter(|(_, item)| item.outcome == Outcome::Lacking) {
        let place = (context_of(&key.0), item.stored.id());
        if filled.contains(&place.0) && !right.contains(&place) {
            wanted.insert(place, key.clone());
        }
    }
    let bar = progress::bar("comparing ids", wanted.len());
    let answers = stream::iter(wanted).map(|((context, id), key)| {
        let bar = &bar;
        async move {
            let client = ends.to.in_context(context);
            let found = match client.raw_schema(id).await {
                Ok(schema) => Some((schema, client.uses_of(id).await.unwrap_or_default())),
                Err(error) if error.is_not_found() => None,
                Err(error) => return Err(error),
            };
            bar.inc(1);
            Ok((key, found))
        }
    });
    let answers: Vec<_> = answers.buffer_unordered(AT_A_TIME).try_collect().await?;
    bar.finish_and_clear();
    for (key, found) in answers {
        let Some((schema, uses)) = found else { continue };
        let Some(difference) = items.get(&key).and_then(|item| item.stored.schema().difference(&schema)) else {
            continue;
        };
        let Some(id) = items.get(&key).map(|item| item.stored.id()) else { continue };
        let context = context_of(&key.0);
        let with_id = |(other, item): &(&Key, &mut Item)| context_of(&other.0) == context && item.stored.id() == id;
        for (key, item) in items.iter_mut().filter(with_id).filter(|(_, item)| item.outcome == Outcome::Lacking) {
            item.outcome = Outcome::Refused;
            let reasons = vec![taken(id, difference.as_str(), &uses), REMEDY.to_owned()];
            problems.push(Problem { subject: key.0.clone(), version: key.1, reasons });
        }
    }
    Ok(())
}

fn taken(id: SchemaId, difference: &str, uses: &[SchemaUse]) -> String {
    let uses: Vec<_> = uses.iter().map(|one| format!("version {} of `{}`", one.version, one.subject)).collect();
    let place = if uses.is_empty() { "a deleted version".to_owned() } else { uses.join(", ") };
    format!("it has id {id}, which is another schema in the target, {place}: the {difference} differ")
}
