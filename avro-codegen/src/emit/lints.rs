//! The lints that generated code does not meet.

use super::Scope;
use crate::code::Code;

/// What is used, how names begin and end, and how large, how deeply nested and of what value something is, is the
/// schema's choice; a default of 3.14 is no bad value of pi.
const ALLOW: &str = "#[allow(dead_code, clippy::approx_constant, clippy::enum_variant_names, clippy::large_enum_variant, \
                     clippy::module_inception, clippy::type_complexity)]";

/// Allows them for the module, the type or the inherent impl that follows. Inside of modules they are allowed already:
/// this file may be included anywhere, so that it has no attributes of its own.
pub(super) fn allow(scope: Scope<'_>, out: &mut Code<'_>) {
    if scope.module.is_empty() && !scope.allows_lints {
        out.lines(&[ALLOW]);
    }
}
