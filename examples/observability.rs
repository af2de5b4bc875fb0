//! A service as its operators want it: metrics for Prometheus, whether it is alive, and whether it is ready.
//!
//! It sends sensor alerts to itself until Ctrl-C. It uses the servers that `KAFKA_BOOTSTRAP_SERVERS` and
//! `SCHEMA_REGISTRY_URL` name; if neither is set it starts its own.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use clap::Parser;
use kafka_typed::{ConsumerControl, FailurePolicy, HandlerError, KafkaTyped, Topic, TypedMessage, TypedProducer};
use messages::{SensorAlert, SeverityLevel};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

const ALERTS: Topic<SensorAlert, String> =
    Topic::new("observed-alert").subject("sensor-alert-value").dead_letters("observed-alert-dlt");

/// How long nothing may get on before the service is started again.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Parser)]
struct Arguments {
    /// Port of the endpoints; 0 is one that is free.
    #[arg(long, default_value_t = 9100)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    // Before anything is measured.
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let producer = kafka.producer(&ALERTS).build().await?;
    let consumer = kafka.consumer(&ALERTS).group("observed-desk").build().await?;

    let service = Service { producer: producer.clone(), control: consumer.control(), metrics };
    let endpoints = Router::new()
        .route("/metrics", get(async |State(service): State<Service>| service.metrics.render()))
        .route("/health/live", get(async |State(service): State<Service>| service.liveness()))
        .route("/health/ready", get(async |State(service): State<Service>| service.readiness()))
        .with_state(service);
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, Arguments::parse().port))).await?;
    println!("http://{}", listener.local_addr()?);
    let serving = tokio::spawn(axum::serve(listener, endpoints).into_future());

    let sending = tokio::spawn(send(producer.clone()));
    let policy = FailurePolicy::dead_letters();
    let summary = consumer.run(handle).on_error(policy.clone()).on_bad_message(policy).stop_on_signal().await?;
    sending.abort();
    producer.close().await?;
    serving.abort();
    println!("observability: {}", summary.total);
    Ok(())
}

/// What the endpoints ask.
#[derive(Clone)]
struct Service {
    producer: TypedProducer<SensorAlert, String>,
    control: ConsumerControl,
    metrics: PrometheusHandle,
}

impl Service {
    /// A service that is not alive should be started again.
    fn liveness(&self) -> StatusCode {
        status(self.producer.health().is_alive(PATIENCE) && self.control.health().is_alive(PATIENCE))
    }

    /// One that is not ready should get no requests.
    fn readiness(&self) -> StatusCode {
        status(self.producer.health().is_ready() && self.control.health().is_ready())
    }
}

fn status(is_well: bool) -> StatusCode {
    if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Sends an alert every few milliseconds.
async fn send(producer: TypedProducer<SensorAlert, String>) -> Result<(), kafka_typed::SendError> {
    let mut pace = tokio::time::interval(Duration::from_millis(5));
    for number in 0_i64.. {
        pace.tick().await;
        let alert = SensorAlert {
            sensor_id: format!("sensor-{}", number % 20),
            alert_type: if number % 50 == 49 { "unknown" } else { "temperature" }.to_owned(),
            severity: SeverityLevel::Info,
            message: format!("reading number {number}"),
            timestamp: number,
        };
        // Whether it was delivered is in the metrics.
        drop(producer.send(&alert).key(&alert.sensor_id).enqueue().await?);
    }
    Ok(())
}

async fn handle(message: TypedMessage<SensorAlert, String>) -> Result<(), HandlerError> {
    match message.value.alert_type.as_str() {
        "unknown" => Err(HandlerError::permanent("nobody knows alerts of this type")),
        _ => Ok(()),
    }
}
