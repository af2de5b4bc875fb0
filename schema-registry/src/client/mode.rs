//! Modes, of the registry, a context or a subject.

use reqwest::Method;
use serde::de::IgnoredAny;

use super::config::parts;
use super::{SchemaRegistry, to_json};
use crate::error::RegistryError;
use crate::mode::Mode;
use crate::operation::Operation;
use crate::transport::{Api, Call};
use crate::wire::ModeBody;

impl SchemaRegistry {
    /// The effective mode of `subject`: its own, or the global one when it has none.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn mode(&self, subject: &str) -> Result<Mode, RegistryError> {
        let address = self.address_of(subject)?;
        let call = Call {
            operation: self.operation(format!("asking for the mode of subject `{subject}`")),
            method: Method::GET,
            api: Api::Confluent,
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
        let operation = self.operation("asking for the global mode".to_owned());
        let (path, query) = self.global("mode");
        let answer: ModeBody =
            self.shared.transport.call(Call { query, ..Call::get(operation, &parts(&path)) }).await?;
        Ok(answer.mode)
    }

    /// Sets the mode of `subject`. Only a subject without versions can be set to [`Mode::Import`], unless `force` is
    /// set.
    ///
    /// # Errors
    /// 42205 ([`ErrorCode::OperationNotPermitted`](crate::ErrorCode::OperationNotPermitted)) when it may not.
    pub async fn set_mode(&self, subject: &str, mode: Mode, force: bool) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("setting the mode of subject `{subject}` to {mode}"));
        self.put_mode(operation, &["mode", &address], mode, force).await
    }

    /// Sets the mode of the registry, in this client's context. Only an empty one can be set to [`Mode::Import`],
    /// unless `force` is set.
    ///
    /// # Errors
    /// As [`set_mode`](Self::set_mode).
    pub async fn set_global_mode(&self, mode: Mode, force: bool) -> Result<(), RegistryError> {
        let (path, _) = self.global("mode");
        self.put_mode(self.operation(format!("setting the global mode to {mode}")), &parts(&path), mode, force).await
    }

    /// The mode of `subject` itself; `None` when it has that of its context or of the registry. `subject` can also be a
    /// context, such as `:.team:`.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn own_mode(&self, subject: &str) -> Result<Option<Mode>, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("asking for the own mode of subject `{subject}`"));
        let answer: Result<ModeBody, _> = self.shared.transport.call(Call::get(operation, &["mode", &address])).await;
        match answer {
            Ok(answer) => Ok(Some(answer.mode)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the mode of `subject`, so that the one of its context or of the registry applies. `subject` can also be
    /// a context, such as `:.team:`.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] when it has none of its own.
    pub async fn reset_mode(&self, subject: &str) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("resetting the mode of subject `{subject}`"));
        let IgnoredAny = self.shared.transport.call(Call::delete(operation, &["mode", &address], &[])).await?;
        Ok(())
    }

    async fn put_mode(
        &self,
        operation: Operation,
        path: &[&str],
        mode: Mode,
        force: bool,
    ) -> Result<(), RegistryError> {
        let query: &[_] = if force { &[("force", "true")] } else { &[] };
        let call = Call {
            operation,
            method: Method::PUT,
            api: Api::Confluent,
            path,
            query,
            body: Some(to_json(&ModeBody { mode })),
        };
        let IgnoredAny = self.shared.transport.call(call).await?;
        Ok(())
    }
}
