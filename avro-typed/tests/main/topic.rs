//! The values and the keys of topics.

mod keys;
mod values;
