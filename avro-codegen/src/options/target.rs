//! What patterns match.

/// A place in a set of schemas, and what is there.
///
/// A path is the fullname of a type and the way into it, joined by dots: the name of a field, then `items` into an
/// array, `values` into a map, the branch's name into a union. Null is passed over: the path of a `["null", "string"]`
/// is that of its string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PatternTarget<'p> {
    /// `com.acme.Order.tags.items`
    pub(crate) path: &'p str,
    /// How much of the path is the fullname of the type.
    pub(crate) type_length: usize,
    /// `string`, `timestamp-millis`, `record`: one of the names that patterns have for kinds.
    pub(crate) kind: &'p str,
}

impl PatternTarget<'_> {
    /// The place of a type itself.
    pub(crate) fn of_type<'p>(fullname: &'p str, kind: &'p str) -> PatternTarget<'p> {
        PatternTarget { path: fullname, type_length: fullname.len(), kind }
    }
}
