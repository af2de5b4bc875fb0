//! Levels and modes: of the registry, of a context (`:.ctx:`) and of a subject. No I/O.

use std::collections::BTreeMap;

use avro_model::compatibility::CompatibilityLevel;

use super::refusal::Refusal;
use super::store::Store;
use super::subject::Subject;
use super::version::Include;
use crate::mode::Mode;

/// What was set, by scope: a qualified subject, a context as `:.ctx:`, or nothing for the registry.
#[derive(Debug, Default)]
pub(super) struct Settings {
    levels: BTreeMap<String, CompatibilityLevel>,
    modes: BTreeMap<String, Mode>,
}

impl Settings {
    /// Takes everything back that was set for a scope.
    pub(super) fn forget(&mut self, scope: &str) {
        self.levels.remove(scope);
        self.modes.remove(scope);
    }
}

/// The scope of a setting in a request: a subject or a context; the registry where none is named.
pub(crate) fn scope(subject: Option<&str>) -> Result<Subject, Refusal> {
    subject.map_or_else(|| Ok(Subject::parse("")), Subject::checked)
}

impl Store {
    /// The level that counts for a subject.
    pub(crate) fn effective_level(&self, subject: &Subject) -> CompatibilityLevel {
        subject.scopes().iter().find_map(|scope| self.settings.levels.get(*scope)).copied().unwrap_or_default()
    }

    /// The level that was set for this scope; the registry always has one.
    pub(crate) fn own_level(&self, scope: &Subject) -> Result<CompatibilityLevel, Refusal> {
        match self.settings.levels.get(scope.as_str()) {
            Some(level) => Ok(*level),
            None if scope.as_str().is_empty() => Ok(CompatibilityLevel::default()),
            None => Err(Refusal::level_not_found(scope.as_str())),
        }
    }

    pub(crate) fn set_level(&mut self, scope: &Subject, level: CompatibilityLevel) -> Result<(), Refusal> {
        self.require_writable(scope)?;
        self.settings.levels.insert(scope.as_str().to_owned(), level);
        Ok(())
    }

    /// Takes a level back, and gives what it was.
    pub(crate) fn delete_level(&mut self, scope: &Subject) -> Result<CompatibilityLevel, Refusal> {
        self.require_writable(scope)?;
        match self.settings.levels.remove(scope.as_str()) {
            Some(level) => Ok(level),
            None if scope.as_str().is_empty() => Ok(CompatibilityLevel::default()),
            None => Err(Refusal::subject_not_found(scope.as_str())),
        }
    }

    /// The mode that counts for a subject.
    pub(crate) fn effective_mode(&self, subject: &Subject) -> Mode {
        let global = self.settings.modes.get("").copied().unwrap_or_default();
        if global == Mode::ReadonlyOverride {
            return global;
        }
        subject.scopes().iter().find_map(|scope| self.settings.modes.get(*scope)).copied().unwrap_or_default()
    }

    /// The mode that was set for this scope; the registry always has one.
    pub(crate) fn own_mode(&self, scope: &Subject) -> Result<Mode, Refusal> {
        match self.settings.modes.get(scope.as_str()) {
            Some(mode) => Ok(*mode),
            None if scope.as_str().is_empty() => Ok(Mode::default()),
            None => Err(Refusal::mode_not_found(scope.as_str())),
        }
    }

    /// Sets a mode. Importing begins with nothing, so that no id is given out twice, unless `force` says that it is known better.
    pub(crate) fn set_mode(&mut self, scope: &Subject, mode: Mode, force: bool) -> Result<(), Refusal> {
        let begins_to_import = mode == Mode::Import && self.own_mode(scope).ok() != Some(Mode::Import);
        if begins_to_import && !force {
            if self.subjects("", Include::Live).iter().any(|subject| scope.covers(subject)) {
                return Err(Refusal::cannot_import());
            }
            self.clear_deleted(scope);
        }
        self.settings.modes.insert(scope.as_str().to_owned(), mode);
        Ok(())
    }

    /// Takes a mode back, and gives what it was.
    pub(crate) fn delete_mode(&mut self, scope: &Subject) -> Result<Mode, Refusal> {
        match self.settings.modes.remove(scope.as_str()) {
            Some(mode) => Ok(mode),
            None if scope.as_str().is_empty() => Ok(Mode::default()),
            None => Err(Refusal::subject_not_found(scope.as_str())),
        }
    }

    pub(super) fn require_writable(&self, subject: &Subject) -> Result<(), Refusal> {
        match self.effective_mode(subject) {
            Mode::Readwrite | Mode::Import => Ok(()),
            Mode::Readonly | Mode::ReadonlyOverride => Err(Refusal::mode_forbids(subject, "is in read-only mode")),
        }
    }
}
