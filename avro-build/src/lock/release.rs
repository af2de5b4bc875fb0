//! A version of the lock, as generated code has it.

use avro_codegen::Release;

use super::LockedVersion;

/// What a type knows that has the schema of `version`.
pub(crate) fn release_of(version: &LockedVersion) -> Release {
    let ids = version.ids.iter().map(|(name, id)| (name.clone(), *id)).collect();
    Release::new(version.subject.clone(), version.version, version.guid.to_string(), ids)
}
