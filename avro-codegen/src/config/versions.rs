//! Versions of the lock as types.

use avro_model::SourceId;

use super::Config;
use super::evolution::WantedVersion;
use crate::error::Error;
use crate::generate::{Generated, ModuleOfSources, code};
use crate::lock::{Lock, LockError};
use crate::released::{Release, Releases, TypePlace};

impl Config {
    /// The text of the modules of versions, beside `generated`. An option that is about something in one of them is not
    /// unused.
    pub(super) fn generate_versions(&self, lock: Option<&Lock>, generated: &mut Generated) -> Result<String, Error> {
        let mut text = String::new();
        let Some(lock) = lock else { return Ok(text) };
        let mut done: Vec<&str> = Vec::new();
        for WantedVersion { module, .. } in &self.versions {
            if done.contains(&module.as_str()) {
                continue;
            }
            done.push(module);
            let wanted: Vec<&WantedVersion> = self.versions.iter().filter(|wanted| wanted.module == *module).collect();
            if generated.names_at_the_top.contains(module)
                && let Some(first) = wanted.first()
            {
                return Err(Error::ModuleTaken { call: first.call(), module: module.clone() });
            }
            let of_module = self.generate_module(lock, module, &wanted)?;
            text.push('\n');
            text.push_str(&of_module.text);
            generated.keep_unused_in(&of_module);
        }
        Ok(text)
    }

    fn generate_module(&self, lock: &Lock, name: &str, wanted: &[&WantedVersion]) -> Result<Generated, Error> {
        let mut versions: Vec<usize> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for WantedVersion { subject, version, .. } in wanted {
            let index = lock.index_or_error(subject, *version)?;
            if !versions.contains(&index) {
                versions.push(index);
                names.push(format!("version {version} of `{subject}`"));
            }
        }
        // Versions that disagree about a type are no fault of the lock: they cannot be in one module.
        let linked = lock.link(&versions).map_err(|error| match error {
            LockError::Invalid(wrong) if versions.len() > 1 => Error::Schemas(wrong),
            other => Error::Lock(other),
        })?;
        let mut releases = Releases::new();
        let mut roots = Vec::new();
        for (source, version) in versions.iter().filter_map(|index| lock.versions().get(*index)).enumerate() {
            let source = SourceId(source);
            roots.push(source);
            let place = match linked.root(source).kind {
                avro_model::Kind::Named(id) => TypePlace::Definition(id),
                _ => TypePlace::Root(source),
            };
            releases.entry(place).or_default().push(Release::of(version));
        }
        let module = ModuleOfSources { name, doc: format!("As released: {}.", names.join(", ")), roots };
        // Nobody can change what is released: there is nothing to warn of.
        let generated = code(&linked.set, &self.options, &releases, Some(&module));
        generated.map_err(|wrong| Error::Schemas(lock.with_real_text(&linked, wrong)))
    }
}
