//! The store with its journal: what is changed is written before it counts.

use std::ops::Deref;

use super::journal::Journal;
use super::refusal::Refusal;
use super::store::Store;

/// What the registry knows, and where that is kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    store: Store,
    /// `None` for a registry that forgets.
    journal: Option<Journal>,
}

impl Kept {
    pub(super) fn new(store: Store, journal: Journal) -> Self {
        Self { store, journal: Some(journal) }
    }

    /// Makes a change, all of it or nothing: if it is refused, or cannot be written, everything is as it was.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Store) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let Some(journal) = &mut self.journal else {
            let answer = change(&mut self.store);
            self.store.take_changes();
            return answer;
        };
        // The schemas are shared by both: only what is about them is copied.
        let mut changed = self.store.clone();
        let answer = change(&mut changed)?;
        let changes = changed.take_changes();
        if changes.is_empty() {
            return Ok(answer);
        }
        journal.append(&changes).map_err(|error| Refusal::not_written(&error))?;
        self.store = changed;
        journal.rewrite_if_long(&self.store);
        Ok(answer)
    }
}

impl Deref for Kept {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}
