//! Producers and consumers against the embedded servers.

mod bad_messages;
mod cluster;
mod compile_fail;
mod contexts;
mod derived;
mod evolution;
mod groups;
mod locked;
mod log;
mod messages;
mod outage;
mod queue;
mod record_names;
mod registration;
mod send_and_receive;
mod setup;
