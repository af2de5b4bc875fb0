//! Where the schema id is.

use clap::ValueEnum;
use schema_registry::WireFormat;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wire {
    /// A zero byte, the schema id in four bytes, the datum.
    Confluent,
    /// The schema's GUID in a header of the record, and the datum as the payload.
    Header,
    /// The schema id in four bytes, the datum.
    BareId,
}

impl Wire {
    pub(crate) fn format(self) -> WireFormat {
        match self {
            Wire::Confluent => WireFormat::Confluent,
            Wire::Header => WireFormat::Header,
            Wire::BareId => WireFormat::BareId,
        }
    }
}
