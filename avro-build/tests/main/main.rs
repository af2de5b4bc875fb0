//! The one test binary of this crate.

mod compatibility;
mod compile;
mod docs;
mod evolution;
mod idl;
mod lock;
mod options;
mod versions;
