//! What is released, for build scripts: the lock, the check against it, versions as types, ids from a registry.

use std::path::PathBuf;

use avro_codegen::{InvalidOption, ModuleName};

use super::Config;
use crate::registry::RegistryMode;

/// What a build does about schemas that may not follow what is released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnIncompatible {
    /// It fails, and shows each difference.
    #[default]
    Fail,
    /// It goes on, with a warning for each difference.
    Warn,
    /// Nothing. Ids that the lock has are still put into generated types.
    Ignore,
}

/// A version that is to be generated, too.
#[derive(Clone, Debug)]
pub(super) struct WantedVersion {
    pub(super) subject: String,
    pub(super) version: u32,
    pub(super) module: ModuleName,
}

impl WantedVersion {
    /// How it was asked for.
    pub(super) fn call(&self) -> String {
        call(&self.subject, self.version, self.module.as_str())
    }
}

fn call(subject: &str, version: u32, module: &str) -> String {
    format!("locked_version({subject:?}, {version}, {module:?})")
}

/// What is released: [`lock`](crate::lock) tells what the lock folder holds, and the page `docs/evolution.md` of the
/// repository how all of this is used.
impl Config {
    /// The lock folder, where it is not `schema-lock` beside `Cargo.toml`. That one is used when it is there.
    #[must_use]
    pub fn lock(mut self, dir: impl Into<PathBuf>) -> Config {
        self.lock = Some(dir.into());
        self
    }

    /// What to do about schemas that may not follow what is released; by default the build fails.
    #[must_use]
    pub fn on_incompatible(mut self, on_incompatible: OnIncompatible) -> Config {
        self.on_incompatible = on_incompatible;
        self
    }

    /// Which subject a type is released under: its fullname; for the schema of a file that has no name, the name of the
    /// file without the extension. A type may have several subjects.
    ///
    /// Only subjects that are not in the lock need this, when [`registry`](Config::registry) is to look them up, and
    /// types that take over a subject from a type of another name.
    #[must_use]
    pub fn subject(mut self, ty: impl Into<String>, subject: impl Into<String>) -> Config {
        self.subjects.push((ty.into(), subject.into()));
        self
    }

    /// Generates the types of a version in the lock as well, with the same options, in `pub mod <module>`. Namespaces
    /// are modules in it, as they are outside of it; the type of the subject is at the top, too, as `v1::Customer`,
    /// unless something else there has that name. Several versions may share a module, when they agree about the types
    /// that they share.
    ///
    /// It is for tests, which so can show that today's types read yesterday's bytes.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() {
    ///     avro_build::Config::new().schemas("schemas").locked_version("customer-value", 1, "v1").compile_or_exit();
    /// }
    /// ```
    #[must_use]
    pub fn locked_version(mut self, subject: impl Into<String>, version: u32, module: impl Into<String>) -> Config {
        let (subject, module) = (subject.into(), module.into());
        let call = call(&subject, version, &module);
        match ModuleName::try_from(module) {
            Ok(module) => self.versions.push(WantedVersion { subject, version, module }),
            Err(error) => self.invalid_options.push(InvalidOption::new(call, error.into())),
        }
        self
    }

    /// Asks a registry at build time for the ids of the schemas that are released under a subject, and puts them into
    /// the generated types. The environment variable `AVRO_REGISTRY` is stronger than this: `offline`, `look-up` or
    /// `register`.
    ///
    /// The registry is that of the variables `SCHEMA_REGISTRY_URL` and, where it asks for a login,
    /// `SCHEMA_REGISTRY_USER` and `SCHEMA_REGISTRY_PASSWORD`, or `SCHEMA_REGISTRY_TOKEN`. `SCHEMA_REGISTRY_NAME` is
    /// what the lock calls it; `default`, when it is not set. It takes the feature `registry` of avro-build.
    #[must_use]
    pub fn registry(mut self, registry: RegistryMode) -> Config {
        self.registry = registry;
        self
    }
}
