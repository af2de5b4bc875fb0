//! Where the servers are, as environment variables have it: those of Kafka, see
//! [`KafkaVariables`](crate::connection::environment), and those of the registry, see [`RegistrySettings`].

use std::collections::BTreeMap;

use schema_registry::{RegistrySettings, RegistryVariable};

use crate::connection::ConnectionError;
use crate::connection::environment::{KafkaVariables, PREFIX, variables_of_this_process};
use crate::error::SetupError;

pub(crate) use crate::connection::environment::BOOTSTRAP_SERVERS;
pub(crate) const REGISTRY_URL: &str = RegistryVariable::Url.name();

/// What the environment has about the servers, checked.
pub(crate) struct Environment {
    pub(crate) kafka: KafkaVariables,
    pub(crate) registry: RegistrySettings,
}

/// The variables of this process that [`read`] looks at.
pub(crate) fn of_this_process() -> Result<Vec<(String, String)>, ConnectionError> {
    variables_of_this_process(&[PREFIX, "SCHEMA_REGISTRY_"])
}

/// Reads variables, of which it ignores those that do not concern Kafka or the registry.
pub(crate) fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Environment, SetupError> {
    let variables: BTreeMap<String, String> = variables.into_iter().collect();
    let registry = RegistrySettings::from_variables(|variable| variables.get(variable.name()))?;
    Ok(Environment { kafka: KafkaVariables::read(variables)?, registry })
}

#[cfg(test)]
mod tests {
    use schema_registry::Login;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, SetupError> {
        super::read(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_registry_has_variables_of_its_own() {
        let found = read(&[
            ("KAFKA_BOOTSTRAP_SERVERS", "a:9092,b:9092"),
            ("SCHEMA_REGISTRY_URL", "http://a,http://b"),
            ("SCHEMA_REGISTRY_USER", "u"),
            ("SCHEMA_REGISTRY_PASSWORD", ""),
        ])
        .unwrap();
        assert_eq!(found.kafka.bootstrap_servers.as_deref(), Some("a:9092,b:9092"));
        assert_eq!(found.registry.url.as_deref(), Some("http://a,http://b"));
        assert!(found.registry.login == Login::basic("u", ""));
    }

    #[test]
    fn mistakes_in_the_variables_of_the_registry_name_them() {
        let error = read(&[("SCHEMA_REGISTRY_USER", "u")]).map(drop).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SCHEMA_REGISTRY_PASSWORD is not set, but SCHEMA_REGISTRY_USER is: set both or neither; a password may be empty"
        );
    }
}
