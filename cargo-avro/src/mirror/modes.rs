//! The modes of the target: it imports as long as something is written, and is as before afterwards.

use std::collections::BTreeSet;

use schema_registry::{Mode, RegistryError, SchemaRegistry};

use super::ends::context_of;
use super::plan::{Outcome, Plan};
use super::settings::{Change, context_scope, is_registry, own_mode, put_mode};

pub(super) struct ImportMode<'a> {
    to: &'a SchemaRegistry,
    /// What was set before, by subject or context: `None` where nothing was.
    before: Vec<(String, Option<Mode>)>,
    pub(super) was_importing: bool,
}

impl<'a> ImportMode<'a> {
    pub(super) fn new(to: &'a SchemaRegistry) -> ImportMode<'a> {
        ImportMode { to, before: Vec::new(), was_importing: false }
    }

    /// Lets the target import into what the plan changes. In a context that imports nobody else can register, so that
    /// no id is given twice.
    pub(super) async fn begin(&mut self, plan: &Plan) -> Result<(), RegistryError> {
        let changed =
            plan.items.iter().filter(|(_, item)| matches!(item.outcome, Outcome::Lacking | Outcome::ToDelete));
        let versions = changed.map(|((subject, _), _)| subject.clone());
        let settings = plan.settings.iter().filter(|setting| matches!(setting.change, Change::Config(_)));
        let changed: BTreeSet<String> = versions.chain(settings.map(|setting| setting.scope.clone())).collect();
        let contexts: BTreeSet<String> = changed.iter().map(|scope| context_scope(&context_of(scope))).collect();
        for context in &contexts {
            let before = own_mode(self.to, context).await?;
            self.was_importing |= before == Some(Mode::Import);
            self.import(context, before).await?;
        }
        for subject in changed.iter().filter(|scope| plan.known.contains(*scope) && !contexts.contains(*scope)) {
            // A mode of its own counts more than that of its context.
            if let Some(before) = own_mode(self.to, subject).await? {
                self.import(subject, Some(before)).await?;
            }
        }
        Ok(())
    }

    async fn import(&mut self, scope: &str, before: Option<Mode>) -> Result<(), RegistryError> {
        match before {
            Some(Mode::Import) => return Ok(()),
            // That of the whole registry, which no other mode overrides.
            Some(Mode::ReadonlyOverride) if !is_registry(scope) => return Ok(()),
            _ => {}
        }
        // Also if the answer is lost.
        self.before.push((scope.to_owned(), before));
        put_mode(self.to, scope, Mode::Import).await
    }

    /// Sets the modes that were set before.
    ///
    /// # Errors
    /// The first one; the other modes are set all the same.
    pub(super) async fn end(&mut self) -> Result<(), RegistryError> {
        let mut outcome = Ok(());
        while let Some((scope, before)) = self.before.pop() {
            let restored = match before {
                Some(mode) => put_mode(self.to, &scope, mode).await,
                None => match self.to.reset_mode(&scope).await {
                    // It was never set.
                    Err(error) if error.is_not_found() => Ok(()),
                    reset => reset,
                },
            };
            outcome = outcome.and(restored);
        }
        outcome
    }
}
