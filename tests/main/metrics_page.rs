//! The table of metrics is complete, and the dashboard uses what is in it.

use std::collections::BTreeSet;

use serde_json::Value;

/// The files that measure, and those of the registry's client.
const SOURCES: [&str; 5] = [
    include_str!("../../kafka-typed/src/connection/broker_statistics.rs"),
    include_str!("../../kafka-typed/src/connection/measurement.rs"),
    include_str!("../../kafka-typed/src/handler/measurement.rs"),
    include_str!("../../kafka-typed/src/transaction/measurement.rs"),
    include_str!("../../schema-registry/src/measurement.rs"),
];
const PAGES: [&str; 2] = [include_str!("../../docs/kafka.md"), include_str!("../../docs/registry.md")];
const DASHBOARD: &str = include_str!("../../docs/grafana-dashboard.json");

/// Words that begin as names of metrics do.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| is_metric(word)).collect()
}

fn is_metric(word: &str) -> bool {
    let of_kafka = ["kafka_producer_", "kafka_consumer_", "kafka_handler_", "kafka_transaction_", "kafka_broker_"];
    of_kafka.iter().any(|start| word.starts_with(start)) || word.starts_with("schema_registry_")
}

/// The names of the rows of tables.
fn rows(page: &str) -> BTreeSet<&str> {
    let names = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    names.filter(|name| is_metric(name)).collect()
}

#[test]
fn every_metric_is_in_the_table_of_its_page() {
    let described: BTreeSet<&str> = SOURCES.into_iter().flat_map(names).collect();
    let documented: BTreeSet<&str> = PAGES.into_iter().flat_map(rows).collect();
    assert!(described.len() > 20, "{described:?}");
    assert_eq!(described, documented);
}

#[test]
fn the_dashboard_asks_for_metrics_that_there_are() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("the dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let documented: BTreeSet<&str> = PAGES.into_iter().flat_map(rows).collect();
    for panel in panels {
        let targets = panel["targets"].as_array().expect("a panel has queries");
        for expression in targets.iter().map(|target| target["expr"].as_str().expect("a query is text")) {
            let asked = names(expression);
            assert!(!asked.is_empty() && asked.is_subset(&documented), "{}: {expression}", panel["title"]);
        }
    }
}
