//! The one test binary of this crate.

mod compile_fail;
mod derive;
mod included;
mod topic_value;
