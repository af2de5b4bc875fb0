//! Why a command failed.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::path::Path;

use avro_build::lock::LockError;
use avro_model::Diagnostics;
use kafka_typed::{ConnectionError, DeliveryError, KafkaErrorCode, ReceiveError};
use schema_registry::RegistryError;

use crate::exit::Exit;

/// Why a command cannot go on, with what to do about it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Files are invalid: every problem, with its place.
    Diagnostics(Diagnostics),
    /// An error with its causes; its text has the remedy.
    Error(Exit, Box<dyn Error>),
    /// An error that only this program has.
    Message { exit: Exit, message: String, remedy: String },
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>, remedy: impl Into<String>) -> Failure {
        Failure::Message { exit: Exit::Usage, message: message.into(), remedy: remedy.into() }
    }

    pub(crate) fn refused(message: impl Into<String>, remedy: impl Into<String>) -> Failure {
        Failure::Message { exit: Exit::Differs, message: message.into(), remedy: remedy.into() }
    }

    /// A state that this program believes impossible.
    pub(crate) fn internal(message: impl Display) -> Failure {
        Failure::Message {
            exit: Exit::Differs,
            message: format!("internal error: {message}"),
            remedy: "report it to the authors of cargo-avro, with the command line and the files that it read"
                .to_owned(),
        }
    }

    pub(crate) fn file(what: &str, path: &Path, source: &io::Error) -> Failure {
        Failure::refused(format!("cannot {what} `{}`: {source}", path.display()), "check the path and its permissions")
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Diagnostics(_) => Exit::Differs,
            Failure::Error(exit, _) | Failure::Message { exit, .. } => *exit,
        }
    }

    /// What a registry has instead of an Avro schema, where that is why the command cannot go on: `PROTOBUF`, or that
    /// it is not valid.
    pub(crate) fn other_schema(&self) -> Option<String> {
        let Failure::Error(_, error) = self else { return None };
        match error.downcast_ref::<RegistryError>()? {
            RegistryError::UnsupportedSchemaType { schema_type, .. } => Some(schema_type.clone()),
            RegistryError::InvalidSchema { .. } => Some("invalid Avro".to_owned()),
            _ => None,
        }
    }

    /// The message with its causes, and the remedy where the message does not have it.
    pub(crate) fn text(&self) -> (Vec<String>, Option<&str>) {
        match self {
            Failure::Diagnostics(diagnostics) => (vec![diagnostics.to_string()], None),
            Failure::Message { message, remedy, .. } => (vec![message.clone()], Some(remedy)),
            Failure::Error(_, error) => (causes(error.as_ref()), None),
        }
    }
}

/// The text of an error and of everything that caused it.
pub(crate) fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes
}

impl From<avro_build::Error> for Failure {
    fn from(error: avro_build::Error) -> Failure {
        match error {
            avro_build::Error::Schemas(diagnostics) | avro_build::Error::Incompatible(diagnostics) => {
                Failure::Diagnostics(diagnostics)
            }
            avro_build::Error::Lock(error) => error.into(),
            other => Failure::Error(Exit::Differs, Box::new(other)),
        }
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Failure {
        Failure::Diagnostics(diagnostics)
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Failure {
        match error {
            LockError::Invalid(diagnostics) => Failure::Diagnostics(diagnostics),
            other => Failure::Error(Exit::Differs, Box::new(other)),
        }
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Failure {
        let exit = match &error {
            RegistryError::InvalidUrl { .. }
            | RegistryError::UnreadableLogin
            | RegistryError::InvalidLogin(_)
            | RegistryError::NoUrl
            | RegistryError::InvalidSubject { .. } => Exit::Usage,
            RegistryError::InvalidAnswer { .. } | RegistryError::AnswerTooLarge { .. } => Exit::Unreachable,
            error if error.is_retriable() => Exit::Unreachable,
            _ => Exit::Differs,
        };
        Failure::Error(exit, Box::new(error))
    }
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Failure {
        let exit = match &error {
            ConnectionError::MissingVariable { .. }
            | ConnectionError::InvalidVariable { .. }
            | ConnectionError::Missing { .. }
            | ConnectionError::InvalidSetting { .. }
            | ConnectionError::InvalidTopic { .. }
            // librdkafka refuses settings that do not go together only when it starts.
            | ConnectionError::Client { .. } => Exit::Usage,
            ConnectionError::Kafka { source, .. } => exit_of(*source),
            _ => Exit::Differs,
        };
        Failure::Error(exit, Box::new(error))
    }
}

impl From<ReceiveError> for Failure {
    fn from(error: ReceiveError) -> Failure {
        Failure::Error(exit_of(error.code()), Box::new(error))
    }
}

impl From<DeliveryError> for Failure {
    fn from(error: DeliveryError) -> Failure {
        Failure::Error(error.code().map_or(Exit::Differs, exit_of), Box::new(error))
    }
}

/// A broker that cannot be reached is told apart from one that refuses.
fn exit_of(code: KafkaErrorCode) -> Exit {
    match code.is_retriable() || code.is_authentication() {
        true => Exit::Unreachable,
        false => Exit::Differs,
    }
}
