//! Records of a journal as bytes, and how damage is told from a write that did not come to its end. No I/O.
//!
//! A journal is [`MAGIC`] and then records: the length of the content (4 bytes, little-endian), the checksum of these 4
//! bytes, the checksum of the content, the content. Checksums are CRC-32. The length has one of its own, so that a
//! length that is wrong is not taken for a record that ends after the file.

/// What a journal begins with: what it is, and the version of its form.
pub(super) const MAGIC: &[u8; 8] = b"SRJRNL\x00\x01";

const HEADER: usize = 12;

/// What is at the beginning of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'a> {
    Record {
        content: &'a [u8],
        rest: &'a [u8],
    },
    End,
    /// A record whose write did not come to its end: nobody was told that it is there.
    Torn,
    Damaged,
}

/// `None` for content that is too long for a record.
pub(super) fn encode(content: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(content.len()).ok()?.to_le_bytes();
    let mut record = Vec::with_capacity(HEADER + content.len());
    record.extend(length);
    record.extend(crc32fast::hash(&length).to_le_bytes());
    record.extend(crc32fast::hash(content).to_le_bytes());
    record.extend(content);
    Some(record)
}

pub(super) fn next(bytes: &[u8]) -> Next<'_> {
    if bytes.is_empty() {
        return Next::End;
    }
    // File systems that had no power may have made a file longer, and not have written what belongs there.
    if bytes.iter().all(|byte| *byte == 0) {
        return Next::Torn;
    }
    let Some((header, rest)) = bytes.split_at_checked(HEADER) else { return Next::Torn };
    let Some((length, checks)) = header.split_first_chunk::<4>() else { return Next::Torn };
    let (of_length, of_content) = checks.split_at(4);
    if of_length != crc32fast::hash(length).to_le_bytes() {
        return Next::Damaged;
    }
    let Ok(length) = usize::try_from(u32::from_le_bytes(*length)) else { return Next::Damaged };
    let Some((content, rest)) = rest.split_at_checked(length) else { return Next::Torn };
    match of_content == crc32fast::hash(content).to_le_bytes() {
        true => Next::Record { content, rest },
        false => Next::Damaged,
    }
}
