//! Ids from a registry at build time, only for those who ask for it.

mod error;
#[cfg(not(feature = "registry"))]
mod offline;
#[cfg(feature = "registry")]
mod online;
#[cfg(all(test, feature = "registry"))]
mod tests;

use std::ffi::OsString;

use avro_codegen::{Releases, TypeId};
use avro_model::SchemaSet;

use crate::lock::LockedVersion;
pub use error::RegistryLookUpError;
#[cfg(not(feature = "registry"))]
use offline::Connection;
#[cfg(feature = "registry")]
use online::Connection;

/// The environment variable that is stronger than the build script.
const MODE: &str = "AVRO_REGISTRY";

/// Whether a build asks a registry for the ids of schemas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryMode {
    /// It does not use the network. Ids come from the lock.
    #[default]
    Offline,
    /// It looks the schemas up under their subjects, and fails when one is not there.
    LookUp,
    /// It registers the schemas under their subjects, and fails when the registry refuses one.
    Register,
}

/// A type that is released under a subject, or is to be.
pub(crate) struct Subject<'l> {
    pub(crate) ty: TypeId,
    pub(crate) subject: String,
    /// The version in the lock that has the schema.
    pub(crate) released_as: Option<&'l LockedVersion>,
}

/// What the environment and the build script ask for.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) mode: RegistryMode,
    connection: Option<Connection>,
}

/// The environment variables that a build depends on when it asks as `mode` means.
pub(crate) fn variables(mode: RegistryMode) -> Vec<&'static str> {
    match mode {
        RegistryMode::Offline => vec![MODE],
        RegistryMode::LookUp | RegistryMode::Register => [&[MODE], Connection::variables().as_slice()].concat(),
    }
}

impl Setup {
    /// `wanted` is what the build script asks for; `variable` returns the value of an environment variable.
    pub(crate) fn new(
        wanted: RegistryMode,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Setup, RegistryLookUpError> {
        let (mode, asked_by) = match variable(MODE).map(|value| value.to_string_lossy().trim().to_owned()).as_deref() {
            None | Some("") => (wanted, "build.rs".to_owned()),
            Some("offline") => (RegistryMode::Offline, String::new()),
            Some(mode @ "look-up") => (RegistryMode::LookUp, format!("{MODE}={mode}")),
            Some(mode @ "register") => (RegistryMode::Register, format!("{MODE}={mode}")),
            Some(value) => return Err(RegistryLookUpError::UnknownMode { value: value.to_owned() }),
        };
        let connection = match mode {
            RegistryMode::Offline => None,
            RegistryMode::LookUp | RegistryMode::Register => Some(Connection::new(asked_by, variable)?),
        };
        Ok(Setup { mode, connection })
    }

    /// Adds what the registry knows of `subjects` to `releases`; nothing when it is not to be asked.
    pub(crate) fn ask(
        &self,
        set: &SchemaSet,
        subjects: &[Subject<'_>],
        releases: &mut Releases,
    ) -> Result<(), RegistryLookUpError> {
        match &self.connection {
            Some(connection) => connection.ask(self.mode, set, subjects, releases),
            None => Ok(()),
        }
    }
}
