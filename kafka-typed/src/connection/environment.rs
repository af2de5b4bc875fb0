//! Where the brokers are and how to speak to them, as environment variables have it.
//!
//! | variable | meaning |
//! |---|---|
//! | `KAFKA_BOOTSTRAP_SERVERS` | brokers, `host:port`, comma-separated |
//! | `KAFKA_USERNAME`, `KAFKA_PASSWORD` | `sasl.username` and `sasl.password`; the mechanism is PLAIN unless `KAFKA_SASL_MECHANISM` names another |
//! | `KAFKA_SASL_OAUTHBEARER_…` | access tokens of OAuth 2.0, with `KAFKA_SASL_OAUTHBEARER_METHOD=oidc`, see [`oidc`] |
//! | `KAFKA_<SETTING>` | any other setting of librdkafka, with `_` for `.`: `KAFKA_SECURITY_PROTOCOL` is `security.protocol` |
//!
//! A variable with an empty value counts as not set, and line breaks at the end of a value, which files with secrets
//! have, are not part of it. Some variables that begin with `KAFKA_` belong to others and are ignored: those of Kafka's
//! own shell scripts ([`OF_KAFKA_SCRIPTS`]), those that Kubernetes sets where a service is called `kafka` or `kafka-ui`
//! ([`is_service_link`]), and everything that is not a setting, such as an application's own `KAFKA_TOPIC`; when a
//! setting has almost that name, that is a warning. `KAFKA_DEBUG` is librdkafka's `debug`, though the scripts have one
//! too.

use std::collections::BTreeMap;

use super::error::ConnectionError;
use super::oidc;
use super::setting_names;
use super::settings::{NO_SUCH_SETTING, Settings, check_setting};

/// Variables of the shell scripts that come with Kafka, which have nothing to do with a client.
const OF_KAFKA_SCRIPTS: &[&str] = &[
    "KAFKA_CLUSTER_ID",
    "KAFKA_CONFIG",
    "KAFKA_GC_LOG_OPTS",
    "KAFKA_HEAP_OPTS",
    "KAFKA_HOME",
    "KAFKA_JMX_OPTS",
    "KAFKA_JMX_PORT",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_LOG4J_CMD_OPTS",
    "KAFKA_LOG4J_OPTS",
    "KAFKA_MODE",
    "KAFKA_OPTS",
    "KAFKA_VERSION",
];

/// Variables that applications have for what is set in their code, `.group(..)`.
const OF_APPLICATIONS: &[&str] = &["KAFKA_GROUP_ID"];

pub(crate) const PREFIX: &str = "KAFKA_";
pub(crate) const BOOTSTRAP_SERVERS: &str = "KAFKA_BOOTSTRAP_SERVERS";
const USERNAME: &str = "KAFKA_USERNAME";
const PASSWORD: &str = "KAFKA_PASSWORD";

/// What the environment has about Kafka, checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KafkaVariables {
    pub(crate) bootstrap_servers: Option<String>,
    /// Settings of librdkafka by name.
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) login: Option<SaslLogin>,
}

/// `KAFKA_USERNAME` and `KAFKA_PASSWORD`. They are settings of librdkafka as well, but mean a mechanism, and need a
/// protocol that may be set elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SaslLogin {
    username: String,
    password: String,
}

impl std::fmt::Debug for KafkaVariables {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: values may be passwords.
        formatter
            .debug_struct("KafkaVariables")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("settings", &self.settings.keys())
            .finish()
    }
}

/// The variables of this process whose names begin with one of `prefixes`.
pub(crate) fn variables_of_this_process(prefixes: &[&str]) -> Result<Vec<(String, String)>, ConnectionError> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let concerns = |name: &&str| prefixes.iter().any(|prefix| name.starts_with(prefix));
        let Some(name) = name.to_str().filter(concerns) else {
            continue;
        };
        let value = value.into_string().map_err(|_| ConnectionError::InvalidVariable {
            variable: name.to_owned(),
            reason: "its value is not UTF-8".to_owned(),
        })?;
        variables.push((name.to_owned(), value));
    }
    Ok(variables)
}

