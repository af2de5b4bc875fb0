//! How a client logs in to a registry. No I/O.

use std::fmt;

use crate::client_credentials::ClientCredentials;
use crate::token_source::TokenSource;

/// How a client logs in to a registry.
///
/// [`RegistrySettings`](crate::RegistrySettings) makes one of environment variables, and
/// [`SchemaRegistryBuilder::login`](crate::SchemaRegistryBuilder::login) takes it.
///
/// ```
/// use schema_registry::Login;
///
/// let login = Login::basic("reader", "secret");
/// assert_eq!(format!("{login:?}"), "Basic(..)");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Login {
    /// Not at all.
    #[default]
    Anonymous,
    /// With a user and a password (basic authentication).
    #[non_exhaustive]
    Basic {
        /// The user. It cannot contain a colon.
        user: String,
        /// The password, which may be empty.
        password: String,
    },
    /// With a token that stays as it is (bearer authentication).
    #[non_exhaustive]
    Bearer {
        /// The token.
        token: String,
    },
    /// With access tokens that are fetched by the client credentials grant of OAuth 2.0.
    #[non_exhaustive]
    ClientCredentials {
        /// The token endpoint, and what the client shows to it.
        credentials: ClientCredentials,
    },
    /// With access tokens of a source, which may serve others as well.
    #[non_exhaustive]
    Tokens {
        /// The source.
        source: TokenSource,
    },
}

/// Why a user, a password or a token cannot be sent. Nothing of them is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The user has a colon, which ends a user's name in basic authentication.
    #[error("the user has a colon, which ends the name of a user: give the password separately")]
    ColonInUser,
    /// The user or the password has a control character.
    #[error("the user or the password has a control character, such as a line break: remove it")]
    ControlCharacter,
    /// The token is empty.
    #[error("the token is empty: give one, or log in another way")]
    EmptyToken,
    /// The token has a character that a header cannot hold.
    #[error("the token has a character that no token has, such as a space or a line break: remove it")]
    CharacterInToken,
    /// The logical cluster or the identity pool has a character that a header cannot hold.
    #[error(
        "the logical cluster or the identity pool has a character that a header cannot hold, such as a line break: remove it"
    )]
    CharacterInCluster,
}

impl Login {
    /// A login with a user and a password. Line breaks at their ends are removed, since a file has one.
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::Basic { user: without_line_break(user.into()), password: without_line_break(password.into()) }
    }

    /// A login with a token. White space around it is removed, such as the line break at the end of a file.
    pub fn bearer(token: impl Into<String>) -> Self {
        Self::Bearer { token: token.into().trim().to_owned() }
    }

    /// A login with access tokens that are fetched from a token endpoint.
    pub fn client_credentials(credentials: ClientCredentials) -> Self {
        Self::ClientCredentials { credentials }
    }

    /// A login with access tokens of a source: a function of one's own, or a source that others share.
    pub fn tokens(source: TokenSource) -> Self {
        Self::Tokens { source }
    }

    /// Whether it logs in with a token of some kind.
    pub(crate) fn is_bearer(&self) -> bool {
        matches!(self, Self::Bearer { .. } | Self::ClientCredentials { .. } | Self::Tokens { .. })
    }

    /// Whether a header can hold it.
    pub(crate) fn check(&self) -> Result<(), LoginError> {
        match self {
            // Tokens are checked when they are fetched.
            Self::Anonymous | Self::ClientCredentials { .. } | Self::Tokens { .. } => Ok(()),
            Self::Basic { user, .. } if user.contains(':') => Err(LoginError::ColonInUser),
            Self::Basic { user, password } => match user.chars().chain(password.chars()).any(char::is_control) {
                true => Err(LoginError::ControlCharacter),
                false => Ok(()),
            },
            Self::Bearer { token } => check_token(token),
        }
    }
}

/// Whether a header can hold a token.
pub(crate) fn check_token(token: &str) -> Result<(), LoginError> {
    if token.is_empty() {
        return Err(LoginError::EmptyToken);
    }
    match token.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(()),
        false => Err(LoginError::CharacterInToken),
    }
}

/// The text without the line breaks at its end.
pub(crate) fn without_line_break(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    text
}

impl fmt::Debug for Login {
    /// Prints the kind and nothing more.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Basic { .. } => "Basic(..)",
            Self::Bearer { .. } => "Bearer(..)",
            Self::ClientCredentials { .. } => "ClientCredentials(..)",
            Self::Tokens { .. } => "Tokens(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Login, LoginError};

    #[test]
    fn what_is_around_a_secret_in_a_file_is_not_part_of_it() {
        let basic = |user: &str, password: &str| Login::Basic { user: user.to_owned(), password: password.to_owned() };
        assert!(Login::basic("ann\n", " pass\r\n") == basic("ann", " pass"));
        assert!(Login::basic("ann", "") == basic("ann", ""));
        for text in ["secret", "secret\n", " secret\r\n"] {
            assert!(Login::bearer(text) == Login::Bearer { token: "secret".to_owned() }, "{text:?}");
        }
    }

    #[test]
    fn a_login_is_as_a_header_takes_it() {
        let check = |login: Login, expected: Result<(), LoginError>| {
            assert_eq!(login.check(), expected);
            if let Err(error) = expected {
                assert!(!format!("{error} {error:?} {login:?}").contains("hun"), "{error}");
            }
        };
        check(Login::Anonymous, Ok(()));
        check(Login::basic("ann", ""), Ok(()));
        check(Login::basic("ann", "hün ter:"), Ok(()));
        check(Login::basic("hunter:x", "p"), Err(LoginError::ColonInUser));
        check(Login::basic("ann", "hun\nter"), Err(LoginError::ControlCharacter));
        check(Login::basic("hun\0ter", "p"), Err(LoginError::ControlCharacter));
        check(Login::bearer("hunter2"), Ok(()));
        check(Login::bearer(" \n"), Err(LoginError::EmptyToken));
        check(Login::bearer("hunter\nhunter"), Err(LoginError::CharacterInToken));
        check(Login::bearer("hünter"), Err(LoginError::CharacterInToken));
    }
}
