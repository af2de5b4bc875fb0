//! A lock that no folder has.

use avro_model::{Diagnostics, Source};

use super::parse::parse;
use super::write::text;
use super::{Lock, LockError, LockedVersion};

impl Lock {
    /// A lock of versions that come from elsewhere, such as a registry, each with what diagnostics call it: to
    /// [`check`](Lock::check) schemas against them.
    ///
    /// # Errors
    ///
    /// When a version could not be in a lock, since its schema is not JSON, or its subject empty.
    ///
    /// ```
    /// use avro_build::lock::{Lock, LockedVersion};
    /// use avro_model::Guid;
    ///
    /// let schema = r#"{"type":"fixed","name":"com.acme.Hash","size":16}"#;
    /// let version = LockedVersion::new("hash-value", 1, "com.acme.Hash", Guid::of(schema, []), schema);
    /// let lock = Lock::of(vec![(version, "hash-value at http://localhost:8081".to_owned())])?;
    /// assert_eq!(lock.newest("hash-value").map(|newest| newest.version), Some(1));
    /// # Ok::<(), avro_build::lock::LockError>(())
    /// ```
    pub fn of(versions: Vec<(LockedVersion, String)>) -> Result<Lock, LockError> {
        let mut read = Vec::with_capacity(versions.len());
        for (version, name) in versions {
            let text = text(name.as_ref(), &version)?;
            let source = Source::new(name, text);
            let parsed = parse(source.clone());
            read.push(parsed.map_err(|list| LockError::Invalid(Diagnostics::new(vec![source], list)))?);
        }
        read.sort_by(|(one, _), (other, _)| (&one.subject, one.version).cmp(&(&other.subject, other.version)));
        let (versions, files) = read.into_iter().unzip();
        Ok(Lock { versions, files, ..Lock::default() })
    }
}
