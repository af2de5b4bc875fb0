//! What apache-avro makes of a datum that another schema wrote.

use std::panic::{AssertUnwindSafe, catch_unwind};

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;

/// The datum as the reader's schema writes it, or why there is none. What panics is an error, too.
pub(super) fn resolve(writer: &str, reader: &str, datum: &[u8]) -> Result<Vec<u8>, String> {
    let resolve = || {
        let writer = Schema::parse_str(writer)?;
        let reader = Schema::parse_str(reader)?;
        let resolving = GenericDatumReader::builder(&writer).reader_schema(&reader).build()?;
        let value = resolving.read_value(&mut &datum[..])?;
        GenericDatumWriter::builder(&reader).build()?.write_value_to_vec(value)
    };
    match catch_unwind(AssertUnwindSafe(resolve)) {
        Ok(result) => result.map_err(|error: apache_avro::Error| error.to_string()),
        Err(_) => Err("it panicked".to_owned()),
    }
}
