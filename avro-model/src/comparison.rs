//! Comparisons of two schemas that ask for neither of them to read the other.
//!
//! - [`encoding_differences`]: do both encode alike? A program that writes with one schema under the id of another asks
//!   this.
//! - [`changes`]: what became of a schema? People who read a newer version ask this.
//!
//! Whether one schema can *read* what the other wrote is another question, which forgives what counts here, such as
//! fields in another order: see [`compatibility`](crate::compatibility) and [`resolution`](crate::resolution).

mod changes;
mod encoding;
mod text;

pub use changes::{Change, ChangeKind, changes};
pub use encoding::{EncodingDifference, EncodingDifferenceKind, encoding_differences};
