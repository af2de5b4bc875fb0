//! What librdkafka measures of brokers, in the metrics.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;

use crate::cluster::{embedded, soon, topic};
use crate::messages::Alert;
use crate::own_process;

/// Both kinds of clients tell of the broker that they are connected to, and nothing without the setting.
#[test]
fn brokers_are_measured_where_the_setting_asks_for_it() {
    if own_process::run("broker_statistics::brokers_are_measured_where_the_setting_asks_for_it").is_some() {
        return;
    }
    let recorder = PrometheusBuilder::new().build_recorder();
    let scrape = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let name = topic("measured-brokers", 1);
        let silent = embedded().kafka().unwrap().producer::<Alert>(name).build().await.unwrap();
        soon(silent.send(&Alert::numbered(1)).into_future()).await.unwrap();
        let measured = embedded().builder().setting("statistics.interval.ms", "50").build().unwrap();
        let producer = measured.producer::<Alert>(name).build().await.unwrap();
        let mut consumer = measured.consumer::<Alert>(name).group(name).build().await.unwrap();
        soon(producer.send(&Alert::numbered(2)).into_future()).await.unwrap();
        soon(consumer.next()).await.unwrap().unwrap();
        let (port, is_told) = (embedded().bootstrap_servers().rsplit(':').next().unwrap(), |line: &str| {
            ["producer", "consumer"].iter().all(|role| {
                let connected = scrape.render();
                let mut lines = connected.lines().filter(|found| found.starts_with(line));
                lines.any(|found| found.contains(role) && !found.ends_with(" 0"))
            })
        });
        for line in ["kafka_broker_up", "kafka_broker_round_trip_seconds"] {
            let told = async {
                while !is_told(line) {
                    // Polls: librdkafka announces nothing.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            soon(told).await;
        }
        let scraped = scrape.render();
        let clients = scraped.lines().filter(|line| line.starts_with("kafka_broker_up{") && line.contains(port));
        let clients: std::collections::BTreeSet<_> = clients.filter_map(|line| line.split('"').nth(1)).collect();
        assert_eq!(clients.len(), 2, "those of the setting, and no third one: {clients:?}");
        assert!(scraped.lines().any(|line| line.starts_with("kafka_broker_errors_total") && line.contains("timeout")));
    });
}
