//! A broker and a schema registry for other terminals: starts both on loopback ports, prints how to reach them, runs
//! until Ctrl-C.

use std::error::Error;

use clap::Parser;
use kafka_typed::embedded::Embedded;

/// A broker and a schema registry for development. Everything in them is gone when they stop.
#[derive(Parser)]
struct Arguments {
    /// The broker's port; any free one by default.
    #[arg(long, value_name = "PORT")]
    kafka_port: Option<u16>,
    /// The registry's port; any free one by default.
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    registry_port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let servers = Embedded::start_on(arguments.kafka_port, arguments.registry_port).await?;
    println!("export KAFKA_BOOTSTRAP_SERVERS={}", servers.bootstrap_servers());
    println!("export SCHEMA_REGISTRY_URL={}", servers.schema_registry_url());
    eprintln!(
        "Run these two lines in another terminal, then `cargo run --example sensor_alert` there.\n\
         Ctrl-C stops both servers; topics, messages, groups and schemas are then gone, also after a restart on the same ports.\n\
         Clients built on librdkafka, and kafkajs, can use the broker. For Java's client start Apache Kafka with \
         `cargo xtask real --only-servers`."
    );
    tokio::signal::ctrl_c().await?;
    Ok(())
}
