//! How much one datum may ask of its decoder.

/// Bounds on the decoding of one datum, beyond the bound that its own length gives.
///
/// Every length and every count is compared with the bytes that remain, whatever the limits say. These are for what that
/// comparison cannot catch. The defaults allow any sensible message and keep a hostile one cheap.
///
/// ```
/// use avro_typed::Limits;
///
/// let limits = Limits { max_depth: 16, ..Limits::default() };
/// assert_eq!(limits.max_zero_size_items, 1 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep values of recursive records may be nested in each other. Default 128: deeper than data that people write,
    /// and it needs less stack than the smallest thread has. An [`Encoder`](crate::Encoder) has the same bound, so that what
    /// is written can be read.
    pub max_depth: u32,

    /// How many items that occupy no bytes (`null`, a record without fields, a `fixed` of size zero) the arrays of one datum may
    /// have together. Default 1,048,576: six bytes can announce 2^40 of them, and each takes a little time.
    pub max_zero_size_items: u64,

    /// How many bytes of memory the items of all arrays and maps of one datum may take, without what the items themselves
    /// own on the heap (that is bounded by the input's length). Default 512 MiB: an item of one byte of input can take
    /// hundreds of bytes of memory, as when all fields of a large record are in an option that is `null`.
    pub max_item_memory: usize,
}

impl Limits {
    /// The default of [`max_depth`](Limits::max_depth).
    pub const DEFAULT_MAX_DEPTH: u32 = 128;
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_depth: Self::DEFAULT_MAX_DEPTH, max_zero_size_items: 1 << 20, max_item_memory: 512 << 20 }
    }
}
