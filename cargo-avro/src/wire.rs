//! Where the schema id is in a payload.

use clap::ValueEnum;
use schema_registry::WireFormat;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wire {
    /// A zero byte, the schema id in four bytes, the datum.
    Confluent,
    /// The schema id in four bytes, the datum.
    BareId,
}

impl Wire {
    pub(crate) fn format(self) -> WireFormat {
        match self {
            Wire::Confluent => WireFormat::Confluent,
            Wire::BareId => WireFormat::BareId,
        }
    }
}
