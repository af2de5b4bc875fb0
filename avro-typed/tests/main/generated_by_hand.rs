//! What generated code looks like, written by hand: the contract between the generator and this crate.
//!
//! The generator writes one Rust module per namespace, paths are relative (`super::`), and generated code touches only
//! the public items of `avro_typed` and its `__private` module. Here every type has a file of its own, so that it is
//! easy to find; the tests of this crate use the types, so what stands here compiles and works.

/// Namespace `com`.
pub mod com {
    /// Namespace `com.example`.
    pub mod example {
        /// Namespace `com.example.event`.
        pub mod event;
        /// Namespace `com.example.shop`.
        pub mod shop;
        /// Namespace `com.example.tree`.
        pub mod tree;
    }
}
