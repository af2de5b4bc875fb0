//! What is known about the schema of a type.

/// A Rust type of an Avro schema: it was generated from one, or `#[derive(Avro)]` made one of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type with an Avro schema",
    label = "has no Avro schema",
    note = "put its schema into the folder that build.rs gives to `avro_build::compile`, and use the type that `include_schemas!` brings; or write `#[derive(avro_derive::Avro)]` on the type"
)]
pub trait AvroType {
    /// The name with its namespace, such as `com.example.customer.Customer`. A schema without a name has that of its
    /// kind: `array`, `union`, `long`.
    const FULLNAME: &'static str;

    /// The schema and its fingerprints: constants of a generated type; what is derived makes them once.
    fn schema() -> &'static TypeSchema;
}

/// The schema of a type, as text and as fingerprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeSchema {
    /// The self-contained schema as JSON, with everything that the source contains: what a registry is given.
    pub json: &'static str,

    /// CRC-64-AVRO of the Parsing Canonical Form (Avro 1.12, "Schema Fingerprints").
    pub fingerprint_crc64: u64,

    /// SHA-256 of the Parsing Canonical Form (Avro 1.12, "Schema Fingerprints").
    pub fingerprint_sha256: [u8; 32],

    /// Where exactly this schema was released: what `schema-lock/` knew, and what was looked up or registered, when
    /// the type was generated. Empty when that is nothing, and for derived types.
    pub released: &'static [Released],
}

impl TypeSchema {
    /// What a type knows about its schema; the arguments are the fields.
    #[must_use]
    pub const fn new(
        json: &'static str,
        fingerprint_crc64: u64,
        fingerprint_sha256: [u8; 32],
        released: &'static [Released],
    ) -> Self {
        TypeSchema { json, fingerprint_crc64, fingerprint_sha256, released }
    }
}

/// A version of a subject of a registry that has a schema: a constant of the type that was generated from it.
///
/// ```
/// use avro_typed::Released;
///
/// const GUID: &str = "8f1d2b44-0a0e-6d3c-9a51-7f6f1d6f3f10";
/// let released = Released::new("customer-value", 3, GUID, &[("default", 17)]);
/// assert_eq!(released.id("default"), Some(17));
/// assert_eq!(released.id("backup"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Released {
    /// The subject, such as `customer-value`.
    pub subject: &'static str,

    /// The version in this subject.
    pub version: u32,

    /// The GUID of the schema, which is the same in every registry.
    pub guid: &'static str,

    /// The ids of the schema, which differ between registries: each with the name of the registry that it is from.
    pub ids: &'static [(&'static str, u32)],
}

impl Released {
    /// A version of a subject; the arguments are the fields.
    #[must_use]
    pub const fn new(
        subject: &'static str,
        version: u32,
        guid: &'static str,
        ids: &'static [(&'static str, u32)],
    ) -> Self {
        Released { subject, version, guid, ids }
    }

    /// The id in the registry of that name.
    #[must_use]
    pub fn id(&self, registry: &str) -> Option<u32> {
        self.ids.iter().find(|(name, _)| *name == registry).map(|(_, id)| *id)
    }
}
