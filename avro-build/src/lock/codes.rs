//! The diagnostics of the lock. A schema that may not follow a released one has the code of its difference:
//! [`MismatchKind::code`](avro_model::resolution::MismatchKind::code).

use avro_model::Code;

/// A file of the lock that is not what such a file must be.
pub const INVALID_LOCK: Code = Code::new("invalid-lock");

/// A subject is released whose type is not among the schemas any more (a warning).
pub const RELEASED_TYPE_IS_GONE: Code = Code::new("released-type-is-gone");
