//! Levels, modes and what else can be set: for the default context (as the registry), for a context (`:.ctx:`) and for
//! a subject. No I/O.

use std::collections::BTreeMap;

use avro_model::compatibility::CompatibilityLevel;

use super::change::Change;
use super::config::Config;
use super::refusal::Refusal;
use super::store::Store;
use super::subject::Subject;
use super::version::Include;
use crate::mode::Mode;

/// What was set, by scope: a qualified subject, a context as `:.ctx:`, or nothing for the registry.
#[derive(Debug, Default, Clone)]
pub(super) struct ConfigsAndModes {
    configs: BTreeMap<String, Config>,
    modes: BTreeMap<String, Mode>,
}

impl ConfigsAndModes {
    /// The scopes for which another subject is set.
    pub(super) fn with_alias(&self) -> impl Iterator<Item = &str> {
        self.configs.iter().filter(|(_, config)| config.alias.is_some()).map(|(scope, _)| scope.as_str())
    }

    pub(super) fn as_changes(&self) -> Vec<Change> {
        let configs = self.configs.iter();
        let configs =
            configs.map(|(scope, config)| Change::Config { scope: scope.clone(), config: Some(config.clone()) });
        let modes = self.modes.iter().map(|(scope, mode)| Change::Mode { scope: scope.clone(), mode: Some(*mode) });
        configs.chain(modes).collect()
    }
}

/// The scope of a setting that is to be made: a subject or a context; the registry where none is named.
pub(crate) fn scope(subject: Option<&str>) -> Result<Subject, Refusal> {
    subject.map_or_else(|| Ok(Subject::parse("")), Subject::checked)
}

impl Store {
    /// The subject that a request means: the one that this is an alias of, if it is one.
    pub(crate) fn subject(&self, text: &str) -> Subject {
        let subject = Subject::parse(text);
        let alias = self.by_scope.configs.get(subject.as_str()).and_then(|config| config.alias.as_deref());
        match alias.filter(|alias| !alias.is_empty() && !subject.name().is_empty()) {
            Some(alias) => Subject::of_reference(subject.context(), alias),
            None => subject,
        }
    }

    /// What counts for a subject: that of the innermost scope for which anything was set, as a whole. Only a level is
    /// looked for further out, since there is always one.
    pub(crate) fn effective_config(&self, subject: &Subject) -> Config {
        let mut set = subject.scopes().into_iter().filter_map(|scope| self.by_scope.configs.get(scope));
        let mut config = set.next().cloned().unwrap_or_default();
        config.level =
            config.level.or_else(|| set.find_map(|outer| outer.level)).or_else(|| Some(CompatibilityLevel::default()));
        config
    }

    /// What was set for this scope; the registry always has a level.
    pub(crate) fn own_config(&self, scope: &Subject) -> Result<Config, Refusal> {
        if scope.as_str().is_empty() {
            return Ok(self.effective_config(scope));
        }
        let config = self.by_scope.configs.get(scope.as_str()).cloned();
        config.ok_or_else(|| Refusal::level_not_found(scope.as_str()))
    }

    pub(crate) fn set_config(&mut self, scope: &Subject, config: Config) -> Result<(), Refusal> {
        self.require_writable(scope)?;
        let mut updated = self.by_scope.configs.get(scope.as_str()).cloned().unwrap_or_default();
        updated.update(config);
        self.put_config(scope.as_str(), Some(updated));
        Ok(())
    }

    /// Removes what was set, and returns it.
    pub(crate) fn delete_config(&mut self, scope: &Subject) -> Result<Config, Refusal> {
        let config = self.own_config(scope).map_err(|_| Refusal::subject_not_found(scope.as_str()))?;
        self.require_writable(scope)?;
        self.put_config(scope.as_str(), None);
        Ok(config)
    }

    /// The mode that counts for a subject.
    pub(crate) fn effective_mode(&self, subject: &Subject) -> Mode {
        self.overriding_mode().unwrap_or_else(|| {
            subject.scopes().into_iter().find_map(|scope| self.by_scope.modes.get(scope)).copied().unwrap_or_default()
        })
    }

    /// The mode that was set for this scope; the registry always has one.
    pub(crate) fn own_mode(&self, scope: &Subject) -> Result<Mode, Refusal> {
        match self.overriding_mode().or_else(|| self.by_scope.modes.get(scope.as_str()).copied()) {
            Some(mode) => Ok(mode),
            None if scope.as_str().is_empty() => Ok(Mode::default()),
            None => Err(Refusal::mode_not_found(scope.as_str())),
        }
    }

    /// The registry's mode where it counts in every scope.
    fn overriding_mode(&self) -> Option<Mode> {
        self.by_scope.modes.get("").copied().filter(|mode| *mode == Mode::ReadonlyOverride)
    }

    /// Sets a mode. Importing begins with an empty scope, so that no id is assigned twice, unless `force` is set.
    pub(crate) fn set_mode(&mut self, scope: &Subject, mode: Mode, force: bool) -> Result<(), Refusal> {
        let begins_to_import = mode == Mode::Import && self.effective_mode(scope) != Mode::Import;
        if begins_to_import && !force {
            if self.subjects("", Include::Live).iter().any(|subject| scope.covers(subject)) {
                return Err(Refusal::cannot_import());
            }
            self.clear_deleted(scope)?;
        }
        self.put_mode(scope.as_str(), Some(mode));
        Ok(())
    }

    /// Removes a mode, and returns it.
    pub(crate) fn delete_mode(&mut self, scope: &Subject) -> Result<Mode, Refusal> {
        let mode = self.own_mode(scope).map_err(|_| Refusal::subject_not_found(scope.as_str()))?;
        self.put_mode(scope.as_str(), None);
        Ok(mode)
    }

    /// Removes everything that was set for a scope.
    pub(super) fn forget_settings(&mut self, scope: &str) {
        self.put_config(scope, None);
        self.put_mode(scope, None);
    }

    pub(super) fn put_config(&mut self, scope: &str, config: Option<Config>) {
        let before = match config.clone() {
            Some(config) => self.by_scope.configs.insert(scope.to_owned(), config),
            None => self.by_scope.configs.remove(scope),
        };
        if before != config {
            self.changes.push(Change::Config { scope: scope.to_owned(), config });
        }
    }

    pub(super) fn put_mode(&mut self, scope: &str, mode: Option<Mode>) {
        let before = match mode {
            Some(mode) => self.by_scope.modes.insert(scope.to_owned(), mode),
            None => self.by_scope.modes.remove(scope),
        };
        if before != mode {
            self.changes.push(Change::Mode { scope: scope.to_owned(), mode });
        }
    }

    pub(super) fn require_writable(&self, subject: &Subject) -> Result<(), Refusal> {
        match self.effective_mode(subject) {
            Mode::Readwrite | Mode::Import => Ok(()),
            Mode::Readonly | Mode::ReadonlyOverride => Err(Refusal::mode_forbids(subject, "is in read-only mode")),
        }
    }
}
