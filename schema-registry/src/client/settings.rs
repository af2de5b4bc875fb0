//! Levels and modes.

use reqwest::Method;
use serde::de::IgnoredAny;

use super::{SchemaRegistry, to_json};
use crate::CompatibilityLevel;
use crate::action::Action;
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
        let address = self.address_of(subject)?;
        let action = self.action(format!("asking for the compatibility level of subject `{subject}`"));
        let call = Call {
            action: action.clone(),
            method: Method::GET,
            path: &["config", &address],
            query: &[("defaultToGlobal", "true")],
            body: None,
        };
        let answer: Result<LevelAnswer, _> = self.shared.transport.call(call).await;
        match answer {
            Ok(answer) => Ok(answer.level),
            // Some registries do not know the query parameter, and Apicurio insists on the subject being there.
            Err(error) if error.is_not_found() => self.in_context_of(subject).global_level(action).await,
            Err(error) => Err(error),
        }
    }

    /// Sets the compatibility level of `subject`. A subject can have one before it has versions.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_compatibility_level(&self, subject: &str, level: CompatibilityLevel) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let action = self.action(format!("setting the compatibility level of subject `{subject}` to {level}"));
        self.put_level(action, &["config", &address], level).await
    }

    /// The compatibility level of the subjects of this client's context that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_compatibility_level(&self) -> Result<CompatibilityLevel, RegistryError> {
        self.global_level(self.action("asking for the global compatibility level".to_owned())).await
    }

    async fn global_level(&self, action: Action) -> Result<CompatibilityLevel, RegistryError> {
        let (path, query) = self.global("config");
        let answer: LevelAnswer =
            self.shared.transport.call(Call { query, ..Call::get(action, &parts(&path)) }).await?;
        Ok(answer.level)
    }

    /// Sets the compatibility level of the subjects of this client's context that have none of their own.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn set_global_compatibility_level(&self, level: CompatibilityLevel) -> Result<(), RegistryError> {
        let (path, _) = self.global("config");
        self.put_level(self.action(format!("setting the global compatibility level to {level}")), &parts(&path), level)
            .await
    }

    /// Takes the compatibility level of `subject` back, so that the global one counts.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] when it has none of its own.
    pub async fn reset_compatibility_level(&self, subject: &str) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let action = self.action(format!("taking the compatibility level of subject `{subject}` back"));
        let IgnoredAny = self.shared.transport.call(Call::delete(action, &["config", &address], &[])).await?;
        Ok(())
    }

    /// The mode that counts for `subject`: its own, or the global one when it has none.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn mode(&self, subject: &str) -> Result<Mode, RegistryError> {
        let address = self.address_of(subject)?;
        let call = Call {
            action: self.action(format!("asking for the mode of subject `{subject}`")),
            method: Method::GET,
            path: &["mode", &address],
            query: &[("defaultToGlobal", "true")],
            body: None,
        };
        let answer: ModeBody = self.shared.transport.call(call).await?;
        Ok(answer.mode)
    }

    /// The mode of the registry, in this client's context.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn global_mode(&self) -> Result<Mode, RegistryError> {
        let action = self.action("asking for the global mode".to_owned());
        let (path, query) = self.global("mode");
        let answer: ModeBody = self.shared.transport.call(Call { query, ..Call::get(action, &parts(&path)) }).await?;
        Ok(answer.mode)
    }

    /// Sets the mode of `subject`. To [`Mode::Import`] only a subject without versions may go, unless `force` says so.
    ///
    /// # Errors
    /// 42205 ([`ErrorCode::OperationNotPermitted`](crate::ErrorCode::OperationNotPermitted)) when it may not.
    pub async fn set_mode(&self, subject: &str, mode: Mode, force: bool) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let action = self.action(format!("setting the mode of subject `{subject}` to {mode}"));
        self.put_mode(action, &["mode", &address], mode, force).await
    }

    /// Sets the mode of the registry, in this client's context. To [`Mode::Import`] only an empty one may go, unless
    /// `force` says so.
    ///
    /// # Errors
    /// As [`set_mode`](Self::set_mode).
    pub async fn set_global_mode(&self, mode: Mode, force: bool) -> Result<(), RegistryError> {
        let (path, _) = self.global("mode");
        self.put_mode(self.action(format!("setting the global mode to {mode}")), &parts(&path), mode, force).await
    }

    /// Where a setting of the whole registry is, or of this client's context where the address leads to another, and
    /// how to ask for it. The registry itself needs no query, but the address can be that of a context, whose settings
    /// are asked for as a subject's.
    fn global(&self, setting: &str) -> (Vec<String>, &'static [(&'static str, &'static str)]) {
        let path = [Some(setting.to_owned()), self.context_parameter()].into_iter().flatten().collect();
        (path, &[("defaultToGlobal", "true")])
    }

    async fn put_level(&self, action: Action, path: &[&str], level: CompatibilityLevel) -> Result<(), RegistryError> {
        let body = Some(to_json(&LevelRequest { level }));
        let call = Call { action, method: Method::PUT, path, query: &[], body };
        // Confluent's registry echoes the request, Apicurio answers as if it had been asked.
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }

    async fn put_mode(&self, action: Action, path: &[&str], mode: Mode, force: bool) -> Result<(), RegistryError> {
        let query: &[_] = if force { &[("force", "true")] } else { &[] };
        let call = Call { action, method: Method::PUT, path, query, body: Some(to_json(&ModeBody { mode })) };
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }
}

fn parts(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}
