//! Levels, modes and what else is set for subjects and contexts.

use std::collections::BTreeSet;

use clap::ValueEnum;
use futures_util::{StreamExt, TryStreamExt, stream};
use schema_registry::{Context, Mode, RegistryError, SchemaRegistry, SubjectConfig};

use super::AT_A_TIME;
use super::ends::{Ends, context_of, name_of};
use super::plan::Item;

/// Whose settings are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Extent {
    /// Nobody's.
    None,
    /// Those of the subjects that are copied.
    Subjects,
    /// Those of their contexts, too; the default context is the registry.
    All,
}

/// Something that is set in the source, and not in the target.
#[derive(Debug)]
pub(crate) struct Setting {
    /// In the target: a subject, or a context such as `:.team:`.
    pub(crate) scope: String,
    pub(crate) change: Change,
    pub(crate) is_done: bool,
}

#[derive(Debug)]
pub(crate) enum Change {
    Config(SubjectConfig),
    Mode(Mode),
}

/// Finds what is set in the source and not in the target. What is set in the target alone stays.
pub(super) async fn compare<'i>(
    ends: &Ends,
    items: impl Iterator<Item = (&'i String, &'i Item)>,
    levels: Extent,
    modes: Extent,
) -> Result<Vec<Setting>, RegistryError> {
    // A subject of which nothing is live has no settings.
    let subjects: BTreeSet<(String, String)> =
        items.filter(|(_, item)| !item.is_deleted).map(|(target, item)| (item.from.clone(), target.clone())).collect();
    let contexts: BTreeSet<(String, String)> = subjects
        .iter()
        .map(|(source, target)| (context_scope(&context_of(source)), context_scope(&context_of(target))))
        .collect();
    let scopes = |extent| {
        let subjects = subjects.iter().filter(move |_| extent != Extent::None);
        subjects.chain(contexts.iter().filter(move |_| extent == Extent::All))
    };
    let configs = stream::iter(scopes(levels)).map(|(source, target)| async move {
        let Some(config) = own_config(&ends.from, source).await? else { return Ok(None) };
        let theirs = own_config(&ends.to, target).await?;
        let differs = !theirs.is_some_and(|theirs| theirs.includes(&config));
        Ok::<_, RegistryError>(differs.then(|| Setting::new(target, Change::Config(config))))
    });
    let configs: Vec<_> = configs.buffered(AT_A_TIME).try_collect().await?;
    let modes = stream::iter(scopes(modes)).map(|(source, target)| async move {
        let Some(mode) = own_mode(&ends.from, source).await? else { return Ok(None) };
        let differs = own_mode(&ends.to, target).await? != Some(mode);
        Ok::<_, RegistryError>(differs.then(|| Setting::new(target, Change::Mode(mode))))
    });
    let modes: Vec<_> = modes.buffered(AT_A_TIME).try_collect().await?;
    Ok(configs.into_iter().chain(modes).flatten().collect())
}

/// Makes the changes of a kind, one after the other: a mode decides what may be changed after it.
pub(super) async fn set(
    to: &SchemaRegistry,
    settings: &mut [Setting],
    is_wanted: impl Fn(&Change) -> bool,
) -> Result<(), RegistryError> {
    for setting in settings.iter_mut().filter(|setting| is_wanted(&setting.change)) {
        match &setting.change {
            Change::Config(config) => put_config(to, &setting.scope, config).await?,
            Change::Mode(mode) => put_mode(to, &setting.scope, *mode).await?,
        }
        setting.is_done = true;
    }
    Ok(())
}

impl Setting {
    fn new(scope: &str, change: Change) -> Setting {
        Setting { scope: scope.to_owned(), change, is_done: false }
    }
}

/// Means the whole context where a subject is expected.
pub(super) fn context_scope(context: &Context) -> String {
    format!(":{context}:")
}

/// Whether this is the default context, whose settings are those of the registry.
pub(super) fn is_registry(scope: &str) -> bool {
    name_of(scope).is_empty() && context_of(scope).is_default()
}

async fn own_config(client: &SchemaRegistry, scope: &str) -> Result<Option<SubjectConfig>, RegistryError> {
    match is_registry(scope) {
        true => client.in_context(Context::default()).global_config().await.map(Some),
        false => client.own_config(scope).await,
    }
}

async fn put_config(client: &SchemaRegistry, scope: &str, config: &SubjectConfig) -> Result<(), RegistryError> {
    match is_registry(scope) {
        true => client.in_context(Context::default()).set_global_config(config).await,
        false => client.set_config(scope, config).await,
    }
}

pub(super) async fn own_mode(client: &SchemaRegistry, scope: &str) -> Result<Option<Mode>, RegistryError> {
    match is_registry(scope) {
        true => client.in_context(Context::default()).global_mode().await.map(Some),
        false => client.own_mode(scope).await,
    }
}

/// Importing is forced, since the target need not be empty; otherwise a registry would forget for good what is
/// soft-deleted.
pub(super) async fn put_mode(client: &SchemaRegistry, scope: &str, mode: Mode) -> Result<(), RegistryError> {
    let force = mode == Mode::Import;
    match is_registry(scope) {
        true => client.in_context(Context::default()).set_global_mode(mode, force).await,
        false => client.set_mode(scope, mode, force).await,
    }
}
