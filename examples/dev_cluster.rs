//! A broker and a schema registry for other terminals: starts both on free loopback ports, prints how to reach them, runs until Ctrl-C.

use std::error::Error;

use kafka_typed::embedded::Embedded;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let servers = Embedded::start().await?;
    println!("export KAFKA_BOOTSTRAP_SERVERS={}", servers.bootstrap_servers());
    println!("export SCHEMA_REGISTRY_URL={}", servers.schema_registry_url());
    eprintln!(
        "Run these two lines in another terminal, then `cargo run --example sensor_alert` there. Ctrl-C stops both servers."
    );
    tokio::signal::ctrl_c().await?;
    Ok(())
}
