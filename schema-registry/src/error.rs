//! What can go wrong between this client and a registry.

use std::error::Error;
use std::sync::Arc;

use crate::error_code::ErrorCode;
use crate::http_client::SetupFailure;
use crate::login::LoginError;
use crate::operation::Effort;
use crate::retry::is_transient;
use crate::token_error::TokenError;
use crate::variable::RegistryVariable;

/// A call to the registry that failed, or a client that cannot be built.
///
/// It is cheap to clone, since tasks that waited for the same request all get its error. No error text
/// holds a password or a token. The cause is in [`source`](Error::source), not in the text.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The registry answered with an error.
    #[error("{operation}: {url} answered {status}, error code {code}: {message} ({})", remedy(*.status, *.code, *.effort))]
    Http {
        /// What was being done, such as "registering a schema under subject `orders-value`".
        operation: String,
        /// The address that answered.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The registry's error code.
        code: ErrorCode,
        /// The registry's message.
        message: String,
        /// How often it was asked.
        effort: Effort,
    },
    /// The registry could not be reached, or the answer did not arrive in time.
    #[error("{operation}: no answer from {url} after {effort} (is the registry running, and is its address right?)")]
    Transport {
        /// What was being done.
        operation: String,
        /// The address that was called last.
        url: String,
        /// How often it was tried, and for how long.
        effort: Effort,
        /// The error of the HTTP client.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The answer is not what the registry's API promises.
    #[error(
        "{operation}: {url} did not answer as a schema registry does (does the address lead to a registry, with the right path?)"
    )]
    InvalidAnswer {
        /// What was being done.
        operation: String,
        /// The address that answered.
        url: String,
        /// Where the answer is not as expected.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The answer was cut off, because it is larger than any schema should be.
    #[error("{operation}: the answer of {url} is larger than {limit} bytes (does the address lead to a registry?)")]
    AnswerTooLarge {
        /// The address that answered.
        url: String,
        /// What was being done.
        operation: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The registry returned a schema that is not valid Avro.
    #[error("{operation}: the schema in the registry's answer is not valid (register a corrected version)")]
    InvalidSchema {
        /// What was being done.
        operation: String,
        /// What is wrong, and where.
        source: Arc<avro_model::Diagnostics>,
    },
    /// The schema is not an Avro schema.
    #[error(
        "{operation}: the registry has a schema of type {schema_type}, but only AVRO is supported (is the topic or subject the right one?)"
    )]
    UnsupportedSchemaType {
        /// What was being done.
        operation: String,
        /// The type, such as `PROTOBUF`.
        schema_type: String,
    },
    /// The schema refers to too many other schemas.
    #[error("{operation}: the schema refers to more than {limit} others (merge some of them into one schema)")]
    TooManyReferences {
        /// What was being done.
        operation: String,
        /// The limit.
        limit: usize,
    },
    /// The registry has a schema with this GUID, but no id for it.
    #[error("{operation}: the registry has no id for the GUID {guid} in any context (register the schema again)")]
    NoId {
        /// What was being done.
        operation: String,
        /// The GUID.
        guid: avro_model::Guid,
    },
    /// Apicurio Registry has no version with this `globalId`.
    #[error(
        "{operation}: Apicurio Registry has no version with the globalId {id} (use the registry that the data was written with)"
    )]
    UnknownGlobalId {
        /// What was being done.
        operation: String,
        /// The `globalId`.
        id: u64,
    },
    /// A schema is wanted by Apicurio's `globalId`, and the address does not lead to Apicurio Registry.
    #[error(
        "{operation}: {url} does not lead to Apicurio Registry, which alone knows its global ids (use its address, such as \
         http://localhost:8080/apis/ccompat/v7, or set `apicurio.registry.use-id` to `contentId` for the producer)"
    )]
    NotApicurio {
        /// What was being done.
        operation: String,
        /// The address.
        url: String,
    },
    /// The address of a registry cannot be used.
    #[error("`{url}` is not the address of a registry: {reason} (write it like http://localhost:8081)")]
    InvalidUrl {
        /// The address, without user and password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The address of a registry has a user and perhaps a password, and cannot be parsed. Nothing of it is shown, since
    /// any part could belong to the password.
    #[error(
        "the address of a registry has a user or an `@`, and cannot be used (percent-encode what is neither a letter nor a digit in user, \
         password and path, such as %2C for a comma, %2F for a slash and %40 for an `@`; or give user and password separately)"
    )]
    UnreadableLogin,
    /// The user, password or token cannot be sent. Nothing of them is shown.
    #[error("the schema registry client cannot log in: {0}")]
    InvalidLogin(LoginError),
    /// There is no access token to log in with.
    #[error("{operation}: there is no access token for the schema registry")]
    Token {
        /// What was being done.
        operation: String,
        /// Why, and what to do about it.
        source: Box<TokenError>,
    },
    /// The settings for the token endpoint cannot be used.
    #[error("the schema registry client cannot fetch access tokens")]
    InvalidCredentials {
        /// What is wrong with them.
        source: Box<TokenError>,
    },
    /// The client was given no address.
    #[error(
        "the schema registry client has no address (call `url` on its builder, for example with http://localhost:8081)"
    )]
    NoUrl,
    /// The subject cannot be part of an address.
    #[error(
        "{subject:?} cannot be the name of a subject (use another than the empty text, `.` and `..`, without control characters)"
    )]
    InvalidSubject {
        /// The subject.
        subject: String,
    },
    /// The address of the shared cache cannot be used. Nothing of it is shown, since any part could belong to the
    /// password.
    #[error(
        "the address of the shared cache cannot be used: {reason} (write it like rediss://user:password@host:6379/0, and percent-encode \
         what is neither a letter nor a digit in user and password)"
    )]
    InvalidCacheUrl {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The settings have a shared cache, and this build cannot use one.
    #[error(
        "{} is set, but this build has no client of Redis (enable the feature `redis` of kafka-typed or schema-registry, or unset the variable)",
        RegistryVariable::CacheUrl
    )]
    NoCacheClient,
    /// The client could not be set up, for example because a certificate cannot be read.
    #[error("the schema registry client cannot be set up: {problem}")]
    Setup {
        /// What is wrong, and what to do about it.
        problem: &'static str,
        /// The error of the TLS or HTTP library.
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl From<SetupFailure> for RegistryError {
    fn from(failure: SetupFailure) -> Self {
        Self::Setup { problem: failure.problem, source: failure.source }
    }
}

impl From<LoginError> for RegistryError {
    fn from(error: LoginError) -> Self {
        Self::InvalidLogin(error)
    }
}

impl RegistryError {
    /// Whether the same call may succeed later: the registry was unreachable, overloaded or failing.
    /// The client has tried again already, as often as it was told to.
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Http { status, .. } => is_transient(*status),
            Self::Token { source, .. } => source.is_retriable(),
            _ => false,
        }
    }

    /// Whether the registry answered that it does not know who asks (401).
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Http { status: 401, .. })
    }

    /// Whether the registry answered that there is no such subject, version, schema or setting.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Http { status: 404, .. } | Self::UnknownGlobalId { .. })
    }

    /// Whether the registry answered that there is no such schema (40403). Unlike [`is_not_found`](Self::is_not_found),
    /// this is not true of a 404 that something else at the address answers, such as a proxy.
    pub fn is_unknown_schema(&self) -> bool {
        self.code() == Some(ErrorCode::SchemaNotFound) || matches!(self, Self::UnknownGlobalId { .. })
    }

    /// Whether the error is about the one schema that was asked for, while the registry itself works: what needs
    /// another schema can continue. True of an [unknown](Self::is_unknown_schema) and of an
    /// [unusable](Self::is_unusable_schema) schema, and of the answers 400, 403, 404 and 422.
    ///
    /// Such errors are cached for some seconds, see
    /// [`negative_ttl`](crate::SchemaRegistryBuilder::negative_ttl).
    pub fn is_about_one_schema(&self) -> bool {
        match self {
            Self::Http { status, .. } => matches!(status, 400 | 403 | 404 | 422),
            Self::NoId { .. } | Self::UnknownGlobalId { .. } | Self::NotApicurio { .. } => true,
            error => error.is_unusable_schema(),
        }
    }

    /// Whether the registry answered something that cannot be used as a schema: text that does not parse, a schema of
    /// another type, or an answer that is not that of a registry. The cause is in the registry or in the schema, and
    /// data of that schema can be read once it is corrected.
    pub fn is_unusable_schema(&self) -> bool {
        matches!(
            self,
            Self::InvalidAnswer { .. }
                | Self::AnswerTooLarge { .. }
                | Self::InvalidSchema { .. }
                | Self::UnsupportedSchemaType { .. }
                | Self::TooManyReferences { .. }
        )
    }

    /// Whether the registry refused a schema because it is incompatible with an earlier version.
    pub fn is_incompatible(&self) -> bool {
        self.code() == Some(ErrorCode::Incompatible)
    }

    /// The same error, with the effort.
    pub(crate) fn after(mut self, spent: Effort) -> Self {
        if let Self::Http { effort, .. } | Self::Transport { effort, .. } = &mut self {
            *effort = spent;
        }
        self
    }

    /// The registry's error code, when the registry answered with an error.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Http { code, .. } => Some(*code),
            _ => None,
        }
    }
}

