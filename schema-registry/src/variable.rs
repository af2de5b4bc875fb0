//! The names of the environment variables by which a registry is reached.

use std::fmt;

/// An environment variable by which a registry is reached: see
/// [`RegistrySettings::from_variables`](crate::RegistrySettings::from_variables).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegistryVariable {
    /// `SCHEMA_REGISTRY_URL`: one or several comma-separated addresses.
    Url,
    /// `SCHEMA_REGISTRY_USER`: the user of basic authentication.
    User,
    /// `SCHEMA_REGISTRY_PASSWORD`: the password of basic authentication.
    Password,
    /// `SCHEMA_REGISTRY_TOKEN`: the token of bearer authentication.
    Token,
    /// `SCHEMA_REGISTRY_NAME`: the name of the registry in the lock.
    Name,
    /// `SCHEMA_REGISTRY_CONTEXT`: the context of subjects and schema ids.
    Context,
    /// `SCHEMA_REGISTRY_NORMALIZE`: whether the registry normalizes schemas.
    Normalize,
    /// `SCHEMA_REGISTRY_TIMEOUT_MS`: how long one call may take, in milliseconds.
    TimeoutMs,
}

impl RegistryVariable {
    /// Every variable.
    pub const ALL: &[Self] = &[
        Self::Url,
        Self::User,
        Self::Password,
        Self::Token,
        Self::Name,
        Self::Context,
        Self::Normalize,
        Self::TimeoutMs,
    ];

    /// The name of the variable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Url => "SCHEMA_REGISTRY_URL",
            Self::User => "SCHEMA_REGISTRY_USER",
            Self::Password => "SCHEMA_REGISTRY_PASSWORD",
            Self::Token => "SCHEMA_REGISTRY_TOKEN",
            Self::Name => "SCHEMA_REGISTRY_NAME",
            Self::Context => "SCHEMA_REGISTRY_CONTEXT",
            Self::Normalize => "SCHEMA_REGISTRY_NORMALIZE",
            Self::TimeoutMs => "SCHEMA_REGISTRY_TIMEOUT_MS",
        }
    }
}

impl fmt::Display for RegistryVariable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
