//! Records of derived types count their depth where they might contain themselves.

use crate::decode_error::DecodeError;
use crate::encode_error::EncodeError;
use crate::reader::Reader;
use crate::writer::Writer;

/// Writes the fields of a record. A macro cannot see which types are recursive, so every record counts that holds
/// another one; `holds_records` is a constant, so that the others pay nothing.
///
/// # Errors
///
/// What `write` returns, and when records are nested too deep.
#[inline(always)]
pub fn encode_record(
    holds_records: bool,
    writer: &mut Writer<'_>,
    write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    if holds_records { writer.nested(write) } else { write(writer) }
}

/// Reads the fields of a record, as [`encode_record`] writes them.
///
/// # Errors
///
/// What `read` returns, and when records are nested too deep.
#[inline(always)]
pub fn decode_record<'a, T>(
    holds_records: bool,
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    if holds_records { reader.nested(read) } else { read(reader) }
}
