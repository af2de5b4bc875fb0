//! Levels and modes.

use reqwest::Method;
use serde::de::IgnoredAny;

use super::{SchemaRegistry, require_subject, to_json};
use crate::CompatibilityLevel;
use crate::error::RegistryError;
use crate::mode::Mode;
use crate::transport::Call;
use crate::wire::{LevelAnswer, LevelRequest, ModeBody};

impl SchemaRegistry {
    /// The compatibility level that counts for `subject`: its own, or the global one when it has none.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn compatibility_level(&self, subject: &str) -> Result<CompatibilityLevel, RegistryError> {
        require_subject(subject)?;
        let call = Call {
            action: format!("asking for the compatibility level of subject `{subject}`"),
            method: Method::GET,
            path: &["config", subject],
            query: &[("defaultToGlobal", "true")],
            body: None,
        };
        let answer: Result<LevelAnswer, _> = self.shared.transport.call(call).await;
        match answer {
            Ok(answer) => Ok(answer.level),
            // Some registries do not know the query parameter, and Apicurio insists on the subject being there.
            Err(error) if error.is_not_found() => self.global_compatibility_level().await,
            Err(error) => Err(error),
        }
    }

    /// Sets the compatibility level of `subject`. A subject can have one before it has versions.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_compatibility_level(&self, subject: &str, level: CompatibilityLevel) -> Result<(), RegistryError> {
        require_subject(subject)?;
        let action = format!("setting the compatibility level of subject `{subject}` to {level}");
        self.put_level(action, &["config", subject], level).await
    }

    /// The compatibility level of subjects that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_compatibility_level(&self) -> Result<CompatibilityLevel, RegistryError> {
        let action = "asking for the global compatibility level".to_owned();
        let answer: LevelAnswer = self.shared.transport.call(Call::get(action, &["config"])).await?;
        Ok(answer.level)
    }

    /// Sets the compatibility level of subjects that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_global_compatibility_level(&self, level: CompatibilityLevel) -> Result<(), RegistryError> {
        self.put_level(format!("setting the global compatibility level to {level}"), &["config"], level).await
    }

    /// Takes the compatibility level of `subject` back, so that the global one counts.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] when it has none of its own.
    pub async fn reset_compatibility_level(&self, subject: &str) -> Result<(), RegistryError> {
        require_subject(subject)?;
        let action = format!("taking the compatibility level of subject `{subject}` back");
        let IgnoredAny = self.shared.transport.call(Call::delete(action, &["config", subject], &[])).await?;
        Ok(())
    }

    /// The mode that counts for `subject`: its own, or the global one when it has none.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn mode(&self, subject: &str) -> Result<Mode, RegistryError> {
        require_subject(subject)?;
        let call = Call {
            action: format!("asking for the mode of subject `{subject}`"),
            method: Method::GET,
            path: &["mode", subject],
            query: &[("defaultToGlobal", "true")],
            body: None,
        };
        let answer: ModeBody = self.shared.transport.call(call).await?;
        Ok(answer.mode)
    }

    /// The mode of the registry.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_mode(&self) -> Result<Mode, RegistryError> {
        let call = Call::get("asking for the global mode".to_owned(), &["mode"]);
        let answer: ModeBody = self.shared.transport.call(call).await?;
        Ok(answer.mode)
    }

    /// Sets the mode of `subject`. To [`Mode::Import`] only a subject without versions may go, unless `force` says so.
    ///
    /// # Errors
    /// 42205 ([`ErrorCode::OperationNotPermitted`](crate::ErrorCode::OperationNotPermitted)) when it may not.
    pub async fn set_mode(&self, subject: &str, mode: Mode, force: bool) -> Result<(), RegistryError> {
        require_subject(subject)?;
        let action = format!("setting the mode of subject `{subject}` to {mode}");
        self.put_mode(action, &["mode", subject], mode, force).await
    }

    /// Sets the mode of the registry. To [`Mode::Import`] only an empty one may go, unless `force` says so.
    ///
    /// # Errors
    /// As [`set_mode`](Self::set_mode).
    pub async fn set_global_mode(&self, mode: Mode, force: bool) -> Result<(), RegistryError> {
        self.put_mode(format!("setting the global mode to {mode}"), &["mode"], mode, force).await
    }

    async fn put_level(&self, action: String, path: &[&str], level: CompatibilityLevel) -> Result<(), RegistryError> {
        let body = Some(to_json(&LevelRequest { level }));
        let call = Call { action, method: Method::PUT, path, query: &[], body };
        // Confluent's registry echoes the request, Apicurio answers as if it had been asked.
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }

    async fn put_mode(&self, action: String, path: &[&str], mode: Mode, force: bool) -> Result<(), RegistryError> {
        let query: &[_] = if force { &[("force", "true")] } else { &[] };
        let call = Call { action, method: Method::PUT, path, query, body: Some(to_json(&ModeBody { mode })) };
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }
}
