//! In which ways a message can be broken.

use kafka_typed::SchemaId;

use crate::reliability::random::Random;

/// How long a frame header is.
const HEADER: usize = 5;
/// No registry gives this id away.
const UNKNOWN_ID: u32 = 2_000_000_000;

#[derive(Clone, Copy)]
pub(super) enum Breakage {
    /// Some bytes of the datum are others.
    Flipped,
    /// Bytes are missing at the end.
    Cut,
    /// The frame is not the registry's.
    WrongMagic,
    /// Nobody has registered the schema.
    UnknownId,
    /// The schema is another record's.
    OtherId,
    /// There are no bytes.
    Empty,
    /// There is no payload.
    Null,
}

impl Breakage {
    pub(super) fn any(random: &mut Random) -> Self {
        let all = [Self::Flipped, Self::Cut, Self::WrongMagic, Self::UnknownId, Self::OtherId, Self::Empty, Self::Null];
        all[random.index(all.len())]
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flipped => "flipped bytes",
            Self::Cut => "cut",
            Self::WrongMagic => "wrong magic",
            Self::UnknownId => "unknown id",
            Self::OtherId => "id of another record",
            Self::Empty => "empty",
            Self::Null => "null",
        }
    }

    pub(super) fn breaks(self, mut payload: Vec<u8>, other: SchemaId, random: &mut Random) -> Option<Vec<u8>> {
        match self {
            Self::Flipped => {
                for _ in 0..=random.below(3) {
                    let index = HEADER + random.index(payload.len() - HEADER);
                    payload[index] ^= 1 << random.below(8);
                }
            }
            Self::Cut => payload.truncate(random.index(payload.len())),
            Self::WrongMagic => payload[0] = 2 + random.below(254).to_le_bytes()[0],
            Self::UnknownId => {
                payload[1..HEADER].copy_from_slice(&UNKNOWN_ID.to_be_bytes());
            }
            Self::OtherId => payload[1..HEADER].copy_from_slice(&other.get().to_be_bytes()),
            Self::Empty => payload.clear(),
            Self::Null => return None,
        }
        Some(payload)
    }
}