/// What to do about an error that the registry answered.
fn remedy(status: u16, code: ErrorCode, effort: Effort) -> String {
    let remedy = match code {
        ErrorCode::SubjectNotFound => "register a schema under this subject first, or check the subject name strategy",
        ErrorCode::VersionNotFound => "ask for the subject's versions to see which there are",
        ErrorCode::SchemaNotFound => "register the schema first, and use the registry that the data was written with",
        ErrorCode::Incompatible => "change the schema so that it is compatible, or the subject's compatibility level",
        ErrorCode::InvalidSchema => "correct the schema",
        ErrorCode::OperationNotPermitted => "the mode of the registry or the subject must allow it",
        ErrorCode::SubjectSoftDeleted | ErrorCode::VersionSoftDeleted => {
            "it is soft-deleted already: delete it permanently to remove it"
        }
        ErrorCode::SubjectNotSoftDeleted | ErrorCode::VersionNotSoftDeleted => "soft-delete it first",
        ErrorCode::ReferenceExists => "delete what refers to it first",
        ErrorCode::IdDoesNotMatch => "import the schema with the id that it has in this registry",
        ErrorCode::SchemaTooLarge => "split the schema, or raise the registry's limit",
        _ => match status {
            301 | 302 | 303 | 307 | 308 => "redirects are not followed: use the address it leads to",
            401 => "give the client valid credentials",
            403 => "the credentials lack the permission",
            404 => "check the address and its path, and that what was asked for exists",
            408 | 500..=599 => "the registry failed: try again later, and check its log",
            429 => "the registry is overloaded: try again later",
            _ => "check the registry's message",
        },
    };
    // Nobody waits for an answer that comes at once.
    if effort.tries() > 1 { format!("{remedy}; {effort}") } else { remedy.to_owned() }
}
