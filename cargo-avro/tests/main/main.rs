//! The command as its users run it: what it prints, and its exit codes.

mod answers;
mod browser;
mod check;
mod dead_letters;
#[cfg(unix)]
mod dev;
mod diff;
mod docs;
mod exit_codes;
mod files;
mod gateway;
mod graph;
mod kafka;
mod lint;
mod lock;
mod messages;
mod mirror;
mod page;
mod project;
mod registry;
mod shared_types;
mod site;
#[cfg(unix)]
mod watch;
