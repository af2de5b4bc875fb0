//! A schema registry, asked one thing after the other.

use std::future::Future;

use schema_registry::SchemaRegistry;
use tokio::runtime::Runtime;

use crate::arguments::RegistryArguments;
use crate::failure::Failure;

pub(crate) struct Registry {
    pub(crate) client: SchemaRegistry,
    /// By which name the lock knows its ids.
    pub(crate) name: String,
    runtime: Runtime,
}

impl Registry {
    /// The registry that the command line or the environment names.
    pub(crate) fn required(arguments: &RegistryArguments) -> Result<Registry, Failure> {
        Registry::named(arguments)?.ok_or_else(|| {
            Failure::usage("no schema registry is named", "give --registry URL, or set SCHEMA_REGISTRY_URL")
        })
    }

    /// `None` when no registry is named.
    pub(crate) fn named(arguments: &RegistryArguments) -> Result<Option<Registry>, Failure> {
        let Some(access) = arguments.access()? else { return Ok(None) };
        let mut builder = SchemaRegistry::builder().url(access.url).normalize(access.normalize);
        if let Some(context) = access.context {
            builder = builder.context(context);
        }
        if let Some(timeout) = access.timeout {
            builder = builder.deadline(timeout);
        }
        match (access.user, access.password, access.token) {
            (None, None, None) => {}
            (Some(user), Some(password), None) => builder = builder.basic_auth(user, password),
            (None, None, Some(token)) => builder = builder.bearer_auth(token),
            (Some(_), None, None) => {
                return Err(Failure::usage(
                    "there is a user for the registry and no password",
                    "give --registry-password, or set SCHEMA_REGISTRY_PASSWORD; it may be empty",
                ));
            }
            (None, Some(_), _) => {
                return Err(Failure::usage(
                    "there is a password for the registry and no user",
                    "give --registry-user, or set SCHEMA_REGISTRY_USER",
                ));
            }
            (Some(_), _, Some(_)) => {
                return Err(Failure::usage(
                    "there is a user for the registry, and a token as well",
                    "give one of the two: a registry is asked with a user and password, or with a token",
                ));
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Failure::refused(
                format!("no request can be made: {error}"),
                "see what the operating system lacks, such as open files",
            )
        })?;
        Ok(Some(Registry { client: builder.build()?, name: access.name, runtime }))
    }

    /// Waits for an answer.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }
}
