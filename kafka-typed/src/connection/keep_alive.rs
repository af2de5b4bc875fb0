//! What has to outlive every client of a connection.

use std::any::Any;
use std::sync::Arc;

/// The broker that runs in this process, when there is one.
#[derive(Clone, Default)]
pub(crate) struct KeepAlive {
    broker: Option<Arc<dyn Any + Send + Sync>>,
}

impl KeepAlive {
    /// Whether the broker runs in this process. It is a mock, and cannot all that others can.
    pub(crate) fn is_mock(&self) -> bool {
        self.broker.is_some()
    }
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
