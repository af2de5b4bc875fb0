//! A schema registry, asked one thing after the other.

use std::future::Future;
use std::time::Duration;

use schema_registry::SchemaRegistry;
use tokio::runtime::Runtime;

use crate::arguments::RegistryArguments;
use crate::failure::Failure;
use crate::runtime::runtime;

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
        let settings = arguments.settings()?;
        if settings.url.is_none() {
            return Ok(None);
        }
        // Whoever asks on the command line wants to see what the registry has now.
        let client = SchemaRegistry::builder().settings(&settings).latest_ttl(Duration::ZERO).build()?;
        Ok(Some(Registry { client, name: settings.name_or_default().to_owned(), runtime: runtime()? }))
    }

    /// Waits for an answer.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }
}
