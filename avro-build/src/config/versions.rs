//! Versions of the lock as types.

use avro_codegen::{Generated, Generator, ModuleName, ModuleOfSources, Releases, TypeId};
use avro_model::{Kind, SourceId};

use super::Config;
use super::evolution::WantedVersion;
use super::modules::keep_unused_in;
use crate::error::Error;
use crate::lock::{Lock, LockError, release_of};

impl Config {
    /// The code of the modules of versions, beside `generated`. An option that is about something in one of them is not
    /// unused.
    pub(super) fn generate_versions(&self, lock: Option<&Lock>, generated: &mut Generated) -> Result<String, Error> {
        let mut code = String::new();
        let Some(lock) = lock else { return Ok(code) };
        let mut done: Vec<&ModuleName> = Vec::new();
        for WantedVersion { module, .. } in &self.versions {
            if done.contains(&module) {
                continue;
            }
            done.push(module);
            let wanted: Vec<&WantedVersion> = self.versions.iter().filter(|wanted| wanted.module == *module).collect();
            if generated.names_at_the_top.iter().any(|taken| taken == module.as_str())
                && let Some(first) = wanted.first()
            {
                return Err(Error::ModuleTaken { call: first.call(), module: module.as_str().to_owned() });
            }
            let of_module = self.generate_module(lock, module, &wanted)?;
            code.push('\n');
            code.push_str(&of_module.code);
            keep_unused_in(&of_module, generated);
        }
        Ok(code)
    }

    fn generate_module(&self, lock: &Lock, name: &ModuleName, wanted: &[&WantedVersion]) -> Result<Generated, Error> {
        let mut versions: Vec<usize> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for WantedVersion { subject, version, .. } in wanted {
            let index = lock.index_or_error(subject, *version)?;
            if !versions.contains(&index) {
                versions.push(index);
                names.push(format!("version {version} of `{subject}`"));
            }
        }
        // Versions that disagree about a type are not an error of the lock: they cannot be in one module.
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
                Kind::Named(id) => TypeId::Definition(id),
                _ => TypeId::Root(source),
            };
            releases.entry(place).or_default().push(release_of(version));
        }
        let doc = format!("As released: {}.", names.join(", "));
        let module = ModuleOfSources::new(name.clone(), doc, roots);
        // Nobody can change what is released: there is nothing to warn of.
        let generator = Generator::new(&linked.set, &self.options).releases(releases).module(module);
        generator.generate().map_err(|wrong| Error::Schemas(lock.with_real_text(&linked, wrong)))
    }
}
