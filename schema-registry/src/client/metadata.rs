//! Versions by the metadata that was registered with them.

use reqwest::Method;

use super::SchemaRegistry;
use crate::error::RegistryError;
use crate::schema::SubjectVersion;
use crate::transport::{Api, Call};
use crate::wire::VersionAnswer;

impl SchemaRegistry {
    /// The latest version of `subject` whose metadata has all of these properties, each a key and a value, as
    /// Confluent's clients find it by `use.latest.with.metadata`. Not cached.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40403 when none of its versions has the
    /// properties, and a plain 404 from a registry without metadata (before Confluent Platform 7.4).
    ///
    /// ```no_run
    /// # async fn example(registry: schema_registry::SchemaRegistry) -> Result<(), schema_registry::RegistryError> {
    /// let second = registry.latest_with_metadata("orders-value", &[("application.major.version", "2")]).await?;
    /// println!("version {} has id {}", second.version(), second.id());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn latest_with_metadata(
        &self,
        subject: &str,
        properties: &[(&str, &str)],
    ) -> Result<SubjectVersion, RegistryError> {
        let address = self.address_of(subject)?;
        let wanted: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let wanted = wanted.join(", ");
        let operation =
            self.operation(format!("fetching the latest version of subject `{subject}` with the metadata {wanted}"));
        let query: Vec<_> = properties.iter().flat_map(|(key, value)| [("key", *key), ("value", *value)]).collect();
        let path = ["subjects", address.as_ref(), "metadata"];
        let call = Call {
            operation: operation.clone(),
            method: Method::GET,
            api: Api::Confluent,
            path: &path,
            query: &query,
            body: None,
        };
        let answer: VersionAnswer = self.shared.transport.call(call).await?;
        self.in_context_of(subject).known_version(&operation, &answer).await
    }
}
