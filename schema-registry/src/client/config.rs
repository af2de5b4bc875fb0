//! Compatibility levels, of the registry, a context or a subject.

use reqwest::Method;
use serde::de::IgnoredAny;

use super::{SchemaRegistry, to_json};
use crate::CompatibilityLevel;
use crate::error::RegistryError;
use crate::operation::Operation;
use crate::subject_config::SubjectConfig;
use crate::transport::{Api, Call};
use crate::wire::{LevelAnswer, LevelRequest};

impl SchemaRegistry {
    /// The effective compatibility level of `subject`: its own, or the global one when it has none.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn compatibility_level(&self, subject: &str) -> Result<CompatibilityLevel, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("asking for the compatibility level of subject `{subject}`"));
        let call = Call {
            operation: operation.clone(),
            method: Method::GET,
            api: Api::Confluent,
            path: &["config", &address],
            query: &[("defaultToGlobal", "true")],
            body: None,
        };
        let answer: Result<LevelAnswer, _> = self.shared.transport.call(call).await;
        match answer {
            Ok(answer) => Ok(answer.level),
            // Some registries do not know the query parameter, and Apicurio insists on the subject being there.
            Err(error) if error.is_not_found() => self.in_context_of(subject).global_level(operation).await,
            Err(error) => Err(error),
        }
    }

    /// Sets the compatibility level of `subject`. A subject can have one before it has versions.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_compatibility_level(&self, subject: &str, level: CompatibilityLevel) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("setting the compatibility level of subject `{subject}` to {level}"));
        self.put_level(operation, &["config", &address], level).await
    }

    /// The compatibility level of the subjects of this client's context that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_compatibility_level(&self) -> Result<CompatibilityLevel, RegistryError> {
        self.global_level(self.operation("asking for the global compatibility level".to_owned())).await
    }

    async fn global_level(&self, operation: Operation) -> Result<CompatibilityLevel, RegistryError> {
        let (path, query) = self.global("config");
        let answer: LevelAnswer =
            self.shared.transport.call(Call { query, ..Call::get(operation, &parts(&path)) }).await?;
        Ok(answer.level)
    }

    /// Sets the compatibility level of the subjects of this client's context that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_global_compatibility_level(&self, level: CompatibilityLevel) -> Result<(), RegistryError> {
        let (path, _) = self.global("config");
        self.put_level(
            self.operation(format!("setting the global compatibility level to {level}")),
            &parts(&path),
            level,
        )
        .await
    }

    /// Removes the compatibility level of `subject`, so that the global one applies.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] when it has none of its own.
    pub async fn reset_compatibility_level(&self, subject: &str) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("resetting the compatibility level of subject `{subject}`"));
        let IgnoredAny = self.shared.transport.call(Call::delete(operation, &["config", &address], &[])).await?;
        Ok(())
    }

    /// What is set for `subject` itself: its level and everything else; `None` when it has what its context or the
    /// registry has. `subject` can also be a context, such as `:.team:`.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn own_config(&self, subject: &str) -> Result<Option<SubjectConfig>, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("asking for the settings of subject `{subject}`"));
        let answer: Result<SubjectConfig, _> =
            self.shared.transport.call(Call::get(operation, &["config", &address])).await;
        match answer {
            Ok(answer) => Ok(Some(answer.compact())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets for `subject` what the configuration has; the rest stays. `subject` can also be a context, such as
    /// `:.team:`.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_config(&self, subject: &str, config: &SubjectConfig) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("changing the settings of subject `{subject}`"));
        self.put_config(operation, &["config", &address], config).await
    }

    /// What is set for the registry, in this client's context.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_config(&self) -> Result<SubjectConfig, RegistryError> {
        let (path, query) = self.global("config");
        let operation = self.operation("asking for the global settings".to_owned());
        let answer: SubjectConfig =
            self.shared.transport.call(Call { query, ..Call::get(operation, &parts(&path)) }).await?;
        Ok(answer.compact())
    }

    /// Sets for the registry, in this client's context, what the configuration has; the rest stays.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_global_config(&self, config: &SubjectConfig) -> Result<(), RegistryError> {
        let (path, _) = self.global("config");
        self.put_config(self.operation("changing the global settings".to_owned()), &parts(&path), config).await
    }

    async fn put_config(
        &self,
        operation: Operation,
        path: &[&str],
        config: &SubjectConfig,
    ) -> Result<(), RegistryError> {
        let call =
            Call { operation, method: Method::PUT, api: Api::Confluent, path, query: &[], body: Some(to_json(config)) };
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }

    /// Where `config` or `mode` of the whole registry is, or of this client's context if the address leads to another,
    /// and the query for it. The registry itself needs no query, but the address can be that of a context, which is
    /// asked for like a subject.
    pub(super) fn global(&self, resource: &str) -> (Vec<String>, &'static [(&'static str, &'static str)]) {
        let path = [Some(resource.to_owned()), self.context_parameter()].into_iter().flatten().collect();
        (path, &[("defaultToGlobal", "true")])
    }

    async fn put_level(
        &self,
        operation: Operation,
        path: &[&str],
        level: CompatibilityLevel,
    ) -> Result<(), RegistryError> {
        let body = Some(to_json(&LevelRequest { level }));
        let call = Call { operation, method: Method::PUT, api: Api::Confluent, path, query: &[], body };
        // Confluent's registry echoes the request, Apicurio answers as if it had been asked.
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }
}

pub(super) fn parts(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}
