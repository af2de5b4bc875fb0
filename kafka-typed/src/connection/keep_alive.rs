//! What has to outlive every client of a connection.

use std::any::Any;
use std::sync::Arc;

/// The broker that runs in this process, when there is one.
#[derive(Clone, Default)]
pub(crate) struct KeepAlive {
    #[cfg_attr(not(feature = "embedded"), expect(dead_code, reason = "it is only kept"))]
    broker: Option<Arc<dyn Any + Send + Sync>>,
}

#[cfg(feature = "embedded")]
impl KeepAlive {
    pub(crate) fn new(broker: impl Any + Send + Sync) -> Self {
        Self { broker: Some(Arc::new(broker)) }
    }

    /// The broker, if it is a `T`.
    pub(crate) fn broker<T: Any>(&self) -> Option<&T> {
        self.broker.as_deref()?.downcast_ref()
    }
}