/// The value without the line breaks at its end.
pub(crate) fn without_line_breaks(value: &str) -> &str {
    value.trim_end_matches(['\r', '\n'])
}

impl KafkaVariables {
    /// Reads variables, of which it ignores those that do not concern Kafka.
    pub(crate) fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConnectionError> {
        // Sorted, so that of several mistakes the same one is reported every time.
        let mut variables: BTreeMap<String, String> = variables
            .into_iter()
            .map(|(name, value)| (name, without_line_breaks(&value).to_owned()))
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        let bootstrap_servers = variables.remove(BOOTSTRAP_SERVERS);
        let login = pair(&mut variables, USERNAME, PASSWORD)?;
        let mut settings = BTreeMap::new();
        for (variable, value) in variables {
            let Some(setting) = setting_name(&variable) else {
                continue;
            };
            if oidc::is_setting(&setting) {
                settings.insert(setting, value);
                continue;
            }
            match check_setting(&setting, &value) {
                Ok(()) => settings.insert(setting, value),
                Err(ConnectionError::InvalidSetting { reason, .. }) if reason.starts_with(NO_SUCH_SETTING) => {
                    ignored(&variable, &setting);
                    continue;
                }
                Err(ConnectionError::InvalidSetting { reason, .. }) => {
                    return Err(ConnectionError::InvalidVariable { variable, reason });
                }
                Err(error) => return Err(error),
            };
        }
        let login = login.map(|(username, password)| SaslLogin { username, password });
        Ok(Self { bootstrap_servers, settings, login })
    }
}

/// `KAFKA_SECURITY_PROTOCOL` is `security.protocol`. `None` for a variable that is not a setting.
fn setting_name(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(PREFIX)?;
    if is_service_link(variable) || OF_KAFKA_SCRIPTS.contains(&variable) || OF_APPLICATIONS.contains(&variable) {
        return None;
    }
    Some(name.to_ascii_lowercase().replace('_', "."))
}

/// Whether Kubernetes sets this variable for a service of the namespace: `KAFKA_UI_SERVICE_HOST`,
/// `KAFKA_UI_SERVICE_PORT`, `KAFKA_UI_SERVICE_PORT_HTTP`, `KAFKA_UI_PORT`, `KAFKA_UI_PORT_8080_TCP`,
/// `KAFKA_UI_PORT_8080_TCP_ADDR`, …
///
/// No setting of librdkafka has such a name.
fn is_service_link(variable: &str) -> bool {
    let is_port = |rest: &str| {
        let (port, rest) = rest.split_once('_').unwrap_or((rest, ""));
        let protocol = rest.split('_').next().unwrap_or_default();
        port.parse::<u16>().is_ok() && matches!(protocol, "TCP" | "UDP" | "SCTP")
    };
    variable.ends_with("_SERVICE_HOST")
        || variable.ends_with("_PORT")
        || variable.contains("_SERVICE_PORT_")
        || variable.match_indices("_PORT_").any(|(index, found)| is_port(&variable[index + found.len()..]))
}

/// Logs that a variable sets nothing: as a warning when it looks like a typing error, and otherwise at debug level,
/// since it belongs to the application.
fn ignored(variable: &str, setting: &str) {
    match setting_names::near(setting) {
        Some(near) => tracing::warn!(
            variable,
            "ignored: librdkafka has no setting `{setting}`, but `{near}`; correct the variable's name, or call `.setting(\"{near}\", …)`"
        ),
        None => tracing::debug!(variable, "ignored: librdkafka has no setting `{setting}`"),
    }
}

/// Two variables of which neither makes sense alone.
fn pair(
    variables: &mut BTreeMap<String, String>,
    first: &'static str,
    second: &'static str,
) -> Result<Option<(String, String)>, ConnectionError> {
    let missing = |variable, other| ConnectionError::MissingVariable {
        variable,
        reason: format!("but {other} is"),
        remedy: "set both or neither".to_owned(),
    };
    match (variables.remove(first), variables.remove(second)) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(missing(second, first)),
        (None, Some(_)) => Err(missing(first, second)),
    }
}

