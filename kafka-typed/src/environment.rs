//! Where the servers are, as environment variables have it: those of Kafka, see
//! [`KafkaVariables`](crate::connection::environment), and those of the registry.
//!
//! A variable with an empty value counts as not set, but for the registry's password beside a user.

mod registry;

use std::collections::BTreeMap;

use crate::connection::ConnectionError;
use crate::connection::environment::{KafkaVariables, PREFIX, variables_of_this_process, without_line_breaks};

pub(crate) use crate::connection::environment::BOOTSTRAP_SERVERS;
pub(crate) use registry::{RegistryLogin, RegistryVariables, URL as REGISTRY_URL};

/// What the environment has about the servers, checked.
pub(crate) struct Environment {
    pub(crate) kafka: KafkaVariables,
    pub(crate) registry: RegistryVariables,
}

/// The variables of this process that [`read`] looks at.
pub(crate) fn of_this_process() -> Result<Vec<(String, String)>, ConnectionError> {
    variables_of_this_process(&[PREFIX, "SCHEMA_REGISTRY_"])
}

/// Reads variables, of which it ignores those that do not concern Kafka or the registry.
pub(crate) fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Environment, ConnectionError> {
    let without_line_breaks = |(name, value): (String, String)| (name, without_line_breaks(&value).to_owned());
    let mut variables: BTreeMap<String, String> = variables.into_iter().map(without_line_breaks).collect();
    let registry = RegistryVariables::take(&mut variables)?;
    Ok(Environment { kafka: KafkaVariables::read(variables)?, registry })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_has_variables_of_its_own() {
        let found = read(
            [
                ("KAFKA_BOOTSTRAP_SERVERS", "a:9092,b:9092"),
                ("SCHEMA_REGISTRY_URL", "http://a,http://b"),
                ("SCHEMA_REGISTRY_USER", "u"),
                ("SCHEMA_REGISTRY_PASSWORD", ""),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        )
        .unwrap();
        assert_eq!(found.kafka.bootstrap_servers.as_deref(), Some("a:9092,b:9092"));
        assert_eq!(found.registry.url.as_deref(), Some("http://a,http://b"));
        let basic = RegistryLogin::Basic { user: "u".to_owned(), password: String::new() };
        assert!(found.registry.login == basic);
    }
}
