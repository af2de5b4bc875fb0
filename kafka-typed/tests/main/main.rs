//! Producers and consumers against the embedded servers.

mod acknowledgement;
mod bad_messages;
mod closing;
mod cluster;
mod compile_fail;
mod contexts;
mod derived;
mod evolution;
mod failures;
mod groups;
mod handlers;
mod locked;
mod log;
mod messages;
mod outage;
mod queue;
mod raw_consumer;
mod raw_producer;
mod record_names;
mod registration;
mod send_and_receive;
mod setup;
mod shared_client;
mod stub_registry;
mod undecompressable;
mod waiting;
