//! Tests of the schema model, through its public interface only.

mod comparison;
mod compatibility;
mod conformance;
mod defaults;
mod diagnostics;
mod evolution;
mod idl;
mod lenient;
mod linking;
mod lint;
mod parts;
mod printing;
mod properties;
mod resolution;
