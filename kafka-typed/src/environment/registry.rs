//! The variables of the registry: where it is, and how it is asked.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::connection::ConnectionError;

pub(crate) const URL: &str = "SCHEMA_REGISTRY_URL";
const NAME: &str = "SCHEMA_REGISTRY_NAME";
const CONTEXT: &str = "SCHEMA_REGISTRY_CONTEXT";
const NORMALIZE: &str = "SCHEMA_REGISTRY_NORMALIZE";
const TIMEOUT: &str = "SCHEMA_REGISTRY_TIMEOUT_MS";
const USER: &str = "SCHEMA_REGISTRY_USER";
const PASSWORD: &str = "SCHEMA_REGISTRY_PASSWORD";
const TOKEN: &str = "SCHEMA_REGISTRY_TOKEN";

/// What the environment says about the registry, checked.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct RegistryVariables {
    pub(crate) url: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) normalize: Option<bool>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) login: RegistryLogin,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) enum RegistryLogin {
    #[default]
    None,
    Basic {
        user: String,
        password: String,
    },
    Bearer(String),
}

impl RegistryVariables {
    /// Takes the registry's variables out of all.
    pub(crate) fn take(variables: &mut BTreeMap<String, String>) -> Result<Self, ConnectionError> {
        Ok(Self {
            login: login(variables)?,
            url: filled(variables, URL),
            name: filled(variables, NAME),
            context: filled(variables, CONTEXT),
            normalize: filled(variables, NORMALIZE).map(|text| truth(&text)).transpose()?,
            timeout: filled(variables, TIMEOUT).map(|text| milliseconds(&text)).transpose()?,
        })
    }
}

/// The value, unless it is empty, which counts as not set.
fn filled(variables: &mut BTreeMap<String, String>, name: &str) -> Option<String> {
    variables.remove(name).filter(|value| !value.trim().is_empty())
}

fn login(variables: &mut BTreeMap<String, String>) -> Result<RegistryLogin, ConnectionError> {
    // A password may be empty, so that here an empty value is one.
    let password = variables.remove(PASSWORD);
    match (filled(variables, USER), password, filled(variables, TOKEN)) {
        (None, None, None) => Ok(RegistryLogin::None),
        (Some(user), Some(password), None) => Ok(RegistryLogin::Basic { user, password }),
        (Some(_), None, None) => Err(ConnectionError::MissingVariable {
            variable: PASSWORD,
            reason: format!("but {USER} is"),
            remedy: "set both or neither; a password may be empty".to_owned(),
        }),
        (None, None, Some(token)) => Ok(RegistryLogin::Bearer(token)),
        (None, Some(password), token) if password.trim().is_empty() => {
            Ok(token.map_or(RegistryLogin::None, RegistryLogin::Bearer))
        }
        (None, Some(_), _) => Err(ConnectionError::MissingVariable {
            variable: USER,
            reason: format!("but {PASSWORD} is"),
            remedy: "set both or neither".to_owned(),
        }),
        (Some(_), _, Some(_)) => Err(ConnectionError::InvalidVariable {
            variable: TOKEN.to_owned(),
            reason: format!("{USER} is set too, and a registry is asked with one of the two: unset the other"),
        }),
    }
}

fn truth(text: &str) -> Result<bool, ConnectionError> {
    match text.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ConnectionError::InvalidVariable {
            variable: NORMALIZE.to_owned(),
            reason: "its value is neither `true` nor `false`".to_owned(),
        }),
    }
}

fn milliseconds(text: &str) -> Result<Duration, ConnectionError> {
    match text.trim().parse() {
        Ok(number) if number > 0 => Ok(Duration::from_millis(number)),
        _ => Err(ConnectionError::InvalidVariable {
            variable: TIMEOUT.to_owned(),
            reason: "its value is not a number of milliseconds above 0, such as 30000".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(variables: &[(&str, &str)]) -> Result<RegistryVariables, ConnectionError> {
        let mut variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>();
        let taken = RegistryVariables::take(&mut variables);
        assert!(taken.is_err() || variables.is_empty(), "{:?} is left", variables.keys());
        taken
    }

    #[test]
    fn variables_say_how_the_registry_is_asked() {
        let taken = take(&[
            (URL, "http://a,http://b"),
            (NAME, "staging"),
            (CONTEXT, "team"),
            (NORMALIZE, "true"),
            (TIMEOUT, " 5000 "),
        ])
        .unwrap();
        assert_eq!(taken.url.as_deref(), Some("http://a,http://b"));
        assert_eq!((taken.name.as_deref(), taken.context.as_deref()), (Some("staging"), Some("team")));
        assert_eq!((taken.normalize, taken.timeout), (Some(true), Some(Duration::from_secs(5))));
        assert!(
            take(&[(URL, ""), (NAME, " "), (CONTEXT, ""), (NORMALIZE, ""), (TIMEOUT, "")]).unwrap()
                == take(&[]).unwrap()
        );
    }

    #[test]
    fn a_password_may_be_empty() {
        let basic = |password: &str| RegistryLogin::Basic { user: "u".to_owned(), password: password.to_owned() };
        let check = |variables: &[(&str, &str)], expected: RegistryLogin| {
            assert!(take(variables).unwrap().login == expected, "{variables:?}");
        };
        check(&[(USER, "u"), (PASSWORD, "p")], basic("p"));
        check(&[(USER, "u"), (PASSWORD, "")], basic(""));
        check(&[(TOKEN, "t")], RegistryLogin::Bearer("t".to_owned()));
        check(&[(TOKEN, "t"), (USER, ""), (PASSWORD, "")], RegistryLogin::Bearer("t".to_owned()));
        check(&[(USER, ""), (PASSWORD, "")], RegistryLogin::None);
    }

    #[test]
    fn mistakes_name_the_variable_and_keep_secrets() {
        let check = |variables: &[(&str, &str)], expected: &str| {
            let error = take(variables).map(drop).expect_err(expected);
            assert!(error.to_string().contains(expected), "{variables:?}: {error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        };
        check(&[(PASSWORD, "hunter2")], "SCHEMA_REGISTRY_USER is not set, but SCHEMA_REGISTRY_PASSWORD is");
        check(&[(USER, "u")], "SCHEMA_REGISTRY_PASSWORD is not set, but SCHEMA_REGISTRY_USER is");
        check(&[(USER, "u"), (PASSWORD, "hunter2"), (TOKEN, "hunter2")], "SCHEMA_REGISTRY_USER is set too");
        check(
            &[(TIMEOUT, "30s")],
            "SCHEMA_REGISTRY_TIMEOUT_MS cannot be used: its value is not a number of milliseconds",
        );
        check(&[(TIMEOUT, "0")], "SCHEMA_REGISTRY_TIMEOUT_MS cannot be used");
        check(
            &[(NORMALIZE, "yes")],
            "SCHEMA_REGISTRY_NORMALIZE cannot be used: its value is neither `true` nor `false`",
        );
    }
}
