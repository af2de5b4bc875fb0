//! The prefix of a datum, which has the schema id. No I/O.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::header;

/// The number that a registry assigned to a schema. Equal schemas share one, whatever their subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaId(u32);

impl SchemaId {
    /// Wraps the number of a payload or of an answer of the registry.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl From<u32> for SchemaId {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for SchemaId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Where the schema id of a record's key or value is.
///
/// Whichever is chosen for reading, a header that holds the id comes first:
/// [`split_record`](WireFormat::split_record).
///
/// ```
/// use schema_registry::{SchemaId, WireFormat};
///
/// let prefix = WireFormat::Confluent.prefix(SchemaId::new(7));
/// assert_eq!(&*prefix, [0, 0, 0, 0, 7]);
///
/// let (id, datum) = WireFormat::Confluent.split(&[0, 0, 0, 0, 7, 0x2a])?;
/// assert_eq!((id, datum), (SchemaId::new(7), &[0x2a][..]));
/// # Ok::<(), schema_registry::FrameError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WireFormat {
    /// The magic byte `0x00`, the id in four big-endian bytes, the datum. What Confluent's
    /// serializers and everything compatible with them write.
    #[default]
    Confluent,
    /// The datum alone; the schema's GUID is in a [header of the record](crate::SchemaIdHeader). What the serializers
    /// of Confluent Platform 8 write by choice. Read, it is the same as `Confluent`: a record without the header is one
    /// of before.
    Header,
    /// The id in four big-endian bytes, the datum; no magic byte. A payload of this format cannot be told from one of
    /// another: use it only for topics whose producers write it.
    BareId,
}

/// The first byte of a payload in the Confluent wire format.
const MAGIC_BYTE: u8 = 0;
const ID_LENGTH: usize = 4;
/// Registries count ids in Java's `int`. A larger one shows that the payload has no id here; asking a registry for it
/// gets an answer that does not tell anything about the schema, such as Confluent's bare 404.
pub(crate) const LARGEST_ID: u32 = i32::MAX as u32;

impl WireFormat {
    /// How many bytes precede the datum.
    pub const fn prefix_len(self) -> usize {
        match self {
            Self::Confluent => 1 + ID_LENGTH,
            Self::Header => 0,
            Self::BareId => ID_LENGTH,
        }
    }

    /// The bytes to put in front of a datum written with schema `id`. Make it once per schema: it is
    /// five bytes and a length, on the stack.
    pub const fn prefix(self, id: SchemaId) -> Prefix {
        let [a, b, c, d] = id.0.to_be_bytes();
        match self {
            Self::Confluent => Prefix { bytes: [MAGIC_BYTE, a, b, c, d], length: 5 },
            Self::Header => Prefix { bytes: [0; 1 + ID_LENGTH], length: 0 },
            Self::BareId => Prefix { bytes: [a, b, c, d, 0], length: 4 },
        }
    }

    /// Splits a payload into the schema id and the datum. The datum may be empty: the Avro type
    /// null, and a record without fields, take no byte.
    ///
    /// For a record, whose schema id may be in a header, there is [`split_record`](Self::split_record).
    ///
    /// # Errors
    /// [`FrameError`] when the payload is shorter than the prefix, does not begin with the magic byte
    /// where the format has one, or has an id that no registry assigns or that has eight bytes.
    pub fn split(self, payload: &[u8]) -> Result<(SchemaId, &[u8]), FrameError> {
        let format = match self {
            Self::Header => Self::Confluent,
            other => other,
        };
        let too_short = FrameError::TooShort { format, length: payload.len() };
        let framed = match format {
            Self::BareId => payload,
            Self::Confluent | Self::Header => match payload.split_first() {
                None => return Err(too_short),
                Some((&MAGIC_BYTE, rest)) => rest,
                Some((&found, _)) => return Err(FrameError::WrongMagicByte { found }),
            },
        };
        let (id, datum) = framed.split_first_chunk::<ID_LENGTH>().ok_or(too_short)?;
        if format == Self::Confluent
            && *id == [0; ID_LENGTH]
            && let Some((low, _)) = datum.split_first_chunk::<ID_LENGTH>()
        {
            // No registry assigns the id 0, so that this is the upper half of a longer one.
            return Err(FrameError::EightByteId { id: u32::from_be_bytes(*low) });
        }
        let id = u32::from_be_bytes(*id);
        if id > LARGEST_ID {
            return Err(FrameError::IdTooLarge { format, id });
        }
        Ok((SchemaId(id), datum))
    }
}

impl fmt::Display for WireFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Confluent => "Confluent",
            Self::Header => "Header",
            Self::BareId => "BareId",
        })
    }
}

/// The bytes in front of a datum, made by [`WireFormat::prefix`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    bytes: [u8; 1 + ID_LENGTH],
    length: u8,
}

impl Deref for Prefix {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let bytes = self.bytes.get(..usize::from(self.length));
        debug_assert!(bytes.is_some(), "`length` is at most 5 by construction");
        bytes.unwrap_or(&self.bytes)
    }
}

impl AsRef<[u8]> for Prefix {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Why a payload could not be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The payload ends before the prefix does.
    #[error(
        "the payload has {length} bytes, but a schema id in the {format} wire format takes {}: \
         it was not written by a schema registry serializer",
        .format.prefix_len()
    )]
    TooShort {
        /// The format that was asked for.
        format: WireFormat,
        /// The length of the payload in bytes.
        length: usize,
    },
    /// The payload does not begin with `0x00`.
    #[error(
        "the payload begins with 0x{found:02x} and not with the magic byte 0x00 of the Confluent wire \
         format: either it was not written by a schema registry serializer, or its topic needs \
         another wire format, such as BareId"
    )]
    WrongMagicByte {
        /// The byte that is there.
        found: u8,
    },
    /// The number where the schema id should be is larger than 2,147,483,647.
    #[error(
        "the payload has {id} where the {format} wire format has its schema id, but registries count ids only up to {LARGEST_ID}: \
         it was not written by a schema registry serializer, or its topic needs another wire format"
    )]
    IdTooLarge {
        /// The format that was asked for.
        format: WireFormat,
        /// The number in the payload.
        id: u32,
    },
    /// The id takes eight bytes, as the original serializers of Apicurio Registry write it.
    #[error(
        "the payload looks like the magic byte 0x00 and the id {id} in eight bytes, as Apicurio's serializers write it by \
         default, but the Confluent wire format has four: set `apicurio.registry.as-confluent` to true for its producer"
    )]
    EightByteId {
        /// The id. Its upper half is zero.
        id: u32,
    },
    /// A header that holds a schema id has other bytes than one.
    #[error(
        "the record header `{header}` has {length} bytes that are not a schema id: it was not written by a serializer for Avro, or \
         something between changed it"
    )]
    InvalidIdHeader {
        /// The name of the header.
        header: &'static str,
        /// The length of its value in bytes.
        length: usize,
    },
    /// The schema is named in a header of the record in a way that Confluent's API does not know.
    #[error("the schema is named in the record header `{header}`, which cannot be looked up by Confluent's API: {}", header::remedy(.header))]
    UnresolvableHeader {
        /// The name of the header.
        header: &'static str,
    },
}
