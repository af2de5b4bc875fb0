//! Mutations of valid input.

/// Makes one input after the other out of some seeds.
pub(crate) struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    input: Vec<u8>,
    state: u64,
}

/// Bytes that mean something: counts and lengths that are too large, the ends of integers, and pieces of text.
const PIECES: [&[u8]; 36] = [
    b"\0",
    b"\x01",
    b"\x02",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\x80\x80\x80\x80\x80\x40",
    b"\xff\xff\xff\xff\xff\x3f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x10",
    b"\xc3\xa9",
    b"\xed\xa0\x80",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"\"type\": ",
    b"\"name\": \"",
    b"\"default\": ",
    b"\"record\"",
    b"\"int\"",
    b"\"\\ud800\"",
    b"1e999",
    b"-0.0",
    b"18446744073709551616",
    b"/*",
    b"`",
    b"@namespace(\"x\") ",
];

/// Every so many mutations, it begins with another seed.
const MUTATIONS_OF_A_SEED: u64 = 8;

/// Texts of a few kilobytes are enough, and keep a run short.
const LONGEST: usize = 8 << 10;

impl<'s> Mutator<'s> {
    pub(crate) fn new(seeds: &'s [Vec<u8>]) -> Self {
        assert!(!seeds.is_empty(), "there is no valid input to begin with");
        Mutator { seeds, input: Vec::new(), state: 1 }
    }

    /// A few changes more to the last input, or to a seed.
    pub(crate) fn next_input(&mut self) -> &[u8] {
        if self.input.is_empty() || self.input.len() > LONGEST || self.below(MUTATIONS_OF_A_SEED) == 0 {
            let seed = self.index(self.seeds.len());
            self.input.clone_from(&self.seeds[seed]);
        }
        for _ in 0..=self.below(3) {
            self.mutate();
        }
        &self.input
    }

    fn mutate(&mut self) {
        let at = self.index(self.input.len() + 1);
        let end = (at + 1 + self.index(8)).min(self.input.len());
        match self.below(7) {
            // One bit, or a byte.
            0 if at < self.input.len() => self.input[at] ^= 1 << self.below(8),
            1 if at < self.input.len() => self.input[at] = self.byte(),
            // Some are left out, or repeated.
            2 => drop(self.input.drain(at.min(end)..end)),
            3 => {
                let repeated = self.input[at.min(end)..end].to_vec();
                self.input.splice(at..at, repeated);
            }
            // Everything from here on is left out, or that of another seed.
            4 if self.below(4) == 0 => self.input.truncate(at),
            5 => {
                let seeds = self.seeds;
                let other = &seeds[self.index(seeds.len())];
                let from = self.index(other.len() + 1);
                self.input.truncate(at);
                self.input.extend_from_slice(&other[from..]);
            }
            // A piece is put in, or replaces what is there.
            kind => {
                let piece = PIECES[self.index(PIECES.len())];
                let until = if kind % 2 == 0 { at } else { (at + piece.len()).min(self.input.len()) };
                self.input.splice(at..until, piece.iter().copied());
            }
        }
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("less than a length")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// SplitMix64: small, and the same everywhere.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[test]
fn mutations_are_the_same_in_every_run_and_differ_from_each_other() {
    let seeds = [b"\0\x01\x02\x03\x04\x05".to_vec(), b"{\"type\": \"int\"}".to_vec()];
    let inputs = || {
        let mut mutator = Mutator::new(&seeds);
        (0..1_000).map(|_| mutator.next_input().to_vec()).collect::<Vec<_>>()
    };
    let first = inputs();
    assert_eq!(first, inputs());
    let different: std::collections::BTreeSet<&Vec<u8>> = first.iter().collect();
    assert!(different.len() > 900, "{} of 1000", different.len());
}
