//! Records with nested record, array, map, option, enum, fixed, decimal and timestamp: `Order` and what it uses.

mod address;
mod digest;
mod level;
mod order;

pub use address::Address;
pub use digest::Digest;
pub use level::Level;
pub use order::Order;
