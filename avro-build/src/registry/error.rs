//! What can go wrong with a registry at build time.

/// Why there are no ids from a registry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryLookUpError {
    /// The environment variable `AVRO_REGISTRY` has an unknown value.
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
    /// Neither the build script nor the environment tells where the registry is.
    #[error("{asked_by} asks for a schema registry at build time, but {variable} is not set; set it to its address")]
    NoUrl {
        /// Who asks.
        asked_by: String,
        /// The environment variable.
        variable: &'static str,
    },
    /// The environment variables do not tell how the registry is reached.
    #[cfg(feature = "registry")]
    #[error("{asked_by} asks for a schema registry at build time, but the environment does not tell how to reach it")]
    Settings {
        /// Who asks.
        asked_by: String,
        /// What is wrong with the variables.
        source: schema_registry::RegistrySettingsError,
    },
    /// No type has a subject.
    #[error(
        "{asked_by} asks for a schema registry at build time, but no type has a known subject; name subjects with `Config::subject`, \
         or add them to the lock with `cargo avro lock`"
    )]
    NoSubject {
        /// Who asks.
        asked_by: String,
    },
    /// The registry has another id than the lock.
    #[error(
        "the registry `{registry}` has version {version} of `{subject}` with the id {found}, but the lock has the id {locked}; check \
         that SCHEMA_REGISTRY_URL is the registry that the lock calls `{registry}`: if so, renew the lock with `cargo avro lock`, \
         if not, set SCHEMA_REGISTRY_NAME to its name"
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
    /// The registry does not answer, or refuses.
    #[cfg(feature = "registry")]
    #[error("{what}")]
    Refused {
        /// What was wanted, and what to do about it.
        what: String,
        /// What the client reported.
        source: schema_registry::RegistryError,
    },
    /// The runtime for requests could not be started.
    #[cfg(feature = "registry")]
    #[error("cannot start the runtime for requests to the schema registry")]
    Runtime(#[source] std::io::Error),
}
