//! Without the feature `registry` there is nothing to ask.

use std::ffi::OsString;

use avro_codegen::Releases;
use avro_model::SchemaSet;

use super::{RegistryLookUpError, RegistryMode, Subject};

/// There is none.
#[derive(Debug)]
pub(super) enum Connection {}

impl Connection {
    /// The error for who asks all the same.
    pub(super) fn new(
        asked_by: String,
        _: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Connection, RegistryLookUpError> {
        Err(RegistryLookUpError::NoFeature { asked_by })
    }

    pub(super) fn variables() -> Vec<&'static str> {
        Vec::new()
    }

    pub(super) fn ask(
        &self,
        _: RegistryMode,
        _: &SchemaSet,
        _: &[Subject<'_>],
        _: &mut Releases,
    ) -> Result<(), RegistryLookUpError> {
        match *self {}
    }
}
