//! Deleting.

use super::SchemaRegistry;
use crate::error::RegistryError;
use crate::shared_entry::Wanted;
use crate::transport::Call;

/// How much of something is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deletion {
    /// Removed from lists and from compatibility checks, but what was written with it can still be read.
    #[default]
    Soft,
    /// Removed with its id: what was written with it can no longer be read. It has to be soft-deleted first.
    Permanent,
}

impl SchemaRegistry {
    /// Deletes every version of `subject`, and returns their numbers.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 when there is no such subject, 40404 when it is soft-deleted already, 40405
    /// when it is not and should be; 42206 when another schema refers to one of its versions.
    pub async fn delete_subject(&self, subject: &str, deletion: Deletion) -> Result<Vec<u32>, RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("deleting subject `{subject}`"));
        let deleted: Result<Vec<u32>, _> =
            self.shared.transport.call(Call::delete(operation, &["subjects", &address], deletion.query())).await;
        let qualified = self.qualify(subject);
        self.shared.caches.deleted(&qualified).await;
        let versions = deleted.iter().flatten().map(|version| Wanted::Version(&qualified, *version));
        self.in_context_of(subject).forget_shared(versions.chain([Wanted::Latest(&qualified)])).await;
        deleted
    }

    /// Deletes a version of `subject`.
    ///
    /// # Errors
    /// [`RegistryError::is_not_found`]: 40401 and 40402 when there is no such subject or version, 40406 when it is deleted
    /// softly already, 40407 when it is not and should be; 42206 when another schema refers to it.
    pub async fn delete_version(&self, subject: &str, version: u32, deletion: Deletion) -> Result<(), RegistryError> {
        let address = self.address_of(subject)?;
        let operation = self.operation(format!("deleting version {version} of subject `{subject}`"));
        let number = version.to_string();
        let path = ["subjects", &address, "versions", &number];
        let deleted: Result<u32, _> =
            self.shared.transport.call(Call::delete(operation, &path, deletion.query())).await;
        let qualified = self.qualify(subject);
        self.shared.caches.deleted(&qualified).await;
        let wrong = [Wanted::Version(&qualified, version), Wanted::Latest(&qualified)];
        self.in_context_of(subject).forget_shared(wrong).await;
        deleted.map(drop)
    }
}

impl Deletion {
    fn query(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Soft => &[],
            Self::Permanent => &[("permanent", "true")],
        }
    }
}
