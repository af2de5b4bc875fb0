//! The code that was generated for `tests/golden/options`: with every option, and without any, which also stands for
//! what another crate has generated.

#![allow(dead_code, unreachable_pub, reason = "not all that is generated is used here")]

pub(crate) mod chosen {
    include!("../../golden/options.rs");
}

pub(crate) mod usual {
    include!("../../golden/options_unchosen.rs");
}
