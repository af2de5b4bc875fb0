//! The versions of subjects, from a registry or from the lock.

use avro_build::lock::{Lock, LockedReference};
use avro_model::{Guid, Schema};
use schema_registry::{RegisteredSchema, SubjectVersion};

use crate::arguments::{LockArguments, RegistryArguments};
use crate::failure::Failure;
use crate::registry::Registry;

/// Where released schemas are looked up.
pub(crate) enum Origin {
    Registry(Registry),
    Lock(Lock),
}

/// A version of a subject, or a schema by its id.
pub(crate) struct Version {
    pub(crate) subject: String,
    pub(crate) version: u32,
    pub(crate) id: Option<u32>,
    pub(crate) guid: Guid,
    /// The GUID, if the registry finds the schema by it: not before Confluent Platform 8.
    pub(crate) known_guid: Option<Guid>,
    /// As the registry has it, in which types that come by reference are only named.
    pub(crate) text: String,
    pub(crate) references: Vec<LockedReference>,
    /// Complete.
    pub(crate) schema: Schema,
}

/// Which version of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Latest,
    Number(u32),
}

impl std::str::FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Which, String> {
        match text {
            "latest" => Ok(Which::Latest),
            _ => text.parse().map(Which::Number).map_err(|_| "a version is a number or `latest`".to_owned()),
        }
    }
}

impl Origin {
    /// The one that the command line names; otherwise the registry of the environment; otherwise the lock.
    pub(crate) fn choose(registry: &RegistryArguments, lock: &LockArguments) -> Result<Origin, Failure> {
        if !lock.is_given() || registry.is_given() {
            if let Some(registry) = Registry::named(registry)? {
                return Ok(Origin::Registry(registry));
            }
            if !lock.folder().exists() {
                return Err(Failure::usage(
                    format!("no registry is named, and there is no lock `{}`", lock.folder().display()),
                    "give --registry URL, set SCHEMA_REGISTRY_URL, or make a lock with `cargo avro lock`",
                ));
            }
        }
        Ok(Origin::Lock(Lock::read(lock.folder())?))
    }

    /// The names of all subjects, sorted.
    pub(crate) fn subjects(&self) -> Result<Vec<String>, Failure> {
        match self {
            Origin::Lock(lock) => Ok(lock.subjects().map(str::to_owned).collect()),
            Origin::Registry(registry) => {
                let mut subjects = registry.wait(registry.client.subjects())?;
                subjects.sort();
                Ok(subjects)
            }
        }
    }

    /// The numbers of the versions of a subject, oldest first.
    pub(crate) fn numbers(&self, subject: &str) -> Result<Vec<u32>, Failure> {
        match self {
            Origin::Lock(lock) => Ok(lock.history(subject).iter().map(|version| version.version).collect()),
            Origin::Registry(registry) => Ok(registry.wait(registry.client.versions(subject))?),
        }
    }

    pub(crate) fn version(&self, subject: &str, which: Which) -> Result<Version, Failure> {
        match (self, which) {
            (Origin::Registry(registry), Which::Latest) => {
                Ok(of_registry(&*registry.wait(registry.client.latest(subject))?))
            }
            (Origin::Registry(registry), Which::Number(number)) => {
                Ok(of_registry(&registry.wait(registry.client.version(subject, number))?))
            }
            (Origin::Lock(lock), Which::Latest) => {
                // Version 0 never exists: the error of the lock lists those that do.
                of_lock(lock, subject, lock.newest(subject).map_or(0, |newest| newest.version))
            }
            (Origin::Lock(lock), Which::Number(number)) => of_lock(lock, subject, number),
        }
    }
}

fn of_lock(lock: &Lock, subject: &str, number: u32) -> Result<Version, Failure> {
    let schema = lock.schema(subject, number)?;
    let Some(locked) = lock.version(subject, number) else {
        return Err(Failure::refused(
            format!("the lock has no version {number} of `{subject}`"),
            "`cargo avro lock` adds it",
        ));
    };
    Ok(Version {
        subject: subject.to_owned(),
        version: number,
        id: locked.ids.values().next().copied(),
        guid: locked.guid,
        known_guid: Some(locked.guid),
        text: locked.schema.clone(),
        references: locked.references.clone(),
        schema,
    })
}

pub(crate) fn of_registry(version: &SubjectVersion) -> Version {
    of_schema(version.schema(), version.subject(), version.version())
}

/// A schema of a registry.
pub(crate) fn of_schema(registered: &RegisteredSchema, subject: &str, version: u32) -> Version {
    let references = registered
        .references()
        .iter()
        .map(|reference| LockedReference::new(&reference.name, &reference.subject, reference.version));
    let references: Vec<LockedReference> = references.collect();
    Version {
        subject: subject.to_owned(),
        version,
        id: Some(registered.id().get()),
        guid: registered.guid(),
        known_guid: registered.registry_guid(),
        text: registered.text().to_owned(),
        references,
        schema: registered.schema().clone(),
    }
}

/// The GUID of a text with its references.
pub(crate) fn guid_of(text: &str, references: &[LockedReference]) -> Guid {
    let references = references.iter().map(|one| (one.name.as_str(), one.subject.as_str(), one.version));
    Guid::of(text, references)
}
