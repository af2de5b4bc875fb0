//! Copying schemas from one registry to another: as they are stored, deleted ones included, with their ids.

use reqwest::Method;
use serde::Serialize;
use serde::de::IgnoredAny;

use super::{SchemaRegistry, to_json};
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::raw_schema::{RawSchema, RawVersion};
use crate::shared_entry::Wanted;
use crate::transport::{Api, Call};

/// What is imported.
#[derive(Serialize)]
struct ImportRequest<'a> {
    #[serde(flatten)]
    schema: &'a RawSchema,
    id: SchemaId,
    version: u32,
}

const DELETED: (&str, &str) = ("deleted", "true");

impl SchemaRegistry {
    /// The subjects that [`subjects`](Self::subjects) has, and those of which every version is soft-deleted.
    ///
    /// # Errors
    /// See [`SchemaRegistry`].
    pub async fn subjects_with_deleted(&self) -> Result<Vec<String>, RegistryError> {
        let context = self.context_parameter();
        let query: Vec<_> =
            context.iter().map(|context| ("subjectPrefix", context.as_str())).chain([DELETED]).collect();
        let operation = self.operation("listing the subjects, deleted ones included".to_owned());
        self.shared.transport.call(Call { query: &query, ..Call::get(operation, &["subjects"]) }).await
    }

    /// The numbers of the versions of `subject`, oldest first, soft-deleted ones included.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40401) when there is no such subject.
    pub async fn versions_with_deleted(&self, subject: &str) -> Result<Vec<u32>, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("listing the versions of subject `{subject}`, deleted ones included"));
        let path = ["subjects", &address, "versions"];
        self.shared.transport.call(Call { query: &[DELETED], ..Call::get(operation, &path) }).await
    }

    /// A version of `subject` as it is stored, also one that is soft-deleted or not Avro. Not cached.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40402 when it has no such version.
    ///
    /// ```no_run
    /// # async fn example(registry: schema_registry::SchemaRegistry) -> Result<(), schema_registry::RegistryError> {
    /// let version = registry.raw_version("orders-value", 1).await?;
    /// println!("id {}, {}: {}", version.id(), version.schema().schema_type(), version.schema().text());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn raw_version(&self, subject: &str, version: u32) -> Result<RawVersion, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("fetching version {version} of subject `{subject}`"));
        let number = version.to_string();
        let path = ["subjects", &address, "versions", &number];
        self.shared.transport.call(Call { query: &[DELETED], ..Call::get(operation, &path) }).await
    }

    /// The schema with an id as it is stored, also one that is not Avro. Not cached.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`] (40403) when this client's context has no such schema.
    pub async fn raw_schema(&self, id: SchemaId) -> Result<RawSchema, RegistryError> {
        let number = id.to_string();
        let path = ["schemas", "ids", &number];
        let context = self.context_parameter();
        let query: Vec<_> = context.iter().map(|context| ("subject", context.as_str())).collect();
        let call = Call { query: &query, ..Call::get(self.operation(format!("fetching schema {id}")), &path) };
        self.shared.transport.call(call).await
    }

    /// Stores a schema of another registry as a version of `subject`, with the id and the number of the version that it
    /// has there. The subject or its context must be in the mode [`Import`](crate::Mode::Import). A version that is
    /// there is overwritten; an id that has another schema is refused.
    ///
    /// # Errors
    /// 42205 ([`ErrorCode::OperationNotPermitted`](crate::ErrorCode::OperationNotPermitted)) while the mode is another
    /// one, and when the id has another schema; 42201 when something that the schema refers to is missing.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     from: schema_registry::SchemaRegistry, to: schema_registry::SchemaRegistry,
    /// # ) -> Result<(), schema_registry::RegistryError> {
    /// use schema_registry::Mode;
    ///
    /// let version = from.raw_version("orders-value", 1).await?;
    /// to.set_mode("orders-value", Mode::Import, false).await?;
    /// to.import("orders-value", version.version(), version.id(), version.schema()).await?;
    /// to.reset_mode("orders-value").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn import(
        &self,
        subject: &str,
        version: u32,
        id: SchemaId,
        schema: &RawSchema,
    ) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let call = Call {
            operation: self.operation(format!("importing version {version} of subject `{subject}` with id {id}")),
            method: Method::POST,
            api: Api::Confluent,
            path: &["subjects", &address, "versions"],
            query: &[],
            body: Some(to_json(&ImportRequest { schema, id, version })),
        };
        let imported = self.shared.transport.call::<IgnoredAny>(call).await;
        let qualified = self.qualify(subject);
        self.shared.caches.deleted(&qualified).await;
        let wrong = [Wanted::Version(&qualified, version), Wanted::Latest(&qualified)];
        self.in_context_of(subject).forget_shared(wrong).await;
        imported.map(drop)
    }
}
