//! The code that was generated for `tests/golden/schemas/options`: with every option, and without any, which also is in
//! the place of what another crate has generated.

#![allow(dead_code, unreachable_pub, reason = "not all that is generated is used here")]

pub(crate) mod chosen {
    include!("../../golden/options.rs");
}

pub(crate) use crate::golden::generated::options_unchosen as usual;
