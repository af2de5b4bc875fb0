//! What has to outlive every client of a connection.

use std::any::Any;
use std::sync::Arc;

/// The broker that runs in this process, when there is one.
#[derive(Clone, Default)]
pub(crate) struct KeepAlive {
    _broker: Option<Arc<dyn Any + Send + Sync>>,
}

#[cfg(feature = "embedded")]
impl KeepAlive {
    pub(crate) fn new(broker: impl Any + Send + Sync) -> Self {
        Self { _broker: Some(Arc::new(broker)) }
    }
}
