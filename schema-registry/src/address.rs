//! The address of a registry, taken apart into where it is and how to log in there. No I/O.

use url::Url;

use crate::error::RegistryError;
use crate::login::Login;

/// One registry: its address without user and password, and the login to use there.
pub(crate) struct Address {
    pub(crate) url: Url,
    pub(crate) login: Login,
}

impl Address {
    /// `login` is used where the address has none of its own.
    pub(crate) fn parse(text: &str, login: &Login) -> Result<Self, RegistryError> {
        let invalid = |reason: String| RegistryError::InvalidUrl { url: without_login(text), reason };
        let mut url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("it begins with neither http:// nor https://".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it has a query or a fragment".to_owned()));
        }
        if url.path().contains('@') {
            // What looks like a host is the user, and the password has a slash: `http://user:12/34@host`.
            return Err(RegistryError::UnreadableLogin);
        }
        let login = match login_of(&url) {
            Some(login) => {
                login.check()?;
                login
            }
            None => login.clone(),
        };
        let is_removed = url.set_username("").and_then(|()| url.set_password(None));
        debug_assert!(is_removed.is_ok(), "http and https addresses can have no user");
        Ok(Self { url, login })
    }
}

/// The user and password in an address, with their percent-encoding undone.
fn login_of(url: &Url) -> Option<Login> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    // An address with a user alone has an empty password.
    Some(Login::basic(percent_decoded(url.username()), percent_decoded(url.password().unwrap_or(""))))
}

fn percent_decoded(text: &str) -> String {
    // A form's only other rule is that a plus sign means a space.
    let form = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    // An empty form has no pairs.
    url::form_urlencoded::parse(form.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

/// The text with everything between `://` and `@` left out, however malformed it is otherwise.
pub(crate) fn without_login(text: &str) -> String {
    let Some((before, after)) = text.rsplit_once('@') else {
        return text.to_owned();
    };
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://{after}"),
        None => after.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Login, without_login};
    use crate::error::RegistryError;

    #[test]
    fn user_and_password_are_taken_out_of_an_address() {
        let check = |url: &str, expected: Option<(&str, &str)>| {
            let address = Address::parse(url, &Login::Anonymous).expect(url);
            assert!(!address.url.as_str().contains('@'), "{}", address.url);
            let expected = expected.map_or(Login::Anonymous, |(user, password)| Login::basic(user, password));
            assert!(address.login == expected, "{url}");
        };
        check("http://localhost:8081", None);
        check("http://ann:secret@localhost:8081/registry", Some(("ann", "secret")));
        check("http://ann:a%40b%2F+c&d=e%25@localhost", Some(("ann", "a@b/+c&d=e%")));
        check("http://ann@localhost", Some(("ann", "")));
    }

    #[test]
    fn addresses_that_cannot_work_are_refused() {
        for url in ["", "localhost:8081", "ftp://host", "http://host:port", "http://h?a=b", "http://h#a"] {
            let error = Address::parse(url, &Login::Anonymous).err().expect(url);
            assert!(matches!(error, RegistryError::InvalidUrl { .. }), "{url}: {error:?}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_login() {
        for (address, expected) in [
            ("http://host", "http://host"),
            ("http://ann:secret@host", "http://host"),
            ("ann:secret@host", "host"),
            ("http://ann:sec@ret@host/x", "http://host/x"),
        ] {
            assert_eq!(without_login(address), expected);
        }
    }
}
