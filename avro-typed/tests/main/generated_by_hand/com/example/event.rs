//! Unions of every form, bytes in containers, and all logical types: `Event` and what it uses.

mod bytes_or_string;
mod click;
#[expect(clippy::module_inception, reason = "the record has the name of its namespace")]
mod event;
mod int_or_long;
mod kind;
mod mark;
mod nothing;
mod string_or_int_or_click;

pub use bytes_or_string::BytesOrString;
pub use click::Click;
pub use event::Event;
pub use int_or_long::IntOrLong;
pub use kind::Kind;
pub use mark::Mark;
pub use nothing::Nothing;
pub use string_or_int_or_click::StringOrIntOrClick;
