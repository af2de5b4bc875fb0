//! Fingerprints of the Parsing Canonical Form (Avro specification, "Schema Fingerprints").

use sha2::{Digest, Sha256};

use crate::schema::Schema;

/// The fingerprint of no bytes at all, and the polynomial; both from the specification.
const EMPTY: u64 = 0xc15d_213a_a4d7_a795;

/// What each byte does to a fingerprint. A static, since without optimisation a constant is copied for every use.
static TABLE: [u64; 256] = table();

impl Schema {
    /// The CRC-64-AVRO of the Parsing Canonical Form, which single-object encoding puts before each datum.
    ///
    /// ```
    /// let schema = avro_model::Schema::parse("\"int\"")?;
    /// assert_eq!(schema.fingerprint_crc64(), 0x7275d51a3f395c8f);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn fingerprint_crc64(&self) -> u64 {
        crc64_avro(self.canonical_form().as_bytes())
    }

    /// The SHA-256 of the Parsing Canonical Form.
    #[must_use]
    pub fn fingerprint_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_form().as_bytes()).into()
    }

    /// Both of the fingerprints, the CRC-64-AVRO and the SHA-256, for the price of one canonical form.
    ///
    /// ```
    /// let schema = avro_model::Schema::parse("\"int\"")?;
    /// assert_eq!(schema.fingerprints(), (schema.fingerprint_crc64(), schema.fingerprint_sha256()));
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn fingerprints(&self) -> (u64, [u8; 32]) {
        let canonical = self.canonical_form();
        (crc64_avro(canonical.as_bytes()), Sha256::digest(canonical.as_bytes()).into())
    }
}

/// The CRC-64-AVRO of `bytes`, a 64-bit Rabin fingerprint.
///
/// ```
/// assert_eq!(avro_model::crc64_avro(b"\"null\""), 0x63dd24e7cc258f8a);
/// ```
#[must_use]
pub fn crc64_avro(bytes: &[u8]) -> u64 {
    // A plain loop: build scripts run this without optimisation, and closures are slow there.
    let mut fingerprint = EMPTY;
    for byte in bytes {
        let low = fingerprint.to_le_bytes()[0];
        fingerprint = (fingerprint >> 8) ^ TABLE[usize::from(low ^ byte)];
    }
    fingerprint
}

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    let mut start: u64 = 0;
    while byte < table.len() {
        let mut fingerprint = start;
        let mut bit = 0;
        while bit < 8 {
            fingerprint = if fingerprint & 1 == 1 { (fingerprint >> 1) ^ EMPTY } else { fingerprint >> 1 };
            bit += 1;
        }
        table[byte] = fingerprint;
        byte += 1;
        start += 1;
    }
    table
}
