//! Schema ids in the headers of a record, as they are written and read. No I/O.

use avro_model::Guid;

use crate::frame::{FrameError, LARGEST_ID, SchemaId, WireFormat};
use crate::subject::RecordPart;
use crate::wire_id::WireId;

/// What the header of a schema id begins with: the kind of the id.
const ID_FOLLOWS: u8 = 0;
const GUID_FOLLOWS: u8 = 1;
const ID_LENGTH: usize = 4;
const GUID_LENGTH: usize = 16;
const GLOBAL_ID_LENGTH: usize = 8;

/// The header that holds the schema id of a record's key or value, as Confluent Platform 8 writes it
/// ([`WireFormat::Header`]): `0x01` and the GUID, or `0x00` and the id in four big-endian bytes. A `globalId` is in the
/// header of Apicurio's serializers, in eight big-endian bytes.
///
/// Confluent's serializers write the first; their deserializers read both. Make it once per schema.
///
/// ```
/// use schema_registry::{Guid, RecordPart, SchemaId, SchemaIdHeader};
///
/// let guid = Guid::from_bytes([7; 16]);
/// let header = SchemaIdHeader::new(RecordPart::Value, guid.into());
/// assert_eq!((header.name(), header.value().len()), ("__value_schema_id", 17));
///
/// let header = SchemaIdHeader::new(RecordPart::Key, SchemaId::new(258).into());
/// assert_eq!((header.name(), header.value()), ("__key_schema_id", &[0, 0, 0, 1, 2][..]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaIdHeader {
    name: &'static str,
    bytes: [u8; 1 + GUID_LENGTH],
    length: u8,
}

impl SchemaIdHeader {
    /// The header for a key or a value that was written with this schema.
    pub fn new(part: RecordPart, id: WireId) -> Self {
        let mut bytes = [0; 1 + GUID_LENGTH];
        let (kind, length) = match id {
            WireId::Id(id) => {
                bytes[0] = ID_FOLLOWS;
                bytes[1..=ID_LENGTH].copy_from_slice(&id.get().to_be_bytes());
                (Kind::Confluent, 5)
            }
            WireId::Guid(guid) => {
                bytes[0] = GUID_FOLLOWS;
                bytes[1..].copy_from_slice(guid.as_bytes());
                (Kind::Confluent, 17)
            }
            WireId::GlobalId(id) => {
                bytes[..GLOBAL_ID_LENGTH].copy_from_slice(&id.to_be_bytes());
                (Kind::GlobalId, 8)
            }
        };
        Self { name: kind.header(part), bytes, length }
    }

    /// The name of the header.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The value of the header.
    pub fn value(&self) -> &[u8] {
        let value = self.bytes.get(..usize::from(self.length));
        debug_assert!(value.is_some(), "`length` is 5, 8 or 17 by construction");
        value.unwrap_or(&self.bytes)
    }
}

/// What a header holds. Where a record has several kinds, the first of this list counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Of Confluent Platform 8.
    Confluent,
    /// The others, but for the last, are of Apicurio Registry 2 and 3. Its Confluent API means this by an id.
    ContentId,
    GlobalId,
    ContentHash,
    ArtifactId,
    /// Azure Schema Registry writes `avro/binary+<id>` into the content type, which applies to the value.
    Azure,
}

const AZURE_AVRO: &[u8] = b"avro/binary+";

impl Kind {
    /// The kind of a header of a key or a value. Most headers are told by their first byte that they have none.
    fn of(part: RecordPart, name: &str, value: &[u8]) -> Option<Kind> {
        let candidates: &[Kind] = match name.as_bytes().first()? {
            b'_' => &[Kind::Confluent],
            b'a' => &[Kind::ContentId, Kind::GlobalId, Kind::ContentHash, Kind::ArtifactId],
            b'c' | b'C' if part == RecordPart::Value => {
                let is_azure = name.eq_ignore_ascii_case(Kind::Azure.header(part)) && value.starts_with(AZURE_AVRO);
                return is_azure.then_some(Kind::Azure);
            }
            _ => return None,
        };
        candidates.iter().copied().find(|kind| kind.header(part) == name)
    }

    const fn header(self, part: RecordPart) -> &'static str {
        match (part, self) {
            (RecordPart::Key, Kind::Confluent) => "__key_schema_id",
            (RecordPart::Key, Kind::ContentId) => "apicurio.key.contentId",
            (RecordPart::Key, Kind::GlobalId) => "apicurio.key.globalId",
            (RecordPart::Key, Kind::ContentHash) => "apicurio.key.contentHash",
            (RecordPart::Key, Kind::ArtifactId) => "apicurio.key.artifactId",
            (RecordPart::Value, Kind::Confluent) => "__value_schema_id",
            (RecordPart::Value, Kind::ContentId) => "apicurio.value.contentId",
            (RecordPart::Value, Kind::GlobalId) => "apicurio.value.globalId",
            (RecordPart::Value, Kind::ContentHash) => "apicurio.value.contentHash",
            (RecordPart::Value, Kind::ArtifactId) => "apicurio.value.artifactId",
            (RecordPart::Key | RecordPart::Value, Kind::Azure) => "content-type",
        }
    }

    /// The id that the header holds.
    fn read(self, part: RecordPart, value: &[u8]) -> Result<WireId, FrameError> {
        let header = self.header(part);
        let id = match self {
            Kind::Confluent => match value.split_first() {
                Some((&ID_FOLLOWS, id)) => <[u8; ID_LENGTH]>::try_from(id).ok().map(u32::from_be_bytes).map(u64::from),
                Some((&GUID_FOLLOWS, guid)) => {
                    let guid = <[u8; GUID_LENGTH]>::try_from(guid);
                    let invalid = |_| FrameError::InvalidIdHeader { header, length: value.len() };
                    return guid.map(|guid| Guid::from_bytes(guid).into()).map_err(invalid);
                }
                _ => None,
            },
            Kind::ContentId => <[u8; 8]>::try_from(value).ok().map(u64::from_be_bytes),
            Kind::GlobalId => {
                let id = <[u8; GLOBAL_ID_LENGTH]>::try_from(value).ok().map(u64::from_be_bytes).filter(|id| *id > 0);
                return id.map(WireId::GlobalId).ok_or(FrameError::InvalidIdHeader { header, length: value.len() });
            }
            Kind::ContentHash | Kind::ArtifactId | Kind::Azure => {
                return Err(FrameError::UnresolvableHeader { header });
            }
        };
        let id = id.and_then(|id| u32::try_from(id).ok()).filter(|id| (1..=LARGEST_ID).contains(id));
        id.map(|id| SchemaId::new(id).into()).ok_or(FrameError::InvalidIdHeader { header, length: value.len() })
    }
}

