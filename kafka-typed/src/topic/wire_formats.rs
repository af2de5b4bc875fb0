//! Which wire format values have, and which keys.

use schema_registry::{RecordPart, WireFormat};

/// What a topic, a producer or a consumer says of them; the rest is the default of its `KafkaTyped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WireFormatChoice {
    /// Of values, and of keys that have no choice of their own.
    pub(crate) values: Option<WireFormat>,
    pub(crate) keys: Option<WireFormat>,
}

impl WireFormatChoice {
    pub(crate) fn settle(self, default: WireFormat) -> WireFormats {
        let value = self.values.unwrap_or(default);
        WireFormats { value, key: self.keys.unwrap_or(value) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WireFormats {
    value: WireFormat,
    key: WireFormat,
}

impl WireFormats {
    pub(crate) fn of(self, part: RecordPart) -> WireFormat {
        match part {
            RecordPart::Key => self.key,
            RecordPart::Value => self.value,
        }
    }
}
