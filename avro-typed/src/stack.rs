//! How much of the call stack nested records take.
//!
//! A level of nesting takes what the compiler makes of the record's type: half a kilobyte for a small record in an
//! optimized build, and sixty for one of a hundred fields in a build that is not optimized. So a number of levels
//! bounds no stack, and running out of it ends the process. What is measured here is only compared: nobody reads
//! through these addresses.

/// The address of something on the stack at the place of the outermost record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StackUse {
    outermost: usize,
}

impl StackUse {
    /// Takes note of a record, and returns whether there are more than `most` bytes between it and the outermost one. A
    /// record that `is_outermost` is where measuring begins.
    #[inline]
    pub(crate) fn exceeds(&mut self, most: usize, is_outermost: bool) -> bool {
        let marker = 0_u8;
        let here = std::ptr::from_ref(std::hint::black_box(&marker)).addr();
        if is_outermost {
            self.outermost = here;
        }
        here.abs_diff(self.outermost) > most
    }
}
