//! Random bytes that decide, one after the other. When they run out, every decision is the simplest one, so that fewer
//! bytes are a simpler case.

pub(super) struct Entropy<'e> {
    rest: std::slice::Iter<'e, u8>,
}

impl<'e> Entropy<'e> {
    pub(super) fn new(bytes: &'e [u8]) -> Self {
        Entropy { rest: bytes.iter() }
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.rest.next().copied().unwrap_or(0)
    }

    /// A number below `end`, which is small; 0 is the simplest.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end.max(1)
    }

    /// True so many times out of 256; the simplest is false.
    pub(super) fn chance(&mut self, times: u8) -> bool {
        self.byte() > 255 - times
    }

    pub(super) fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    pub(super) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, last - self.below(last + 1));
        }
    }
}
