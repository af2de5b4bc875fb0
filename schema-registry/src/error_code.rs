//! The error codes of the registry's API.

use std::fmt;

/// The `error_code` of a registry's answer: what went wrong, more precisely than by the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// 40401: there is no such subject.
    SubjectNotFound,
    /// 40402: the subject has no such version.
    VersionNotFound,
    /// 40403: there is no such schema.
    SchemaNotFound,
    /// 40404: the subject is soft-deleted already.
    SubjectSoftDeleted,
    /// 40405: the subject must be soft-deleted before it is deleted for good.
    SubjectNotSoftDeleted,
    /// 40406: the version is soft-deleted already.
    VersionSoftDeleted,
    /// 40407: the version must be soft-deleted before it is deleted for good.
    VersionNotSoftDeleted,
    /// 40408: the subject has no compatibility level of its own.
    SubjectLevelNotFound,
    /// 40409: the subject has no mode of its own.
    SubjectModeNotFound,
    /// 409 (Confluent Platform 7.9) or 40901 (8.x): the schema is incompatible with an earlier version.
    Incompatible,
    /// 42201: the text is not a valid schema.
    InvalidSchema,
    /// 42202: not a version number.
    InvalidVersion,
    /// 42203: not a compatibility level.
    InvalidCompatibilityLevel,
    /// 42204: not a mode.
    InvalidMode,
    /// 42205: the mode of the registry or the subject forbids it, such as registering while read-only.
    OperationNotPermitted,
    /// 42206: another schema refers to this one.
    ReferenceExists,
    /// 42207: the given id belongs to another schema.
    IdDoesNotMatch,
    /// 42208: not a valid subject.
    InvalidSubject,
    /// 42209: the schema is too large.
    SchemaTooLarge,
    /// 50001: the registry's store failed.
    StoreFailed,
    /// 50002: the registry's store took too long.
    StoreTimedOut,
    /// 50003: the request could not be forwarded to the leader.
    ForwardingFailed,
    /// 50004: the registry has no leader.
    NoLeader,
    /// Another code, or the HTTP status where the answer had no code.
    Other(i32),
}

const NUMBERS: [(i32, ErrorCode); 24] = [
    (40401, ErrorCode::SubjectNotFound),
    (40402, ErrorCode::VersionNotFound),
    (40403, ErrorCode::SchemaNotFound),
    (40404, ErrorCode::SubjectSoftDeleted),
    (40405, ErrorCode::SubjectNotSoftDeleted),
    (40406, ErrorCode::VersionSoftDeleted),
    (40407, ErrorCode::VersionNotSoftDeleted),
    (40408, ErrorCode::SubjectLevelNotFound),
    (40409, ErrorCode::SubjectModeNotFound),
    (409, ErrorCode::Incompatible),
    (40901, ErrorCode::Incompatible),
    (42201, ErrorCode::InvalidSchema),
    (42202, ErrorCode::InvalidVersion),
    (42203, ErrorCode::InvalidCompatibilityLevel),
    (42204, ErrorCode::InvalidMode),
    (42205, ErrorCode::OperationNotPermitted),
    (42206, ErrorCode::ReferenceExists),
    (42207, ErrorCode::IdDoesNotMatch),
    (42208, ErrorCode::InvalidSubject),
    (42209, ErrorCode::SchemaTooLarge),
    (50001, ErrorCode::StoreFailed),
    (50002, ErrorCode::StoreTimedOut),
    (50003, ErrorCode::ForwardingFailed),
    (50004, ErrorCode::NoLeader),
];

impl ErrorCode {
    /// Reads the number of an answer.
    pub fn from_number(number: i32) -> Self {
        NUMBERS.into_iter().find(|(known, _)| *known == number).map_or(Self::Other(number), |(_, code)| code)
    }

    /// The number in the registry's API. [`Incompatible`](Self::Incompatible) is 409, as Confluent
    /// Platform 7.9 writes it.
    pub fn number(self) -> i32 {
        match self {
            Self::Other(number) => number,
            code => {
                let found = NUMBERS.into_iter().find(|(_, known)| *known == code);
                debug_assert!(found.is_some(), "{code:?} is in the list of numbers");
                found.map_or(0, |(number, _)| number)
            }
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, NUMBERS};

    #[test]
    fn numbers_and_codes_belong_together() {
        for (number, code) in NUMBERS {
            assert_eq!(ErrorCode::from_number(number), code);
            assert_eq!(ErrorCode::from_number(code.number()), code);
        }
        assert_eq!(ErrorCode::Incompatible.number(), 409);
        assert_eq!(ErrorCode::from_number(-7), ErrorCode::Other(-7));
        assert_eq!(ErrorCode::Other(-7).number(), -7);
    }
}
