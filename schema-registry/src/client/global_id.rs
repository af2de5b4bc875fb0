//! Schemas by the ids of Apicurio Registry.

use std::sync::Arc;

use serde::Deserialize;

use super::SchemaRegistry;
use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::schema::RegisteredSchema;
use crate::transport::{Api, Call};

/// What Apicurio Registry finds.
#[derive(Deserialize)]
struct FoundVersions {
    versions: Vec<FoundVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundVersion {
    global_id: u64,
    /// What its API of Confluent means by an id.
    content_id: SchemaId,
}

impl SchemaRegistry {
    /// The schema of the version that Apicurio Registry knows by this `globalId`, which its serializers write into the
    /// header `apicurio.value.globalId` by choice. It takes two requests the first time, one of them to Apicurio's own
    /// API (version 3), which is beside that of Confluent, and is then cached. The [shared
    /// cache](crate::SchemaRegistryBuilder::shared_cache) has the schema by its id.
    ///
    /// # Errors
    /// [`RegistryError::NotApicurio`] when the address does not lead to Confluent's API of Apicurio Registry;
    /// [`RegistryError::UnknownGlobalId`] when it has no such version; and the errors of
    /// [`schema_by_id`](Self::schema_by_id).
    pub async fn schema_by_global_id(&self, id: u64) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = Box::pin(async {
            let operation = self.operation(format!("fetching the schema with the globalId {id}"));
            if let Some(url) = self.shared.transport.other_than_apicurio() {
                return Err(RegistryError::NotApicurio { operation: operation.what, url: url.to_string() });
            }
            let number = id.to_string();
            let query = [("globalId", number.as_str())];
            let call =
                Call { api: Api::Apicurio, query: &query, ..Call::get(operation.clone(), &["search", "versions"]) };
            let found: FoundVersions = self.shared.transport.call(call).await?;
            // What does not know the parameter finds something else.
            match found.versions.iter().find(|version| version.global_id == id) {
                Some(version) => self.schema_by_id(version.content_id).await,
                None => Err(RegistryError::UnknownGlobalId { operation: operation.what, id }),
            }
        });
        self.shared.caches.schema_by_global_id(&self.context, id, fetch).await
    }
}
