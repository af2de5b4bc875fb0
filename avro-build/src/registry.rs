//! Ids from a registry at build time, only for those who ask for it.

#[cfg(feature = "registry")]
mod ask;
#[cfg(all(test, feature = "registry"))]
mod tests;

use std::time::Duration;

use avro_codegen::{Releases, TypeId};
use avro_model::SchemaSet;

use crate::lock::{DEFAULT_REGISTRY, LockedVersion};

/// How to ask.
const MODE: &str = "AVRO_REGISTRY";
const URL: &str = "SCHEMA_REGISTRY_URL";
const USER: &str = "SCHEMA_REGISTRY_USER";
const PASSWORD: &str = "SCHEMA_REGISTRY_PASSWORD";
const TOKEN: &str = "SCHEMA_REGISTRY_TOKEN";
const NAME: &str = "SCHEMA_REGISTRY_NAME";
const CONTEXT: &str = "SCHEMA_REGISTRY_CONTEXT";
const NORMALIZE: &str = "SCHEMA_REGISTRY_NORMALIZE";
const TIMEOUT: &str = "SCHEMA_REGISTRY_TIMEOUT_MS";

/// Whether a build asks a registry for the ids of schemas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registry {
    /// It does not use the network. Ids come from the lock.
    #[default]
    Offline,
    /// It looks the schemas up under their subjects, and fails when one is not there.
    LookUp,
    /// It registers the schemas under their subjects, and fails when the registry refuses one.
    Register,
}

/// Why ids could not be had from a registry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryLookUpError {
    /// The environment variable `AVRO_REGISTRY` has a value that means nothing.
    #[error(
        "the environment variable AVRO_REGISTRY is `{value}`; set it to `offline`, `look-up` or `register`, or unset it"
    )]
    UnknownMode {
        /// The value.
        value: String,
    },
    /// A registry is to be asked, and avro-build was built without what that takes.
    #[error(
        "{asked_by} asks for a schema registry at build time, which takes the feature `registry` of avro-build; in Cargo.toml: \
         [build-dependencies] avro-build = {{ version = \"{}\", features = [\"registry\"] }}",
        env!("CARGO_PKG_VERSION")
    )]
    NoFeature {
        /// Who asks: the environment variable or the build script.
        asked_by: String,
    },
    /// Nobody said where the registry is.
    #[error(
        "{asked_by} asks for a schema registry at build time, and SCHEMA_REGISTRY_URL is not set; set it to its address"
    )]
    NoUrl {
        /// Who asks.
        asked_by: String,
    },
    /// The variables of a login do not fit together.
    #[error("the login to the schema registry cannot be used: {reason}")]
    Login {
        /// What is wrong with it, and what to do.
        reason: &'static str,
    },
    /// Another variable of the registry has a value that cannot be used.
    #[error("the environment variable {variable} cannot be used: {reason}")]
    InvalidVariable {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// No type has a subject.
    #[error(
        "{asked_by} asks for a schema registry at build time, and no type is known to have a subject; name them with \
         `Config::subject`, or in the lock with `cargo avro lock`"
    )]
    NoSubject {
        /// Who asks.
        asked_by: String,
    },
    /// The registry does not have what the lock says that it has.
    #[error(
        "the registry `{registry}` has version {version} of `{subject}` with the id {found}, and the lock says {locked}; is \
         SCHEMA_REGISTRY_URL the registry that the lock calls `{registry}`? If so, write the lock again with `cargo avro lock`, \
         and if not, say its name in SCHEMA_REGISTRY_NAME"
    )]
    OtherId {
        /// What the lock calls the registry.
        registry: String,
        /// The subject.
        subject: String,
        /// The version.
        version: u32,
        /// The id in the lock.
        locked: u32,
        /// The id in the registry.
        found: u32,
    },
    /// The registry could not be asked, or said no.
    #[cfg(feature = "registry")]
    #[error("{what}")]
    Refused {
        /// What was wanted, and what to do about it.
        what: String,
        /// What the registry said.
        source: schema_registry::RegistryError,
    },
    /// The machinery for requests could not be started.
    #[cfg(feature = "registry")]
    #[error("no request can be made to the schema registry")]
    Runtime(#[source] std::io::Error),
}

/// A type that is released under a subject, or is to be.
#[cfg_attr(not(feature = "registry"), allow(dead_code, reason = "only a registry is asked for subjects"))]
pub(crate) struct Subject<'l> {
    pub(crate) ty: TypeId,
    pub(crate) subject: String,
    /// The version in the lock that has the schema.
    pub(crate) released_as: Option<&'l LockedVersion>,
}

