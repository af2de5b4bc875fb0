//! How much one datum may ask of its decoder.

/// Bounds on the decoding of one datum, beyond the bound that its own length gives.
///
/// Every length and every count is compared with the bytes that remain, whatever the limits are. These are for what
/// that comparison cannot catch. The defaults allow any sensible message and keep a hostile one cheap.
///
/// ```
/// use avro_typed::Limits;
///
/// let limits = Limits::default().max_depth(16);
/// assert_eq!((limits.max_depth, limits.max_zero_size_items), (16, 1 << 20));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How deep values of recursive records may be nested in each other. Default 128: deeper than data that people
    /// write. An [`Encoder`](crate::Encoder) has the same bound, so that what is written can be read.
    ///
    /// What a level takes of the stack depends on the record: 128 levels of a record of two fields take 55 KiB in an
    /// optimized build and 460 KiB in one that is not, and of a record of a hundred fields up to 1.9 MiB and more than
    /// 8 MiB.
    pub max_depth: u32,

    /// How many bytes of the stack values of recursive records may take, counted from the outermost one. Default 1.5
    /// MiB, of the 2 MiB that Rust gives to a thread; less than [`max_depth`](field@Limits::max_depth) levels fit into
    /// it when the record is wide or the build is not optimized. On threads with less stack, set less. An
    /// [`Encoder`](crate::Encoder) has the same bound.
    pub max_stack: usize,

    /// How many items that occupy no bytes (`null`, a record without fields, a `fixed` of size zero) the arrays of one
    /// datum may have together. Default 1,048,576: six bytes can announce 2^40 of them, and each takes a little time.
    pub max_zero_size_items: u64,

    /// How many items that occupy no bytes may become values that do, since they get all their fields from the defaults
    /// of another schema. Default 16,384: each takes as much memory and time as the reader's schema asks for, and the
    /// input pays for none of it. Counted besides [`max_zero_size_items`](field@Limits::max_zero_size_items).
    pub max_items_of_defaults: u64,

    /// How many bytes of memory the items of all arrays and maps of one datum may take, and the texts and bytes of the
    /// defaults that are filled in. Default 512 MiB: an item of one byte of input can take hundreds of bytes of memory,
    /// as when all fields of a large record are in an option that is `null`, and each may get defaults as long as the
    /// reader's schema has them.
    ///
    /// What the input itself holds is not counted: its texts and bytes take no more memory than the input, and each
    /// record in a box takes what its type takes for at least one byte.
    pub max_item_memory: usize,
}

impl Limits {
    /// The default of [`max_depth`](field@Limits::max_depth).
    pub const DEFAULT_MAX_DEPTH: u32 = 128;
    /// The default of [`max_stack`](field@Limits::max_stack).
    pub const DEFAULT_MAX_STACK: usize = 1536 << 10;

    /// No limits: for what was read within limits before.
    pub(crate) const NONE: Limits = Limits {
        max_depth: u32::MAX,
        max_stack: usize::MAX,
        max_zero_size_items: u64::MAX,
        max_items_of_defaults: u64::MAX,
        max_item_memory: usize::MAX,
    };

    /// The same limits with another [`max_depth`](field@Limits::max_depth).
    #[must_use]
    pub const fn max_depth(mut self, max_depth: u32) -> Self {
        self.max_depth = max_depth;
        self
    }

    /// The same limits with another [`max_stack`](field@Limits::max_stack).
    #[must_use]
    pub const fn max_stack(mut self, max_stack: usize) -> Self {
        self.max_stack = max_stack;
        self
    }

    /// The same limits with another [`max_zero_size_items`](field@Limits::max_zero_size_items).
    #[must_use]
    pub const fn max_zero_size_items(mut self, max_zero_size_items: u64) -> Self {
        self.max_zero_size_items = max_zero_size_items;
        self
    }

    /// The same limits with another [`max_items_of_defaults`](field@Limits::max_items_of_defaults).
    #[must_use]
    pub const fn max_items_of_defaults(mut self, max_items_of_defaults: u64) -> Self {
        self.max_items_of_defaults = max_items_of_defaults;
        self
    }

    /// The same limits with another [`max_item_memory`](field@Limits::max_item_memory).
    #[must_use]
    pub const fn max_item_memory(mut self, max_item_memory: usize) -> Self {
        self.max_item_memory = max_item_memory;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_depth: Self::DEFAULT_MAX_DEPTH,
            max_stack: Self::DEFAULT_MAX_STACK,
            max_zero_size_items: 1 << 20,
            max_items_of_defaults: 1 << 14,
            max_item_memory: 512 << 20,
        }
    }
}
