//! Why there is no access token.

use std::error::Error;
use std::sync::Arc;

use crate::http_client::SetupFailure;
use crate::login::LoginError;
use crate::operation::Effort;
use crate::retry::is_transient;

/// Why there is no access token. No text holds the client's secret or a token.
///
/// It is cheap to clone, since all that wait for the same token get its error.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token endpoint answered with an error.
    #[error("the token endpoint {url} answered {status}: {error}{} ({})", described(.description), remedy(*.status, .error, *.effort))]
    Refused {
        /// The token endpoint.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The code of OAuth 2.0, such as `invalid_client`, or the beginning of an answer that has none.
        error: String,
        /// The server's `error_description`.
        description: Option<String>,
        /// How often it was asked.
        effort: Effort,
    },
    /// The token endpoint could not be reached, or the answer did not arrive in time.
    #[error(
        "no answer from the token endpoint {url} after {effort} (is the address right, and can it be reached from here?)"
    )]
    Unreachable {
        /// The token endpoint.
        url: String,
        /// How often it was tried, and for how long.
        effort: Effort,
        /// The error of the HTTP client.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The token endpoint answered something other than a token.
    #[error(
        "the token endpoint {url} did not answer with a token: {problem} (does the address lead to the token endpoint of an OAuth 2.0 \
         server?)"
    )]
    InvalidAnswer {
        /// The token endpoint.
        url: String,
        /// What is wrong with the answer. Nothing of it is shown, since it may hold a token.
        problem: &'static str,
    },
    /// The token cannot be sent. Nothing of it is shown.
    #[error("the token that was fetched cannot be sent (check what issues it)")]
    InvalidToken {
        /// What is wrong with it.
        source: LoginError,
    },
    /// The function that fetches tokens failed.
    #[error("the function that fetches tokens failed")]
    Callback {
        /// Its error.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// No token arrived before the call that needs it had to end.
    #[error("no token arrived in time (is the server that issues tokens slow? the call's deadline can be raised)")]
    TimedOut,
    /// The address cannot be that of a token endpoint.
    #[error(
        "`{url}` is not the address of a token endpoint: {reason} (write it like https://idp.example.com/oauth2/token)"
    )]
    InvalidUrl {
        /// The address, without user and password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The id of the client is empty.
    #[error("the client of the token endpoint has an empty id (give the one that the server has issued)")]
    EmptyClientId,
    /// The HTTP client could not be set up, for example because a certificate cannot be read.
    #[error("the client of the token endpoint cannot be set up: {problem}")]
    Setup {
        /// What is wrong, and what to do about it.
        problem: &'static str,
        /// The error of the TLS or HTTP library.
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl TokenError {
    /// Whether a token may be fetched later: its server was unreachable, overloaded or failing, or the user's function
    /// failed.
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Refused { status, .. } => is_transient(*status),
            Self::Unreachable { .. } | Self::Callback { .. } | Self::TimedOut => true,
            _ => false,
        }
    }

    /// The same error, with the effort.
    pub(crate) fn after(mut self, spent: Effort) -> Self {
        if let Self::Refused { effort, .. } | Self::Unreachable { effort, .. } = &mut self {
            *effort = spent;
        }
        self
    }
}

impl From<SetupFailure> for TokenError {
    fn from(failure: SetupFailure) -> Self {
        Self::Setup { problem: failure.problem, source: failure.source }
    }
}

fn described(description: &Option<String>) -> String {
    description.as_ref().map(|description| format!(": {description}")).unwrap_or_default()
}

/// What to do about an error of <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>.
fn remedy(status: u16, error: &str, effort: Effort) -> String {
    let remedy = match (error, status) {
        ("invalid_client", _) | (_, 401) => {
            "check the client's id and secret, and whether the server wants them in the form instead of by basic authentication"
        }
        ("unauthorized_client" | "unsupported_grant_type", _) => "allow the grant `client_credentials` for this client",
        ("invalid_scope", _) => "ask for a scope that this client may have",
        ("invalid_request", _) => "check which fields the server needs, such as a scope or an audience",
        (_, 301 | 302 | 303 | 307 | 308) => "redirects are not followed: use the address it leads to",
        (_, 404 | 405) => "check the address and its path",
        (_, 429) => "the server is overloaded: try again later",
        (_, 408 | 500..=599) => "the server failed: try again later, and check its log",
        _ => "check the server's message",
    };
    // Nobody waits for an answer that comes at once.
    if effort.tries() > 1 { format!("{remedy}; {effort}") } else { remedy.to_owned() }
}
