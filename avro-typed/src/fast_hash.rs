//! A hasher that takes less time than that of the standard library.

use std::fmt;
use std::hash::{BuildHasher, Hasher};

/// The hasher of maps that were chosen as `Maps::FastHashMap`: `HashMap<String, T, FastRandomState>`.
///
/// Short keys are hashed in a fraction of the time that std's `RandomState` takes. Seeds are random, so that no set of
/// keys collides in every process. Unlike std's it is not made to withstand somebody who sees how long a program takes
/// and chooses keys by that: keep std's where keys are from strangers.
///
/// ```
/// use std::collections::HashMap;
///
/// use avro_typed::{FastRandomState, avro};
///
/// let mut limits: HashMap<String, i64, FastRandomState> = HashMap::default();
/// limits.insert("day".to_owned(), 500);
/// let mut encoder = avro_typed::Encoder::new();
/// assert_eq!(encoder.encode::<avro::Map<avro::Long>, _>(b"", &limits)?, b"\x02\x06day\xe8\x07\0");
/// # Ok::<(), avro_typed::EncodeError>(())
/// ```
#[derive(Clone, Default)]
pub struct FastRandomState(foldhash::fast::RandomState);

/// What a [`FastRandomState`] hashes with.
#[derive(Clone)]
pub struct FastHasher(foldhash::fast::FoldHasher<'static>);

impl BuildHasher for FastRandomState {
    type Hasher = FastHasher;

    #[inline(always)]
    fn build_hasher(&self) -> FastHasher {
        FastHasher(self.0.build_hasher())
    }
}

impl Hasher for FastHasher {
    #[inline(always)]
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// Texts end with one.
    #[inline(always)]
    fn write_u8(&mut self, byte: u8) {
        self.0.write_u8(byte);
    }

    #[inline(always)]
    fn finish(&self) -> u64 {
        self.0.finish()
    }
}

/// Without the seeds.
impl fmt::Debug for FastRandomState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FastRandomState").finish_non_exhaustive()
    }
}

/// Without its state.
impl fmt::Debug for FastHasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FastHasher").finish_non_exhaustive()
    }
}
