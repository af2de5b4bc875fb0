//! The reference application, tested as a whole: one binary, so that it links once.

mod alerts;
mod control;
mod end_to_end;
mod examples;
mod faults;
mod groups;
mod kafka_page;
mod languages;
mod metrics_page;
mod observability;
mod oracle;
mod pages;
mod project;
mod readme;
mod rebuild;
mod registry_page;
mod reliability;
mod running;
mod servers;
