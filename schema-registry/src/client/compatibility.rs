//! Compatibility checks.

use reqwest::Method;

use super::{SchemaRegistry, request_of, to_json};
use crate::compatibility::{CheckAgainst, Compatibility};
use crate::error::RegistryError;
use crate::error_code::ErrorCode;
use crate::operation::Operation;
use crate::schema::SchemaText;
use crate::transport::{Api, Call};
use crate::wire::CompatibilityAnswer;

impl SchemaRegistry {
    /// Whether `schema` could be registered under `subject`, and if not, why. Karapace's registry has no check against
    /// what the level asks for, so that there the latest version is used instead.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] when it is to be checked against a version that does not exist.
    pub async fn check_compatibility(
        &self,
        subject: &str,
        against: CheckAgainst,
        schema: &SchemaText,
    ) -> Result<Compatibility, RegistryError> {
        let operation = self.operation(format!("checking the compatibility of a schema with subject `{subject}`"));
        let checked = match against {
            CheckAgainst::Configured => self.check_against(&operation, subject, None, schema).await,
            CheckAgainst::Latest => return self.check_against(&operation, subject, Some("latest"), schema).await,
            CheckAgainst::Version(version) => {
                return self.check_against(&operation, subject, Some(&version.to_string()), schema).await;
            }
        };
        match checked {
            // There is no such call, rather than no such subject or version.
            Err(RegistryError::Http { status: 404 | 405, code: ErrorCode::Other(_), .. }) => {
                self.check_against(&operation, subject, Some("latest"), schema).await
            }
            checked => checked,
        }
    }

    async fn check_against(
        &self,
        operation: &Operation,
        subject: &str,
        version: Option<&str>,
        schema: &SchemaText,
    ) -> Result<Compatibility, RegistryError> {
        let address = self.address_of(subject)?;
        let path: Vec<_> = ["compatibility", "subjects", &address, "versions"].into_iter().chain(version).collect();
        let call = Call {
            operation: operation.clone(),
            method: Method::POST,
            api: Api::Confluent,
            path: &path,
            query: &[("verbose", "true")],
            body: Some(to_json(&request_of(schema))),
        };
        let answer: CompatibilityAnswer = self.shared.transport.call(call).await?;
        let messages = answer.messages.unwrap_or_default();
        Ok(Compatibility { is_compatible: answer.is_compatible, messages })
    }
}