impl SaslLogin {
    pub(crate) fn user_and_password(&self) -> (String, String) {
        (self.username.clone(), self.password.clone())
    }

    /// Adds what logs in to the settings that everything else has made.
    ///
    /// # Errors
    ///
    /// When their protocol does not log in.
    pub(crate) fn add_to(self, settings: &mut Settings) -> Result<(), ConnectionError> {
        let protocol = settings.shared("security.protocol").map(str::to_ascii_lowercase);
        if !protocol.is_some_and(|protocol| protocol.starts_with("sasl_")) {
            // librdkafka would connect without logging in, and report nothing.
            return Err(ConnectionError::MissingVariable {
                variable: "KAFKA_SECURITY_PROTOCOL",
                reason: format!("or not to a protocol that logs in, but {USERNAME} is set"),
                remedy: "set it to SASL_SSL, or to SASL_PLAINTEXT where the network is trusted".to_owned(),
            });
        }
        let mut add = |name: &str, value: String| settings.set(None, name.to_owned(), value);
        add("sasl.username", self.username)?;
        add("sasl.password", self.password)?;
        if settings.shared("sasl.mechanism").or(settings.shared("sasl.mechanisms")).is_none() {
            settings.set(None, "sasl.mechanism".to_owned(), "PLAIN".to_owned())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::log::tests::captured;

    fn read_pairs(variables: &[(&str, &str)]) -> Result<KafkaVariables, ConnectionError> {
        KafkaVariables::read(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn variables_become_settings() {
        let check = |variables: &[(&str, &str)], expected: &[(&str, &str)]| {
            let found = read_pairs(variables).unwrap_or_else(|error| panic!("{variables:?}: {error}")).settings;
            let expected: BTreeMap<_, _> =
                expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(found, expected, "{variables:?}");
        };
        check(&[], &[]);
        check(&[("PATH", "/bin"), ("KAFKATYPED", "1"), ("kafka_linger_ms", "no")], &[]);
        check(&[("KAFKA_LINGER_MS", "7")], &[("linger.ms", "7")]);
        check(&[("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")], &[("security.protocol", "PLAINTEXT")]);
        check(&[("KAFKA_LINGER_MS", " ")], &[]);
        check(&[("KAFKA_DEBUG", "broker,topic")], &[("debug", "broker,topic")]);
        check(&[("KAFKA_HOME", "/opt/kafka"), ("KAFKA_OPTS", "-Dx"), ("KAFKA_HEAP_OPTS", "-Xmx1G")], &[]);
        check(&[("KAFKA_LOG4J_OPTS", "x"), ("KAFKA_JVM_PERFORMANCE_OPTS", "x"), ("KAFKA_JMX_OPTS", "x")], &[]);
        check(
            &[("KAFKA_TOPIC", "orders"), ("KAFKA_GROUP", "g"), ("KAFKA_GROUP_ID", "g"), ("KAFKA_LINGR_MS", "5")],
            &[],
        );
        check(&[("KAFKA_LINGER_MS", "7\r\n")], &[("linger.ms", "7")]);
    }

    #[test]
    fn the_services_of_a_namespace_are_ignored() {
        for service in ["", "_UI", "_REST", "_EXPORTER", "_CONNECT", "_0", "_KAFKA_BOOTSTRAP", "_KAFKA_0"] {
            for (suffix, value) in [
                ("SERVICE_HOST", "10.0.0.1"),
                ("SERVICE_PORT", "9092"),
                ("SERVICE_PORT_TCP_CLIENTS", "9092"),
                ("PORT", "tcp://10.0.0.1:9092"),
                ("PORT_9092_TCP", "tcp://10.0.0.1:9092"),
                ("PORT_9092_TCP_PROTO", "tcp"),
                ("PORT_9092_TCP_PORT", "9092"),
                ("PORT_9092_TCP_ADDR", "10.0.0.1"),
                ("PORT_9092_UDP_ADDR", "10.0.0.1"),
            ] {
                let variable = format!("KAFKA{service}_{suffix}");
                let text = captured(|| assert!(read_pairs(&[(&variable, value)]).unwrap().settings.is_empty()));
                assert_eq!(text, "", "{variable}");
            }
        }
        // Settings that look a little like it.
        for variable in ["KAFKA_SOCKET_TIMEOUT_MS", "KAFKA_TRANSPORT", "KAFKA_REPORT_9092"] {
            assert!(!is_service_link(variable), "{variable}");
        }
    }

    #[test]
    fn a_name_that_is_almost_a_setting_is_a_warning() {
        let check = |variable: &str, expected: Option<&str>| {
            let text = captured(|| assert!(read_pairs(&[(variable, "5")]).unwrap().settings.is_empty()));
            match expected {
                None => assert_eq!(text, "", "{variable}"),
                Some(near) => assert!(
                    text.contains("WARN") && text.contains(variable) && text.contains(&format!("`{near}`")),
                    "{variable}: {text}"
                ),
            }
        };
        check("KAFKA_LINGR_MS", Some("linger.ms"));
        check("KAFKA_LOG_LEVEL", Some("log_level"));
        check("KAFKA_SECURTY_PROTOCOL", Some("security.protocol"));
        check("KAFKA_TOPIC", None);
        check("KAFKA_GROUP", None);
    }

    #[test]
    fn mistakes_name_the_variable_and_keep_secrets() {
        let check = |variables: &[(&str, &str)], expected: &str| {
            let error = read_pairs(variables).expect_err(expected);
            assert!(error.to_string().contains(expected), "{variables:?}: {error}");
        };
        check(&[("KAFKA_LINGER_MS", "soon")], "KAFKA_LINGER_MS cannot be used: ");
        check(&[("KAFKA_USERNAME", "u")], "KAFKA_PASSWORD is not set, but KAFKA_USERNAME is: set both or neither");
        let error = read_pairs(&[("KAFKA_PASSWORD", "hunter2")]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }

    #[test]
    fn a_login_is_by_plain_and_needs_a_protocol() {
        let settings = |variables: &[(&str, &str)]| {
            let login = [("KAFKA_USERNAME", "u"), ("KAFKA_PASSWORD", "p")];
            let found = read_pairs(&[&login, variables].concat()).unwrap();
            let mut settings = Settings::new("a:1".to_owned());
            for (name, value) in found.settings {
                settings.set(None, name, value).unwrap();
            }
            found.login.unwrap().add_to(&mut settings).map(|()| settings).map_err(|error| error.to_string())
        };
        let protocol = ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
        for (variables, mechanism) in [
            (&[protocol][..], (Some("PLAIN"), None)),
            (&[protocol, ("KAFKA_SASL_MECHANISM", "PLAIN")], (Some("PLAIN"), None)),
            (&[protocol, ("KAFKA_SASL_MECHANISMS", "PLAIN")], (None, Some("PLAIN"))),
        ] {
            let settings = settings(variables).unwrap();
            let found = ["sasl.username", "sasl.password"].map(|name| settings.shared(name));
            assert_eq!(found, [Some("u"), Some("p")]);
            assert_eq!((settings.shared("sasl.mechanism"), settings.shared("sasl.mechanisms")), mechanism);
        }
        for variables in [&[][..], &[("KAFKA_SECURITY_PROTOCOL", "plaintext")]] {
            let error = settings(variables).map(drop).unwrap_err();
            assert!(
                error.starts_with("KAFKA_SECURITY_PROTOCOL is not set, or not to a protocol that logs in"),
                "{error}"
            );
        }
    }

    /// With the feature there is nothing to name.
    #[cfg(not(any(feature = "ssl", feature = "ssl-vendored")))]
    #[test]
    fn what_was_not_built_in_names_the_feature() {
        let error = read_pairs(&[("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")]).unwrap_err().to_string();
        assert!(error.contains("KAFKA_SECURITY_PROTOCOL") && error.contains("turn on the feature `ssl`"), "{error}");
    }
}