/// What the environment and the build script say about the registry.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) mode: Registry,
    #[cfg_attr(not(feature = "registry"), allow(dead_code, reason = "there is nothing to connect to"))]
    connection: Option<Connection>,
}

/// How to get at the registry.
#[derive(Debug)]
#[cfg_attr(not(feature = "registry"), allow(dead_code, reason = "there is nothing to connect to"))]
struct Connection {
    asked_by: String,
    url: String,
    login: Option<(String, String)>,
    token: Option<String>,
    name: String,
    context: Option<String>,
    normalize: bool,
    deadline: Option<Duration>,
}

/// The environment variables that a build depends on when it asks as `mode` says.
pub(crate) fn variables(mode: Registry) -> &'static [&'static str] {
    match mode {
        Registry::Offline => &[MODE],
        Registry::LookUp | Registry::Register => &[MODE, URL, USER, PASSWORD, TOKEN, NAME, CONTEXT, NORMALIZE, TIMEOUT],
    }
}

impl Setup {
    /// `wanted` is what the build script says; `variable` gives the value of an environment variable.
    pub(crate) fn new(
        wanted: Registry,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Setup, RegistryLookUpError> {
        Setup::with_feature(cfg!(feature = "registry"), wanted, variable)
    }

    fn with_feature(
        has_feature: bool,
        wanted: Registry,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Setup, RegistryLookUpError> {
        // A password may be empty; everything else counts as not set then.
        let password = variable(PASSWORD);
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let (mode, asked_by) = match variable(MODE).as_deref().map(str::trim) {
            None => (wanted, "build.rs".to_owned()),
            Some("offline") => (Registry::Offline, String::new()),
            Some(mode @ "look-up") => (Registry::LookUp, format!("{MODE}={mode}")),
            Some(mode @ "register") => (Registry::Register, format!("{MODE}={mode}")),
            Some(value) => return Err(RegistryLookUpError::UnknownMode { value: value.to_owned() }),
        };
        if mode == Registry::Offline {
            return Ok(Setup { mode, connection: None });
        }
        if !has_feature {
            return Err(RegistryLookUpError::NoFeature { asked_by });
        }
        let Some(url) = variable(URL) else { return Err(RegistryLookUpError::NoUrl { asked_by }) };
        let login = match (variable(USER), password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(login("SCHEMA_REGISTRY_USER is set, and SCHEMA_REGISTRY_PASSWORD is not; set both"));
            }
            (None, Some(password)) if password.trim().is_empty() => None,
            (None, Some(_)) => {
                return Err(login("SCHEMA_REGISTRY_PASSWORD is set, and SCHEMA_REGISTRY_USER is not; set both"));
            }
        };
        let token = variable(TOKEN);
        if login.is_some() && token.is_some() {
            return Err(self::login("both SCHEMA_REGISTRY_USER and SCHEMA_REGISTRY_TOKEN are set; unset one of them"));
        }
        let name = variable(NAME).unwrap_or_else(|| DEFAULT_REGISTRY.to_owned());
        let context = variable(CONTEXT);
        let normalize = match variable(NORMALIZE).as_deref().map(str::trim) {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(invalid(NORMALIZE, "its value is neither `true` nor `false`")),
        };
        let deadline = match variable(TIMEOUT).map(|text| text.trim().parse()) {
            None => None,
            Some(Ok(milliseconds)) if milliseconds > 0 => Some(Duration::from_millis(milliseconds)),
            Some(_) => {
                return Err(invalid(TIMEOUT, "its value is not a number of milliseconds above 0, such as 30000"));
            }
        };
        let connection = Connection { asked_by, url, login, token, name, context, normalize, deadline };
        Ok(Setup { mode, connection: Some(connection) })
    }

    /// Adds what the registry knows of `subjects` to `releases`; nothing when it is not to be asked.
    #[cfg(feature = "registry")]
    pub(crate) fn ask(
        &self,
        set: &SchemaSet,
        subjects: &[Subject<'_>],
        releases: &mut Releases,
    ) -> Result<(), RegistryLookUpError> {
        match &self.connection {
            Some(connection) => ask::ask(connection, self.mode, set, subjects, releases),
            None => Ok(()),
        }
    }

    /// Without the feature, a setup that would have to ask is not made.
    #[cfg(not(feature = "registry"))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same as with the feature")]
    pub(crate) fn ask(&self, _: &SchemaSet, _: &[Subject<'_>], _: &mut Releases) -> Result<(), RegistryLookUpError> {
        Ok(())
    }
}

fn invalid(variable: &'static str, reason: impl ToString) -> RegistryLookUpError {
    RegistryLookUpError::InvalidVariable { variable, reason: reason.to_string() }
}

fn login(reason: &'static str) -> RegistryLookUpError {
    RegistryLookUpError::Login { reason }
}
