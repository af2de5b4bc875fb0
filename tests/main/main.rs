//! The reference application, tested as a whole: one binary, so that it links once.

mod end_to_end;
mod examples;
mod oracle;
mod project;
mod readme;
mod rebuild;
