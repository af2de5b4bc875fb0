//! The client against the embedded registry, and against servers that answer what a test tells them to.

mod apicurio;
mod authentication;
mod cache;
mod calls;
mod confluent;
mod content;
mod contexts;
mod failing;
mod follow;
mod frame;
mod http;
mod https;
mod importing;
mod logged;
mod messages;
mod metadata;
mod metrics;
mod oauth;
mod redis_server;
mod references;
mod rules_and_types;
mod scripted;
mod shared_cache;
mod shared_services;
mod sick;
mod token_server;

use schema_registry::SchemaRegistry;
use schema_registry::server::Server;

/// An empty embedded registry, and a client of it.
async fn registry() -> (Server, SchemaRegistry) {
    let server = Server::start().await.expect("a free port on loopback");
    let client = SchemaRegistry::new(&server.url()).expect("a valid address");
    (server, client)
}

/// A record schema with these fields, each a name and the JSON of its type, perhaps with more members.
fn record(name: &str, fields: &[(&str, &str)]) -> schema_registry::SchemaText {
    let fields: Vec<_> = fields.iter().map(|(name, ty)| format!(r#"{{"name":"{name}","type":{ty}}}"#)).collect();
    format!(r#"{{"type":"record","name":"{name}","fields":[{}]}}"#, fields.join(",")).into()
}