/// The schema id of a record's key or value, where a header holds it. The key or value is the datum alone then.
///
/// The last header of a name counts, and a null value does not count, as for Confluent's deserializers. Besides
/// [theirs](SchemaIdHeader) the headers of Apicurio Registry are read: `apicurio.value.contentId`, which its Confluent
/// API means by an id, unless its legacy id mode is on, and `apicurio.value.globalId`.
///
/// ```
/// use schema_registry::{RecordPart, SchemaId, id_in_headers};
///
/// let headers = [("trace", Some(&b"1"[..])), ("__value_schema_id", Some(&[0, 0, 0, 0, 7][..]))];
/// assert_eq!(id_in_headers(RecordPart::Key, headers), Ok(None));
/// assert_eq!(id_in_headers(RecordPart::Value, headers), Ok(Some(SchemaId::new(7).into())));
/// ```
///
/// # Errors
/// [`FrameError::InvalidIdHeader`], and [`FrameError::UnresolvableHeader`] for an id that a registry cannot be asked
/// for by Confluent's API.
pub fn id_in_headers<'h>(
    part: RecordPart,
    headers: impl IntoIterator<Item = (&'h str, Option<&'h [u8]>)>,
) -> Result<Option<WireId>, FrameError> {
    let mut found: Option<(Kind, &[u8])> = None;
    for (name, value) in headers {
        let Some(value) = value else { continue };
        if let Some(kind) = Kind::of(part, name, value)
            && found.is_none_or(|(other, _)| kind <= other)
        {
            found = Some((kind, value));
        }
    }
    found.map(|(kind, value)| kind.read(part, value)).transpose()
}

/// Whether a header holds the schema id of a record's key or value, in any format that is known here. A record with
/// another key or value needs another header, or none.
///
/// ```
/// use schema_registry::{RecordPart, is_id_header};
///
/// assert!(is_id_header(RecordPart::Value, "apicurio.value.globalId", Some(&[0; 8])));
/// assert!(!is_id_header(RecordPart::Key, "apicurio.value.globalId", Some(&[0; 8])));
/// assert!(!is_id_header(RecordPart::Value, "trace", None));
/// ```
pub fn is_id_header(part: RecordPart, name: &str, value: Option<&[u8]>) -> bool {
    Kind::of(part, name, value.unwrap_or_default()).is_some()
}

impl WireFormat {
    /// Finds the schema id and the datum of a record's key or value: by its headers, if one holds the id, and otherwise
    /// as [`split`](Self::split) does. So a topic whose producers change between formats is read.
    ///
    /// ```
    /// use schema_registry::{RecordPart, SchemaId, WireFormat};
    ///
    /// let (id, datum) = WireFormat::Confluent.split_record(RecordPart::Value, [], &[0, 0, 0, 0, 7, 0x2a])?;
    /// assert_eq!((id, datum), (SchemaId::new(7).into(), &[0x2a][..]));
    ///
    /// let headers = [("__value_schema_id", Some(&[0, 0, 0, 0, 8][..]))];
    /// let (id, datum) = WireFormat::Confluent.split_record(RecordPart::Value, headers, &[0x2a])?;
    /// assert_eq!((id, datum), (SchemaId::new(8).into(), &[0x2a][..]));
    /// # Ok::<(), schema_registry::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`id_in_headers`] and [`split`](Self::split).
    pub fn split_record<'h, 'd>(
        self,
        part: RecordPart,
        headers: impl IntoIterator<Item = (&'h str, Option<&'h [u8]>)>,
        bytes: &'d [u8],
    ) -> Result<(WireId, &'d [u8]), FrameError> {
        match id_in_headers(part, headers)? {
            // A datum may begin with the bytes of a frame, and is never taken apart.
            Some(id) => Ok((id, bytes)),
            None => self.split(bytes).map(|(id, datum)| (id.into(), datum)),
        }
    }
}

/// What to do about a header that cannot be resolved.
pub(crate) fn remedy(header: &str) -> &'static str {
    match header {
        header if header.starts_with("apicurio.") => {
            "its producer found the schema without an id: let it look the schema up in the registry \
             (`apicurio.registry.find-latest` or `apicurio.registry.auto-register`), so that it writes `contentId`"
        }
        _ => "Azure's ids are known to Azure's own API only: have its producer use the Confluent wire format",
    }
}
