//! States that cannot occur: a debug build ends there, and others go on with a value that does no harm.

/// The value, which is always there, as `why` explains.
#[inline(always)]
#[track_caller]
pub(crate) fn always<T>(value: Option<T>, fallback: T, why: &'static str) -> T {
    debug_assert!(value.is_some(), "{why}");
    value.unwrap_or(fallback)
}
