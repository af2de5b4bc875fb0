//! What is known about a generated type at compile time.

/// A Rust type that was generated from an Avro schema, with the schema's texts and fingerprints as constants.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type generated from an Avro schema",
    label = "has no Avro schema",
    note = "put its schema into the folder that build.rs gives to `avro_codegen::compile`, and use the type that `include_schemas!` brings"
)]
pub trait AvroType {
    /// The name with its namespace, such as `com.example.customer.Customer`.
    const FULLNAME: &'static str;

    /// The self-contained schema as JSON, with everything that the source says: what a registry is given.
    const SCHEMA: &'static str;

    /// The exact text of the definition in its file, which may refer to types in other files.
    const SCHEMA_SOURCE: &'static str;

    /// CRC-64-AVRO of the Parsing Canonical Form (Avro 1.12, "Schema Fingerprints").
    const FINGERPRINT_CRC64: u64;

    /// SHA-256 of the Parsing Canonical Form (Avro 1.12, "Schema Fingerprints").
    const FINGERPRINT_SHA256: [u8; 32];
}
