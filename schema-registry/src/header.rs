//! Which record headers hold a schema id. No I/O.

use crate::frame::FrameError;
use crate::subject::RecordPart;

/// The names of a header, for keys and for values.
struct IdHeader {
    key: &'static str,
    value: &'static str,
}

/// Confluent Platform 8 (`SchemaId`), and Apicurio Registry 2 and 3 (`KafkaSerdeHeaders`).
const ID_HEADERS: [IdHeader; 5] = [
    IdHeader { key: "__key_schema_id", value: "__value_schema_id" },
    IdHeader { key: "apicurio.key.globalId", value: "apicurio.value.globalId" },
    IdHeader { key: "apicurio.key.contentId", value: "apicurio.value.contentId" },
    IdHeader { key: "apicurio.key.contentHash", value: "apicurio.value.contentHash" },
    IdHeader { key: "apicurio.key.artifactId", value: "apicurio.value.artifactId" },
];

/// Azure Schema Registry writes `avro/binary+<id>` into the content type, which applies to the value.
const CONTENT_TYPE: &str = "content-type";
const AZURE_AVRO: &[u8] = b"avro/binary+";

/// Makes sure that no header holds the schema id of a record's key or value.
///
/// Where one does, the key or value is the datum alone. It must not be [split](crate::WireFormat::split): a datum may
/// begin with the bytes of a frame.
///
/// ```
/// use schema_registry::{FrameError, RecordPart, require_prefix};
///
/// let headers = [("trace", Some(&b"1"[..])), ("__value_schema_id", Some(&[1; 17][..]))];
/// assert_eq!(require_prefix(RecordPart::Key, headers), Ok(()));
/// assert_eq!(
///     require_prefix(RecordPart::Value, headers),
///     Err(FrameError::IdInHeader { header: "__value_schema_id" }),
/// );
/// ```
///
/// # Errors
/// [`FrameError::IdInHeader`], which names the header.
pub fn require_prefix<'h>(
    part: RecordPart,
    headers: impl IntoIterator<Item = (&'h str, Option<&'h [u8]>)>,
) -> Result<(), FrameError> {
    match headers.into_iter().find_map(|(name, value)| id_header(part, name, value)) {
        Some(header) => Err(FrameError::IdInHeader { header }),
        None => Ok(()),
    }
}

/// The known name of a header that holds an id.
fn id_header(part: RecordPart, name: &str, value: Option<&[u8]>) -> Option<&'static str> {
    let is_azure = part == RecordPart::Value
        && name.eq_ignore_ascii_case(CONTENT_TYPE)
        && value.is_some_and(|value| value.starts_with(AZURE_AVRO));
    if is_azure {
        return Some(CONTENT_TYPE);
    }
    let mut names = ID_HEADERS.iter().map(|header| match part {
        RecordPart::Key => header.key,
        RecordPart::Value => header.value,
    });
    names.find(|known| *known == name)
}
