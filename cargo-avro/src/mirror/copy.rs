//! Writing the versions of a plan.

use std::cell::Cell;

use futures_util::{StreamExt, stream};
use schema_registry::{Deletion, RegistryError, SchemaRegistry};

use super::plan::{Item, Key, Outcome, Plan, groups};
use super::{AT_A_TIME, Problem};
use crate::failure::causes;
use crate::interruption::Interruption;
use crate::progress;

/// Copies what the target lacks, and deletes what the source no longer has. What is refused is a problem of its own, as
/// is everything that refers to it.
///
/// # Errors
/// When the target cannot be reached.
pub(super) async fn copy(
    to: &SchemaRegistry,
    plan: &mut Plan,
    interruption: &Interruption,
) -> Result<(), RegistryError> {
    let bar = &progress::bar("copying", plan.count(Outcome::Lacking) + plan.count(Outcome::ToDelete));
    let import = |key: &Key, item: &Item| {
        let (subject, version) = key.clone();
        let (id, schema, is_deleted) = (item.stored.id(), item.stored.schema().clone(), item.is_deleted);
        async move {
            to.import(&subject, version, id, &schema).await?;
            // At once, before something refers to it: then it could not be deleted any more.
            if is_deleted {
                to.delete_version(&subject, version, Deletion::Soft).await?;
            }
            bar.inc(1);
            Ok(())
        }
    };
    let delete = |key: &Key, _: &Item| {
        let (subject, version) = key.clone();
        async move {
            to.delete_version(&subject, version, Deletion::Soft).await?;
            bar.inc(1);
            Ok(())
        }
    };
    let outcome = async {
        for group in groups(&plan.items, Outcome::Lacking) {
            let ready = without_blocked(plan, group);
            let results = in_parallel(plan, &ready, interruption, import).await;
            settle(plan, results, Outcome::Copied)?;
        }
        // What refers to something is deleted before that.
        for group in groups(&plan.items, Outcome::ToDelete).iter().rev() {
            let results = in_parallel(plan, group, interruption, delete).await;
            settle(plan, results, Outcome::Deleted)?;
        }
        Ok(())
    };
    let outcome = outcome.await;
    bar.finish_and_clear();
    outcome
}

/// The versions that do not refer to a refused one.
fn without_blocked(plan: &mut Plan, group: Vec<Key>) -> Vec<Key> {
    let mut ready = Vec::new();
    for key in group {
        let is_refused =
            |reference: &&Key| plan.items.get(*reference).is_some_and(|item| item.outcome == Outcome::Refused);
        let item = plan.items.get(&key);
        let Some((subject, version)) = item.and_then(|item| item.references.iter().find(is_refused)).cloned() else {
            ready.push(key);
            continue;
        };
        let reasons =
            vec![format!("it is not copied, because it refers to version {version} of `{subject}`, which is not")];
        refuse(plan, key, reasons);
    }
    ready
}

/// Each with its result; `None` where the command was interrupted or the target failed before.
type Results = Vec<(Key, Option<Result<(), RegistryError>>)>;

async fn in_parallel<F: Future<Output = Result<(), RegistryError>>>(
    plan: &Plan,
    group: &[Key],
    interruption: &Interruption,
    change: impl Fn(&Key, &Item) -> F,
) -> Results {
    let is_over = &Cell::new(false);
    let items = group.iter().filter_map(|key| Some((key, plan.items.get(key)?)));
    let changes = items.map(|(key, item)| {
        let change = change(key, item);
        async move {
            if interruption.is_wanted() || is_over.get() {
                return (key.clone(), None);
            }
            let changed = change.await;
            if changed.as_ref().is_err_and(|error| !is_about_one(error)) {
                is_over.set(true);
            }
            (key.clone(), Some(changed))
        }
    });
    stream::iter(changes).buffer_unordered(AT_A_TIME).collect().await
}

/// Enters the results into the plan.
fn settle(plan: &mut Plan, results: Results, done: Outcome) -> Result<(), RegistryError> {
    let mut failed = None;
    for (key, result) in results {
        match result {
            Some(Ok(())) => {
                if let Some(item) = plan.items.get_mut(&key) {
                    item.outcome = done;
                }
            }
            Some(Err(error)) if is_about_one(&error) => refuse(plan, key, causes(&error)),
            Some(Err(error)) => failed = Some(error),
            None => {}
        }
    }
    failed.map_or(Ok(()), Err)
}

fn refuse(plan: &mut Plan, key: Key, reasons: Vec<String>) {
    if let Some(item) = plan.items.get_mut(&key) {
        item.outcome = Outcome::Refused;
    }
    plan.problems.push(Problem { subject: key.0, version: key.1, reasons });
}

/// Whether the others can be copied all the same.
fn is_about_one(error: &RegistryError) -> bool {
    !error.is_retriable() && matches!(error, RegistryError::Http { status: 400 | 402..=499, .. })
}
