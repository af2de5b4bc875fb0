//! The lints that generated code does not meet, since they are about what the schema or its reader chooses:
//!
//! - `dead_code`, `module_inception`: which types there are, what is used of them, and in which namespaces they are.
//! - `doc_markdown`, `enum_variant_names`, `struct_field_names`, `pub_underscore_fields`, `used_underscore_binding`:
//!   its prose and its names.
//! - `approx_constant`: a default of 3.14 is not a bad value of pi.
//! - `unnecessary_wraps`: the default of a nullable field is an `Option`, even where it is always `Some`.
//! - `missing_const_for_fn`: `with_defaults` is a constant function for some schemas, but that would be a promise which
//!   the next field breaks.
//! - `large_enum_variant`, `struct_excessive_bools`, `trailing_empty_array`, `type_complexity`,
//!   `zero_sized_map_values`: which types are in which.
//! - `too_many_lines`: how many fields a record has.
//! - `uninhabited_references`: whether a type has values.
//!
//! Everything else that clippy has, `pedantic` and `nursery` as well, generated code meets.

use super::Scope;
use super::code::Code;

const ALLOW: &str = "#[allow(dead_code, clippy::approx_constant, clippy::doc_markdown, clippy::enum_variant_names, \
                     clippy::large_enum_variant, clippy::missing_const_for_fn, clippy::module_inception, \
                     clippy::pub_underscore_fields, clippy::struct_excessive_bools, clippy::struct_field_names, \
                     clippy::too_many_lines, clippy::trailing_empty_array, clippy::type_complexity, \
                     clippy::uninhabited_references, clippy::unnecessary_wraps, clippy::used_underscore_binding, \
                     clippy::zero_sized_map_values)]";

/// Those of them that the bodies of functions do not meet.
const ALLOW_IN_IMPL: &str = "#[allow(clippy::too_many_lines, clippy::type_complexity, clippy::uninhabited_references, \
                             clippy::used_underscore_binding, clippy::zero_sized_map_values)]";

/// Allows them for the module, the type or the inherent impl that follows. Inside of modules they are allowed already:
/// this file may be included anywhere, so that it has no attributes of its own.
pub(super) fn allow(scope: Scope<'_>, out: &mut Code<'_>) {
    if is_needed(scope) {
        out.lines(&[ALLOW]);
    }
}

/// The same for an impl of a trait.
pub(super) fn allow_in_impl(scope: Scope<'_>, out: &mut Code<'_>) {
    if is_needed(scope) {
        out.lines(&[ALLOW_IN_IMPL]);
    }
}

fn is_needed(scope: Scope<'_>) -> bool {
    scope.module.is_empty() && !scope.allows_lints
}
