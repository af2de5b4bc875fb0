//! Rows about canonical forms: `schema` (text), `canonical`, and fingerprints of it.
//!
//! `md5` is ignored: the specification names it among others, and nothing here computes it.

use avro_model::Schema;

use super::{Row, Verdict};
use crate::datum::hexadecimal;

pub(super) fn check(row: &Row) -> Verdict {
    let schema = Schema::parse(row.text("schema")?).map_err(|error| format!("the schema is refused: {error}"))?;
    let crc64 = schema.fingerprint_crc64();
    // Specification, "Single object encoding": two bytes that mark it, then the fingerprint in little-endian order.
    let header = [&[0xc3, 0x01][..], &crc64.to_le_bytes()].concat();
    let found = [
        ("canonical", schema.canonical_form()),
        ("crc64_avro", hexadecimal::of(&crc64.to_be_bytes())),
        ("single_object_header", hexadecimal::of(&header)),
        ("sha256", hexadecimal::of(&schema.fingerprint_sha256())),
    ];
    for (attribute, found) in found {
        let expected = row.get(attribute);
        if !expected.is_null() && *expected != *found {
            return Err(format!("{attribute}: expected {expected}, found \"{found}\""));
        }
    }
    Ok(())
}
